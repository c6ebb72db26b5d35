package mirror_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
	"backfile/build/manifest/secret"
	"backfile/build/manifest/trust"
	"backfile/build/mirror"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/part"
)

func TestNothingNewIsOneRequest(t *testing.T) {
	a := newArchive(t)
	s := serve(t, a.public())
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, s.URL)
	sameArchive(t, dir, a.public())
	s.asked()
	rep := mustSync(t, dir, mirror.Options{}, s.URL)
	if got := s.asked(); !slices.Equal(got, []string{manifest.HeadPath}) || !rep.Current || rep.Bytes > 0 {
		t.Errorf("with nothing new it asked for %q and got %d bytes, want the head only, and no bytes", got, rep.Bytes)
	}
}

func TestANewVersionComesByDelta(t *testing.T) {
	a := newArchive(t)
	s := serve(t, a.public())
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, s.URL)
	a.files["2026/03/01/new.html"] = "new"
	a.files["index.html"] = "changed"
	delete(a.files, "2011/02/01/story-1.html")
	a.publish()
	s.asked()
	rep := mustSync(t, dir, mirror.Options{}, s.URL)
	got := s.asked()
	slices.Sort(got)
	if want := []string{"2026/03/01/new.html", "index.html", "mirror/d/1-2.gz", "mirror/head"}; !slices.Equal(got, want) {
		t.Errorf("it asked for %q, want %q", got, want)
	}
	if !rep.Delta || rep.Plan.Added != 1 || rep.Plan.Changed != 1 || !slices.Equal(rep.Withdrawn, []string{"2011/02/01/story-1.html"}) {
		t.Errorf("the report is %+v", rep)
	}
	if v := mustVerify(t, dir); v != 2 {
		t.Errorf("the copy is version %d, want 2", v)
	}
	sameArchive(t, dir, a.public())
	kept, err := os.ReadFile(filepath.Join(dir, ".backfile-sync/removed/1/2011/02/01/story-1.html"))
	if err != nil || !strings.Contains(string(kept), "Story 1:") {
		t.Errorf("the withdrawn file is not kept: %q, %v", kept, err)
	}
}

// A copy that missed versions applies several deltas, and sees that the heads
// between lead from the one it has to the newest.
func TestManyVersionsBehind(t *testing.T) {
	a := newArchive(t)
	s := serve(t, a.public())
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, s.URL)
	for i := range 5 {
		a.files["index.html"] += strings.Repeat("x", i+1)
		a.publish()
	}
	s.asked()
	if rep := mustSync(t, dir, mirror.Options{}, s.URL); !rep.Delta || len(s.asked()) != 1+5+4+1 {
		t.Errorf("it took %d requests, by delta %v; want 11: head, deltas, heads between, and the page", rep.Requests, rep.Delta)
	}
	sameArchive(t, dir, a.public())
	mustVerify(t, dir)
}

func TestAFalseDeltaIsOfNoConsequence(t *testing.T) {
	a := newArchive(t)
	s := serve(t, a.public())
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, s.URL)
	a.files["index.html"] = "changed"
	a.publish()
	for _, text := range []string{"junk", ""} {
		a.write("mirror/d/1-2.gz", text)
		if rep := mustSync(t, dir, mirror.Options{}, s.URL); rep.Delta {
			t.Errorf("a delta that holds %q was applied", text)
		}
		if mustVerify(t, dir) != 2 {
			t.Error("the copy is not version 2")
		}
		dir = t.TempDir()
	}
}

// A signed delta, too, is a hint: what counts is the root.
func TestADeltaThatLeadsElsewhereIsNotFollowed(t *testing.T) {
	a := newArchive(t)
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, a.public())
	first := a.open().Head
	a.files["index.html"] = "changed"
	h := a.publish()
	delta := manifest.Delta{From: 1, To: 2, FromRoot: first.Root, ToRoot: h.Root, Changes: []manifest.Change{{File: manifest.File{Path: "404.html"}, Removed: true}}}.Text()
	h.DeltaSum, h.DeltaBytes = digest.Plain(delta), int64(len(delta))
	file, err := a.key.Sign([]byte(h.String()))
	if err != nil {
		t.Fatal(err)
	}
	var zip bytes.Buffer
	if err := manifest.Compress(&zip, delta); err != nil {
		t.Fatal(err)
	}
	a.write("mirror/d/1-2.gz", zip.String())
	a.write("mirror/h/2", string(file))
	a.write(manifest.HeadPath, string(file))
	if rep := mustSync(t, dir, mirror.Options{}, a.public()); rep.Delta {
		t.Error("the delta was applied")
	}
	if mustVerify(t, dir) != 2 {
		t.Error("the copy is not version 2")
	}
	sameArchive(t, dir, a.public())
}

