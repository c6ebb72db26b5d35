package tree

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestWalkListsFilesSortedAndFollowsNoLink(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	for _, p := range []string{"b/2.txt", "b/1.txt", "a-b.txt", "a/x.txt", ".git/config"} {
		file := filepath.Join(root, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(p), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(outside, "secret"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(root, "link")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	l, err := Walk(t.Context(), root, func(p string) bool { return p == ".git" })
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range l.Files {
		got = append(got, f.Path)
		if f.Stamp.Size != int64(len(f.Path)) {
			t.Errorf("size of %s is %d, want %d", f.Path, f.Stamp.Size, len(f.Path))
		}
	}
	if want := []string{"a-b.txt", "a/x.txt", "b/1.txt", "b/2.txt"}; !slices.Equal(got, want) {
		t.Errorf("Walk found %q, want %q", got, want)
	}
	if len(l.Odd) != 1 || l.Odd[0].Path != "link" {
		t.Errorf("Walk lists as odd %v, want the link alone", l.Odd)
	}
}

func TestWalkOfNothingIsEmpty(t *testing.T) {
	l, err := Walk(t.Context(), filepath.Join(t.TempDir(), "none"), nil)
	if err != nil || len(l.Files) != 0 {
		t.Errorf("Walk of a missing folder: %v, %v; want nothing and no error", l, err)
	}
}

// TestStampTellsARewriteOfTheSameSize: a file rewritten with as many bytes is
// told by its stamp, or else was not settled when the stamp was taken.
func TestStampTellsARewriteOfTheSameSize(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "f")
	stamp := func(text string) Stamp {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		l, err := Walk(t.Context(), root, nil)
		if err != nil {
			t.Fatal(err)
		}
		return l.Files[0].Stamp
	}
	for range 50 {
		a := stamp("one")
		settled := a.Settled(time.Now())
		b := stamp("two")
		if a == b && settled {
			t.Fatalf("the stamp %+v is called settled and is the same for other bytes", a)
		}
	}
}

func TestStampOfAnOldFileIsSettled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(file)
	if err != nil {
		t.Fatal(err)
	}
	s := StampOf(info)
	if s.Settled(time.Now()) {
		t.Error("a file written just now is called settled")
	}
	if !s.Settled(time.Now().Add(time.Minute)) {
		t.Error("a file written a minute ago is not called settled")
	}
}
