// Package memory knows which lines stand on many pages of a site: menus,
// banners, appeals, boxes beside the story. They are furniture, and no part of
// any one story.
//
//	captures ──Learn──► Book ──► Site.Knows(line)
//	                     ▲ │
//	    furniture.txt    │ ▼     a person may strike a line out there, or add one
//
// A line counts once for each page it stands on; pages that are copies of one
// story count as one, so that two captures of a story do not erase it. What is
// learned depends on the set of the pages alone, not on their order.
package memory

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"backfile/build/clean/lines"
)

// A Book is what is known of all sites.
type Book struct {
	sites map[string]*Site
}

// A Site is what is known of one site. Its methods may be called by many
// goroutines at once, and on nil, which knows nothing.
type Site struct {
	Pages int // that were learned from
	lines map[uint64]*entry
	grams map[uint64]bool // of the long lines, for those that differ in a few words
	gaps  map[uint64]*gap // what stands between the lines that recur
	pages []string        // the ids of those that gaps were measured on, sorted
}

type entry struct {
	text  string
	pages int  // it was seen on; 0 when a person wrote it in
	keep  bool // a person wants it kept
	drop  bool // a person wrote it in
}

// A Verdict is what a Site says of a line.
type Verdict struct {
	Drop  bool
	Keep  bool    // a person said so
	Known bool    // a person said Drop
	Share float64 // of the site's pages that hold it
}

// Site returns what is known of a site, by its host or its name; nil is
// nothing.
func (b *Book) Site(name string) *Site {
	if b == nil {
		return nil
	}
	return b.sites[name]
}

// Empty reports whether nothing is known.
func (b *Book) Empty() bool {
	for _, s := range b.sites {
		if len(s.lines) > 0 {
			return false
		}
	}
	return true
}

// Knows says what is known of a line.
func (s *Site) Knows(text string) Verdict {
	if s == nil {
		return Verdict{}
	}
	if e := s.lines[key(text)]; e != nil {
		v := Verdict{Drop: !e.keep, Keep: e.keep, Known: e.drop}
		if s.Pages > 0 {
			v.Share = float64(e.pages) / float64(s.Pages)
		}
		return v
	}
	if known(s.grams, gramsOf(text)) {
		return Verdict{Drop: true}
	}
	return Verdict{}
}

// known reports whether most of a long line stands in others.
func known(seen map[uint64]bool, grams []uint64) bool {
	n := 0
	for _, g := range grams {
		if seen[g] {
			n++
		}
	}
	return len(grams) >= fewestGrams && n*10 >= len(grams)*7
}

// fewestGrams is how many runs of words a line must have to be compared by
// them: twelve words, of which two may differ.
const fewestGrams = 7

// key is the same for lines that say the same but for case, marks and numbers.
func key(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return r
	}, numbers(lines.Fold(text)))))
	return h.Sum64()
}

// numbers makes every number one digit long: 1,024 comments are as good as 7.
func numbers(s string) string {
	var b strings.Builder
	in := false
	for _, r := range s {
		if digit := unicode.IsDigit(r); !digit || !in {
			b.WriteRune(r)
		}
		in = unicode.IsDigit(r) || in && r == ' '
	}
	return b.String()
}

// gramsOf returns the runs of six words of a line, or of twelve letters where
// there are no spaces.
func gramsOf(text string) []uint64 {
	folded := lines.Fold(text)
	parts := strings.Fields(folded)
	n := 6
	if lines.Words(text) > 2*len(parts) {
		parts, n = strings.Split(strings.ReplaceAll(folded, " ", ""), ""), 12
	}
	if len(parts) < n {
		return nil
	}
	out := make([]uint64, 0, len(parts)-n+1)
	for i := 0; i+n <= len(parts); i++ {
		h := fnv.New64a()
		for _, p := range parts[i : i+n] {
			h.Write([]byte(p))
			h.Write([]byte{0})
		}
		out = append(out, h.Sum64())
	}
	slices.Sort(out)
	return slices.Compact(out)
}
