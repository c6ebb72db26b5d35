package page

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"backfile/build/article"
	"backfile/build/clean/dateline"
)

// A mark is a date that stands in the text of the page.
type mark struct {
	date article.Date
	at   int // how many words of the page stand before it
	kind markKind
}

type markKind uint8

const (
	plainMark   markKind = iota
	publishMark          // it says that it is the date of publication
	updateMark           // it says that it is the date of a change
)

var (
	publishWords = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:published|first published|posted|written|released|created|issued|veröffentlicht|publiziert|erschienen|erstellt|publié|mis en ligne|publicado|publicada|pubblicato|gepubliceerd|geplaatst|publicerad|publisert|udgivet|opublikowano|dodano|publikováno|опубликовано|опубликована|дата публикации|размещено|опубліковано|публикувано|yayınlanma|发布时间|发布于|发表于|公開日|投稿日|掲載|نشر|تاريخ النشر)(?:$|[^\pL])`)
	updateWords  = regexp.MustCompile(`(?i)updated|modified|changed|revision|revised|edited|aktualisiert|geändert|änderung|editiert|mis à jour|modifié|actualizado|atualizado|aggiornato|bijgewerkt|gewijzigd|uppdaterad|oppdatert|opdateret|zaktualizowano|aktualizováno|обновлено|изменено|оновлено|güncelle|更新`)
	numbers      = regexp.MustCompile(`^(\D{0,40})\b(\d{1,2})([./]) ?(\d{1,2})[./] ?((?:19|20)?\d\d)\b`)
	mayBeDate    = regexp.MustCompile(`\b(?:19|20)\d\d(?:\D|$)|\d[./] ?\d{1,2}[./] ?\d\d`)
	apart        = regexp.MustCompile(`(?i)comment|related|recommend|teaser|sidebar|most-?read|archive|(?:^|[ _])widget`)
)

// marked returns the dates that stand by themselves in the text of the page,
// and how many words stand before its headline; -1 when none is found.
func (p *Page) marked() (marks []mark, headline int) {
	const most = 400 // a page with more is a list of pages
	at, before := 0, ""
	headline = -1
	title := p.Title()
	walk(p.Doc, func(n *html.Node) bool {
		switch {
		case n.Type == html.TextNode:
			text := squeeze(n.Data)
			if text == "" {
				return true
			}
			if d, ok := readDate(text); ok && len(marks) < most {
				marks = append(marks, mark{d, at, kindOf(before, text, "")})
			}
			at += words(text)
			before = text
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Time:
			if d, err := article.ParseDate(attr(n, "datetime")); err == nil && d.Day != 0 && len(marks) < most {
				marks = append(marks, mark{d, at, kindOf(before, squeeze(textOf(n)), attr(n, "class")+" "+attr(n, "itemprop"))})
			}
		case n.DataAtom == atom.H1 || n.DataAtom == atom.H2 || n.DataAtom == atom.H3:
			if text := textOf(n); headline < 0 && len(text) < 1000 && agreement(text, title) > 0.6 {
				headline = at + words(text)
			}
		case n.DataAtom == atom.Blockquote || n.DataAtom == atom.Figure:
			return holdsHeading(n) // the days of posts and of photographs
		case n.DataAtom == atom.Script || n.DataAtom == atom.Style || n.DataAtom == atom.Head || n.DataAtom == atom.Noscript || n.DataAtom == atom.Template:
			return false
		case apart.MatchString(attr(n, "class") + " " + attr(n, "id")):
			return holdsHeading(n)
		}
		return true
	})
	return marks, headline
}

// printed returns the date that stands nearest to the headline, or that says
// it is the date of publication; else the zero Date.
func (p *Page) printed() article.Date {
	const above, below = 40, 120 // words; farther away stand other stories
	marks, headline := p.marked()
	var best article.Date
	least := below + 1
	for _, m := range marks {
		if m.kind == updateMark {
			continue
		}
		far := m.at - headline
		if far < 0 {
			far = -far * below / above
		}
		if headline < 0 {
			far = below
		}
		if m.kind == publishMark {
			far = far/8 - 10
		} else if headline < 0 {
			continue
		}
		if far < least {
			best, least = m.date, far
		}
	}
	return best
}

// holdsHeading reports whether an element holds a heading of the page, and so
// is more than a box beside the story.
func holdsHeading(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.H1 {
			return true
		}
	}
	return false
}

// walk calls f for n and what is in it; what is in a node for which f is
// false is left out.
func walk(n *html.Node, f func(*html.Node) bool) {
	if !f(n) {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

// kindOf tells what a date is that of, by the words that stand before it, in
// its own text or alone in the text before that, and by what its element is
// called.
func kindOf(before, text, called string) markKind {
	const longest = 40 // bytes; a label is no sentence
	label, _ := cutAtDigit(text)
	if len(label) > 2*longest {
		label = ""
	}
	if label == "" {
		if rest, digits := cutAtDigit(before); !digits && len(rest) < 2*longest {
			label = rest
		}
	}
	called = strings.ToLower(called)
	published, changed := strings.Contains(called, "publi"), strings.Contains(called, "updat") || strings.Contains(called, "modif")
	switch {
	case publishWords.MatchString(label) || published && !changed:
		return publishMark
	case updateWords.MatchString(label) || changed && !published:
		return updateMark
	}
	return plainMark
}

func cutAtDigit(s string) (before string, found bool) {
	i := strings.IndexFunc(s, unicode.IsDigit)
	if i < 0 {
		return s, false
	}
	return s[:i], true
}

// readDate reads a text that holds a date and little else.
func readDate(text string) (article.Date, bool) {
	const most = 90 // letters
	if len(text) > 4*most || utf8.RuneCountInString(text) > most || !mayBeDate.MatchString(text) {
		return article.Date{}, false
	}
	if m := numbers.FindStringSubmatchIndex(text); m != nil {
		year := text[m[10]:m[11]]
		if len(year) == 2 {
			year = "20" + year
		}
		sep := text[m[6]:m[7]]
		text = text[m[2]:m[3]] + text[m[4]:m[5]] + sep + text[m[8]:m[9]] + sep + year + text[m[1]:]
	}
	text = strings.NewReplacer("(", " ", ")", " ").Replace(strings.TrimRight(text, " .,;"))
	for range 3 {
		if d, ok := dateline.Read(text); ok && d.Year > 1990 {
			return d, true
		}
		i := strings.LastIndex(text, ",")
		if i < 0 {
			break
		}
		text = strings.TrimSpace(text[:i])
	}
	return article.Date{}, false
}
