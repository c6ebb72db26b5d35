package build

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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

// found gathers the problems of what has been found.
func (b *builder) found() {
	for _, res := range []*content.Result{b.content, b.static} {
		for _, r := range res.Records {
			b.problems = append(b.problems, r.Problems...)
		}
	}
	if len(b.content.Records) == 0 {
		if _, err := os.Stat(filepath.Join(b.Dir, "content")); errors.Is(err, fs.ErrNotExist) {
			b.problems = append(b.problems, &diag.Problem{File: "content", Severity: diag.Warning, Msg: "there is no such folder, so the archive is empty", Help: "backfile import puts articles there"})
		}
	}
}

// stopFor returns the errors of list as one, unless the rest is to be published
// in spite of them.
func (b *builder) stopFor(list diag.List) error {
	err := list.Err()
	if err == nil || b.KeepGoing || b.Tolerate != nil && b.Tolerate(list.Errors()) {
		return nil
	}
	return err
}