func TestFilesComeFromWhicheverSourceHasThem(t *testing.T) {
	a := newArchive(t)
	whole, half := serve(t, a.public()), serve(t, a.public())
	half.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/2010/") {
			http.NotFound(w, r)
			return true
		}
		return false
	}
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, half.URL, whole.URL)
	if mustVerify(t, dir) != 1 || len(half.asked()) < 50 || len(whole.asked()) < 50 {
		t.Error("the sources did not share the work")
	}
}

// A source that is behind helps with the files that it has.
func TestTheNewestSourceCounts(t *testing.T) {
	a := newArchive(t)
	late := a.twin()
	a.files["index.html"] = "changed"
	a.publish()
	dir := t.TempDir()
	rep := mustSync(t, dir, mirror.Options{}, late.public(), a.public())
	if rep.To != 2 || len(rep.Notes) != 1 || !strings.Contains(rep.Notes[0], "has version 1 still") {
		t.Errorf("from a source behind and one that is not came version %d, with the notes %q", rep.To, rep.Notes)
	}
	if _, err := syncFrom(t, dir, mirror.Options{}, late.public()); fault.Of(err) != fault.Rollback {
		t.Errorf("then the one behind alone gave %v, want a rollback", err)
	}
}

func TestAZIPIsASource(t *testing.T) {
	a := newArchive(t)
	name := filepath.Join(t.TempDir(), "stick.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for p, text := range readTree(t, a.public()) {
		w, err := z.Create("lantern/" + p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, name)
	sameArchive(t, dir, a.public())
	if mustVerify(t, name) != 1 {
		t.Error("the ZIP does not verify")
	}
}

func TestAPartIsWholeForWhatItClaims(t *testing.T) {
	a := newArchive(t)
	p, err := part.Parse("2011-2012,flood")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{Only: p}, a.public())
	mustVerify(t, dir)
	tree := readTree(t, dir)
	for p, want := range map[string]bool{
		"index.html": true, "assets/site.css": true, "topics/flood/index.html": true, "2010/01/01/story-0.html": true, "2013/04/01/story-3.html": true,
		"2013/04/01/flood.jpg": true, "2011/02/01/story-1.html": true, "2010/04/01/story-12.html": false, "feed-1.xml": false, "2014/05/01/story-4.html": false,
	} {
		if _, has := tree[p]; has != want {
			t.Errorf("the copy of a part has %s: %v, want %v", p, has, want)
		}
	}
	// What it claims cannot be cut down in secret.
	if err := os.Remove(filepath.Join(dir, "2010/01/01/story-0.html")); err != nil {
		t.Fatal(err)
	}
	if got := findings(t, dir); !slices.Equal(got, []string{"2010/01/01/story-0.html is missing"}) {
		t.Errorf("verify found %q, want the article of the topic missing", got)
	}
	// Later it becomes whole.
	mustSync(t, dir, mirror.Options{}, a.public())
	sameArchive(t, dir, a.public())
	mustVerify(t, dir)
}

