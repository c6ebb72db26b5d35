package memory

import (
	"slices"

	"backfile/build/clean/lines"
)

// A gap is what stands behind and before a line that recurs, up to the next one
// that does: on most pages of a site the story is between the same two lines.
type gap struct {
	behind, before float64 // words of sentences, on all pages
	times          float64
}

// A View is what a Site says of one line of a page.
type View struct {
	Verdict
	// How many words of sentences stand on the site's other pages behind the
	// line that recurs above this one, and before the one below; and the same
	// as a share of the most that any line of this page has. They are -1 when
	// nothing is known.
	Behind, Before, BehindShare, BeforeShare float64
	Own                                      float64 // words of sentences on this page between those two lines
}

// recurs reports whether a line is furniture.
func (s *Site) recurs(k uint64) bool {
	e := s.lines[k]
	return e != nil && !e.keep
}

// measure adds a page to what is known of gaps, or takes it away.
func (s *Site) measure(order []place, sign float64) {
	at := func(k uint64) *gap {
		g := s.gaps[k]
		if g == nil {
			g = &gap{}
			s.gaps[k] = g
		}
		return g
	}
	var last uint64
	words := 0.0
	for _, p := range order {
		if !s.recurs(p.key) {
			words += float64(p.prose)
			continue
		}
		at(last).behind += sign * words
		at(p.key).before += sign * words
		at(p.key).times += sign
		last, words = p.key, 0
	}
	at(last).behind += sign * words
	at(0).before += sign * words
	at(0).times += sign
}

// Read says what is known of the lines of a page. When the page with this id
// is one of those that were learned from, it bears no witness of itself.
func (s *Site) Read(id string, list []lines.Line) []View {
	out := make([]View, len(list))
	for i := range out {
		out[i] = View{Behind: -1, Before: -1, BehindShare: -1, BeforeShare: -1, Own: -1}
		out[i].Verdict = s.Knows(list[i].Text)
	}
	if s == nil || len(s.pages) == 0 {
		return out
	}
	order := make([]place, len(list))
	for i := range list {
		order[i] = placeOf(key(list[i].Text), &list[i])
	}
	others := s
	if _, mine := slices.BinarySearch(s.pages, id); mine {
		others = &Site{lines: s.lines, gaps: map[uint64]*gap{}}
		for _, p := range append(order, place{}) {
			if g := s.gaps[p.key]; g != nil {
				copied := *g
				others.gaps[p.key] = &copied
			}
		}
		others.measure(order, -1)
	}
	others.view(order, out)
	return out
}

// view sets the gaps of each line.
func (s *Site) view(order []place, out []View) {
	mean := func(k uint64, before bool) float64 {
		g := s.gaps[k]
		switch {
		case g == nil || g.times < 0.5:
			return -1
		case before:
			return max(0, g.before/g.times)
		}
		return max(0, g.behind/g.times)
	}
	var last uint64
	start, own := 0, 0.0
	mostBehind, mostBefore := 1.0, 1.0
	flush := func(end int, next uint64) {
		behind, before := mean(last, false), mean(next, true)
		mostBehind, mostBefore = max(mostBehind, behind), max(mostBefore, before)
		for i := start; i < end; i++ {
			out[i].Behind, out[i].Before, out[i].Own = behind, before, own
		}
		start, own = end, 0
	}
	for i, p := range order {
		if !s.recurs(p.key) {
			own += float64(p.prose)
			continue
		}
		flush(i, p.key)
		start, last = i+1, p.key
	}
	flush(len(order), 0)
	for i := range out {
		if out[i].Behind >= 0 {
			out[i].BehindShare = out[i].Behind / mostBehind
		}
		if out[i].Before >= 0 {
			out[i].BeforeShare = out[i].Before / mostBefore
		}
	}
}
