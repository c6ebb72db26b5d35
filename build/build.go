// Package build turns a site's folder into public/.
//
//	captures ──import──► content/            import.go: capture reads, clean finds
//	                        │                the story, shelf knows what is there
//	                        │
//	site.yaml ─► config     │ Scan           content: what is there, what changed
//	                 │      ▼
//	                 └──► site.New           site: days, topics, neighbours, lists
//	                        │
//	                        │ Pages          each with a key: the digest of all it
//	                        ▼                is drawn from
//	layouts/ ──────────► render.Draw         render: only pages whose key changed
//	                        │
//	                        ▼
//	                   publish.Out           publish: staged, then moved into place
//	                        │
//	                        ▼
//	releases/ ─────────► manifest.Make       manifest: written last, lists the rest;
//	                                         release: what was signed of it
//
// Beside these: article is an article's file, markdown its text, slug its
// address, config site.yaml, serve the preview, watch what wakes it, cli the
// commands. starter writes a new archive, and check looks through a finished one.
// Below publish are its hosts: release compares public/ with its manifest, pages,
// s3, folder and bundle put it somewhere, twin compresses it beforehand.
// What leaves the machine is signed with manifest/secret and trusted
// by manifest/trust; mirror keeps copies of it, and bundle makes one file of it
// (ZIP, EPUB, WARC and others below it). internal/ holds diag (problems
// with their place), digest (SHA-256 of parts), fields (small signed texts),
// par (bounded work), tree (folders and stamps), newfile (new files whole or
// not at all), disk (room, locks, waiting for it), wire (the ledger's form) and
// progress. The table mayImport in imports_test.go says which package may
// import which.
//
// Run lists the stages. First build, rebuild and watch mode are the same call;
// the ledger in .backfile/ makes it quick and never changes what comes out.
package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"backfile/build/config"
	"backfile/build/content"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/manifest"
	"backfile/build/manifest/release"
	"backfile/build/publish"
	"backfile/build/render"
	"backfile/build/site"
	"backfile/layouts"
)

// Options direct a build. Dir must be set; the zero value of the rest is what
// "backfile build" does.
type Options struct {
	Dir       string // the site
	Out       string // where to build; Dir/public when ""
	KeepGoing bool   // publish what can be published when some files have problems
	// Tolerate, when set, is asked where KeepGoing is not, whether to publish
	// the rest in spite of these problems.
	Tolerate func(diag.List) bool
	Program  digest.Sum // of the program: another program draws everything again
	Workers  int        // pages drawn at once; as many as there are cores when 0
	NoSync   bool       // do not wait for the disk at the end
	// Progress, when set, is told now and then how many pages have been
	// looked at.
	Progress func(pages int)
}

// A Report says what a build did.
type Report struct {
	Articles, Days, Topics int
	Files                  int // of public/, the manifest among them
	Written, Removed       int
	Bytes                  int64 // of all files
	WrittenBytes           int64
	LeftOut                int       // articles of content/ that are not published
	LeftOutFiles           int       // other files of content/ that are not published
	Edited                 string    // the page of the article edited last, "" when none or many were; set by Refresh
	Problems               diag.List // warnings too, in order of place
	Elapsed                time.Duration
}

// Run builds the site of o.Dir. A problem in what a person wrote is returned
// as a diag.List and leaves public/ as it was, unless o.KeepGoing is set, when
// the files without problems are published and the report has the problems.
// A file that cannot be published in any case never stops the ones that can.
func Run(ctx context.Context, o Options) (Report, error) {
	start := time.Now()
	b, err := open(o)
	if err != nil {
		return Report{}, err
	}
	unlock, err := lock(ctx, b.ledger.dir)
	if err != nil {
		return Report{}, err
	}
	defer unlock()
	rep, err := b.run(ctx)
	rep.Elapsed = time.Since(start)
	return rep, err
}

