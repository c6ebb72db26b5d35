package clean

import (
	"strings"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/internal/diag"
)

// fromMarkdown reads an article of another generator. Its text stays as it is:
// whoever wrote it knew what belongs to it.
func fromMarkdown(c *capture.Capture) (article.Article, Report) {
	var r Report
	a, problems := article.Parse(c.Folder.Path, []byte(c.Text))
	for _, p := range problems {
		said := p.Msg
		if p.Help != "" {
			said += " (" + p.Help + ")"
		}
		switch {
		case p.Severity == diag.Warning:
			r.Notes = append(r.Notes, said)
		case r.Refused == "" || p.Severity == diag.LeftOut && !r.Left:
			r.Refused, r.Left, r.Line = said, p.Severity == diag.LeftOut, p.Line
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
