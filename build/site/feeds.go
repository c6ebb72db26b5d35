package site

import (
	"fmt"
	"strings"

	"backfile/build/article"
)

const (
	feedSize    = 50    // articles in a feed document, as a page of a list is cut
	fullText    = 20    // newest articles whose text the archive's own feed carries
	sitemapSize = 45000 // addresses in a sitemap; the protocol's limit is 50,000
	dataSize    = 20000 // articles up to which the data files are not split by year
)

// A stream is the documents of one feed: the current one, which changes, and
// the archive documents of RFC 5005 section 4, cut from the oldest and never
// changed again.
type stream struct {
	title, html, dir string
	nodes            []*node
	full             bool // the newest carry their text
}

// mainFeed yields the archive's feed. Undated articles are in no feed: a feed
// is in order of time.
func (p *pager) mainFeed() bool {
	return p.feed(stream{title: p.cfg.Title, html: "index.html", nodes: p.dated, full: true})
}

// topicFeed yields the feed of the i-th topic.
func (p *pager) topicFeed(i int) bool {
	t := p.terms[0].all[i]
	nodes := t.nodes
	for len(nodes) > 0 && nodes[0].date.IsZero() {
		nodes = nodes[1:]
	}
	return p.feed(stream{title: t.label, html: t.url(), dir: "topics/" + t.slug + "/", nodes: nodes})
}

func (p *pager) feed(f stream) bool {
	full := frozen(len(f.nodes), feedSize)
	address := func(i int) string {
		if i == 0 {
			return ""
		}
		return fmt.Sprintf("%sfeed-%d.xml", f.dir, i)
	}
	for i := 1; i <= full; i++ {
		if !p.feedPage("feed.xml", address(i), f, f.nodes[(i-1)*feedSize:i*feedSize], address(i-1)) {
			return false
		}
	}
	newest := f.nodes[full*feedSize:]
	if !p.feedPage("feed.xml", f.dir+"feed.xml", f, newest, address(full)) {
		return false
	}
	if f.dir != "" {
		return true
	}
	return p.feedPage("feed.json", "feed.json", f, newest, "")
}

func (p *pager) feedPage(layout, path string, f stream, nodes []*node, prev string) bool {
	archive := strings.Contains(path, "feed-")
	h := p.start(layout, path)
	h.String(f.title)
	h.String(prev)
	for _, n := range nodes {
		h.Add(n.Digest) // feeds show more than cards: authors, corrections, text
		h.String(n.url)
		for _, t := range n.terms {
			h.String(t.label)
		}
	}
	carry := func(i int) bool { return f.full && !archive && i < fullText }
	return p.page(layout, path, func(v *View) {
		v.Title = f.title
		v.Feed = &Feed{Title: f.title, HTML: f.html, Current: f.dir + "feed.xml", Prev: prev, Archive: archive}
		for i := range nodes {
			it := feedItem(nodes[len(nodes)-1-i])
			it.Full = carry(i)
			v.Feed.Items = append(v.Feed.Items, it)
		}
	})
}

func feedItem(n *node) FeedItem {
	it := FeedItem{Entry: n.Entry, URL: n.url}
	for _, l := range links(n, "topics") {
		it.Topics = append(it.Topics, l.Label)
	}
	return it
}

// sitemaps yields a sitemap for the articles of each month, one for all other
// pages worth finding, and their index. They need the archive's address.
func (p *pager) sitemaps() bool {
	if p.cfg.BaseURL == "" || p.cfg.NoIndex {
		return true
	}
	var index []string
	add := func(name string, urls []SitemapURL) bool {
		for part := 1; len(urls) > 0; part++ {
			path := "sitemaps/" + name + ".xml"
			if part > 1 {
				path = fmt.Sprintf("sitemaps/%s-%d.xml", name, part)
			}
			some := urls[:min(sitemapSize, len(urls))]
			urls = urls[len(some):]
			index = append(index, path)
			if !p.sitemap(path, some) {
				return false
			}
		}
		return true
	}
	ok := add("pages", p.otherURLs())
	for _, y := range p.years {
		ok = ok && add(fmt.Sprintf("%04d", y.year), articleURLs(y.own))
		for _, m := range y.months {
			ok = ok && add(fmt.Sprintf("%04d-%02d", m.year, m.month), articleURLs(m.nodes))
		}
	}
	if !ok || !add("undated", articleURLs(p.undated)) {
		return false
	}
	p.start("sitemap-index", "sitemap.xml").Strings(index)
	return p.page("sitemap-index", "sitemap.xml", func(v *View) { v.Sitemap = &Sitemap{Index: index} })
}

