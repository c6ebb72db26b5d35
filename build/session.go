package build

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"backfile/build/content"
	"backfile/build/internal/digest"
	"backfile/build/site"
)

// A Session builds one site again and again, and keeps in memory what it knows
// of it. What is in public/ is always made by Run, which looks at everything
// and makes what a build from nothing would. Because that takes a while in a
// large archive, Refresh takes in what has just been edited, and Page draws
// single pages of it before Run has come to them: the same bytes, earlier.
//
// A Session may be used by several goroutines at once.
type Session struct {
	o Options

	look            sync.Mutex // held while the folders are being looked at
	content, static *content.Result

	mu   sync.RWMutex // for the rest; held for reading while a page is drawn
	live *live        // nil before there is a model
	// Each Refresh that finds something new is an edition. public/ has the
	// edition shown.
	edition, shown int
	drawn          pageCache
}

// A live is a model that pages are drawn from.
type live struct {
	b               *builder
	finder          *site.Finder
	content, static []*content.Record // that it was made of
}

// NewSession begins a session with the site of o.Dir.
func NewSession(o Options) *Session { return &Session{o: o} }

// Run builds public/, as the function Run does. When there is a model already,
// somebody is looking at its pages, and one core is left to them.
func (s *Session) Run(ctx context.Context) (Report, error) {
	start := time.Now()
	o := s.o
	s.mu.RLock()
	if s.live != nil && o.Workers == 0 {
		o.Workers = max(1, runtime.GOMAXPROCS(0)-1)
	}
	s.mu.RUnlock()
	b, err := open(o)
	if err != nil {
		return Report{}, err
	}
	unlock, err := lock(ctx, b.ledger.dir)
	if err != nil {
		return Report{}, err
	}
	defer unlock()
	s.look.Lock()
	if s.content != nil {
		b.ledger.remember(s.content.Records, s.static.Records)
	}
	s.mu.RLock()
	edition := s.edition
	s.mu.RUnlock()
	s.look.Unlock()
	rep, err := b.run(ctx)
	rep.Elapsed = time.Since(start)
	if err != nil {
		return rep, err
	}
	s.adopt(b, edition)
	return rep, nil
}

// adopt takes over what a build has found, unless there has been an edition
// since.
func (s *Session) adopt(b *builder, edition int) {
	s.look.Lock()
	defer s.look.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.edition != edition {
		return
	}
	s.shown = edition
	s.drawn.clear()
	s.content, s.static = b.content, b.static
	if b.site == nil && s.live == nil { // public/ was up to date, and there is no model yet
		if err := b.grow(); err != nil {
			return
		}
	}
	if b.site != nil {
		s.live = s.newLive(b)
	}
}

// newLive makes a model ready to draw pages from.
func (s *Session) newLive(b *builder) *live {
	c := *b
	c.out, c.ledger, c.problems = nil, nil, nil // which are large and not needed for drawing
	l := &live{b: &c, content: b.content.Records, static: b.static.Records}
	var last *site.Finder
	if s.live != nil {
		last = s.live.finder
	}
	l.finder = site.NewFinder(b.site, last)
	return l
}

// Refresh takes in what has changed at paths, files and folders below the site,
// and below these; when paths is nil, anywhere. It leaves public/ as it is.
// Problems are returned as Run returns them, and then pages stay as they were.
func (s *Session) Refresh(ctx context.Context, paths []string) (Report, error) {
	start := time.Now()
	s.look.Lock()
	defer s.look.Unlock()
	b, err := open(s.o)
	if err != nil {
		return Report{}, err
	}
	if err := s.scan(ctx, b, paths); err != nil {
		return Report{}, err
	}
	s.content, s.static = b.content, b.static
	edited, err := s.take(b, paths == nil || slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, "layouts") }))
	rep := b.report()
	if err == nil {
		rep.Edited = s.pageOf(edited)
	}
	rep.Elapsed = time.Since(start)
	return rep, err
}

const few = 10 // articles that a person may have edited at once

// pageOf returns the page of the article that was edited last, "" when there is
// none, or when there are so many that nobody has edited them by hand.
func (s *Session) pageOf(edited []*content.Record) string {
	var last *content.Record
	for _, r := range edited {
		if r.Entry != nil && (last == nil || r.Stamp.MTime > last.Stamp.MTime) {
			last = r
		}
	}
	if last == nil || len(edited) > few {
		return ""
	}
	return s.live.finder.PageOf(last.Path)
}

// scan looks at paths of content/ and static/.
func (s *Session) scan(ctx context.Context, b *builder, paths []string) (err error) {
	if s.content == nil || paths == nil {
		known := b.ledger.readContent
		if s.content != nil {
			known = func() { b.ledger.remember(s.content.Records, s.static.Records) }
		}
		return b.scan(ctx, sync.OnceFunc(known))
	}
	b.content, err = s.update(ctx, s.content, paths, content.Options{Name: "content"})
	if err != nil {
		return err
	}
	b.static, err = s.update(ctx, s.static, paths, content.Options{Name: "static", AssetsOnly: true})
	if err == nil {
		b.found()
	}
	return err
}

