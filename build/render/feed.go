package render

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"backfile/build/article"
	"backfile/build/config"
	"backfile/build/internal/digest"
	"backfile/build/site"
)

// A feedText gives the HTML of an article's text as it stands in a feed: its
// links are absolute, or relative to the feed document.
type feedText func(site.FeedItem) (string, error)

// A feed is one feed document being drawn, in either format.
type feed struct {
	cfg  *config.Config
	v    *site.View
	text feedText // nil: summaries only
}

// A feedEntry is an article as both formats show it.
type feedEntry struct {
	id, url, title, lang string
	summary, html        string // plain text; markup, or ""
	via                  string // where the article comes from, or ""
	authors, topics      []string
	published, updated   article.Date // published is zero when only the capture tells it
}

// epoch stands in for the date of a feed without entries: both formats are
// drawn from the articles alone, never from the clock.
const epoch = "1970-01-01T00:00:00Z"

// entry decides what of an article a feed shows. An article without a date
// never comes here: Atom demands a date of every entry, and one made up would
// be a lie that readers sort by. Such articles are found on the undated page.
func (f feed) entry(it site.FeedItem) (feedEntry, error) {
	e := feedEntry{
		id:      feedID("article", cmp.Or(it.ID, it.Path)),
		url:     f.address(it.URL),
		title:   it.Title,
		lang:    cmp.Or(it.Lang, f.cfg.Language),
		authors: it.Authors,
		topics:  it.Topics,
		updated: lastChange(it),
	}
	if it.Date.IsZero() {
		return e, fmt.Errorf("%s has no date and cannot stand in a feed", it.Path)
	}
	if !it.Date.Approx {
		e.published = it.Date
	}
	if it.Withdrawn != "" {
		e.summary = it.Withdrawn
		return e, nil
	}
	e.summary = it.Excerpt
	e.via = webAddress(it.Source.URL)
	if !it.Full || f.text == nil {
		return e, nil
	}
	html, err := f.text(it)
	if err != nil {
		return e, fmt.Errorf("%s: %w", it.Path, err)
	}
	e.html = html
	return e, nil
}

// lastChange returns the newest date that the front matter gives: of the
// article itself, of an update or of a correction.
func lastChange(it site.FeedItem) article.Date {
	last := newer(it.Date, it.Updated)
	for _, c := range it.Corrections {
		last = newer(last, c.Date)
	}
	return last
}

// newer returns the date that names the later instant; no date is earlier than
// any. Date.Compare would not do: it asks for the day that is printed.
func newer(a, b article.Date) article.Date {
	if a.IsZero() || !b.IsZero() && instant(a) < instant(b) {
		return b
	}
	return a
}

// instant returns the beginning of d in seconds since 1970.
func instant(d article.Date) int64 {
	minute := int(d.Minute) - int(d.Offset)
	month, day := time.Month(max(1, d.Month)), int(max(1, d.Day))
	return time.Date(int(d.Year), month, day, int(d.Hour), minute, int(d.Sec), 0, time.UTC).Unix()
}

// updated returns when the newest of the entries changed.
func (f feed) updated() string {
	var last article.Date
	for _, it := range f.v.Feed.Items {
		last = newer(last, lastChange(it))
	}
	if last.IsZero() {
		return epoch
	}
	return last.RFC3339()
}

// current returns the path of the document that readers subscribe to.
func (f feed) current() string { return cmp.Or(f.v.Feed.Current, f.v.Path) }

// title returns the name under which the feed stands among many others in a
// reader: a topic alone would say nothing there.
func (f feed) title() string {
	if t := f.v.Feed.Title; t != "" && t != f.cfg.Title {
		return f.cfg.Title + ": " + t
	}
	return f.cfg.Title
}

// about returns a line on what the feed is about, or "".
func (f feed) about() string {
	if f.title() == f.cfg.Title {
		return cmp.Or(f.v.Description, f.cfg.Description)
	}
	return f.v.Description
}

// id names the feed: the current document and its archive documents are one
// feed and share it. It stays when the archive moves to another host.
func (f feed) id() string { return feedID("feed", f.cfg.Title, f.current()) }

