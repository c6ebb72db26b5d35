package newfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func folder(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return In(root), dir
}

func TestAFileHasItsNameOnlyWhenSettled(t *testing.T) {
	f, dir := folder(t)
	file, err := f.Put("a/b/c.md", []byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a/b/c.md")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before Settle the file is there already: %v", err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "a/b"))
	if err != nil || len(left) != 1 || !Leftover("a/b/"+left[0].Name()) {
		t.Fatalf("before Settle the folder holds %v, %v; want one leftover", left, err)
	}
	if err := errors.Join(f.Sync([]*File{file}), file.Settle()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "a/b/c.md"))
	if err != nil || string(got) != "hello" {
		t.Errorf("the file holds %q, %v; want hello", got, err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "a/b")); err != nil || len(left) != 1 {
		t.Errorf("after Settle the folder holds %v, %v; want the file alone", left, err)
	}
}

func TestATakenNameIsLeftAlone(t *testing.T) {
	f, dir := folder(t)
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("first"), 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := f.Put("a.md", []byte("second"))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Settle(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Settle on a taken name gave %v, want fs.ErrExist", err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "a.md")); string(got) != "first" {
		t.Errorf("the file holds %q, want what it held", got)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("the folder holds %v, want no leftover", left)
	}
}

func TestADroppedFileLeavesNothing(t *testing.T) {
	f, dir := folder(t)
	file, err := f.Put("a.md", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Drop(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("the folder holds %v, want nothing", left)
	}
}

func TestNothingIsMadeOutsideTheRoot(t *testing.T) {
	f, dir := folder(t)
	out := t.TempDir()
	if err := os.Symlink(out, filepath.Join(dir, "away")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	for _, name := range []string{"away/a.md", "../a.md", "/a.md"} {
		if _, err := f.Put(name, []byte("x")); err == nil {
			t.Errorf("Put(%q) wrote outside of the root", name)
		}
	}
	if left, _ := os.ReadDir(out); len(left) != 0 {
		t.Errorf("the folder outside holds %v", left)
	}
}
