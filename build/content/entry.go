// Package content is the content/ folder: which articles and assets it holds,
// and what has changed since it was last read.
//
//	content/2023/12/31/slug.md      an article
//	content/2023/12/31/flood.jpg    an asset of one
//	content/about.md                a page of the site, with "page: true"
//
// Scan accounts for every file: each is an Entry, an Asset, or left out with a
// problem that says why.
package content

import (
	"slices"
	"strings"
	"unique"

	"backfile/build/article"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/internal/tree"
)

// An Entry is what a build keeps in memory of an article: its front matter and
// the digests of its file, never its text. A million entries must fit.
type Entry struct {
	Path   string     // below content/, with slashes
	Digest digest.Sum // of the file's bytes
	Card   digest.Sum // of what other pages show of the article
	article.Meta
	// Excerpt is Meta.Summary, or else the beginning of the text, without
	// markup, at most 240 letters.
	Excerpt string
	Words   int      // of the text; for scripts without spaces, letters / 2
	Refs    []string // addresses in the text that may lead to files of the site
}

// An Asset is a file that is published as it is: a picture beside an article,
// a file of static/.
type Asset struct {
	Path          string // below its folder, with slashes
	Digest        digest.Sum
	Size          int64
	Width, Height int // of a picture, in pixels; 0 when not known
}

// A Record is what Scan remembers of one file, so that the next Scan need not
// read it again.
type Record struct {
	Path     string
	Stamp    tree.Stamp
	Settled  bool // the stamp can be trusted: see tree.Racy
	Digest   digest.Sum
	Entry    *Entry    // set for articles that can be published
	Packed   string    // stands for Entry where the ledger has it and nobody has asked for it yet
	Asset    *Asset    // set for assets
	Problems diag.List // in the words shown to the person
}

// Published reports whether the file is an article or an asset that can be
// published.
func (r *Record) Published() bool { return r.Article() || r.Asset != nil }

// Article reports whether the file is an article that can be published.
func (r *Record) Article() bool { return r.Entry != nil || r.Packed != "" }

// compact moves the strings of e out of the file's text, which would otherwise
// stay in memory for the sake of a title: words that many articles share are
// kept once for all, the others of an article in one piece.
func (e *Entry) compact() {
	e.Lang, e.Source.Name = shared(e.Lang), shared(e.Source.Name)
	e.Source.Seal = "" // import asks the file itself
	for _, list := range [...]*[]string{&e.Topics, &e.Authors, &e.People, &e.Places} {
		*list = slices.Clip(*list)
		for i, s := range *list {
			(*list)[i] = shared(s)
		}
	}
	if e.Excerpt == e.Summary {
		e.Excerpt = "" // and is set again below: one string for both
	}
	own := []*string{&e.ID, &e.Title, &e.Slug, &e.Summary, &e.Source.URL, &e.Source.SHA256, &e.Withdrawn, &e.Excerpt}
	for _, list := range [...][]string{e.Aliases, e.Refs} {
		for i := range list {
			own = append(own, &list[i])
		}
	}
	for i := range e.Corrections {
		own = append(own, &e.Corrections[i].Note)
	}
	var all strings.Builder
	for _, s := range own {
		all.WriteString(*s)
	}
	rest := all.String()
	for _, s := range own {
		*s, rest = rest[:len(*s)], rest[len(*s):]
	}
	if e.Excerpt == "" {
		e.Excerpt = e.Summary
	}
}

// shared returns s as all articles hold it.
func shared(s string) string {
	if s == "" {
		return ""
	}
	return unique.Make(s).Value()
}

// card digests what lists, neighbours and feeds show of e. The address of an
// article follows from its path, slug and date.
func card(e *Entry) digest.Sum {
	h := digest.New()
	h.String(e.Path)
	h.String(e.Slug)
	h.String(e.Title)
	h.String(e.Date.String())
	h.Bool(e.Date.Approx)
	h.String(e.Lang)
	h.String(e.Excerpt)
	h.String(e.Source.Name)
	h.String(e.Source.URL)
	h.String(e.Withdrawn)
	h.Bool(e.Page)
	return h.Sum()
}
