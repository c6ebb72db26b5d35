package search

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"sort"

	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/search/shard"
)

// A termDrawer draws the term shards of a segment with their lists and
// positions.
type termDrawer struct {
	*builder
	s                 *segment
	v                 *vocabulary
	avgTitle, avgText float64
	titles, texts     []float64 // of each document: what its length makes of the frequencies there
	common            digest.Sum
}

// terms draws the term shards that have changed since old was made.
func (b *builder) terms(ctx context.Context, s *segment, v *vocabulary, old *made) error {
	d := &termDrawer{builder: b, s: s, v: v}
	d.avgTitle, d.avgText = averages(s.lens)
	for _, l := range s.lens {
		d.titles = append(d.titles, 1-slopeTitle+float64(slopeTitle*float64(length(lengthStep(l.title))/d.avgTitle)))
		d.texts = append(d.texts, 1-slopeText+float64(slopeText*float64(length(lengthStep(l.text))/d.avgText)))
	}
	h := digest.New()
	h.Add(b.options())
	h.Int(s.n)
	h.String(fmt.Sprintf("%b %b", d.avgTitle, d.avgText))
	d.common = h.Sum()
	s.made = &made{shards: map[string]madeShard{}}
	keys := make([]string, len(v.first))
	numbers := func(yield func(int) bool) {
		for i := range v.first {
			if !yield(i) {
				return
			}
		}
	}
	for i := range v.first {
		keys[i] = v.keyOf(i)
	}
	s.names = shard.Keys(keys)
	return par.Each(ctx, b.Workers, numbers, func(i int) error {
		name := shard.Name(keys[i])
		m, err := d.shard(i, name, old.shards[name])
		s.mu.Lock()
		defer s.mu.Unlock()
		s.made.shards[name] = m
		return err
	})
}

// averages are the mean lengths that levels are told against. They are rounded
// to powers of the eighth root of two, so that an article more moves none of
// the levels of others.
func averages(lens []docLen) (title, text float64) {
	var t, x float64
	for _, l := range lens {
		t += float64(l.title)
		x += float64(l.text)
	}
	n := float64(max(1, len(lens)))
	return rounded(t / n), rounded(x / n)
}

// lengthStep is the length of a title or text in positions, rounded to powers of
// the eighth root of two: a sentence more in a long text is the same length,
// and words elsewhere in it keep their levels.
func lengthStep(n uint32) uint8 { return uint8(math.Round(8 * math.Log2(float64(max(1, n))))) }

// length is what a step stands for.
func length(step uint8) float64 { return math.Exp2(float64(step) / 8) }

func rounded(mean float64) float64 {
	return math.Exp2(math.Round(8*math.Log2(max(1, mean))) / 8)
}

// shard draws one term shard and what belongs to it, unless all of that is
// there already.
func (d *termDrawer) shard(i int, name string, old madeShard) (madeShard, error) {
	from, to := d.v.span(i)
	m := madeShard{key: d.shardKey(from, to)}
	if old.key == m.key && d.keepShard(name, old) {
		return old, nil
	}
	w := &shardWriter{termDrawer: d, name: name}
	if err := w.forms(from, to); err != nil {
		return m, err
	}
	m.lists, m.bare, m.own = len(w.files), w.bare(), len(w.own) > 0
	return m, w.put(m.key)
}

// shardKey digests all that a term shard is drawn from.
func (d *termDrawer) shardKey(from, to int) digest.Sum {
	h := digest.New()
	h.Add(d.common)
	for id := from; id < to; id++ {
		h.String(d.v.forms[id])
		for _, s := range d.v.stems[id] {
			h.Int(int(s.Lang))
			h.String(s.Stem)
		}
		h.Strings(d.v.afar(int32(id)))
		h.String(d.v.see[d.v.forms[id]])
	}
	for _, r := range d.s.runs {
		a, z := r.span(from, to)
		if a == z {
			continue
		}
		h.Int(r.first)
		for k := a; k < z; k++ {
			h.Int(int(r.ids[k]) - from)
			h.Int(int(r.sums[k]))
		}
	}
	return h.Sum()
}

// span returns which forms of r are those from from to to.
func (r *run) span(from, to int) (a, z int) {
	at := func(id int) int {
		return sort.Search(len(r.ids), func(k int) bool { return int(r.ids[k]) >= id })
	}
	return at(from), at(to)
}