// address returns the absolute address of a path below public/, or without a
// base_url the one relative to this document.
func (f feed) address(path string) string {
	if f.cfg.BaseURL != "" {
		return f.cfg.BaseURL + escapePath(path)
	}
	return relative(f.v.Path, path)
}

// feedID returns a UUID that is made of parts alone (RFC 9562, version 8).
func feedID(parts ...string) string {
	h := digest.New()
	h.Strings(parts)
	u := h.Sum()
	u[6] = u[6]&0x0f | 0x80 // version 8
	u[8] = u[8]&0x3f | 0x80 // the variant of RFC 9562
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// webAddress returns an address from front matter as one that is safe to
// follow, or "" when it is none: "javascript:" and its like end here.
func webAddress(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// writeAtom writes a feed as Atom (RFC 4287). Archive documents are linked as
// RFC 5005, section 4, asks: whoever follows prev-archive from the current
// document has met every article.
func writeAtom(w io.Writer, cfg *config.Config, v *site.View, text feedText) error {
	f := feed{cfg, v, text}
	x := xmlWriter{bufio.NewWriter(w)}
	x.start()
	x.open("feed", "xmlns", "http://www.w3.org/2005/Atom",
		"xmlns:fh", "http://purl.org/syndication/history/1.0", "xml:lang", cmp.Or(v.Lang, cfg.Language))
	x.leaf("id", f.id())
	x.leaf("title", f.title())
	if about := f.about(); about != "" {
		x.leaf("subtitle", about)
	}
	x.leaf("updated", f.updated())
	f.atomLinks(x)
	f.atomPublisher(x)
	for _, it := range v.Feed.Items {
		if err := f.atomEntry(x, it); err != nil {
			return err
		}
	}
	x.close("feed")
	return x.Flush()
}

// atomLinks writes where the document and its neighbours are.
func (f feed) atomLinks(x xmlWriter) {
	const atom, html = "application/atom+xml", "text/html"
	if f.cfg.BaseURL != "" { // a relative "self" tells nothing
		x.leaf("link", "", "rel", "self", "type", atom, "href", f.address(f.v.Path))
	}
	if f.v.Feed.HTML != "" {
		x.leaf("link", "", "rel", "alternate", "type", html, "href", f.address(f.v.Feed.HTML))
	}
	if f.v.Feed.Archive {
		x.leaf("link", "", "rel", "current", "type", atom, "href", f.address(f.current()))
	}
	if f.v.Feed.Prev != "" {
		x.leaf("link", "", "rel", "prev-archive", "type", atom, "href", f.address(f.v.Feed.Prev))
	}
	if license := webAddress(f.cfg.LicenseURL); license != "" {
		x.leaf("link", "", "rel", "license", "href", license) // RFC 4946
	}
	if f.v.Feed.Archive {
		x.leaf("fh:archive", "")
	}
}

// atomPublisher writes who publishes the archive. The feed must have an
// author, since an article may have none.
func (f feed) atomPublisher(x xmlWriter) {
	x.open("author")
	x.leaf("name", f.publisher())
	if address := webAddress(f.cfg.Contact); address != "" {
		x.leaf("uri", address)
	} else if strings.Contains(f.cfg.Contact, "@") {
		x.leaf("email", f.cfg.Contact)
	}
	x.close("author")
	if f.cfg.License != "" {
		x.leaf("rights", f.cfg.License)
	}
	x.leaf("generator", "backfile") // without a version: a new one must not change every feed
}

func (f feed) publisher() string { return cmp.Or(f.cfg.Publisher, f.cfg.Title) }

// atomEntry writes one article.
func (f feed) atomEntry(x xmlWriter, it site.FeedItem) error {
	e, err := f.entry(it)
	if err != nil {
		return err
	}
	x.open("entry", "xml:lang", e.lang)
	x.leaf("id", e.id)
	x.leaf("title", e.title)
	x.leaf("link", "", "rel", "alternate", "type", "text/html", "href", e.url)
	if e.via != "" {
		x.leaf("link", "", "rel", "via", "href", e.via)
	}
	if !e.published.IsZero() {
		x.leaf("published", e.published.RFC3339())
	}
	x.leaf("updated", e.updated.RFC3339())
	for _, name := range e.authors {
		x.open("author")
		x.leaf("name", name)
		x.close("author")
	}
	for _, t := range e.topics {
		x.leaf("category", "", "term", t)
	}
	if e.summary != "" {
		x.leaf("summary", e.summary)
	}
	if e.html != "" {
		x.leaf("content", e.html, "type", "html")
	}
	x.close("entry")
	return nil
}

// The types below are JSON Feed 1.1 (jsonfeed.org), in the order in which
// their fields are written.
type (
	jsonFeed struct {
		Version     string       `json:"version"`
		Title       string       `json:"title"`
		HomePageURL string       `json:"home_page_url,omitempty"`
		FeedURL     string       `json:"feed_url,omitempty"`
		Description string       `json:"description,omitempty"`
		NextURL     string       `json:"next_url,omitempty"`
		Language    string       `json:"language,omitempty"`
		Authors     []jsonAuthor `json:"authors"`
		Items       []jsonItem   `json:"items"`
	}
	jsonAuthor struct {
		Name string `json:"name"`
		URL  string `json:"url,omitempty"`
	}
	jsonItem struct {
		ID          string       `json:"id"`
		URL         string       `json:"url"`
		ExternalURL string       `json:"external_url,omitempty"`
		Title       string       `json:"title,omitempty"`
		ContentHTML string       `json:"content_html,omitempty"`
		ContentText *string      `json:"content_text,omitempty"` // there when ContentHTML is not, even if empty
		Summary     string       `json:"summary,omitempty"`
		Published   string       `json:"date_published,omitempty"`
		Modified    string       `json:"date_modified,omitempty"`
		Authors     []jsonAuthor `json:"authors,omitempty"`
		Tags        []string     `json:"tags,omitempty"`
		Language    string       `json:"language,omitempty"`
		Own         jsonOwn      `json:"_backfile"`
	}
	// jsonOwn is our extension: what the fields of JSON Feed cannot say.
	jsonOwn struct {
		Date      string `json:"date"` // with the precision that is known: "2023-12"
		Approx    bool   `json:"approximate,omitempty"`
		Withdrawn bool   `json:"withdrawn,omitempty"`
	}
)

// writeJSONFeed writes a feed as JSON Feed 1.1.
func writeJSONFeed(w io.Writer, cfg *config.Config, v *site.View, text feedText) error {
	f := feed{cfg, v, text}
	out := jsonFeed{
		Version:     "https://jsonfeed.org/version/1.1",
		Title:       f.title(),
		Description: f.about(),
		Language:    cmp.Or(v.Lang, cfg.Language),
		Authors:     []jsonAuthor{{f.publisher(), webAddress(cfg.Contact)}},
		Items:       make([]jsonItem, 0, len(v.Feed.Items)),
	}
	if v.Feed.HTML != "" {
		out.HomePageURL = f.address(v.Feed.HTML)
	}
	if cfg.BaseURL != "" {
		out.FeedURL = f.address(v.Path)
	}
	if strings.HasSuffix(v.Feed.Prev, ".json") { // next_url must lead to a JSON Feed
		out.NextURL = f.address(v.Feed.Prev)
	}
	for _, it := range v.Feed.Items {
		item, err := f.jsonItem(it)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, item)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func (f feed) jsonItem(it site.FeedItem) (jsonItem, error) {
	e, err := f.entry(it)
	if err != nil {
		return jsonItem{}, err
	}
	item := jsonItem{
		ID:          e.id,
		URL:         e.url,
		ExternalURL: e.via,
		Title:       e.title,
		ContentHTML: e.html,
		Modified:    e.updated.RFC3339(),
		Tags:        e.topics,
		Language:    e.lang,
		Own:         jsonOwn{it.Date.String(), it.Date.Approx, it.Withdrawn != ""},
	}
	if e.html == "" {
		item.ContentText = &e.summary
	} else {
		item.Summary = e.summary
	}
	if !e.published.IsZero() {
		item.Published = e.published.RFC3339()
	}
	for _, name := range e.authors {
		item.Authors = append(item.Authors, jsonAuthor{Name: name})
	}
	return item, nil
}
