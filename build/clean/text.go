package clean

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"backfile/build/article"
	"backfile/build/clean/dateline"
	"backfile/build/clean/judge"
	"backfile/build/clean/lines"
	"backfile/build/clean/memory"
	"backfile/build/clean/plaintext"
)

// A unit is a paragraph or a line of a text capture.
type unit struct {
	no    int // its first line, from 1
	text  string
	words int
	alone bool   // blank lines stand before and after it
	ends  bool   // with the end of a sentence
	rule  string // why it is dropped, or ""
	block int    // the same for lines that no blank line parts
	view  memory.View
	asks  int  // how much it sounds like an appeal
	last  bool // the story is over when it stands behind one
}

// mostLines is how many lines a text has that may be one article: a page with
// all its menus and comments has hundreds.
const mostLines = 20_000

// fromText finds the story in text copied off a page.
func fromText(text string, site *memory.Site) (article.Article, Report) {
	var a article.Article
	var r Report
	if n := strings.Count(text, "\n"); n > mostLines {
		r.Refused = fmt.Sprintf("holds %d lines, and no article has more than %d (cut it into its articles)", n, mostLines)
		return a, r
	}
	units, h := judged(text, site)
	var body []string
	for _, u := range units {
		if u.rule == "" {
			body = append(body, plaintext.Line(u.text))
			continue
		}
		r.Dropped = append(r.Dropped, Line{No: u.no, Text: u.text, Rule: u.rule})
	}
	if len(body) == 0 {
		r.Refused = "holds no text that could be an article"
		return a, r
	}
	a.Title, a.Date, a.Authors = h.title, h.date, h.authors
	a.Body = strings.Join(body, "\n\n") + "\n"
	return a, r
}

// judged returns the lines of a text, those that are none of its story with the
// rule that drops them, and what stands above the story.
func judged(text string, site *memory.Site) ([]unit, head) {
	units := split(plain(text))
	mark(units)
	recall(units, site, memory.ID(text))
	keep := weigh(units)
	from := slices.Index(keep, true)
	if from < 0 {
		from = len(units)
	}
	to := from
	for i, k := range keep {
		if k {
			units[i].rule, to = "", i+1
		}
	}
	h := heading(units, from, to)
	for i := range units {
		u := &units[i]
		switch {
		case h.title != "" && same(u.text, h.title) && (u.rule == "" || u.rule == elsewhere):
			u.rule = "title"
		case keep[i]:
		case i < from || i >= to:
			u.rule = cmp.Or(u.rule, "outside the story")
		default:
			u.rule = cmp.Or(u.rule, "unlike the story")
		}
	}
	return units, h
}

// elsewhere is the rule for lines that the memory of the site knows.
const elsewhere = "seen on other pages"

// weigh says which lines are the story. Those that a rule knows for certain are
// not up to the judge.
func weigh(units []unit) []bool {
	asked := forJudge(units)
	keep, sure := judge.Story(asked)
	if from, to := judge.Core(asked); from == to && sure < 0.5 {
		return make([]bool, len(units)) // no sentence, and no list that is surely a story
	}
	for i, u := range units {
		switch {
		case u.view.Keep:
			keep[i] = true
		case u.view.Known || u.rule == "appeal" || u.rule == "payment":
			keep[i] = false
		}
	}
	return keep
}

// split cuts a text into units.
func split(text string) []unit {
	var out []unit
	for _, l := range lines.Split(text) {
		out = append(out, unitOf(l))
	}
	return out
}

func (u *unit) line() lines.Line {
	return lines.Line{No: u.no, Text: u.text, Words: u.words, Alone: u.alone, Ends: u.ends, Block: u.block}
}

func unitOf(l lines.Line) unit {
	return unit{no: l.No, text: l.Text, words: l.Words, alone: l.Alone, ends: l.Ends, block: l.Block}
}

// mark drops the lines that are none of the story wherever they stand.
func mark(units []unit) {
	for i := range units {
		u := &units[i]
		u.rule = furnitureRule(u.text, u.words)
		if u.last = u.words <= 14 && afterStory.MatchString(u.text); u.last {
			u.rule = cmp.Or(u.rule, "after the story")
		}
	}
	appeals(units)
}

// appeals drops what asks the reader for money: lines that do so beyond doubt,
// and whole messages that begin with an opener.
func appeals(units []unit) {
	const reach = 2 // lines of an appeal that may say nothing of the kind
	weight := make([]int, len(units))
	for i, u := range units {
		weight[i] = ask(u.text, u.words)
		units[i].asks = weight[i]
		if u.rule == "" && weight[i] == 2 {
			units[i].rule = "appeal"
		}
	}
	for i := 0; i < len(units); i++ {
		if units[i].words > 14 || !opener.MatchString(units[i].text) {
			continue
		}
		last, sum := i, 0
		for j := i + 1; j < len(units) && j <= last+reach+1; j++ {
			if weight[j] > 0 || units[j].words <= 14 && opener.MatchString(units[j].text) {
				last = j
				sum += weight[j]
			}
		}
		if sum < 3 {
			continue // "A message from the mayor" may be a heading
		}
		for ; i <= last; i++ {
			units[i].rule = cmp.Or(units[i].rule, "appeal")
		}
		i--
	}
	payments(units)
}

// payments drops the lines of a payment box: two or more together, or any
// beside an appeal.
func payments(units []unit) {
	near := func(i int) bool {
		return i >= 0 && i < len(units) && (units[i].rule == "appeal" || units[i].rule == "payment" || payment.MatchString(units[i].text))
	}
	for i := range units {
		if u := &units[i]; u.rule == "" && payment.MatchString(u.text) && (near(i-1) || near(i+1)) {
			u.rule = "payment"
		}
	}
}

// recall drops the lines that stand on other pages of the site.
func recall(units []unit, site *memory.Site, id string) {
	list := make([]lines.Line, len(units))
	for i, u := range units {
		list[i] = u.line()
	}
	for i, v := range site.Read(id, list) {
		if v.Drop {
			units[i].rule = cmp.Or(units[i].rule, elsewhere)
		}
		units[i].view = v
	}
}

// Units returns the lines of a text as they come before the judge, for those
// who train it.
func Units(text string, site *memory.Site) []judge.Unit {
	units := split(plain(text))
	mark(units)
	recall(units, site, memory.ID(text))
	return forJudge(units)
}

func forJudge(units []unit) []judge.Unit {
	out := make([]judge.Unit, len(units))
	for i, u := range units {
		_, dated := dateline.Read(u.text)
		out[i] = judge.Unit{
			Line: u.line(), Site: u.view,
			Rule: u.rule, Ask: u.asks, Last: u.last, Dated: dated, Named: byline(u.text) != nil,
		}
	}
	return out
}

// same reports whether two lines say the same but for case and marks.
func same(a, b string) bool { return fold(a) == fold(b) }

func fold(s string) string { return lines.Fold(s) }
