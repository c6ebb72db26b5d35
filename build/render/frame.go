package render

import (
	"bytes"
	"html/template"
	"strings"

	"backfile/build/site"
)

// A frameKey is all that a frame may depend on.
type frameKey struct{ name, kind, path, section string }

// Frame draws a partial that is the same on all pages of a kind and a depth:
// the masthead, the footer. It is drawn once for each, with a View that knows
// no more than the kind of page and where its root is, so that nothing of one
// page can come to stand on another.
func (d *Dot) Frame(name string) (template.HTML, error) {
	key := frameKey{name: name, kind: d.Kind, path: d.Path}
	switch d.Kind {
	case "article", "day", "month", "year", "on-this-day", "redirect", "titles":
		key.path = strings.Repeat("_/", strings.Count(d.Path, "/")) + "_.html"
	case "term", "terms":
		key.section, _, _ = strings.Cut(d.Path, "/")
		key.path = strings.Repeat("_/", strings.Count(d.Path, "/")) + "_.html"
	}
	if drawn, ok := d.l.frames.Load(key); ok {
		return drawn.(template.HTML), nil
	}
	var b bytes.Buffer
	if err := d.l.sets[d.Kind].ExecuteTemplate(&b, name, d.l.dot(key.view())); err != nil {
		return "", d.l.problem(err)
	}
	drawn := template.HTML(b.String())
	d.l.frames.Store(key, drawn)
	return drawn, nil
}

// view is what a frame sees of its page.
func (k frameKey) view() *site.View {
	v := &site.View{Kind: k.kind, Path: k.path}
	switch k.kind {
	case "term":
		v.Term = &site.Term{Kind: k.section}
	case "terms":
		v.Terms = &site.Terms{Kind: k.section}
	case "day":
		v.Day = &site.Day{}
	case "month":
		v.Month = &site.Month{}
	case "year":
		v.Year = &site.Year{}
	case "on-this-day":
		v.OnDay = &site.OnDay{}
	case "titles":
		v.Titles = &site.Titles{}
	case "on-this-day-index":
		v.OnDays = make([]site.MonthGrid, 1)
	}
	return v
}
