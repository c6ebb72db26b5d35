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
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"backfile/build/internal/digest"
	"backfile/build/internal/tree"
	"backfile/build/publish/twin"
)

const stageDir = ".backfile-stage"

// Out is public/ during one build. Put and Copy may be called by several
// goroutines at once.
type Out struct {
	Twins bool // whether files get compressed twins; set before all else

	dir   string
	maker twin.Maker
	files files
	odd   []tree.Odd // what is no file, and what a killed build left
	mark  Mark
	seq   atomic.Int64

	mu     sync.Mutex
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
	o := &Out{dir: dir, mark: mark}
	listing, err := tree.Walk(ctx, dir, keep)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", dir, err)
	}
	if len(listing.Files)+len(listing.Odd) > 0 && !mark.in(dir) {
		return nil, ErrForeign
	}
	o.odd = listing.Odd
	o.files.table = make([]entry, 0, len(listing.Files))
	for _, f := range listing.Files {
		if strings.HasPrefix(f.Path, stageDir+"/") {
			o.odd = append(o.odd, tree.Odd{Path: f.Path}) // left by a build that was killed
			continue
		}
		o.files.table = append(o.files.table, entry{path: f.Path, actual: f.Stamp, there: true})
	}
	return o, nil
}

// Remember takes what the last build put, sorted by path. It is called before
// all else.
func (o *Out) Remember(old []File) { o.files.old = old }

// Prepare makes ready for the methods below, all of which but Intact call it
// when nobody has. It takes a while and needs nothing but what Remember took.
func (o *Out) Prepare() { o.files.prepare() }

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
		o.files.change(o.mark.Path, func(e *entry) { e.actual, e.there = tree.StampOf(info), true })
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
	o.files.mu.Lock()
	defer o.files.mu.Unlock()
	e := o.files.find(p)
	if e == nil || !e.fresh(key) || o.Twins && !o.freshTwins(p, key, e.actual.Size) {
		return false
	}
	e.put = true
	return true
}

// fresh reports whether the file is on disk as it was drawn with key.
func (e *entry) fresh(key digest.Sum) bool {
	return e.there && e.stamp.Key == key && e.stamp.File == e.actual
}

// Keep takes over every file whose path begins with prefix from the last
// build. It reports whether they are as that build left them and there are
// just want of them; if not, nothing is taken over.
func (o *Out) Keep(prefix string, want int) bool {
	o.files.mu.Lock()
	defer o.files.mu.Unlock()
	o.files.prepare()
	from, _ := slices.BinarySearchFunc(o.files.table, prefix, func(e entry, prefix string) int { return strings.Compare(e.path, prefix) })
	to := from
	twins := 0
	for to < len(o.files.table) && strings.HasPrefix(o.files.table[to].path, prefix) {
		e := &o.files.table[to]
		if !e.there || e.stamp.File != e.actual {
			return false
		}
		if o.Twins && twin.Is(e.path) {
			twins++
		} else if o.Twins && twin.Has(e.path, e.actual.Size) {
			twins -= len(twin.Paths(e.path))
			want += len(twin.Paths(e.path))
		}
		to++
	}
	if to-from != want || twins != 0 {
		return false
	}
	for i := from; i < to; i++ {
		o.files.table[i].put = true
	}
	return true
}

// Has reports whether this build has put a file at p already.
func (o *Out) Has(p string) bool {
	o.files.mu.Lock()
	defer o.files.mu.Unlock()
	e := o.files.find(p)
	return e != nil && e.put
}

// note remembers that this build has put a file at p.
func (o *Out) note(p string, s Stamp) {
	o.files.change(p, func(e *entry) { e.stamp, e.put = s, true })
}

// Put stages b as the file at p, drawn with key, and its twins. When the file
// holds these bytes already it is left alone.
func (o *Out) Put(p string, key digest.Sum, b []byte) error {
	if err := o.put(p, key, b); err != nil || !o.Twins || !twin.Has(p, int64(len(b))) {
		return err
	}
	return o.putTwins(p, key, b)
}

func (o *Out) put(p string, key digest.Sum, b []byte) error {
	sum := digest.Plain(b)
	now := o.files.get(p)
	if now.there && now.stamp.Sum == sum && now.stamp.File == now.actual {
		o.note(p, Stamp{key, sum, now.actual})
		return nil
	}
	if now.there && now.actual.Size == int64(len(b)) { // the ledger may have been deleted
		if has, err := os.ReadFile(o.file(p)); err == nil && bytes.Equal(has, b) {
			o.note(p, Stamp{key, sum, now.actual})
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
	if info, err := src.Stat(); err == nil && o.Twins && twin.Has(p, info.Size()) {
		b, err := io.ReadAll(src)
		if err != nil {
			return err
		}
		return o.Put(p, sum, b)
	}
	if now := o.files.get(p); now.there { // the ledger may have been deleted
		if has, err := sumFile(o.file(p)); err == nil && has == sum {
			o.note(p, Stamp{sum, sum, now.actual})
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
	return digest.Reader(f)
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
	o.note(p, s)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.staged = append(o.staged, staged{p, n})
	return nil
}

// Files yields what this build has put, sorted by path, to be remembered for
// the next. What is put meanwhile may be among them or not.
func (o *Out) Files() iter.Seq[File] {
	return func(yield func(File) bool) {
		for e := range o.files.all() {
			if e.put && !yield(File{e.path, e.stamp}) {
				return
			}
		}
	}
}

// Size is the number of files of this build and of their bytes.
func (o *Out) Size() (n int, bytes int64) {
	for f := range o.Files() {
		n++
		bytes += f.File.Size
	}
	return n, bytes
}

// Intact reports whether the folder holds just what the last build put there,
// and takes it over into this build when it does.
func (o *Out) Intact() bool { return len(o.odd) == 0 && o.files.intact() }

// Discard removes what was staged.
func (o *Out) Discard() error { return os.RemoveAll(o.file(stageDir)) }
