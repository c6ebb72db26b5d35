package release

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"

	"backfile/build/manifest"
)

// The list of a version is kept as one delta from nothing: the same lines, and
// the same parser.

// readList returns the files of the newest version.
func (f *Folder) readList() ([]manifest.File, error) {
	base, err := f.readDelta(listFile)
	if err != nil {
		return nil, err
	}
	list, err := manifest.Apply(nil, base.Changes)
	if err != nil {
		return nil, err
	}
	for v := base.To - 1; v < f.Head.Version; v++ {
		d, err := f.readDelta(deltaFile(v))
		if err != nil {
			return nil, err
		}
		if list, err = manifest.Apply(list, d.Changes); err != nil {
			return nil, err
		}
	}
	got, err := manifest.Make(slices.Values(list), func(manifest.Shard) error { return nil })
	if err == nil && !got.SameList(f.Head) {
		err = errors.New("the list that is kept is not that of the newest version")
	}
	return list, err
}

// readDelta reads a delta of the folder.
func (f *Folder) readDelta(name string) (manifest.Delta, error) {
	file, err := os.Open(f.path(name))
	if err != nil {
		return manifest.Delta{}, err
	}
	defer file.Close()
	zip, err := gzip.NewReader(file)
	if err != nil {
		return manifest.Delta{}, fmt.Errorf("%s/%s: %w", Name, name, err)
	}
	const limit = 1 << 30 // our own file, of five million lines
	text, err := io.ReadAll(io.LimitReader(zip, limit))
	if err != nil {
		return manifest.Delta{}, fmt.Errorf("%s/%s: %w", Name, name, err)
	}
	d, err := manifest.ParseDelta(text)
	if err != nil {
		return d, fmt.Errorf("%s/%s: %w", Name, name, err)
	}
	return d, nil
}

// writeList keeps list as that of a version. A list is a delta that ends one
// above its version, so that the first has a number to begin at too.
func (f *Folder) writeList(h manifest.Head, list []manifest.File) error {
	d := manifest.Delta{From: h.Version, To: h.Version + 1, ToRoot: h.Root}
	for _, file := range list {
		d.Changes = append(d.Changes, manifest.Change{File: file})
	}
	return f.writeZip(listFile, d.Text())
}

func (f *Folder) writeZip(name string, text []byte) error {
	var b bytes.Buffer
	if err := manifest.Compress(&b, text); err != nil {
		return err
	}
	return f.write(name, b.Bytes())
}

// tidy removes deltas that neither copies nor the list need, and keeps a fresh
// list when those after the kept one have grown as large as a quarter of it.
func (f *Folder) tidy(list []manifest.File) error {
	base, err := f.readDelta(listFile)
	first := base.To - 1
	if err != nil || !f.chained(first) || f.grown(first) {
		if err := f.writeList(f.Head, list); err != nil {
			return err
		}
		first = f.Head.Version
	}
	entries, err := os.ReadDir(f.path(deltasDir))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	needed := min(first, f.Head.Version-keptDeltas)
	for _, e := range entries {
		var from, to int
		if n, _ := fmt.Sscanf(strings.TrimSuffix(e.Name(), ".gz"), "%d-%d", &from, &to); n == 2 && from < needed {
			if err := os.Remove(f.path(deltasDir + "/" + e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// chained tells whether the deltas from a version to the newest are all there.
func (f *Folder) chained(first int) bool {
	for v := first; v < f.Head.Version; v++ {
		if _, err := os.Stat(f.path(deltaFile(v))); err != nil {
			return false
		}
	}
	return true
}

// grown tells whether the deltas from a version on are so large together that
// a fresh list is worth its bytes.
func (f *Folder) grown(first int) bool {
	whole, err := os.Stat(f.path(listFile))
	if err != nil {
		return true
	}
	var sum int64
	for v := first; v < f.Head.Version; v++ {
		info, err := os.Stat(f.path(deltaFile(v)))
		if err != nil {
			return true
		}
		sum += info.Size()
	}
	return sum > whole.Size()/4+(8<<10)
}
