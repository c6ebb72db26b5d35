package site

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"backfile/build/content"
	"backfile/build/internal/digest"
)

// Pages yields every file of public/ but the manifest, always in the same
// order. It may be ranged over again, and by several goroutines.
func (s *Site) Pages() iter.Seq[Page] {
	return func(yield func(Page) bool) {
		for part := range s.Parts() {
			for page := range part {
				if !yield(page) {
					return
				}
			}
		}
	}
}

// Parts yields Pages in stretches, so that several goroutines can make one
// each.
func (s *Site) Parts() iter.Seq[iter.Seq[Page]] {
	return func(yield func(iter.Seq[Page]) bool) {
		for pages := range s.stretches() {
			part := func(yield func(Page) bool) { pages(&pager{Site: s, h: digest.New(), yield: yield}) }
			if !yield(part) {
				return
			}
		}
	}
}

// How much one stretch holds: some 10,000 digests to be hashed.
const (
	someArticles = 1000
	someDays     = 500
	someMonths   = 30
	someTerms    = 10
)

// A stretch yields some pages to a pager, until it wants no more.
type stretch func(*pager) bool

// stretches yields the stretches that make up all pages.
func (s *Site) stretches() iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		_ = spread(yield, len(s.dated), someArticles, (*pager).article) &&
			yield((*pager).otherArticles) && s.dates(yield) && yield((*pager).onThisDay) &&
			s.taxonomies(yield) && yield((*pager).titles) && yield((*pager).front) && yield((*pager).mainFeed) &&
			spread(yield, len(s.terms[0].all), someTerms, (*pager).topicFeed) &&
			yield((*pager).sitemaps) && yield((*pager).data) && yield((*pager).files) && yield((*pager).redirects)
	}
}

// spread yields stretches that call one for the numbers 0 to n-1, some each.
func spread(yield func(stretch) bool, n, some int, one func(p *pager, i int) bool) bool {
	for from := 0; from < n; from += some {
		to := min(from+some, n)
		ok := yield(func(p *pager) bool {
			for i := from; i < to; i++ {
				if !one(p, i) {
					return false
				}
			}
			return true
		})
		if !ok {
			return false
		}
	}
	return true
}

// article yields the page of the i-th dated article.
func (p *pager) article(i int) bool {
	var prev, next *node
	if i > 0 {
		prev = p.dated[i-1]
	}
	if i+1 < len(p.dated) {
		next = p.dated[i+1]
	}
	return p.articlePage(p.dated[i], prev, next)
}

// otherArticles yields the pages of undated articles and of texts such as
// "About".
func (p *pager) otherArticles() bool {
	for _, n := range p.undated {
		if !p.articlePage(n, nil, nil) {
			return false
		}
	}
	for _, n := range p.texts {
		if !p.text(n) {
			return false
		}
	}
	return true
}

func (p *pager) articlePage(n, prev, next *node) bool {
	h := p.start("article", n.url)
	h.Add(n.Digest)
	for _, o := range [...]*node{prev, next} {
		h.Bool(o != nil)
		if o != nil {
			h.Add(o.Card)
		}
	}
	cards(h, n.related)
	for _, t := range n.terms {
		h.String(t.slug)
		h.String(t.label)
	}
	p.refs(n)
	return p.yield(Page{
		Path: n.url, Layout: "article", Inputs: h.Sum(), Source: n.Entry, Resolve: p.resolver(n),
		View: func() *View { return p.articleView(n, prev, next) },
	})
}

// refs adds what the addresses in n's text lead to.
func (p *pager) refs(n *node) {
	for _, ref := range n.Refs {
		r, ok := p.resolve(n, ref)
		p.h.Bool(ok)
		p.h.String(r.URL)
		p.h.Int(r.Width)
		p.h.Int(r.Height)
	}
}

// resolver returns what finds n's references, nil when it has none.
func (p *pager) resolver(n *node) func(string) (Ref, bool) {
	if len(n.Refs) == 0 {
		return nil
	}
	s := p.Site
	return func(ref string) (Ref, bool) { return s.resolve(n, ref) }
}

func (s *Site) articleView(n, prev, next *node) *View {
	a := &ArticleView{
		Entry: n.Entry, URL: n.url, When: n.date, DayURL: n.date.Path() + "/index.html",
		Topics: links(n, "topics"), People: links(n, "people"), Places: links(n, "places"), Authors: links(n, "authors"),
	}
	if l := links(n, "sources"); len(l) > 0 {
		a.SourceLink = l[0]
	}
	if prev != nil {
		it := item(prev)
		a.Prev = &it
	}
	if next != nil {
		it := item(next)
		a.Next = &it
	}
	for _, r := range n.related {
		a.Related = append(a.Related, item(r))
	}
	return &View{Kind: "article", Path: n.url, Title: n.Title, Description: n.Excerpt, Lang: s.lang(n), Article: a, NoIndex: n.Withdrawn != ""}
}

