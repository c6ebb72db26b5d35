package publish

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"backfile/build/internal/digest"
)

var testMark = Mark{Path: "mirror/README.txt", Line: "ours\n", Bytes: []byte("ours\n")}

// round opens dir, puts files, and commits.
func round(t *testing.T, dir string, old []File, files map[string]string) (Change, []File) {
	t.Helper()
	o, err := Open(t.Context(), dir, testMark)
	if err != nil {
		t.Fatal(err)
	}
	o.Remember(old)
	if err := o.Begin(); err != nil {
		t.Fatal(err)
	}
	files[testMark.Path] = string(testMark.Bytes)
	for p, text := range files {
		key := digest.Of([]byte(text))
		if o.Fresh(p, key) {
			continue
		}
		if err := o.Put(p, key, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := o.Commit([]string{"last"}, true)
	if err != nil {
		t.Fatal(err)
	}
	return c, slices.Collect(o.Files())
}

// holds fails unless dir has exactly files.
func holds(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	var got []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		got = append(got, filepath.ToSlash(rel))
		b, err := os.ReadFile(p)
		if want := files[filepath.ToSlash(rel)]; string(b) != want {
			t.Errorf("%s holds %q, want %q", rel, b, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(files) {
		t.Errorf("the folder holds %q, want %d files", got, len(files))
	}
}

func TestCommitWritesRemovesAndLeavesAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	c, stamps := round(t, dir, nil, map[string]string{"a": "1", "d/b": "2", "last": "x"})
	if c.Written != 3 {
		t.Errorf("the first build wrote %d files, want 3", c.Written)
	}
	c, stamps = round(t, dir, stamps, map[string]string{"a": "1", "d/b": "2", "last": "x"})
	if c != (Change{}) {
		t.Errorf("the same again did %+v, want nothing", c)
	}
	c, _ = round(t, dir, stamps, map[string]string{"a": "1", "e/f/g": "3", "last": "y"})
	if c.Written != 2 || c.Removed != 1 {
		t.Errorf("a change did %+v, want 2 written, 1 removed", c)
	}
	holds(t, dir, map[string]string{"a": "1", "e/f/g": "3", "last": "y", testMark.Path: "ours\n"})
	if _, err := os.Stat(filepath.Join(dir, "d")); !errors.Is(err, os.ErrNotExist) {
		t.Error("an empty folder was left behind")
	}
}

// TestFilesAndFoldersChangePlaces: where a file was a folder is needed, and
// the other way round.
func TestFilesAndFoldersChangePlaces(t *testing.T) {
	dir := t.TempDir()
	_, stamps := round(t, dir, nil, map[string]string{"x": "file", "y/z": "below"})
	_, _ = round(t, dir, stamps, map[string]string{"x/w": "below", "y": "file"})
	holds(t, dir, map[string]string{"x/w": "below", "y": "file", testMark.Path: "ours\n"})
}

// TestTamperedFilesAreMended: a stamp that no longer fits is not believed.
func TestTamperedFilesAreMended(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"a": "good", "b": "good"}
	_, stamps := round(t, dir, nil, files)
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("evil"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	c, _ := round(t, dir, stamps, files)
	if c.Written != 2 {
		t.Errorf("%d files were written, want 2", c.Written)
	}
	holds(t, dir, files)
}

// TestDiscardLeavesWhatWasThere: nothing is in place before Commit.
func TestDiscardLeavesWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"a": "old"}
	_, stamps := round(t, dir, nil, files)
	o, err := Open(t.Context(), dir, testMark)
	if err != nil {
		t.Fatal(err)
	}
	o.Remember(stamps)
	for _, p := range []string{"a", "new/b"} {
		if err := o.Put(p, digest.Sum{1}, []byte("new")); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Discard(); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, files)
}

func TestForeignFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, testMark); !errors.Is(err, ErrForeign) {
		t.Errorf("Open of somebody's folder: %v, want ErrForeign", err)
	}
}

// TestDotNamesAtTheTopAreKept: public/ may be a git work tree of its own.
func TestDotNamesAtTheTopAreKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".git", "HEAD"), []byte("ref"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, stamps := round(t, dir, nil, map[string]string{".nojekyll": "", "a": "1"})
	round(t, dir, stamps, map[string]string{"a": "1"})
	holds(t, dir, map[string]string{".git/HEAD": "ref", "a": "1", testMark.Path: "ours\n"})
}

func TestInside(t *testing.T) {
	for _, tt := range []struct {
		outer, inner string
		want         bool
	}{
		{"/a", "/a", true}, {"/a", "/a/b", true}, {"/a", "/ab", false}, {"/a/b", "/a", false}, {"/a", "/a/..b", true},
	} {
		if got := Inside(filepath.FromSlash(tt.outer), filepath.FromSlash(tt.inner)); got != tt.want {
			t.Errorf("Inside(%s, %s) = %t", tt.outer, tt.inner, got)
		}
	}
}
