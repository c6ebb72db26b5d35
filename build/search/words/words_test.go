package words

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// scan writes the forms of a text with their positions.
func scan(text string) string {
	var b strings.Builder
	Scan(text, 0, func(t Token) {
		form := t.Raw
		if !t.Folded {
			form = Fold(t.Raw)
		}
		fmt.Fprintf(&b, "%s/%d ", form, t.Pos)
	})
	return strings.TrimSpace(b.String())
}

func TestScanFindsWords(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{" . ,'- ", ""},
		{"The River, rising.", "the/0 river/1 rising/2"},
		{"The U.S. and the U.S.A won", "the/0 us/1 and/2 the/3 usa/4 won/5"},
		{"in 1,250,000 of 12,34 or 3.5", "in/0 1250000/1 of/2 12/3 34/4 or/5 3/6 5/7"},
		{"China's and the Joneses' dog's", "china/0 and/1 the/2 joneses/3 dog/4"},
		{"CHINA’S it's s's", "china/0 it/1 s/2"},
		{"don't o'clock l'homme", "don/0 t/1 o/2 clock/3 l/4 homme/5"},
		{"e-mail is well-to-do", "e/0 mail/1 email/0 is/2 well/3 to/4 do/5 welltodo/3"},
		{"a-b-c-d x--y -z 7-8", "a/0 b/1 c/2 d/3 x/4 y/5 z/6 7/7 8/8"},
		{"п'ять об’єкт Ёлка мо́й", "пять/0 обєкт/1 елка/2 мой/3"},
		{"Crème BRÛLÉE Straße Łódź Ærø İstanbul ılık", "creme/0 brulee/1 strasse/2 lodz/3 aero/4 istanbul/5 ilik/6"},
		{"Ｆｕｌｌ １２３ ﬁn", "full/0 123/1 fin/2"},
		{"مُحَمَّد إلى مدرسة ١٢٣", "محمد/0 الي/1 مدرسه/2 123/3"},
		{"می\u200cشود", "ميشود/0"},
		{"שָׁלוֹם", "שלום/0"},
		{"東京都知事", "東京/0 京都/1 都知/2 知事/3 事/4"},
		{"第3章 春", "第/0 3/1 章/2 春/3"},
		{"서울에서", "서울/0 울에/1 에서/2 서/3"},
		{"ｶﾞｲﾄﾞ", "ガイ/0 イド/1 ド/2"},
		{"ไทย", "ไท/0 ทย/1 ย/2"},
		{"ـ word", "/0 word/1"},
		{"̈ x", "x/0"},
		{"\u0483'е x", "\u0483е/0 x/1"},
		{"a\x00b \xff c", "a/0 b/1 c/2"},
	}
	for _, tt := range tests {
		if got := scan(tt.text); got != tt.want {
			t.Errorf("Scan(%q)\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestFoldIsDoneOnce(t *testing.T) {
	for _, w := range []string{"Straße", "ΣΊΣΥΦΟΣ", "Ёж", "Українa", "ﬃ", "Å", strings.Repeat("é", 60), strings.Repeat("Ab", 60)} {
		once := Fold(w)
		if twice := Fold(once); twice != once {
			t.Errorf("Fold(Fold(%q)) = %q, want %q", w, twice, once)
		}
		if n := utf8.RuneCountInString(once); n > maxForm {
			t.Errorf("Fold(%q) has %d letters, want at most %d", w, n, maxForm)
		}
	}
}

func TestNamesAreTheirWords(t *testing.T) {
	for name, want := range map[string]string{
		"The Dam Inquiry": "the dam inquiry", "dam-inquiry": "dam inquiry", "U.S. trade": "us trade", "林渡": "林渡", "東京 2020年": "東京 2020 年", "🙂": "",
	} {
		if got := Name(name); got != want {
			t.Errorf("Name(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestStemBringsFormsTogether(t *testing.T) {
	for _, tt := range []struct {
		lang  string
		forms []string
	}{
		{"en", []string{"flood", "floods", "Flooded", "flooding"}},
		{"ru", []string{"книга", "книги", "книгу"}},
		{"de-AT", []string{"Häuser", "Häusern"}},
		{"fr", []string{"élections", "élection"}},
		{"es", []string{"elecciones", "elección"}},
		{"nb", []string{"avisen", "aviser"}},
	} {
		l := LangOf(tt.lang)
		for _, f := range tt.forms[1:] {
			if a, b := l.Stem(tt.forms[0]), l.Stem(f); a != b || a == "" {
				t.Errorf("%s: the stems of %q and %q are %q and %q", tt.lang, tt.forms[0], f, a, b)
			}
		}
	}
	if got := LangOf("zh-Hant").Stem("x"); got != "" {
		t.Errorf("a stem without a stemmer is %q", got)
	}
}

func TestDetectTellsLanguages(t *testing.T) {
	for want, text := range map[string]string{
		"es": "El agua subió hasta los escalones del mercado antes de la medianoche, y nadie sabía quién había abierto las compuertas de la presa.",
		"de": "Das Wasser stieg noch vor Mitternacht bis an die Stufen des Fischmarkts, und niemand wusste, wer die Tore geöffnet hatte.",
		"":   "12 34",
	} {
		if got := Detect(text); got != want {
			t.Errorf("Detect(%q) = %q, want %q", text, got, want)
		}
	}
}

// FuzzScan holds what every text promises: positions rise, forms are folded
// and none is too long, and no stemmer fails.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"The U.S. e-mail's 1,000", "п'ять東京 don't", "a-b-c ﷺ ıİ ẞ", "\xff\x00ـ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := -1
		end := Scan(text, 0, func(tok Token) {
			form := tok.Raw
			if !tok.Folded {
				form = Fold(tok.Raw)
			}
			if utf8.RuneCountInString(form) > maxForm || strings.ContainsAny(form, " .,'-\n") {
				t.Errorf("Scan(%q) yields the form %q", text, form)
			}
			if tok.Pos < last-2 {
				t.Errorf("Scan(%q) goes back from position %d to %d", text, last, tok.Pos)
			}
			last = tok.Pos
			for l := range len(languages) {
				Lang(l + 1).Stem(tok.Raw)
			}
		})
		if end < last {
			t.Errorf("Scan(%q) ends at %d after position %d", text, end, last)
		}
	})
}
