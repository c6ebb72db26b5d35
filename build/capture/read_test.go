package capture

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backfile/build/internal/diag"
)

func put(t *testing.T, file, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func zip(t *testing.T, data string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// read returns what Read yields: file and kind, or the problem.
func read(t *testing.T, o Options, sources ...string) []string {
	t.Helper()
	var out []string
	for c, err := range Read(t.Context(), sources, o) {
		p, ok := errors.AsType[*diag.Problem](err)
		switch {
		case ok && p.Severity == diag.LeftOut:
			out = append(out, "skipped "+err.Error())
		case err != nil:
			out = append(out, err.Error())
		default:
			out = append(out, c.Place()+" "+[]string{"text", "page", "record"}[c.Kind])
		}
	}
	return out
}

func TestAFolderIsReadWholeAndInOrder(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "in/b.TXT", "b")
	put(t, "in/a/z.html", "<p>z")
	put(t, "in/a.htm", "<p>a")
	put(t, "in/c.jsonl", "{\"title\":\"x\"}\n{\"title\":\"y\"}\n")
	put(t, "in/d.jsonl.gz", zip(t, "{\"title\":\"x\"}"))
	put(t, "in/e.doc", "e")
	put(t, "in/empty.txt", "")
	put(t, "in/.git/config.txt", "x")
	put(t, "in/page.html", "<p>p")
	put(t, "in/page_files/ad.html", "<p>buy")
	if err := os.Symlink("../in", "in/loop"); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	wantTold(t, "Read(in)", read(t, Options{}, "in"),
		"skipped in/.git: hidden",
		"in/a/z.html page",
		"in/a.htm page",
		"in/b.TXT text",
		"in/c.jsonl:1 record",
		"in/c.jsonl:2 record",
		"in/d.jsonl.gz:1 record",
		"skipped in/e.doc: has none of the endings .txt .md .html .csv .tsv, and its content tells no other format",
		"in/empty.txt: the file is empty",
		"skipped in/loop: a symbolic link, which is not followed",
		"in/page.html page",
		"skipped in/page_files: the parts of a saved page")
}

func TestSourcesThatCannotBeRead(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "story", "x")
	put(t, "plain.jsonl.gz", "{\"title\":\"x\"}")
	put(t, "cut.jsonl.gz", zip(t, "{\"title\":\"x\"}\n{\"title\":\"y\"}\n")[:20])
	put(t, "none.jsonl.gz", "")
	wantTold(t, "Read", read(t, Options{}, "gone.txt", "story", "plain.jsonl.gz", "cut.jsonl.gz", "none.jsonl.gz", "-"),
		"gone.txt: no such file or directory",
		"story text",
		"plain.jsonl.gz: is not gzip, as its name says: it does not begin as gzip does",
		"cut.jsonl.gz:1: breaks off here: the end is missing (the lines before it were read, and may be looked at)",
		"none.jsonl.gz: the file is empty",
		"-: there is no standard input")
}

func TestAFileOverTheLimitIsRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "big.txt", strings.Repeat("y", maxFile+1))
	wantTold(t, "33 MB", read(t, Options{}, "big.txt"), "big.txt: has more than 32 MB; an article has not (JSON lines may be larger: one object a line, named .jsonl)")
}

func TestStandardInputIsToldByItsFirstBytes(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"lines", "\uFEFF {\"title\":\"x\"}\n", "-:1 record"},
		{"zipped lines", zip(t, "{\"title\":\"x\"}"), "-:1 record"},
		{"a page", "\n<!DOCTYPE html><p>x", "- page"},
		{"a fragment", "<p>x", "- page"},
		{"a text", "The river fell.", "- text"},
		{"a text with brackets", "[Dale] The river fell <40 cm.", "- text"},
		{"nothing", "", "-: the file is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantTold(t, "Read(-)", read(t, Options{Stdin: strings.NewReader(tt.src)}, "-"), tt.want)
		})
	}
}

func TestFoldersOfTheArchiveAreLeftOut(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "a.txt", "a")
	put(t, "public/index.html", "<p>x")
	own, err := filepath.Abs("public")
	if err != nil {
		t.Fatal(err)
	}
	wantTold(t, "Read(.)", read(t, Options{Except: []string{own}}, "."), "a.txt text", "skipped public: a folder of the archive itself")
	wantTold(t, "Read(public)", read(t, Options{Except: []string{own}}, "public"), "public/index.html page")
}

func TestReadingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := 0
	var last error
	for _, err := range Read(ctx, []string{"-"}, Options{Stdin: strings.NewReader(strings.Repeat("{\"title\":\"x\"}\n", 9))}) {
		seen, last = seen+1, err
		cancel()
	}
	if seen != 2 || !errors.Is(last, context.Canceled) {
		t.Errorf("after the end of ctx Read yielded %d times, last %v; want one record and context.Canceled", seen, last)
	}
}
