// Package newfile makes files that are not there yet, whole or not at all.
//
// Put writes the bytes to a hidden file beside the place they are for, and
// Settle gives them their name, which fails when something has it already. A
// crash between the two leaves a hidden file, which Leftover knows.
package newfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync/atomic"
)

const (
	mark = ".new-" // before the number in the name of a file that is not settled
	tail = ".part"
)

// A Folder is where files are made. It is safe for concurrent use.
type Folder struct {
	root *os.Root
	next atomic.Int64
}

// In returns a Folder that makes files below root and, whatever symbolic links
// are there, nowhere else.
func In(root *os.Root) *Folder { return &Folder{root: root} }

// A File is one that has its bytes and not yet its name.
type File struct {
	folder     *Folder
	name, part string
}

// Put writes data for the file called name, slash-separated and
// below the root. Its folders are made.
func (f *Folder) Put(name string, data []byte) (*File, error) {
	dir := path.Dir(name)
	part := path.Join(dir, fmt.Sprintf("%s%d-%d%s", mark, os.Getpid(), f.next.Add(1), tail))
	w, err := f.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.root.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		w, err = f.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	}
	if err != nil {
		return nil, err
	}
	_, err = w.Write(data)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, errors.Join(err, f.root.Remove(part))
	}
	return &File{f, name, part}, nil
}

// Name returns what the file is to be called.
func (f *File) Name() string { return f.name }

// Sync waits until the disk has the bytes of files. One call for the whole
// file system is far quicker than one for each of many.
func (f *Folder) Sync(files []*File) error {
	const many = 16
	if len(files) > many {
		if done, err := syncAll(f.root.Name()); done {
			return err
		}
	}
	for _, file := range files {
		w, err := f.root.OpenFile(file.part, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(w.Sync(), w.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Settle gives the file its name. When that is taken, the error is
// fs.ErrExist and what has it is left as it is.
func (f *File) Settle() error {
	root := f.folder.root
	err := root.Link(f.part, f.name)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// A file system without hard links. Between the look and the move
		// another program could still take the name; there is no better way.
		if _, look := root.Lstat(f.name); errors.Is(look, fs.ErrNotExist) {
			return root.Rename(f.part, f.name)
		} else if look == nil {
			err = fs.ErrExist
		}
	}
	return errors.Join(err, root.Remove(f.part))
}

// Replace gives the file its name and takes the place of what has it. That is
// for files which the caller made itself and knows to be as it left them.
func (f *File) Replace() error { return f.folder.root.Rename(f.part, f.name) }

// Drop removes the bytes of a file that is not to be settled.
func (f *File) Drop() error { return f.folder.root.Remove(f.part) }

// Leftover reports whether a path is one of a file that was never settled.
func Leftover(p string) bool {
	name := path.Base(p)
	return strings.HasPrefix(name, mark) && strings.HasSuffix(name, tail)
}
