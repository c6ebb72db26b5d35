// Package capture reads raw input as it was fetched: text copied off a page,
// saved HTML, JSON lines. One reader a format, all yielding Capture.
//
//	story.txt         text copied off a page
//	story.html .htm   a page saved from a browser
//	dump.jsonl        one object a line: url, title, date, topics, lang, author,
//	dump.jsonl.gz     authors, people, places, source, captured, summary, text, html
//
// Read hands out one capture after another and holds one at a time, so a dump
// may be larger than memory. What cannot be read is a *diag.Problem with its
// place, and reading goes on behind it: nothing is passed over in silence.
package capture

import (
	"fmt"

	"backfile/build/article"
)

// A Kind is the form of a capture.
type Kind uint8

const (
	Text   Kind = iota // text copied off a page
	HTML               // a saved page
	Record             // one object of JSON lines: its fields are set apart already
)

// A Capture is one article as it was fetched, untouched.
type Capture struct {
	Name   string // the file, as the person would type it; "-" is standard input
	Line   int    // the line of a JSON lines file, from 1; else 0
	Kind   Kind
	Raw    []byte // the bytes whose SHA-256 is kept
	Text   string // of text and HTML: Raw as UTF-8, lines ending in \n
	Fields Fields // what a Record tells; zero for text and HTML
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
	URL, Title, Lang, Source, Summary, Text, HTML string
	Date                                          article.Date
	Captured                                      article.Date
	Topics, Authors, People, Places               []string
}

const (
	maxFile = 32 << 20 // a page with its pictures inside may have 20 MB; more is no article
	maxLine = 16 << 20 // a single capture larger than this is not news
)
