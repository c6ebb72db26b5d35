package build

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A testSite is a site in a folder of its own that a test may change.
type testSite struct {
	t   testing.TB
	dir string
}

// newTestSite makes a site of n articles over several years, with topics,
// people and pictures enough that lists have several pages.
func newTestSite(t testing.TB, n int) *testSite {
	s := &testSite{t: t, dir: t.TempDir()}
	s.write("site.yaml", "title: The Test Courier\nlanguage: en\npage_size: 10\nbase_url: https://courier.example/archive/\n")
	for i := range n {
		s.write(articleFile(i), articleText(i, "Nothing happened, and it was written down."))
	}
	s.write("content/about.md", "---\ntitle: About\npage: true\n---\nA paper for tests.\n")
	s.write("static/images/mast.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>`)
	return s
}

func articleFile(i int) string {
	return fmt.Sprintf("content/%04d/%02d/%02d/story-%d.md", 2015+i%7, 1+i%12, 1+i%27, i)
}

func articleText(i int, body string) string {
	return fmt.Sprintf("---\nid: test%06d\ntitle: Story number %d\ndate: %04d-%02d-%02dT%02d:00:00Z\ntopics: [Town, %q]\npeople: [Ada Holm]\nauthors: [Ben Moor]\nsource:\n  name: Courier\n  url: https://courier.example/%d\n---\n%s\n",
		i, i, 2015+i%7, 1+i%12, 1+i%27, i%24, []string{"Harbour", "School", "Bread & butter"}[i%3], i, body)
}

func (s *testSite) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *testSite) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *testSite) read(name string) string {
	s.t.Helper()
	b, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

func (s *testSite) remove(name string) {
	s.t.Helper()
	if err := os.RemoveAll(s.path(name)); err != nil {
		s.t.Fatal(err)
	}
}

// build builds the site, which must succeed.
func (s *testSite) build() Report {
	s.t.Helper()
	rep, err := s.run(Options{})
	if err != nil {
		s.t.Fatalf("build: %v", err)
	}
	return rep
}

func (s *testSite) run(o Options) (Report, error) {
	o.Dir, o.NoSync = s.dir, true
	return Run(s.t.Context(), o)
}

// buildFromNothing builds the site without a ledger into a new folder, and
// returns what it made.
func (s *testSite) buildFromNothing() map[string]string {
	s.t.Helper()
	out := s.t.TempDir()
	hidden := s.path(".backfile")
	aside := s.path("ledger-aside")
	if err := os.Rename(hidden, aside); err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	if _, err := s.run(Options{Out: out}); err != nil {
		s.t.Fatalf("build from nothing: %v", err)
	}
	s.remove(".backfile")
	if err := os.Rename(aside, hidden); err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	return readTree(s.t, out)
}

// published returns the files of public/.
func (s *testSite) published() map[string]string { return readTree(s.t, s.path("public")) }

// readTree returns the contents of all files below dir, by path.
func readTree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		files[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// diffTrees says how got differs from want, or "".
func diffTrees(got, want map[string]string) string {
	var lines []string
	for p, b := range want {
		g, ok := got[p]
		switch {
		case !ok:
			lines = append(lines, "missing   "+p)
		case g != b:
			lines = append(lines, "different "+p+"\n"+firstDifference(g, b))
		}
	}
	for p := range got {
		if _, ok := want[p]; !ok {
			lines = append(lines, "extra     "+p)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines[:min(len(lines), 12)], "\n")
}

func firstDifference(got, want string) string {
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	part := func(s string) string { return s[max(0, min(i-60, len(s))):min(len(s), i+60)] }
	return fmt.Sprintf("  at byte %d\n    got  %q\n    want %q", i, part(got), part(want))
}