// update looks at those of paths that lie in the folder o.Name.
func (s *Session) update(ctx context.Context, old *content.Result, paths []string, o content.Options) (*content.Result, error) {
	root := filepath.Join(s.o.Dir, o.Name)
	var below []string
	for _, p := range paths {
		if p == o.Name {
			o.Known = func() []*content.Record { return old.Records }
			return content.Scan(ctx, root, o)
		}
		if rest, ok := strings.CutPrefix(p, o.Name+"/"); ok {
			below = append(below, rest)
		}
	}
	return content.Update(ctx, root, old, below, o)
}

// take makes the model fit what b has found, and returns the records of content/
// that are new to it. layouts tells that layouts may have changed.
func (s *Session) take(b *builder, layouts bool) (edited []*content.Record, err error) {
	old := s.live
	if old == nil {
		if err := b.model(); err != nil {
			return nil, err
		}
		return nil, s.grow(b)
	}
	edited, texts := changed(old.content, b.content.Records)
	files, _ := changed(old.static, b.static.Records)
	if layouts || texts || old.b.cfg.Digest() != b.cfg.Digest() {
		layouts = true
		err = b.model()
	} else {
		b.layouts, b.common = old.b.layouts, old.b.common
		err = b.stopFor(b.problems)
	}
	switch {
	case err != nil:
		return nil, err
	case !layouts && len(edited)+len(files) == 0:
		b.site = old.finder.Site
		return nil, nil
	case !texts && len(files) == 0 && old.b.cfg.Digest() == b.cfg.Digest() && s.replace(b, edited):
		return edited, nil
	}
	return edited, s.grow(b)
}

// changed returns the records of now that are not among old, both sorted, those
// that are gone as records without a digest. texts reports whether a page that
// all others link to is among them.
func changed(old, now []*content.Record) (list []*content.Record, texts bool) {
	isText := func(r *content.Record) bool { return r.Entry != nil && r.Entry.Page }
	for len(old)+len(now) > 0 {
		switch {
		case len(now) == 0 || len(old) > 0 && old[0].Path < now[0].Path:
			list = append(list, &content.Record{Path: old[0].Path})
			texts = texts || isText(old[0])
			old = old[1:]
		case len(old) == 0 || now[0].Path < old[0].Path:
			list = append(list, now[0])
			texts = texts || isText(now[0])
			now = now[1:]
		default:
			if old[0] != now[0] && (old[0].Digest != now[0].Digest || old[0].Published() != now[0].Published()) {
				list = append(list, now[0])
				texts = texts || isText(old[0]) || isText(now[0])
			}
			old, now = old[1:], now[1:]
		}
	}
	return list, texts
}

// replace puts edited articles into the model as it is, or reports that this
// cannot be done.
func (s *Session) replace(b *builder, edited []*content.Record) bool {
	unpackAll(edited)
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.live
	for _, r := range edited {
		if r.Entry == nil || !l.finder.Fits(r.Entry) {
			return false
		}
	}
	for _, r := range edited {
		l.finder.Replace(r.Entry)
	}
	b.site, b.placing = l.finder.Site, l.b.placing
	b.problems = append(b.problems, b.placing...)
	b.displaced = len(b.placing.Errors())
	l.b.layouts, l.b.common = b.layouts, b.common
	l.content, l.static = b.content.Records, b.static.Records
	s.edition++
	return true
}

// grow makes a new model.
func (s *Session) grow(b *builder) error {
	if err := b.grow(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.edition++
	s.live = s.newLive(b)
	return nil
}

// Learn gets ready for the first edit.
func (s *Session) Learn() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.live != nil {
		s.live.finder.Learn()
	}
}

// Page returns the page or the file at a path below public/ as the last Refresh
// found it. ok is false when public/ has it already, or when it is not for a
// Session to say.
func (s *Session) Page(path string) (page []byte, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.live == nil || s.shown == s.edition || reserved(path) {
		return nil, false
	}
	return s.drawn.get(path, s.edition, func() ([]byte, bool) { return s.drawPage(path) })
}

// drawPage draws a page of the model.
func (s *Session) drawPage(path string) ([]byte, bool) {
	d := &drawing{builder: s.live.b}
	if b, ok := d.layouts.Assets()[path]; ok {
		return b, true
	}
	p, ok := s.live.finder.Find(path)
	if !ok {
		return nil, false
	}
	if p.From != "" {
		return s.copy(p)
	}
	var buf bytes.Buffer
	if err := d.render(&buf, p); err != nil {
		return nil, false // Run will meet it too, and say so
	}
	return buf.Bytes(), true
}

// maxCopied is the largest file that is held in memory to be shown early.
const maxCopied = 512 << 10

// copy returns the bytes of a file that a build copies, if they are still those
// that were found, and not many.
func (s *Session) copy(p site.Page) ([]byte, bool) {
	name := filepath.Join(s.live.b.Dir, filepath.FromSlash(p.From))
	if info, err := os.Stat(name); err != nil || info.Size() > maxCopied {
		return nil, false
	}
	bytes, err := os.ReadFile(name)
	return bytes, err == nil && digest.Plain(bytes) == p.Inputs
}
