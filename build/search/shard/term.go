package shard

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// How the list of a term is kept.
const (
	InPlace = iota // in the term shard
	Packed         // with others in one file
	Blocks         // in several files
	See            // as another form's
)

// A Term is a form as a term shard has it.
type Term struct {
	Form  string
	Stems []Stem
	Afar  []string // forms of other shards that share a stem with it
	DF    int      // documents that have it
	Kind  int
	List  []byte  // InPlace: as AppendList writes it
	K, I  int     // Packed: list I of file K. Blocks: the first file, and the power of two of documents in a block
	Block []Block // Blocks
	See   string
}

// A Stem is what a stemmer of a language makes of a form.
type Stem struct {
	Lang uint8
	Stem string
}

// A Block is a part of a long list.
type Block struct {
	N       int // documents
	Highest uint8
}

// Name is the name of the term shard that begins with key.
func Name(key string) string {
	h := fnv.New32a()
	h.Write([]byte(key))
	return fmt.Sprintf("%08x", h.Sum32())
}

// AppendTerms appends the payload of a term shard. Terms are in order.
func AppendTerms(b []byte, terms []Term) []byte {
	b = appendUint(b, len(terms))
	last := ""
	for _, t := range terms {
		b = appendForm(b, last, t.Form)
		last = t.Form
	}
	afar := 0
	for _, t := range terms {
		b = appendUint(b, len(t.Stems))
		for _, s := range t.Stems {
			b = appendStem(b, t.Form, s)
		}
		if len(t.Afar) > 0 {
			afar++
		}
	}
	b = appendUint(b, afar)
	for i, t := range terms {
		if len(t.Afar) == 0 {
			continue
		}
		b = appendUint(b, i)
		b = appendUint(b, len(t.Afar))
		for _, f := range t.Afar {
			b = appendString(b, f)
		}
	}
	for _, t := range terms {
		b = appendKept(b, t)
	}
	return b
}

// appendStem appends a stem as what it takes from the end of the form and what
// it puts there.
func appendStem(b []byte, form string, s Stem) []byte {
	same := 0
	for same < len(form) && same < len(s.Stem) && form[same] == s.Stem[same] {
		same++
	}
	b = appendUint(b, int(s.Lang))
	b = appendUint(b, len(form)-same)
	return appendString(b, s.Stem[same:])
}

// appendKept appends how many documents have t, and where their list is.
func appendKept(b []byte, t Term) []byte {
	b = appendUint(b, t.DF)
	b = appendUint(b, t.Kind)
	switch t.Kind {
	case InPlace:
		b = append(b, t.List...)
	case Packed:
		b = appendUint(appendUint(b, t.K), t.I)
	case Blocks:
		b = appendUint(appendUint(b, t.K), t.I)
		for _, k := range t.Block {
			b = appendUint(b, k.N)
			if k.N > 0 {
				b = append(b, k.Highest)
			}
		}
	case See:
		b = appendString(b, t.See)
	}
	return b
}

// ReadTerms reads the payload of a term shard of a segment of n documents.
func ReadTerms(b []byte, n int) ([]Term, error) {
	r := reader{b: b}
	terms := make([]Term, r.count())
	last := ""
	for i := range terms {
		t := &terms[i]
		t.Form = r.form(last)
		if i > 0 && t.Form <= last {
			r.fail()
		}
		last = t.Form
	}
	for i := range terms {
		for range r.count() {
			terms[i].Stems = append(terms[i].Stems, r.stem(terms[i].Form))
		}
	}
	for range r.count() {
		i := r.uint()
		if i >= len(terms) {
			r.fail()
			break
		}
		for range r.count() {
			terms[i].Afar = append(terms[i].Afar, r.string())
		}
	}
	for i := range terms {
		r.kept(&terms[i], n)
	}
	return terms, r.done()
}

func (r *reader) stem(form string) Stem {
	lang, cut := r.uint(), r.uint()
	if lang > 255 || cut > len(form) {
		r.fail()
		return Stem{}
	}
	return Stem{uint8(lang), form[:len(form)-cut] + r.string()}
}

func (r *reader) kept(t *Term, n int) {
	t.DF, t.Kind = r.uint(), r.uint()
	switch t.Kind {
	case InPlace:
		before := r.b
		r.list(t.DF, 0)
		t.List = before[:len(before)-len(r.b)]
	case Packed:
		t.K, t.I = r.uint(), r.uint()
	case Blocks:
		t.K, t.I = r.uint(), r.uint()
		if t.I > 31 || n>>t.I > len(r.b) {
			r.fail()
			return
		}
		for range (n + 1<<t.I - 1) >> t.I {
			k := Block{N: r.uint()}
			if k.N > 0 {
				if h := r.bytes(1); h != nil {
					k.Highest = h[0]
				}
			}
			t.Block = append(t.Block, k)
		}
	case See:
		t.See = r.string()
	default:
		r.fail()
	}
}

// A Word is a word of a spelling list.
type Word struct {
	Form string
	DF   int
}

// AppendWords appends the payload of a spelling list. Words are in order.
func AppendWords(b []byte, words []Word) []byte {
	b = appendUint(b, len(words))
	last := ""
	for _, w := range words {
		b = appendUint(appendForm(b, last, w.Form), w.DF)
		last = w.Form
	}
	return b
}

// ReadWords reads the payload of a spelling list.
func ReadWords(b []byte) ([]Word, error) {
	r := reader{b: b}
	words := make([]Word, r.count())
	last := ""
	for i := range words {
		words[i].Form = r.form(last)
		words[i].DF = r.uint()
		last = words[i].Form
	}
	return words, r.done()
}

// maxShared is how much of the key before it a key of the manifest may leave
// out: what one character of base 36 tells.
const maxShared = 35

// Keys writes the first forms of term shards as the manifest has them.
func Keys(forms []string) string {
	var b strings.Builder
	last := ""
	for i, f := range forms {
		if i > 0 {
			b.WriteByte('|')
		}
		same, units := 0, 0
		for _, r := range f {
			n := len(string(r))
			if same+n > len(last) || last[same:same+n] != f[same:same+n] {
				break
			}
			u := 1
			if r > 0xFFFF {
				u = 2
			}
			if units+u > maxShared {
				break
			}
			units += u
			same += n
		}
		b.WriteByte("0123456789abcdefghijklmnopqrstuvwxyz"[units])
		b.WriteString(f[same:])
		last = f
	}
	return b.String()
}
