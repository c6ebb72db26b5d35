// Package words finds the words of a text as search knows them: folded forms
// at positions, and the stems that bring forms together.
//
//	"The U.S. e-mail"   the 0, us 1, e 2, email 2, mail 3
//	"東京都"             東京 0, 京都 1, 都 2
//
// The rules are those of docs/search-format.md. The reader's browser follows
// the same rules, so a change here is a change there and of the format.
package words

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Gap is the distance from the last position of a block to the first of the
// next, so that no phrase runs from one into the other.
const Gap = 8

// A Token is a word as it stands in a text.
type Token struct {
	Raw    string // with the joints within it; for Folded the form itself
	Pos    int
	Folded bool // Raw is a form: a pair of characters of a script without spaces
}

// Scan yields the tokens of one block of text, positions counted from pos, and
// returns the position after the last one.
func Scan(text string, pos int, yield func(Token)) int {
	s := scanner{text: text, pos: pos, yield: yield, classes: classes()}
	for i := 0; i < len(text); {
		class, size := s.class(i)
		switch class {
		case spaced:
			i = s.token(i)
		case unspaced:
			i = s.pairs(i)
		default:
			i += size
		}
	}
	s.endChain()
	return s.pos
}

// What a character is.
const (
	other = iota
	spaced
	unspaced
)

type scanner struct {
	text    string
	pos     int
	yield   func(Token)
	classes *[1 << 16]uint8
	chain   chain
}

// A chain is a row of tokens with single hyphens between them.
type chain struct {
	start, end int // in the text
	pos        int // of its first token
	n          int
	odd        bool // one of them is no plain word
}

// class tells what the character at i is, and its length.
func (s *scanner) class(i int) (class uint8, size int) {
	if i >= len(s.text) {
		return other, 0
	}
	if c := s.text[i]; c < utf8.RuneSelf {
		return s.classes[c] & classMask, 1
	}
	r, size := utf8.DecodeRuneInString(s.text[i:])
	if r < 1<<16 {
		return s.classes[r] & classMask, size
	}
	return classOf(r) & classMask, size
}

// A run is a longest stretch of letters of one class.
type run struct {
	end     int
	runes   int
	letters int // of category L
	figures int // of category Nd
	last    rune
}

// run reads the run of class c that begins at i.
func (s *scanner) run(i int, c uint8) run {
	r := run{end: i}
	for r.end < len(s.text) {
		ch, size := rune(s.text[r.end]), 1
		if ch >= utf8.RuneSelf {
			ch, size = utf8.DecodeRuneInString(s.text[r.end:])
		}
		var k uint8
		if ch < 1<<16 {
			k = s.classes[ch]
		} else {
			k = classOf(ch)
		}
		if k&classMask != c {
			break
		}
		r.end += size
		r.runes++
		r.last = ch
		if k&isLetter != 0 {
			r.letters++
		}
		if k&isFigure != 0 {
			r.figures++
		}
	}
	return r
}

// token takes the token that begins at i, and returns where it ends.
func (s *scanner) token(i int) int {
	r := s.run(i, spaced)
	end := r.end
	switch {
	case r.runes == 1 && r.letters == 1:
		end = s.more(end, ".", func(n run) bool { return n.runes == 1 && n.letters == 1 })
	case r.figures == r.runes && r.runes <= 3:
		end = s.more(end, ",", func(n run) bool { return n.figures == 3 && n.runes == 3 })
	}
	if end == r.end && cyrillic(r.last) {
		end = s.cyrillic(end)
	}
	plain := end == r.end
	if r.letters+r.figures > 0 || strings.ContainsFunc(s.text[r.end:end], counts) {
		s.link(i, end, plain && r.letters > 0)
		s.yield(Token{Raw: s.text[i:end], Pos: s.pos})
		s.pos++
	}
	return s.possessive(end)
}

// counts reports whether a character makes a word of the marks around it.
func counts(r rune) bool { return classOf(r)&(isLetter|isFigure) != 0 }

// more extends a token that ends at end by runs that pass ok, each after one
// sep.
func (s *scanner) more(end int, sep string, ok func(run) bool) int {
	for end < len(s.text) && s.text[end] == sep[0] {
		if c, _ := s.class(end + 1); c != spaced {
			break
		}
		n := s.run(end+1, spaced)
		if !ok(n) {
			break
		}
		end = n.end
	}
	return end
}

// cyrillic extends a token that ends in Cyrillic by what follows an apostrophe.
func (s *scanner) cyrillic(end int) int {
	for {
		n := s.apostrophe(end)
		if n == 0 {
			return end
		}
		first, _ := utf8.DecodeRuneInString(s.text[end+n:])
		last, _ := utf8.DecodeLastRuneInString(s.text[:end])
		if !cyrillic(first) || !cyrillic(last) {
			return end
		}
		end = s.run(end+n, spaced).end
	}
}

