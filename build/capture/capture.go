// Package capture reads raw input as it was fetched. One reader a format, all
// yielding Capture. A format is told by its content:
//
//	text, pages       copied off a page; saved by a browser as HTML or MHTML
//	crawls            WARC, ARC, WACZ: every page is a capture
//	feeds             RSS, Atom, RDF, JSON Feed; a WordPress export (WXR)
//	records           JSON lines, JSON lists, CSV and TSV
//	Markdown          of Hugo, Jekyll, Eleventy, Zola and Pelican
//	what holds them   folders, ZIP, tar; gzip, zstd, bzip2 around any of these
//
// Read hands out one capture after another and holds one at a time, so a dump
// may be larger than memory. What cannot be read is a *diag.Problem with its
// place, and reading goes on behind it: nothing is passed over in silence.
package capture

import (
	"fmt"
	"io"

	"backfile/build/article"
)

// A Kind is the form of a capture.
type Kind uint8

const (
	Text     Kind = iota // text copied off a page
	HTML                 // a page
	Record               // its fields are set apart already
	Markdown             // an article of another generator
	Revisit              // of a crawl: the page was fetched again and had the same bytes
)

// A Capture is one article as it was fetched, untouched.
type Capture struct {
	Name string // the file, as the person would type it; "-" is standard input
	Line int    // the line of a record, the number of a crawl's or feed's; from 1, or 0
	Kind Kind
	Raw  []byte // the bytes whose SHA-256 is kept
	Text string // of text, HTML and Markdown: Raw as UTF-8, lines ending in \n

	URL      string       // where a page was fetched, if that is known
	Captured article.Date // when it was
	Crawled  bool         // by a machine, which fetches much that is no article
	Partial  bool         // only a summary of the article

	Fields Fields // what a Record tells; zero for text and HTML
	Folder Folder // where a Markdown file stands
	Ending string // of the file that keeps Raw
	// Notes say what a person should look at: a character set that was guessed,
	// a date that is none.
	Notes []string
}

// Place returns the capture as a person can find it: file, or file:line.
func (c *Capture) Place() string {
	if c.Line == 0 {
		return c.Name
	}
	return fmt.Sprintf("%s:%d", c.Name, c.Line)
}

// Fields are the parts of a capture that came set apart.
type Fields struct {
	URL, Title, Lang, Source, Summary, Text, HTML, Slug string
	Date, Updated                                       article.Date
	Captured                                            article.Date
	Topics, Authors, People, Places, Aliases            []string
	Page                                                bool // of a site, such as "About"
}

// A Folder is what surrounds a Markdown file.
type Folder struct {
	Path    string   // of the file, as the generator sees it: 2023-12-31-mill.md
	Aliases []string // the addresses at which the generator published it
	URL     string   // the whole of the first, when the site's address is known
	Assets  []Asset
}

// An Asset is a file that an article shows or links to.
type Asset struct {
	Ref  string // as it stands in the text
	To   string // below the article's own folder
	Open func() (io.ReadCloser, error)
}

const (
	maxFile = 32 << 20 // a page with its pictures inside may have 20 MB; more is no article
	maxLine = 16 << 20 // a single capture larger than this is not news
)
