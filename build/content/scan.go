package content

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"backfile/build/article"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/internal/tree"
	"backfile/build/markdown"
)

const (
	maxArticle = 32 << 20 // a text of more than five million words is not an article
	excerptLen = 240      // letters: two lines of a list on a phone are about 90
)

// A Result is what a Scan found.
type Result struct {
	Records []*Record // one a file, sorted by path
	Read    int       // files that had to be read, the others being known
}

// Options direct a Scan.
type Options struct {
	// Known returns what an earlier Scan remembered, sorted by path. It is
	// asked once, when the folder has been looked through.
	Known func() []*Record
	// Name is how people call the folder, "content" or "static"; problems
	// name files below it.
	Name string
	// AssetsOnly takes every file as an asset, as static/ is.
	AssetsOnly bool
}

// Scan reads the folder root. A file whose stamp is known and settled is not
// read again. A folder that does not exist is empty.
func Scan(ctx context.Context, root string, o Options) (*Result, error) {
	now := time.Now() // before the walk: what changes from here on is not settled
	listing, err := tree.Walk(ctx, root, hidden)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", o.Name, err)
	}
	s := &scanner{root: root, now: now, o: o}
	res := &Result{Records: make([]*Record, len(listing.Files), len(listing.Files)+len(listing.Odd))}
	var unknown []unknownFile
	known := o.Known()
	for i, f := range listing.Files {
		for len(known) > 0 && known[0].Path < f.Path {
			known = known[1:]
		}
		var old *Record
		if len(known) > 0 && known[0].Path == f.Path {
			old = known[0]
		}
		if old != nil && old.Settled && old.Stamp == f.Stamp {
			res.Records[i] = old
			continue
		}
		unknown = append(unknown, unknownFile{i, old})
	}
	err = par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(unknown), func(u unknownFile) (err error) {
		res.Records[u.at], err = s.read(listing.Files[u.at], u.old)
		return err
	})
	if err != nil {
		return nil, err
	}
	res.Read = len(unknown)
	for _, odd := range listing.Odd {
		res.Records = append(res.Records, s.odd(odd))
	}
	if len(listing.Odd) > 0 {
		slices.SortFunc(res.Records, func(a, b *Record) int { return strings.Compare(a.Path, b.Path) })
	}
	return res, nil
}

// hidden reports whether a path is none of the site's: version control,
// editors' and file managers' own files, and what begins with a dot.
func hidden(p string) bool {
	name := path.Base(p)
	return strings.HasPrefix(name, ".") && name != ".well-known" && name != ".nojekyll" ||
		strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") ||
		name == "Thumbs.db" || name == "desktop.ini"
}

type scanner struct {
	root string
	now  time.Time
	o    Options
}

// An unknownFile is one that has to be read.
type unknownFile struct {
	at  int     // in the listing
	old *Record // of the same path, or nil
}

// read makes the record of a file from its bytes.
func (s *scanner) read(f tree.File, old *Record) (*Record, error) {
	r := &Record{Path: f.Path, Stamp: f.Stamp, Settled: f.Stamp.Settled(s.now)}
	if s.o.AssetsOnly || !IsArticle(f.Path) {
		return r, s.asset(r)
	}
	if f.Stamp.Size > maxArticle {
		s.leave(r, diag.Error, fmt.Sprintf("the file has %d MB; an article has at most %d", f.Stamp.Size>>20, maxArticle>>20), "split it, or keep it as a download in static/")
		return r, nil
	}
	src, err := os.ReadFile(s.file(f.Path))
	if err != nil {
		s.unreadable(r, err)
		return r, nil
	}
	r.Digest = digest.Plain(src)
	if old != nil && old.Digest == r.Digest && old.Asset == nil {
		r.Entry, r.Packed, r.Problems = old.Entry, old.Packed, old.Problems
		return r, nil
	}
	s.parse(r, src)
	return r, nil
}

// parse fills in the entry or the problems of an article's file.
func (s *scanner) parse(r *Record, src []byte) {
	a, problems := article.Parse(s.o.Name+"/"+r.Path, src)
	r.Problems = problems
	for _, p := range problems {
		if p.Severity != diag.Warning {
			return
		}
	}
	body := []byte(a.Body)
	for _, found := range markdown.Shortcodes(body) {
		r.Problems = append(r.Problems, &diag.Problem{
			File: s.o.Name + "/" + r.Path, Line: article.BodyLine(src) + found.Line - 1, Severity: diag.Warning,
			Msg:  fmt.Sprintf("%s is a command for another generator, and is not run", found.Text),
			Help: "it is shown as text or left out",
		})
	}
	e := &Entry{Path: r.Path, Digest: r.Digest, Meta: a.Meta, Excerpt: a.Summary}
	if e.Excerpt == "" {
		e.Excerpt = markdown.Excerpt(body, excerptLen)
	}
	e.Words = markdown.Words(body)
	e.Refs = markdown.Refs(body)
	e.compact()
	e.Card = card(e)
	r.Entry = e
}

// odd makes the record of a symbolic link or a device.
func (s *scanner) odd(o tree.Odd) *Record {
	r := &Record{Path: o.Path}
	what := "neither a file nor a folder"
	if o.Mode&fs.ModeSymlink != 0 {
		what = "a symbolic link, which is not followed"
	}
	s.leave(r, diag.LeftOut, what, "put the file itself here")
	return r
}

// unreadable records why a file cannot be read, in a person's words.
func (s *scanner) unreadable(r *Record, err error) {
	help := ""
	if os.IsPermission(err) {
		help = "give yourself the right to read it: chmod +r"
	}
	msg := err.Error()
	if pe, ok := err.(*fs.PathError); ok {
		msg = "cannot be read: " + pe.Err.Error()
	}
	s.leave(r, diag.Error, msg, help)
}

func (s *scanner) leave(r *Record, how diag.Severity, msg, help string) {
	r.Problems = append(r.Problems, &diag.Problem{File: s.o.Name + "/" + r.Path, Severity: how, Msg: msg, Help: help})
}

func (s *scanner) file(p string) string { return filepath.Join(s.root, filepath.FromSlash(p)) }

// IsArticle reports whether a file is Markdown by its name.
func IsArticle(p string) bool {
	switch strings.ToLower(path.Ext(p)) {
	case ".md", ".markdown", ".mdown", ".mkd":
		return true
	}
	return false
}
