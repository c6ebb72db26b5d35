package clean

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"backfile/build/article"
	"backfile/build/capture"
)

var update = flag.Bool("update", false, "rewrite what the case files expect")

// TestCases cleans the capture of each case file, and compares it with the
// article that stands beside it.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			checkCase(t, file, a)
		})
	}
}

// checkCase takes the first file of a as the capture and the second as what
// becomes of it.
func checkCase(t *testing.T, file string, a *txtar.Archive) {
	c := readCase(t, a.Files[0])
	got, r := Clean(c)
	name, text := "article.md", string(article.Format(got))
	if r.Refused != "" {
		name, text = "refused", r.Refused+"\n"
	}
	for _, note := range r.Notes {
		text += fmt.Sprintf("note: %s\n", note)
	}
	if *update {
		a.Files = append(a.Files[:1], txtar.File{Name: name, Data: []byte(text)})
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(a.Files) < 2 {
		t.Fatalf("%s has no article yet: run the test with -update", file)
	}
	if want := a.Files[1]; name != want.Name || text != string(want.Data) {
		t.Errorf("%s becomes %s\n%s\nwant %s\n%s\ndropped %+v", a.Files[0].Name, name, text, want.Name, want.Data, r.Dropped)
	}
}

// readCase reads a capture as import does.
func readCase(t *testing.T, f txtar.File) capture.Capture {
	t.Helper()
	file := filepath.Join(t.TempDir(), f.Name)
	if err := os.WriteFile(file, f.Data, 0o644); err != nil {
		t.Fatal(err)
	}
	for c, err := range capture.Read(t.Context(), []string{file}, capture.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	t.Fatalf("%s holds no capture", f.Name)
	return capture.Capture{}
}
