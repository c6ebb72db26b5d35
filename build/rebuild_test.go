package build

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backfile/build/manifest/release"
	"backfile/build/manifest/secret"
)

// TestTwoBuildsAreByteIdentical is invariant 1: public/ depends on the inputs
// alone.
func TestTwoBuildsAreByteIdentical(t *testing.T) {
	s := newTestSite(t, 60)
	s.build()
	if d := diffTrees(s.buildFromNothing(), s.published()); d != "" {
		t.Errorf("a second build from nothing differs:\n%s", d)
	}
	one, err := s.run(Options{Workers: 1, Out: filepath.Join(t.TempDir(), "one")})
	if err != nil || one.Files == 0 {
		t.Fatalf("build with one worker: %v, %+v", err, one)
	}
}

// TestOneWorkerMakesTheSame: the number of cores must not show.
func TestOneWorkerMakesTheSame(t *testing.T) {
	s := newTestSite(t, 30)
	s.build()
	out := filepath.Join(t.TempDir(), "one")
	if _, err := s.run(Options{Workers: 1, Out: out}); err != nil {
		t.Fatal(err)
	}
	if d := diffTrees(readTree(t, out), s.published()); d != "" {
		t.Errorf("built with one worker, public/ differs:\n%s", d)
	}
}

// TestDeletingTheLedgerChangesNothing: .backfile/ saves time only.
func TestDeletingTheLedgerChangesNothing(t *testing.T) {
	s := newTestSite(t, 30)
	s.build()
	before := s.published()
	s.remove(".backfile")
	rep := s.build()
	if d := diffTrees(s.published(), before); d != "" {
		t.Errorf("after deleting the ledger public/ differs:\n%s", d)
	}
	if rep.Written != 0 || rep.Removed != 0 {
		t.Errorf("after deleting the ledger %d files were written and %d removed, want none: they were right already", rep.Written, rep.Removed)
	}
}

// TestRebuildOfTheSameWritesNothing covers the short way through Run.
func TestRebuildOfTheSameWritesNothing(t *testing.T) {
	s := newTestSite(t, 30)
	first := s.build()
	again := s.build()
	if again.Written != 0 || again.Removed != 0 {
		t.Errorf("second build wrote %d and removed %d files, want 0 and 0", again.Written, again.Removed)
	}
	if again.Files != first.Files || again.Articles != first.Articles || again.Bytes != first.Bytes || again.Days != first.Days {
		t.Errorf("second build counts %+v, the first %+v", again, first)
	}
}

// TestRandomEditsEqualBuildFromNothing is invariant 2: after any series of
// edits an incremental build equals a build from nothing, byte for byte.
func TestRandomEditsEqualBuildFromNothing(t *testing.T) {
	seeds := []uint64{1, 2, 3}
	if testing.Short() {
		seeds = seeds[:1]
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s := newTestSite(t, 40)
			s.build()
			e := &editor{testSite: s, rnd: rand.New(rand.NewPCG(seed, 7)), next: 40}
			var done []string
			for range 30 {
				for range 1 + e.rnd.IntN(2) {
					done = append(done, e.randomEdit())
				}
				s.build()
				if d := diffTrees(s.published(), s.buildFromNothing()); d != "" {
					t.Fatalf("after the edits\n  %s\nthe incremental build differs from one from nothing:\n%s", strings.Join(done, "\n  "), d)
				}
			}
		})
	}
}

// An editor changes a site at random.
type editor struct {
	*testSite
	rnd  *rand.Rand
	next int // number of the next new article
	key  *secret.Key
}

// randomEdit makes one edit and says what it did. A new kind of input or page
// is added here in the same commit.
func (e *editor) randomEdit() string {
	edits := []struct {
		name string
		do   func() string
	}{
		{"add article", e.addArticle},
		{"add article", e.addArticle},
		{"delete article", func() string { p := e.article(); e.remove(p); return p }},
		{"rename article", e.rename},
		{"new text", func() string { return e.change("happened", fmt.Sprint("happened ", e.rnd.IntN(1000))) }},
		{"new title", func() string { return e.change("title: ", fmt.Sprintf("title: No. %d, ", e.rnd.IntN(1000))) }},
		{"new letter", func() string {
			return e.change("title: ", "title: "+[]string{"Ärger, ", "Я и ", "洪水 ", "7 ", "“Zu ", "Con ", "... "}[e.rnd.IntN(7)])
		}},
		{"new date", func() string { return e.change("date: 20", fmt.Sprintf("date: %d", 17+e.rnd.IntN(4))) }},
		{"new topic", func() string { return e.change("topics: [", fmt.Sprintf("topics: [New %d, ", e.rnd.IntN(3))) }},
		{"new person", func() string { return e.change("people: [", fmt.Sprintf("people: [Person %d, ", e.rnd.IntN(3))) }},
		{"draft", func() string { return e.change("---\nid", "---\ndraft: true\nid") }},
		{"withdraw", func() string { return e.change("---\nid", "---\nwithdrawn: at the family's request\nid") }},
		{"alias", func() string { return e.change("---\nid", fmt.Sprintf("---\naliases: [/old/%d/]\nid", e.rnd.IntN(50))) }},
		{"correct", func() string {
			return e.change("---\nid", "---\ncorrections: [{date: 2024-02-03, note: The name was wrong.}]\nid")
		}},
		{"drop date", e.undate},
		{"picture", e.picture},
		{"static", e.staticFile},
		{"layout", e.layout},
		{"site.yaml", e.config},
		{"page", func() string {
			e.write("content/colophon.md", fmt.Sprintf("---\ntitle: Colophon %d\npage: true\n---\nSet in type.\n", e.rnd.IntN(100)))
			return "content/colophon.md"
		}},
		{"delete published", func() string { p := e.pick("public"); e.remove(p); return p }},
		{"change published", func() string {
			p := e.pick("public")
			if p != "public/mirror/README.txt" { // the mark of a folder that may be written to
				e.write(p, "tampered")
			}
			return p
		}},
		{"stray published", func() string { e.write("public/2016/stray.html", "x"); return "public/2016/stray.html" }},
		{"delete ledger", func() string { e.remove(".backfile"); return "" }},
		{"sign", e.sign},
	}
	edit := edits[e.rnd.IntN(len(edits))]
	return edit.name + " " + edit.do()
}

