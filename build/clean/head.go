package clean

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/markusmobius/go-htmldate"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"backfile/build/article"
)

// A pageHead is what a page says of itself: in its head, in its headings and
// in the comments that browsers put in when they save it.
type pageHead struct {
	meta      map[string]string // the first value of each name, property or itemprop
	tabTitle  string            // the title element
	h1        []string
	language  string // the lang attribute of the html element
	canonical string
	times     []string // of time elements that say they are the date of publication
	ld        linkedData
	saved     string // the address the page was saved from
	captured  article.Date
}

// linkedData is what the JSON-LD of a page tells of its article.
type linkedData struct {
	headline, published, url, publisher, language string
	authors                                       []string
}

var (
	savedFrom  = regexp.MustCompile(`<!--\s*saved from url=\(\d+\)(\S+?)\s*-->`)
	singleFile = regexp.MustCompile(`<!--\s*Page saved with SingleFile\s+url:\s*(\S+)\s+saved date:\s*([^\n(]+)`)
	wayback    = regexp.MustCompile(`FILE ARCHIVED ON (\d{2}:\d{2}:\d{2}) (\w{3} \d{2}, \d{4})`)
)

func readHead(doc *html.Node, text string) *pageHead {
	h := &pageHead{meta: map[string]string{}}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			h.element(n)
		}
	}
	if m := singleFile.FindStringSubmatch(text); m != nil {
		h.saved = m[1]
		h.captured = jsDate(strings.TrimSpace(m[2]))
	} else if m := savedFrom.FindStringSubmatch(text); m != nil {
		h.saved = m[1]
	}
	if m := wayback.FindStringSubmatch(text); m != nil && h.captured.IsZero() {
		h.captured, _ = article.ParseDate(m[2] + " " + m[1] + " GMT")
	}
	return h
}

// jsDate reads a date as JavaScript prints it: Sun Dec 31 2023 18:04:00 GMT+0300.
func jsDate(s string) article.Date {
	if t, err := time.Parse("Mon Jan 02 2006 15:04:05 GMT-0700", s); err == nil {
		s = t.Format(time.RFC3339)
	}
	d, _ := article.ParseDate(s)
	return d
}

func (h *pageHead) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Html:
		h.language = cmp.Or(h.language, attr(n, "lang"), attr(n, "xml:lang"))
	case atom.Title:
		if n.Parent != nil && n.Parent.DataAtom != atom.Svg {
			h.tabTitle = cmp.Or(h.tabTitle, squeeze(textOf(n)))
		}
	case atom.H1:
		if t := squeeze(textOf(n)); t != "" {
			h.h1 = append(h.h1, t)
		}
	case atom.Link:
		if strings.EqualFold(attr(n, "rel"), "canonical") {
			h.canonical = cmp.Or(h.canonical, attr(n, "href"))
		}
	case atom.Meta:
		for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
			name := strings.ToLower(attr(n, key))
			if value := squeeze(attr(n, "content")); name != "" && value != "" && h.meta[name] == "" {
				h.meta[name] = value
			}
		}
	case atom.Time:
		if marked := attr(n, "itemprop") + " " + attr(n, "class"); attr(n, "datetime") != "" && (has(n, "pubdate") || strings.Contains(strings.ToLower(marked), "publi")) {
			h.times = append(h.times, attr(n, "datetime"))
		}
	case atom.Script:
		if strings.EqualFold(strings.TrimSpace(attr(n, "type")), "application/ld+json") {
			h.ld.read(textOf(n))
		}
	}
}

// read takes in one block of JSON-LD; what an earlier block told stays.
func (l *linkedData) read(src string) {
	var v any
	src = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' ' // line ends inside of strings are common, and not JSON
		}
		return r
	}, src)
	if json.Unmarshal([]byte(strings.Trim(src, " ;")), &v) == nil {
		l.walk(v, 0)
	}
}

func (l *linkedData) walk(v any, depth int) {
	if depth > 6 { // @graph in a list in an object; more is not an article's own data
		return
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			l.walk(item, depth+1)
		}
	case map[string]any:
		if isStory(v["@type"]) {
			l.story(v)
			return
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart"} {
			l.walk(v[key], depth+1)
		}
	}
}

func isStory(kind any) bool {
	switch k := kind.(type) {
	case string:
		return strings.HasSuffix(k, "Article") || strings.HasSuffix(k, "Posting") || k == "Report" || k == "Review"
	case []any:
		return slices.ContainsFunc(k, isStory)
	}
	return false
}

func (l *linkedData) story(m map[string]any) {
	l.headline = cmp.Or(l.headline, squeeze(html.UnescapeString(name(m["headline"]))))
	l.published = cmp.Or(l.published, name(m["datePublished"]), name(m["dateCreated"]))
	l.url = cmp.Or(l.url, name(m["url"]), name(m["mainEntityOfPage"]))
	l.publisher = cmp.Or(l.publisher, squeeze(html.UnescapeString(name(m["publisher"]))))
	l.language = cmp.Or(l.language, name(m["inLanguage"]))
	if len(l.authors) > 0 {
		return
	}
	list, ok := m["author"].([]any)
	if !ok {
		list = []any{m["author"]}
	}
	for _, a := range list {
		if n := squeeze(html.UnescapeString(name(a))); n != "" && !strings.HasPrefix(n, "http") {
			l.authors = append(l.authors, n)
		}
	}
}

