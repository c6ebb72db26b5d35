package mirror_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backfile/build/manifest"
	"backfile/build/mirror"
	"backfile/build/mirror/fault"
)

// An author, too, may mean harm: what is signed is not yet safe.
func TestHostileListsAreRefused(t *testing.T) {
	sum := strings.Repeat("0", 64)
	f := func(paths ...string) string {
		var b strings.Builder
		for _, p := range paths {
			fmt.Fprintf(&b, "f %s 1 %s\n", sum, p)
		}
		return b.String()
	}
	tests := []struct {
		name string
		do   func(a *archive)
		kind fault.Kind
		want string
	}{
		{"climbing path", func(a *archive) { a.publishText(f("../../evil.html"), 1, 1) }, fault.Incomplete, "not a plain path"},
		{"absolute path", func(a *archive) { a.publishText(f("/etc/cron.d/evil"), 1, 1) }, fault.Incomplete, "not a plain path"},
		{"backslashes", func(a *archive) { a.publishText(f(`..\evil`), 1, 1) }, fault.Incomplete, "backslash"},
		{"5,000 characters", func(a *archive) { a.publishText(f(strings.Repeat("x/", 2500)+"x"), 1, 1) }, fault.Incomplete, "longer than 1024 bytes"},
		{"long name", func(a *archive) { a.publishText(f(strings.Repeat("x", 300)), 1, 1) }, fault.Incomplete, "more than 255 bytes"},
		{"NUL", func(a *archive) { a.publishText(f("a\x00b"), 1, 1) }, fault.Incomplete, "control character"},
		{"device", func(a *archive) { a.publishText(f("2020/NUL.html"), 1, 1) }, fault.Incomplete, "device on Windows"},
		{"case clash", func(a *archive) { a.publishText(f("Index.html", "index.html"), 2, 2) }, fault.Incomplete, "case or accents"},
		{"case clash of folders' files", func(a *archive) { a.publishText(f("A/x", "a/x"), 2, 2) }, fault.Incomplete, "case or accents"},
		{"accents in two ways", func(a *archive) { a.publishText(f("cafe\u0301", "caf\u00e9"), 2, 2) }, fault.Incomplete, "case or accents"},
		{"file and folder", func(a *archive) { a.publishText(f("a", "a-b", "a/b"), 3, 3) }, fault.Incomplete, "a file and a folder"},
		{"the manifest's own", func(a *archive) { a.publishText(f("mirror/head"), 1, 1) }, fault.Incomplete, "belongs to the manifest"},
		{"1,000,000,000 files", func(a *archive) { a.publishHead(manifest.Head{Files: 1e9, Bytes: 1e9, RootSize: 100}) }, fault.Disk, "more than the 20000000"},
		{"a petabyte", func(a *archive) {
			a.publishText(strings.Replace(f("a"), " 1 ", " 900000000000000 ", 1), 1, 900_000_000_000_000)
		}, fault.Disk, "are free"},
		{"other counts", func(a *archive) { a.publishText(f("a", "b"), 1, 2) }, fault.Incomplete, "counts"},
		{"gzip bomb", func(a *archive) {
			root := a.writeShard(strings.Repeat("0", 3<<20))
			a.publishHead(manifest.Head{Files: 100, Bytes: 1, Root: root.Sum, RootSize: 500})
		}, fault.Incomplete, "other bytes"},
		{"shard said to be huge", func(a *archive) {
			root := a.writeShard("x")
			a.publishHead(manifest.Head{Files: 100, Bytes: 1, Root: root.Sum, RootSize: 1 << 40})
		}, fault.Incomplete, "more than a shard may have"},
		{"shards without end", func(a *archive) {
			var b strings.Builder
			for i := range 500 {
				fmt.Fprintf(&b, "d %064x 100 %04d\n", i, i)
			}
			a.publishText(b.String(), 3, 3)
		}, fault.Incomplete, "more shards than its 3 files need"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newArchive(t)
			above := t.TempDir()
			dir := filepath.Join(above, "copy")
			mustSync(t, dir, mirror.Options{}, a.public())
			tt.do(a)
			s := serve(t, a.public())
			_, err := syncFrom(t, dir, mirror.Options{}, s.URL)
			wantFault(t, err, tt.kind, tt.want)
			if asked := s.asked(); tt.name == "shard said to be huge" && slices.ContainsFunc(asked, func(p string) bool { return strings.HasPrefix(p, "mirror/m/") }) {
				t.Errorf("it asked for %q: a terabyte would have come", asked)
			}
			if mustVerify(t, dir) != 1 {
				t.Error("the copy was changed")
			}
			if left, _ := os.ReadDir(above); len(left) != 1 {
				t.Errorf("beside the copy stand %v", left)
			}
		})
	}
}

func TestLinksInTheCopyAreNotFollowed(t *testing.T) {
	a := newArchive(t)
	dir, outside := t.TempDir(), t.TempDir()
	mustSync(t, dir, mirror.Options{}, a.public())
	a.files[page], a.files["2012/04/01/new.html"], a.files["2099/01/01/new.html"] = pageNow, "new", "new"
	a.publish()
	for _, p := range []string{"2012", "2099", "mirror/d"} {
		file := filepath.Join(dir, p)
		_ = os.Rename(file, filepath.Join(outside, filepath.Base(p))) // those that are there
		if err := os.MkdirAll(filepath.Join(outside, filepath.Base(p)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(outside, filepath.Base(p)), file); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	before := readTree(t, outside)
	if got := findings(t, dir); !slices.ContainsFunc(got, func(s string) bool { return s == "2012 is not a file (L---------)" }) {
		t.Errorf("verify found %q, want the link", got)
	}
	mustSync(t, dir, mirror.Options{}, a.public())
	if fmt.Sprint(readTree(t, outside)) != fmt.Sprint(before) {
		t.Error("the sync wrote through a link")
	}
	if mustVerify(t, dir) != 2 {
		t.Error("the copy is not version 2")
	}
}

func TestPlantedFilesAreFoundAndMovedOut(t *testing.T) {
	a := newArchive(t)
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, a.public())
	planted := []string{"mirror/README.txt", "2012/login.html", "mirror/m/evil.js", "mirror/x.html", "mirror/h/7"}
	for _, p := range planted {
		write(t, filepath.Join(dir, p), "<script>")
	}
	shard := filepath.Join(dir, "mirror/m", strings.Repeat("0", 64)+".gz")
	write(t, shard, "<script>")
	got := strings.Join(findings(t, dir), "\n")
	for _, p := range append(planted, "mirror/m/"+strings.Repeat("0", 64)+".gz") {
		if !strings.Contains(got, p) {
			t.Errorf("verify did not find %s:\n%s", p, got)
		}
	}
	a.files[page] = pageNow
	a.publish()
	if rep := mustSync(t, dir, mirror.Options{Check: true}, a.public()); rep.MovedForeign != 3 {
		t.Errorf("%d files were moved out, want 3", rep.MovedForeign)
	}
	if err := os.Remove(filepath.Join(dir, "mirror/h/7")); err == nil {
		t.Log("mirror/h/7 is left for verify to tell")
	}
	mustVerify(t, dir)
}
