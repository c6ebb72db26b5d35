package site

import (
	"backfile/build/article"
	"backfile/build/content"
)

// A Filed is an article with what it is filed under.
type Filed struct {
	Entry *content.Entry
	URL   string       // of its page
	When  article.Date // in the archive's time zone
	Terms []Term       // without counts, by kind
}

// Len is the number of articles.
func (s *Site) Len() int { return len(s.undated) + len(s.dated) }

// At returns article i of Len: the undated ones come first, by address, then
// the others from the oldest to the newest.
func (s *Site) At(i int) Filed {
	n := s.ordered(i)
	f := Filed{Entry: n.Entry, URL: n.url, When: n.date, Terms: make([]Term, len(n.terms))}
	for k, t := range n.terms {
		f.Terms[k] = Term{Kind: t.kind, Label: t.label, Slug: t.slug}
	}
	return f
}

func (s *Site) ordered(i int) *node {
	if i < len(s.undated) {
		return s.undated[i]
	}
	return s.dated[i-len(s.undated)]
}

// PageOf is the path below public/ of the page of the article or text in a file
// of content/, "" when it has none.
func (s *Site) PageOf(path string) string {
	if n := s.byPath[path]; n != nil {
		return n.url
	}
	return ""
}
