package mirror

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"backfile/build/internal/par"
	"backfile/build/internal/tree"
)

func dirFS(dir string) fs.FS { return os.DirFS(dir) }

// change publishes a release as a whole new tree beside the copy, whose
// unchanged files are hard links to those of the old, and then turns the
// symbolic link that is the copy. It takes time for every file of the archive,
// not for every changed one.
func (c *copyOf) change(ctx context.Context, r *incoming) error {
	next := fmt.Sprintf("%s.v%d", c.o.Dir, r.offer.Head.Version)
	old, err := os.Readlink(c.o.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskFault(err)
	}
	if filepath.Base(next) == filepath.Base(old) {
		next += "b" // the same version, mended
	}
	if err := os.RemoveAll(next); err != nil { // of a sync that was killed
		return diskFault(err)
	}
	if err := os.MkdirAll(next, 0o755); err != nil {
		return diskFault(err)
	}
	if old != "" {
		if err := c.clone(ctx, next); err != nil {
			return diskFault(err)
		}
	}
	c.tree = next
	if err := c.put(ctx, r); err != nil {
		return err
	}
	link := c.o.Dir + ".new"
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskFault(err)
	}
	if err := os.Symlink(filepath.Base(next), link); err != nil {
		return diskFault(err)
	}
	if err := os.Rename(link, c.o.Dir); err != nil {
		return diskFault(err)
	}
	if err := c.sync(filepath.Dir(c.o.Dir)); err != nil {
		return diskFault(err)
	}
	return diskFault(c.dropTrees(filepath.Base(next), filepath.Base(old)))
}

// clone fills the folder to with hard links to the files of the copy. Files of
// the manifest are small, and copied: some are written in place.
func (c *copyOf) clone(ctx context.Context, to string) error {
	listing, err := tree.Walk(ctx, c.tree+string(filepath.Separator), nil) // through the link
	if err != nil {
		return err
	}
	return par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(listing.Files), func(f tree.File) error {
		from, at := c.file(f.Path), filepath.Join(to, filepath.FromSlash(f.Path))
		err := os.Link(from, at)
		if errors.Is(err, fs.ErrNotExist) {
			if err = os.MkdirAll(filepath.Dir(at), 0o755); err == nil {
				err = os.Link(from, at)
			}
		}
		return err
	})
}

// dropTrees removes the trees of versions but the two named: a reader may still
// be in the old one.
func (c *copyOf) dropTrees(now, before string) error {
	dir := filepath.Dir(c.o.Dir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(c.o.Dir)+".v") && e.IsDir() && e.Name() != now && e.Name() != before {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