func (p *pager) sitemap(path string, urls []SitemapURL) bool {
	h := p.start("sitemap.xml", path)
	for _, u := range urls {
		h.String(u.URL)
		h.String(u.Updated.String())
	}
	return p.page("sitemap.xml", path, func(v *View) { v.Sitemap = &Sitemap{URLs: urls} })
}

func articleURLs(nodes []*node) []SitemapURL {
	urls := make([]SitemapURL, 0, len(nodes))
	for _, n := range nodes {
		if n.Withdrawn == "" {
			urls = append(urls, SitemapURL{URL: n.url, Updated: updated(n)})
		}
	}
	return urls
}

// updated is when an article is known to have changed last; zero when nothing
// tells it.
func updated(n *node) article.Date {
	d := n.Updated
	for _, c := range n.Corrections {
		if c.Date.Compare(d) > 0 {
			d = c.Date
		}
	}
	if d.IsZero() {
		d = n.date
	}
	return d
}

// otherURLs are the pages that lead to articles, newest lists only.
func (p *pager) otherURLs() []SitemapURL {
	urls := []SitemapURL{{URL: "index.html"}, {URL: "years/index.html"}}
	for _, n := range p.texts {
		urls = append(urls, SitemapURL{URL: n.url})
	}
	for _, y := range p.years {
		urls = append(urls, SitemapURL{URL: y.url()})
		for _, m := range y.months {
			urls = append(urls, SitemapURL{URL: m.url()})
		}
	}
	for _, x := range p.terms[:3] { // topics, people, places
		for _, t := range x.all {
			urls = append(urls, SitemapURL{URL: t.url()})
		}
	}
	return urls
}

// data yields the metadata of all articles for programs. A large archive's is
// split: articles-2023.csv is a year that is over and hardly changes, and
// articles.csv the newest year and the undated.
func (p *pager) data() bool {
	var parts []DataPart
	emit := func(part string, nodes []*node) bool {
		for _, f := range []struct{ layout, ext string }{{"articles.jsonl.gz", ".jsonl.gz"}, {"articles.csv", ".csv"}} {
			path := "data/" + partName("articles", part, f.ext)
			parts = append(parts, DataPart{URL: path, Count: len(nodes)})
			h := p.start(f.layout, path)
			for _, n := range nodes {
				h.Add(n.Digest)
				h.String(n.url)
			}
			ok := p.page(f.layout, path, func(v *View) {
				v.Data = &Data{}
				for _, n := range nodes {
					v.Data.Items = append(v.Data.Items, feedItem(n))
				}
			})
			if !ok {
				return false
			}
		}
		return true
	}
	rest := p.dated
	if len(p.dated) > dataSize {
		for _, y := range p.years[:len(p.years)-1] {
			if !emit(fmt.Sprintf("%04d", y.year), y.nodes) {
				return false
			}
		}
		rest = p.years[len(p.years)-1].nodes
	}
	all := append(append(make([]*node, 0, len(rest)+len(p.undated)), rest...), p.undated...)
	if !emit("", all) {
		return false
	}
	h := p.start("datapackage.json", "data/datapackage.json")
	for _, part := range parts {
		h.String(part.URL)
		h.Int(part.Count)
	}
	return p.page("datapackage.json", "data/datapackage.json", func(v *View) { v.Data = &Data{Parts: parts} })
}
