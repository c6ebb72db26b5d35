// Package feeds reads the files of an archive that are made for programs: Atom
// (RFC 4287), RSS 2.0, JSON Feed 1.1, sitemaps (sitemaps.org) and any other XML
// or JSON. It tells what such a program would choke on.
package feeds

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Kind is a kind of file, as reports call it.
type Kind string

const (
	Feed    Kind = "feed"
	Sitemap Kind = "sitemap"
	Data    Kind = "data" // anything else
)

// A Doc is what a file says.
type Doc struct {
	Kind     Kind
	Links    []Text // addresses of pages, or of other such files
	Dates    []Text
	Problems []Text
}

// A Text is a text in a file, with its line.
type Text struct {
	Line int
	Text string
}

func (d *Doc) wrong(line int, format string, args ...any) {
	d.Problems = append(d.Problems, Text{line, fmt.Sprintf(format, args...)})
}

// An element is one that is open.
type element struct {
	name string
	has  map[string]bool // of feeds, entries and so on: the parts they have
	line int
}

// reader reads one XML file.
type reader struct {
	doc   Doc
	dec   *xml.Decoder
	open  []element
	text  strings.Builder
	ids   map[string]bool
	count int
	attrs []xml.Attr
}

// needs are the parts that an element must have.
var needs = map[string][]string{
	"feed": {"id", "title", "updated"}, "entry": {"id", "title", "updated"},
	"channel": {"title", "link", "description"},
	"url":     {"loc"}, "sitemap": {"loc"},
	"OpenSearchDescription": {"ShortName", "Description", "Url"},
}

// maxSitemap is how many addresses a sitemap may have (sitemaps.org).
const maxSitemap = 50_000

// XML reads an XML file.
func XML(src []byte) Doc {
	r := &reader{dec: xml.NewDecoder(bytes.NewReader(src)), ids: map[string]bool{}, doc: Doc{Kind: Data}}
	for {
		tok, err := r.dec.RawToken()
		line, _ := r.dec.InputPos()
		switch {
		case err == io.EOF:
			r.end(line)
			return r.doc
		case err != nil:
			var syntax *xml.SyntaxError
			msg := err.Error()
			if errors.As(err, &syntax) {
				line, msg = syntax.Line, syntax.Msg
			}
			r.doc.wrong(line, "it is not XML: %s", msg)
			return r.doc
		}
		if !r.token(tok, line) {
			return r.doc
		}
	}
}

// end looks at what is missing at the end of the file.
func (r *reader) end(line int) {
	switch {
	case len(r.open) > 0:
		r.doc.wrong(line, "it is not XML: <%s> is not closed", r.open[len(r.open)-1].name)
	case r.count == 0 && len(r.ids) == 0 && r.doc.Kind == Data && r.attrs == nil:
		r.doc.wrong(0, "it is empty")
	}
}

// token takes one token and reports whether there is sense in going on.
func (r *reader) token(tok xml.Token, line int) bool {
	switch t := tok.(type) {
	case xml.StartElement:
		r.start(t, line)
	case xml.CharData:
		if len(r.open) > 0 {
			r.text.Write(t)
		}
	case xml.EndElement:
		return r.close(t, line)
	}
	return true
}

func (r *reader) start(t xml.StartElement, line int) {
	name := t.Name.Local
	if t.Name.Space != "" {
		name = t.Name.Space + ":" + name
	}
	if len(r.open) == 0 {
		r.root(name)
	} else if parent := &r.open[len(r.open)-1]; parent.has != nil {
		parent.has[name] = true
	}
	e := element{name: name, line: line}
	if needs[name] != nil || name == "item" {
		e.has = map[string]bool{}
	}
	r.open = append(r.open, e)
	r.attrs = append(r.attrs[:0], t.Attr...)
	if r.attrs == nil {
		r.attrs = []xml.Attr{}
	}
	r.text.Reset()
	if name == "link" && r.doc.Kind == Feed {
		r.link(t, line)
	}
}

// root tells the kind of the file by its first element.
func (r *reader) root(name string) {
	switch name {
	case "feed", "rss":
		r.doc.Kind = Feed
	case "urlset", "sitemapindex":
		r.doc.Kind = Sitemap
	}
}

// link takes the address of a link element of Atom.
func (r *reader) link(t xml.StartElement, line int) {
	var href, rel string
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "href":
			href = a.Value
		case "rel":
			rel = a.Value
		}
	}
	if href == "" {
		return
	}
	switch rel {
	case "", "alternate", "self", "enclosure", "first", "last", "next", "previous", "prev-archive", "next-archive", "current":
		r.doc.Links = append(r.doc.Links, Text{line, href})
	}
}

// close takes the end of an element.
func (r *reader) close(t xml.EndElement, line int) bool {
	name := t.Name.Local
	if t.Name.Space != "" {
		name = t.Name.Space + ":" + name
	}
	if len(r.open) == 0 || r.open[len(r.open)-1].name != name {
		r.doc.wrong(line, "it is not XML: </%s> closes nothing", name)
		return false
	}
	e := r.open[len(r.open)-1]
	r.open = r.open[:len(r.open)-1]
	for _, part := range needs[name] {
		if !e.has[part] {
			r.doc.wrong(e.line, "<%s> has no <%s>", name, part)
		}
	}
	if name == "item" && !e.has["title"] && !e.has["description"] {
		r.doc.wrong(e.line, "<item> has neither <title> nor <description>")
	}
	parent := ""
	if len(r.open) > 0 {
		parent = r.open[len(r.open)-1].name
	}
	r.leaf(name, parent, Text{e.line, strings.TrimSpace(r.text.String())})
	r.text.Reset()
	return true
}

// leaf takes the text of an element.
func (r *reader) leaf(name, parent string, t Text) {
	switch {
	case r.doc.Kind == Sitemap && name == "loc":
		r.doc.Links = append(r.doc.Links, t)
		if r.count++; r.count == maxSitemap+1 {
			r.doc.wrong(t.Line, "it has more than %d addresses", maxSitemap)
		}
		r.once(t, "the address")
	case r.doc.Kind == Sitemap && name == "lastmod":
		r.doc.Dates = append(r.doc.Dates, t)
	case r.doc.Kind != Feed:
	case name == "updated", name == "published":
		r.doc.Dates = append(r.doc.Dates, t)
		if !strings.Contains(t.Text, "T") {
			r.doc.wrong(t.Line, "<%s> %q is not a date with a time (RFC 3339)", name, t.Text)
		}
	case name == "id" && parent == "entry", name == "guid":
		r.once(t, "the id")
		if t.Text == "" {
			r.doc.wrong(t.Line, "<%s> is empty", name)
		}
	case name == "link" && t.Text != "": // of RSS
		r.doc.Links = append(r.doc.Links, t)
	case name == "title" && t.Text == "" && parent == "feed":
		r.doc.wrong(t.Line, "<title> is empty")
	}
}

// once tells of what stands twice.
func (r *reader) once(t Text, what string) {
	if r.ids[t.Text] {
		r.doc.wrong(t.Line, "%s %q stands here twice", what, t.Text)
	}
	r.ids[t.Text] = true
}
