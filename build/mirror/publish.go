package mirror

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"backfile/build/internal/digest"
	"backfile/build/internal/disk"
	"backfile/build/manifest"
	"backfile/build/manifest/release"
	"backfile/build/manifest/trust"
	"backfile/build/mirror/offer"
)

// An incoming is a version whose files are all staged.
type incoming struct {
	offer   *offer.Offer
	list    list
	want    []manifest.File
	history map[int][]byte
	work    *work
	old     list
}

// publish puts a release in place. The order is what keeps the copy sound:
//
//  1. shards, deltas, statements and earlier heads, which nothing names yet
//  2. mirror/next, the new head: from here on a file may be as either list says
//  3. files, new ones first; files that leave
//  4. mirror/next becomes mirror/head
//  5. what nothing names any more goes
//
// The disk has each before the next begins.
func (c *copyOf) publish(ctx context.Context, r *incoming) error {
	if c.o.Atomic {
		return c.change(ctx, r)
	}
	return c.put(ctx, r)
}

func (c *copyOf) put(ctx context.Context, r *incoming) error {
	shards, err := c.putMeta(r)
	if err != nil {
		return diskFault(err)
	}
	if err := c.double(r.work.place); err != nil {
		return diskFault(err)
	}
	if err := c.sync(c.o.State); err != nil {
		return diskFault(err)
	}
	if err := context.Cause(ctx); err != nil {
		return err // the last moment at which an interrupt changes nothing
	}
	if err := c.replace(manifest.NextPath, r.offer.File); err != nil {
		return diskFault(err)
	}
	if err := c.putFiles(r); err != nil {
		return diskFault(err)
	}
	if err := c.sync(c.tree); err != nil {
		return diskFault(err)
	}
	if err := os.Rename(c.file(manifest.NextPath), c.file(manifest.HeadPath)); err != nil {
		return diskFault(err)
	}
	return diskFault(errors.Join(c.tidy(shards, r), c.sync(c.tree)))
}

// sync waits until the disk has what was written.
func (c *copyOf) sync(dir string) error {
	if c.o.NoSync {
		return nil
	}
	return disk.Sync(dir)
}

// replace puts a small file in place whole.
func (c *copyOf) replace(p string, text []byte) error {
	if have, err := os.ReadFile(c.file(p)); err == nil && bytes.Equal(have, text) {
		return nil
	}
	if err := c.folder(path.Dir(p)); err != nil {
		return err
	}
	temp := c.state.Path("new")
	if err := os.WriteFile(temp, text, 0o644); err != nil {
		return err
	}
	return os.Rename(temp, c.file(p))
}

// putMeta writes what nothing names yet, and returns which shards there are.
func (c *copyOf) putMeta(r *incoming) (map[digest.Sum]bool, error) {
	shards := map[digest.Sum]bool{}
	_, err := manifest.Make(slices.Values(r.list.files), func(s manifest.Shard) error {
		shards[s.Sum] = true
		if _, err := manifest.ReadShardText(os.DirFS(c.tree), manifest.File{Sum: s.Sum, Size: int64(len(s.Text))}); err == nil {
			return nil
		}
		var b bytes.Buffer
		if err := s.Compress(&b); err != nil {
			return err
		}
		return c.replace(s.Path(), b.Bytes())
	})
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{manifest.ReadmePath: []byte(manifest.Readme)}
	for v, text := range r.history {
		files[release.HeadPath(v)] = text
	}
	files[release.HeadPath(r.offer.Head.Version)] = r.offer.File
	for i, text := range r.offer.Statements {
		files[trust.StatementPath(i+1)] = text
	}
	maps.Copy(files, r.list.deltas)
	if !c.o.Only.Whole() {
		files[manifest.PartPath] = c.o.Only.File()
	}
	for _, p := range slices.Sorted(maps.Keys(files)) {
		if err := c.replace(p, files[p]); err != nil {
			return nil, err
		}
	}
	return shards, nil
}

// double makes a staged file for each path of a digest that several have: the
// first of them takes the staged file away.
func (c *copyOf) double(place []manifest.File) error {
	uses := map[digest.Sum]int{}
	for _, f := range place {
		if n := uses[f.Sum]; n > 0 {
			if err := copyFile(c.state.Staged(f.Sum), c.stagedAs(f.Sum, n)); err != nil {
				return err
			}
		}
		uses[f.Sum]++
	}
	return nil
}

// stagedAs is where the n-th file of a digest is staged.
func (c *copyOf) stagedAs(sum digest.Sum, n int) string {
	if n == 0 {
		return c.state.Staged(sum)
	}
	return c.state.Staged(sum) + "." + strconv.Itoa(n)
}

// putFiles moves files into place, and out of the way what is not to stay.
func (c *copyOf) putFiles(r *incoming) error {
	uses := map[digest.Sum]int{}
	made := map[string]bool{}
	if err := c.moveForeign(r.work.foreign); err != nil {
		return err
	}
	for _, f := range r.work.place {
		if dir := path.Dir(f.Path); !made[dir] {
			if err := c.folder(dir); err != nil {
				return err
			}
			made[dir] = true
		}
		from := c.stagedAs(f.Sum, uses[f.Sum])
		uses[f.Sum]++
		err := os.Rename(from, c.file(f.Path))
		if err != nil && isFolder(c.file(f.Path)) { // of an earlier version
			err = errors.Join(c.aside(f.Path, r.old.head.Version), os.Rename(from, c.file(f.Path)))
		}
		if err != nil {
			return fmt.Errorf("putting %s in place: %w", f.Path, err)
		}
	}
	for _, p := range r.work.withdrawn {
		if err := c.withdraw(p, r.old.head.Version); err != nil {
			return err
		}
	}
	return nil
}

