// Package site is the model of an archive: which article stands on which day,
// under which topics, beside which others; and the pages that follow from it.
//
// It does no input or output and reads no clock: the same articles and the
// same configuration always give the same pages, in the same order.
package site

import (
	"cmp"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"

	"backfile/build/article"
	"backfile/build/config"
	"backfile/build/content"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/slug"
)

// A Site is the model. It does not change after New, and may be used by
// several goroutines at once.
type Site struct {
	cfg     *config.Config
	dated   []*node // oldest first
	undated []*node // by address
	texts   []*node // pages such as "About"
	byPath  map[string]*node
	byURL   map[string]*node
	assets  map[string]*content.Asset // by path below content/, which is where they are published
	static  map[string]*content.Asset
	aliases []alias
	terms   []*taxonomy
	years   []*year
}

// A node is an article in the model.
type node struct {
	*content.Entry
	url     string
	date    article.Date // in the archive's time zone
	source  string       // see sourceName
	terms   []*term
	related []*node
	seq     int // position in Site.dated
}

// Sources are the files a site is made of.
type Sources struct {
	Entries []*content.Entry // sorted by path
	Assets  []*content.Asset // of content/
	Static  []*content.Asset // of static/
}

// New builds the model. An article that cannot have its place, because its id
// or its address is another's, is left out, and the problem names both.
func New(cfg *config.Config, src Sources) (*Site, diag.List) {
	s := &Site{
		cfg:    cfg,
		byPath: make(map[string]*node, len(src.Entries)),
		byURL:  make(map[string]*node, len(src.Entries)),
		assets: index(src.Assets),
		static: index(src.Static),
	}
	problems := s.place(src.Entries)
	slices.SortFunc(s.dated, func(a, b *node) int {
		return cmp.Or(a.date.Compare(b.date), strings.Compare(a.url, b.url))
	})
	for i, n := range s.dated {
		n.seq = i
	}
	slices.SortFunc(s.undated, func(a, b *node) int { return strings.Compare(a.url, b.url) })
	slices.SortFunc(s.texts, func(a, b *node) int { return strings.Compare(a.url, b.url) })
	s.classify()
	s.calendar()
	return s, append(problems, s.redirects()...)
}

func index(list []*content.Asset) map[string]*content.Asset {
	m := make(map[string]*content.Asset, len(list))
	for _, a := range list {
		m[a.Path] = a
	}
	return m
}

// place gives every article its address.
func (s *Site) place(entries []*content.Entry) diag.List {
	var problems diag.List
	ids := make(map[string]*node, len(entries))
	nodes := s.nodes(entries)
	for i, e := range entries {
		n := &nodes[i]
		if other := ids[e.ID]; other != nil && e.ID != "" {
			problems = append(problems, clash(e, fmt.Sprintf("the id %q is already that of content/%s", e.ID, other.Path), "delete the id: of the newer one, or the file if it is a copy"))
			continue
		}
		if other := s.byURL[n.url]; other != nil {
			problems = append(problems, clash(e, fmt.Sprintf("the address %s is already that of content/%s", n.url, other.Path), "give one of them a slug: of its own"))
			continue
		}
		ids[e.ID] = n
		s.byURL[n.url] = n
		s.byPath[e.Path] = n
		switch {
		case e.Page:
			s.texts = append(s.texts, n)
		case n.date.IsZero():
			s.undated = append(s.undated, n)
		default:
			s.dated = append(s.dated, n)
		}
	}
	return problems
}

// nodes makes the nodes of entries, and what follows from each entry alone.
func (s *Site) nodes(entries []*content.Entry) []node {
	nodes := make([]node, len(entries)) // one allocation for all
	loc := s.cfg.Location()
	const some = 1000 // at once
	par.Spread(len(entries), some, func(from, to int) {
		for i := from; i < to; i++ {
			n := &nodes[i]
			n.Entry, n.date = entries[i], entries[i].Date
			if loc != nil {
				n.date = n.date.At(loc)
			}
			n.url = address(n)
			n.source = sourceName(n.Entry)
		}
	})
	return nodes
}

func clash(e *content.Entry, msg, help string) *diag.Problem {
	return &diag.Problem{File: "content/" + e.Path, Line: 1, Col: 1, Msg: msg, Help: help}
}

// address returns where an article is published, below public/.
func address(n *node) string {
	if n.Page {
		return safePath(n.Path) + ".html"
	}
	name := n.Slug
	if name == "" {
		_, name = article.NameDate(n.Path)
	}
	last := slug.Of(name)
	if last == "" {
		last = slug.Of(n.ID)
	}
	if last == "" {
		last = "a-" + digest.Of([]byte(n.Path)).String()[:10]
	}
	return n.date.Path() + "/" + last + ".html"
}

// safePath makes every part of a path below content/ safe as an address.
func safePath(p string) string {
	parts := strings.Split(strings.TrimSuffix(p, path.Ext(p)), "/")
	for i, part := range parts {
		parts[i] = slug.Term(part)
	}
	return strings.Join(parts, "/")
}

// Counts tells how many articles, days with articles, and topics there are.
func (s *Site) Counts() (articles, days, topics int) {
	for _, y := range s.years {
		for _, m := range y.months {
			days += len(m.days)
		}
	}
	return len(s.dated) + len(s.undated), days, len(s.terms[0].all)
}

// Articles yields all articles with their addresses and topics, the undated
// first, then from the oldest to the newest.
func (s *Site) Articles() iter.Seq[FeedItem] {
	return func(yield func(FeedItem) bool) {
		for _, list := range [][]*node{s.undated, s.dated} {
			for _, n := range list {
				if !yield(feedItem(n)) {
					return
				}
			}
		}
	}
}

// Terms returns all terms of a kind ("topics", "people", …), by label.
func (s *Site) Terms(kind string) []Term {
	var out []Term
	for _, x := range s.terms {
		if x.kind != kind {
			continue
		}
		for _, t := range x.all {
			out = append(out, *t.view(true))
		}
	}
	return out
}

// Texts returns links to the site's own pages, such as "About", by address.
// Every page shows them.
func Texts(entries []*content.Entry) []Link {
	var links []Link
	for _, e := range entries {
		if e.Page {
			links = append(links, Link{Label: e.Title, URL: address(&node{Entry: e})})
		}
	}
	slices.SortFunc(links, func(a, b Link) int { return strings.Compare(a.URL, b.URL) })
	return links
}

// item is an article as lists show it.
func item(n *node) Item {
	it := Item{Title: n.Title, URL: n.url, Lang: n.Lang, Date: n.date, Summary: n.Excerpt, Source: n.source, Withdrawn: n.Withdrawn != ""}
	if it.Withdrawn {
		it.Summary = ""
	}
	return it
}

// cards adds what lists show of nodes to h.
func cards(h *digest.Hasher, nodes []*node) {
	h.Int(len(nodes))
	for _, n := range nodes {
		h.Add(n.Card)
	}
}
