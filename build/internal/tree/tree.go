// Package tree lists the files of a folder with their stamps, and tells by a
// stamp whether a file is still the one that was read.
//
// Symbolic links, devices and sockets are never followed or opened; they are
// listed apart, so that whoever walks can report them.
package tree

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"backfile/build/internal/par"
)

// A Stamp is what the file system says of a file without reading it. Two
// equal stamps mean the same bytes, unless the file was changed within
// Racy of the moment it was read.
type Stamp struct {
	Size  int64
	MTime int64 // nanoseconds since 1970
	CTime int64 // change of the inode, where the system tells it; else 0
	Inode uint64
}

// Racy is how long before a reading a file may have been changed and be
// changed again without its stamp showing it: the clock that stamps files
// ticks every 1 to 10 ms, and on some file systems (FAT) every 2 s.
const Racy = 2 * time.Second

// Settled reports whether s was taken of a file that had not been touched for
// Racy before now.
func (s Stamp) Settled(now time.Time) bool {
	return max(s.MTime, s.CTime) < now.Add(-Racy).UnixNano()
}

// A File is one file below the root of a walk.
type File struct {
	Path  string // below the root, with slashes
	Stamp Stamp
}

// An Odd is something that is neither a file nor a folder.
type Odd struct {
	Path string
	Mode fs.FileMode
}

// A Listing is what a walk found, each part sorted by path.
type Listing struct {
	Files []File
	Odd   []Odd
}

// Walk lists all files below root. A root that does not exist gives an empty
// listing. skip, when not nil, is asked for every path below the root and
// keeps files and whole folders out.
func Walk(ctx context.Context, root string, skip func(path string) bool) (*Listing, error) {
	w := &walker{root: root, skip: skip}
	w.scratch.New = func() any { return new(scratch) }
	top := &folder{}
	for level := []*folder{top}; len(level) > 0; {
		err := par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(level), w.read)
		if errors.Is(err, fs.ErrNotExist) && level[0] == top {
			return &Listing{}, nil
		}
		if err != nil {
			return nil, err
		}
		var next []*folder
		for _, f := range level {
			next = append(next, f.folders...)
		}
		level = next
	}
	l := &Listing{Files: make([]File, 0, w.files.Load())}
	top.collect(l)
	return l, nil
}

type walker struct {
	root    string
	skip    func(string) bool
	scratch sync.Pool // of *scratch
	files   atomic.Int64
}

// A scratch is used to read one folder after another.
type scratch struct {
	names [32 << 10]byte // hundreds of them
	items []item
}

// A folder is one that has been read. Its items are sorted as their paths
// are, a folder by its path and a slash: then all that is below a folder
// stands between the items beside it, and the whole need not be sorted.
type folder struct {
	path    string
	items   []item
	folders []*folder // in the order of items
}

// An item is what stands in a folder; stamp is set for files.
type item struct {
	path  string // below the root
	mode  fs.FileMode
	stamp Stamp
}

// read reads one folder.
func (w *walker) read(f *folder) error {
	s := w.scratch.Get().(*scratch)
	defer w.scratch.Put(s)
	s.items = s.items[:0]
	prefix := ""
	if f.path != "" {
		prefix = f.path + "/"
	}
	err := list(filepath.Join(w.root, filepath.FromSlash(f.path)), prefix, s.names[:], func(it item) {
		if w.skip == nil || !w.skip(it.path) {
			s.items = append(s.items, it)
		}
	})
	if err != nil {
		return err
	}
	f.items = slices.Clone(s.items)
	slices.SortFunc(f.items, compare)
	files := 0
	for _, it := range f.items {
		switch {
		case it.mode.IsDir():
			f.folders = append(f.folders, &folder{path: it.path})
		case it.mode.IsRegular():
			files++
		}
	}
	w.files.Add(int64(files))
	return nil
}

// compare orders two items of a folder as the paths of what they hold.
func compare(a, b item) int {
	if !a.mode.IsDir() && !b.mode.IsDir() {
		return strings.Compare(a.path, b.path)
	}
	return strings.Compare(sortKey(a), sortKey(b))
}

func sortKey(it item) string {
	if it.mode.IsDir() {
		return it.path + "/"
	}
	return it.path
}

// collect adds all that is below f to l.
func (f *folder) collect(l *Listing) {
	folders := f.folders
	for _, it := range f.items {
		switch {
		case it.mode.IsDir():
			folders[0].collect(l)
			folders = folders[1:]
		case it.mode.IsRegular():
			l.Files = append(l.Files, File{it.path, it.stamp})
		default:
			l.Odd = append(l.Odd, Odd{it.path, it.mode})
		}
	}
}
