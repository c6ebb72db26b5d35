// Package publish writes public/: what changed, all or nothing.
//
// New bytes are written to files of a staging folder first, public/.backfile-stage,
// and moved into place by Commit when every page has been drawn. So a problem
// met while drawing, a full disk or a kill leaves what was published as it was,
// and a reader sees a file's old bytes or its new ones, never a part.
package publish

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"backfile/build/internal/digest"
	"backfile/build/internal/tree"
)

const stageDir = ".backfile-stage"

// A Stamp is what a build remembers of a file of public/: the key it was drawn
// with, its bytes' digest, and what the file system said of it.
type Stamp struct {
	Key  digest.Sum
	Sum  digest.Sum
	File tree.Stamp
}

// Out is public/ during one build. Put and Copy may be called by several
// goroutines at once.
type Out struct {
	dir    string
	old    map[string]Stamp      // of the last build
	actual map[string]tree.Stamp // of the files as they are
	odd    []tree.Odd            // what is no file, and what a killed build left
	mark   Mark
	seq    atomic.Int64

	mu     sync.Mutex
	stamps map[string]Stamp // of this build
	staged []staged
}

type staged struct {
	path string
	n    int64 // names the file that holds it
}

// ErrForeign is returned by Open for a folder that holds files which backfile
// did not make.
var ErrForeign = errors.New("holds files that backfile did not make")

// Open looks at the folder dir, which need not exist, and at what it holds. It
// changes nothing. mark is a file that only backfile makes, with its first
// line; a folder that is neither empty nor marked is refused.
func Open(ctx context.Context, dir string, mark Mark) (*Out, error) {
	o := &Out{dir: dir, mark: mark, stamps: map[string]Stamp{}}
	listing, err := tree.Walk(ctx, dir, keep)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", dir, err)
	}
	if len(listing.Files)+len(listing.Odd) > 0 && !mark.in(dir) {
		return nil, ErrForeign
	}
	o.odd = listing.Odd
	o.actual = make(map[string]tree.Stamp, len(listing.Files))
	for _, f := range listing.Files {
		if strings.HasPrefix(f.Path, stageDir+"/") {
			o.odd = append(o.odd, tree.Odd{Path: f.Path}) // left by a build that was killed
			continue
		}
		o.actual[f.Path] = f.Stamp
	}
	return o, nil
}

// Remember takes the stamps of the last build into the folder.
func (o *Out) Remember(old map[string]Stamp) {
	o.old = old
	o.stamps = make(map[string]Stamp, len(old))
}

// Begin makes the folder ready to be written to. It claims it by the mark, so
// that a first build that is killed can be completed by the next one, and
// removes links, which could lead a write out of the folder.
func (o *Out) Begin() error {
	if err := o.Discard(); err != nil {
		return err
	}
	for _, odd := range o.odd {
		if err := os.Remove(o.file(odd.Path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if o.mark.in(o.dir) {
		return nil
	}
	file := o.file(o.mark.Path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file, o.mark.Bytes, 0o644); err != nil {
		return err
	}
	info, err := os.Lstat(file)
	if err == nil {
		o.actual[o.mark.Path] = tree.StampOf(info)
	}
	return err
}

// A Mark is a file whose first line tells that backfile made a folder.
type Mark struct {
	Path  string
	Line  string
	Bytes []byte
}

func (m Mark) in(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(m.Path)))
	return err == nil && strings.HasPrefix(string(b), m.Line)
}

// keep reports whether a path is not the build's to touch: what begins with a
// dot at the top of public/, such as .git, but for the two that builds make.
func keep(p string) bool {
	return strings.HasPrefix(p, ".") && p != ".nojekyll" && p != stageDir && !strings.Contains(p, "/") && p != ".well-known"
}

func (o *Out) file(p string) string { return filepath.Join(o.dir, filepath.FromSlash(p)) }

// Fresh reports whether the file at p is the one that was drawn with key, and
// takes it over into this build when it is.
func (o *Out) Fresh(p string, key digest.Sum) bool {
	old, ok := o.old[p]
	if !ok || old.Key != key || old.File != o.actual[p] {
		return false
	}
	o.note(p, old)
	return true
}

// Keep takes over every file whose path begins with prefix from the last
// build. It reports whether they are as that build left them and there are
// just want of them; if not, nothing is taken over.
func (o *Out) Keep(prefix string, want int) bool {
	var kept []string
	for p, old := range o.old {
		if strings.HasPrefix(p, prefix) {
			if old.File != o.actual[p] {
				return false
			}
			kept = append(kept, p)
		}
	}
	if len(kept) != want {
		return false
	}
	for _, p := range kept {
		o.note(p, o.old[p])
	}
	return true
}

// Has reports whether this build has put a file at p already.
func (o *Out) Has(p string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, ok := o.stamps[p]
	return ok
}

func (o *Out) note(p string, s Stamp) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stamps[p] = s
}

