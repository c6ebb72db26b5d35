package search

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"backfile/build/internal/par"
	"backfile/build/search/words"
)

// index makes the runs of s that are not in the cache, and opens all.
func (b *builder) index(ctx context.Context, s *segment) error {
	s.runs = make([]*run, len(s.ranges))
	places := func(yield func(int) bool) {
		for i := range s.ranges {
			if !yield(i) {
				return
			}
		}
	}
	err := par.Each(ctx, b.Workers, places, func(i int) error {
		r := s.ranges[i]
		file := filepath.Join(b.Cache, r.file())
		opened, err := openRun(file, r.key)
		if err != nil { // there is none, or it is damaged
			if err := b.gather(s, r, file); err != nil {
				return err
			}
			opened, err = openRun(file, r.key)
		}
		if err != nil {
			return err
		}
		opened.first = r.first
		s.runs[i] = opened
		return nil
	})
	if err != nil {
		return err
	}
	s.lens, s.langs = make([]docLen, 0, s.n), map[string]int{}
	for i, r := range s.runs {
		s.lens = append(s.lens, r.docs...)
		b.used[s.ranges[i].file()] = true
	}
	for _, l := range s.lens {
		s.langs[l.lang]++
	}
	return nil
}

// gather finds the words of a range and writes them to the cache.
func (b *builder) gather(s *segment, r *docRange, file string) error {
	g, ok := b.gatherers.Get().(*gatherer)
	if !ok {
		g = newGatherer()
	}
	defer b.gatherers.Put(g)
	defer g.reset()
	for i := s.base + r.first; i < s.base+r.first+r.n; i++ {
		d := b.Doc(i)
		text, err := b.Text(i)
		if err != nil {
			return err
		}
		lang := d.Lang
		if lang == "" {
			lang = words.Detect(text)
		}
		if lang == "" {
			lang = b.Lang
		}
		g.add(d.Title, text, lang)
	}
	return b.save(file, encodeRun(r.key, g.docs, g.posted))
}

// save writes a file of the cache whole. Two ranges of the same articles make
// the same file, perhaps at once.
func (b *builder) save(file string, bytes []byte) error {
	f, err := os.CreateTemp(b.Cache, "*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(bytes)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
