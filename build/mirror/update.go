package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/manifest"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/offer"
	"backfile/build/mirror/part"
)

// maxTold is how many withdrawn pages are told by name.
const maxTold = 20

// update brings the copy to the version that is offered.
func (c *copyOf) update(ctx context.Context, o *offer.Offer) error {
	old := c.oldList()
	c.rep.From = old.head.Version
	l, err := c.newList(ctx, o, old)
	if err != nil {
		return err
	}
	if err := manifest.Portable(l.files); err != nil {
		return fault.New(fault.Incomplete, "version %d cannot be copied: %w", o.Head.Version, err)
	}
	want, err := c.choose(ctx, old, l)
	if err != nil {
		return err
	}
	w, err := c.plan(ctx, old, want)
	if err != nil {
		return err
	}
	c.rep.Plan, c.rep.Files, c.rep.FilesBytes = w.Plan, w.Files, w.Bytes
	for _, p := range w.withdrawn {
		if !strings.HasSuffix(p, ".html") { // pieces of the search index come and go
			continue
		}
		if c.rep.WithdrawnPages++; c.rep.WithdrawnPages <= maxTold {
			c.rep.Withdrawn = append(c.rep.Withdrawn, p)
		}
	}
	if c.o.Planned != nil {
		c.o.Planned(w.Plan)
	}
	if err := c.allow(w, old); err != nil || c.o.DryRun {
		return err
	}
	history, err := c.history(ctx, o)
	if err != nil {
		return err
	}
	if err := c.fetchAll(ctx, old, w.fetch); err != nil {
		return err
	}
	return c.publish(ctx, &incoming{offer: o, list: l, want: want, history: history, work: w, old: old})
}

// choose returns the files of l that the copy is to hold. For a part, the
// pages that tell which files it has are fetched first.
func (c *copyOf) choose(ctx context.Context, old, l list) ([]manifest.File, error) {
	s := part.Select(c.o.Only, l.files)
	for pages := s.Pending(); len(pages) > 0; pages = s.Pending() {
		var missing []manifest.File
		for _, f := range pages {
			if sum, ok, _ := sumOf(c.file(f.Path), f.Size); !ok || sum != f.Sum { // then it is fetched
				missing = append(missing, f)
			}
		}
		if err := c.fetchAll(ctx, old, unique(missing)); err != nil {
			return nil, err
		}
		for _, f := range pages {
			text, err := os.ReadFile(c.state.Staged(f.Sum))
			if errors.Is(err, os.ErrNotExist) {
				text, err = os.ReadFile(c.file(f.Path))
			}
			if err != nil {
				return nil, diskFault(err)
			}
			if digest.Plain(text) != f.Sum {
				return nil, fault.New(fault.Disk, "%s changed while it was being read", f.Path)
			}
			s.Look(f.Path, text)
		}
	}
	return s.Files(), nil
}

// unique leaves one file of each digest.
func unique(files []manifest.File) []manifest.File {
	seen := map[digest.Sum]bool{}
	return slices.DeleteFunc(slices.Clone(files), func(f manifest.File) bool {
		again := seen[f.Sum]
		seen[f.Sum] = true
		return again
	})
}

// maxWrong is how many files may be wrong at all sources before a sync gives
// up: what is right meanwhile need not be fetched again.
const maxWrong = 50

// fetchAll puts files into staging: from an earlier try, from the copy itself
// when a file of the same bytes is there, or from sources.
func (c *copyOf) fetchAll(ctx context.Context, old list, files []manifest.File) error {
	twins := c.twins(old, files)
	var n, done atomic.Int64
	var bytes atomic.Int64
	var mu sync.Mutex
	var wrong []error
	err := par.Each(ctx, c.o.Jobs, slices.Values(files), func(f manifest.File) error {
		err := c.stage(ctx, int(n.Add(1)), f, twins[f.Sum])
		if fault.Of(err) == fault.Incomplete {
			mu.Lock()
			defer mu.Unlock()
			if wrong = append(wrong, err); len(wrong) < maxWrong {
				return nil
			}
		}
		if err == nil && c.o.Progress != nil {
			c.o.Progress(int(done.Add(1)), len(files), bytes.Add(f.Size))
		}
		return err
	})
	if err == nil && len(wrong) > 0 {
		err = wrong[0]
		if len(wrong) > 1 {
			err = &fault.Fault{Kind: fault.Incomplete, Err: fmt.Errorf("%w (and %d more files)", err, len(wrong)-1)}
		}
	}
	return err
}

// stage puts one file into staging, twin being a path of the copy that should
// have its bytes, or "".
func (c *copyOf) stage(ctx context.Context, n int, f manifest.File, twin string) error {
	staged := c.state.Staged(f.Sum)
	if sum, ok, err := sumOf(staged, f.Size); err == nil && ok && sum == f.Sum {
		return nil
	}
	if twin != "" {
		if sum, ok, err := sumOf(c.file(twin), f.Size); err == nil && ok && sum == f.Sum {
			return diskFault(copyFile(c.file(twin), staged))
		}
	}
	return c.fetch(ctx, n, f)
}

// twins returns paths of the copy that have the digests of files.
func (c *copyOf) twins(old list, files []manifest.File) map[digest.Sum]string {
	out := map[digest.Sum]string{}
	if len(old.files) == 0 {
		return out
	}
	wanted := make(map[digest.Sum]bool, len(files))
	for _, f := range files {
		wanted[f.Sum] = true
	}
	for _, f := range old.files {
		if wanted[f.Sum] {
			out[f.Sum] = f.Path
		}
	}
	return out
}

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}
