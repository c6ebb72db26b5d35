package bundle

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"backfile/build/publish"
)

// A Target is a file to be made.
type Target struct {
	Name   string
	Public string                   // the folder it may not lie in
	What   string                   // it is to be, for messages: "a torrent"
	Is     func(begins []byte) bool // tells by the first 64 bytes whether a file is one
}

// Check refuses a name inside public/, and one that has a file of another
// kind: what stands there may be someone's work.
func (t Target) Check() error {
	public, err := filepath.Abs(t.Public)
	if err != nil {
		return err
	}
	name, err := filepath.Abs(t.Name)
	if err != nil {
		return err
	}
	if t.Public != "" && publish.Inside(public, name) {
		return fmt.Errorf("%s lies in %s, which is what is exported: choose another place", t.Name, t.Public)
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var first [64]byte
	n, err := io.ReadFull(f, first[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if !t.Is(first[:n]) {
		return fmt.Errorf("%s is there, and is not %s: choose another name", t.Name, t.What)
	}
	return nil
}

// Create makes the file, whole or not at all, and returns its size. An older
// one is replaced.
func (t Target) Create(write func(io.Writer) error) (size int64, err error) {
	if err := t.Check(); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(t.Name), "."+filepath.Base(t.Name)+".part-*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriterSize(f, 256<<10)
	if err = write(w); err != nil {
		return 0, err
	}
	if err = w.Flush(); err != nil {
		return 0, err
	}
	if err = f.Chmod(0o644); err != nil {
		return 0, err
	}
	if err = f.Sync(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if err = os.Rename(f.Name(), t.Name); err != nil {
		return 0, err
	}
	return info.Size(), f.Close()
}
