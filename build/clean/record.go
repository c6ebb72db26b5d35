package clean

import (
	"strings"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/clean/plaintext"
)

// fromRecord takes the fields of a record as they are. HTML is written as
// Markdown whole: whoever set the story apart has dropped the rest already.
func fromRecord(f *capture.Fields) (article.Article, Report) {
	var a article.Article
	var r Report
	a.Meta = article.Meta{
		Title: f.Title, Date: f.Date, Lang: f.Lang, Topics: clone(f.Topics), Authors: clone(f.Authors), People: clone(f.People), Places: clone(f.Places),
		Summary: f.Summary, Source: article.Source{Name: strings.TrimSpace(plain(f.Source)), URL: strings.TrimSpace(f.URL), Captured: f.Captured},
	}
	if strings.TrimSpace(f.HTML) != "" {
		body, err := convert(f.HTML, f.URL)
		if err != nil {
			r.Notes = append(r.Notes, "the html cannot be read ("+err.Error()+"); the text was taken")
		}
		a.Body = body
	}
	if a.Body == "" {
		a.Body = plaintext.Markdown(lineEnds(plain(f.Text)))
	}
	if a.Body == "" {
		a.Body = plaintext.Markdown(lineEnds(plain(f.Summary)))
	}
	if a.Body == "" {
		r.Notes = append(r.Notes, "has a title and no text")
	}
	if f.Lang != "" && canonical(f.Lang) == "" {
		r.Notes = append(r.Notes, "lang "+quote(f.Lang)+" is not a language code")
	}
	return a, r
}

// lineEnds makes all line ends \n.
func lineEnds(s string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(s)
}

// quote shortens and quotes a value for a message.
func quote(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return `"` + s + `"`
}

// clone copies a list without what no text should hold.
func clone(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(plain(s)); s != "" {
			out = append(out, s)
		}
	}
	return out
}
