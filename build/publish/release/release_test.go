package release_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"backfile/build/manifest"
	"backfile/build/publish/release"
	"backfile/build/publish/release/releasetest"
)

var small = map[string]string{".nojekyll": "", "index.html": "home", "2024/05/17/flood.html": "flood", "feed.xml": "<feed/>", "assets/style.css": "p{}"}

func open(t *testing.T, dir string) *release.Release {
	t.Helper()
	r, err := release.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestOpenRefusesWhatIsNotAsBuilt: no altered, missing or added file leaves
// this machine.
func TestOpenRefusesWhatIsNotAsBuilt(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"index.html differs":        func(dir string) error { return os.WriteFile(filepath.Join(dir, "index.html"), []byte("HOME"), 0o644) },
		"feed.xml is missing":       func(dir string) error { return os.Remove(filepath.Join(dir, "feed.xml")) },
		"spy.js is not in the mani": func(dir string) error { return os.WriteFile(filepath.Join(dir, "spy.js"), nil, 0o644) },
		"link.html is not a file":   func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "link.html")) },
	} {
		dir := filepath.Join(t.TempDir(), "public")
		releasetest.Make(t, dir, small)
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		_, err := release.Open(t.Context(), dir)
		if _, ok := errors.AsType[*release.AlteredError](err); !ok || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("Open: %v, want %s…", err, name)
		}
	}
	if _, err := release.Open(t.Context(), t.TempDir()); !errors.Is(err, release.ErrNone) {
		t.Errorf("Open of an empty folder: %v, want ErrNone", err)
	}
}

func TestReadNoticesChanges(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	releasetest.Make(t, dir, small)
	r := open(t, dir)
	f, _ := r.Find("index.html")
	if b, err := r.Read(f); err != nil || string(b) != "home" {
		t.Errorf("Read gives %q, %v", b, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("evil"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(f); err == nil {
		t.Error("Read gives a file that has changed since Open")
	}
}

// TestPlanIsOrdered: new files, then changed ones, then lists, then the
// manifest, its head last; and what is gone is removed.
func TestPlanIsOrdered(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	releasetest.Make(t, dir, small)
	there, err := open(t, dir).There(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	after := maps.Clone(small)
	delete(after, "assets/style.css")
	after["2024/05/17/flood.html"], after["2024/05/18/dry.html"], after["index.html"] = "flood!", "dry", "home, newer"
	releasetest.Make(t, dir, after)
	r := open(t, dir)
	p := r.Plan(there)
	var got []string
	for i, w := range p.Waves {
		for _, f := range w {
			path := f.Path
			if strings.HasPrefix(path, "mirror/m/") {
				path = "mirror/m/…"
			}
			got = append(got, strconv.Itoa(i)+" "+path)
		}
	}
	want := []string{"0 2024/05/18/dry.html", "1 2024/05/17/flood.html", "2 index.html", "3 mirror/m/…", "4 mirror/head"}
	if !slices.Equal(got, want) {
		t.Errorf("the plan puts\n%q, want\n%q", got, want)
	}
	if len(p.Remove) != 2 || p.Remove[0] != "assets/style.css" || !strings.HasPrefix(p.Remove[1], "mirror/m/") {
		t.Errorf("the plan removes %q, want the style and the old shard", p.Remove)
	}
	if p := r.Plan(r.Files); p.Puts() != 0 || len(p.Remove) != 0 {
		t.Errorf("a plan for a copy that is the same does %+v", p)
	}
	if err := p.Guard(1); err == nil || !strings.Contains(err.Error(), "--max-delete 2") {
		t.Errorf("Guard(1) of two removals: %v", err)
	}
	if p.Guard(2) != nil || p.Guard(-1) != nil {
		t.Error("Guard refuses what is allowed")
	}
}

// counting counts what is read of a host.
type counting struct {
	fs.FS
	opened []string
}

func (c *counting) Open(p string) (fs.File, error) {
	c.opened = append(c.opened, p)
	return c.FS.Open(p)
}

// TestThereFetchesOnlyShardsThatDiffer: a hundred thousand files are compared
// by a few requests.
func TestThereFetchesOnlyShardsThatDiffer(t *testing.T) {
	dir, host := filepath.Join(t.TempDir(), "public"), filepath.Join(t.TempDir(), "host")
	files := map[string]string{}
	for i := range 3000 {
		files["2024/a"+strconv.Itoa(i)+".html"] = strconv.Itoa(i)
	}
	releasetest.Make(t, host, files)
	files["2024/a17.html"] = "changed"
	releasetest.Make(t, dir, files)
	c := &counting{FS: os.DirFS(host)}
	r := open(t, dir)
	there, err := r.There(c)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Plan(there); p.Changed != 2 || p.New != 2 || len(p.Remove) != 2 { // the file and the head; two levels of shards
		t.Errorf("the plan: %d changed, %d new, remove %q", p.Changed, p.New, p.Remove)
	}
	if len(c.opened) != 5 { // the head twice, the text beside it, and two shards
		t.Errorf("%d files of the host were read: %q", len(c.opened), c.opened)
	}
}

func TestThereOfAnEmptyOrDamagedHost(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	releasetest.Make(t, dir, small)
	r := open(t, dir)
	if there, err := r.There(fstest.MapFS{}); err != nil || len(there) != 0 {
		t.Errorf("an empty host has %v, %v", there, err)
	}
	if _, err := r.There(fstest.MapFS{manifest.HeadPath: {Data: []byte("<html>")}}); err == nil {
		t.Error("a damaged manifest was believed")
	}
}
