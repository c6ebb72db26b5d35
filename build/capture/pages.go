package capture

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"backfile/build/article"
	"backfile/build/capture/container"
	"backfile/build/capture/feed"
	"backfile/build/capture/mhtml"
	"backfile/build/capture/warc"
	"backfile/build/capture/wxr"
	"backfile/build/internal/diag"
)

// crawl reads the pages of a WARC or ARC file.
func (r *reader) crawl(in input) bool {
	seen := false
	for rec, err := range warc.Read(in.src) {
		seen = true
		var more bool
		if f, ok := errors.AsType[*warc.Fault](err); ok {
			more = r.problem(&in, f.No, fmt.Sprintf("the record at byte %d: %s", f.At, f.Msg))
		} else {
			more = r.record(&in, &rec)
		}
		if !more {
			return false
		}
	}
	return seen || r.refuse(in.name, "the file is empty", "")
}

// record reads one record of a crawl. What is no answer of a server is no
// capture, and is not told: requests, and what crawlers write of themselves.
func (r *reader) record(in *input, rec *warc.Record) bool {
	captured := article.Date{}
	if !rec.Date.IsZero() {
		captured, _ = article.ParseDate(rec.Date.Format(time.RFC3339))
	}
	left := func(why string) bool {
		return r.yield(Capture{}, &diag.Problem{File: in.name, Line: rec.No, Severity: diag.LeftOut, Msg: why + ": " + shorten(rec.URL)})
	}
	if rec.Type == "revisit" {
		return r.yield(Capture{Name: in.name, Line: rec.No, Kind: Revisit, URL: rec.URL, Captured: captured, Crawled: true}, nil)
	}
	if rec.Note != "" {
		rec.Note += fmt.Sprintf(" (at byte %d)", rec.At)
	}
	if rec.Long && (rec.Type == "response" || rec.Type == "resource") {
		return left(fmt.Sprintf("has more than %d MB", warc.MaxBlock>>20))
	}
	if !strings.HasPrefix(rec.URL, "http://") && !strings.HasPrefix(rec.URL, "https://") {
		return true // dns:, urn: and what else crawlers keep
	}
	p, ok, err := rec.Page()
	switch {
	case !ok:
		return true
	case err != nil:
		return r.problem(in, rec.No, fmt.Sprintf("the record at byte %d: %s", rec.At, err))
	case p.Status != 200:
		return left(fmt.Sprintf("status %d", p.Status))
	case !p.IsHTML():
		return left("is no page but " + orWord(p.Mime, "of no type"))
	case home(rec.URL):
		return left("a home page")
	case listing(rec.URL) && !saysArticle.Match(p.Body):
		return left("a list of articles, by its address")
	}
	c := Capture{Name: in.name, Line: rec.No, Kind: HTML, Raw: p.Body, URL: rec.URL, Captured: captured, Crawled: true, Ending: ".html", Notes: p.Notes}
	if rec.Note != "" {
		c.Notes = append(c.Notes, rec.Note)
	}
	if err := c.decode(p.Charset); err != nil {
		if p, ok := errors.AsType[*diag.Problem](err); ok {
			return left(p.Msg)
		}
		return left(err.Error())
	}
	return r.yield(c, nil)
}

func orWord(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// home reports whether an address is that of a whole site.
func home(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.RawQuery != "" {
		return false
	}
	switch strings.ToLower(strings.Trim(u.Path, "/")) {
	case "", "index.html", "index.htm", "index.php", "default.aspx", "default.htm", "home", "robots.txt":
		return true
	}
	return false
}

// saysArticle finds what pages of articles say of themselves.
var saysArticle = regexp.MustCompile(`(?i)og:type["'][^>]{0,40}content\s*=\s*["']?article|"@type"\s*:\s*"(News)?Article"`)

// listing reports whether an address is that of a list, as the programs of most
// newspapers name them: /tag/river, /author/ann-lee, /news/page/7.
func listing(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	parts := strings.Split(strings.ToLower(strings.Trim(u.Path, "/")), "/")
	n := len(parts)
	if n < 2 {
		return slices.Contains([]string{"search", "archive", "archives", "tags", "categories", "authors", "sitemap", "login", "subscribe"}, parts[0])
	}
	if strings.Trim(parts[n-1], "0123456789") == "" && slices.Contains([]string{"page", "seite", "pagina"}, parts[n-2]) {
		return true
	}
	return slices.Contains([]string{"tag", "tags", "category", "categories", "author", "authors", "label", "search"}, parts[n-2])
}

func shorten(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "?")); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

// mail reads a page in MHTML.
func (r *reader) mail(c *Capture) bool {
	p, err := mhtml.Read(c.Raw)
	if err != nil {
		return r.refuse(c.Name, "is MHTML, and "+err.Error(), "")
	}
	raw := c.Raw
	c.Kind, c.Ending, c.URL = HTML, ".mhtml", p.URL
	c.Captured, _ = date(p.Date)
	if p.Cut {
		c.Notes = append(c.Notes, "the page breaks off")
	}
	c.Raw = p.Body
	if err := c.decode(p.Charset); err != nil {
		return r.yield(Capture{}, err)
	}
	c.Raw = raw
	return r.yield(*c, nil)
}

