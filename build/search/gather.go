package search

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"backfile/build/search/shard"
	"backfile/build/search/words"

	"github.com/cespare/xxhash/v2"
)

// A gatherer finds the words of ranges of articles, one range after another.
// What it has learnt of a word in one range it knows in the next; what a run
// holds depends on its own range alone.
//
// The words of a range are a list without pointers, brought into the order of
// forms at the end by counting: no garbage, and little to mark.
type gatherer struct {
	known map[words.Lang]map[string]int32 // number of a word as it stands in texts
	folds map[string]int32                // number of a word that is a form as it stands
	words []learntWord
	forms map[string]int32
	names []string // of the forms

	// Of the range at hand.
	docs   []docLen
	tokens []token
	ends   []int      // where each document's tokens end
	counts []int32    // tokens of each form
	met    []int32    // forms that occur, by their numbers
	seen   []bool     // words that occur
	stems  []formStem // of the words that occur
	sorted []token    // by form, then as they stand
}

// A learntWord is what is known of a word.
type learntWord struct {
	form int32 // or noForm
	lang words.Lang
	stem string
}

// A token is a word at its place. A document's tokens in the title come before
// those in the text.
type token struct {
	word  int32 // in sorted: the document
	place uint32
}

// inText marks the place of a token that is not in the title.
const inText = 1 << 31

// A formStem is a stem that a word of a form has.
type formStem struct {
	form int32
	shard.Stem
}

// A docLen is what a run knows of a document as a whole.
type docLen struct {
	title, text uint32 // positions taken
	bytes       uint32 // of the text
	lang        string
}

const (
	noForm    = -1
	mostWords = 1 << 18 // known at once; an archive of one language has as many in 100,000 articles
	mostKept  = 4 << 20 // tokens that there is kept room for
)

func newGatherer() *gatherer {
	g := &gatherer{}
	g.forget()
	return g
}

// forget drops all that has been learnt.
func (g *gatherer) forget() {
	g.known, g.folds, g.forms = map[words.Lang]map[string]int32{}, map[string]int32{}, map[string]int32{}
	g.words, g.names, g.counts, g.seen = nil, nil, nil, nil
}

// reset makes g ready for another range.
func (g *gatherer) reset() {
	for _, f := range g.met {
		g.counts[f] = 0
	}
	clear(g.seen)
	g.docs, g.tokens, g.ends, g.met, g.stems = g.docs[:0], g.tokens[:0], g.ends[:0], g.met[:0], g.stems[:0]
	if cap(g.tokens) > mostKept {
		g.tokens, g.sorted = nil, nil
	}
	if len(g.words) > mostWords {
		g.forget()
	}
}

// add takes in one article, after those before it.
func (g *gatherer) add(title, text string, lang string) {
	l := docLen{bytes: uint32(len(text)), lang: lang}
	stemmer := words.LangOf(lang)
	known := g.known[stemmer]
	if known == nil {
		known = map[string]int32{}
		g.known[stemmer] = known
	}
	mark := uint32(0)
	token := func(t words.Token) {
		numbers := known
		if t.Folded {
			numbers = g.folds
		}
		id, ok := numbers[t.Raw]
		if !ok {
			id = g.learn(t, stemmer)
			numbers[strings.Clone(t.Raw)] = id
		}
		g.at(id, uint32(t.Pos)|mark)
	}
	l.title = uint32(words.Scan(title, 0, token))
	mark = inText
	pos, end := 0, 0
	for block := range strings.SplitSeq(text, "\n\n") {
		if next := words.Scan(block, pos, token); next > pos {
			l.text += uint32(next - pos)
			end = next
			pos = end - 1 + words.Gap
		}
	}
	g.docs = append(g.docs, l)
	g.ends = append(g.ends, len(g.tokens))
}

// learn returns the number of a word that has not been met in its language.
func (g *gatherer) learn(t words.Token, lang words.Lang) int32 {
	w := learntWord{form: noForm, lang: lang}
	form := t.Raw
	if !t.Folded {
		form = words.Fold(t.Raw)
	}
	if form != "" {
		w.form = g.form(form)
		if !t.Folded {
			w.stem = lang.Stem(t.Raw)
		}
	}
	g.words = append(g.words, w)
	g.seen = append(g.seen, false)
	return int32(len(g.words) - 1)
}

// form returns the number of a form, a new one if need be.
func (g *gatherer) form(form string) int32 {
	id, ok := g.forms[form]
	if !ok {
		id = int32(len(g.names))
		form = strings.Clone(form)
		g.forms[form] = id
		g.names = append(g.names, form)
		g.counts = append(g.counts, 0)
	}
	return id
}

