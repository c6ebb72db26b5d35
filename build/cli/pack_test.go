package cli

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// pack is a command of the scripts: "pack a.zip dir", "pack a.tar.gz dir",
// "pack a.gz file" make what people send each other of a folder or a file.
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pack OUT DIR")
	}
	out, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	dir := ts.MkAbs(args[1])
	switch {
	case strings.HasSuffix(args[0], ".zip"):
		z := zip.NewWriter(out)
		ts.Check(errors.Join(z.AddFS(os.DirFS(dir)), z.Close()))
	case strings.HasSuffix(args[0], ".tar.gz"):
		g := gzip.NewWriter(out)
		t := tar.NewWriter(g)
		ts.Check(errors.Join(addAll(t, os.DirFS(dir)), t.Close(), g.Close()))
	default:
		g := gzip.NewWriter(out)
		data, err := os.ReadFile(filepath.FromSlash(dir))
		ts.Check(err)
		_, err = g.Write(data)
		ts.Check(errors.Join(err, g.Close()))
	}
	ts.Check(out.Close())
}

// addAll is tar.Writer.AddFS without the owners and times of the files.
func addAll(t *tar.Writer, fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data))}); err != nil {
			return err
		}
		_, err = t.Write(data)
		return err
	})
}
