// Package tree lists the files of a folder with their stamps, and tells by a
// stamp whether a file is still the one that was read.
//
// Symbolic links, devices and sockets are never followed or opened; they are
// listed apart, so that whoever walks can report them.
package tree

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
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
	Dirs  []string // without the root
}

// Walk lists all files below root. A root that does not exist gives an empty
// listing. skip, when not nil, is asked for every path below the root and
// keeps files and whole folders out.
func Walk(ctx context.Context, root string, skip func(path string) bool) (*Listing, error) {
	w := &walker{root: root, skip: skip}
	level := []string{"."}
	for len(level) > 0 {
		w.next = nil
		err := par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(level), w.read)
		if errors.Is(err, fs.ErrNotExist) && level[0] == "." {
			return &Listing{}, nil
		}
		if err != nil {
			return nil, err
		}
		w.Dirs = append(w.Dirs, w.next...)
		level = w.next
	}
	slices.SortFunc(w.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(w.Odd, func(a, b Odd) int { return cmp.Compare(a.Path, b.Path) })
	slices.Sort(w.Dirs)
	return &w.Listing, nil
}

type walker struct {
	Listing
	root string
	skip func(string) bool
	mu   sync.Mutex
	next []string // the folders of the next level
}

// An item is a name in a folder; stamp is set for files.
type item struct {
	name  string
	mode  fs.FileMode
	stamp Stamp
}

// read lists one folder.
func (w *walker) read(dir string) error {
	items, err := list(filepath.Join(w.root, filepath.FromSlash(dir)))
	if err != nil {
		return err
	}
	prefix := dir + "/"
	if dir == "." {
		prefix = ""
	}
	files := make([]File, 0, len(items))
	var dirs []string
	var odd []Odd
	for _, it := range items {
		p := prefix + it.name
		switch {
		case w.skip != nil && w.skip(p):
		case it.mode.IsDir():
			dirs = append(dirs, p)
		case it.mode.IsRegular():
			files = append(files, File{p, it.stamp})
		default:
			odd = append(odd, Odd{p, it.mode})
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Files = append(w.Files, files...)
	w.next = append(w.next, dirs...)
	w.Odd = append(w.Odd, odd...)
	return nil
}