// at notes that a word stands at a place.
func (g *gatherer) at(id int32, place uint32) {
	w := &g.words[id]
	if w.form == noForm {
		return
	}
	if !g.seen[id] {
		g.seen[id] = true
		if w.stem != "" {
			g.stems = append(g.stems, formStem{w.form, shard.Stem{Lang: uint8(w.lang), Stem: w.stem}})
		}
	}
	if g.counts[w.form]++; g.counts[w.form] == 1 {
		g.met = append(g.met, w.form)
	}
	g.tokens = append(g.tokens, token{id, place})
}

// posted yields the forms of the range in order, with their postings, each time
// in the same place.
func (g *gatherer) posted(yield func(*formPosts) bool) {
	slices.SortFunc(g.met, func(a, b int32) int { return strings.Compare(g.names[a], g.names[b]) })
	rank := make([]int32, len(g.names)) // where the next token of a form goes
	at := int32(0)
	for _, f := range g.met {
		rank[f] = at
		at += g.counts[f]
	}
	g.sorted = slices.Grow(g.sorted[:0], len(g.tokens))[:len(g.tokens)]
	from := 0
	for doc, end := range g.ends {
		for _, t := range g.tokens[from:end] {
			f := g.words[t.word].form
			g.sorted[rank[f]] = token{int32(doc), t.place}
			rank[f]++
		}
		from = end
	}
	slices.SortFunc(g.stems, func(a, b formStem) int {
		return cmp.Or(cmp.Compare(a.form, b.form), cmp.Compare(a.Lang, b.Lang), strings.Compare(a.Stem.Stem, b.Stem.Stem))
	})
	var p formPosts
	for _, f := range g.met {
		p.reset(g.names[f])
		first, _ := slices.BinarySearchFunc(g.stems, f, func(s formStem, f int32) int { return int(s.form) - int(f) })
		for _, s := range g.stems[first:] {
			if s.form != f {
				break
			}
			if !slices.Contains(p.stems, s.Stem) {
				p.stems = append(p.stems, s.Stem)
			}
		}
		p.take(g.sorted[rank[f]-g.counts[f] : rank[f]])
		p.sum = p.digest(g.docs)
		if !yield(&p) {
			return
		}
	}
}

// formPosts are the postings of a form in a range.
type formPosts struct {
	form   string
	stems  []shard.Stem
	n      int    // documents
	docs   []byte // gaps
	counts []byte // for each document: 2 × positions in the text, + 1 and positions in the title if there are any
	gaps   []byte // of positions, first those in the title
	sum    uint64 // of these, with the lengths of the documents
	hashed []byte // what sum is made of
}

func (p *formPosts) reset(form string) {
	p.form, p.n = form, 0
	p.stems, p.docs, p.counts, p.gaps = p.stems[:0], p.docs[:0], p.counts[:0], p.gaps[:0]
}

// take adds the tokens of the form, whose words are the numbers of documents.
func (p *formPosts) take(tokens []token) {
	last := int32(-1)
	for len(tokens) > 0 {
		doc := tokens[0].word
		n, title := 0, 0
		next := uint32(0)
		for ; n < len(tokens) && tokens[n].word == doc; n++ {
			place := tokens[n].place
			if place&inText == 0 {
				title++
			} else if n == title {
				next = 0
			}
			place &^= inText
			p.gaps = binary.AppendUvarint(p.gaps, uint64(int(place)-int(next)))
			next = place + 1
		}
		p.docs = binary.AppendUvarint(p.docs, uint64(doc-last-1))
		if text := n - title; title > 0 {
			p.counts = binary.AppendUvarint(p.counts, uint64(2*text+1))
			p.counts = binary.AppendUvarint(p.counts, uint64(title))
		} else {
			p.counts = binary.AppendUvarint(p.counts, uint64(2*text))
		}
		p.n++
		last = doc
		tokens = tokens[n:]
	}
}

// blob appends the form's postings as a run keeps them.
func (p *formPosts) blob(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(p.docs)))
	b = append(b, p.docs...)
	b = binary.AppendUvarint(b, uint64(len(p.counts)))
	b = append(b, p.counts...)
	return append(b, p.gaps...)
}

// digest tells postings apart, with all that their levels depend on. It is
// made once a form of each range: a digest that nobody attacks is enough, and
// it need only tell what has changed in the cache of one's own.
func (p *formPosts) digest(docs []docLen) uint64 {
	h := p.blob(p.hashed[:0])
	doc := -1
	for rest := p.docs; len(rest) > 0; {
		gap, n := binary.Uvarint(rest)
		rest = rest[n:]
		doc += int(gap) + 1
		h = append(h, lengthStep(docs[doc].title), lengthStep(docs[doc].text))
	}
	p.hashed = h
	return xxhash.Sum64(h)
}
