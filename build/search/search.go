// Package search makes the index that readers search in their browser, without
// a server: the files of public/search/ in the form of docs/search-format.md.
//
//	articles ──► ranges ──► runs         run.go: the words of a stretch of articles,
//	                         │           kept in .backfile/search
//	                         ▼
//	                    vocabulary       which forms there are, and which belong together
//	                         │
//	                         ▼
//	   term shards, lists, positions     terms.go
//	   cards, texts, facets, spelling    cards.go, facets.go, vocabulary.go
//	   manifest                          manifest.go
//
// The index depends on the articles and the options alone. Each file has a key
// as pages have, so that a changed article costs the reading of its neighbours
// in the same run and the files that it has a word in.
package search

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/search/shard"
)

// Dir is where the index lies below public/, beside the search page.
const Dir = "search/"

// Owns reports whether the file at a path below public/ is one of the index.
func Owns(path string) bool {
	return strings.HasPrefix(path, Dir+"s/") || path == Dir+"manifest.js"
}

// A Doc is an article as the index knows it, without its text.
type Doc struct {
	Key         digest.Sum // of the article's file
	Title, URL  string
	Date        string // "2024-05-17", "2024-05", "2024" or ""
	Year, Month int    // of Date; 0 when not known
	Lang        string // as the article says, or ""
	Lead        string
	Withdrawn   bool
	Names       [Kinds][]Name
}

// A Name is what an article is filed under: a topic, a person, …
type Name struct{ Label, Slug string }

// The kinds of names, in the order of Doc.Names. Languages are found by the
// index itself.
const (
	Topic = iota
	Person
	Place
	Author
	Source
	language
	Kinds = language
)

// letters name the kinds in the index.
const letters = "tpwasl"

// Input is what an index is made of and how.
type Input struct {
	N    int           // articles
	Doc  func(int) Doc // in order: undated ones first, then from the oldest
	Lang string        // of articles that do not tell theirs
	// Text reads the summary and the text of an article, without markup,
	// blocks being separated by an empty line.
	Text       func(int) (string, error)
	NoExcerpts bool // leave texts out: results show the lead alone
	NoPhrases  bool // leave positions out: quotes are words
	Cache      string
	Workers    int
	// Put takes the file at a path below public/, drawn with key; draw makes
	// its bytes if they are not there already. It reports whether they were.
	Put func(path string, key digest.Sum, draw func() ([]byte, error)) (fresh bool, err error)
	// Keep takes over all files of the last build whose path begins with
	// prefix. It reports whether they were as the last build left them, and
	// as many as given.
	Keep func(prefix string, files int) bool
}

// Build makes the index. The cache may be deleted at any time; what is in it
// changes nothing but the time taken.
func Build(ctx context.Context, in Input) error {
	b := &builder{Input: in}
	if err := b.openCache(); err != nil {
		return err
	}
	defer b.closeCache()
	segments := b.cut()
	for _, s := range segments {
		if err := b.segment(ctx, s); err != nil {
			return fmt.Errorf("indexing articles for search: %w", err)
		}
	}
	if err := b.sweep(); err != nil {
		return err
	}
	return b.manifest(segments)
}

// A builder is one making of the index.
type builder struct {
	Input
	temporary bool            // the cache is nobody's and goes at the end
	used      map[string]bool // files of the cache
	gatherers sync.Pool       // of *gatherer, with what they have learnt
}

// options are what every file of the index depends on.
func (b *builder) options() digest.Sum {
	h := digest.New()
	h.Int(shard.Format)
	h.Int(runFormat)
	h.String(b.Lang)
	h.Bool(b.NoExcerpts)
	h.Bool(b.NoPhrases)
	return h.Sum()
}

// segment makes the files of one segment, or takes them over when nothing
// that they are made of has changed.
func (b *builder) segment(ctx context.Context, s *segment) error {
	if err := b.keys(ctx, s); err != nil {
		return err
	}
	made := b.readMade(s)
	if made.key == s.key && b.Keep(s.path(""), made.files) {
		s.months, s.names, s.letters, s.kinds, s.langs = made.months, made.names, made.letters, made.kinds, made.langs
		b.used[s.madeFile()] = true
		for _, r := range s.ranges {
			b.used[r.file()] = true
		}
		return nil
	}
	if err := b.index(ctx, s); err != nil {
		return err
	}
	b.gatherers = sync.Pool{} // the vocabulary takes as much memory
	v, err := b.vocabulary(s)
	if err != nil {
		return err
	}
	defer s.close()
	if err := b.terms(ctx, s, v, made); err != nil {
		return err
	}
	if err := b.cards(ctx, s); err != nil {
		return err
	}
	if err := b.facets(s); err != nil {
		return err
	}
	if err := b.spelling(s, v); err != nil {
		return err
	}
	return b.saveMade(s)
}

// keys digests what the runs and the cards of s are made of.
func (b *builder) keys(ctx context.Context, s *segment) error {
	err := par.Each(ctx, b.Workers, slices.Values(s.ranges), func(r *docRange) error {
		text, cards := digest.New(), digest.New()
		text.Int(runFormat)
		text.String(b.Lang)
		for i := r.first; i < r.first+r.n; i++ {
			d := b.Doc(s.base + i)
			text.Add(d.Key)
			text.Bool(d.Withdrawn)
			cards.Add(d.cardKey())
		}
		r.key, r.cards = text.Sum(), cards.Sum()
		return nil
	})
	h := digest.New()
	h.Add(b.options())
	h.String(s.dir)
	for _, r := range s.ranges {
		h.Add(r.key)
		h.Add(r.cards)
	}
	s.key = h.Sum()
	return err
}

// cardKey digests all that the index has of d but its text.
func (d Doc) cardKey() digest.Sum {
	h := digest.New()
	h.Add(d.Key)
	for _, s := range [...]string{d.Title, d.URL, d.Date, d.Lang, d.Lead} {
		h.String(s)
	}
	h.Bool(d.Withdrawn)
	for _, names := range d.Names {
		h.Int(len(names))
		for _, n := range names {
			h.String(n.Label)
			h.String(n.Slug)
		}
	}
	return h.Sum()
}

// put stages the file of s whose payload draw makes.
func (b *builder) put(s *segment, name string, key digest.Sum, draw func() ([]byte, error)) (fresh bool, err error) {
	s.count.Add(1)
	return b.Put(s.path(name), key, func() ([]byte, error) {
		payload, err := draw()
		if err != nil {
			return nil, err
		}
		return shard.Script(name[0], payload)
	})
}

// putBytes stages the file of s with a payload that there is already.
func (b *builder) putBytes(s *segment, name string, payload []byte) error {
	_, err := b.put(s, name, digest.Of(payload), func() ([]byte, error) { return payload, nil })
	return err
}

// openCache makes the folder of the cache. Where it cannot be made, one that
// lasts as long as the build takes its place.
func (b *builder) openCache() (err error) {
	b.used = map[string]bool{}
	if err := os.MkdirAll(b.Cache, 0o755); err == nil {
		return nil
	}
	b.temporary = true
	b.Cache, err = os.MkdirTemp("", "backfile-search-*")
	return err
}

func (b *builder) closeCache() {
	if b.temporary {
		os.RemoveAll(b.Cache)
	}
}