// run is the list of stages.
func (b *builder) run(ctx context.Context) (Report, error) {
	if err := b.look(ctx); err != nil {
		return Report{}, err
	}
	if err := b.model(); err != nil {
		return b.report(), err
	}
	b.digestInputs()
	out := b.out
	if b.unchanged() {
		rep := b.report()
		return rep, b.save(rep, b.saveContent())
	}
	if err := b.grow(); err != nil {
		return b.report(), err
	}
	var contentErr error
	var saving sync.WaitGroup
	saving.Go(func() { contentErr = b.saveContent() })
	defer saving.Wait()
	if err := b.draw(ctx); err != nil {
		return b.report(), errors.Join(err, out.Discard())
	}
	if err := b.index(ctx); err != nil {
		return b.report(), errors.Join(err, out.Discard())
	}
	rep, err := b.commit()
	if err != nil {
		return rep, errors.Join(err, out.Discard())
	}
	saving.Wait()
	return rep, b.save(rep, contentErr)
}

// A builder is one run under way.
type builder struct {
	Options
	cfg     *config.Config
	ledger  *ledger
	layouts *render.Layouts

	content, static *content.Result
	releases        *release.Folder
	problems        diag.List
	common          digest.Sum // of what every page is drawn from
	inputs          digest.Sum // of all that public/ is made of
	site            *site.Site
	placing         diag.List // problems of the model
	doubtful        bool      // the model has problems, which must be told again next time
	displaced       int       // articles that the model has no place for
	out             *publish.Out
}