// sign signs what a build makes, with a key that is new the first time.
func (e *editor) sign() string {
	e.t.Helper()
	e.build()
	f, err := release.Open(e.dir)
	if err != nil {
		e.t.Fatal(err)
	}
	at := time.Unix(1772366400, 0).Add(time.Duration(f.Head.Version) * time.Hour)
	if e.key == nil {
		if e.key, err = secret.New("test.example"); err != nil {
			e.t.Fatal(err)
		}
		if _, err := f.First(e.key, at); err != nil {
			e.t.Fatal(err)
		}
	}
	res, err := f.Sign(release.Options{Public: e.path("public"), Keys: []*secret.Key{e.key}, Time: at})
	if err != nil {
		e.t.Fatal(err)
	}
	if e.build(); !strings.Contains(e.read("public/mirror/head"), fmt.Sprintf("\nversion %d\n", res.Head.Version)) {
		e.t.Errorf("a build of what was signed as version %d is not signed", res.Head.Version)
	}
	return fmt.Sprint("version ", res.Head.Version)
}

// pick returns a file below a folder of the site.
func (e *editor) pick(dir string) string {
	files := []string{}
	for p := range readTree(e.t, e.path(dir)) {
		files = append(files, dir+"/"+p)
	}
	slices.Sort(files)
	return files[e.rnd.IntN(len(files))]
}

func (e *editor) article() string {
	for {
		if p := e.pick("content"); strings.Contains(p, "story") {
			return p
		}
	}
}

func (e *editor) addArticle() string {
	i := e.next
	e.next++
	p := articleFile(i)
	e.write(p, articleText(i, fmt.Sprintf("Much happened. See [that one](%s).", "../../../"+strings.TrimPrefix(e.article(), "content/"))))
	return p
}

func (e *editor) rename() string {
	p := e.article()
	to := strings.TrimSuffix(p, ".md") + "-moved.md"
	if err := os.Rename(e.path(p), e.path(to)); err != nil {
		e.t.Fatal(err)
	}
	return to
}

// change replaces a word of an article. Where the word is not there it does
// nothing; adding a key twice would be a problem, so it is done once.
func (e *editor) change(from, to string) string {
	p := e.article()
	text := e.read(p)
	if key, _, ok := strings.Cut(strings.TrimPrefix(to, "---\n"), ":"); ok && strings.Contains(text, "\n"+key+":") && strings.HasPrefix(to, "---") {
		return p + " (not again)"
	}
	e.write(p, strings.Replace(text, from, to, 1))
	return p
}

func (e *editor) undate() string {
	p := e.article()
	var keep []string
	for line := range strings.Lines(e.read(p)) {
		if !strings.HasPrefix(line, "date:") {
			keep = append(keep, line)
		}
	}
	text := strings.Join(keep, "")
	e.remove(p)
	to := "content/undated/" + filepath.Base(p)
	e.write(to, text)
	return to
}

func (e *editor) picture() string {
	p := e.article()
	size := 10 + e.rnd.IntN(90)
	e.write(filepath.ToSlash(filepath.Dir(p))+"/plan.svg", fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="9"/>`, size))
	if text := e.read(p); !strings.Contains(text, "plan.svg") {
		e.write(p, text+"\n![The plan](plan.svg \"The plan\")\n")
	}
	return p
}

func (e *editor) staticFile() string {
	p := fmt.Sprintf("static/files/%d.txt", e.rnd.IntN(4))
	if e.rnd.IntN(3) == 0 {
		e.remove(p)
		return "remove " + p
	}
	e.write(p, fmt.Sprint("file ", e.rnd.IntN(100)))
	return p
}

func (e *editor) layout() string {
	switch e.rnd.IntN(3) {
	case 0:
		e.remove("layouts")
		return "removed"
	case 1:
		e.write("layouts/assets/style.css", fmt.Sprintf("body{margin:%dpx}", e.rnd.IntN(50)))
		return "style.css"
	}
	e.write("layouts/undated.html", fmt.Sprintf(`{{define "main"}}<h1>Without a date %d</h1>{{end}}`, e.rnd.IntN(100)))
	return "undated.html"
}

func (e *editor) config() string {
	text := fmt.Sprintf("title: The Test Courier %d\nlanguage: %s\npage_size: %d\n", e.rnd.IntN(3), []string{"en", "ru", "ar"}[e.rnd.IntN(3)], 10+e.rnd.IntN(3))
	if e.rnd.IntN(2) == 0 {
		text += "base_url: https://courier.example/archive/\n"
	}
	if e.rnd.IntN(2) == 0 {
		text += "topics: {town: The town}\n"
	}
	if e.rnd.IntN(2) == 0 {
		text += "timezone: Asia/Tokyo\n"
	}
	if e.rnd.IntN(2) == 0 {
		text += "compress: true\n"
	}
	if e.rnd.IntN(2) == 0 {
		text += fmt.Sprintf("mirrors: [https://copy-%d.example/, {url: https://b.example/, name: B}]\n", e.rnd.IntN(3))
	}
	e.write("site.yaml", text)
	return text
}
