package memory

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"backfile/build/clean/lines"
)

// A Page is what is remembered of one page while a Book is made.
type Page struct {
	site  string
	id    string // orders the pages of a site
	lines []seen
	words int     // of its sentences
	order []place // of all its lines
}

// A place is a line where it stands in a page.
type place struct {
	key   uint64
	prose int // words, when it is a sentence
}

type seen struct {
	key   uint64
	text  string
	grams []uint64
	prose int // words, when it is a sentence of a length that stories have
}

// ID tells a page from others.
func ID(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// Open returns what is to be remembered of a page. Of two pages of a site with
// the same text one is left out.
func Open(site, text string) Page {
	p := Page{site: site, id: ID(text)}
	if len(text) > mostText {
		return p
	}
	had := map[uint64]bool{}
	for _, l := range lines.Split(text) {
		if l.Words == 0 {
			continue
		}
		s := seen{key: key(l.Text), text: l.Text}
		p.order = append(p.order, placeOf(s.key, &l))
		if had[s.key] {
			continue
		}
		had[s.key] = true
		if l.Ends && l.Words >= 12 {
			s.prose, s.grams = l.Words, gramsOf(l.Text)
			p.words += l.Words
		}
		p.lines = append(p.lines, s)
	}
	return p
}

// Learn makes a Book of pages, and of what is known already: old may be nil.
func Learn(pages []Page, old *Book) *Book {
	bySite := map[string][]Page{}
	for _, p := range pages {
		bySite[p.site] = append(bySite[p.site], p)
	}
	b := &Book{sites: map[string]*Site{}}
	for name, list := range bySite {
		slices.SortFunc(list, func(a, b Page) int { return cmp.Compare(a.id, b.id) })
		list = slices.CompactFunc(list, func(a, b Page) bool { return a.id == b.id })
		b.sites[name] = learn(list)
	}
	if old != nil {
		b.heed(old)
	}
	for _, s := range b.sites {
		s.index()
	}
	return b
}

// heed takes over what is known already. Captures need not be kept for it.
func (b *Book) heed(old *Book) {
	for name, was := range old.sites {
		s := b.sites[name]
		if s == nil {
			s = &Site{lines: map[uint64]*entry{}}
			b.sites[name] = s
		}
		for k, e := range was.lines {
			switch now := s.lines[k]; {
			case now != nil:
				now.keep, now.drop, now.text, now.pages = e.keep, e.drop, e.text, max(now.pages, e.pages)
			default:
				was := *e
				s.lines[k] = &was
			}
		}
	}
}

// index prepares a Site for lines that differ in a few words from those known.
func (s *Site) index() {
	s.grams = map[uint64]bool{}
	for _, e := range s.lines {
		if e.keep {
			continue
		}
		for _, g := range gramsOf(e.text) {
			s.grams[g] = true
		}
	}
}

const (
	mostText  = 1 << 20 // bytes; longer texts are no page, and bear no witness
	manyPages = 2000    // of a site: then whole lines are evidence enough
	fewOf     = 250     // a line of a large site stands on one page in so many
	mostLike  = 64      // pages that are compared for one line
)

// learn finds the lines that recur on the pages of one site.
func learn(pages []Page) *Site {
	l := &learner{pages: pages, on: map[uint64][]int{}, lead: make([]uint64, len(pages)), alike: map[[2]int]bool{}}
	for i, p := range pages {
		for _, s := range p.lines {
			l.on[s.key] = append(l.on[s.key], i)
		}
	}
	for i, p := range pages {
		l.lead[i] = l.first(p)
	}
	s := &Site{Pages: len(pages), lines: map[uint64]*entry{}}
	least := max(2, len(pages)/fewOf)
	for _, k := range slices.Sorted(maps.Keys(l.on)) {
		if n := l.count(l.on[k]); n >= least {
			s.lines[k] = &entry{text: l.textOf(k), pages: n}
		}
	}
	if len(pages) <= manyPages {
		l.similar(s)
	}
	s.gaps = map[uint64]*gap{}
	for _, p := range pages {
		s.pages = append(s.pages, p.id)
		s.measure(p.order, 1)
	}
	slices.Sort(s.pages)
	return s
}

func placeOf(key uint64, l *lines.Line) place {
	p := place{key: key}
	if l.Ends && l.Words >= 8 {
		p.prose = l.Words
	}
	return p
}

type learner struct {
	pages []Page
	on    map[uint64][]int // the pages that a line stands on
	lead  []uint64         // the first sentence of each page that most others do not have
	alike map[[2]int]bool
}

func (l *learner) textOf(k uint64) string {
	for _, s := range l.pages[l.on[k][0]].lines {
		if s.key == k {
			return s.text
		}
	}
	return ""
}

// first returns the sentence that a page's story seems to begin with.
func (l *learner) first(p Page) uint64 {
	for _, s := range p.lines {
		if n := len(l.on[s.key]); s.prose > 0 && (n < 3 || n*2 < len(l.pages)) {
			return s.key
		}
	}
	return 0
}

// count returns on how many pages a line stands, copies of one story counted
// once.
func (l *learner) count(on []int) int {
	if len(on) > mostLike {
		return len(on)
	}
	var apart []int
	for _, i := range on {
		if !slices.ContainsFunc(apart, func(j int) bool { return l.copies(j, i) }) {
			apart = append(apart, i)
		}
	}
	return len(apart)
}

// copies reports whether two pages hold one story: they share most of their
// sentences, so that one of them has none of its own, or a good part and the
// beginning.
func (l *learner) copies(i, j int) bool {
	pair := [2]int{i, j}
	if known, ok := l.alike[pair]; ok {
		return known
	}
	a, b := l.pages[i], l.pages[j]
	has := map[uint64]bool{}
	for _, s := range b.lines {
		has[s.key] = s.prose > 0
	}
	shared := 0
	for _, s := range a.lines {
		if s.prose > 0 && has[s.key] {
			shared += s.prose
		}
	}
	least := min(a.words, b.words)
	begin := l.lead[i] != 0 && (has[l.lead[i]] || l.lead[i] == l.lead[j])
	apart := own(a.words-shared, a.words) && own(b.words-shared, b.words)
	l.alike[pair] = least > 0 && (shared*10 >= least*7 && !apart || begin && shared*4 >= least)
	return l.alike[pair]
}

// own reports whether a page has a story of its own beside what it shares: a
// short story may stand above a long appeal.
func own(words, all int) bool { return words >= 25 && words*5 >= all }

// similar finds the long lines that recur with a few words changed.
func (l *learner) similar(s *Site) {
	on := map[uint64][]int{}
	for i, p := range l.pages {
		for _, line := range p.lines {
			for _, g := range line.grams {
				if n := len(on[g]); n == 0 || on[g][n-1] != i {
					on[g] = append(on[g], i)
				}
			}
		}
	}
	recurs := map[uint64]bool{}
	for g, pages := range on {
		if len(pages) > 1 && l.count(pages) > 1 {
			recurs[g] = true
		}
	}
	for _, p := range l.pages {
		for _, line := range p.lines {
			if s.lines[line.key] == nil && known(recurs, line.grams) {
				s.lines[line.key] = &entry{text: line.text, pages: 2}
			}
		}
	}
}
