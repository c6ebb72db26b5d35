package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A site is a watched folder.
type site struct {
	t   *testing.T
	dir string
	*Watcher
}

func newSite(t *testing.T, poll bool) *site {
	s := &site{t: t, dir: t.TempDir()}
	s.write("site.yaml", "title: x\n")
	s.write("content/2020/a.md", "a")
	s.write("layouts/day.html", "d")
	s.write("public/index.html", "p")
	s.Watcher = New(Options{
		Dir: s.dir, Names: []string{"site.yaml", "content", "layouts", "static"}, Poll: poll, every: 20 * time.Millisecond,
		Fallback: func(why error) { t.Errorf("the watcher polls: %v", why) },
	})
	t.Cleanup(s.Close)
	return s
}

func (s *site) path(p string) string { return filepath.Join(s.dir, filepath.FromSlash(p)) }

func (s *site) write(p, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(p)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(p), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) rename(from, to string) {
	s.t.Helper()
	if err := os.Rename(s.path(from), s.path(to)); err != nil {
		s.t.Fatal(err)
	}
}

// told waits until the watcher tells of a path, or of everything.
func (s *site) told(what, want string) {
	s.t.Helper()
	var seen []string
	for late := time.After(20 * time.Second); ; {
		select {
		case <-s.Wake():
			c := s.Take()
			seen = append(seen, c.Paths...)
			if c.All || slices.Contains(seen, want) {
				return
			}
		case <-late:
			s.t.Fatalf("%s: the watcher told of %q, want %s", what, seen, want)
		}
	}
}

// drain takes what is told of an edit until nothing more comes.
func (s *site) drain() {
	for {
		select {
		case <-s.Wake():
			s.Take()
		case <-time.After(100 * time.Millisecond):
			return
		}
	}
}

// TestEveryKindOfEditIsTold, whichever way the watcher learns of it.
func TestEveryKindOfEditIsTold(t *testing.T) {
	for _, poll := range []bool{false, true} {
		t.Run(fmt.Sprint("poll ", poll), func(t *testing.T) {
			t.Parallel()
			s := newSite(t, poll)
			edits := []struct {
				what, want string
				do         func()
			}{
				{"write", "content/2020/a.md", func() { s.write("content/2020/a.md", "b") }},
				{"write by rename", "content/2020/a.md", func() {
					s.write("content/2020/.a.md.tmp", "c")
					s.rename("content/2020/.a.md.tmp", "content/2020/a.md")
				}},
				{"new file", "content/2020/b.md", func() { s.write("content/2020/b.md", "b") }},
				{"removal", "content/2020/b.md", func() { os.Remove(s.path("content/2020/b.md")) }},
				{"new folders", "content/2021", func() { s.write("content/2021/01/02/c.md", "c") }},
				{"file in a new folder", "content/2021/01/02/d.md", func() { s.write("content/2021/01/02/d.md", "d") }},
				{"renamed folder", "content/2022", func() { s.rename("content/2021", "content/2022") }},
				{"file in a renamed folder", "content/2022/01/02/d.md", func() { s.write("content/2022/01/02/d.md", "e") }},
				{"folder moved in", "content/in", func() { s.write("aside/x/y.md", "y"); s.rename("aside", "content/in") }},
				{"file in a folder moved in", "content/in/x/y.md", func() { s.write("content/in/x/y.md", "z") }},
				{"folder that was not there", "static", func() { s.write("static/img/a.svg", "a") }},
				{"file in it", "static/img/a.svg", func() { s.write("static/img/a.svg", "b") }},
				{"layout", "layouts/day.html", func() { s.write("layouts/day.html", "e") }},
				{"configuration", "site.yaml", func() { s.write("site.yaml", "title: y\n") }},
				{"removed folder", "content/2022", func() { os.RemoveAll(s.path("content/2022")) }},
				{"the same folder again", "content/2022", func() { s.write("content/2022/f.md", "f") }},
				{"file in the same folder again", "content/2022/f.md", func() { s.write("content/2022/f.md", "g") }},
				{"all of content", "content", func() { s.rename("content", "aside2"); s.rename("aside2", "content"); s.write("content/z.md", "z") }},
				{"file after that", "content/2022/f.md", func() { s.write("content/2022/f.md", "hh") }},
			}
			for _, e := range edits {
				s.drain()
				e.do()
				s.told(e.what, e.want)
			}
		})
	}
}

// TestOthersFilesAreNotTold: what builds, editors and version control write
// wakes nobody.
func TestOthersFilesAreNotTold(t *testing.T) {
	s := newSite(t, false)
	for _, p := range []string{"public/index.html", "public/new/a.html", ".backfile/x", ".git/index", "content/2020/.a.md.swp", "content/2020/a.md~", "content/2020/#a.md#", "content/.git/HEAD", "notes.txt"} {
		s.write(p, "x")
	}
	if err := os.Chmod(s.path("content/2020/a.md"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.write("content/.git/HEAD", "y")
	s.write("content/2020/last.md", "x") // told after all that was told before
	s.told("a file", "content/2020/last.md")
	s.write("content/2020/last.md", "y")
	for late := time.After(20 * time.Second); ; {
		select {
		case <-s.Wake():
			c := s.Take()
			for _, p := range c.Paths {
				if p != "content/2020/last.md" {
					t.Errorf("the watcher tells of %s", p)
				}
			}
			if c.All {
				t.Error("the watcher tells of everything")
			}
			return
		case <-late:
			t.Fatal("the watcher tells nothing")
		}
	}
}

// TestACheckoutIsOneChange: thousands of files and folders, none missed.
func TestACheckoutIsOneChange(t *testing.T) {
	s := newSite(t, false)
	for i := range 3000 {
		s.write(fmt.Sprintf("content/%d/%d/a.md", i%30, i), "a")
	}
	s.told("a checkout", "content/0/2970")
	s.drain()
	for _, i := range []int{0, 1499, 2999} {
		p := fmt.Sprintf("content/%d/%d/a.md", i%30, i)
		s.write(p, "b")
		s.told("an edit after it", p)
	}
}

// TestManyPathsAreAll: a hint that is long is none.
func TestManyPathsAreAll(t *testing.T) {
	w := &Watcher{wake: make(chan struct{}, 1)}
	for i := range maxNoted + 10 {
		w.note(fmt.Sprint("content/", i))
	}
	if c := w.Take(); !c.All || len(c.Paths) > 0 {
		t.Errorf("%d paths are told as %d and all: %t", maxNoted+10, len(c.Paths), c.All)
	}
	w.note("b")
	w.note("a")
	w.note("b")
	if c := w.Take(); c.All || !slices.Equal(c.Paths, []string{"a", "b"}) {
		t.Errorf("three happenings at two paths are told as %+v", c)
	}
	if c := w.Take(); c.All || len(c.Paths) > 0 {
		t.Errorf("nothing is told as %+v", c)
	}
}

func TestTheLimitsOfTheSystemAreExplained(t *testing.T) {
	for err, want := range map[error]string{errNoWatches: "max_user_watches", errNoInstances: "max_user_instances"} {
		if got := explain(&os.PathError{Op: "watch", Path: "x", Err: err}).Error(); !strings.Contains(got, want) {
			t.Errorf("%v is explained as %q, want a word of %s", err, got, want)
		}
	}
}
