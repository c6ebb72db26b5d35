// Package folder publishes a release into a folder: that of a web server, of a
// USB stick, of what rsync or rclone takes further.
//
// Only files whose bytes differ are written, each whole under its name at once
// and with the time of the file it was copied from, so that rsync and backups
// see what is new by size and time alone.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/internal/tree"
	"backfile/build/manifest"
	"backfile/build/publish"
	"backfile/build/publish/release"
)

// Options direct a publication into a folder.
type Options struct {
	MaxDelete int  // remove at most so many files; any number when negative
	DryRun    bool // look, and write nothing

	Plan     func(*release.Plan)   // when set, called before anything is written
	Progress func(done, total int) // when set, told how many files have been written
}

// A Report says what was done, even when an error came in between.
type Report struct {
	Written, Removed int
	Bytes            int64 // written
}

// ErrForeign is returned for a folder with files that backfile did not make.
var ErrForeign = errors.New("holds files that backfile did not make")

// part is the folder below the target in which a file gets its bytes.
const part = ".backfile-part"

// Publish makes dir hold just what r holds. What begins with a dot at the top
// of dir, such as .git, is left alone.
func Publish(ctx context.Context, r *release.Release, dir string, o Options) (Report, error) {
	var rep Report
	if err := apart(r.Dir, dir); err != nil {
		return rep, err
	}
	there, err := look(ctx, r, dir)
	if err != nil {
		return rep, err
	}
	plan := r.Plan(there)
	if o.Plan != nil {
		o.Plan(&plan)
	}
	if err := plan.Guard(o.MaxDelete); err != nil {
		return rep, err
	}
	if o.DryRun {
		return Report{plan.Puts(), len(plan.Remove), plan.Bytes}, nil
	}
	w := &writer{r: r, dir: dir, plan: &plan, progress: o.Progress}
	err = w.write(ctx)
	rep.Written, rep.Bytes = int(w.written.Load()), w.bytes.Load()
	if err != nil {
		return rep, errors.Join(err, os.RemoveAll(w.name(part)))
	}
	for _, p := range plan.Remove {
		if err := os.Remove(w.name(p)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return rep, err
		}
		rep.Removed++
		for d := path.Dir(p); d != "." && os.Remove(w.name(d)) == nil; d = path.Dir(d) { // an empty folder
		}
	}
	return rep, os.RemoveAll(w.name(part))
}

// apart refuses a target that holds public/ or lies in it.
func apart(public, dir string) error {
	a, err := filepath.Abs(public)
	if err != nil {
		return err
	}
	b, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if publish.Inside(a, b) || publish.Inside(b, a) {
		return fmt.Errorf("%s and %s lie in one another: choose another folder", dir, public)
	}
	return nil
}

// look lists what dir holds. A file of another size than r's is not read.
func look(ctx context.Context, r *release.Release, dir string) ([]release.File, error) {
	list, err := tree.Walk(ctx, dir, others)
	if err != nil {
		return nil, err
	}
	if len(list.Files)+len(list.Odd) > 0 && !ours(dir) {
		return nil, fmt.Errorf("%s %w", dir, ErrForeign)
	}
	if len(list.Odd) > 0 {
		return nil, fmt.Errorf("%s is not a file (%v): remove it first", filepath.Join(dir, filepath.FromSlash(list.Odd[0].Path)), list.Odd[0].Mode)
	}
	var mu sync.Mutex
	var files []release.File
	err = par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(list.Files), func(t tree.File) error {
		f := release.File{Path: t.Path, Size: t.Stamp.Size}
		if want, ok := r.Find(t.Path); ok && want.Size == f.Size {
			sum, err := sumFile(filepath.Join(dir, filepath.FromSlash(t.Path)))
			if err != nil {
				return err
			}
			f.Sum = sum
		}
		mu.Lock()
		defer mu.Unlock()
		files = append(files, f)
		return nil
	})
	slices.SortFunc(files, func(a, b release.File) int { return strings.Compare(a.Path, b.Path) })
	return files, err
}

// others reports whether a path is none of an archive's.
func others(p string) bool {
	return strings.HasPrefix(p, ".") && !strings.Contains(p, "/") && p != ".nojekyll" && p != ".well-known"
}

// ours reports whether backfile made dir.
func ours(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(manifest.ReadmePath)))
	return err == nil && strings.HasPrefix(string(b), manifest.Mark)
}

func sumFile(file string) (digest.Sum, error) {
	f, err := os.Open(file)
	if err != nil {
		return digest.Sum{}, err
	}
	defer f.Close()
	return digest.Reader(f)
}

// A writer writes the files of a plan.
type writer struct {
	r        *release.Release
	dir      string
	plan     *release.Plan
	progress func(done, total int)

	seq, written, bytes atomic.Int64
}

func (w *writer) name(p string) string { return filepath.Join(w.dir, filepath.FromSlash(p)) }

// write writes wave after wave. The text that marks the folder as ours comes
// first of all, so that a first publication that is cut off can be gone on
// with.
func (w *writer) write(ctx context.Context) error {
	if w.plan.Puts() == 0 {
		return nil
	}
	if err := os.MkdirAll(w.name(part), 0o755); err != nil {
		return err
	}
	marked := ""
	if f, ok := w.r.Find(manifest.ReadmePath); ok && !ours(w.dir) {
		if err := w.file(f); err != nil {
			return err
		}
		marked = f.Path
	}
	for _, wave := range w.plan.Waves {
		err := par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(wave), func(f release.File) error {
			if f.Path == marked {
				return nil
			}
			return w.file(f)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// file writes one file aside and gives it its name.
func (w *writer) file(f release.File) error {
	b, err := w.r.Read(f)
	if err != nil {
		return err
	}
	temp := filepath.Join(w.name(part), fmt.Sprint(w.seq.Add(1)))
	if err := os.WriteFile(temp, b, 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", f.Path, err)
	}
	if info, err := os.Stat(w.r.Name(f.Path)); err == nil {
		if err := os.Chtimes(temp, info.ModTime(), info.ModTime()); err != nil {
			return fmt.Errorf("writing %s: %w", f.Path, err)
		}
	}
	to := w.name(f.Path)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", f.Path, w.inTheWay(f.Path, err))
	}
	if err := os.Rename(temp, to); err != nil {
		return fmt.Errorf("writing %s: %w", f.Path, w.inTheWay(f.Path, err))
	}
	w.bytes.Add(f.Size)
	if n := int(w.written.Add(1)); w.progress != nil && n%64 == 0 {
		w.progress(n, w.plan.Puts())
	}
	return nil
}

// inTheWay says what to do when a file stands where a folder must be, or the
// other way round: an earlier archive had other addresses.
func (w *writer) inTheWay(p string, err error) error {
	if info, e := os.Stat(w.name(p)); e == nil && info.IsDir() {
		return fmt.Errorf("a folder of that name is there: empty %s and publish again", w.dir)
	}
	for d := path.Dir(p); d != "."; d = path.Dir(d) {
		if info, e := os.Stat(w.name(d)); e == nil && !info.IsDir() {
			return fmt.Errorf("%s is a file there: empty %s and publish again", d, w.dir)
		}
	}
	return err
}
