package plain

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"paragraphs", "The river\nrose.\n\nIt fell.\n", "The river rose.\n\nIt fell."},
		{"Chinese lines", "洪水\n来了\nOK\n好", "洪水来了 OK 好"},
		{"emphasis", "*a* __b__ ***c*** ~~d~~ e_f_g 5 * 3 2*3", "a b c d e_f_g 5 * 3 2*3"},
		{"emphasis in words", "un*frigging*believable snake_case_name", "unfriggingbelievable snake_case_name"},
		{"an asterisk left alone", "a* b", "a* b"},
		{"code", "run `a *b*` and ``c ` d``", "run a *b* and c ` d"},
		{"escapes", `1\. \*a\* \\ \x`, `1. *a* \ \x`},
		{"entities", "AT&amp;T &eacute; &#8212; R&D &x;", "AT&T é — R&D &x;"},
		{"links", "[a *b*](https://x.example/y_(z) \"t\") [c][d] [e][] [f] [g]\n\n[d]: x\n[e]: y\n[f]: z", "a b c e f [g]"},
		{"pictures", "![a](b.jpg \"c\") [![d](e)](f)", "a d"},
		{"addresses", "<https://x.example/a> <a@b.example>", "https://x.example/a a@b.example"},
		{"footnotes", "a[^1].\n\n[^1]: b", "a.\n\nb"},
		{"headings", "# A #\n\nB\n===\n\nc\n---\n#d", "A\n\nB\n\nc\n\n#d"},
		{"lists", "- a\n- [x] b\n  c\n\n1. d\n2) e", "a\n\nb c\n\nd\n\ne"},
		{"a sentence that ends in a year", "It was in\n1987. Then", "It was in 1987. Then"},
		{"quotes", "> a\n> > b\n\nc", "a b\n\nc"},
		{"rules", "a\n\n***\n\n- - -\n\nb", "a\n\nb"},
		{"tables", "|a|b|\n|-|:-:|\n|c *d*|e|", "a b c d e"},
		{"fences", "```go\na *b*\n\nc\n```\nd", "a *b*\n\nc\n\nd"},
		{"indented code", "a\n\n    b *c*\n\nd", "a\n\n    b *c*\n\nd"},
		{"HTML", "a <b>c</b>d<br>e <i title=\"x\">f</i> 1 < 2", "a cd e f 1 < 2"},
		{"HTML blocks", "<div>\n\na\n\n</div>\n<script>\nb\n\nc</script>\n<!-- d\n\ne -->\nf", "a\n\nf"},
		{"script in a line", "a <script>b</script> c", "a c"},
		{"spaces", "a   b\tc  \nd", "a b c d"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Text([]byte(tt.src)); got != tt.want {
				t.Errorf("Text(%q)\n got %q\nwant %q", tt.src, got, tt.want)
			}
		})
	}
}

func TestExcerpt(t *testing.T) {
	tests := []struct {
		name, src string
		limit     int
		want      string
	}{
		{"short", "The river rose.", 40, "The river rose."},
		{"exactly", "The river rose.", 15, "The river rose."},
		{"after a word", "The river rose by forty centimetres.", 20, "The river rose by…"},
		{"without what hangs over", "The river rose, (as it does) in spring.", 18, "The river rose…"},
		{"a word that just fits", "The river rose again", 15, "The river rose…"},
		{"one long word", strings.Repeat("x", 100), 10, "xxxxxxxxx…"},
		{"Chinese", "洪水在一夜之间上涨了四十厘米。", 8, "洪水在一夜之间…"},
		{"Thai", "แม่น้ำเพิ่มขึ้นสี่สิบเซนติเมตร", 5, "แม่…"},
		{"never between a letter and its mark", "abcde\u0301fg", 6, "abcd…"},
		{"never within a flag", "ab🇩🇪🇫🇷cd", 5, "ab🇩🇪…"},
		{"never within joined signs", "ab👩\u200d👩\u200d👧cd", 5, "ab…"},
		{"paragraphs only", "# Title\n\n![a](b)\n\n- item\n\n> |x\n\n    code\n\nThe river rose.\n\nIt fell.", 40, "|x The river rose. It fell."},
		{"a setext heading is none", "Title\n===\n\nText", 40, "Text"},
		{"a table is none", "|a|b|\n|-|-|\n|c|d|\n\nText", 40, "Text"},
		{"only a list", "- one\n- two\n", 40, "one two"},
		{"nothing", "![a](b)\n\n```\nx\n```\n", 40, ""},
		{"no limit", "abc", 0, "…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Excerpt([]byte(tt.src), tt.limit); got != tt.want {
				t.Errorf("Excerpt(%q, %d)\n got %q\nwant %q", tt.src, tt.limit, got, tt.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	tests := []struct {
		src  string
		want int
	}{
		{"", 0},
		{"The river rose.", 3},
		{"- *don't* — x-ray's, 1,987.5", 3},
		{"one—two…three", 3},
		{"a\u00a0b\u2009c", 3},
		{"[two words](https://x.example/a/b?c=d)", 2},
		{"Вода поднялась « на » метр", 4},
		{"ارتفع النهر، ثم انخفض", 4},
		{"강이 불어났다", 2},
		{"洪水在一夜之间上涨了。", 5},
		{"洪水 flood 1987年", 4},
		{"แม่น้ำ", 3},
		{"🚀 🇩🇪 !", 0},
		{"\xff\xfe \xe4\xb8", 0},
	}
	for _, tt := range tests {
		if got := Words([]byte(tt.src)); got != tt.want {
			t.Errorf("Words(%q) = %d, want %d", tt.src, got, tt.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("# a\n\n*b* [c](d) `e` <f> &amp; \\g\n- h\n> i\n\n[j]: k\n|l|\n|-|\n```\nm"), 10)
	f.Add([]byte("洪水\n来了 🇩🇪 e\u0301"), 3)
	f.Fuzz(func(t *testing.T, src []byte, limit int) {
		limit = max(1, min(limit, 1000))
		Text(src)
		Words(src)
		got := Excerpt(src, limit)
		if n := utf8.RuneCountInString(got); n > limit {
			t.Errorf("Excerpt(%q, %d) has %d letters: %q", src, limit, n, got)
		}
		if utf8.Valid(src) && !utf8.ValidString(got) {
			t.Errorf("Excerpt(%q, %d) cuts a letter: %q", src, limit, got)
		}
	})
}
