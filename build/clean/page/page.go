// Package page reads a saved page: its tree, and what it tells of itself in
// its head, in its data and in the comments that browsers put in when they
// save it.
//
//	<title> <meta> <link rel=canonical>      what the page is called, when it
//	<script type=application/ld+json>         came out, who wrote it, where
//	<h1> <time> rel=author                    and the same, as readers see it
//	<!-- saved from url=(0043)https://… -->   where and when it was fetched
//
// Parse is pure and bounded: a page of any size and depth is read in time that
// grows with its size.
package page

import (
	"cmp"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"backfile/build/article"
)

// A Page is a page and what it tells of itself.
type Page struct {
	Doc       *html.Node
	Elements  int // in Doc
	Captured  article.Date
	meta      map[string]string // the first value of each name, property or itemprop
	named     []string          // values of metas that name an author
	tabTitle  string            // the title element
	h1        []string
	language  string // the lang attribute of the html element
	canonical string
	times     []timeMark
	bylines   []byline // what elements that say they are a byline hold
	data      linkedData
	saved     string // the address the page was fetched from
}

// A timeMark is a time element.
type timeMark struct {
	value     string
	published bool // it says that it is the date of publication
	text      string
}

var (
	savedFrom  = regexp.MustCompile(`<!--\s*saved from url=\(\d+\)(\S+?)\s*-->`)
	singleFile = regexp.MustCompile(`<!--\s*Page saved with SingleFile\s+url:\s*(\S+)\s+saved date:\s*([^\n(]+)`)
	wayback    = regexp.MustCompile(`FILE ARCHIVED ON (\d{2}:\d{2}:\d{2}) (\w{3} \d{2}, \d{4})`)
)

// Parse reads a page of UTF-8. The address at which it was fetched may be "".
func Parse(text, address string) (*Page, error) {
	p := &Page{meta: map[string]string{}, saved: address}
	p.marks(text)
	text = lighten(text)
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		doc, err = html.Parse(strings.NewReader(flatten(text)))
	}
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "html: "))
	}
	p.Doc = doc
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			p.Elements++
			p.element(n)
		}
	}
	return p, nil
}

// marks reads the comments of whoever saved the page.
func (p *Page) marks(text string) {
	const near = 64 << 10 // they stand at the beginning, the Wayback Machine's also at the end
	head, tail := text[:min(len(text), near)], text[max(0, len(text)-near):]
	if m := singleFile.FindStringSubmatch(head); m != nil {
		p.saved = cmp.Or(p.saved, m[1])
		p.Captured = jsDate(strings.TrimSpace(m[2]))
	} else if m := savedFrom.FindStringSubmatch(head); m != nil {
		p.saved = cmp.Or(p.saved, m[1])
	}
	for _, part := range []string{head, tail} {
		if m := wayback.FindStringSubmatch(part); m != nil && p.Captured.IsZero() {
			p.Captured, _ = article.ParseDate(m[2] + " " + m[1] + " GMT")
		}
	}
}

// jsDate reads a date as JavaScript prints it: Sun Dec 31 2023 18:04:00 GMT+0300.
func jsDate(s string) article.Date {
	if t, err := time.Parse("Mon Jan 02 2006 15:04:05 GMT-0700", s); err == nil {
		s = t.Format(time.RFC3339)
	}
	d, _ := article.ParseDate(s)
	return d
}

func (p *Page) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Html:
		p.language = cmp.Or(p.language, attr(n, "lang"), attr(n, "xml:lang"))
	case atom.Title:
		if n.Parent != nil && n.Parent.DataAtom != atom.Svg {
			p.tabTitle = cmp.Or(p.tabTitle, squeeze(textOf(n)))
		}
	case atom.H1:
		if t := squeeze(textOf(n)); t != "" && len(t) < 1000 {
			p.h1 = append(p.h1, t)
		}
	case atom.Link:
		if strings.EqualFold(attr(n, "rel"), "canonical") {
			p.canonical = cmp.Or(p.canonical, attr(n, "href"))
		}
	case atom.Meta:
		p.metaElement(n)
	case atom.Time:
		marked := strings.ToLower(attr(n, "itemprop") + " " + attr(n, "class"))
		published := has(n, "pubdate") || strings.Contains(marked, "publi")
		p.times = append(p.times, timeMark{attr(n, "datetime"), published, squeeze(textOf(n))})
	case atom.Script:
		if strings.EqualFold(strings.TrimSpace(attr(n, "type")), "application/ld+json") {
			p.data.read(textOf(n))
		}
	}
	p.byline(n)
}

func (p *Page) metaElement(n *html.Node) {
	for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
		name := strings.ToLower(attr(n, key))
		value := squeeze(attr(n, "content"))
		if name == "" || value == "" {
			continue
		}
		if p.meta[name] == "" {
			p.meta[name] = value
		}
		switch name {
		case "author", "article:author", "byl", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "citation_author", "cxenseparse:author", "article:author:name", "mediator_author", "authors":
			p.named = append(p.named, value)
		}
	}
}

// URL returns the address of the article: the canonical one, unless that is
// another site's or a home page.
func (p *Page) URL() string {
	saved, _ := url.Parse(p.saved)
	for _, s := range []string{p.canonical, p.meta["og:url"], p.data.url} {
		u, err := url.Parse(strings.TrimSpace(s))
		if err != nil {
			continue
		}
		if saved != nil && saved.Host != "" {
			u = saved.ResolveReference(u)
		}
		if (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && (strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || p.saved == "") {
			return u.String()
		}
	}
	if saved != nil && (saved.Scheme == "http" || saved.Scheme == "https") && saved.Host != "" {
		return saved.String()
	}
	return ""
}

// Site returns the name of the publication, or "".
func (p *Page) Site() string {
	return cmp.Or(p.meta["og:site_name"], p.data.publisher, p.meta["application-name"])
}

// Summary returns what the page says it is about.
func (p *Page) Summary() string {
	return cmp.Or(p.meta["og:description"], p.meta["description"], p.meta["twitter:description"], p.data.description)
}

// Section returns the part of the publication that the page belongs to, or "".
func (p *Page) Section() string {
	for _, s := range []string{p.meta["article:section"], p.data.section, p.meta["parsely-section"], p.meta["cxenseparse:section"]} {
		if s != "" && utf8.RuneCountInString(s) <= 40 && !strings.ContainsAny(s, "/>|;,") && strings.ContainsFunc(s, unicode.IsLetter) {
			return s
		}
	}
	return ""
}

// Languages are those that the page declares, the surest first.
func (p *Page) Languages() []string {
	return []string{p.language, p.data.language, p.meta["content-language"], p.meta["og:locale"]}
}

// Body returns the text of the article, where the page's data hold it.
func (p *Page) Body() string { return p.data.body }

// Paywalled reports whether the page says that not all of it is free to read.
func (p *Page) Paywalled() bool {
	tier := strings.ToLower(cmp.Or(p.meta["article:content_tier"], p.meta["content_tier"]))
	return p.data.closed || tier == "locked" || tier == "metered"
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case d.DataAtom == atom.Br:
			b.WriteByte('\n')
		}
	}
	return b.String()
}
