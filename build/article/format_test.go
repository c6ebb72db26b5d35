package article

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"backfile/build/internal/diag"
)

func TestFormat(t *testing.T) {
	day := func(s string) Date { return mustDate(t, s) }
	tests := []struct {
		name string
		a    Article
		want string
	}{
		{"everything", Article{
			Meta: Meta{
				ID: "7hq2k9x4m1", Title: `The "river" is back: in its bed`, Slug: "river-back",
				Date: day("2023-12-31T18:04:00Z"), Updated: day("2024-01-02"), Lang: "en",
				Topics: []string{"flood", "town-hall", "вода"}, Authors: []string{"Ann Lee"}, People: []string{"Bo"}, Places: []string{"Weir"},
				Summary: "Line one\nline two",
				Source: Source{Name: "The Courier", URL: "https://example.org/a?b=c#d", Captured: day("2024-01-01T00:00:00+03:00"),
					SHA256: strings.Repeat("0a", 32), Cleaner: 2, Seal: "0a1b"},
				Withdrawn:   "true",
				Corrections: []Correction{{day("2024-01-03"), "A name"}, {Date{}, "A place"}},
				Aliases:     []string{"/old/path.html"}, Draft: true, Page: true,
			},
			Body: "The water fell.\n",
		}, `---
id: 7hq2k9x4m1
title: "The \"river\" is back: in its bed"
slug: river-back
date: 2023-12-31T18:04:00Z
updated: 2024-01-02
lang: en
topics: [flood, town-hall, "вода"]
authors: ["Ann Lee"]
people: [Bo]
places: [Weir]
summary: "Line one\nline two"
source:
  name: "The Courier"
  url: https://example.org/a?b=c#d
  captured: 2024-01-01T00:00:00+03:00
  sha256: ` + strings.Repeat("0a", 32) + `
  cleaner: 2
  seal: 0a1b
withdrawn: "true"
corrections:
  - {date: 2024-01-03, note: "A name"}
  - {note: "A place"}
aliases: ["/old/path.html"]
draft: true
page: true
---
The water fell.
`},
		{"little", Article{Meta: Meta{Title: "x"}}, "---\ntitle: \"x\"\n---\n"},
		{"approximate date", Article{Meta: Meta{Title: "x", Date: Date{Year: 2023, Approx: true}, Source: Source{Captured: Date{Year: 2023}}}}, "---\ntitle: \"x\"\nsource:\n  captured: 2023\n---\n"},
		{"characters that editors and YAML trip over", Article{Meta: Meta{Title: "a\x00\x01\t\u0085\u2028\ufeff\uffff\\😀"}}, "---\ntitle: \"a�\\u0001\\t\\u0085\\u2028\\ufeff\\uffff\\\\😀\"\n---\n"},
		{"untidy", Article{Meta: Meta{Title: " x ", Topics: []string{"", " a", "A "}, Aliases: []string{"/"}, Corrections: []Correction{{}}}, Body: "\n \r\n  a\rb\n\n"}, "---\ntitle: \"x\"\ntopics: [a]\n---\n  a\nb\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(Format(tt.a)); got != tt.want {
				t.Errorf("Format gives\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// Other programs read the files too: what YAML takes for a number, a truth
// value or a date must stand in quotes.
func TestWordsThatYAMLTakesForSomethingElseAreQuoted(t *testing.T) {
	for _, s := range []string{"no", "Yes", "ON", "y", "null", "~", "123", "0123", "12e4", "0x1f", "1_000", "2023-12-31", "2023", ".inf", "nan", "-a", "a b", "a:", "é", "0b1"} {
		if got := word(s); got != `"`+s+`"` {
			t.Errorf("word(%q) = %s, want it in quotes", s, got)
		}
	}
	for _, s := range []string{"en", "zh-Hant", "7hq2k9x4m1", "town_hall", "5G", "e2"} {
		if got := word(s); got != s {
			t.Errorf("word(%q) = %s, want it without quotes", s, got)
		}
	}
}

// survives reports when a is not what is read from its file.
func survives(t *testing.T, name string, a Article) {
	t.Helper()
	file := Format(a)
	got, problems := Parse(name, file)
	if errs := problems.Errors(); len(errs) > 0 {
		t.Fatalf("Parse(Format(a)) finds\n%s\nin\n%s", errs, file)
	}
	if want := tidied(a); !reflect.DeepEqual(got, want) {
		t.Fatalf("Parse(Format(a))\n got %#v\nwant %#v\nfile\n%s", got, want, file)
	}
	if again := Format(got); !bytes.Equal(again, file) {
		t.Fatalf("Format gives\n%s\nand after being read\n%s", file, again)
	}
	if body := string(Body(file)); body != got.Body {
		t.Fatalf("Body gives %q, Parse %q", body, got.Body)
	}
}

func TestEveryArticleSurvivesItsFile(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		survives(t, "content/a.md", randomArticle(r))
	}
}

// pieces are what random texts are made of: all that a parser may trip over.
var pieces = []string{"a", "Flood", " ", "  ", "\n", "\n\n", "\r\n", "\r", "\t", "---", "...", "+++", "---\n", ":", ": ", " #", "#", "# ", "\"", "'", "\\", "{", "}", "[", "]", ",", "&", "*", "!", "%", "@", "`", "|", ">",
	"&amp;", "&#58;", "&nbsp;", "&copy", "true", "no", "null", "~", "2023-12-31", "0123", "1.10", "12e4", "\ufeff", "\u2028", "\u0085", "\u00a0", "\x01", "\x7f", "\x00", "\uffff", "😀", "é", "наводнение", "洪水", "الفيضان", "\u202e", "title: x", "<b>", "====", "https://example.org/a", "\xff"}

func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	for range r.IntN(n) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func randomDate(r *rand.Rand) Date {
	d := Date{Year: int16(1 + r.IntN(9999)), Month: int16(1 + r.IntN(12)), Day: int16(1 + r.IntN(28))}
	switch r.IntN(6) {
	case 0:
		return Date{}
	case 1:
		return Date{Year: d.Year}
	case 2:
		return Date{Year: d.Year, Month: d.Month}
	case 3:
		return d
	}
	d.HasTime, d.Hour, d.Minute, d.Sec = true, int8(r.IntN(24)), int8(r.IntN(60)), int8(r.IntN(60))
	if r.IntN(2) == 0 {
		d.HasOffset, d.Offset = true, int16(r.IntN(2*maxOffset+1)-maxOffset)
	}
	return d
}

func randomArticle(r *rand.Rand) Article {
	list := func() (out []string) {
		for range r.IntN(4) {
			out = append(out, randomText(r, 4))
		}
		return out
	}
	a := Article{
		Meta: Meta{
			ID: randomText(r, 3), Title: "T" + randomText(r, 8), Slug: randomText(r, 3), Date: randomDate(r), Updated: randomDate(r),
			Lang: []string{"", "en", "no", "zh-Hant", "pt-BR"}[r.IntN(5)], Topics: list(), Authors: list(), People: list(), Places: list(),
			Summary: randomText(r, 8), Source: Source{Name: randomText(r, 3), URL: randomText(r, 3), Captured: randomDate(r)},
			Withdrawn: randomText(r, 3), Aliases: list(), Page: r.IntN(5) == 0,
		},
		Body: randomText(r, 12),
	}
	for range r.IntN(3) {
		a.Corrections = append(a.Corrections, Correction{randomDate(r), randomText(r, 4)})
		a.Versions = append(a.Versions, Version{randomDate(r), randomText(r, 2)})
	}
	a.Date.Approx = r.IntN(4) == 0
	return a
}

func FuzzParse(f *testing.F) {
	for _, src := range []string{
		string(river),
		"+++\ntitle = 'x'\ndate = 2023-12-31\n[taxonomies]\ntags = ['a']\n+++\n# H\n",
		"{\"Title\": \"x\", \"Tags\": [\"a\", 1]}\nText",
		"---json\n{\"title\": \"x\"}\n---\n",
		"Title: x\nTags: a, b\n\nText",
		"\ufeff---\r\ntitle: &#58;\r\nsource: {name: a, captured: 2023}\r\ncorrections: [{note: a}]\r\n...\r\n\r\n# H\r\n",
		"---\nwithdrawn: yes\nslug: /a/\nlang: pt_BR\nurl: https://a/b\npath: 2023/1/2/c\ntags: a b\nbyline: By A\n---\nH\n=\n",
		"---\n\nText\n\n---\n", "---\ntitle: |\n  a\n  ---\n---\n", "", "\x00", "\xff\xfe",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		before := bytes.Clone(src)
		a, problems := Parse("content/2023/b/c.md", src)
		if body := Body(src); string(body) != a.Body {
			t.Fatalf("Body gives %q, Parse %q", body, a.Body)
		}
		if !bytes.Equal(before, src) {
			t.Fatal("Parse or Body changed the file")
		}
		lines := 1 + strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(src)), "\n")
		for _, p := range problems {
			if p.Line > lines || p.Msg == "" || !utf8.ValidString(p.Error()) {
				t.Fatalf("%q has the problem %q at line %d of %d", src, p, p.Line, lines)
			}
		}
		if line := BodyLine(src); line < 1 || line > lines {
			t.Fatalf("BodyLine is %d of %d", line, lines)
		}
		for _, p := range problems {
			if p.Severity == diag.Error || a.Title == "" {
				return
			}
		}
		if again := tidied(a); !reflect.DeepEqual(a, again) && a.Date.IsZero() == again.Date.IsZero() {
			t.Fatalf("Parse gives what Format changes:\n%#v\n%#v", a, again)
		}
		survives(t, "content/2023/b/c.md", a)
	})
}
