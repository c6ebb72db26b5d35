package search

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"backfile/build/internal/digest"
	"backfile/build/search/shard"
)

const (
	mostInPlace = 96       // bytes of a posting list that stands in its term shard
	mostPacked  = 6 << 10  // of one that shares a file
	packSize    = 4 << 10  // bytes after which a shared file is closed
	blockSize   = 10 << 10 // of a part of a longer one, about
	leastBlock  = 9        // a block has at least 2^9 documents
)

// A shardWriter draws one term shard.
type shardWriter struct {
	*termDrawer
	name  string
	terms []shard.Term
	own   [][]byte // positions of the lists in place
	files []listFile
	open  int // one more than the file that more lists may go to
}

// A listFile is a file of long lists and the one of their positions.
type listFile struct {
	pack      shard.Pack
	size      int
	positions [][]byte // none when the lists are of names
}

// forms draws the forms from from to to.
func (w *shardWriter) forms(from, to int) error {
	type cursor struct {
		r     *run
		at, z int
		start uint32
		blob  []byte
	}
	var cursors []cursor
	for _, r := range w.s.runs {
		a, z := r.span(from, to)
		if a == z {
			continue
		}
		blob, err := r.read(a, z, nil)
		if err != nil {
			return err
		}
		c := cursor{r: r, at: a, z: z, blob: blob}
		if a > 0 {
			c.start = r.ends[a-1]
		}
		cursors = append(cursors, c)
	}
	var p posts
	for id := from; id < to; id++ {
		form := w.v.forms[id]
		p.reset()
		for i := range cursors {
			c := &cursors[i]
			if c.at == c.z || int(c.r.ids[c.at]) != id {
				continue
			}
			size := c.r.ends[c.at] - c.start
			if err := w.take(&p, c.r, c.blob[:size], form[0] == nameMark); err != nil {
				return err
			}
			c.blob, c.start = c.blob[size:], c.r.ends[c.at]
			c.at++
		}
		w.term(id, &p)
	}
	return nil
}

// nameMark begins the form of a name.
const nameMark = 1

// term adds a form with its postings.
func (w *shardWriter) term(id int, p *posts) {
	t := shard.Term{Form: w.v.forms[id], Stems: w.v.stems[id], Afar: w.v.afar(int32(id)), DF: len(p.Docs)}
	if to, ok := w.v.see[t.Form]; ok {
		t.Kind, t.See = shard.See, to
		w.terms = append(w.terms, t)
		return
	}
	whole := shard.AppendList(nil, p.List, 0)
	isName := t.Form[0] == nameMark
	switch {
	case len(whole) <= mostInPlace:
		t.Kind, t.List = shard.InPlace, whole
		if !isName && !w.NoPhrases {
			w.own = append(w.own, p.positions(0, len(p.Docs)))
		}
	case len(whole) <= mostPacked:
		t.Kind = shard.Packed
		t.K, t.I = w.pack(len(p.Docs), whole, w.partPositions(p, 0, len(p.Docs), isName))
	default:
		w.blocks(&t, p, len(whole))
	}
	w.terms = append(w.terms, t)
}

// partPositions are the positions of the postings from i to j; of names there
// are none.
func (w *shardWriter) partPositions(p *posts, i, j int, isName bool) []byte {
	if isName || w.NoPhrases {
		return nil
	}
	return p.positions(i, j)
}

// pack adds a list to the file that is open, and returns where it stands.
func (w *shardWriter) pack(n int, list, positions []byte) (k, i int) {
	if w.open == 0 || w.files[w.open-1].size+len(list) > packSize || w.files[w.open-1].bare() != (positions == nil) {
		w.files = append(w.files, listFile{})
		w.open = len(w.files)
	}
	f := &w.files[w.open-1]
	f.add(n, list, positions)
	return w.open - 1, len(f.pack.N) - 1
}

func (f *listFile) add(n int, list, positions []byte) {
	f.pack.N = append(f.pack.N, n)
	f.pack.Lists = append(f.pack.Lists, list)
	if positions != nil {
		f.positions = append(f.positions, positions)
	}
	f.size += len(list)
}

func (f *listFile) bare() bool { return len(f.positions) == 0 }

// bare is the number of files without positions. Names are before all words,
// so these are the first ones, or all when positions are left out.
func (w *shardWriter) bare() int {
	n := 0
	for n < len(w.files) && w.files[n].bare() {
		n++
	}
	return n
}

// blocks cuts a list that has size bytes into blocks of as many documents as
// make a file of good size.
func (w *shardWriter) blocks(t *shard.Term, p *posts, size int) {
	t.Kind, t.K = shard.Blocks, len(w.files)
	t.I = max(leastBlock, bits.Len(uint(blockSize*w.s.n/size))-1)
	isName := t.Form[0] == nameMark
	from := 0
	for first := 0; first < w.s.n; first += 1 << t.I {
		to := from
		for to < len(p.Docs) && int(p.Docs[to]) < first+1<<t.I {
			to++
		}
		if from == to {
			t.Block = append(t.Block, shard.Block{})
			continue
		}
		part := p.Slice(from, to)
		t.Block = append(t.Block, shard.Block{N: to - from, Highest: part.Highest()})
		var f listFile
		f.add(to-from, shard.AppendList(nil, part, uint32(first)), w.partPositions(p, from, to, isName))
		w.files = append(w.files, f)
		from = to
	}
}

// positions writes the positions of the postings from i to j.
func (p *posts) positions(i, j int) []byte {
	var b []byte
	for k := i; k < j; k++ {
		if p.title[k] > 0 {
			b = binary.AppendUvarint(b, uint64(p.title[k]))
		}
		b = binary.AppendUvarint(b, uint64(p.text[k]))
	}
	start := uint32(0)
	if i > 0 {
		start = p.ends[i-1]
	}
	return append(b, p.gaps[start:p.ends[j-1]]...)
}

// put stages all files.
func (w *shardWriter) put(key digest.Sum) error {
	stage := func(file string, payload []byte) error {
		_, err := w.builder.put(w.s, file, fileKey(key, file), func() ([]byte, error) { return payload, nil })
		return err
	}
	if err := stage("t/"+w.name, shard.AppendTerms(nil, w.terms)); err != nil {
		return err
	}
	if len(w.own) > 0 {
		if err := stage("p/"+w.name, shard.AppendSlices(nil, w.own)); err != nil {
			return err
		}
	}
	for k, f := range w.files {
		if err := stage(fmt.Sprintf("l/%s-%d", w.name, k), f.pack.Append(nil)); err != nil {
			return err
		}
		if f.bare() {
			continue
		}
		if err := stage(fmt.Sprintf("p/%s-%d", w.name, k), shard.AppendSlices(nil, f.positions)); err != nil {
			return err
		}
	}
	return nil
}
