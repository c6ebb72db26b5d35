package clean

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfile/build/article"
	"backfile/build/article/front"
	"backfile/build/capture"
	"backfile/build/internal/diag"
)

// fromMarkdown reads an article of another generator. Its text stays as it is:
// whoever wrote it knew what belongs to it.
func fromMarkdown(c *capture.Capture) (article.Article, Report) {
	var r Report
	a, problems := article.Parse(c.Folder.Path, []byte(c.Text))
	readable := hasMatter(c.Text)
	if readable && a.Title == "" {
		if strings.TrimSpace(a.Body) == "" {
			return a, Report{Refused: "has neither title nor text", Left: true}
		}
		if a.Title = nameTitle(c.Folder.Path); a.Title != "" {
			r.Notes = append(r.Notes, "its title is made of the file's name")
		}
	}
	for _, p := range problems {
		said := p.Msg
		if p.Help != "" {
			said += " (" + p.Help + ")"
		}
		switch {
		case p.Severity == diag.LeftOut && !r.Left:
			r.Refused, r.Left, r.Line = said, true, p.Line
		case p.Severity == diag.Error && !readable && r.Refused == "":
			r.Refused, r.Line = said, p.Line
		default: // a date that is none, a slip in a key: the original is kept
			r.Notes = append(r.Notes, fmt.Sprintf("line %d: %s", p.Line, said))
		}
	}
	if r.Refused == "" && strings.TrimSpace(a.Body) == "" {
		r.Notes = append(r.Notes, "has a title and no text")
	}
	a.ID, a.Slug = "", "" // the address it had is among its aliases
	a.Aliases = append(a.Aliases, c.Folder.Aliases...)
	if a.Source.URL == "" {
		a.Source.URL = c.Folder.URL
	}
	return a, r
}

// nameTitle makes a title of a file's name, as Jekyll does.
func nameTitle(name string) string {
	_, rest := article.NameDate(name)
	words := strings.Join(strings.FieldsFunc(rest, func(r rune) bool { return r == '-' || r == '_' || r == ' ' }), " ")
	if r, n := utf8.DecodeRuneInString(words); n > 0 {
		words = string(unicode.ToUpper(r)) + words[n:]
	}
	return words
}

// hasMatter reports whether the front matter of a file can be read, or there is
// none.
func hasMatter(src string) bool {
	text := front.Text([]byte(src))
	b := front.Cut(text)
	if !b.Found() {
		return b.Broken == ""
	}
	_, err := b.Read(text)
	return err == nil && b.Broken == ""
}
