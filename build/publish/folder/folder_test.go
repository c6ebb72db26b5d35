package folder

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backfile/build/publish/release"
	"backfile/build/publish/release/releasetest"
)

var small = map[string]string{".nojekyll": "", "index.html": "home", "2024/05/17/flood.html": "flood", "old/page.html": "old", "assets/style.css": "p{}"}

func made(t *testing.T, files map[string]string) *release.Release {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "public")
	releasetest.Make(t, dir, files)
	r, err := release.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func publishTo(t *testing.T, r *release.Release, dir string) Report {
	t.Helper()
	rep, err := Publish(t.Context(), r, dir, Options{MaxDelete: -1})
	if err != nil {
		t.Fatal(err)
	}
	same(t, r.Dir, dir)
	return rep
}

// same fails unless both folders hold the same; .git of the second is passed
// over.
func same(t *testing.T, a, b string) {
	t.Helper()
	held := func(dir string) map[string]string {
		m := map[string]string{}
		err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if d != nil && d.Name() == ".git" {
				return fs.SkipDir
			}
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(p)
			m[strings.TrimPrefix(p, dir)] = string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if x, y := held(a), held(b); !maps.Equal(x, y) {
		t.Errorf("%s holds\n%q\n%s holds\n%q", a, x, b, y)
	}
}

// TestFolderHoldsJustTheArchive: what differs is written, with the original's
// time; what is gone is removed with its folder; .git stays.
func TestFolderHoldsJustTheArchive(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "www", "archive")
	r := made(t, small)
	if rep := publishTo(t, r, dir); rep.Written != len(r.Files) {
		t.Errorf("the first publication wrote %d of %d files", rep.Written, len(r.Files))
	}
	if rep := publishTo(t, r, dir); rep != (Report{}) {
		t.Errorf("the same again did %+v", rep)
	}
	long := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	after := maps.Clone(small)
	delete(after, "old/page.html")
	after["index.html"] = "HOME"
	r = made(t, after)
	if err := os.Chtimes(r.Name("index.html"), long, long); err != nil {
		t.Fatal(err)
	}
	if rep := publishTo(t, r, dir); rep.Written != 3 || rep.Removed != 2 { // with shard and head
		t.Errorf("a change did %+v", rep)
	}
	if info, err := os.Stat(filepath.Join(dir, "index.html")); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("index.html has the time %v, %v", info.ModTime(), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "old")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an empty folder was left")
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("EVIL"), 0o644); err != nil {
		t.Fatal(err)
	}
	publishTo(t, r, dir) // mends it
}

func TestWhatIsNotOursIsRefused(t *testing.T) {
	r := made(t, small)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Publish(t.Context(), r, dir, Options{}); !errors.Is(err, ErrForeign) {
		t.Errorf("a folder of others: %v", err)
	}
	for _, inside := range []string{r.Dir, filepath.Join(r.Dir, "copy"), filepath.Dir(r.Dir)} {
		if _, err := Publish(t.Context(), r, inside, Options{}); err == nil || !strings.Contains(err.Error(), "lie in one another") {
			t.Errorf("into %s: %v", inside, err)
		}
	}
}

// TestGuardAndDryRunChangeNothing: more removals than allowed stop it before
// anything is written.
func TestGuardAndDryRunChangeNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "www")
	first := made(t, small)
	publishTo(t, first, dir)
	r := made(t, map[string]string{"index.html": "new"})
	if _, err := Publish(t.Context(), r, dir, Options{MaxDelete: 2}); err == nil || !strings.Contains(err.Error(), "--max-delete 5") {
		t.Errorf("five removals where two are allowed: %v", err)
	}
	rep, err := Publish(t.Context(), r, dir, Options{MaxDelete: -1, DryRun: true})
	if err != nil || rep.Written != 3 || rep.Removed != 5 {
		t.Errorf("a dry run: %+v, %v", rep, err)
	}
	same(t, first.Dir, dir)
}

// TestCutOffPublicationIsGoneOnWith: the head is the last to change, and the
// next publication completes it.
func TestCutOffPublicationIsGoneOnWith(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "www")
	r := made(t, small)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Publish(ctx, r, dir, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cut off publication: %v", err)
	}
	if err := os.Remove(r.Name("2024/05/17/flood.html")); err != nil { // fails on the way
		t.Fatal(err)
	}
	if _, err := Publish(t.Context(), r, dir, Options{}); err == nil {
		t.Error("a file that is missing is no error")
	}
	if _, err := os.Stat(filepath.Join(dir, "mirror", "head")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the head came before what it lists")
	}
	publishTo(t, made(t, small), dir)
}
