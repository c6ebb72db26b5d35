package clean

import (
	"cmp"
	"strings"

	"backfile/build/article"
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
	last  bool   // the story is over when it stands behind one
}

// fromText finds the story in text copied off a page.
func fromText(text string, site *memory.Site) (article.Article, Report) {
	var a article.Article
	var r Report
	units := split(plain(text))
	mark(units)
	recall(units, site)
	from, to := run(units)
	if from == to {
		r.Refused = "holds no text that could be an article"
		return a, r
	}
	h := heading(units, from, to)
	thin(units[from:to])
	a.Title = h.title
	a.Date, a.Authors = h.date, h.authors
	var body []string
	for i := range units {
		u := &units[i]
		switch {
		case i < from || i >= to:
			u.rule = cmp.Or(u.rule, "outside the story")
		case u.rule == "" && h.title != "" && same(u.text, h.title):
			u.rule = "title"
		}
		if u.rule == "" {
			body = append(body, plaintext.Line(u.text))
			continue
		}
		r.Dropped = append(r.Dropped, Line{u.no, u.text, u.rule})
	}
	if len(body) == 0 {
		r.Refused = "holds no text that could be an article"
		return a, r
	}
	a.Body = strings.Join(body, "\n\n") + "\n"
	return a, r
}

// split cuts a text into units.
func split(text string) []unit {
	var out []unit
	for _, l := range lines.Split(text) {
		out = append(out, unitOf(l))
	}
	return out
}

func newUnit(no int, text string) unit { return unitOf(lines.Of(no, text)) }

func unitOf(l lines.Line) unit {
	return unit{no: l.No, text: l.Text, words: l.Words, alone: l.Alone, ends: l.Ends}
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
func recall(units []unit, site *memory.Site) {
	for i := range units {
		if site.Knows(units[i].text).Drop {
			units[i].rule = cmp.Or(units[i].rule, "seen on other pages")
		}
	}
}

// weight says how much a unit speaks for being part of a story.
func (u *unit) weight() int {
	switch {
	case u.last:
		return -90
	case u.rule != "":
		return -8
	case u.ends && u.words >= 8:
		return min(u.words, 60)
	case u.words >= 18:
		return min(u.words, 60) / 2
	case u.ends && u.words >= 3:
		return 2
	}
	return -8
}

// run returns the stretch of units that is most like a story: the one whose
// weights have the largest sum.
func run(units []unit) (from, to int) {
	best, sum, start := 0, 0, 0
	for i := range units {
		sum += units[i].weight()
		if sum <= 0 {
			sum, start = 0, i+1
			continue
		}
		if sum > best {
			best, from, to = sum, start, i+1
		}
	}
	return from, to
}

// thin drops the lines inside a story that are none of its sentences: dates
// of other stories and of comments, and what stands there twice.
func thin(units []unit) {
	seen := map[string]int{}
	for _, u := range units {
		seen[u.text]++
	}
	for i := range units {
		u := &units[i]
		if u.rule != "" || u.ends || u.words >= 18 {
			continue
		}
		if _, ok := dateline(u.text); ok {
			u.rule = "date"
		} else if seen[u.text] > 1 {
			u.rule = "repeated"
		}
	}
}

// same reports whether two lines say the same but for case and marks.
func same(a, b string) bool { return fold(a) == fold(b) }

func fold(s string) string { return lines.Fold(s) }