// open reads the configuration and the ledger.
func open(o Options) (*builder, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	if o.Out == "" {
		o.Out = filepath.Join(dir, "public")
	}
	if o.Out, err = filepath.Abs(o.Out); err != nil {
		return nil, err
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	cfg, problems, err := config.Load(dir)
	if err != nil {
		return nil, err
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	b := &builder{Options: o, cfg: cfg, problems: problems}
	if err := b.checkOut(); err != nil {
		return nil, err
	}
	b.ledger = newLedger(dir, o.Out, o.Program)
	return b, nil
}

// checkOut refuses an output folder that a build would read from or that holds
// the site itself.
func (b *builder) checkOut() error {
	if publish.Inside(b.Out, b.Dir) {
		return fmt.Errorf("output folder %s holds the site itself: choose another with -o", b.Out)
	}
	for _, name := range []string{"content", "layouts", "static", "captures", release.Name, ".backfile", ".git"} {
		if publish.Inside(filepath.Join(b.Dir, name), b.Out) {
			return fmt.Errorf("output folder %s lies inside %s/, which a build reads: choose another with -o", b.Out, name)
		}
	}
	return nil
}

// look finds out what there is: content/ and static/, what public/ holds, and
// what the last build remembers. All of this waits for the disk, so it is done
// side by side.
func (b *builder) look(ctx context.Context) error {
	known := sync.OnceFunc(b.ledger.readContent)
	var scanErr, outErr, signedErr error
	var wg sync.WaitGroup
	wg.Go(known)
	wg.Go(b.ledger.readOut)
	wg.Go(func() { outErr = b.openOut(ctx) })
	wg.Go(func() { b.releases, signedErr = release.Open(b.Dir) })
	scanErr = b.scan(ctx, known)
	wg.Wait()
	if err := errors.Join(scanErr, outErr, signedErr); err != nil {
		return err
	}
	b.out.Remember(b.ledger.files)
	b.ledger.files = nil // which public/ holds now, and lets go of when it can
	return nil
}

// scan reads what has changed in content/ and static/. known waits until the
// ledger of them has been read.
func (b *builder) scan(ctx context.Context, known func()) (err error) {
	b.content, err = content.Scan(ctx, filepath.Join(b.Dir, "content"), content.Options{Name: "content", Known: func() []*content.Record {
		known()
		return b.ledger.content
	}})
	if err != nil {
		return err
	}
	b.static, err = content.Scan(ctx, filepath.Join(b.Dir, "static"), content.Options{Name: "static", AssetsOnly: true, Known: func() []*content.Record {
		known()
		return b.ledger.static
	}})
	if err != nil {
		return err
	}
	b.found()
	return nil
}

// model loads the layouts and decides whether there is a site to build.
func (b *builder) model() error {
	texts := site.Texts(b.entries())
	var own fs.FS
	if dir := filepath.Join(b.Dir, "layouts"); isDir(dir) {
		own = os.DirFS(dir)
	}
	l, problems := render.Load(layouts.FS, own, b.cfg, texts)
	if err := problems.Err(); err != nil {
		return err
	}
	b.problems = append(b.problems, problems...)
	b.layouts = l
	b.digestCommon(texts)
	return b.stopFor(b.problems)
}

func isDir(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}

// digestCommon digests what every page is drawn from.
func (b *builder) digestCommon(texts []site.Link) {
	h := digest.New()
	h.Add(b.Program)
	h.Add(b.cfg.Digest())
	h.Add(b.layouts.Digest())
	for _, t := range texts {
		h.String(t.Label)
		h.String(t.URL)
	}
	b.common = h.Sum()
}

// digestInputs digests all that public/ is made of.
func (b *builder) digestInputs() {
	h := digest.New()
	h.Add(b.common)
	assets := b.layouts.Assets()
	for _, p := range slices.Sorted(maps.Keys(assets)) {
		h.String(p)
		h.Bytes(assets[p])
	}
	for _, res := range []*content.Result{b.content, b.static} {
		h.Int(len(res.Records))
		for _, r := range res.Records {
			h.String(r.Path)
			h.Add(r.Digest)
			h.Bool(r.Published())
		}
	}
	h.Add(b.releases.Digest())
	b.inputs = h.Sum()
}

// openOut looks at public/.
func (b *builder) openOut(ctx context.Context) (err error) {
	b.out, err = publish.Open(ctx, b.Out, mark)
	if errors.Is(err, publish.ErrForeign) {
		return fmt.Errorf("output folder %s %w: choose another with -o, or empty it", b.Out, err)
	}
	if err == nil {
		b.out.Twins = b.cfg.Compress
	}
	return err
}

// entries returns the articles that are not packed.
func (b *builder) entries() []*content.Entry {
	list := make([]*content.Entry, 0, len(b.content.Records))
	for _, r := range b.content.Records {
		if r.Entry != nil {
			list = append(list, r.Entry)
		}
	}
	return list
}

// unchanged reports whether public/ is already what the inputs make.
func (b *builder) unchanged() bool {
	return b.inputs == b.ledger.inputs && b.out.Intact()
}

// grow builds the model. Articles that cannot have their place are problems
// like others.
func (b *builder) grow() error {
	var preparing sync.WaitGroup
	if b.out != nil {
		preparing.Go(b.out.Prepare)
		defer preparing.Wait()
	}
	unpackAll(b.content.Records)
	s, problems := site.New(b.cfg, site.Sources{Entries: b.entries(), Assets: assets(b.content), Static: assets(b.static)})
	b.site = s
	b.problems = append(b.problems, problems...)
	b.placing = problems
	b.doubtful = len(problems) > 0
	b.displaced = len(problems.Errors())
	return b.stopFor(problems)
}

func assets(res *content.Result) []*content.Asset {
	var list []*content.Asset
	for _, r := range res.Records {
		if r.Asset != nil {
			list = append(list, r.Asset)
		}
	}
	return list
}

// commit writes the manifest and moves everything into place, its head last.
func (b *builder) commit() (Report, error) {
	if err := b.list(); err != nil {
		return b.report(), err
	}
	change, err := b.out.Commit([]string{manifest.HeadPath}, !b.NoSync)
	rep := b.report()
	rep.Written, rep.Removed, rep.WrittenBytes = change.Written, change.Removed, change.WrittenBytes
	return rep, err
}

// report counts what is known so far.
func (b *builder) report() Report {
	rep := b.ledger.done
	if b.site != nil {
		rep.Articles, rep.Days, rep.Topics = b.site.Counts()
	}
	if b.out != nil {
		rep.Files, rep.Bytes = b.out.Size()
	}
	rep.LeftOut, rep.LeftOutFiles = b.leftOut()
	rep.Problems = slices.Clone(b.problems)
	rep.Problems.Sort()
	return rep
}

var mark = publish.Mark{Path: manifest.ReadmePath, Line: manifest.Mark, Bytes: []byte(manifest.Readme)}
