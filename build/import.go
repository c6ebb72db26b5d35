package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/clean"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/internal/newfile"
	"backfile/build/internal/par"
	"backfile/build/shelf"
)

// Keeping says which captures are kept under captures/.
type Keeping uint8

const (
	KeepPages Keeping = iota // texts and pages; lines of JSON lines are not
	KeepAll
	KeepNone
)

// ImportOptions direct an import. Dir and Sources must be set.
type ImportOptions struct {
	Dir     string   // the site
	Sources []string // files, folders, "-"
	Stdin   io.Reader
	// The rest of the article's front matter, for captures that do not tell.
	Date, Captured article.Date
	Lang, Source   string
	Topics         []string          // added to those of every capture
	Map            map[string]string // the key or column of a field, where records call it otherwise
	// Since leaves out what is older, and what has no date. Hosts leaves out
	// what is from other hosts, or from none.
	Since   article.Date
	Hosts   []string
	Keep    Keeping
	DryRun  bool // write nothing
	Workers int  // as many as there are cores when 0
	// Each is told of every capture, in order.
	Each func(ImportItem)
	// Progress, when set, is told how many captures have been seen to, and
	// about how many there are, or 0.
	Progress func(done, total int)
}

// Import makes articles of captures. It never changes a file: a capture that
// the archive has is left alone, and another text of the same story is told,
// with both places, and changes nothing. A capture that is no story or cannot
// be read is told as refused; an error is the disk's, or the end of ctx, after
// which what was told has been done.
func Import(ctx context.Context, o ImportOptions) (ImportReport, error) {
	start := time.Now()
	im := &importer{ImportOptions: o, fresh: map[*shelf.Book]*work{}, later: map[*shelf.Book][]article.Version{}}
	im.Workers = cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return im.report, err
	}
	defer root.Close()
	im.root, im.files = root, newfile.In(root)
	if !o.DryRun {
		unlock, err := lock(ctx, filepath.Join(o.Dir, ".backfile"))
		if err != nil {
			return im.report, err
		}
		defer unlock()
	}
	if im.shelf, err = shelf.Open(ctx, root, !o.DryRun); err != nil {
		return im.report, err
	}
	im.sites = newSites(root, im.siteOf)
	err = im.run(ctx)
	if err == nil && !o.DryRun {
		err = im.sites.write(im.files)
	}
	im.report.Elapsed = time.Since(start)
	return im.report, err
}

// ImportFields are the fields that ImportOptions.Map may name.
func ImportFields() []string { return capture.FieldNames() }

type importer struct {
	ImportOptions
	root   *os.Root
	files  *newfile.Folder
	shelf  *shelf.Shelf
	sites  *sites // what is known of the pages of each site
	report ImportReport

	fresh map[*shelf.Book]*work             // of this batch
	later map[*shelf.Book][]article.Version // of articles that earlier batches wrote

	seen        int
	taken, size int64 // bytes read, and to read; for Progress alone
}

// A work is one capture on its way.
type work struct {
	item    ImportItem
	capture capture.Capture
	sum     digest.Sum
	article article.Article
	cleaned clean.Report
	done    bool // nothing is left to do but to tell

	book *shelf.Book     // of a new article
	keep string          // where the capture is kept, or ""
	put  []*newfile.File // what is on the disk and has no name yet: the capture, the article
}

// Captures are worked on in batches: as many as keep the cores busy and the
// disk's waiting short, within this much memory.
const (
	batchItems = 1024
	batchBytes = 16 << 20
)

