package build

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"backfile/build/internal/diag"
)

// watched returns the stamps of all files that a build reads.
func (s *testSite) watched() map[string]string {
	all := map[string]string{"site.yaml": s.read("site.yaml")}
	for _, dir := range []string{"content", "static", "layouts"} {
		if _, err := os.Stat(s.path(dir)); err != nil {
			continue
		}
		for p, text := range readTree(s.t, s.path(dir)) {
			all[dir+"/"+p] = text
		}
	}
	return all
}

// edited returns the paths of files that differ between two looks.
func edited(before, after map[string]string) []string {
	paths := []string{}
	for p, text := range after {
		if old, ok := before[p]; !ok || old != text {
			paths = append(paths, p)
		}
	}
	for p := range before {
		if _, ok := after[p]; !ok {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}

// TestASessionShowsWhatABuildMakes: after any edits, told where or not, the
// pages of a session are those that a build then makes, and what its Run makes
// equals a build from nothing.
func TestASessionShowsWhatABuildMakes(t *testing.T) {
	for _, seed := range []uint64{1} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s := newTestSite(t, 40)
			session := NewSession(Options{Dir: s.dir, NoSync: true})
			if _, err := session.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			e := &editor{testSite: s, rnd: rand.New(rand.NewPCG(seed, 8)), next: 40}
			var done []string
			for range 15 {
				for range 1 + e.rnd.IntN(2) {
					before := s.watched()
					done = append(done, e.randomEdit())
					paths := edited(before, s.watched())
					if e.rnd.IntN(5) == 0 {
						paths = nil // anywhere
					}
					if _, err := session.Refresh(t.Context(), paths); err != nil {
						t.Fatalf("Refresh(%q) after %s: %v", paths, done[len(done)-1], err)
					}
				}
				before, shown := s.published(), map[string][]byte{}
				s.everyPage(func(p string) {
					if b, ok := session.Page(p); ok {
						shown[p] = b
					}
				})
				if _, err := session.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				after := s.published()
				check(t, before, after, shown, strings.Join(done, "\n  "))
				if d := diffTrees(after, s.buildFromNothing()); d != "" {
					t.Fatalf("after the edits\n  %s\na session's build differs from one from nothing:\n%s", strings.Join(done, "\n  "), d)
				}
				if _, ok := session.Page("index.html"); ok {
					t.Fatal("after Run a session still shows pages of its own")
				}
			}
		})
	}
}

// everyPage calls do for the paths of all pages that a build would make now.
func (s *testSite) everyPage(do func(string)) {
	v, err := Look(s.t.Context(), Options{Dir: s.dir})
	if err != nil {
		s.t.Fatal(err)
	}
	for p := range v.Site.Pages() {
		do(p.Path)
	}
	do("assets/style.css")
}

// check compares what a session has shown with what was built then. Changed
// pages must have been shown, but for what people do to public/ itself.
func check(t *testing.T, before, after map[string]string, shown map[string][]byte, done string) {
	t.Helper()
	for p, text := range after {
		b, ok := shown[p]
		if ok && string(b) != text {
			t.Fatalf("after the edits\n  %s\na session shows another %s than is built:\n%s", done, p, firstDifference(string(b), text))
		}
		if !ok && before[p] != text && strings.HasSuffix(p, ".html") && before[p] != "tampered" && len(shown) > 0 && before[p] != "" {
			t.Fatalf("after the edits\n  %s\na session does not show the new %s", done, p)
		}
	}
}

// TestAnEditOfTheTextMakesNoNewModel, which is what makes a large archive's
// preview quick.
func TestAnEditOfTheTextMakesNoNewModel(t *testing.T) {
	s := newTestSite(t, 30)
	session := NewSession(Options{Dir: s.dir, NoSync: true})
	if _, err := session.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := articleFile(7)
	for _, tt := range []struct {
		from, to string
		same     bool
	}{
		{"Nothing happened", "Much happened", true},
		{"title: Story", "title: Old story", true},
		{"topics: [Town", "topics: [City", false},
		{"date: 2015", "date: 2016", false},
		{"id: test", "withdrawn: at a request\nid: test", false},
	} {
		model := session.live.finder.Site
		s.write(p, strings.Replace(s.read(p), tt.from, tt.to, 1))
		rep, err := session.Refresh(t.Context(), []string{p})
		if err != nil {
			t.Fatal(err)
		}
		if same := session.live.finder.Site == model; same != tt.same {
			t.Errorf("after %q became %q the model is the same: %t, want %t", tt.from, tt.to, same, tt.same)
		}
		if page, ok := session.Page(rep.Edited); !ok || !bytes.Contains(page, []byte("tory number 7")) {
			t.Errorf("after %q became %q the edited page is %q: %.80q", tt.from, tt.to, rep.Edited, page)
		}
	}
}

// TestASessionKeepsItsPagesOverAProblem, and goes on when it is mended, though
// nobody tells what else was edited meanwhile.
func TestASessionKeepsItsPagesOverAProblem(t *testing.T) {
	s := newTestSite(t, 30)
	s.write("content/known.md", "---\ntitle: [\n---\n")
	session := NewSession(Options{Dir: s.dir, NoSync: true, Tolerate: func(l diag.List) bool { return len(l) == 1 && l[0].File == "content/known.md" }})
	if _, err := session.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	bad, good := articleFile(3), articleFile(4)
	text := s.read(bad)
	s.write(bad, "---\ntitle: [\n---\n")
	if _, err := session.Refresh(t.Context(), []string{bad}); err == nil {
		t.Fatal("Refresh finds no problem in a broken file")
	}
	s.write(good, strings.Replace(s.read(good), "Nothing", "Much", 1))
	if _, err := session.Refresh(t.Context(), []string{good}); err == nil {
		t.Fatal("Refresh has forgotten the problem")
	}
	if _, ok := session.Page("2018/05/05/story-4.html"); ok {
		t.Error("a session shows a page of an archive with a problem")
	}
	s.write(bad, text)
	if _, err := session.Refresh(t.Context(), []string{bad}); err != nil {
		t.Fatal(err)
	}
	page := strings.TrimSuffix(strings.TrimPrefix(good, "content/"), ".md") + ".html"
	if b, _ := session.Page(page); !bytes.Contains(b, []byte("Much happened")) {
		t.Errorf("after all is mended %s is %.200q", page, b)
	}
}

// TestAMissedEditIsHealedByRun: what nobody told is found by the next Run.
func TestAMissedEditIsHealedByRun(t *testing.T) {
	s := newTestSite(t, 20)
	session := NewSession(Options{Dir: s.dir, NoSync: true})
	if _, err := session.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := articleFile(3)
	s.write(p, strings.Replace(s.read(p), "Nothing", "Much", 1))
	if _, err := session.Refresh(t.Context(), []string{articleFile(4)}); err != nil {
		t.Fatal(err)
	}
	if _, err := session.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := diffTrees(s.published(), s.buildFromNothing()); d != "" {
		t.Errorf("an edit that nobody told is not built:\n%s", d)
	}
}
