package mirror_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
	"backfile/build/manifest/release"
	"backfile/build/manifest/secret"
	"backfile/build/mirror"
	"backfile/build/mirror/check"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/source"
)

// An archive is one that a test publishes, version by version.
type archive struct {
	t     testing.TB
	dir   string // the site
	key   *secret.Key
	files map[string]string
	now   time.Time
}

// start is when the archives of tests begin.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// newArchive returns an archive of some 200 files, signed as version 1.
func newArchive(t testing.TB) *archive {
	t.Helper()
	key, err := secret.New("lantern.example")
	if err != nil {
		t.Fatal(err)
	}
	a := &archive{t: t, dir: t.TempDir(), key: key, files: map[string]string{}, now: start}
	for i := range 180 {
		a.files[fmt.Sprintf("20%02d/%02d/01/story-%d.html", 10+i%12, 1+i%9, i)] = fmt.Sprintf("<p>Story %d: the river rose %d inches.</p>", i, i*7)
	}
	for _, p := range []string{"index.html", "404.html", "assets/site.css", "topics/index.html", "years/index.html", "topics/flood/index.html", "feed-1.xml"} {
		a.files[p] = "This is " + p
	}
	a.files["topics/flood/index.html"] = `<a href="../../2010/01/01/story-0.html">x</a><a href="../../2013/04/01/story-3.html">y</a>`
	a.files["2013/04/01/story-3.html"] = `<img src="flood.jpg">`
	a.files["2013/04/01/flood.jpg"] = strings.Repeat("picture ", 300_000) // two megabytes
	a.files["twin-1.html"], a.files["twin-2.html"], a.files["empty.html"] = "the same", "the same", ""
	f := a.open()
	if _, err := f.First(key, a.now); err != nil {
		t.Fatal(err)
	}
	a.publish()
	return a
}

func (a *archive) public() string { return filepath.Join(a.dir, "public") }

func (a *archive) open() *release.Folder {
	a.t.Helper()
	f, err := release.Open(a.dir)
	if err != nil {
		a.t.Fatal(err)
	}
	return f
}

// list returns the files as a manifest lists them.
func (a *archive) list() []manifest.File {
	var list []manifest.File
	for _, p := range slices.Sorted(maps.Keys(a.files)) {
		list = append(list, manifest.File{Path: p, Size: int64(len(a.files[p])), Sum: digest.Plain([]byte(a.files[p]))})
	}
	return list
}

// publish writes the files, makes the manifest and signs it, a day after the
// version before.
func (a *archive) publish() manifest.Head {
	a.t.Helper()
	old := map[string]bool{}
	for p := range readTree(a.t, a.public()) {
		old[p] = true
	}
	for p, text := range a.files {
		a.write(p, text)
		delete(old, p)
	}
	for p := range old {
		if !strings.HasPrefix(p, manifest.Dir) || strings.HasPrefix(p, manifest.Dir+"m/") || strings.HasPrefix(p, manifest.Dir+"d/") {
			if err := os.Remove(filepath.Join(a.public(), filepath.FromSlash(p))); err != nil {
				a.t.Fatal(err)
			}
		}
	}
	head := a.make(a.list())
	a.write(manifest.ReadmePath, manifest.Readme)
	a.write(manifest.HeadPath, head.String())
	res, err := a.open().Sign(release.Options{Public: a.public(), Keys: []*secret.Key{a.key}, Time: a.now, Next: 30 * 24 * time.Hour})
	if err != nil {
		a.t.Fatal(err)
	}
	a.now = a.now.Add(24 * time.Hour)
	return res.Head
}

