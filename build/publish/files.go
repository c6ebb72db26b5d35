package publish

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"backfile/build/internal/digest"
	"backfile/build/internal/tree"
)

// A Stamp is what a build remembers of a file of public/: the key it was drawn
// with, its bytes' digest, and what the file system said of it.
type Stamp struct {
	Key  digest.Sum
	Sum  digest.Sum
	File tree.Stamp
}

// A File is a stamp with the path it is of.
type File struct {
	Path string // below public/, with slashes
	Stamp
}

// files are all paths that the last build put, that are on disk, or that this
// build puts. Most are all three, and stand in one sorted slice: a map for
// each would take several times the memory and the time.
type files struct {
	old   []File // of the last build, sorted; nil once it is part of table
	ready sync.Once

	mu    sync.Mutex
	table []entry // sorted
	index map[string]int32
	added map[string]*entry // paths that are in neither
}

// An entry is one path.
type entry struct {
	path   string
	stamp  Stamp      // of the last build; once put, of this one
	actual tree.Stamp // of the file as it is
	there  bool       // on disk
	put    bool       // by this build
}

// intact reports whether the files on disk are just those of the last build,
// and takes them over into this build when they are.
func (f *files) intact() bool {
	if len(f.old) != len(f.table) {
		return false
	}
	for i := range f.old {
		if e := &f.table[i]; f.old[i].Path != e.path || f.old[i].File != e.actual {
			return false
		}
	}
	for i := range f.old {
		f.table[i].stamp, f.table[i].put = f.old[i].Stamp, true
	}
	return true
}

// prepare brings the files of the last build and those on disk together, once.
func (f *files) prepare() {
	f.ready.Do(func() {
		if !f.sameAsOld() {
			f.merge()
		}
		f.old = nil
		f.index = make(map[string]int32, len(f.table))
		for i := range f.table {
			f.index[f.table[i].path] = int32(i)
		}
		f.added = map[string]*entry{}
	})
}

// sameAsOld fills in the stamps of the last build where the files on disk have
// its paths, as they nearly always do. It reports whether they have.
func (f *files) sameAsOld() bool {
	if len(f.old) != len(f.table) {
		return false
	}
	for i := range f.old {
		if f.old[i].Path != f.table[i].path {
			return false
		}
	}
	for i := range f.old {
		f.table[i].stamp = f.old[i].Stamp
	}
	return true
}

// merge makes one table of the files of the last build and those on disk.
func (f *files) merge() {
	disk := f.table
	all := make([]entry, 0, max(len(disk), len(f.old)))
	for _, o := range f.old {
		for len(disk) > 0 && disk[0].path < o.Path {
			all = append(all, disk[0])
			disk = disk[1:]
		}
		e := entry{path: o.Path, stamp: o.Stamp}
		if len(disk) > 0 && disk[0].path == o.Path {
			e.actual, e.there = disk[0].actual, true
			disk = disk[1:]
		}
		all = append(all, e)
	}
	f.table = append(all, disk...)
}

// find returns the entry of a path, nil when there is none. The caller holds
// f.mu.
func (f *files) find(p string) *entry {
	f.prepare()
	if i, ok := f.index[p]; ok {
		return &f.table[i]
	}
	return f.added[p]
}

// get returns a copy of the entry of a path.
func (f *files) get(p string) entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e := f.find(p); e != nil {
		return *e
	}
	return entry{}
}

// change lets do change the entry of a path, which is made when there is none.
func (f *files) change(p string, do func(*entry)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.find(p)
	if e == nil {
		e = &entry{path: p}
		f.added[p] = e
	}
	do(e)
}

// all yields the entries, sorted by path. Those that are added meanwhile are
// not among them.
func (f *files) all() iter.Seq[*entry] {
	added := make([]*entry, 0, len(f.added))
	for _, e := range f.added {
		added = append(added, e)
	}
	slices.SortFunc(added, func(a, b *entry) int { return strings.Compare(a.path, b.path) })
	return func(yield func(*entry) bool) {
		more := added
		for i := range f.table {
			e := &f.table[i]
			for len(more) > 0 && more[0].path < e.path {
				if !yield(more[0]) {
					return
				}
				more = more[1:]
			}
			if !yield(e) {
				return
			}
		}
		for _, e := range more {
			if !yield(e) {
				return
			}
		}
	}
}
