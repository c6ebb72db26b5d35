// Package article is an article and its Markdown file: front matter, then
// text in CommonMark.
//
//	---
//	id: 7hq2k9x4m1
//	title: "The river is back in its bed"
//	date: 2023-12-31T18:04:00Z
//	lang: en
//	topics: [flood, town-hall]
//	---
//	The water fell by forty centimetres overnight.
//
// Parse reads what backfile, Hugo, Jekyll, Zola, Eleventy and Pelican sites
// hold; Format writes the form above. Parse(Format(a)) gives a again.
//
// Package front finds the front matter and reads it into nodes with places;
// here, keys lists what each key says, and the files beside it what dates,
// names of files and texts say.
package article

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"backfile/build/article/front"
	"backfile/build/internal/diag"
)

// An Article is a story, cleaned: its front matter and its text.
type Article struct {
	Meta
	Body string // CommonMark with GFM tables and footnotes; lines end in \n
}

// Meta is the front matter of an article.
type Meta struct {
	ID        string // short, permanent, unique; "" in files written by hand
	Title     string
	Slug      string // the last part of the address, or "" to take the file's name
	Date      Date   // the zero Date when nothing tells it
	Updated   Date
	Lang      string // BCP 47, or "" for the site's language
	Topics    []string
	Authors   []string
	People    []string
	Places    []string
	Summary   string
	Source    Source
	Withdrawn string // why the article was withdrawn; "" when it was not
	// Corrections are in the order in which they stand in the file.
	Corrections []Correction
	Aliases     []string  // earlier addresses, below the site's root
	Versions    []Version // other captures of the story, whose text differs
	Partial     bool      // the text is only a summary: the capture had no more
	Draft       bool
	Page        bool // a page of the site such as "About", not an article of a day
}

// A Source says where an article comes from.
type Source struct {
	Name     string // the publication
	URL      string
	Captured Date
	SHA256   string // of the capture's bytes, in hexadecimal
	Cleaner  int    // the version of the cleaner that made the article of it, or 0
	Seal     string // see Seal: it breaks when a person edits the file
}

// A Version is a later capture of an article's address that has another text.
// The capture is kept; the article is that of the first one.
type Version struct {
	Captured Date
	SHA256   string
}

// A Correction is a later change that readers are told of.
type Correction struct {
	Date Date
	Note string
}

// Parse reads an article's file. Its name, as a person would type it, is part
// of what is read: it may hold the date. Problems are all that is wrong with
// the file, in order; with an Error or LeftOut among them the article cannot
// be published. Parse looks at no clock and no other file.
func Parse(name string, src []byte) (Article, diag.List) {
	p := parser{name: name, text: front.Text(src)}
	p.block = front.Cut(p.text)
	p.fileDate, _ = NameDate(name)
	if p.unreadable(src) {
		p.a.Body = string(Body(src))
		return p.a, p.problems
	}
	root := p.decode()
	p.collect(root)
	body := tidy(p.text[p.block.Body:])
	if root != nil && !p.titled() {
		p.titleFrom(&body)
	}
	p.a.Body = string(body)
	p.setFields()
	p.finish()
	return p.a, p.problems
}

// A parser reads one file.
type parser struct {
	name     string
	text     []byte // the file's, as front.Text gives it
	block    front.Block
	fileDate Date // from the name

	found   []*front.Field // by the place of the key in keys; nil when absent
	unknown []*front.Field
	key     string // the key being read, as the file spells it
	loose   bool   // and whether it is another generator's

	urlDate    Date // from an address in the front matter
	likePage   bool // another generator calls it a page
	titleKnown bool // a problem with the title is reported already
	left       *diag.Problem
	problems   diag.List
	a          Article
}

// unreadable reports files that are no text.
func (p *parser) unreadable(src []byte) bool {
	switch {
	case len(src) == 0:
		p.problemAt(0, 0, "the file is empty", "write the article, or delete the file")
	case bytes.HasPrefix(src, []byte{0xff, 0xfe}), bytes.HasPrefix(src, []byte{0xfe, 0xff}):
		p.problemAt(1, 1, "the file is not UTF-8 text but UTF-16", "save it as UTF-8")
	case bytes.IndexByte(p.text, 0) >= 0:
		line, col := front.LineCol(p.text, bytes.IndexByte(p.text, 0))
		p.problemAt(line, col, "the file is not UTF-8 text: it has a zero byte", "is it a picture or a program?")
	case !utf8.Valid(p.text):
		i := 0
		for r, n := utf8.DecodeRune(p.text); r != utf8.RuneError || n != 1; r, n = utf8.DecodeRune(p.text[i:]) {
			i += n
		}
		line, col := front.LineCol(p.text, i)
		p.problemAt(line, col, fmt.Sprintf("the file is not UTF-8 text: byte %#x is part of no letter", p.text[i]), "save it as UTF-8")
	default:
		return false
	}
	return true
}

