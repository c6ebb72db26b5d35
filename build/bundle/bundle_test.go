package bundle

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backfile/build/publish/release"

	"github.com/klauspost/compress/gzip"
)

// archive is a release of four articles, one of them of no date.
func archive(t *testing.T) *release.Release {
	t.Helper()
	var rows bytes.Buffer
	zip := gzip.NewWriter(&rows)
	for _, row := range []string{
		`{"url":"undated/z.html","title":"Z","lang":"en"}`,
		`{"url":"2022/03/01/c.html","title":"C","date":"2022-03-01","updated":"2023-01-02T03:04:05+01:00","lang":"en"}`,
		`{"url":"2021/11/04/a.html","title":"A","date":"2021-11-04T07:00:00+02:00","lang":"en","source":{"sha256":"ab"}}`,
		`{"url":"2021/12/b.html","title":"B","date":"2021-12","lang":"en"}`,
	} {
		if _, err := zip.Write([]byte(row + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{
		"data/datapackage.json":  []byte(`{"title":"T","homepage":"https://x.example/","resources":[{"path":"articles.jsonl.gz","format":"jsonl"},{"path":"articles.csv","format":"csv"}]}`),
		"data/articles.jsonl.gz": rows.Bytes(), "index.html": []byte(`<!DOCTYPE html><html lang="uk" dir="ltr">`), "assets/style.css": nil,
		"topics/flood/index.html":  []byte(`<h1>The <i>flood</i> &amp; after</h1><a href="../../2021/11/04/a.html"><a href="page-1.html">`),
		"topics/flood/page-1.html": []byte(`<a href="../../undated/z.html">`), "mirror/head": []byte("x"),
	}
	for _, name := range []string{"2021/11/04/a.html", "2021/12/b.html", "2022/03/01/c.html", "undated/z.html"} {
		files[name] = []byte("page " + name)
	}
	return (&release.Release{}).Part(nil, files)
}

func urls(s *Source) string {
	var list []string
	for _, a := range s.Articles {
		list = append(list, a.URL)
	}
	return strings.Join(list, " ")
}

func TestChoiceTakesArticles(t *testing.T) {
	for _, tt := range []struct {
		name         string
		choice       Choice
		want, newest string
	}{
		{"", Choice{}, "2021/11/04/a.html 2021/12/b.html 2022/03/01/c.html undated/z.html", "2023-01-02T02:04:05Z"},
		{"2021", Choice{Years: []int{2021}}, "2021/11/04/a.html 2021/12/b.html", "2021-12-01T00:00:00Z"},
		{"2021-2022", Choice{Years: []int{2021, 2022}}, "2021/11/04/a.html 2021/12/b.html 2022/03/01/c.html", "2023-01-02T02:04:05Z"},
		{"2021-11", Choice{Months: []Month{{2021, 11}}}, "2021/11/04/a.html", "2021-11-04T05:00:00Z"},
		{"flood", Choice{Topics: []string{"flood"}}, "2021/11/04/a.html undated/z.html", "2021-11-04T05:00:00Z"},
		{"2021-flood", Choice{Years: []int{2021}, Topics: []string{"flood"}}, "2021/11/04/a.html", "2021-11-04T05:00:00Z"},
	} {
		s, err := Open(archive(t), tt.choice)
		if err != nil {
			t.Errorf("Open(%q): %v", tt.name, err)
			continue
		}
		if got := urls(s); got != tt.want {
			t.Errorf("articles of %q\n got %s\nwant %s", tt.name, got, tt.want)
		}
		if got := s.Newest.Format(time.RFC3339); got != tt.newest {
			t.Errorf("newest of %q = %s, want %s", tt.name, got, tt.newest)
		}
		if got := tt.choice.Name(); got != tt.name {
			t.Errorf("Name of %+v = %q, want %q", tt.choice, got, tt.name)
		}
	}
}

func TestPublicTellsOfItself(t *testing.T) {
	s, err := Open(archive(t), Choice{Topics: []string{"flood"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Site{Title: "T", Language: "uk", BaseURL: "https://x.example/"}); s.Site != want {
		t.Errorf("site = %+v, want %+v", s.Site, want)
	}
	if got := strings.Join(s.Topics, ","); got != "The flood & after" {
		t.Errorf("topics = %q, want the heading of the topic's page", got)
	}
}

func TestNothingToExportIsSaid(t *testing.T) {
	for _, tt := range []struct {
		choice Choice
		want   string
	}{
		{Choice{Years: []int{1999}}, "no article is of 1999"},
		{Choice{Topics: []string{"flod"}}, `did you mean "flood"?`},
		{Choice{Years: []int{2022}, Topics: []string{"flood"}}, "no article is of 2022 and topic flood"},
	} {
		if _, err := Open(archive(t), tt.choice); !errors.Is(err, ErrNothing) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Open(%+v): error %v, want %q", tt.choice, err, tt.want)
		}
	}
}

// TestAPartSaysWhichItIs: its files, the manifest's own among them.
func TestAPartSaysWhichItIs(t *testing.T) {
	s, err := Open(archive(t), Choice{Years: []int{2021}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Narrow(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range s.Files {
		got = append(got, f.Path)
		if _, err := s.Read(f); err != nil {
			t.Error(err)
		}
	}
	want := "2021/11/04/a.html 2021/12/b.html assets/style.css index.html mirror/head mirror/part"
	if strings.Join(got, " ") != want {
		t.Errorf("files of 2021\n got %s\nwant %s", strings.Join(got, " "), want)
	}
	both, err := Open(archive(t), Choice{Years: []int{2021}, Topics: []string{"flood"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := both.Narrow(); !errors.Is(err, ErrBoth) {
		t.Errorf("Narrow to a year and a topic: error %v, want ErrBoth", err)
	}
}

func TestATargetIsMadeWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.x")
	target := Target{Name: name, Public: filepath.Join(dir, "public"), What: "an x", Is: func(b []byte) bool { return bytes.HasPrefix(b, []byte("x")) }}
	broken := errors.New("broken")
	if _, err := target.Create(func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%s is left of a file that failed", left[0].Name())
	}
	if err := os.WriteFile(name, []byte("my thesis"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := target.Check(); err == nil || !strings.Contains(err.Error(), "is there, and is not an x") {
		t.Errorf("error %v for a file of another kind", err)
	}
	target.Name = filepath.Join(dir, "public", "a.x")
	if err := target.Check(); err == nil || !strings.Contains(err.Error(), "choose another place") {
		t.Errorf("error %v for a name in public/", err)
	}
}
