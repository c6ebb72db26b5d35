package search

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/search/shard"
	"backfile/build/search/words"
)

// A gatherer finds the words of a range of articles.
type gatherer struct {
	forms map[string]int32
	list  []*formPosts
	// known has the form of each word as it stands in texts, by language: a
	// word is folded and stemmed once a range.
	known map[words.Lang]map[string]int32
	docs  []docLen
}

// A docLen is what a run knows of a document as a whole.
type docLen struct {
	title, text uint32 // positions taken
	bytes       uint32 // of the text
	lang        string
}

// formPosts are the postings of a form in a range.
type formPosts struct {
	form   string
	stems  []shard.Stem
	n      int
	docs   []byte // gaps
	counts []byte // for each document: 2 × positions in the text, + 1 and positions in the title if there are any
	gaps   []byte // of positions, first those in the title

	doc         int // the last one, whose counts are not written yet
	next        int // what the next gap counts from
	title, text int
}

const noForm = -1

func newGatherer() *gatherer {
	return &gatherer{forms: map[string]int32{}, known: map[words.Lang]map[string]int32{}}
}

// add takes in one article, after those before it.
func (g *gatherer) add(title, text string, lang string) {
	doc := len(g.docs)
	l := docLen{bytes: uint32(len(text)), lang: lang}
	stemmer := words.LangOf(lang)
	known := g.known[stemmer]
	if known == nil {
		known = map[string]int32{}
		g.known[stemmer] = known
	}
	token := func(inTitle bool) func(words.Token) {
		return func(t words.Token) {
			if t.Folded {
				g.at(g.form(t.Raw), doc, t.Pos, inTitle)
				return
			}
			id, ok := known[t.Raw]
			if !ok {
				id = g.learn(t.Raw, stemmer)
				known[strings.Clone(t.Raw)] = id
			}
			if id != noForm {
				g.at(id, doc, t.Pos, inTitle)
			}
		}
	}
	l.title = uint32(words.Scan(title, 0, token(true)))
	pos, end := 0, 0
	for block := range strings.SplitSeq(text, "\n\n") {
		if next := words.Scan(block, pos, token(false)); next > pos {
			l.text += uint32(next - pos)
			end = next
			pos = end - 1 + words.Gap
		}
	}
	g.docs = append(g.docs, l)
}

// form returns the number of a form, a new one if need be.
func (g *gatherer) form(form string) int32 {
	id, ok := g.forms[form]
	if !ok {
		id = int32(len(g.list))
		form = strings.Clone(form)
		g.forms[form] = id
		g.list = append(g.list, &formPosts{form: form, doc: -1})
	}
	return id
}

// learn returns the form of a word that has not been met in its language.
func (g *gatherer) learn(raw string, lang words.Lang) int32 {
	form := words.Fold(raw)
	if form == "" {
		return noForm
	}
	id := g.form(form)
	if stem := lang.Stem(raw); stem != "" {
		p := g.list[id]
		if s := (shard.Stem{Lang: uint8(lang), Stem: stem}); !slices.Contains(p.stems, s) {
			p.stems = append(p.stems, s)
		}
	}
	return id
}

// at notes that a form stands at a position.
func (g *gatherer) at(id int32, doc, pos int, inTitle bool) {
	p := g.list[id]
	if p.doc != doc {
		p.flush()
		p.docs = binary.AppendUvarint(p.docs, uint64(doc-p.doc-1))
		p.doc, p.next = doc, 0
		p.n++
	}
	if inTitle {
		p.title++
	} else {
		if p.text == 0 {
			p.next = 0
		}
		p.text++
	}
	p.gaps = binary.AppendUvarint(p.gaps, uint64(pos-p.next))
	p.next = pos + 1
}

// flush writes the counts of the last document.
func (p *formPosts) flush() {
	if p.title+p.text == 0 {
		return
	}
	if p.title > 0 {
		p.counts = binary.AppendUvarint(p.counts, uint64(2*p.text+1))
		p.counts = binary.AppendUvarint(p.counts, uint64(p.title))
	} else {
		p.counts = binary.AppendUvarint(p.counts, uint64(2*p.text))
	}
	p.title, p.text = 0, 0
}

// blob is the form's postings as a run keeps them.
func (p *formPosts) blob(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(p.docs)))
	b = append(b, p.docs...)
	b = binary.AppendUvarint(b, uint64(len(p.counts)))
	b = append(b, p.counts...)
	return append(b, p.gaps...)
}

// index makes the runs of s that are not in the cache, and opens all.
func (b *builder) index(ctx context.Context, s *segment) error {
	s.runs = make([]*run, len(s.ranges))
	places := func(yield func(int) bool) {
		for i := range s.ranges {
			if !yield(i) {
				return
			}
		}
	}
	err := par.Each(ctx, b.Workers, places, func(i int) error {
		r := s.ranges[i]
		file := filepath.Join(b.Cache, r.file())
		opened, err := openRun(file, r.key)
		if err != nil { // there is none, or it is damaged
			if err := b.gather(s, r, file); err != nil {
				return err
			}
			opened, err = openRun(file, r.key)
		}
		if err != nil {
			return err
		}
		opened.first = r.first
		s.runs[i] = opened
		return nil
	})
	if err != nil {
		return err
	}
	s.lens, s.langs = make([]docLen, 0, s.n), map[string]int{}
	for i, r := range s.runs {
		s.lens = append(s.lens, r.docs...)
		b.used[s.ranges[i].file()] = true
	}
	for _, l := range s.lens {
		s.langs[l.lang]++
	}
	return nil
}

// gather finds the words of a range and writes them to the cache.
func (b *builder) gather(s *segment, r *docRange, file string) error {
	g := newGatherer()
	for i := s.base + r.first; i < s.base+r.first+r.n; i++ {
		d := b.Doc(i)
		text, err := b.Text(i)
		if err != nil {
			return err
		}
		lang := d.Lang
		if lang == "" {
			lang = words.Detect(text)
		}
		if lang == "" {
			lang = b.Lang
		}
		g.add(d.Title, text, lang)
	}
	return b.save(file, g.encode(r.key))
}

// save writes a file of the cache whole. Two ranges of the same articles make
// the same file, perhaps at once.
func (b *builder) save(file string, bytes []byte) error {
	f, err := os.CreateTemp(b.Cache, "*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(bytes)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// digestOf tells postings apart, with all that their levels depend on.
func (p *formPosts) digestOf(blob []byte, docs []docLen) digest.Sum {
	h := append([]byte(nil), blob...)
	doc := -1
	for rest := p.docs; len(rest) > 0; {
		gap, n := binary.Uvarint(rest)
		rest = rest[n:]
		doc += int(gap) + 1
		h = binary.AppendUvarint(h, uint64(docs[doc].title))
		h = binary.AppendUvarint(h, uint64(docs[doc].text))
	}
	return digest.Plain(h)
}
