package build

import (
	"context"
	"sync"

	"backfile/build/content"
	"backfile/build/internal/diag"
	"backfile/build/site"
)

// An Overview is a site as a build would see it, without anything drawn.
type Overview struct {
	Site *site.Site
	// LeftOut has a problem for each file that a build would not publish:
	// drafts, files that are no articles, and files with problems.
	LeftOut diag.List
	// Warnings are what a person should look at in files that are published.
	Warnings diag.List
	Bytes    int64 // of public/ as the last build left it; 0 when there is none
	Files    int
}

// Look reads the site of o.Dir and builds its model.
func Look(ctx context.Context, o Options) (Overview, error) {
	b, err := open(o)
	if err != nil {
		return Overview{}, err
	}
	b.ledger.readOut()
	if err := b.scan(ctx, sync.OnceFunc(b.ledger.readContent)); err != nil {
		return Overview{}, err
	}
	b.KeepGoing = true
	if err := b.grow(); err != nil {
		return Overview{}, err
	}
	var v Overview
	v.Site = b.site
	for _, p := range b.problems {
		if p.Severity == diag.Warning {
			v.Warnings = append(v.Warnings, p)
		} else {
			v.LeftOut = append(v.LeftOut, p)
		}
	}
	v.LeftOut.Sort()
	v.Warnings.Sort()
	v.Files, v.Bytes = b.ledger.done.Files, b.ledger.done.Bytes
	return v, nil
}

// leftOut counts the articles and the other files that are not published: each
// file once, however many problems it has.
func (b *builder) leftOut() (articles, others int) {
	articles = b.displaced
	for _, r := range b.content.Records {
		switch {
		case r.Published():
		case content.IsArticle(r.Path):
			articles++
		default:
			others++
		}
	}
	return articles, others
}

const few = 10 // articles that a person may have edited since the last build

// edited returns the page of the article that was edited last, "" when there is
// none, or when so many are new that nobody has edited them by hand.
func (b *builder) edited() string {
	n := 0
	var last *content.Record
	for _, r := range b.content.Records {
		if r.Entry == nil || r.Packed != "" {
			continue // not published, or as the last build read it
		}
		if n++; n > few {
			return ""
		}
		if last == nil || r.Stamp.MTime > last.Stamp.MTime {
			last = r
		}
	}
	if last == nil {
		return ""
	}
	return b.site.PageOf(last.Path)
}