// decode reads the front matter. It returns nil, after adding a problem, when
// that is not possible.
func (p *parser) decode() *front.Node {
	if p.block.Broken != "" {
		p.titleKnown = true
		line, _ := front.LineCol(p.text, front.Blank(p.text))
		p.problemAt(line, 1, p.block.Broken, p.block.Help)
		return nil
	}
	root, err := p.block.Read(p.text)
	if err == nil {
		return root
	}
	p.titleKnown = true
	if e, ok := errors.AsType[*front.Error](err); ok {
		p.problem(e.At, 1, e.Msg, e.Help)
		return nil
	}
	p.problem(front.Place{Line: 1, Col: 1}, 1, err.Error(), "")
	return nil
}

// titleFrom takes the title from the text: the heading that it opens with,
// which is then no longer part of it, or else the first heading inside.
func (p *parser) titleFrom(body *[]byte) {
	title, rest := heading(*body)
	if title == "" {
		title = innerHeading(*body)
	}
	p.a.Title, *body = title, rest
	if letters := utf8.RuneCountInString(title); letters > maxTitle {
		begin := p.block.Body + front.Blank(p.text[p.block.Body:])
		line, _ := front.LineCol(p.text, begin)
		p.problemAt(line, 1, longTitle("heading", letters), "write a title: that is shorter")
	}
}

// finish fills in what the front matter did not say, and sorts the problems.
// A file that is left out on purpose has no other problems.
func (p *parser) finish() {
	p.dateFromElsewhere()
	if strings.HasPrefix(path.Base(p.name), "_index.") {
		p.left = &diag.Problem{File: p.name, Line: 1, Col: 1, Severity: diag.LeftOut, Msg: "Hugo section page, not an article"}
	}
	if strings.Contains(p.name, "/_drafts/") { // Jekyll's
		p.a.Draft = true
		p.left = &diag.Problem{File: p.name, Severity: diag.LeftOut, Msg: "draft"}
	}
	if p.left != nil {
		p.problems = diag.List{p.left}
		return
	}
	p.reportUnknown()
	if p.a.Title == "" && !p.titleKnown && !p.titled() {
		line := 1
		if p.block.Found() {
			line = max(1, bytes.Count(p.text[:p.block.To], []byte("\n")))
		}
		p.problemAt(line, 0, "title is missing", "")
	}
	p.problems.Sort()
}

// dateFromElsewhere dates an article that has no date of its own: by the name
// of its file, by its folders, by an address that it had, or roughly, by when
// it was captured.
func (p *parser) dateFromElsewhere() {
	for _, d := range []Date{p.fileDate, p.urlDate} {
		if p.a.Date.IsZero() {
			p.a.Date = d
		}
	}
	p.a.Page = p.a.Page || p.likePage && p.a.Date.IsZero()
	if p.a.Date.IsZero() {
		p.a.Date = roughly(p.a.Source.Captured)
	}
}

// problem adds an Error at a place of the front matter, with marks under n
// letters.
func (p *parser) problem(at front.Place, n int, msg, help string) {
	if p.enough(diag.Error) {
		return
	}
	line, col := p.block.Find(p.text, at)
	p.add(&diag.Problem{Line: line, Col: col, Msg: msg, Help: help}, n)
}

// enough reports whether a person has enough to do with the problems there
// are already. To find the places of a hundred thousand would take minutes.
func (p *parser) enough(s diag.Severity) bool {
	n := 0
	for _, d := range p.problems {
		if d.Severity == s {
			n++
		}
	}
	return n >= maxProblems
}

// problemAt adds an Error at a line and column of the file.
func (p *parser) problemAt(line, col int, msg, help string) {
	p.add(&diag.Problem{Line: line, Col: col, Msg: msg, Help: help}, 1)
}

const maxProblems = 50 // of one severity, in one file

// maxExcerpted is how far into a file an excerpt is looked for: twice as far
// as front matter goes. A picture that is named .md has no lines to show.
const maxExcerpted = 2 << 20

func (p *parser) add(d *diag.Problem, n int) {
	d.File = p.name
	d.Excerpt = diag.Excerpt(p.text[:min(len(p.text), maxExcerpted)], d.Line, d.Col, n)
	p.problems = append(p.problems, d)
}
