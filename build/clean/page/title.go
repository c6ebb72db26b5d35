package page

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Title is the h1 whose words agree best with what the page's data call it;
// else what they call it, without the name of the site.
func (p *Page) Title() string {
	best := p.heading()
	og, ld := p.meta["og:title"], p.data.headline
	switch {
	case best == "":
		return p.unseen()
	case og != "" && fold(og) == fold(ld) && fold(withoutSite(ld, p.Site())) != fold(best):
		best = ld // both of the page's own data say so
	case bareName(best) == bareName(og) && words(best) < words(og):
		best = og // but for the spaces between a headline and the line above it
	default:
		best = p.withoutKicker(best)
	}
	return p.first(best)
}

// heading returns the h1 that the data of the page agree on, or "".
func (p *Page) heading() string {
	site := p.Site()
	best, agreed := "", 0.5
	for _, heading := range p.h1 {
		for _, t := range p.called() {
			a := agreement(heading, withoutSite(t, site))
			if fold(heading) == fold(t) {
				a = 1 // what looks like the name of the site is part of the headline
			}
			if a > agreed {
				best, agreed = heading, a
			}
		}
	}
	return best
}

func (p *Page) called() []string {
	return slices.DeleteFunc([]string{p.data.headline, p.meta["og:title"], p.meta["twitter:title"], p.tabTitle}, func(s string) bool { return s == "" })
}

// unseen is what a page without a headline to be seen is called.
func (p *Page) unseen() string {
	if told := p.called(); len(told) > 0 {
		return withoutSite(told[0], p.Site())
	}
	if len(p.h1) == 1 {
		return p.h1[0]
	}
	return ""
}

// withoutKicker cuts off the line above the headline, where an h1 holds both:
// the data of the page give the headline alone, or below another line.
func (p *Page) withoutKicker(heading string) string {
	og, ld := p.meta["og:title"], p.data.headline
	if rest, ok := strings.CutSuffix(heading, og); ok && words(og) >= 3 && endsInMark(rest) {
		return og
	}
	if strings.HasSuffix(heading, ld) && words(ld) >= 3 && fold(og) != fold(heading) {
		return ld
	}
	as, bs := strings.Fields(heading), strings.Fields(og)
	n := 0
	for n < min(len(as), len(bs)) && as[len(as)-1-n] == bs[len(bs)-1-n] {
		n++
	}
	end := strings.Join(as[len(as)-n:], " ")
	if n < len(as) && n < len(bs) && words(end) >= 3 && endsInMark(as[len(as)-1-n]) && endsInMark(bs[len(bs)-1-n]) {
		return end
	}
	return heading
}

// first returns the headline that the article was published under, where the
// page has got another one since: its address is made of the words of the
// first, and the data still hold it.
func (p *Page) first(title string) string {
	const same, other = 0.6, 0.35 // headlines share words with any address that is about the same
	ld := withoutSite(p.data.headline, p.Site())
	if slug := p.slug(); words(slug) >= 4 && agreement(slug, ascii(title)) < other && agreement(slug, ascii(ld)) >= same {
		return ld
	}
	return title
}

// slug returns the words in the last part of the address.
func (p *Page) slug() string {
	u, err := url.Parse(p.URL())
	if err != nil {
		return ""
	}
	last := ""
	for part := range strings.SplitSeq(u.Path, "/") {
		part, _, _ = strings.Cut(strings.TrimSuffix(part, ".html"), ",")
		if f := ascii(strings.TrimRight(part, "0123456789-")); words(f) > words(last) {
			last = f
		}
	}
	return last
}

// ascii folds a text as addresses spell it: "Größe" is groesse.
func ascii(s string) string { return fold(spelled.Replace(strings.ToLower(s))) }

var spelled = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "å", "a", "æ", "ae", "ø", "o", "à", "a", "á", "a", "â", "a", "ã", "a", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"í", "i", "ì", "i", "î", "i", "ó", "o", "ò", "o", "ô", "o", "õ", "o", "ú", "u", "ù", "u", "û", "u", "ç", "c", "ñ", "n", "'", "", "’", "")

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
	return []string{p.Title(), p.heading(), p.data.headline, p.meta["og:title"], p.meta["twitter:title"], p.tabTitle}
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