func (im *importer) run(ctx context.Context) error {
	var batch []*work
	size := 0
	flush := func() error {
		err := im.batch(ctx, batch)
		batch, size = batch[:0], 0
		return err
	}
	if im.Progress != nil {
		im.size = capture.Size(im.Sources)
	}
	read := capture.Read(ctx, im.Sources, capture.Options{Stdin: im.Stdin, Taken: func(n int) { im.taken += int64(n) }, Except: im.own(), Map: im.Map})
	for c, err := range read {
		w := &work{capture: c, done: err != nil}
		if err != nil {
			p, ok := errors.AsType[*diag.Problem](err)
			if !ok {
				return err
			}
			w.item = fault(p)
		}
		batch, size = append(batch, w), size+len(c.Raw)
		if len(batch) < batchItems && size < batchBytes {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	return flush()
}

// own are the folders that hold what the site made itself.
func (im *importer) own() []string {
	dir, err := filepath.Abs(im.Dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, name := range []string{"content", "public", "layouts", "static"} {
		out = append(out, filepath.Join(dir, name))
	}
	return out
}

// batch brings some captures into the archive. Cleaning and writing are done
// side by side; what is new is decided one by one, in order, so that the same
// captures always give the same files.
func (im *importer) batch(ctx context.Context, batch []*work) error {
	if err := im.remember(ctx, batch); err != nil {
		return err
	}
	err := par.Each(ctx, im.Workers, slices.Values(batch), im.clean)
	if err != nil {
		return err
	}
	for _, w := range batch {
		if err := im.decide(w); err != nil {
			return err
		}
	}
	if !im.DryRun {
		err = im.write(ctx, batch)
		if err == nil {
			err = im.writeVersions()
		}
	}
	clear(im.fresh)
	clear(im.later)
	im.tell(batch)
	return err
}

// clean makes an article of a capture that the archive does not have.
func (im *importer) clean(w *work) error {
	if w.done {
		return nil
	}
	c := &w.capture
	w.item = ImportItem{Capture: c.Name, Line: c.Line}
	if why := im.elsewhere(cmp.Or(c.URL, c.Fields.URL)); why != "" && (c.URL != "" || c.Fields.URL != "") {
		w.end(Skipped, nil, why)
		return nil
	}
	if c.Kind == capture.Revisit {
		return nil
	}
	w.sum = digest.Plain(c.Raw)
	w.item.SHA256 = w.sum.String()
	if im.shelf.BySum(w.sum) != nil {
		return nil
	}
	w.article, w.cleaned = clean.With(*c, im.sites.of(c, im.Source))
	if c.Kind != capture.Markdown { // whose text is taken as it stands
		w.article.Source.Cleaner = clean.Version
	}
	complete(&w.article, c)
	if w.cleaned.Line > 0 {
		w.item.Line = w.cleaned.Line
	}
	c.Text, c.Fields = "", capture.Fields{}
	return nil
}

// complete adds what the capture tells beside its text.
func complete(a *article.Article, c *capture.Capture) {
	a.Source.URL = cmp.Or(a.Source.URL, c.URL)
	if a.Source.Captured.IsZero() {
		a.Source.Captured = c.Captured
	}
	if c.Kind == capture.Record {
		a.Updated, a.Page = c.Fields.Updated, c.Fields.Page
		a.Aliases = append(a.Aliases, c.Fields.Aliases...)
	}
	a.Partial = c.Partial
}

// decide says what becomes of a capture, and where an article goes.
func (im *importer) decide(w *work) error {
	if w.done {
		return nil
	}
	if w.capture.Kind == capture.Revisit {
		im.revisit(w)
		return nil
	}
	if b := im.shelf.BySum(w.sum); b != nil {
		w.end(Unchanged, b, "")
		return nil
	}
	if im.unfit(w) {
		return nil
	}
	a := &w.article
	told, identity := a.Date, shelf.Identity(a) // before the flags have their say: it must not hang on them
	im.fill(w)
	b, id := im.shelf.Find(identity)
	a.ID, a.Source.SHA256 = id, w.sum.String()
	w.item.ID, w.item.Title, w.item.Notes = id, a.Title, w.cleaned.Notes
	if b != nil {
		return im.meet(w, b, told)
	}
	return im.place(w, identity)
}

// meet compares a capture with the article of the same story.
func (im *importer) meet(w *work, b *shelf.Book, told article.Date) error {
	same, err := im.shelf.Has(b, &w.article, told)
	if err != nil {
		return err
	}
	if same {
		w.end(Unchanged, b, "")
		return nil
	}
	if im.version(w, b) {
		return nil
	}
	there := "sha256 unknown there"
	if b.Sum != (digest.Sum{}) {
		there = "sha256 " + b.Sum.String() + " there"
	}
	if b.From != "" {
		there += ", of " + b.From
	}
	w.end(Changed, b, fmt.Sprintf("differs from %s, which stays as it is; sha256 %s here, %s", b.File, w.sum, there))
	w.keep = im.kept(w)
	w.done = im.DryRun || w.keep == ""
	return nil
}

// place finds the file for a new article.
func (im *importer) place(w *work, identity string) error {
	a := &w.article
	if link := im.shelf.Linked(path.Join("content", a.Date.Path(), "x.md")); link != "" {
		w.end(Refused, nil, link+" is a symbolic link, and nothing is written through it")
		return nil
	}
	im.twins(w)
	file, twin := im.shelf.Place(a, len(w.capture.Folder.Assets) > 0)
	if twin != "" && w.capture.Kind != capture.Record {
		w.item.Notes = append(slices.Clip(w.item.Notes), twin+" has the same title and date")
	}
	w.item.Status, w.item.File, w.item.Undated = Imported, file, a.Date.IsZero()
	w.keep = im.kept(w)
	w.done = im.DryRun
	w.book = im.shelf.Add(a, file, w.item.Place(), identity)
	im.fresh[w.book] = w
	return nil
}

// end settles what becomes of a capture that brings no new article.
func (w *work) end(s Status, b *shelf.Book, reason string) {
	w.done = true
	w.item.Status, w.item.Reason = s, reason
	if b != nil {
		w.item.File, w.item.ID, w.item.Title = b.File, b.ID, b.Title
	}
}

// fill adds what the flags say to what the capture tells.
func (im *importer) fill(w *work) {
	a := &w.article
	if a.Date.IsZero() {
		a.Date = im.Date
	}
	if a.Source.Captured.IsZero() {
		a.Source.Captured = im.Captured
	}
	if im.Lang != "" && (a.Lang == "" || w.cleaned.Guessed) {
		a.Lang = im.Lang
	}
	a.Source.Name = cmp.Or(a.Source.Name, im.Source)
	for _, t := range im.Topics {
		if !slices.Contains(a.Topics, t) {
			a.Topics = append(a.Topics, t)
		}
	}
}

// kept returns where a capture is kept, or "".
func (im *importer) kept(w *work) string {
	kind := w.capture.Kind
	if im.Keep == KeepNone || im.Keep == KeepPages && kind == capture.Record {
		return ""
	}
	sum := w.sum.String()
	return path.Join("captures", sum[:2], sum+w.capture.Ending)
}
