package mirror

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"backfile/build/internal/digest"
	"backfile/build/internal/disk"
	"backfile/build/internal/par"
	"backfile/build/internal/tree"
	"backfile/build/manifest"
	"backfile/build/mirror/fault"
)

// A Plan is what a Sync is about to do.
type Plan struct {
	From, To         int // versions
	Fetch            int // files
	FetchBytes       int64
	Added, Changed   int
	Withdrawn        int // files that leave the copy
	Foreign          int // files that are not the archive's
	Files            int // of the copy, when it is done
	Bytes            int64
	Free             int64 // on the disk; -1 when that is not known
	Part             string
	Hashed, HashedOK int // files that were looked at because nobody could tell
}

// work is a plan with its files.
type work struct {
	Plan
	fetch     []manifest.File // one of each digest that is not here
	place     []manifest.File // what is to be put in place; added ones first
	withdrawn []string
	foreign   []string // files and others that are not the archive's
}

// plan compares what is on the disk with want.
func (c *copyOf) plan(ctx context.Context, old list, want []manifest.File) (*work, error) {
	top := map[string]bool{}
	for _, f := range want {
		if f.Path[0] == '.' {
			name, _, _ := strings.Cut(f.Path, "/")
			top[name] = true
		}
	}
	// Names at the top that begin with a dot are the owner's, such as .git.
	listing, err := tree.Walk(ctx, c.tree, func(p string) bool { return p[0] == '.' && !strings.Contains(p, "/") && !top[p] })
	if err != nil {
		return nil, diskFault(err)
	}
	w := &work{Plan: Plan{From: old.head.Version, To: c.rep.To, Part: c.o.Only.String()}}
	c.sortOut(w, listing, old, want)
	doubtful := c.doubtful(listing, old, want)
	bad, err := c.hash(ctx, doubtful)
	if err != nil {
		return nil, err
	}
	w.Hashed, w.HashedOK = len(doubtful), len(doubtful)-len(bad)
	c.needs(w, listing, want, bad)
	w.Free, _ = disk.Free(c.o.State)
	return w, nil
}

// sortOut finds what is on the disk and not wanted.
func (c *copyOf) sortOut(w *work, listing *tree.Listing, old list, want []manifest.File) {
	for _, f := range listing.Files {
		if strings.HasPrefix(f.Path, manifest.Dir) {
			if manifest.OwnKind(f.Path) == "" {
				w.foreign = append(w.foreign, f.Path)
			}
			continue
		}
		if _, wanted := find(want, f.Path); wanted || f.Path == "CNAME" { // GitHub's, for the mirror's own name
			continue
		}
		if _, listed := find(old.files, f.Path); listed {
			w.withdrawn = append(w.withdrawn, f.Path)
		} else {
			w.foreign = append(w.foreign, f.Path)
		}
	}
	for _, odd := range listing.Odd {
		w.foreign = append(w.foreign, odd.Path)
	}
	w.Withdrawn, w.Foreign = len(w.withdrawn), len(w.foreign)
}

// find looks a path up in a sorted list.
func find(list []manifest.File, p string) (manifest.File, bool) {
	i, found := slices.BinarySearchFunc(list, p, func(f manifest.File, p string) int { return strings.Compare(f.Path, p) })
	if !found {
		return manifest.File{}, false
	}
	return list[i], true
}

// doubtful returns the files of want that stand on the disk with the right
// size, and of which nobody can tell without reading whether they are right:
// they were changed since the last sync, or are not as that one left them.
func (c *copyOf) doubtful(listing *tree.Listing, old list, want []manifest.File) []manifest.File {
	var last int64
	if info, err := os.Stat(c.state.Path("synced")); err == nil {
		last = info.ModTime().UnixNano()
	}
	var out []manifest.File
	for f, have := range both(listing.Files, want) {
		if have.Size != f.Size {
			continue
		}
		before, listed := find(old.files, f.Path)
		if c.o.Check || !listed || before != f && before.Size == f.Size || max(have.MTime, have.CTime) >= last {
			out = append(out, f)
		}
	}
	return out
}

// both yields the files of want that are in a listing, with their stamps.
func both(listing []tree.File, want []manifest.File) func(yield func(manifest.File, tree.Stamp) bool) {
	return func(yield func(manifest.File, tree.Stamp) bool) {
		i := 0
		for _, f := range want {
			for i < len(listing) && listing[i].Path < f.Path {
				i++
			}
			if i < len(listing) && listing[i].Path == f.Path && !yield(f, listing[i].Stamp) {
				return
			}
		}
	}
}

// hash reads files and returns the paths of those that are not as they should.
func (c *copyOf) hash(ctx context.Context, files []manifest.File) (bad map[string]bool, err error) {
	bad = map[string]bool{}
	var mu sync.Mutex
	err = par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(files), func(f manifest.File) error {
		sum, ok, err := sumOf(c.file(f.Path), f.Size)
		if err != nil || !ok || sum != f.Sum {
			mu.Lock()
			defer mu.Unlock()
			bad[f.Path] = true
		}
		return nil
	})
	return bad, err
}

// needs fills in what is to be fetched and put in place.
func (c *copyOf) needs(w *work, listing *tree.Listing, want []manifest.File, bad map[string]bool) {
	right := make(map[string]bool, 64)
	here := map[string]bool{} // of those that are not right
	for f, have := range both(listing.Files, want) {
		if have.Size == f.Size && !bad[f.Path] {
			right[f.Path] = true
		} else {
			here[f.Path] = true
		}
	}
	var changed []manifest.File
	sums := map[digest.Sum]bool{}
	for _, f := range want {
		w.Bytes += f.Size
		if right[f.Path] {
			continue
		}
		if here[f.Path] {
			changed = append(changed, f)
		} else {
			w.place = append(w.place, f)
		}
		if !sums[f.Sum] {
			sums[f.Sum] = true
			w.fetch = append(w.fetch, f)
			w.FetchBytes += f.Size
		}
	}
	w.Files, w.Fetch = len(want), len(w.fetch)
	w.Added, w.Changed = len(w.place), len(changed)
	w.place = append(w.place, changed...)
}

// allow refuses a plan that does not fit the disk, or that would take too much
// away.
func (c *copyOf) allow(w *work, old list) error {
	if c.o.MaxDisk > 0 && w.Bytes > c.o.MaxDisk {
		return fault.New(fault.Disk, "version %d has %s, more than --max-disk allows", w.To, bytesText(w.Bytes))
	}
	const reserve = 32 << 20
	need := w.FetchBytes + 4096*int64(len(w.fetch))/2 + reserve
	if w.Free >= 0 && w.Free < need {
		return fault.New(fault.Disk, "%s are needed and %s are free in %s", bytesText(need), bytesText(w.Free), c.o.Dir)
	}
	limit := c.o.MaxDelete
	if limit == 0 {
		limit = max(1000, len(old.files)/20)
	}
	if w.Withdrawn > limit {
		return fault.New(fault.Incomplete, "version %d takes away %d of %d files, more than the %d that are let go without a word (--max-delete %d)",
			w.To, w.Withdrawn, len(old.files), limit, w.Withdrawn)
	}
	return nil
}

// bytesText is a number of bytes as people read it.
func bytesText(n int64) string {
	switch {
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
