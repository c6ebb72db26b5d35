package clean

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"backfile/build/capture"
	"backfile/build/clean/lines"
	"backfile/build/clean/memory"
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
		return explainPage(c, site)
	}
	return nil
}

// kept is the rule of the lines that are the story.
const kept = "story"

// explainPage compares the blocks of a page with the article made of it.
func explainPage(c capture.Capture, site *memory.Site) []Judged {
	a, r := With(c, site)
	doc, err := html.Parse(strings.NewReader(plain(c.Text)))
	if err != nil {
		return nil
	}
	rules := map[string]string{}
	for _, d := range r.Dropped {
		rules[fold(d.Text)] = d.Rule
	}
	in := phrasesOf(linkTarget.ReplaceAllString(a.Body, "]"))
	var out []Judged
	for i, text := range blocksOf(doc) {
		l := Judged{Line: Line{i + 1, text, "outside the story"}}
		rule, known := rules[fold(text)]
		switch {
		case known:
			l.Rule = rule
		case a.Title != "" && same(text, a.Title):
			l.Rule = "title"
		case in.hold(text):
			l.Rule, l.Kept = kept, true
		}
		out = append(out, l)
	}
	return out
}

var linkTarget = regexp.MustCompile(`\]\([^)\s]*\)`)

// phrases are the runs of three words of a text.
type phrases map[[3]string]bool

// runsOf returns the runs of three words of a text; of scripts without spaces,
// of three letters.
func runsOf(text string) [][3]string {
	var w []string
	for word := range strings.FieldsSeq(fold(text)) {
		if first := []rune(word)[0]; lines.Spaceless(first) {
			w = append(w, strings.Split(word, "")...)
			continue
		}
		w = append(w, word)
	}
	if len(w) == 0 {
		return nil
	}
	for len(w) < 3 {
		w = append(w, "")
	}
	out := make([][3]string, 0, len(w)-2)
	for i := range len(w) - 2 {
		out = append(out, [3]string(w[i:i+3]))
	}
	return out
}

func phrasesOf(text string) phrases {
	p := phrases{}
	for line := range strings.Lines(text) {
		for _, run := range runsOf(line) {
			p[run] = true
		}
	}
	return p
}

// hold reports whether most of a text is among the phrases.
func (p phrases) hold(text string) bool {
	runs, n := runsOf(text), 0
	for _, run := range runs {
		if p[run] {
			n++
		}
	}
	return len(runs) > 0 && n*10 >= len(runs)*6
}

// blocksOf returns the blocks of a page as a reader sees them: paragraphs,
// items, cells, and text that stands between them.
func blocksOf(doc *html.Node) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if t := strings.Join(strings.Fields(b.String()), " "); t != "" {
			out = append(out, t)
		}
		b.Reset()
	}
	for n := doc; n != nil; n = following(n, flush) {
		switch {
		case n.Type == html.TextNode && !unseen(n.Parent):
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && !inline(n):
			flush()
		}
	}
	flush()
	return out
}

// following returns the node behind n in the order of the page. It calls end
// when it leaves a block.
func following(n *html.Node, end func()) *html.Node {
	if n.FirstChild != nil && !unseen(n) {
		return n.FirstChild
	}
	for ; n != nil; n = n.Parent {
		if n.Type == html.ElementNode && !inline(n) {
			end()
		}
		if n.NextSibling != nil {
			return n.NextSibling
		}
	}
	return nil
}

func unseen(n *html.Node) bool {
	if n == nil {
		return false
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Title, atom.Svg, atom.Iframe, atom.Textarea, atom.Object:
		return true
	}
	return false
}

// inline reports whether an element stands in the line with the text around it.
func inline(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I, atom.Img, atom.Ins, atom.Kbd, atom.Label,
		atom.Mark, atom.Q, atom.S, atom.Samp, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}
