package mirror

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/manifest"
	"backfile/build/manifest/release"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/offer"
	"backfile/build/mirror/source"
	"backfile/build/mirror/state"
)

// maxFiles is more files than one archive has. A list of them takes 3 GB.
const maxFiles = 20_000_000

// a list is what is read of the manifest: the files, and the deltas that were
// of use, by their paths.
type list struct {
	head   manifest.Head
	files  []manifest.File
	deltas map[string][]byte // compressed
}

// oldList returns the list of what is in place. When it cannot be read the
// list is empty, and every file that is there is hashed instead.
func (c *copyOf) oldList() list {
	public := os.DirFS(c.tree)
	h, err := manifest.ReadHead(public)
	if err != nil {
		return list{}
	}
	l := list{head: h, files: make([]manifest.File, 0, min(h.Files, maxFiles))}
	for f, err := range h.Read(public) {
		if err != nil {
			return list{}
		}
		l.files = append(l.files, f)
	}
	return l
}

// newList returns the list that the head of o names: the one that is here, or
// that one with deltas applied, or one read from shards.
func (c *copyOf) newList(ctx context.Context, o *offer.Offer, old list) (list, error) {
	h := o.Head
	if h.Files > maxFiles {
		return list{}, fault.New(fault.Disk, "version %d lists %d files, more than the %d that a copy can have", h.Version, h.Files, maxFiles)
	}
	if old.files != nil && old.head.SameList(h) {
		return list{head: h, files: old.files}, nil
	}
	if l, err := c.byDelta(ctx, h, old); err == nil {
		c.rep.Delta = true
		return l, nil
	} else if ctx.Err() != nil || fault.Of(err) == fault.Disk {
		return l, err
	}
	if err := c.shards(ctx, h); err != nil {
		return list{}, err
	}
	l := list{head: h, files: make([]manifest.File, 0, h.Files)}
	for f, err := range h.Read(c.shardFiles()) {
		if err != nil {
			return l, &fault.Fault{Kind: fault.Incomplete, Err: err}
		}
		l.files = append(l.files, f)
	}
	l.deltas = c.moreDeltas(ctx, h)
	return l, nil
}

// errNoDelta says that deltas do not lead from here to there.
var errNoDelta = errors.New("no delta")

// byDelta applies the deltas from what is here to h, and computes the root.
func (c *copyOf) byDelta(ctx context.Context, h manifest.Head, old list) (list, error) {
	if old.files == nil || !old.head.Signed() || old.head.Version >= h.Version {
		return list{}, errNoDelta
	}
	ref, to := manifest.DeltaRef{From: h.DeltaFrom, Sum: h.DeltaSum, Size: h.DeltaBytes}, h.Version
	var way []manifest.Delta // the newest first
	l := list{head: h, deltas: map[string][]byte{}}
	for total := int64(0); to > old.head.Version; {
		total += ref.Size
		if ref.From < old.head.Version || total > manifest.MaxDelta || total > worthwhile(h) {
			return l, errNoDelta
		}
		d, zip, err := c.delta(ctx, ref, to)
		if err != nil {
			return l, err
		}
		way = append(way, d)
		l.deltas[manifest.DeltaPath(ref.From, to)] = zip
		to, ref = ref.From, d.Before
	}
	l.files = old.files
	for _, d := range slices.Backward(way) {
		var err error
		if l.files, err = manifest.Apply(l.files, d.Changes); err != nil {
			return l, err
		}
	}
	got, err := manifest.Make(slices.Values(l.files), func(manifest.Shard) error { return nil })
	if err == nil && !got.SameList(h) {
		err = errNoDelta
	}
	return l, err
}

// worthwhile is how many bytes of deltas cost less than the shards.
func worthwhile(h manifest.Head) int64 { return 1<<20 + int64(h.Files)*30 }

// delta gets one delta, and returns it and its compressed form.
func (c *copyOf) delta(ctx context.Context, ref manifest.DeltaRef, to int) (d manifest.Delta, zip []byte, err error) {
	p := manifest.DeltaPath(ref.From, to)
	var text []byte
	zip, err = c.small(ctx, 0, source.Request{Path: p, Limit: manifest.ZipLimit(ref.Size)}, func(b []byte) error {
		var err error
		if text, err = manifest.Unzip(bytes.NewReader(b), ref.Size); err != nil || int64(len(text)) != ref.Size || digest.Plain(text) != ref.Sum {
			return errWrong
		}
		return nil
	})
	if err != nil {
		return d, nil, err
	}
	if d, err = manifest.ParseDelta(text); err == nil && (d.From != ref.From || d.To != to) {
		err = errNoDelta
	}
	return d, zip, err
}

