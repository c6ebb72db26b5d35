package site

import (
	"backfile/build/content"
	"backfile/build/internal/digest"
)

// A Page is one file of public/ before it is drawn.
type Page struct {
	Path   string     // below public/, with slashes
	Layout string     // the layout that draws it, or "" when From is copied
	Inputs digest.Sum // of all it is drawn from but layouts, configuration and program
	View   func() *View
	Source *content.Entry // the article whose text is shown, or nil
	// Resolve finds what an address in the text leads to; nil when none does.
	Resolve func(ref string) (Ref, bool)
	From    string // a file of the site to copy, "content/…" or "static/…"
	// Yields marks a page that gives way when another has its path.
	Yields bool
}

// pager makes pages one after another for Site.Pages. Its methods return false
// when the one who asked for pages wants no more.
type pager struct {
	*Site
	h     *digest.Hasher
	yield func(Page) bool
}

// start begins the digest of a page's inputs.
func (p *pager) start(layout, path string) *digest.Hasher {
	p.h.Reset()
	p.h.String(layout)
	p.h.String(path)
	return p.h
}

// page yields a page whose inputs have been added to p.h.
func (p *pager) page(layout, path string, view func(*View)) bool {
	return p.yield(Page{Path: path, Layout: layout, Inputs: p.h.Sum(), View: func() *View {
		v := &View{Kind: layout, Path: path, Lang: p.cfg.Language}
		view(v)
		return v
	}})
}

// redirect yields a page that leads on to another.
func (p *pager) redirect(path, target, lang string) bool {
	p.start("redirect", path).String(target)
	return p.yield(Page{Path: path, Layout: "redirect", Inputs: p.h.Sum(), Yields: true, View: func() *View {
		return &View{Kind: "redirect", Path: path, Lang: lang, Target: target, NoIndex: true}
	}})
}

// links adds a chain of links to the inputs.
func (p *pager) links(list ...*Link) {
	for _, l := range list {
		p.h.Bool(l != nil)
		if l != nil {
			p.h.String(l.Label)
			p.h.String(l.URL)
			p.h.Int(l.Count)
		}
	}
}