// make writes the shards of a list.
func (a *archive) make(list []manifest.File) manifest.Head {
	a.t.Helper()
	head, err := manifest.Make(slices.Values(list), func(s manifest.Shard) error {
		a.writeShard(string(s.Text))
		return nil
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return head
}

// writeShard writes a shard of any text, and returns how lines name it.
func (a *archive) writeShard(text string) manifest.File {
	a.t.Helper()
	s := manifest.Shard{Sum: digest.Plain([]byte(text)), Text: []byte(text)}
	var b bytes.Buffer
	if err := s.Compress(&b); err != nil {
		a.t.Fatal(err)
	}
	a.write(s.Path(), b.String())
	return manifest.File{Sum: s.Sum, Size: int64(len(text))}
}

// publishText signs a version whose only shard has any text, as an author who
// means harm can.
func (a *archive) publishText(text string, files int, size int64) {
	a.t.Helper()
	root := a.writeShard(text)
	a.publishHead(manifest.Head{Files: files, Bytes: size, Root: root.Sum, RootSize: root.Size})
}

// publishHead signs any head as the next version.
func (a *archive) publishHead(h manifest.Head) {
	a.t.Helper()
	f := a.open()
	s := f.Chain.Last()
	h.Release = manifest.Release{Origin: s.Origin, Version: f.Head.Version + 1, Time: a.now, Keys: s.Number, KeysSum: s.Sum(), Prev: f.Head.Sum()}
	file, err := a.key.Sign([]byte(h.String()))
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(manifest.HeadPath, string(file))
}

func (a *archive) write(p, text string) {
	a.t.Helper()
	write(a.t, filepath.Join(a.public(), filepath.FromSlash(p)), text)
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if have, err := os.ReadFile(file); err == nil && string(have) == text {
		return
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// twin returns an archive that has the same past and goes its own way.
func (a *archive) twin() *archive {
	a.t.Helper()
	b := *a
	b.dir = a.t.TempDir()
	b.files = maps.Clone(a.files)
	if err := os.CopyFS(b.dir, os.DirFS(a.dir)); err != nil {
		a.t.Fatal(err)
	}
	return &b
}

// A server shows a folder as a web server does, but for what its hook does.
type server struct {
	*httptest.Server
	mu   sync.Mutex
	asks []string
	// hook answers a request and returns true, or leaves it to the server.
	hook func(w http.ResponseWriter, r *http.Request) bool
}

func serve(t testing.TB, dir string) *server {
	t.Helper()
	s := &server{}
	files := http.FileServerFS(os.DirFS(dir))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asks = append(s.asks, strings.TrimPrefix(r.URL.Path, "/"))
		hook := s.hook
		s.mu.Unlock()
		if r.URL.Path == "/"+manifest.HeadPath {
			if b, err := os.ReadFile(filepath.Join(dir, "mirror", "head")); err == nil {
				w.Header().Set("ETag", `"`+digest.Plain(b).String()[:16]+`"`)
			}
		}
		if hook == nil || !hook(w, r) {
			// FileServer sends index.html elsewhere, as few servers do.
			r.URL.Path = strings.TrimSuffix(r.URL.Path, "index.html")
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// asked returns the paths asked for since the last call.
func (s *server) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.asks
	s.asks = nil
	return out
}

// syncFrom brings dir up to date from names.
func syncFrom(t testing.TB, dir string, o mirror.Options, names ...string) (mirror.Report, error) {
	t.Helper()
	return syncWith(t, dir, o, source.Options{}, names...)
}

// syncWith is syncFrom from sources that are read in some way.
func syncWith(t testing.TB, dir string, o mirror.Options, so source.Options, names ...string) (mirror.Report, error) {
	t.Helper()
	o.Dir, o.NoSync = dir, true
	if o.Now.IsZero() {
		o.Now = start.Add(36 * time.Hour)
	}
	for _, name := range names {
		s, err := source.Open(name, so)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		o.Sources = append(o.Sources, s)
	}
	return mirror.Sync(context.Background(), o)
}

// mustSync is syncFrom that must end well.
func mustSync(t testing.TB, dir string, o mirror.Options, names ...string) mirror.Report {
	t.Helper()
	rep, err := syncFrom(t, dir, o, names...)
	if err != nil {
		t.Fatalf("sync from %s: %v", strings.Join(names, ", "), err)
	}
	return rep
}

// mustVerify fails when dir is not whole, and returns its version.
func mustVerify(t testing.TB, dir string) int {
	t.Helper()
	rep, err := check.Copy(t.Context(), dir, check.Options{Now: start})
	if err != nil {
		t.Fatalf("the copy does not verify: %v", err)
	}
	for i, f := range rep.Findings {
		if i < 5 {
			t.Errorf("the copy does not verify: %v", f)
		}
	}
	if len(rep.Findings) > 0 {
		t.Fatalf("%d differences", len(rep.Findings))
	}
	return rep.Head.Version
}

// wantFault fails when err is not of a kind or its text does not hold want.
func wantFault(t testing.TB, err error, kind fault.Kind, want string) {
	t.Helper()
	if fault.Of(err) != kind || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("it ended with status %d, %v\nwant status %d and a text with %q", fault.Of(err), err, kind, want)
	}
}

// readTree returns the files below dir that are not the copy's own.
func readTree(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		rel, _ := filepath.Rel(dir, file)
		if strings.HasPrefix(rel, ".backfile-sync") {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(file)
		out[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameArchive fails when a copy does not have just the files of public/.
func sameArchive(t testing.TB, dir, public string) {
	t.Helper()
	got, want := readTree(t, dir), readTree(t, public)
	delete(got, manifest.StatusPath)
	for p := range want {
		if got[p] != want[p] && !strings.HasPrefix(p, manifest.Dir+"m/") && !strings.HasPrefix(p, manifest.Dir+"d/") { // compressed by whom does not matter
			t.Errorf("%s differs from the source", p)
		}
		delete(got, p)
	}
	for p := range got {
		t.Errorf("the copy has %s, and the source has not", p)
	}
}
