package shelf

import (
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// A print is the fingerprint of a text: near-identical texts have prints that
// differ in few bits. It is made of the text's words alone, taken by fours, and
// not of its marks, its lines or the case of its letters.
type print struct {
	bits  uint64           // simhash of the shingles
	least [sketchSize]byte // minhash: of each part of the shingles, the end of the least
}

const (
	shingle    = 4  // words in a row
	sketchSize = 32 // parts; the share that agrees tells how alike two texts are, to some 8 %
	enough     = 12 // shingles; of shorter texts nothing can be said
	nearBits   = 3  // of 64 that may differ
)

// printOf returns the print of a text; ok is false when it is too short.
func printOf(text string) (p print, ok bool) {
	var ring [shingle]uint64
	var lanes [8]uint64 // eight counters of eight bits each; emptied before they run over
	var counts [64]int
	var least [sketchSize]uint64
	n, adding := 0, 0
	for word := range tokens(text) {
		copy(ring[:], ring[1:])
		ring[shingle-1] = word
		if n++; n < shingle {
			continue
		}
		h := uint64(14695981039346656037)
		for _, w := range ring {
			h = (bits.RotateLeft64(h, 23) ^ w) * 0x9E3779B97F4A7C15
		}
		h ^= h >> 32
		for i := range lanes {
			lanes[i] += h >> i & 0x0101010101010101
		}
		if adding++; adding == 255 {
			empty(&lanes, &counts)
			adding = 0
		}
		if v := h>>5 | 1<<63; least[h%sketchSize] == 0 || v < least[h%sketchSize] {
			least[h%sketchSize] = v
		}
	}
	empty(&lanes, &counts)
	shingles := n - shingle + 1
	if shingles < enough {
		return p, false
	}
	for i, c := range counts {
		if 2*c > shingles {
			p.bits |= 1 << i
		}
	}
	for i, v := range least {
		p.least[i] = byte(v>>8 ^ v)
		if v != 0 && p.least[i] == 0 {
			p.least[i] = 1
		}
	}
	return p, true
}

// empty adds the counters in lanes to counts.
func empty(lanes *[8]uint64, counts *[64]int) {
	for i := range lanes {
		for j := range 8 {
			counts[8*j+i] += int(lanes[i] >> (8 * j) & 0xFF)
		}
		lanes[i] = 0
	}
}

// tokens yields a number for each word of a text. In scripts without spaces
// each letter is one.
func tokens(text string) func(func(uint64) bool) {
	return func(yield func(uint64) bool) {
		h := uint64(0)
		for i := 0; i < len(text); {
			r, n := rune(text[i]), 1
			if r >= utf8.RuneSelf {
				r, n = utf8.DecodeRuneInString(text[i:])
			}
			i += n
			letter, alone := letterOf(r)
			if letter != 0 && !alone {
				h = (h ^ uint64(letter)) * 1099511628211
				continue
			}
			if h != 0 && !yield(h) {
				return
			}
			h = 0
			if alone && !yield(uint64(letter)*0x9E3779B97F4A7C15) {
				return
			}
		}
		if h != 0 {
			yield(h)
		}
	}
}

// letterOf returns a letter in lower case, 0 for what is none, and whether it
// is a word by itself.
func letterOf(r rune) (letter rune, alone bool) {
	switch {
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r, false
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A', false
	case r < utf8.RuneSelf:
		return 0, false
	case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
		return 0, false
	case r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return r, true
	}
	return unicode.ToLower(r), false
}

// alike reports whether two prints are of nearly the same text: at least four
// of five stretches of words in common.
func (p *print) alike(q *print) bool {
	if bits.OnesCount64(p.bits^q.bits) > nearBits {
		return false
	}
	both, same := 0, 0
	for i, v := range p.least {
		if v == 0 && q.least[i] == 0 {
			continue
		}
		both++
		if v == q.least[i] {
			same++
		}
	}
	return 5*same >= 4*both
}

// prints finds the books whose texts are alike. Of four bands of 16 bits at
// least one agrees when at most three bits differ.
type prints struct {
	bands [4]map[uint16][]int32
	books []*Book
	list  []print
}

// find returns the earliest book with nearly the same text, or nil.
func (s *prints) find(p *print) *Book {
	best := int32(-1)
	for i := range s.bands {
		for _, at := range s.bands[i][band(p.bits, i)] {
			if best >= 0 && at >= best {
				break // they stand in order
			}
			if s.list[at].alike(p) {
				best = at
			}
		}
	}
	if best < 0 {
		return nil
	}
	return s.books[best]
}

func (s *prints) add(p print, b *Book) {
	at := int32(len(s.books))
	s.books, s.list = append(s.books, b), append(s.list, p)
	for i := range s.bands {
		if s.bands[i] == nil {
			s.bands[i] = map[uint16][]int32{}
		}
		k := band(p.bits, i)
		s.bands[i][k] = append(s.bands[i][k], at)
	}
}

func band(b uint64, i int) uint16 { return uint16(b >> (16 * i)) }
