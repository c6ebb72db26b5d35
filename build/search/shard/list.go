package shard

import "slices"

// A List is a posting list: the documents that have a form, in order.
type List struct {
	Docs   []uint32
	Levels []uint8  // 1 to 15, one for each document
	Titles []uint32 // places in Docs of those that have the form in their title
}

// Slice returns the postings from i to j.
func (l List) Slice(i, j int) List {
	from, _ := slices.BinarySearch(l.Titles, uint32(i))
	to, _ := slices.BinarySearch(l.Titles, uint32(j))
	s := List{Docs: l.Docs[i:j], Levels: l.Levels[i:j]}
	for _, t := range l.Titles[from:to] {
		s.Titles = append(s.Titles, t-uint32(i))
	}
	return s
}

// Highest returns the highest level of l.
func (l List) Highest() uint8 { return slices.Max(l.Levels) }

// AppendList appends l, whose documents are counted from base.
func AppendList(b []byte, l List, base uint32) []byte {
	b = appendGaps(b, l.Docs, base)
	for i := 0; i < len(l.Levels); i += 2 {
		two := l.Levels[i] << 4
		if i+1 < len(l.Levels) {
			two |= l.Levels[i+1]
		}
		b = append(b, two)
	}
	return appendGaps(appendUint(b, len(l.Titles)), l.Titles, 0)
}

// appendGaps appends rising numbers: the first less base, then each distance
// less 1.
func appendGaps(b []byte, list []uint32, base uint32) []byte {
	for _, n := range list {
		b = appendUint(b, int(n-base))
		base = n + 1
	}
	return b
}

// ReadList reads a list of n documents that fills b.
func ReadList(b []byte, n int, base uint32) (List, error) {
	r := reader{b: b}
	l := r.list(n, base)
	return l, r.done()
}

func (r *reader) list(n int, base uint32) List {
	if n > len(r.b) {
		r.fail()
		return List{}
	}
	l := List{Docs: r.gaps(n, base)}
	nibbles := r.bytes((n + 1) / 2)
	for i := range len(l.Docs) {
		if r.err != nil {
			return List{}
		}
		level := nibbles[i/2] >> 4
		if i%2 == 1 {
			level = nibbles[i/2] & 15
		}
		if level == 0 {
			r.fail()
		}
		l.Levels = append(l.Levels, level)
	}
	if n%2 == 1 && r.err == nil && nibbles[n/2]&15 != 0 {
		r.fail()
	}
	l.Titles = r.gaps(r.count(), 0)
	if k := len(l.Titles); k > 0 && int(l.Titles[k-1]) >= n {
		r.fail()
	}
	return l
}

func (r *reader) gaps(n int, base uint32) []uint32 {
	var list []uint32
	for range n {
		next := int(base) + r.uint()
		if next >= 1<<32-1 {
			r.fail()
		}
		if r.err != nil {
			return nil
		}
		list = append(list, uint32(next))
		base = uint32(next) + 1
	}
	return list
}

// A Pack is the payload of a file of long lists.
type Pack struct {
	N     []int    // of documents in each list
	Lists [][]byte // as AppendList writes them
}

// Append appends the payload.
func (p Pack) Append(b []byte) []byte {
	b = appendUint(b, len(p.N))
	for i, n := range p.N {
		b = appendUint(b, n)
		b = appendUint(b, len(p.Lists[i]))
		b = append(b, p.Lists[i]...)
	}
	return b
}

// ReadPack reads the payload of a file of long lists.
func ReadPack(b []byte) (Pack, error) {
	r := reader{b: b}
	var p Pack
	for range r.count() {
		p.N = append(p.N, r.uint())
		p.Lists = append(p.Lists, r.bytes(r.uint()))
	}
	return p, r.done()
}

// AppendSlices appends the payload of a file of positions: each part with its
// length before it.
func AppendSlices(b []byte, parts [][]byte) []byte {
	b = appendUint(b, len(parts))
	for _, p := range parts {
		b = append(appendUint(b, len(p)), p...)
	}
	return b
}

// ReadSlices reads what AppendSlices wrote.
func ReadSlices(b []byte) ([][]byte, error) {
	r := reader{b: b}
	var parts [][]byte
	for range r.count() {
		parts = append(parts, r.bytes(r.uint()))
	}
	return parts, r.done()
}

// Positions are where a form stands in each document of a list.
type Positions struct{ Title, Text [][]uint32 }

// AppendPositions appends the positions of the postings of l.
func AppendPositions(b []byte, l List, p Positions) []byte {
	t := 0
	for i := range l.Docs {
		if t < len(l.Titles) && l.Titles[t] == uint32(i) {
			b = appendUint(b, len(p.Title[i]))
			t++
		}
		b = appendUint(b, len(p.Text[i]))
	}
	for i := range l.Docs {
		b = appendGaps(b, p.Title[i], 0)
		b = appendGaps(b, p.Text[i], 0)
	}
	return b
}

// ReadPositions reads the positions of the postings of l.
func ReadPositions(b []byte, l List) (Positions, error) {
	r := reader{b: b}
	n := len(l.Docs)
	p := Positions{Title: make([][]uint32, n), Text: make([][]uint32, n)}
	counts := make([][2]int, n)
	t := 0
	for i := range counts {
		if t < len(l.Titles) && l.Titles[t] == uint32(i) {
			counts[i][0] = r.count()
			t++
		}
		counts[i][1] = r.count()
	}
	for i, c := range counts {
		p.Title[i], p.Text[i] = r.gaps(c[0], 0), r.gaps(c[1], 0)
	}
	return p, r.done()
}
