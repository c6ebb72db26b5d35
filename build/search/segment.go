package search

import (
	"fmt"
	"sync"
	"sync/atomic"

	"backfile/build/internal/digest"
)

// A segment is a stretch of the archive with shards of its own.
type segment struct {
	label  string
	dir    string // label and what tells which article has which number
	base   int    // whole number of its first document
	n      int
	ranges []*docRange
	key    digest.Sum
	count  atomic.Int64 // files

	months  []int          // pairs, as the manifest has them
	names   string         // the first forms of term shards, as the manifest has them
	letters string         // of which there are spelling lists
	kinds   string         // of which there are names
	langs   map[string]int // how many documents are in each language
	lens    []docLen       // of each document
	runs    []*run
	mu      sync.Mutex
	made    *made
}

// A docRange is a stretch of a segment whose words are found together.
type docRange struct {
	first, n int // in the segment
	key      digest.Sum
	cards    digest.Sum
}

// file is the run of r in the cache.
func (r *docRange) file() string { return fmt.Sprintf("%x.run", r.key[:12]) }

// path is where a file of s is published.
func (s *segment) path(name string) string {
	if name == "" {
		return Dir + "s/" + s.dir + "/"
	}
	return Dir + "s/" + s.dir + "/" + name + ".js"
}

const (
	oneSegment = 1000 // articles up to which an archive has one segment
	wholeYear  = 1024 // articles up to which the words of a year are one run
	quarterly  = 4096 // and those of a quarter
	maxRange   = 2048 // articles of a run: they are in memory together
)

// cut divides the archive into segments and these into ranges. It looks at the
// dates alone: what was built before has no say.
func (b *builder) cut() []*segment {
	type stretch struct{ year, month, n int }
	var months []stretch
	for i := range b.N {
		d := b.Doc(i)
		if k := len(months) - 1; k >= 0 && months[k].year == d.Year && months[k].month == d.Month {
			months[k].n++
			continue
		}
		months = append(months, stretch{d.Year, d.Month, 1})
	}
	if len(months) == 0 {
		return nil
	}
	newest := months[len(months)-1]
	perYear := map[int]int{}
	for _, m := range months {
		perYear[m.year] += m.n
	}
	label := func(m stretch) string {
		switch {
		case b.N <= oneSegment:
			return "all"
		case m.year < newest.year:
			return fmt.Sprintf("before-%04d", newest.year)
		case m.month < newest.month:
			return fmt.Sprintf("%04d", m.year)
		}
		return fmt.Sprintf("%04d-%02d", m.year, m.month)
	}
	group := func(m stretch) int {
		switch n := perYear[m.year]; {
		case m.year == newest.year:
			return m.month
		case n <= wholeYear:
			return 0
		case n <= quarterly:
			return (m.month + 2) / 3
		}
		return m.month
	}
	var segments []*segment
	var s *segment
	var last stretch
	base := 0
	for _, m := range months {
		if l := label(m); s == nil || s.label != l {
			s = &segment{label: l, base: base}
			segments = append(segments, s)
			last = stretch{year: -1}
		}
		s.months = append(s.months, m.year*100+m.month, m.n)
		s.grow(m.n, m.year == last.year && group(m) == group(last))
		last = m
		base += m.n
	}
	for _, s := range segments {
		s.dir = s.label + "-" + b.numbering(s)
	}
	return segments
}

// grow adds n documents to s, in the same range as those before if they may.
func (s *segment) grow(n int, same bool) {
	for n > 0 {
		if k := len(s.ranges); k == 0 || !same || s.ranges[k-1].n == maxRange {
			s.ranges = append(s.ranges, &docRange{first: s.n})
		}
		r := s.ranges[len(s.ranges)-1]
		some := min(n, maxRange-r.n)
		r.n += some
		s.n += some
		n -= some
		same = true
	}
}

// numbering tells apart segments in which articles have other numbers.
func (b *builder) numbering(s *segment) string {
	h := digest.New()
	for i := range s.n {
		h.String(b.Doc(s.base + i).URL)
	}
	return h.Sum().String()[:8]
}

func (s *segment) close() {
	for _, r := range s.runs {
		r.close()
	}
	s.runs, s.lens = nil, nil
}
