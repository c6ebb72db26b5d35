// Package release is public/ as it may leave this machine: whole, unaltered,
// and every file with its digest.
//
//	r, err := release.Open(ctx, "public")   // reads and compares every file
//	p := r.Plan(there)                      // what a host lacks, in order
//
// A host is brought up to date in waves, so that a reader and a mirror meet an
// archive that holds together at any moment: what nobody links to yet comes
// first, then what has changed, then lists and feeds, and the manifest's head
// last. What is no longer in the archive is removed after all that.
package release

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
)

// A File is one file of public/.
type File = manifest.File

// A Release is a public/ that has been compared with its manifest.
type Release struct {
	Dir   string
	Files []File // sorted by path, those of the manifest itself among them
	Bytes int64

	made map[string][]byte // files that are not below Dir
}

// An AlteredError says how public/ differs from its manifest.
type AlteredError struct {
	Findings []manifest.Finding
}

// Error names the first difference and counts the rest.
func (e *AlteredError) Error() string {
	s := e.Findings[0].Error()
	if n := len(e.Findings) - 1; n > 0 {
		s += fmt.Sprintf(", and %d more such", n)
	}
	return s
}

// ErrNone is returned for a folder that holds no build.
var ErrNone = errors.New("has not been built: backfile build makes it")

// Open reads every file of dir and compares it with the manifest there. A
// folder that differs from its manifest gives an AlteredError.
func Open(ctx context.Context, dir string) (*Release, error) {
	public := os.DirFS(dir)
	if _, err := fs.Stat(public, manifest.HeadPath); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s %w", dir, ErrNone)
	}
	report, err := manifest.Verify(ctx, public)
	if err != nil {
		return nil, err
	}
	if len(report.Findings) > 0 {
		return nil, &AlteredError{report.Findings}
	}
	r := &Release{Dir: dir, Files: make([]File, 0, report.Head.Files)}
	for f, err := range report.Head.Read(public) {
		if err != nil {
			return nil, err
		}
		r.Files = append(r.Files, f)
	}
	own, err := ownFiles(public)
	if err != nil {
		return nil, err
	}
	r.Files = append(r.Files, own...)
	slices.SortFunc(r.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range r.Files {
		r.Bytes += f.Size
	}
	return r, nil
}

// ownFiles lists the manifest's own files, which it does not list itself.
func ownFiles(public fs.FS) (files []File, err error) {
	err = fs.WalkDir(public, strings.TrimSuffix(manifest.Dir, "/"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := public.Open(p)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		sum, err := digest.Reader(f)
		files = append(files, File{Path: p, Size: info.Size(), Sum: sum})
		return err
	})
	return files, err
}

// Part returns a release of some files of r, and of files that are made for it
// alone, by their paths.
func (r *Release) Part(files []File, made map[string][]byte) *Release {
	p := &Release{Dir: r.Dir, Files: slices.Clone(files), made: map[string][]byte{}}
	for _, f := range files {
		if b, ok := r.made[f.Path]; ok {
			p.made[f.Path] = b
		}
	}
	for name, b := range made {
		p.made[name] = b
		p.Files = append(p.Files, File{Path: name, Size: int64(len(b)), Sum: digest.Plain(b)})
	}
	slices.SortFunc(p.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range p.Files {
		p.Bytes += f.Size
	}
	return p
}

// Name returns where a file of r stands on this machine.
func (r *Release) Name(path string) string { return filepath.Join(r.Dir, filepath.FromSlash(path)) }

// Largest returns the largest file.
func (r *Release) Largest() (largest File) {
	for _, f := range r.Files {
		if f.Size > largest.Size || largest.Path == "" {
			largest = f
		}
	}
	return largest
}

// Find returns the file of r at path.
func (r *Release) Find(path string) (File, bool) {
	i, ok := slices.BinarySearchFunc(r.Files, path, func(f File, p string) int { return strings.Compare(f.Path, p) })
	if !ok {
		return File{}, false
	}
	return r.Files[i], true
}

// Has reports whether r has a file at path.
func (r *Release) Has(path string) bool {
	_, ok := r.Find(path)
	return ok
}

func (r *Release) fs() fs.FS { return os.DirFS(r.Dir) }

// Read returns the bytes of a file of r, which must still be those that were
// compared with the manifest.
func (r *Release) Read(f File) ([]byte, error) {
	if b, ok := r.made[f.Path]; ok {
		return b, nil
	}
	b, err := os.ReadFile(r.Name(f.Path))
	if err != nil {
		return nil, err
	}
	if digest.Plain(b) != f.Sum {
		return nil, fmt.Errorf("%s changed while it was being read: try again", f.Path)
	}
	return b, nil
}
