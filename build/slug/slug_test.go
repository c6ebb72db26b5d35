package slug

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOf(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"English", "China's Xi Says Ties With Russia Grew Stronger in 2023", "chinas-xi-says-ties-with-russia-grew-stronger-in-2023"},
		{"already a slug", "the-river-is-back", "the-river-is-back"},
		{"dashes at the ends and in rows", "--The – river_is  back!--", "the-river-is-back"},
		{"curly quotes", "“It’s a flood” — mayor", "its-a-flood-mayor"},
		{"accents, composed", "Łódź, Đỗ, Größe, Æther, œuvre, İğdır", "lodz-do-grosse-aether-oeuvre-igdir"},
		{"accents, decomposed", "Cafe\u0301 A\u030angstro\u0308m", "cafe-angstrom"},
		{"an accent that unidecode does not know", "Ȁ ḍ ʿAlī", "a-d-ali"},
		{"Russian", "Съешь ещё этих мягких булок, Хабаровск", "sesh-eshchio-etikh-miagkikh-bulok-khabarovsk"},
		{"Russian, decomposed", "и\u0306од", "iod"},
		{"Ukrainian", "Київ: ґрунт, м'ята, об’їзд", "kiyiv-grunt-miata-obyizd"},
		{"Belarusian", "Беларусь, Ўладзімір", "belarus-uladzimir"},
		{"Kazakh", "Қазақстан, Әлем", "kazakstan-alem"},
		{"Azerbaijani", "Azərbaycan", "azerbaycan"},
		{"Georgian, in both cases", "ქართული ᲥᲐᲠᲗᲣᲚᲘ", "kartuli-kartuli"},
		{"Chinese", "习近平同普京通电话", "xi-jin-ping-tong-pu-jing-tong-dian-hua"},
		{"Chinese one is not lost", "神舟二十一号", "shen-zhou-er-shi-yi-hao"},
		{"Japanese", "東京オリンピック", "dong-jing-orinpitsuku"},
		{"Korean", "서울", "seoul"},
		{"Arabic", "الرئيس الصيني", "alryys-alsyny"},
		{"Thai", "สวัสดี", "swasdii"},
		{"bold letters and full width", "𝐁𝐨𝐥𝐝 ｗｉｄｔｈ", "bold-width"},
		{"letters that ASCII has none for", "𠮷野家", "ye-jia"},
		{"empty", "", ""},
		{"emoji alone", "😀🇩🇪❤️👩‍🚀", ""},
		{"emoji inside", "Flood 🌊 warning", "flood-warning"},
		{"symbols are not spelt out", "© 2023 Lantern™ №5 $20", "2023-lantern-5-20"},
		{"dots", "..", ""},
		{"a path", "../../etc/passwd", "etc-passwd"},
		{"a Windows path", `C:\con\aux.txt`, "c-con-aux-txt"},
		{"not UTF-8", "\xff\xfeok\xc3", "ok"},
		{"control and invisible letters", "a\x00b\u200bc\u202ed", "a-bcd"},
		{"device", "CON", "con-x"},
		{"device with a number", "Com1", "com1-x"},
		{"device with a small number", "COM¹", "com1-x"},
		{"device with an accent", "Cón", "con-x"},
		{"device inside", "con-man", "con-man"},
		{"index", "Index", "index-x"},
		{"page of a list", "Page 3", "page-3-x"},
		{"page of a newspaper", "Page 3 girl", "page-3-girl"},
		{"archive of a feed", "feed-12", "feed-12-x"},
		{"feed", "Feed", "feed-x"},
		{"search", "search", "search-x"},
		{"error page", "404", "404-x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Of(tt.text); got != tt.want {
				t.Errorf("Of(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestOfCutsAtADash(t *testing.T) {
	long := strings.Repeat("flood ", 40)
	if got, want := Of(long), strings.TrimSuffix(strings.Repeat("flood-", 13), "-"); got != want {
		t.Errorf("Of(40 words) = %q, want %q", got, want)
	}
	if got := Of("page 3 " + strings.Repeat("w", 200)); len(got) != 80 {
		t.Errorf("Of(a long word at the end) = %q: %d bytes, want 80", got, len(got))
	}
	if got := Of(strings.Repeat("w", 79) + " x"); got != strings.Repeat("w", 79) {
		t.Errorf("Of(79 letters and a word) = %q", got)
	}
	if got := Of(strings.Repeat("水", 1<<20)); got != strings.TrimSuffix(strings.Repeat("shui-", 16), "-") {
		t.Errorf("Of(three megabytes) = %q", got)
	}
}

func TestTerm(t *testing.T) {
	tests := []struct{ name, label, want string }{
		{"plain", "Town hall", "town-hall"},
		{"punctuation merges", "C++", "c"},
		{"slash", "a/b", "a-b"},
		{"Russian", "Речной порт", "rechnoi-port"},
		{"Korean", "서울", "seoul"},
		{"Greek", "Αθήνα", "athena"},
		{"device", "con", "con-1143da2b"},
		{"list page", "Page 3", "page-3-16283f82"},
		{"parent folder", "..", "term-5ec1f7e7"},
		{"empty", "", "term-e3b0c442"},
		{"emoji alone", "😀", "term-f0443a34"},
		{"Arabic alone", "الصين", "alsyn-29889432"},
		{"Chinese alone", "中国", "zhong-guo-f0e95216"},
		{"300 letters", strings.Repeat("a", 300), strings.Repeat("a", 71) + "-9835fa6b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Term(tt.label); got != tt.want {
				t.Errorf("Term(%q) = %q, want %q", tt.label, got, tt.want)
			}
		})
	}
}