// lang is an article's language, the site's when it names none.
func (s *Site) lang(n *node) string {
	if n.Lang != "" {
		return n.Lang
	}
	return s.cfg.Language
}

func (p *pager) text(n *node) bool {
	p.start("page", n.url).Add(n.Digest)
	p.refs(n)
	return p.yield(Page{
		Path: n.url, Layout: "page", Inputs: p.h.Sum(), Source: n.Entry, Resolve: p.resolver(n),
		View: func() *View {
			return &View{Kind: "page", Path: n.url, Title: n.Title, Description: n.Excerpt, Lang: p.lang(n), Text: &Text{Entry: n.Entry, URL: n.url}}
		},
	})
}

// taxonomies yields the pages of topics, people, places, authors and sources.
func (s *Site) taxonomies(yield func(stretch) bool) bool {
	for _, x := range s.terms {
		if len(x.all) == 0 && x.kind != "topics" && x.kind != "people" {
			continue // the menu leads to topics and people even when there are none
		}
		ok := yield(func(p *pager) bool { return p.allTerms(x) }) &&
			spread(yield, len(x.all), someTerms, func(p *pager, i int) bool { return p.term(x.all[i]) })
		if !ok {
			return false
		}
	}
	return true
}

func (p *pager) allTerms(x *taxonomy) bool {
	path := x.kind + "/index.html"
	h := p.start("terms", path)
	for _, t := range x.all {
		h.String(t.slug)
		h.String(t.label)
		h.Int(len(t.nodes))
		h.Add(t.nodes[0].Card)
		h.Add(t.nodes[len(t.nodes)-1].Card)
	}
	return p.page("terms", path, func(v *View) {
		v.Terms = &Terms{Kind: x.kind}
		for _, t := range x.all {
			v.Terms.All = append(v.Terms.All, *t.view(true))
		}
	})
}

func (p *pager) term(t *term) bool {
	feed := ""
	if t.kind == "topics" {
		feed = "topics/" + t.slug + "/feed.xml"
	}
	return p.list(listing{
		layout: "term", index: t.url(), page: t.kind + "/" + t.slug + "/page-%d.html", nodes: t.nodes,
		words: []string{t.label, t.about},
		digest: func(h *digest.Hasher) {
			h.Add(t.nodes[0].Card)
			h.Add(t.nodes[len(t.nodes)-1].Card)
			v := t.view(true)
			h.String(v.First.String())
			h.String(v.Last.String())
		},
		view: func(v *View) {
			v.Title = t.label
			v.Description = t.about
			v.Term = t.view(v.List.Number == 0)
			v.FeedURL = feed
		},
	})
}

// files yields the files that are copied.
func (p *pager) files() bool {
	for _, set := range []struct {
		dir    string
		assets map[string]*content.Asset
	}{{"content/", p.assets}, {"static/", p.static}} {
		for _, path := range slices.Sorted(maps.Keys(set.assets)) {
			if !p.yield(Page{Path: path, Inputs: set.assets[path].Digest, From: set.dir + path}) {
				return false
			}
		}
	}
	return true
}

// redirects yields the earlier addresses of articles. A page that has come to
// stand there since is the better answer.
func (p *pager) redirects() bool {
	for _, a := range p.aliases {
		if !p.redirect(a.path, a.to.url, p.lang(a.to)) {
			return false
		}
	}
	return true
}

// verifyURL is the page on which readers verify their copy. It stands at the
// top, with its script in assets/, because every partial mirror has those.
const verifyURL = "verify.html"

// front yields the home page and the single pages beside it.
func (p *pager) front() bool {
	if !p.home() {
		return false
	}
	for _, one := range []struct{ layout, path string }{
		{"search", "search/index.html"}, {"verify", verifyURL}, {"404", "404.html"}, {"robots.txt", "robots.txt"},
	} {
		if p.static[one.path] != nil || slices.ContainsFunc(p.texts, func(n *node) bool { return n.url == one.path }) {
			continue // the site's own file or page takes its place
		}
		p.start(one.layout, one.path)
		if !p.page(one.layout, one.path, func(v *View) { v.NoIndex = one.layout == "404" }) {
			return false
		}
	}
	if p.cfg.BaseURL != "" && !p.cfg.Search.Off {
		p.start("opensearch.xml", "opensearch.xml")
		if !p.page("opensearch.xml", "opensearch.xml", func(*View) {}) {
			return false
		}
	}
	p.start("", ".nojekyll")
	return p.yield(Page{Path: ".nojekyll", Layout: "empty", Inputs: p.h.Sum(), View: func() *View { return &View{Kind: "empty", Path: ".nojekyll"} }})
}

// partName names a part of a file that is split: articles.csv, then
// articles-2023.csv.
func partName(name, part, ext string) string {
	if part == "" {
		return name + ext
	}
	return fmt.Sprintf("%s-%s%s", name, part, ext)
}