// Put stages b as the file at p, drawn with key. When the file holds these
// bytes already it is left alone.
func (o *Out) Put(p string, key digest.Sum, b []byte) error {
	sum := digest.Plain(b)
	if old, ok := o.old[p]; ok && old.Sum == sum && old.File == o.actual[p] {
		o.note(p, Stamp{key, sum, old.File})
		return nil
	}
	if actual, ok := o.actual[p]; ok && actual.Size == int64(len(b)) { // the ledger may have been deleted
		if now, err := os.ReadFile(o.file(p)); err == nil && bytes.Equal(now, b) {
			o.note(p, Stamp{key, sum, actual})
			return nil
		}
	}
	return o.stage(p, Stamp{Key: key, Sum: sum}, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// Copy stages a copy of the file from, whose digest is sum, as the file at p.
func (o *Out) Copy(p string, sum digest.Sum, from string) error {
	if o.Fresh(p, sum) {
		return nil
	}
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	if actual, ok := o.actual[p]; ok { // the ledger may have been deleted
		if now, err := sumFile(o.file(p)); err == nil && now == sum {
			o.note(p, Stamp{sum, sum, actual})
			return nil
		}
	}
	return o.stage(p, Stamp{Key: sum, Sum: sum}, func(w io.Writer) error {
		_, err := io.Copy(w, src)
		return err
	})
}

// stagePath is where the n-th staged file is held.
func stagePath(n int64) string {
	return path.Join(stageDir, strconv.Itoa(int(n%64)), strconv.FormatInt(n, 10))
}

// sumFile returns the digest of a file.
func sumFile(file string) (sum digest.Sum, err error) {
	f, err := os.Open(file)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	h.Sum(sum[:0])
	return sum, err
}

// stage writes a new file to the staging folder. Files are spread over 64
// folders, so that two writers seldom wait for one folder's lock.
func (o *Out) stage(p string, s Stamp, write func(io.Writer) error) error {
	n := o.seq.Add(1)
	temp := stagePath(n)
	f, err := os.OpenFile(o.file(temp), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(o.file(temp)), 0o755); err == nil {
			f, err = os.OpenFile(o.file(temp), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		}
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", p, err)
	}
	err = write(f)
	if info, statErr := f.Stat(); statErr == nil {
		s.File = tree.StampOf(info)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", p, err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stamps[p] = s
	o.staged = append(o.staged, staged{p, n})
	return nil
}

// Stamps returns what this build has put, to be remembered for the next.
func (o *Out) Stamps() map[string]Stamp { return o.stamps }

// Size is the number of files of this build and of their bytes.
func (o *Out) Size() (files int, bytes int64) {
	for _, s := range o.stamps {
		bytes += s.File.Size
	}
	return len(o.stamps), bytes
}

// Intact reports whether the folder holds just what the last build put there,
// and takes it over into this build when it does.
func (o *Out) Intact() bool {
	if len(o.old) != len(o.actual) || len(o.odd) > 0 {
		return false
	}
	for p, s := range o.old {
		if actual, ok := o.actual[p]; !ok || actual != s.File {
			return false
		}
	}
	o.stamps = o.old
	return true
}

// Discard removes what was staged.
func (o *Out) Discard() error { return os.RemoveAll(o.file(stageDir)) }
