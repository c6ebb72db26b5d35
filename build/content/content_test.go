package content

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// folder makes a folder of files, older than a scan distrusts.
func folder(t *testing.T, files map[string]string) string {
	root := t.TempDir()
	for p, text := range files {
		put(t, root, p, text)
	}
	return root
}

// put writes a file as if it had been written an hour ago.
func put(t *testing.T, root, p, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(p))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	hour := time.Now().Add(-time.Hour)
	if err := os.Chtimes(file, hour, hour); err != nil {
		t.Fatal(err)
	}
}

func scan(t *testing.T, root string, known map[string]*Record) *Result {
	t.Helper()
	res, err := Scan(t.Context(), root, Options{Name: "content", Known: func() (list []*Record) {
		for _, p := range slices.Sorted(maps.Keys(known)) {
			list = append(list, known[p])
		}
		return list
	}})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func records(res *Result) map[string]*Record {
	m := map[string]*Record{}
	for _, r := range res.Records {
		m[r.Path] = r
	}
	return m
}

const story = "---\ntitle: A story\ndate: 2020-01-02\n---\nThe first words. See [the map](map.svg) and [the rest](../b.md#end).\n"

// TestEveryFileIsAccountedFor is invariant 7 for what stands in content/.
func TestEveryFileIsAccountedFor(t *testing.T) {
	root := folder(t, map[string]string{
		"a.md":        story,
		"draft.md":    "---\ntitle: D\ndraft: true\n---\n",
		"bad.md":      "---\ntitle: [\n---\n",
		"empty.md":    "",
		"nul.md":      "---\ntitle: x\n---\na\x00b\n",
		"latin1.md":   "---\ntitle: caf\xe9\n---\n",
		"page.html":   "<script>alert(1)</script>",
		"map.svg":     `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><path d="M0 0"/></svg>`,
		"evil.svg":    `<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>`,
		"script.svg":  `<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>`,
		"link.svg":    `<svg xmlns="http://www.w3.org/2000/svg"><a href="java&#10;script:x()"/></svg>`,
		"outside.svg": `<svg xmlns="http://www.w3.org/2000/svg"><image href="https://tracker.example/p.png"/></svg>`,
		"broken.svg":  `<svg`,
		"notes.docx":  "x",
	})
	m := records(scan(t, root, nil))
	if len(m) != 14 {
		t.Errorf("%d records for 14 files", len(m))
	}
	for p, r := range m {
		published := r.Entry != nil || r.Asset != nil
		if want := p == "a.md" || p == "map.svg"; published != want {
			t.Errorf("%s is published: %t, want %t (%v)", p, published, want, r.Problems)
		}
		if !published && len(r.Problems) == 0 {
			t.Errorf("%s is left out without a word", p)
		}
		for _, problem := range r.Problems {
			if problem.File != "content/"+p {
				t.Errorf("the problem of %s is told of %s", p, problem.File)
			}
		}
	}
	e := m["a.md"].Entry
	if e.Title != "A story" || e.Words == 0 || !strings.HasPrefix(e.Excerpt, "The first words.") {
		t.Errorf("the entry is %+v", e)
	}
	if a := m["map.svg"].Asset; a == nil || a.Width != 40 || a.Height != 30 {
		t.Errorf("the size of a drawing with a viewBox is %+v, want 40 by 30", a)
	}
}

// TestScanReadsOnlyWhatChanged: a known file is not read again, one that was
// touched is read and found to be the same, one that changed is parsed.
func TestScanReadsOnlyWhatChanged(t *testing.T) {
	root := folder(t, map[string]string{"a.md": story, "b.md": strings.Replace(story, "A story", "B", 1), "c.svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`})
	// The inodes were made just now, which a scan distrusts: pretend that time has passed.
	first := scan(t, root, nil)
	known := records(first)
	for _, r := range known {
		r.Settled = true
	}
	if again := scan(t, root, known); again.Read != 0 {
		t.Errorf("a second scan read %d files, want none", again.Read)
	}
	now := time.Now()
	if err := os.Chtimes(filepath.Join(root, "a.md"), now, now); err != nil {
		t.Fatal(err)
	}
	touched := scan(t, root, known)
	if touched.Read != 1 || records(touched)["a.md"].Entry != known["a.md"].Entry {
		t.Errorf("after a touch %d files were read, want 1, and the entry kept", touched.Read)
	}
	put(t, root, "b.md", strings.Replace(story, "A story", "C", 1)) // as long as before
	if r := records(scan(t, root, known))["b.md"]; r.Entry.Title != "C" {
		t.Errorf("a changed file still has the title %q", r.Entry.Title)
	}
}

// TestAFileWrittenJustNowIsReadAgain: its stamp may not show the next change.
func TestAFileWrittenJustNowIsReadAgain(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "a.md")
	if err := os.WriteFile(file, []byte(story), 0o644); err != nil {
		t.Fatal(err)
	}
	known := records(scan(t, root, nil))
	if known["a.md"].Settled {
		t.Error("a file written just now is called settled")
	}
	if again := scan(t, root, known); again.Read != 1 {
		t.Errorf("a second scan at once read %d files, want 1", again.Read)
	}
}

func TestScanOfNothingIsEmpty(t *testing.T) {
	if res := scan(t, filepath.Join(t.TempDir(), "none"), nil); len(res.Records) != 0 {
		t.Errorf("%d records of a folder that is not there", len(res.Records))
	}
}

// TestHiddenFilesAreNotOurs: version control and editors keep files of their
// own among the articles.
func TestHiddenFilesAreNotOurs(t *testing.T) {
	root := folder(t, map[string]string{".git/HEAD": "x", ".DS_Store": "x", "a.md~": "x", "#a.md#": "x", ".a.md.swp": "x", "Thumbs.db": "x"})
	if res := scan(t, root, nil); len(res.Records) != 0 {
		t.Errorf("Scan took %s for content", res.Records[0].Path)
	}
}

func TestUnreadableFileIsAProblem(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root can read everything")
	}
	root := folder(t, map[string]string{"a.md": story})
	if err := os.Chmod(filepath.Join(root, "a.md"), 0); err != nil {
		t.Fatal(err)
	}
	r := scan(t, root, nil).Records[0]
	if r.Entry != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Error(), "chmod +r") {
		t.Errorf("an unreadable file gives %v", r.Problems)
	}
}