// name returns a text, or what an object or a list is called.
func name(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case map[string]any:
		return cmp.Or(name(v["name"]), name(v["@id"]))
	case []any:
		if len(v) > 0 {
			return name(v[0])
		}
	}
	return ""
}

// title is the h1 whose words agree best with what the page's data call it;
// else what they call it, without the name of the site.
func (h *pageHead) title() string {
	site := h.site()
	var told []string
	for _, t := range []string{h.ld.headline, h.meta["og:title"], h.meta["twitter:title"], h.tabTitle} {
		if t != "" {
			told = append(told, withoutSite(t, site))
		}
	}
	best, agreed := "", 0.5
	for _, heading := range h.h1 {
		for _, t := range told {
			if a := agreement(heading, t); a > agreed {
				best, agreed = heading, a
			}
		}
	}
	if best == "" && len(told) > 0 {
		best = told[0]
	}
	if best == "" && len(h.h1) == 1 {
		best = h.h1[0]
	}
	return best
}

var siteTail = regexp.MustCompile(`^(.*\S)\s+[|–—·•»:-]+\s+([^|–—·•»]{2,60})$`)

// withoutSite cuts " | The Site" off a title.
func withoutSite(title, site string) string {
	for {
		m := siteTail.FindStringSubmatch(title)
		if m == nil || words(m[1]) < 3 {
			return title
		}
		if bare := !strings.Contains(title, " | "); bare && words(m[2]) > 4 && (site == "" || !strings.Contains(fold(m[2]), fold(site))) {
			return title
		}
		title = m[1]
	}
}

// agreement is the share of words that two texts have in common.
func agreement(a, b string) float64 {
	as, bs := strings.Fields(fold(a)), strings.Fields(fold(b))
	if len(as) == 0 || len(bs) == 0 {
		return 0
	}
	if strings.Join(as, " ") == strings.Join(bs, " ") {
		return 1
	}
	both := 0
	for _, w := range slices.Compact(slices.Sorted(slices.Values(as))) {
		if slices.Contains(bs, w) {
			both++
		}
	}
	return float64(both) / float64(len(as)+len(bs)-both)
}

// publicationDates are the names that pages give the date under, the surest first.
var publicationDates = []string{
	"article:published_time", "og:article:published_time", "datepublished", "og:published_time", "published_time", "article:published", "parsely-pub-date", "sailthru.date", "publishdate", "publish-date",
	"pubdate", "publication_date", "article.published", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.created", "dcterms.issued", "dc.date", "dc.date.created", "citation_publication_date", "citation_date", "originalpublicationdate", "article_date_original", "date", "datecreated",
}

// date returns when the article was published, by the page's data, else by its
// address and marks that go-htmldate knows.
func (h *pageHead) date(doc *html.Node) article.Date {
	tries := []string{h.ld.published}
	for _, key := range publicationDates {
		tries = append(tries, h.meta[key])
	}
	for _, s := range append(tries, h.times...) {
		if d, err := article.ParseDate(s); s != "" && err == nil && d.Year > 1600 {
			return d
		}
	}
	r, err := htmldate.FromDocument(doc, htmldate.Options{
		UseOriginalDate: true, SkipExtensiveSearch: true, URL: h.url(),
		MaxDate: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), // the default is the clock's
	})
	if err != nil || r.DateTime.IsZero() {
		return article.Date{}
	}
	d, _ := article.ParseDate(r.DateTime.Format(time.DateOnly))
	return d
}

// url returns the address of the article: the canonical one, unless that is
// another site's or a home page.
func (h *pageHead) url() string {
	saved, _ := url.Parse(h.saved)
	for _, s := range []string{h.canonical, h.meta["og:url"], h.ld.url} {
		u, err := url.Parse(strings.TrimSpace(s))
		if err != nil {
			continue
		}
		if saved != nil && saved.Host != "" {
			u = saved.ResolveReference(u)
		}
		if (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && (strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || h.saved == "") {
			return u.String()
		}
	}
	if saved != nil && (saved.Scheme == "http" || saved.Scheme == "https") && saved.Host != "" {
		return saved.String()
	}
	return ""
}

func (h *pageHead) address() *url.URL {
	u, err := url.Parse(h.url())
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

func (h *pageHead) site() string {
	return cmp.Or(h.meta["og:site_name"], h.ld.publisher, h.meta["application-name"])
}

// summary is the page's description when it adds to title and text.
func (h *pageHead) summary(a article.Article) string {
	s := cmp.Or(h.meta["og:description"], h.meta["description"], h.meta["twitter:description"])
	start := fold(strings.TrimRight(s, ".… "))
	if words(s) < 5 || start == fold(a.Title) || strings.HasPrefix(fold(a.Body[:min(len(a.Body), 2*len(s)+200)]), start) {
		return ""
	}
	return s
}

// lang is the language the page declares. Many declare English, being made
// with tools that do, and are in another.
func (h *pageHead) lang(body string) string {
	declared := cmp.Or(canonical(h.language), canonical(h.ld.language), canonical(h.meta["content-language"]), canonical(h.meta["og:locale"]))
	if declared == "" || declared == "en" || strings.HasPrefix(declared, "en-") {
		if found := detect(body); found != "" && !strings.HasPrefix(declared, found) {
			return found
		}
		if !latin(body) {
			return ""
		}
	}
	return declared
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
