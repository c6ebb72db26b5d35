package site

import (
	"net/url"
	"testing"

	"backfile/build/article"
)

func TestLinksToDatesTellTheirDate(t *testing.T) {
	tests := []struct {
		label string
		want  article.Date
	}{
		{"2023-12-31", article.Date{Year: 2023, Month: 12, Day: 31}},
		{"2023-12", article.Date{Year: 2023, Month: 12}},
		{"0987", article.Date{Year: 987}},
		{"02-29", article.Date{Year: leapYear, Month: 2, Day: 29}},
		{"undated", article.Date{}},
		{"2023-12-31-7", article.Date{}},
		{"", article.Date{}},
	}
	for _, tt := range tests {
		if got := (Link{Label: tt.label}).Date(); got != tt.want {
			t.Errorf("Link{%q}.Date() = %+v, want %+v", tt.label, got, tt.want)
		}
	}
}

func TestGroupsTellTheirWeekday(t *testing.T) {
	for day, want := range map[int16]int{31: 0, 30: 6, 28: 4} { // 31 December 2023 was a Sunday
		g := Group{Date: article.Date{Year: 2023, Month: 12, Day: day}}
		if got := g.Weekday(); got != want {
			t.Errorf("weekday of 2023-12-%d = %d, want %d", day, got, want)
		}
	}
}

func TestTermsStandUnderTheFirstLetterOfTheirLabel(t *testing.T) {
	for label, want := range map[string]string{
		"china": "C", "Élections": "É", "“Quoted” thing": "Q", "7 October": "0–9", "ярмарка": "Я", "洪水": "洪", "…": "", "": "",
	} {
		if got := (Term{Label: label}).Letter(); got != want {
			t.Errorf("Term{%q}.Letter() = %q, want %q", label, got, want)
		}
	}
}

// FuzzPlainHost: what plainHost says is what package url says.
func FuzzPlainHost(f *testing.F) {
	for _, s := range []string{"https://www.news.example/a?b=c#d", "http://a.example", "https:///x", "https://u:p@a.example:80/", "http://a.example/%zz", "http://[::1]/", "HTTPS://A.Example/x", "http://a.example?x#%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, ok := plainHost(s)
		if !ok {
			return
		}
		if u, err := url.Parse(s); err != nil || u.Hostname() != host {
			t.Errorf("plainHost(%q) is %q; url.Parse gives %+v, %v", s, host, u, err)
		}
	})
}