// keepShard takes over a term shard and what belongs to it, if all is there.
func (d *termDrawer) keepShard(name string, m madeShard) bool {
	gone := false
	keep := func(file string) {
		fresh, err := d.Put(d.s.path(file), fileKey(m.key, file), nil)
		gone = gone || !fresh || err != nil
	}
	n := 1
	keep("t/" + name)
	if m.own {
		keep("p/" + name)
		n++
	}
	for k := range m.lists {
		keep(fmt.Sprintf("l/%s-%d", name, k))
		n++
		if k >= m.bare {
			keep(fmt.Sprintf("p/%s-%d", name, k))
			n++
		}
	}
	if !gone {
		d.s.count.Add(int64(n))
	}
	return !gone
}

// fileKey is the key of a file that belongs to a term shard.
func fileKey(shard digest.Sum, file string) digest.Sum { return digest.Of(shard[:], []byte(file)) }

// posts are the postings of one form in the whole segment.
type posts struct {
	shard.List
	title, text []uint32 // positions of each posting
	gaps        []byte
	ends        []uint32 // where the gaps of each posting end
}

func (p *posts) reset() {
	p.Docs, p.Levels, p.Titles = p.Docs[:0], p.Levels[:0], p.Titles[:0]
	p.title, p.text, p.gaps, p.ends = p.title[:0], p.text[:0], p.gaps[:0], p.ends[:0]
}

// take adds a form's postings of a run.
func (d *termDrawer) take(p *posts, r *run, blob []byte, isName bool) error {
	docs, rest, ok1 := section(blob)
	counts, gaps, ok2 := section(rest)
	if !ok1 || !ok2 {
		return errCache
	}
	doc := r.first - 1
	for len(docs) > 0 {
		var title, text uint64
		gap, n := binary.Uvarint(docs)
		docs = docs[max(n, 0):]
		if !isName {
			c, k := binary.Uvarint(counts)
			counts = counts[max(k, 0):]
			text = c >> 1
			if c&1 != 0 {
				title, k = binary.Uvarint(counts)
				counts = counts[max(k, 0):]
			}
			if k <= 0 {
				return errCache
			}
		}
		doc += int(gap) + 1
		if n <= 0 || doc >= d.s.n {
			return errCache
		}
		if title > 0 {
			p.Titles = append(p.Titles, uint32(len(p.Docs)))
		}
		p.Docs = append(p.Docs, uint32(doc))
		p.Levels = append(p.Levels, d.level(doc, int(title), int(text)))
		if d.NoPhrases {
			continue
		}
		p.title, p.text = append(p.title, uint32(title)), append(p.text, uint32(text))
		end := skip(gaps, int(title+text))
		p.gaps = append(p.gaps, gaps[:end]...)
		p.ends = append(p.ends, uint32(len(p.gaps)))
		gaps = gaps[end:]
	}
	return nil
}

// section splits off bytes that have their length before them.
func section(b []byte) (part, rest []byte, ok bool) {
	n, k := binary.Uvarint(b)
	if k <= 0 || n > uint64(len(b)-k) {
		return nil, nil, false
	}
	return b[k : k+int(n)], b[k+int(n):], true
}

// skip returns the length of the first n varints of b.
func skip(b []byte, n int) int {
	for i, c := range b {
		if n == 0 {
			return i
		}
		if c < 0x80 {
			n--
		}
	}
	return len(b)
}

// The weights of a form's frequency in title and text: BM25F, after Robertson,
// Zaragoza and Taylor, CIKM 2004, with values that news collections agree on.
const (
	k1          = 1.4
	slopeText   = 0.6
	slopeTitle  = 0.4
	titleWeight = 2.5
	topLevel    = 15
)

// level is how much a document is about a form, from 1 to 15. Products are
// rounded before they are added, or machines that do both at once would differ.
func (d *termDrawer) level(doc, title, text int) uint8 {
	if title+text == 0 {
		return 1
	}
	f := float64(text) / d.texts[doc]
	if title > 0 {
		f += float64(titleWeight * float64(title) / d.titles[doc])
	}
	return uint8(max(1, min(topLevel, math.Round(topLevel*f/(k1+f)))))
}
