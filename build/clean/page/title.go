package page

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Title is the h1 whose words agree best with what the page's data call it;
// else what they call it, without the name of the site.
func (p *Page) Title() string {
	site := p.Site()
	var told []string
	for _, t := range []string{p.data.headline, p.meta["og:title"], p.meta["twitter:title"], p.tabTitle} {
		if t != "" {
			told = append(told, withoutSite(t, site))
		}
	}
	best, agreed := "", 0.5
	for _, heading := range p.h1 {
		for _, t := range told {
			if a := agreement(heading, t); a > agreed {
				best, agreed = heading, a
			}
		}
	}
	if og, ld := p.meta["og:title"], p.data.headline; og != "" && fold(og) == fold(ld) && best != "" {
		best = ld // both of the page's own data say so
	} else if rest, ok := strings.CutSuffix(best, og); og != "" && ok && words(og) >= 3 && endsInMark(rest) {
		best = og // the h1 holds the line above the headline as well
	}
	if best == "" && len(told) > 0 {
		best = told[0]
	}
	if best == "" && len(p.h1) == 1 {
		best = p.h1[0]
	}
	return best
}

var siteTail = regexp.MustCompile(`^(.*\S)\s+[|–—·•»:-]+\s+([^|–—·•»]{2,60})$`)

// withoutSite cuts " | The Site" off a title.
func withoutSite(title, site string) string {
	for {
		m := siteTail.FindStringSubmatch(title)
		if m == nil || words(m[1]) < 3 {
			return title
		}
		if bare := !strings.Contains(title, " | "); bare && words(m[2]) > 4 && (site == "" || !strings.Contains(fold(m[2]), fold(site))) {
			return title
		}
		title = m[1]
	}
}

// agreement is the share of words that two texts have in common.
func agreement(a, b string) float64 {
	as, bs := strings.Fields(fold(a)), strings.Fields(fold(b))
	if len(as) == 0 || len(bs) == 0 {
		return 0
	}
	if strings.Join(as, " ") == strings.Join(bs, " ") {
		return 1
	}
	both := 0
	for _, w := range slices.Compact(slices.Sorted(slices.Values(as))) {
		if slices.Contains(bs, w) {
			both++
		}
	}
	return float64(both) / float64(len(as)+len(bs)-both)
}

// Titles are all that the page is called by its head, its data and itself.
func (p *Page) Titles() []string {
	return []string{p.Title(), p.data.headline, p.meta["og:title"], p.meta["twitter:title"], p.tabTitle}
}

// words counts the words of a title; in scripts without spaces, the letters
// divided by two.
func words(s string) int {
	n, letters := 0, 0
	for _, w := range strings.Fields(s) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	for _, r := range s {
		if r >= 0x2E80 || r >= 0x0E00 && r < 0x0F00 {
			letters++
		}
	}
	return max(n, letters/2)
}

// fold leaves the words of a text, in small letters.
func fold(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}), " ")
}

// endsInMark reports whether a text ends as what stands before a headline
// does: "Flood in Dale: ".
func endsInMark(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && strings.ContainsRune(":|–—-/", []rune(s)[len([]rune(s))-1])
}