func TestTheHolderVouchesForTheCopy(t *testing.T) {
	a := newArchive(t)
	k, err := secret.New("mirror.example/lantern")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for v := 1; v <= 2; v++ {
		for range 2 {
			mustSync(t, dir, mirror.Options{Cosign: k}, a.public())
		}
		mustVerify(t, dir)
		file, err := os.ReadFile(filepath.Join(dir, "mirror/cosig/mirror.example-lantern"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := mirror.ParseCosignature(file)
		if err != nil || c.Version != v || c.Head != a.open().Head.Sum() || c.Part != "all" {
			t.Errorf("the cosignature is %+v, %v", c, err)
		}
		if signers, err := trust.Signers(file, []string{k.Line}); err != nil || len(signers) != 1 {
			t.Errorf("its signers are %v, %v", signers, err)
		}
		a.files["index.html"] += "x"
		a.publish()
	}
	write(t, filepath.Join(dir, "mirror/cosig/mirror.example-lantern"), "<script>")
	write(t, filepath.Join(dir, "mirror/cosig/X.html"), "<script>")
	if got := findings(t, dir); len(got) != 2 {
		t.Errorf("verify found %q, want the two planted files", got)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	a := newArchive(t)
	dir := filepath.Join(t.TempDir(), "copy")
	told := mirror.Plan{}
	mustSync(t, dir, mirror.Options{DryRun: true, Planned: func(p mirror.Plan) { told = p }}, a.public())
	if told.Fetch != len(a.files)-1 || len(readTree(t, dir)) != 0 {
		t.Errorf("the plan is %+v, and the copy has %d files; want %d to fetch and none there", told, len(readTree(t, dir)), len(a.files)-1)
	}
}

func TestAtomicTurnsALink(t *testing.T) {
	a := newArchive(t)
	dir := filepath.Join(t.TempDir(), "copy")
	o := mirror.Options{Atomic: true}
	mustSync(t, dir, o, a.public())
	first, err := os.Readlink(dir)
	if err != nil {
		t.Fatal(err)
	}
	a.files["index.html"] = "changed"
	delete(a.files, "2011/02/01/story-1.html")
	a.publish()
	mustSync(t, dir, o, a.public())
	second, err := os.Readlink(dir)
	if err != nil || first == second {
		t.Errorf("the link went from %s to %s, %v", first, second, err)
	}
	if mustVerify(t, dir) != 2 || mustVerify(t, filepath.Join(filepath.Dir(dir), first)) != 1 {
		t.Error("the new tree is not version 2, or the old one not version 1")
	}
	if rep := mustSync(t, dir, o, a.public()); !rep.Current {
		t.Error("the third sync had something to do")
	}
}

// Files that were changed since the last sync are mended with the next version,
// and at once with Check.
func TestAlteredFilesAreMended(t *testing.T) {
	a := newArchive(t)
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, a.public())
	write(t, filepath.Join(dir, "404.html"), "This is 405.html") // of the same size
	if err := os.Remove(filepath.Join(dir, "years/index.html")); err != nil {
		t.Fatal(err)
	}
	rep := mustSync(t, dir, mirror.Options{Check: true}, a.public())
	if rep.Plan.Changed != 1 || rep.Plan.Added != 1 {
		t.Errorf("Check found %d altered and %d missing, want 1 and 1", rep.Plan.Changed, rep.Plan.Added)
	}
	mustVerify(t, dir)
	write(t, filepath.Join(dir, "404.html"), "This is 405.html")
	a.files["index.html"] = "changed"
	a.publish()
	mustSync(t, dir, mirror.Options{}, a.public())
	mustVerify(t, dir)
}

func TestStaleIsAWarning(t *testing.T) {
	a := newArchive(t)
	dir := t.TempDir()
	for _, now := range []time.Time{start.AddDate(-20, 0, 0), start, start.AddDate(30, 0, 0)} { // whatever the clock says
		rep := mustSync(t, dir, mirror.Options{Now: now}, a.public())
		if want := now.Year() > 2050; rep.Stale != want {
			t.Errorf("in %d the copy is stale: %v, want %v", now.Year(), rep.Stale, want)
		}
		mustVerify(t, dir)
	}
}

func TestSeveralFoldersAreNotTakenOver(t *testing.T) {
	a := newArchive(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "thesis.txt"), "years of work")
	if _, err := syncFrom(t, dir, mirror.Options{}, a.public()); err == nil || !strings.Contains(err.Error(), "holds files, and is no copy") {
		t.Errorf("sync into a folder of somebody's files: %v", err)
	}
	if len(readTree(t, dir)) != 1 {
		t.Error("the folder was changed")
	}
}

func TestLimits(t *testing.T) {
	a := newArchive(t)
	dir := t.TempDir()
	_, err := syncFrom(t, dir, mirror.Options{MaxDisk: 1 << 20}, a.public())
	wantFault(t, err, fault.Disk, "more than --max-disk allows")
	mustSync(t, dir, mirror.Options{}, a.public())
	for p := range a.files {
		if strings.HasPrefix(p, "2010/") {
			delete(a.files, p)
		}
	}
	a.publish()
	_, err = syncFrom(t, dir, mirror.Options{MaxDelete: 3}, a.public())
	wantFault(t, err, fault.Incomplete, "--max-delete 15")
	if mustVerify(t, dir) != 1 {
		t.Error("the copy is not version 1 any more")
	}
}