func TestTermKeepsLabelsApart(t *testing.T) {
	long := strings.Repeat("the ministry of ", 10)
	pairs := []struct{ name, a, b string }{
		{"long labels that differ at the end", long + "rivers", long + "lakes"},
		{"very long labels", strings.Repeat("a", 100_000) + "x", strings.Repeat("a", 100_000) + "y"},
		{"labels that begin very late", strings.Repeat("!", 70_000) + "x", strings.Repeat("!", 70_000) + "y"},
		{"emoji", "😀", "😃"},
		{"emoji with a variation selector", "❤\ufe0f", "☀\ufe0f"},
		{"Chinese names that sound alike", "李伟", "李薇"},
		{"Chinese with rare letters", "𠮷野家", "野家"},
		{"Arabic words with the same consonants", "كتاب", "كتب"},
		{"Thai words with other tones", "ข้าว", "ข่าว"},
		{"Japanese words with a long vowel", "ビール", "ビル"},
		{"a reserved name and its replacement", "con", "con x"},
		{"empty and dots", "", ".."},
	}
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			if a, b := Term(p.a), Term(p.b); a == b {
				t.Errorf("Term gives %q to two labels", a)
			}
		})
	}
}

func TestTermGathersSpellings(t *testing.T) {
	pairs := []struct{ name, a, b string }{
		{"case", "Town Hall", "town hall"},
		{"spaces of Chinese", "北京 市", "北京  市"},
		{"punctuation of Chinese", "强信心•权威访谈", "强信心·权威访谈"},
		{"normal forms of Arabic", "آب", "ا\u0653ب"},
		{"case of a long label", strings.Repeat("Word ", 50), strings.Repeat("word ", 50)},
		{"accents", "Đồng Nai", "Dong Nai"},
	}
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			if a, b := Term(p.a), Term(p.b); a != b {
				t.Errorf("Term(%q) = %q, Term(%q) = %q, want one slug", p.a, a, p.b, b)
			}
		})
	}
}

var valid = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)

// forbidden is written apart from reserved, so that a slip in one shows.
var forbidden = regexp.MustCompile(`^(index|feed|feed-\d+|page-\d+|search|404|con|prn|aux|nul|com\d|lpt\d)$`)

func checkSlug(t *testing.T, call, s string) {
	t.Helper()
	if !valid.MatchString(s) || len(s) > 80 || forbidden.MatchString(s) {
		t.Errorf("%s = %q, which is no safe name", call, s)
	}
	if again := Of(s); again != s {
		t.Errorf("%s = %q, but Of of that is %q", call, s, again)
	}
}

func FuzzSlug(f *testing.F) {
	for _, s := range []string{"", "con", "Page 3", "a/b", "..", "😀", "الصين", "神舟二十一号", "İ", "\xff", "COM¹",
		strings.Repeat("w", 79) + "-ww", strings.Repeat("page-", 20), "ﷺ", "e\u0301", "ǅ", "½"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s := Of(text); s != "" {
			checkSlug(t, "Of", s)
		}
		s := Term(text)
		checkSlug(t, "Term", s)
		if again := Term(s); again != s {
			t.Errorf("Term(%q) = %q, but Term of that is %q", text, s, again)
		}
		if utf8.ValidString(text) && Of(strings.ToUpper(s)) != s {
			t.Errorf("Of(%q) = %q, want %q", strings.ToUpper(s), Of(strings.ToUpper(s)), s)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	for _, text := range []string{"the-river-is-back", "The river is back in its bed", "Вода ушла за одну ночь", "河水一夜之间退去"} {
		b.Run(Of(text), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Of(text)
			}
		})
	}
}
