package content

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"backfile/build/internal/tree"
)

// Update finds what Scan would find, if nothing but paths has changed since old
// was found. Each path names a file or a folder below root, there or not; of a
// folder, all below it is looked at. old stays as it is.
func Update(ctx context.Context, root string, old *Result, paths []string, o Options) (*Result, error) {
	s := &scanner{root: root, now: time.Now(), o: o}
	res := &Result{Records: slices.Clone(old.Records)}
	for _, p := range paths {
		if !ours(p) {
			continue
		}
		if err := s.update(ctx, res, p); err != nil {
			return nil, err
		}
	}
	return res, nil
}

// ours reports whether no part of a path is hidden.
func ours(p string) bool {
	for ; p != "."; p = path.Dir(p) {
		if hidden(p) {
			return false
		}
	}
	return true
}

// update looks at one path and all below it.
func (s *scanner) update(ctx context.Context, res *Result, p string) error {
	files, odd, err := s.list(ctx, p)
	if err != nil {
		return fmt.Errorf("reading %s: %w", s.o.Name, err)
	}
	var found []*Record
	for _, f := range files {
		at, known := find(res.Records, f.Path)
		var last *Record
		if known {
			last = res.Records[at]
		}
		if known && last.Settled && last.Stamp == f.Stamp {
			found = append(found, last)
			continue
		}
		r, err := s.read(f, last)
		if err != nil {
			return err
		}
		res.Read++
		found = append(found, r)
	}
	for _, o := range odd {
		found = append(found, s.odd(o))
	}
	slices.SortFunc(found, func(a, b *Record) int { return strings.Compare(a.Path, b.Path) })
	res.replace(p, found)
	return nil
}

// replace puts found, which is at p or below it, in the place of what was there.
func (res *Result) replace(p string, found []*Record) {
	if at, ok := find(res.Records, p); ok {
		res.Records = slices.Delete(res.Records, at, at+1)
	}
	from, _ := find(res.Records, p+"/")
	to, _ := find(res.Records, p+"0") // "0" is what follows "/"
	if len(found) == 1 && found[0].Path == p {
		res.Records = slices.Delete(res.Records, from, to)
		from, _ = find(res.Records, p)
		to = from
	}
	res.Records = slices.Replace(res.Records, from, to, found...)
}

func find(records []*Record, p string) (int, bool) {
	return slices.BinarySearchFunc(records, p, func(r *Record, p string) int { return strings.Compare(r.Path, p) })
}

// list lists what is at p and below it.
func (s *scanner) list(ctx context.Context, p string) ([]tree.File, []tree.Odd, error) {
	info, err := os.Lstat(s.file(p))
	switch {
	case err != nil && gone(err):
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	case info.Mode().IsRegular():
		return []tree.File{{Path: p, Stamp: tree.StampOf(info)}}, nil, nil
	case !info.IsDir():
		return nil, []tree.Odd{{Path: p, Mode: info.Mode()}}, nil
	}
	l, err := tree.Walk(ctx, filepath.Join(s.root, filepath.FromSlash(p)), func(below string) bool { return hidden(p + "/" + below) })
	if err != nil {
		return nil, nil, err
	}
	for i := range l.Files {
		l.Files[i].Path = p + "/" + l.Files[i].Path
	}
	for i := range l.Odd {
		l.Odd[i].Path = p + "/" + l.Odd[i].Path
	}
	return l.Files, l.Odd, nil
}

// gone reports whether an error means that there is nothing at a path.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