// moreDeltas gets the deltas that lead to h and that the copy does not have yet,
// for copies that are made from this one. That it does not get them is no harm.
func (c *copyOf) moreDeltas(ctx context.Context, h manifest.Head) map[string][]byte {
	out := map[string][]byte{}
	ref, to := manifest.DeltaRef{From: h.DeltaFrom, Sum: h.DeltaSum, Size: h.DeltaBytes}, h.Version
	for n := 0; n < 30 && ref.From > 0 && ref.Size <= manifest.MaxDelta; n++ {
		p := manifest.DeltaPath(ref.From, to)
		if _, err := os.Stat(c.file(p)); err == nil {
			break
		}
		d, zip, err := c.delta(ctx, ref, to)
		if err != nil {
			break
		}
		out[p] = zip
		to, ref = ref.From, d.Before
	}
	return out
}

// shards gets all shards below the root of h that are not here yet. They are
// kept in staging, so that a later sync need not get them again.
func (c *copyOf) shards(ctx context.Context, h manifest.Head) error {
	left := 16 + h.Files/16 // a shard has 32 lines, but for the last of each level
	files := c.shardFiles()
	level := []manifest.File{{Size: h.RootSize, Sum: h.Root}}
	for depth := 0; len(level) > 0 && depth < 10; depth++ {
		if left -= len(level); left < 0 {
			return fault.New(fault.Incomplete, "the list of version %d has more shards than its %d files need", h.Version, h.Files)
		}
		err := par.Each(ctx, c.o.Jobs, slices.Values(level), func(f manifest.File) error {
			if text, err := manifest.ReadShardText(files, f); err == nil && text != nil {
				return nil
			}
			return c.shard(ctx, f)
		})
		if err != nil {
			return err
		}
		var next []manifest.File
		for _, f := range level {
			text, err := manifest.ReadShardText(files, f)
			if err != nil {
				return &fault.Fault{Kind: fault.Incomplete, Err: err}
			}
			kind, lines, err := manifest.ParseShard(text)
			if err != nil {
				return fault.New(fault.Incomplete, "%s:%w", manifest.ShardPath(f.Sum), err)
			}
			if kind == 'd' {
				next = append(next, lines...)
			}
		}
		level = next
	}
	return nil
}

// shard gets one shard.
func (c *copyOf) shard(ctx context.Context, f manifest.File) error {
	if f.Size > manifest.MaxShard {
		return fault.New(fault.Incomplete, "%s: %d bytes are more than a shard may have", manifest.ShardPath(f.Sum), f.Size)
	}
	zip, err := c.small(ctx, 0, source.Request{Path: manifest.ShardPath(f.Sum), Limit: manifest.ZipLimit(f.Size)}, func(b []byte) error {
		text, err := manifest.Unzip(bytes.NewReader(b), f.Size)
		if err != nil || int64(len(text)) != f.Size || digest.Plain(text) != f.Sum {
			return errWrong
		}
		return nil
	})
	if err != nil {
		return err
	}
	file := c.state.Path("shards", filepath.Base(manifest.ShardPath(f.Sum)))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return diskFault(err)
	}
	return diskFault(os.WriteFile(file, zip, 0o644)) // read again, it is hashed again
}

// shardFiles opens shards in the copy or, when they are not there, in staging.
func (c *copyOf) shardFiles() fs.FS {
	return shardFS{[]fs.FS{os.DirFS(c.tree), os.DirFS(c.state.Path("shards"))}}
}

type shardFS struct{ dirs []fs.FS }

func (s shardFS) Open(name string) (fs.File, error) {
	f, err := s.dirs[0].Open(name)
	if err == nil {
		return f, nil
	}
	return s.dirs[1].Open(name[strings.LastIndexByte(name, '/')+1:])
}

// history gets the earlier heads that the copy does not have, for those who
// compare copies.
func (c *copyOf) history(ctx context.Context, o *offer.Offer) (map[int][]byte, error) {
	after := 0
	for v := o.Head.Version - 1; v > 0; v-- {
		if _, err := os.Stat(c.file(release.HeadPath(v))); err == nil {
			after = v
			break
		}
	}
	if o.Unchanged && after == o.Head.Version-1 || len(o.History) >= o.Head.Version-1-after {
		return o.History, nil
	}
	if err := o.ReadHistory(ctx, after); err != nil {
		if fault.Of(err) == fault.Unreachable {
			return nil, err
		}
		return nil, fmt.Errorf("reading earlier heads: %w", err)
	}
	return o.History, nil
}

// ReadList returns the list that a head names, read from the shards of a
// source.
func ReadList(ctx context.Context, s source.Source, h manifest.Head, jobs int) ([]manifest.File, error) {
	if h.Files > maxFiles {
		return nil, fault.New(fault.Incomplete, "version %d lists %d files, more than the %d that a copy can have", h.Version, h.Files, maxFiles)
	}
	dir, err := os.MkdirTemp("", "backfile-list-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	st, err := state.Open(dir)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	if jobs == 0 {
		jobs = 8
	}
	c := &copyOf{o: Options{Jobs: jobs, Now: time.Now()}, tree: dir, state: st, sources: []source.Source{s}}
	if err := c.shards(ctx, h); err != nil {
		return nil, err
	}
	list, err := h.List(c.shardFiles())
	if err != nil {
		return nil, &fault.Fault{Kind: fault.Incomplete, Err: err}
	}
	return list, nil
}
