package build

import (
	"context"
	"path/filepath"

	"backfile/build/content"
	"backfile/build/internal/digest"
	"backfile/build/markdown"
	"backfile/build/search"
	"backfile/build/site"
)

// index makes the files that readers search.
func (b *builder) index(ctx context.Context) error {
	if b.cfg.Search.Off {
		return nil
	}
	return search.Build(ctx, search.Input{
		N:          b.site.Len(),
		Doc:        func(i int) search.Doc { return searchDoc(b.site.At(i)) },
		Lang:       b.cfg.Language,
		Text:       func(i int) (string, error) { return b.searchText(b.site.At(i).Entry) },
		NoExcerpts: b.cfg.Search.NoExcerpts,
		NoPhrases:  b.cfg.Search.NoPhrases,
		Cache:      filepath.Join(b.ledger.dir, "search"),
		Workers:    b.Workers,
		Put:        b.putIndex,
		Keep:       b.out.Keep,
	})
}

// putIndex stages a file of the index.
func (b *builder) putIndex(path string, key digest.Sum, draw func() ([]byte, error)) (fresh bool, err error) {
	key = digest.Join(b.Program, key)
	if b.out.Fresh(path, key) {
		return true, nil
	}
	if draw == nil {
		return false, nil
	}
	bytes, err := draw()
	if err != nil {
		return false, err
	}
	return false, b.out.Put(path, key, bytes)
}

// nameKinds are what articles are filed under, as search calls them.
var nameKinds = map[string]int{"topics": search.Topic, "people": search.Person, "places": search.Place, "authors": search.Author, "sources": search.Source}

// searchDoc is what search knows of an article.
func searchDoc(f site.Filed) search.Doc {
	e := f.Entry
	d := search.Doc{
		Key: e.Digest, Title: e.Title, URL: f.URL, Year: int(f.When.Year), Month: int(f.When.Month),
		Lang: e.Lang, Lead: e.Excerpt, Withdrawn: e.Withdrawn != "",
	}
	if !f.When.IsZero() {
		day := f.When
		day.HasTime, day.Hour, day.Minute, day.Sec = false, 0, 0, 0
		d.Date = day.String()
	}
	if d.Withdrawn {
		d.Lead = ""
	}
	for _, t := range f.Terms {
		kind := nameKinds[t.Kind]
		d.Names[kind] = append(d.Names[kind], search.Name{Label: t.Label, Slug: t.Slug})
	}
	return d
}

// searchText is the text that an article is found by.
func (b *builder) searchText(e *content.Entry) (string, error) {
	if e.Withdrawn != "" {
		return "", nil
	}
	body, err := b.text(e)
	if err != nil {
		return "", err
	}
	text := markdown.PlainText(body)
	if e.Summary != "" {
		return e.Summary + "\n\n" + text, nil
	}
	return text, nil
}
