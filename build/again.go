package build

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/diff"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/clean"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/internal/newfile"
	"backfile/build/internal/par"
)

// AgainOptions direct a cleaning anew. Dir must be set.
type AgainOptions struct {
	Dir     string
	Paths   []string // files and folders below Dir, slash-separated; all of content/ when none
	DryRun  bool     // write nothing
	Workers int      // as many as there are cores when 0
	// Each is told of every article that was made of a capture, in order.
	Each func(AgainItem)
}

// A Fate says what became of an article that was to be cleaned anew.
type Fate string

const (
	Recleaned Fate = "cleaned"   // it is another now
	Same      Fate = "unchanged" // the cleaner makes the same of its capture
	Edited    Fate = "edited"    // a person changed the file, which stays as it is
	NoSeal    Fate = "unsealed"  // nothing tells whether a person changed the file, which stays
	Gone      Fate = "gone"      // its capture is not kept
	Unfit     Fate = "refused"   // the cleaner finds no story in its capture; the file stays
)

// An AgainItem says what became of one article.
type AgainItem struct {
	Fate    Fate   `json:"status"`
	File    string `json:"file"`
	ID      string `json:"id,omitempty"`
	Title   string `json:"title,omitempty"`
	Capture string `json:"capture,omitempty"` // below the site, such as captures/ab/ab….txt
	From    int    `json:"from,omitempty"`    // the version of the cleaner that made it
	To      int    `json:"to,omitempty"`      // the version of this one
	Reason  string `json:"reason,omitempty"`
	Diff    string `json:"diff,omitempty"` // unified
}

// An AgainReport counts what became of the articles.
type AgainReport struct {
	Cleaned, Same, Edited, NoSeal, Gone, Refused int

	Elapsed time.Duration
}

func (r *AgainReport) count(f Fate) {
	for fate, n := range map[Fate]*int{Recleaned: &r.Cleaned, Same: &r.Same, Edited: &r.Edited, NoSeal: &r.NoSeal, Gone: &r.Gone, Unfit: &r.Refused} {
		if f == fate {
			*n++
		}
	}
}

// ImportAgain cleans the captures that are kept with this version of the
// cleaner, and replaces the articles that were made of them. A file that a
// person edited is never touched: its seal is broken.
func ImportAgain(ctx context.Context, o AgainOptions) (AgainReport, error) {
	start := time.Now()
	var rep AgainReport
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return rep, err
	}
	defer root.Close()
	if !o.DryRun {
		unlock, err := lock(ctx, filepath.Join(o.Dir, ".backfile"))
		if err != nil {
			return rep, err
		}
		defer unlock()
	}
	again := &again{AgainOptions: o, root: root, files: newfile.In(root)}
	again.Workers = cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	err = again.run(ctx, &rep)
	rep.Elapsed = time.Since(start)
	return rep, err
}

type again struct {
	AgainOptions
	root  *os.Root
	files *newfile.Folder
	sites *sites
	from  map[digest.Sum]string // the sites of captures
}

// A redo is one article on its way.
type redo struct {
	item AgainItem
	src  []byte
	text []byte // the new file, when it is another
}

func (g *again) run(ctx context.Context, rep *AgainReport) error {
	names, err := g.survey(ctx)
	if err != nil {
		return err
	}
	g.sites = newSites(g.root, func(sum digest.Sum) string { return g.from[sum] })
	if err := g.sites.open(ctx); err != nil {
		return err
	}
	g.sites.learn(true)
	for batch := range slices.Chunk(names, 256) {
		work := make([]*redo, len(batch))
		for i, name := range batch {
			work[i] = &redo{item: AgainItem{File: name}}
		}
		if err := par.Each(ctx, g.Workers, slices.Values(work), func(w *redo) error { return g.redo(ctx, w) }); err != nil {
			return err
		}
		for _, w := range work {
			if err := g.settle(w); err != nil {
				return err
			}
			rep.count(w.item.Fate)
			if g.Each != nil {
				g.Each(w.item)
			}
		}
	}
	if g.DryRun {
		return nil
	}
	return g.sites.write(g.files)
}

