package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"backfile/build/article"
	"backfile/build/content"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/manifest"
	"backfile/build/manifest/release"
	"backfile/build/markdown"
	"backfile/build/publish/twin"
	"backfile/build/render"
	"backfile/build/search"
	"backfile/build/site"
)

// draw draws every page whose key has changed, and stages it.
func (b *builder) draw(ctx context.Context) error {
	if err := b.out.Begin(); err != nil {
		return fmt.Errorf("writing %s: %w", b.Out, err)
	}
	d := &drawing{builder: b}
	d.buffers.New = func() any { return new(bytes.Buffer) }
	d.parts.New = func() any { return new([]keyed) }
	if err := par.Each(ctx, b.Workers, d.pages(), d.page); err != nil {
		return err
	}
	d.problems.Sort()
	d.problems = slices.CompactFunc(d.problems, func(a, b *diag.Problem) bool { return a.Error() == b.Error() })
	if err := d.problems.Err(); err != nil {
		return err
	}
	for p, bytes := range b.layouts.Assets() {
		if err := b.out.Put(p, digest.Of(bytes), bytes); err != nil {
			return err
		}
	}
	return nil
}

// A drawing is the drawing of all pages of one build.
type drawing struct {
	*builder
	buffers sync.Pool
	parts   sync.Pool // of *[]keyed
	looked  atomic.Int64

	mu       sync.Mutex
	problems diag.List
	failed   atomic.Bool
}

// A keyed page has its key: the digest of everything that it is drawn from.
type keyed struct {
	site.Page
	key digest.Sum
}

// keys makes the pages of a part, and their keys.
func (d *drawing) keys(part iter.Seq[site.Page]) *[]keyed {
	pages := d.parts.Get().(*[]keyed)
	for p := range part {
		*pages = append(*pages, keyed{p, digest.Join(d.common, p.Inputs)})
	}
	return pages
}

// pages yields the pages to draw, each path once, and those that are as they
// were left out. A file of static/ that would take the place of a page is a
// problem; an alias just gives way.
func (d *drawing) pages() iter.Seq[keyed] {
	return func(yield func(keyed) bool) {
		sent := map[string]bool{} // those that are being drawn
		for p := range d.layouts.Assets() {
			sent[p] = true
		}
		for part := range par.Map(d.Workers, d.site.Parts(), d.keys) {
			for _, page := range *part {
				if d.toDraw(page, sent) && !yield(page) {
					return
				}
			}
			clear(*part)
			*part = (*part)[:0]
			d.parts.Put(part)
		}
	}
}

// reserved reports whether a path is one of the manifest's or of the index's,
// which are drawn after the pages.
func reserved(path string) bool {
	return strings.HasPrefix(path, manifest.Dir) || search.Owns(path)
}

// toDraw reports whether a page has to be drawn, and adds it to sent then.
func (d *drawing) toDraw(page keyed, sent map[string]bool) bool {
	if sent[page.Path] || d.out.Has(page.Path) || reserved(page.Path) {
		if !page.Yields {
			d.problem(&diag.Problem{File: origin(page.Page), Msg: "would take the place of " + page.Path + ", a page of the archive", Help: "give it another name"})
		}
		return false
	}
	if d.cfg.Compress && page.From != "" && twin.Is(page.Path) {
		d.problem(&diag.Problem{File: origin(page.Page), Msg: "has a name that compress: true keeps for files of its own", Help: "leave it out, or set compress: false"})
		return false
	}
	if n := d.looked.Add(1); d.Progress != nil && n%256 == 0 {
		d.Progress(int(n))
	}
	// Nearly all pages of a rebuild are as they were. Telling so here is
	// cheaper than handing each to another goroutine to find out.
	if page.From == "" && d.out.Fresh(page.Path, page.key) {
		return false
	}
	sent[page.Path] = true
	return true
}

// origin is the file that a person would look at for a page.
func origin(p site.Page) string {
	if p.From != "" {
		return p.From
	}
	return p.Path
}

func (d *drawing) problem(p *diag.Problem) {
	d.failed.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.problems = append(d.problems, p)
}

// page draws one page if it has to.
func (d *drawing) page(p keyed) error {
	if d.failed.Load() {
		return nil // public/ stays as it is; the rest need not be drawn
	}
	if p.From != "" {
		return d.out.Copy(p.Path, p.Inputs, filepath.Join(d.Dir, filepath.FromSlash(p.From)))
	}
	buf := d.buffers.Get().(*bytes.Buffer)
	defer d.buffers.Put(buf)
	buf.Reset()
	err := d.render(buf, p.Page)
	if problem, ok := errors.AsType[*diag.Problem](err); ok {
		d.problem(problem)
		return nil
	}
	if err != nil {
		return fmt.Errorf("drawing %s: %w", p.Path, err)
	}
	return d.out.Put(p.Path, p.key, buf.Bytes())
}

// render makes the bytes of one page.
func (d *drawing) render(buf *bytes.Buffer, p site.Page) error {
	if p.Layout == "empty" {
		return nil
	}
	in := render.Input{Text: func(it site.FeedItem) ([]byte, error) { return d.text(it.Entry) }}
	if p.Source != nil {
		body, err := d.text(p.Source)
		if err != nil {
			return err
		}
		in.Body = body
	}
	if p.Resolve != nil {
		in.Resolve = func(ref string) (string, markdown.Image, bool) {
			r, ok := p.Resolve(ref)
			if !ok {
				return "", markdown.Image{}, false
			}
			return render.Relative(p.Path, r.URL), markdown.Image{Width: r.Width, Height: r.Height}, true
		}
	}
	return d.layouts.Draw(buf, p.View(), in)
}

// text reads an article's text, which must still be the one that was scanned.
func (b *builder) text(e *content.Entry) ([]byte, error) {
	src, err := os.ReadFile(filepath.Join(b.Dir, "content", filepath.FromSlash(e.Path)))
	if err != nil {
		return nil, err
	}
	if digest.Plain(src) != e.Digest {
		return nil, fmt.Errorf("content/%s changed while the archive was being built: build again", e.Path)
	}
	return article.Body(src), nil
}

// list stages the manifest of everything put so far, and what is signed.
func (b *builder) list() error {
	files := func(yield func(manifest.File) bool) {
		for f := range b.out.Files() {
			if strings.HasPrefix(f.Path, manifest.Dir) {
				continue // being put
			}
			if !yield(manifest.File{Path: f.Path, Size: f.File.Size, Sum: f.Sum}) {
				return
			}
		}
	}
	head, err := manifest.Make(files, func(s manifest.Shard) error {
		if b.out.Fresh(s.Path(), s.Sum) {
			return nil
		}
		var buf bytes.Buffer
		if err := s.Compress(&buf); err != nil {
			return err
		}
		return b.out.Put(s.Path(), s.Sum, buf.Bytes())
	})
	if err != nil {
		return err
	}
	put := func(f release.File) error { return b.out.Put(f.Path, digest.Plain(f.Bytes), f.Bytes) }
	if err := put(release.File{Path: manifest.ReadmePath, Bytes: []byte(manifest.Readme)}); err != nil {
		return err
	}
	return b.releases.Publish(head, put)
}
