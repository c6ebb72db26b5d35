// Package check looks through a finished archive for what a reader would
// stumble over: links that lead nowhere, pictures without a description, pages
// that ask other sites for something, feeds that no program can read.
//
//	files ──► each page, once: a stream of tags          page.go
//	             │        what it refers to              refs.go
//	             │        what it says of itself         meta.go
//	             ▼
//	          who leads to whom: anchors, orphans        graph.go
//	             ▼
//	          findings, in order of place                findings.go
//
// A page is read once and let go. What stays of it is the numbers of the pages
// that it leads to and the digests of its ids, so that a hundred thousand pages
// take less memory than a browser with one.
package check

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"backfile/build/check/elsewhere"
	"backfile/build/internal/par"
)

// A Rule is one thing that is looked for. Its Code names it in reports and in
// Options.Ignore.
type Rule struct{ Code, About string }

// Rules are all things that are looked for, in the order of docs/check.md.
func Rules() []Rule {
	return []Rule{
		{"link", "A link leads to a file that is not there."},
		{"anchor", "A link leads to a place that its page does not have."},
		{"asset", "A picture, style, script or other part of a page is not there."},
		{"duplicate-id", "Two elements of a page have the same id."},
		{"orphan", "No way leads from the home page to a page."},
		{"alt", "A picture has no description for those who cannot see it."},
		{"weight", "A page with all it loads has more bytes than the budget."},
		{"third-party", "A page asks another site for something, which tells that site who reads it."},
		{"absolute", "A link within the archive is not relative, and breaks in a sub-path, on a mirror or offline."},
		{"folder", "A link names a folder, not a file, and breaks offline."},
		{"csp", "The page's Content-Security-Policy forbids what the page does, or the page has none."},
		{"feed", "A feed cannot be read, or lacks what readers need."},
		{"sitemap", "A sitemap cannot be read, or names what is not there."},
		{"data", "A JSON or XML file cannot be read."},
		{"json-ld", "The description of a page for programs cannot be read."},
		{"date", "A date is none, lies in the future or before there were newspapers."},
		{"provenance", "An article does not say where it was taken from."},
		{"markup", "A page lacks its title, its language or its character set."},
		{"name", "The name of a file cannot be stored or served everywhere."},
		{"external", "A link to another site leads nowhere. Looked for only on request."},
	}
}

// A File is one file of the archive.
type File struct {
	Path string // with slashes
	Size int64
}

// Options direct a check. The zero value of each but Files is a good default.
type Options struct {
	Files    []File // of the archive, sorted by path
	BaseURL  string // where the archive is published; taken from its home page when ""
	Budget   int64  // of a page with all it loads, in bytes; 1 MB when 0
	Ignore   []string
	External *elsewhere.Options // how to ask other sites; nil asks none
	Now      time.Time          // dates after it lie in the future; time.Now() when zero
	Workers  int                // files read at once; as many as there are cores when 0

	Progress func(done, total int)
}

const defaultBudget = 1_000_000 // a minute on a slow line

// A Report is what was found.
type Report struct {
	Findings []Finding // by place; at most maxFindings, each standing for Count of its kind
	Total    int       // findings, those that are not listed too
	Files    int
	Pages    int
	Links    int // within the archive
	Asked    int // links to other sites
}

// Run checks the archive that fsys holds.
func Run(ctx context.Context, fsys fs.FS, o Options) (*Report, error) {
	if o.Budget == 0 {
		o.Budget = defaultBudget
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	c := newChecker(fsys, o)
	c.names()
	if err := c.findBase(); err != nil {
		return nil, err
	}
	var done atomic.Int64
	err := par.Each(ctx, o.Workers, slices.Values(c.work), func(i int32) error {
		if n := int(done.Add(1)); o.Progress != nil && n%64 == 0 {
			o.Progress(n, len(c.work))
		}
		return c.file(i)
	})
	if err != nil {
		return nil, err
	}
	if err := c.anchors(); err != nil {
		return nil, err
	}
	c.orphans()
	asked, err := c.external(ctx)
	if err != nil {
		return nil, err
	}
	r := &Report{Files: len(c.files), Pages: c.count, Links: int(c.links.Load()), Asked: asked}
	r.Findings, r.Total = c.found.list()
	return r, nil
}

// A checker is a Run under way.
type checker struct {
	Options
	fsys  fs.FS
	files []File
	at    map[string]int32 // the number of a file by its path
	dirs  map[string]bool
	work  []int32 // numbers of the files that are read
	count int     // of pages

	pages   []page // by number of file; empty for what is no page
	workers chan *worker
	found   *findings
	links   atomic.Int64
	asking  asking // addresses of other sites
	wanting wanting
	lower   lowered
}

// A page is what stays of a page.
type page struct {
	is     bool
	moved  bool     // it only leads on to another
	out    []int32  // the pages it leads to
	ids    []uint64 // digests of its ids, sorted
	inside bool     // a way leads to it from the home page
}

func newChecker(fsys fs.FS, o Options) *checker {
	c := &checker{
		Options: o, fsys: fsys, files: o.Files,
		at: make(map[string]int32, len(o.Files)), dirs: map[string]bool{},
		pages: make([]page, len(o.Files)), found: newFindings(o.Ignore),
		workers: make(chan *worker, o.Workers),
	}
	for i, f := range c.files {
		c.at[f.Path] = int32(i)
		for d := path.Dir(f.Path); !c.dirs[d]; d = path.Dir(d) {
			c.dirs[d] = true
		}
		if isPage(f.Path) {
			c.pages[i].is = true
			c.count++
		}
		if c.pages[i].is || readable(f.Path) {
			c.work = append(c.work, int32(i))
		}
	}
	for range cap(c.workers) {
		c.workers <- newWorker(c)
	}
	return c
}

func isPage(p string) bool { return strings.HasSuffix(p, ".html") || strings.HasSuffix(p, ".htm") }

// readable reports whether a file that is no page is looked into. Data files
// for programs can be as large as the archive and are no reader's concern.
func readable(p string) bool {
	switch path.Ext(p) {
	case ".css", ".xml":
		return true
	case ".json":
		return true
	}
	return false
}

// maxRead is of a page, a style or a feed. What is larger no reader opens.
const maxRead = 64 << 20

// file looks into one file.
func (c *checker) file(i int32) error {
	f := c.files[i]
	if f.Size > maxRead {
		c.found.add(Finding{Code: "weight", Path: f.Path, Msg: fmt.Sprintf("%d MB are too much to be looked into", f.Size>>20)})
		return nil
	}
	w := <-c.workers
	defer func() { c.workers <- w }()
	b, err := w.read(f)
	if err != nil {
		return fmt.Errorf("reading %s: %w", f.Path, err)
	}
	switch {
	case c.pages[i].is:
		w.page(i, b)
	case path.Ext(f.Path) == ".css":
		w.style(i, b)
	default:
		w.data(i, b)
	}
	return nil
}

// findBase finds out where the archive is published, when nobody said: the
// canonical address of its home page tells.
func (c *checker) findBase() error {
	i, ok := c.at["index.html"]
	if !ok || c.BaseURL != "" {
		return nil
	}
	w := <-c.workers
	defer func() { c.workers <- w }()
	b, err := w.read(c.files[i])
	if err != nil {
		return fmt.Errorf("reading index.html: %w", err)
	}
	if base, ok := strings.CutSuffix(canonical(b), "index.html"); ok {
		c.BaseURL = base
	}
	return nil
}
