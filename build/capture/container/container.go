// Package container opens what holds other files, ZIP and tar, as a folder.
//
// Nothing in it can reach outside: an entry whose name leads away (../x, /x) or
// that is a link is told as a Problem and not read.
package container

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// A Problem is an entry that is not read.
type Problem struct{ Name, Msg string }

// A Folder is what a file holds.
type Folder struct {
	fs.FS
	Problems []Problem
	dir      string
}

// Close removes what was unpacked.
func (f *Folder) Close() error {
	if f.dir == "" {
		return nil
	}
	return os.RemoveAll(f.dir)
}

const maxEntries = 2_000_000 // files; their names alone fill memory

// Zip opens a ZIP file.
func Zip(src io.ReaderAt, size int64) (*Folder, error) {
	z, err := zip.NewReader(src, size)
	if err != nil {
		return nil, errors.New("its list of files cannot be read: " + strings.TrimPrefix(err.Error(), "zip: "))
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("holds more than %d files", maxEntries)
	}
	f := &Folder{FS: z}
	kept := z.File[:0]
	for _, e := range z.File {
		name := strings.ReplaceAll(e.Name, `\`, "/")
		switch {
		case e.Flags&1 != 0:
			f.Problems = append(f.Problems, Problem{name, "is encrypted"})
		case bad(name) != "":
			f.Problems = append(f.Problems, Problem{name, bad(name)})
		case e.Mode()&fs.ModeSymlink != 0:
			f.Problems = append(f.Problems, Problem{name, "is a link, which is not followed"})
		case e.UncompressedSize64 > 64<<20 && e.UncompressedSize64/200 > max(e.CompressedSize64, 1):
			f.Problems = append(f.Problems, Problem{name, "unpacks to more than 200 times its size, as only a trap does"})
		default:
			kept = append(kept, e)
		}
	}
	z.File = kept
	return f, nil
}

// bad says what is wrong with the name of an entry, or "".
func bad(name string) string {
	clean := strings.TrimSuffix(strings.TrimPrefix(name, "./"), "/")
	switch {
	case clean == "" || clean == ".":
		return ""
	case !fs.ValidPath(path.Clean(clean)) || strings.HasPrefix(name, "/") || strings.Contains("/"+clean+"/", "/../"):
		return "leads out of the archive, and is not read"
	}
	return ""
}

// Tar unpacks a tar file into a folder of its own, which Close removes. Of
// what is too large to be an article or its picture, stream is called with the
// bytes instead, while they pass by; it returns false when no more is wanted.
func Tar(src io.Reader, large int64, stream func(name string, r io.Reader) bool) (*Folder, error) {
	dir, err := os.MkdirTemp("", "backfile-*")
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: dir}
	root, err := os.OpenRoot(dir)
	if err == nil {
		f.FS = root.FS()
		err = f.unpack(root, tar.NewReader(src), large, stream)
		err = errors.Join(err, root.Close())
	}
	f.FS = os.DirFS(dir)
	return f, err
}

// ErrEnough is what Tar returns when stream wanted no more.
var ErrEnough = errors.New("no more is wanted")

func (f *Folder) unpack(root *os.Root, t *tar.Reader, large int64, stream func(string, io.Reader) bool) error {
	for n := 0; ; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if n > maxEntries {
			return fmt.Errorf("holds more than %d files", maxEntries)
		}
		name := path.Clean(h.Name)
		switch {
		case h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader:
		case bad(h.Name) != "":
			f.Problems = append(f.Problems, Problem{h.Name, bad(h.Name)})
		case h.Typeflag == tar.TypeSymlink || h.Typeflag == tar.TypeLink:
			f.Problems = append(f.Problems, Problem{h.Name, "is a link, which is not followed"})
		case h.Typeflag != tar.TypeReg:
			f.Problems = append(f.Problems, Problem{h.Name, "is neither a file nor a folder"})
		case h.Size > large:
			if !stream(name, t) {
				return ErrEnough
			}
		default:
			if err := put(root, name, t); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
}

// put writes one file. Of two with one name the later counts, as in tar itself.
func put(root *os.Root, name string, src io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	w, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, src)
	if err = errors.Join(err, w.Close()); err != nil {
		return errors.Join(err, root.Remove(name)) // half a text must not be taken for a whole one
	}
	return nil
}

// maxSpool is what is put on the disk of one stream: enough for the export of
// any site, and not the whole disk.
const maxSpool = 16 << 30

// Spool puts a stream into a file without a name, from its beginning.
func Spool(src io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "backfile-*")
	if err != nil {
		return nil, err
	}
	err = os.Remove(f.Name()) // it lives as long as it is open; where that cannot be, Drop removes it
	_ = err
	n, err := io.Copy(f, io.LimitReader(src, maxSpool+1))
	if err == nil && n > maxSpool {
		err = fmt.Errorf("has more than %d GB", maxSpool>>30)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, Drop(f))
	}
	return f, nil
}

// Drop closes and removes what Spool made.
func Drop(f *os.File) error {
	err := f.Close()
	if e := os.Remove(f.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return err
}
