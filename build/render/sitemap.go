package render

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfile/build/article"
	"backfile/build/config"
	"backfile/build/site"
)

// The limits of one sitemap (sitemaps.org protocol 0.9). Search engines refuse
// a larger one as a whole.
const (
	maxSitemapURLs  = 50_000
	maxSitemapBytes = 50 << 20
)

// errNoBaseURL is returned for the formats that know no relative addresses.
var errNoBaseURL = errors.New("a file of absolute addresses needs base_url in site.yaml")

// writeSitemap writes an index of sitemaps, or a sitemap.
func writeSitemap(w io.Writer, cfg *config.Config, v *site.View) error {
	if cfg.BaseURL == "" {
		return errNoBaseURL
	}
	m := v.Sitemap
	if n := max(len(m.Index), len(m.URLs)); n > maxSitemapURLs {
		return fmt.Errorf("%s: %d addresses are more than the %d a sitemap may hold", v.Path, n, maxSitemapURLs)
	}
	counted := &countWriter{w: w}
	x := xmlWriter{bufio.NewWriter(counted)}
	const ns = "http://www.sitemaps.org/schemas/sitemap/0.9"
	x.start()
	if len(m.Index) > 0 {
		x.open("sitemapindex", "xmlns", ns)
		for _, path := range m.Index {
			sitemapEntry(x, "sitemap", cfg.BaseURL+escapePath(path), "")
		}
		x.close("sitemapindex")
	} else {
		x.open("urlset", "xmlns", ns)
		for _, u := range m.URLs {
			sitemapEntry(x, "url", cfg.BaseURL+escapePath(u.URL), w3cDate(u.Updated))
		}
		x.close("urlset")
	}
	if err := x.Flush(); err != nil {
		return err
	}
	if counted.n > maxSitemapBytes {
		return fmt.Errorf("%s: %d bytes are more than the %d a sitemap may have", v.Path, counted.n, maxSitemapBytes)
	}
	return nil
}

func sitemapEntry(x xmlWriter, name, address, changed string) {
	x.open(name)
	x.leaf("loc", address)
	if changed != "" {
		x.leaf("lastmod", changed)
	}
	x.close(name)
}

// w3cDate returns d as sitemaps write dates (the W3C's note on ISO 8601), with
// the precision that d has: 2023, 2023-12, 2023-12-31 or an instant. It
// returns "" for no date. The note has no time without a zone; such a date
// counts as its day.
func w3cDate(d article.Date) string {
	switch {
	case d.IsZero():
		return ""
	case d.HasTime && d.HasOffset:
		return d.RFC3339()
	case d.Day > 0:
		return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
	case d.Month > 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d", d.Year)
}

// A countWriter counts what goes through it.
type countWriter struct {
	w io.Writer
	n int64
}

func (c *countWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// writeRobots writes robots.txt, which lets everyone in, or with NoIndex
// nobody. It is heeded only at the root of a host; pages also say noindex
// themselves.
func writeRobots(w io.Writer, cfg *config.Config) error {
	text := "User-agent: *\nAllow: /\n"
	switch {
	case cfg.NoIndex:
		text = "User-agent: *\nDisallow: /\n"
	case cfg.BaseURL != "":
		text += "\nSitemap: " + cfg.BaseURL + "sitemap.xml\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

// writeOpenSearch writes the description by which browsers offer the archive
// as a search engine (OpenSearch 1.1).
func writeOpenSearch(w io.Writer, cfg *config.Config) error {
	if cfg.BaseURL == "" {
		return errNoBaseURL
	}
	x := xmlWriter{bufio.NewWriter(w)}
	x.start()
	x.open("OpenSearchDescription", "xmlns", "http://a9.com/-/spec/opensearch/1.1/")
	// The lengths are those of the specification.
	x.leaf("ShortName", shorten(cfg.Title, 16))
	x.leaf("LongName", shorten(cfg.Title, 48))
	x.leaf("Description", shorten(cmp.Or(cfg.Description, cfg.Title), 1024))
	x.leaf("InputEncoding", "UTF-8")
	x.leaf("Language", cfg.Language)
	x.leaf("Url", "", "type", "text/html", "template", cfg.BaseURL+"search/index.html?q={searchTerms}")
	x.close("OpenSearchDescription")
	return x.Flush()
}

// shorten cuts text to n characters, between words where it can.
func shorten(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	if i := strings.LastIndexByte(string(r[:n]), ' '); i > 0 {
		return string(r[:n])[:i] + "…"
	}
	return string(r[:n-1]) + "…"
}

// An xmlWriter writes XML 1.0 in UTF-8 that is well-formed whatever stands in
// the texts: what XML cannot hold is left out. The first error of writing is
// kept until Flush.
type xmlWriter struct{ *bufio.Writer }

// start begins a document.
func (x xmlWriter) start() { x.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n") }

// open begins an element. attrs are names and values in turn.
func (x xmlWriter) open(name string, attrs ...string) {
	x.tag(name, attrs)
	x.WriteString(">\n")
}

// close ends an element.
func (x xmlWriter) close(name string) {
	x.WriteString("</")
	x.WriteString(name)
	x.WriteString(">\n")
}

// leaf writes an element that holds text alone, or nothing.
func (x xmlWriter) leaf(name, text string, attrs ...string) {
	x.tag(name, attrs)
	if text == "" {
		x.WriteString("/>\n")
		return
	}
	x.WriteByte('>')
	x.text(text, false)
	x.close(name)
}

func (x xmlWriter) tag(name string, attrs []string) {
	x.WriteByte('<')
	x.WriteString(name)
	for i := 0; i < len(attrs); i += 2 {
		x.WriteByte(' ')
		x.WriteString(attrs[i])
		x.WriteString(`="`)
		x.text(attrs[i+1], true)
		x.WriteByte('"')
	}
}

// text writes s as text, or as the value of an attribute.
func (x xmlWriter) text(s string, attr bool) {
	s = strings.ToValidUTF8(s, "\uFFFD")
	done := 0 // s[:done] is written
	for i, r := range s {
		ref, ok := xmlRef(r, attr)
		if ok {
			x.WriteString(s[done:i])
			x.WriteString(ref)
			done = i + utf8.RuneLen(r)
		}
	}
	x.WriteString(s[done:])
}

// xmlRef returns what stands for r in XML; ok is false when r stands for
// itself. White space that a reader would change is written as references: a
// carriage return everywhere, tabs and line feeds in attributes.
func xmlRef(r rune, attr bool) (ref string, ok bool) {
	switch {
	case r > '>' && r < 0x7f: // most of a text
		return "", false
	case r == '&':
		return "&amp;", true
	case r == '<':
		return "&lt;", true
	case r == '>':
		return "&gt;", true
	case r == '"' && attr:
		return "&quot;", true
	case r == '\t' && attr:
		return "&#9;", true
	case r == '\n' && attr:
		return "&#10;", true
	case r == '\r':
		return "&#13;", true
	case r == '\t', r == '\n':
		return "", false
	case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF:
		return "", true
	}
	return "", false
}