// survey lists the articles that were made of captures, and where those are
// from.
func (g *again) survey(ctx context.Context) ([]string, error) {
	g.from = map[digest.Sum]string{}
	var names []string
	err := fs.WalkDir(g.root.FS(), "content", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return fmt.Errorf("reading %s: %w", name, err)
		case !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") || path.Ext(name) != ".md":
			return nil
		}
		src, err := g.root.ReadFile(name)
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		a, _ := article.Parse(name, src)
		sum, ok := digest.Parse(a.Source.SHA256)
		if !ok {
			return nil
		}
		g.from[sum] = a.Source.Site()
		if g.wanted(name) {
			names = append(names, name)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return names, err
}

func (g *again) wanted(name string) bool {
	return len(g.Paths) == 0 || slices.ContainsFunc(g.Paths, func(p string) bool { return p == "." || name == p || strings.HasPrefix(name, p+"/") })
}

// redo makes the article of a file anew.
func (g *again) redo(ctx context.Context, w *redo) error {
	src, err := g.root.ReadFile(w.item.File)
	if err != nil {
		return fmt.Errorf("reading %s: %w", w.item.File, err)
	}
	old, problems := article.Parse(w.item.File, src)
	w.src = src
	w.item.ID, w.item.Title, w.item.From, w.item.To = old.ID, old.Title, old.Source.Cleaner, clean.Version
	switch {
	case old.Source.Seal == "" && old.Source.Cleaner == 0:
		w.end(NoSeal, "was imported before there were seals, or written by hand")
		return nil
	case problems.Err() != nil || !article.Sealed(src):
		w.end(Edited, "")
		return nil
	}
	c, err := g.capture(ctx, w, old.Source)
	if err != nil || w.item.Fate != "" {
		return err
	}
	c.URL, c.Fields.URL = cmp.Or(c.URL, old.Source.URL), cmp.Or(c.Fields.URL, old.Source.URL) // a page of a crawl does not tell itself
	made, r := clean.With(c, g.sites.book.Site(old.Source.Site()))
	if r.Refused == "" && made.Title == "" {
		r.Refused = "has no title and no words to make one of"
	}
	if r.Refused != "" {
		w.end(Unfit, r.Refused)
		return nil
	}
	w.compare(old, renewed(old, made, r.Guessed))
	return nil
}

func (w *redo) end(f Fate, reason string) { w.item.Fate, w.item.Reason = f, reason }

// capture reads the capture of an article. When it is not kept, or is not what
// it was, that settles the article.
func (g *again) capture(ctx context.Context, w *redo, from article.Source) (capture.Capture, error) {
	sum, url := from.SHA256, from.URL
	for _, ending := range []string{".txt", ".html", ".mhtml", ".json"} {
		name := path.Join("captures", sum[:2], sum+ending)
		raw, err := g.root.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return capture.Capture{}, fmt.Errorf("reading %s: %w", name, err)
		}
		w.item.Capture = name
		if digest.Plain(raw).String() != sum {
			w.end(Gone, name+" holds other bytes than its name says")
			return capture.Capture{}, nil
		}
		source, o := filepath.Join(g.root.Name(), filepath.FromSlash(name)), capture.Options{}
		if ending == ".json" {
			source, o.Stdin = "-", bytes.NewReader(raw)
		}
		for c, err := range capture.Read(ctx, []string{source}, o) {
			if p, odd := errors.AsType[*diag.Problem](err); odd {
				w.end(Unfit, p.Msg)
				return c, nil
			}
			c.URL = cmp.Or(c.URL, url) // of a crawl, whose pages do not tell it
			return c, err
		}
		w.end(Unfit, name+" holds no capture")
		return capture.Capture{}, nil
	}
	w.end(Gone, "its capture is not kept")
	return capture.Capture{}, nil
}

// renewed is an article with what the cleaner makes of its capture now. What
// the cleaner does not find stays: it came from the flags of the import.
func renewed(old, made article.Article, guessed bool) article.Article {
	a := old
	a.Title, a.Body = made.Title, made.Body
	a.Summary = cmp.Or(made.Summary, old.Summary)
	if len(made.Authors) > 0 {
		a.Authors = made.Authors
	}
	if !made.Date.IsZero() {
		a.Date = made.Date
	}
	if made.Lang != "" && (!guessed || old.Lang == "") {
		a.Lang = made.Lang
	}
	for _, list := range []struct{ old, made *[]string }{{&a.Topics, &made.Topics}, {&a.People, &made.People}, {&a.Places, &made.Places}} {
		*list.old = slices.Clip(*list.old)
		for _, s := range *list.made {
			if !slices.Contains(*list.old, s) {
				*list.old = append(*list.old, s)
			}
		}
	}
	a.Source.Name, a.Source.URL = cmp.Or(made.Source.Name, old.Source.Name), cmp.Or(made.Source.URL, old.Source.URL)
	if !made.Source.Captured.IsZero() {
		a.Source.Captured = made.Source.Captured
	}
	a.Source.Cleaner = clean.Version
	return a
}

// compare says whether an article is another than it was. A new version of the
// cleaner alone is no reason to write a file.
func (w *redo) compare(old, a article.Article) {
	bare := func(a article.Article, version int) []byte {
		a.Source.Seal, a.Source.Cleaner = "", version
		return article.Format(a)
	}
	if bytes.Equal(bare(old, clean.Version), bare(a, clean.Version)) {
		w.end(Same, "")
		return
	}
	w.end(Recleaned, "")
	w.item.Title, w.text = a.Title, article.Seal(a)
	w.item.Diff = string(diff.Diff("a/"+w.item.File, bare(old, old.Source.Cleaner), "b/"+w.item.File, bare(a, clean.Version)))
	_, w.item.Diff, _ = strings.Cut(w.item.Diff, "\n") // its first line is a command's
}

// settle writes an article that is another now, unless somebody edited it this
// moment.
func (g *again) settle(w *redo) error {
	if w.text == nil || g.DryRun {
		return nil
	}
	if now, err := g.root.ReadFile(w.item.File); err != nil || !bytes.Equal(now, w.src) {
		w.end(Edited, "")
		w.item.Diff = ""
		return nil
	}
	f, err := g.files.Put(w.item.File, w.text)
	if err == nil {
		err = g.files.Sync([]*newfile.File{f})
	}
	if err == nil {
		err = f.Replace()
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.item.File, err)
	}
	return nil
}