// apostrophe returns the length of the apostrophe at i if a letter of a spaced
// script follows it, else 0.
func (s *scanner) apostrophe(i int) int {
	n := 0
	switch {
	case i < len(s.text) && s.text[i] == '\'':
		n = 1
	case i+3 <= len(s.text) && s.text[i:i+3] == "’":
		n = 3
	default:
		return 0
	}
	if c, _ := s.class(i + n); c != spaced {
		return 0
	}
	return n
}

// possessive skips the 's after a token that ends at end.
func (s *scanner) possessive(end int) int {
	n := s.apostrophe(end)
	if n == 0 || s.text[end+n]|0x20 != 's' {
		return end
	}
	r := s.run(end+n, spaced)
	if r.runes != 1 || s.apostrophe(r.end) != 0 {
		return end
	}
	return r.end
}

// link adds the token from start to end to the chain before it, or begins a
// new one.
func (s *scanner) link(start, end int, plain bool) {
	c := &s.chain
	if c.n > 0 && hyphen(s.text[c.end:start]) {
		c.n++
		c.end, c.odd = end, c.odd || !plain
		return
	}
	s.endChain()
	*c = chain{start: start, end: end, pos: s.pos, n: 1, odd: !plain}
}

func hyphen(s string) bool { return s == "-" || s == "‐" || s == "‑" }

// endChain yields the chain as one word, if it is one.
func (s *scanner) endChain() {
	if c := s.chain; (c.n == 2 || c.n == 3) && !c.odd {
		s.yield(Token{Raw: s.text[c.start:c.end], Pos: c.pos})
	}
	s.chain.n = 0
}

// pairs takes the unspaced run that begins at i: each two neighbours, and the
// last one alone.
func (s *scanner) pairs(i int) int {
	s.endChain()
	r := s.run(i, unspaced)
	folded := foldAll(s.text[i:r.end])
	for at := 0; at < len(folded); {
		_, n := utf8.DecodeRuneInString(folded[at:])
		_, m := utf8.DecodeRuneInString(folded[at+n:])
		s.yield(Token{Raw: folded[at : at+n+m], Pos: s.pos, Folded: true})
		s.pos++
		at += n
	}
	return r.end
}

// Of a character: its class and its category.
const (
	classMask = 0x0F
	isLetter  = 0x10
	isFigure  = 0x20
)

// classes has the class of each character of the basic plane.
var classes = sync.OnceValue(func() *[1 << 16]uint8 {
	var t [1 << 16]uint8
	for r := range t {
		t[r] = classOf(rune(r))
	}
	return &t
})

// classOf tells what a character is.
func classOf(r rune) uint8 {
	var k uint8
	switch {
	case unicode.Is(unicode.L, r):
		k = isLetter
	case unicode.Is(unicode.Nd, r):
		k = isFigure
	case unicode.Is(unicode.M, r) || r == 0xAD || 0x200B <= r && r <= 0x200D:
	default:
		return other
	}
	if Unspaced(r) {
		return k | unspaced
	}
	return k | spaced
}

// Unspaced reports whether r is of a script that is written without spaces, or
// with spaces that do not tell words: its pairs of characters are the words.
func Unspaced(r rune) bool {
	if r < 0xE00 {
		return false
	}
	for _, span := range unspacedSpans {
		if span[0] <= r && r <= span[1] {
			return true
		}
	}
	return false
}

var unspacedSpans = [...][2]rune{
	{0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1100, 0x11FF}, {0x1780, 0x17FF}, {0x3005, 0x3007}, {0x3040, 0x30FF}, {0x3100, 0x318F}, {0x31F0, 0x31FF},
	{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA960, 0xA97F}, {0xAA60, 0xAA7F}, {0xAC00, 0xD7FF}, {0xF900, 0xFAFF}, {0xFF66, 0xFFDC}, {0x20000, 0x3FFFF},
}

// Name returns what a name looks up as: its words, folded, with single spaces.
func Name(name string) string {
	var b strings.Builder
	add := func(form string) {
		if form == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(form)
	}
	end := 0 // of the unspaced run that has been added
	s := scanner{text: name, classes: classes()}
	s.yield = func(t Token) { add(Fold(t.Raw)) }
	for end < len(name) {
		class, size := s.class(end)
		switch class {
		case spaced:
			end = s.token(end)
			s.chain.n = 0 // the parts are enough
		case unspaced:
			r := s.run(end, unspaced)
			add(foldAll(name[end:r.end]))
			end = r.end
		default:
			end += size
		}
	}
	return b.String()
}
