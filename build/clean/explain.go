package clean

import (
	"cmp"
	"strings"

	"backfile/build/capture"
	"backfile/build/clean/memory"
	"backfile/build/clean/page"
	"backfile/build/clean/story"
)

// A Judged is a line of a text, or a block of a page.
type Judged struct {
	Line
	Kept bool // it is in the article
}

// Explain returns every line of a text, and every block of a page, with the
// rule that dropped it; those that are kept have the rule "story". The fields
// of a record are taken whole, and there is nothing to explain.
func Explain(c capture.Capture, site *memory.Site) []Judged {
	switch c.Kind {
	case capture.Text:
		if strings.Count(c.Text, "\n") > mostLines {
			return nil
		}
		units, _ := judged(c.Text, site)
		out := make([]Judged, len(units))
		for i, u := range units {
			out[i] = Judged{Line{u.no, u.text, u.rule}, u.rule == ""}
			if u.rule == "" {
				out[i].Rule = kept
			}
		}
		return out
	case capture.HTML:
		return explainPage(&c)
	}
	return nil
}

// kept is the rule of the lines that are the story.
const kept = "story"

// explainPage returns the blocks of a page as the finder of stories judged them.
func explainPage(c *capture.Capture) (out []Judged) {
	defer func() {
		if recover() != nil { // as fromHTML says, such a page is refused
			out = nil
		}
	}()
	p, err := page.Parse(plain(c.Text), cmp.Or(c.URL, c.Fields.URL))
	if err != nil {
		return nil
	}
	for i, l := range story.Find(p).Lines {
		j := Judged{Line{i + 1, l.Text, cmp.Or(l.Rule, kept)}, l.Kept}
		if !l.Kept && l.Rule == "" {
			j.Rule = "outside the story"
		}
		out = append(out, j)
	}
	return out
}
