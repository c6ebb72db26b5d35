package capture

import (
	"strings"
	"testing"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

const (
	russian = "Река вернулась в берега\n\nВода за ночь упала на сорок сантиметров, сообщила городская управа. Жители нижних улиц возвращаются домой, школы откроются во вторник."
	chinese = "河水退回河床\n\n市政府星期日宣布，夜间水位下降了四十厘米。低洼街道的居民开始返回家园。市长说，如果不再下雨，学校将于星期二重新开学。"
	german  = "Der Fluss ist zurück\n\nDas Wasser fiel über Nacht um vierzig Zentimeter. Bürgermeisterin Müller dankte den Helfern für ihre große Mühe."
	arabic  = "عاد النهر إلى مجراه\n\nانخفض منسوب المياه أربعين سنتيمترا خلال الليل، حسب ما أعلنته البلدية صباح الأحد. وبدأ سكان الشوارع المنخفضة بالعودة إلى بيوتهم."
)

func encode(t *testing.T, text, label string) []byte {
	t.Helper()
	enc, _ := charset.Lookup(label)
	out, err := enc.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

func TestTextsInOldCharacterSets(t *testing.T) {
	tests := []struct{ charset, text string }{
		{"windows-1251", russian}, {"koi8-r", russian}, {"gb18030", chinese}, {"big5", strings.NewReplacer("厘", "釐").Replace("河水退回河床，市政府星期日宣布，夜間水位下降了四十釐米。低窪街道的居民開始返回家園。")},
		{"windows-1252", german}, {"windows-1256", arabic}, {"shift_jis", "川の水位は一晩で四十センチ下がったと市役所が日曜日に発表した。住民は自宅に戻り始めている。"}, {"euc-kr", "시청은 일요일 밤사이 강물이 사십 센티미터 낮아졌다고 발표했다. 주민들은 집으로 돌아가기 시작했다."},
	}
	for _, tt := range tests {
		t.Run(tt.charset, func(t *testing.T) {
			c := Capture{Name: "a.txt", Raw: encode(t, tt.text, tt.charset)}
			if err := c.decode(""); err != nil {
				t.Fatal(err)
			}
			if c.Text != tt.text {
				t.Errorf("decode\n got %q\nwant %q", c.Text, tt.text)
			}
			if want := "read as " + tt.charset + ", which was guessed"; len(c.Notes) != 1 || c.Notes[0] != want {
				t.Errorf("notes are %q, want %q", c.Notes, want)
			}
		})
	}
}

func TestCharacterSetOfPages(t *testing.T) {
	page := func(head string) string { return "<html><head>" + head + "</head><p>" + russian }
	utf16le, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(page(""))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, raw, want string }{
		{"none declared, UTF-8", page(""), page("")},
		{"another declared, UTF-8 all the same", page(`<meta charset="windows-1251">`), page(`<meta charset="windows-1251">`)},
		{"declared", string(encode(t, page(`<meta charset=koi8-r>`), "koi8-r")), page(`<meta charset=koi8-r>`)},
		{"declared the old way", string(encode(t, page(`<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">`), "windows-1251")), page(`<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">`)},
		{"UTF-8 declared, which it is not", string(encode(t, page(`<meta charset=utf-8>`), "windows-1251")), page(`<meta charset=utf-8>`)},
		{"byte order mark", "\uFEFF" + page(""), page("")},
		{"UTF-16", utf16le, page("")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Capture{Name: "a.html", Kind: HTML, Raw: []byte(tt.raw)}
			if err := c.decode(""); err != nil {
				t.Fatal(err)
			}
			if c.Text != tt.want {
				t.Errorf("decode\n got %q\nwant %q", c.Text, tt.want)
			}
		})
	}
}

func TestWhatIsNoTextIsRefused(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"empty", "", "a.txt: the file is empty"},
		{"white", " \r\n\t", "a.txt: the file is empty"},
		{"a NUL byte", "Title\n\nThe mayor\x00 said", "a.txt:3:10: holds a NUL byte, as no text does (is this a text file?)"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff", "a.txt: is not text but image/png"},
		{"a PDF", "%PDF-1.4\n1 0 obj", "a.txt: is not text but a PDF"},
		{"binary", "\x01\x02\x03\x90\xff\x00\x7f", "a.txt: is not text but binary"},
		{"UTF-8 with a wrong byte", russian + "\nи \xff", "a.txt:4:3: byte 0xFF is not UTF-8 (mend it there, or convert the file with iconv)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Capture{Name: "a.txt", Raw: []byte(tt.raw)}
			err := c.decode("")
			if err == nil {
				t.Fatalf("decode(%q) gave %q, want %s", tt.raw, c.Text, tt.want)
			}
			if got := err.Error(); got != tt.want {
				t.Errorf("decode(%q)\n got %s\nwant %s", tt.raw, got, tt.want)
			}
		})
	}
}

// "BM" begins pictures in BMP, and news of car makers.
func TestATextIsNotTakenForAPicture(t *testing.T) {
	for _, src := range []string{"BMW said on Monday it would build a plant.", "OTTO closes its last shop.", "GIF89a was the name of the show."} {
		c := Capture{Name: "a.txt", Raw: []byte(src)}
		if err := c.decode(""); err != nil {
			t.Errorf("%q is refused: %v", src, err)
		}
	}
}

func TestLineEndsBecomeOne(t *testing.T) {
	c := Capture{Raw: []byte("\uFEFFa\r\nb\rc\u2028d\fe")}
	if err := c.decode(""); err != nil || c.Text != "a\nb\nc\nd\ne" {
		t.Errorf("decode gave %q, %v; want the letters on lines of their own", c.Text, err)
	}
}