// feed reads the items of a feed.
func (r *reader) feed(c *Capture) bool {
	c.Kind = HTML // its bytes are decoded as those of a page: by what they declare
	if err := c.decode(""); err != nil {
		return r.yield(Capture{}, err)
	}
	f, err := feed.Parse(c.Text)
	cut, ok := errors.AsType[*feed.Cut](err)
	if err != nil && !ok {
		return r.refuse(c.Name, err.Error(), "")
	}
	if err == nil && len(f.Items) == 0 {
		return r.skip(c.Name, "is a feed without items")
	}
	for i, it := range f.Items {
		if !r.yield(r.fromItem(c, i+1, &f, &it)) {
			return false
		}
	}
	if cut != nil {
		return r.yield(Capture{}, &diag.Problem{File: c.Name, Line: cut.Line, Msg: cut.Msg, Help: "the items before it were read"})
	}
	return true
}

func (r *reader) fromItem(c *Capture, no int, f *feed.Feed, it *feed.Item) (Capture, error) {
	out := Capture{Name: c.Name, Line: no, Kind: Record, Partial: it.Partial, Ending: ".json", Notes: c.Notes}
	out.Fields = Fields{URL: absolute(f.Link, it.URL), Title: it.Title, HTML: it.HTML, Summary: it.Summary, Lang: it.Lang, Source: f.Title, Authors: it.Authors, Topics: it.Topics}
	var ok bool
	if out.Fields.Date, ok = date(it.Date...); !ok && len(it.Date) > 0 {
		out.Notes = append(out.Notes[:len(out.Notes):len(out.Notes)], fmt.Sprintf("date %q is not a date", shorten(it.Date[0])))
	}
	out.Fields.Updated, _ = date(it.Updated...)
	if out.Fields.Updated.Compare(out.Fields.Date) <= 0 {
		out.Fields.Updated = article.Date{}
	}
	if blank(it.Title) && blank(it.HTML) && blank(it.Summary) {
		return Capture{}, &diag.Problem{File: c.Name, Line: no, Msg: "the item has no title and no text"}
	}
	if it.Partial {
		out.Notes = append(out.Notes[:len(out.Notes):len(out.Notes)], "the feed has only a summary")
	}
	return out, out.seal()
}

// seal makes the bytes by which a record is known that came without any of its
// own.
func (c *Capture) seal() (err error) {
	c.Raw, err = json.Marshal(sealed{c.Fields, c.Fields.Date.String(), c.Fields.Updated.String(), c.Fields.Captured.String()})
	return err
}

// sealed writes the dates of Fields as texts.
type sealed struct {
	Fields
	Date, Updated, Captured string
}

// absolute makes an address whole that a feed gives below its own.
func absolute(base, ref string) string {
	b, err := url.Parse(strings.TrimSpace(base))
	u, err2 := url.Parse(strings.TrimSpace(ref))
	if err != nil || err2 != nil || ref == "" || b.Host == "" {
		return strings.TrimSpace(ref)
	}
	return b.ResolveReference(u).String()
}

// export reads the posts of a WordPress site.
func (r *reader) export(in input) bool {
	f := in.file
	if f == nil {
		var err error
		if f, err = container.Spool(in.src); err != nil {
			return r.refuse(in.name, reason(err), "")
		}
		defer container.Drop(f)
	} else if _, err := f.Seek(0, io.SeekStart); err != nil {
		return r.refuse(in.name, reason(err), "")
	}
	seen := false
	for p, err := range wxr.Read(f) {
		seen = true
		var more bool
		if f, ok := errors.AsType[*wxr.Fault](err); ok {
			s := diag.Error
			if f.Left {
				s = diag.LeftOut
			}
			more = r.yield(Capture{}, &diag.Problem{File: in.name, Line: f.Line, Severity: s, Msg: f.Msg})
		} else {
			more = r.yield(r.fromPost(&in, &p))
		}
		if !more {
			return false
		}
	}
	return seen || r.refuse(in.name, "is an export without posts", "")
}

func (r *reader) fromPost(in *input, p *wxr.Post) (Capture, error) {
	c := Capture{Name: in.name, Line: p.Line, Kind: Record, Ending: ".json"}
	f := &c.Fields
	*f = Fields{Title: p.Title, HTML: p.HTML, Summary: text(p.Excerpt), Lang: p.Site.Lang, Source: p.Site.Title, Topics: p.Topics, Authors: p.Authors, Page: p.Type == "page"}
	f.Date, _ = date(p.Date)
	f.Updated, _ = date(p.Updated)
	f.Captured, _ = date(p.Site.Exported)
	if u, err := url.Parse(p.Link); err == nil && u.Host != "" {
		f.URL = p.Link
		switch {
		case u.RawQuery == "" && strings.Trim(u.Path, "/") != "":
			f.Aliases = append(f.Aliases, u.Path)
		case p.Slug != "":
			f.Aliases = append(f.Aliases, "/"+p.Slug+"/")
		}
	}
	for _, old := range p.OldSlugs {
		if len(f.Aliases) > 0 && old != "" {
			f.Aliases = append(f.Aliases, path.Dir(strings.TrimSuffix(f.Aliases[0], "/"))+"/"+old+"/")
		}
	}
	if blank(f.Title) && blank(f.HTML) && blank(f.Summary) {
		return Capture{}, &diag.Problem{File: in.name, Line: p.Line, Msg: "the post has no title and no text"}
	}
	return c, c.seal()
}

// text drops the markup of a summary.
func text(s string) string {
	var b strings.Builder
	in := false
	for _, r := range s {
		switch {
		case r == '<':
			in = true
		case r == '>' && in:
			in = false
			b.WriteByte(' ')
		case !in:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
