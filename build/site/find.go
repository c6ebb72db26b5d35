package site

import (
	"slices"
	"sync"

	"backfile/build/article"
	"backfile/build/content"
	"backfile/build/internal/digest"
)

// A Finder makes single pages of a site, which Pages yields all together. It
// may be used by several goroutines at once.
type Finder struct {
	*Site

	mu sync.Mutex
	// at has the stretch of each page that is not an article's. It may be that
	// of an earlier model, as a first guess.
	at    map[string]int
	whole bool // at is of this model
}

// NewFinder returns a Finder of s. last, which may be nil, is the one of an
// earlier model of the same archive.
func NewFinder(s *Site, last *Finder) *Finder {
	f := &Finder{Site: s}
	if last != nil {
		last.mu.Lock()
		defer last.mu.Unlock()
		f.at = last.at // which is never changed, but replaced
	}
	return f
}

// Find returns the page at a path below public/, ok being false when the site
// has none there.
func (f *Finder) Find(path string) (page Page, ok bool) {
	if n := f.byURL[path]; n != nil {
		return f.within(func(p *pager) bool { return p.nodePage(n) }, path)
	}
	for dir, set := range map[string]map[string]*content.Asset{"content/": f.assets, "static/": f.static} {
		if a := set[path]; a != nil {
			return Page{Path: path, Inputs: a.Digest, From: dir + path}, true
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if i, known := f.at[path]; known {
		if page, ok := f.within(f.stretch(i), path); ok {
			return page, true
		}
	}
	if !f.whole {
		f.learn()
		if i, known := f.at[path]; known {
			return f.within(f.stretch(i), path)
		}
	}
	return Page{}, false
}

// Learn gets ready to find pages, which the first Find else has to do.
func (f *Finder) Learn() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.whole {
		f.learn()
	}
}

// nodePage yields the page of an article or a text.
func (p *pager) nodePage(n *node) bool {
	switch {
	case n.Page:
		return p.text(n)
	case n.date.IsZero():
		return p.articlePage(n, nil, nil)
	}
	return p.article(n.seq)
}

// stretch returns the i-th stretch, an empty one when there are not so many.
func (f *Finder) stretch(i int) stretch {
	for s := range f.stretches() {
		if i == 0 {
			return s
		}
		i--
	}
	return func(*pager) bool { return true }
}

// within looks for a page in a stretch.
func (f *Finder) within(s stretch, path string) (page Page, ok bool) {
	s(&pager{Site: f.Site, h: digest.New(), yield: func(p Page) bool {
		if p.Path == path {
			page, ok = p, true
		}
		return !ok
	}})
	return page, ok
}

// learn finds out in which stretch each page is that is not an article's. The
// caller holds f.mu.
func (f *Finder) learn() {
	at := map[string]int{}
	i := 0
	articles := (len(f.dated) + someArticles - 1) / someArticles
	for s := range f.stretches() {
		if i >= articles {
			s(&pager{Site: f.Site, h: digest.New(), yield: func(p Page) bool {
				if _, twice := at[p.Path]; !twice {
					at[p.Path] = i
				}
				return true
			}})
		}
		i++
	}
	f.at, f.whole = at, true
}

// Fits reports whether an article can take the place of the one that the model
// has of the same file, without anything else of the model changing: it keeps
// its place, and the others keep theirs. What pages show of it may differ.
func (s *Site) Fits(e *content.Entry) bool {
	n := s.byPath[e.Path]
	return n != nil && !e.Page && sameShape(n.Meta, e.Meta)
}

// Replace puts an article that Fits into the place of the one that the model
// has of the same file. It is the one way in which a model changes, and nobody
// may use the model meanwhile.
func (s *Site) Replace(e *content.Entry) { s.byPath[e.Path].Entry = e }

// sameShape reports whether a and b differ only in what no place, list or
// relation of an article follows from.
func sameShape(a, b article.Meta) bool {
	for _, lists := range [...][2][]string{{a.Topics, b.Topics}, {a.Authors, b.Authors}, {a.People, b.People}, {a.Places, b.Places}, {a.Aliases, b.Aliases}} {
		if !slices.Equal(lists[0], lists[1]) {
			return false
		}
	}
	return a.ID == b.ID && a.Slug == b.Slug && a.Date == b.Date && a.Lang == b.Lang && a.Withdrawn == b.Withdrawn &&
		a.Draft == b.Draft && a.Page == b.Page && a.Source.Name == b.Source.Name && a.Source.URL == b.Source.URL
}
