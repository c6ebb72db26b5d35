package plaintext

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

func TestMarkdown(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"paragraphs", "one\n\n\n  two  \nlines\n", "one\n\ntwo\nlines\n"},
		{"nothing", " \n\n", ""},
		{"ordinals", "1. April\n12) March\n1.5 million\n2024. was", "1\\. April\n12\\) March\n1.5 million\n2024\\. was\n"},
		{"marks", "# a\n#a\n- b\n-b\n* c\n> d\n+ e\n===\n---\n***\n~~~", "\\# a\n#a\n\\- b\n-b\n\\* c\n\\> d\n\\+ e\n\\===\n\\---\n\\*\\*\\*\n\\~\\~\\~\n"},
		{"inline", "*a* _b_ snake_case `c` [d](e) <b> a < b &amp; R&D a\\b", "\\*a\\* \\_b\\_ snake_case \\`c\\` \\[d\\](e) \\<b> a < b \\&amp; R&D a\\\\b\n"},
		{"addresses", "see https://a.example/x_y_z~w, _x_", "see https://a.example/x_y_z~w, \\_x\\_\n"},
		{"a table of a wire", "As follows -\n       1987    1986\n Corn    12      13\n\nEnd.", "As follows -\n\n```\n       1987    1986\n Corn    12      13\n```\n\nEnd.\n"},
		{"one wide gap is no table", "He said   nothing.\nShe did.", "He said   nothing.\nShe did.\n"},
		{"tabs", "a\tb\nc\td", "```\na\tb\nc\td\n```\n"},
		{"backquotes in a table", "``` 1    2\n``` 3    4", "````\n``` 1    2\n``` 3    4\n````\n"},
		{"a pipe table", "a | b\n--- | ---\nc | d", "a | b\n\\--- | ---\nc | d\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Markdown(tt.text); got != tt.want {
				t.Errorf("Markdown(%q)\n got %q\nwant %q", tt.text, got, tt.want)
			}
		})
	}
}

var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	other = regexp.MustCompile(`<(h\d|ul|ol|blockquote|table|em|strong|del|hr|img|input)\b`)
)

// shown renders Markdown and returns the letters a reader sees, with single
// spaces.
func shown(t *testing.T, md string) (letters, page string) {
	t.Helper()
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Convert([]byte(md), &b); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(b.String(), ""))), " "), b.String()
}

// FuzzMarkdown: a reader sees the letters of the text and no markup.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"1. a", "a\n===", "*x* **y** ~~z~~", "[a]: b\n\n[a]", "[^1] [^1]: x", "a | b\n-|-\nc | d", "<b>x</b> &lt; <!-- x -->", "www.a.example/_x_ a@b.example", "a   b\nc   d", "\\*", "a\\\nb", "http://a.example/*x*y*", "- [ ] a", "_ _ _", "{{< x >}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean := func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r <= 0xA0 || r == 0xFFFD || r == 0xFEFF {
				return -1 // the cleaner drops these before
			}
			return r
		}
		text = strings.Map(clean, strings.ToValidUTF8(text, ""))
		letters, page := shown(t, Markdown(text))
		if want := strings.Join(strings.Fields(text), " "); letters != want {
			t.Fatalf("Markdown(%q)\n gave %q\nshows %q\n want %q", text, Markdown(text), letters, want)
		}
		if m := other.FindString(page); m != "" {
			t.Fatalf("Markdown(%q)\n gave %q\nwhich has %s>", text, Markdown(text), m)
		}
	})
}