// isFolder tells whether a folder stands at file, and no link to one.
func isFolder(file string) bool {
	info, err := os.Lstat(file)
	return err == nil && info.IsDir()
}

// folder makes a folder of the copy. What is no folder and stands in its way,
// a link above all, is moved out of the copy.
func (c *copyOf) folder(dir string) error {
	if err := os.MkdirAll(c.tree, 0o755); err != nil || dir == "." {
		return err
	}
	at := ""
	for name := range strings.SplitSeq(dir, "/") {
		at = path.Join(at, name)
		if isFolder(c.file(at)) {
			continue
		}
		if _, err := os.Lstat(c.file(at)); err == nil {
			if err := c.aside(at, c.rep.From); err != nil {
				return err
			}
		}
		if err := os.Mkdir(c.file(at), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// aside moves what stands at p out of the copy, to the files that left after a
// version.
func (c *copyOf) aside(p string, version int) error {
	to := c.state.Path("removed", strconv.Itoa(version), filepath.FromSlash(p))
	if _, err := os.Lstat(to); err == nil {
		to += "." + strconv.FormatInt(c.o.Now.UnixNano(), 36) // of an earlier try
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.Rename(c.file(p), to)
}

// withdraw takes a file away that left the archive.
func (c *copyOf) withdraw(p string, version int) error {
	var err error
	if c.o.DropRemoved {
		err = os.Remove(c.file(p))
	} else {
		err = c.aside(p, version)
	}
	// A file may be gone with its folder, whose place a new file has taken.
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("taking %s away: %w", p, err)
	}
	for dir := path.Dir(p); dir != "." && os.Remove(c.file(dir)) == nil; dir = path.Dir(dir) {
	}
	return nil
}

// moveForeign moves what is not the archive's out of the copy.
func (c *copyOf) moveForeign(paths []string) error {
	c.rep.MovedForeign = len(paths)
	for _, p := range paths {
		to := c.state.Path("foreign", c.o.Now.UTC().Format("20060102T150405Z"), filepath.FromSlash(p))
		c.rep.ForeignFolders = filepath.Dir(c.state.Path("foreign", "x"))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.Rename(c.file(p), to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for dir := path.Dir(p); dir != "." && os.Remove(c.file(dir)) == nil; dir = path.Dir(dir) {
		}
	}
	return nil
}

// tidy removes what the new head does not lead to, and notes that all is in
// place.
func (c *copyOf) tidy(shards map[digest.Sum]bool, r *incoming) error {
	entries, err := os.ReadDir(c.file(manifest.Dir + "m"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		sum, ok := digest.Parse(strings.TrimSuffix(e.Name(), ".gz"))
		if !ok || !shards[sum] {
			if err := os.RemoveAll(c.file(manifest.Dir + "m/" + e.Name())); err != nil {
				return err
			}
		}
	}
	if err := c.tidyDeltas(r.offer.Head.Version); err != nil {
		return err
	}
	if c.o.Only.Whole() {
		if err := os.Remove(c.file(manifest.PartPath)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, dir := range []string{"staging", "shards"} {
		if err := os.RemoveAll(c.state.Path(dir)); err != nil {
			return err
		}
	}
	return os.WriteFile(c.state.Path("synced"), nil, 0o600)
}

// tidyDeltas removes deltas that do not lead to a version without a gap, and
// those of long ago.
func (c *copyOf) tidyDeltas(version int) error {
	entries, err := os.ReadDir(c.file(manifest.Dir + "d"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	leads := map[string]bool{}
	for to := version; to > max(1, version-maxDeltas); to-- {
		p := manifest.DeltaPath(to-1, to)
		if _, err := os.Stat(c.file(p)); err != nil {
			break
		}
		leads[path.Base(p)] = true
	}
	for _, e := range entries {
		if !leads[e.Name()] {
			if err := os.RemoveAll(c.file(manifest.Dir + "d/" + e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxDeltas is how many deltas a copy keeps for others.
const maxDeltas = 30

// recover completes a publish that was broken off: all its files are staged, so
// no source is needed.
func (c *copyOf) recover(ctx context.Context) error {
	if c.o.DryRun {
		return nil
	}
	next, err := os.ReadFile(c.file(manifest.NextPath))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return diskFault(err)
	}
	o := &offer.Offer{File: next, Statements: c.state.Known.Statements}
	if o.Chain, err = trust.Follow(o.Statements); err == nil {
		o.Head, o.Signers, err = o.Chain.Head(next)
	}
	if err != nil { // not ours: nothing was put in place by it
		return diskFault(os.Remove(c.file(manifest.NextPath)))
	}
	old := c.oldList()
	c.rep.From, c.rep.To = old.head.Version, o.Head.Version
	l := list{head: o.Head}
	for f, err := range o.Head.Read(os.DirFS(c.tree)) {
		if err != nil {
			return nil // the sources have it
		}
		l.files = append(l.files, f)
	}
	only := c.o.Only
	defer func() { c.o.Only = only }()
	if c.o.Only, err = c.part(); err != nil {
		c.o.Only = only
	}
	want, err := c.choose(ctx, old, l)
	if err != nil {
		return nil
	}
	w, err := c.plan(ctx, old, want)
	if err != nil {
		return err
	}
	for _, f := range w.fetch {
		if sum, ok, err := sumOf(c.state.Staged(f.Sum), f.Size); err != nil || !ok || sum != f.Sum {
			return nil
		}
	}
	return c.put(ctx, &incoming{offer: o, list: l, want: want, work: w, old: old})
}
