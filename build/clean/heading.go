package clean

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfile/build/article"
	"backfile/build/clean/dateline"
	"backfile/build/clean/lines"
)

// A head is what stands above a story.
type head struct {
	title   string
	date    article.Date
	authors []string
}

// heading reads the lines above and at the beginning of the story, and marks
// those that tell its date and its authors.
func heading(units []unit, from, to int) head {
	const above, below = 25, 3 // lines; between title and text stand at most captions, shares, a byline
	var h head
	best := 0
	known := vocabulary(units[from:to])
	for i := max(0, from-above); i < min(to, from+below); i++ {
		u := &units[i]
		if h.line(u, i <= from) {
			continue
		}
		if s := titleScore(units, i, from); s > 0 && s+known.share(u.text) > best {
			best, h.title = s+known.share(u.text), u.text
		}
	}
	return h
}

// line takes the date and the names that a line tells, and reports whether it
// tells any. A date above the text counts more than one within it.
func (h *head) line(u *unit, above bool) bool {
	date, dated := dateline.Read(u.text)
	names := byline(u.text)
	if dated && (above || h.date.IsZero()) {
		h.date = date
	}
	if names != nil {
		h.authors = names
	}
	switch {
	case dated:
		u.rule = "date"
	case names != nil:
		u.rule = "byline"
	}
	return dated || names != nil
}

var fullStop = regexp.MustCompile(`[.。]["'”’»)]*$`)

var noTitle = regexp.MustCompile(`(?i)^(by|von|por|par|автор) \p{Lu}|\b(19|20)\d\d\b.{0,4}\b\d\d?[:.]\d\d\b|\b\d\d?[:.]\d\d\b.{0,8}\b(19|20)\d\d\b|\b(link|article|artikel)\b.{0,12}\b(copy|kopier\w*|teilen|share)\b|\b(copy|share|kopier\w*)\b.{0,16}\b(link|article)\b|\b\d+ ?min(ute)?s?\b.{0,8}$|:$`)

// titleScore says how much a line looks like the title of the story that
// begins at from; 0 is not at all.
func titleScore(units []unit, i, from int) int {
	u := units[i]
	if u.rule != "" && u.rule != elsewhere || u.words < 2 || u.words > 35 || fullStop.MatchString(u.text) || noTitle.MatchString(u.text) {
		return 0
	}
	s := 40 - 2*max(0, from-i)
	if i >= from {
		s -= 10 * (i - from)
	}
	if u.alone {
		s += 15
	}
	switch {
	case u.words < 4:
		s -= 15
	case u.words > 22:
		s -= 10
	}
	if slices.ContainsFunc(units[:i], func(o unit) bool { return same(o.text, u.text) }) {
		s += 10 // once in the tab's title, once above the story
	}
	return max(s, 0)
}

// A wordSet is the words that a story uses.
type wordSet map[string]bool

func vocabulary(units []unit) wordSet {
	set := wordSet{}
	for _, u := range units {
		if !u.ends {
			continue // a title must not bear witness to itself
		}
		for _, w := range stems(u.text) {
			set[w] = true
		}
	}
	return set
}

// share returns how many of the words of a line the story uses, from 0 to 40.
func (s wordSet) share(line string) int {
	all := stems(line)
	n := 0
	for _, w := range all {
		if s[w] {
			n++
		}
	}
	return 40 * n / max(3, len(all))
}

// stems returns the beginnings of the words that carry meaning.
func stems(line string) []string { return lines.Stems(line) }

var (
	bars     = regexp.MustCompile(`\s*[|·•]\s*|\s+[–—-]\s+`)
	bylineOf = regexp.MustCompile(`^(?i:(?:story |written |reported |words )?by|von|par|por|autor|автор|текст|от|作者|文|记者|بقلم)[:：]?\s+(\p{Lu}.{2,80}|\p{Lo}.{1,80})$`)
)

// byline reads the names on a line such as "By Jane Doe and John Roe", or
// returns nil.
func byline(line string) []string {
	if words(line) > 14 {
		return nil
	}
	line = bars.Split(line, 2)[0]
	m := bylineOf.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	var names []string
	for _, name := range regexpAnd.Split(m[1], 8) {
		name = strings.Trim(name, " ,.;")
		first, _ := utf8.DecodeRuneInString(name)
		if n := words(name); n == 0 || n > 5 || unicode.IsLower(first) || strings.ContainsFunc(name, unicode.IsDigit) {
			return nil
		}
		names = append(names, name)
	}
	return names
}

var regexpAnd = regexp.MustCompile(`\s*(?:,| and | und | et | y | и |&|、)\s*`)
