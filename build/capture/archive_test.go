package capture

import (
	"archive/tar"
	azip "archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// zipOf makes a ZIP of names and texts.
func zipOf(t testing.TB, list ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := azip.NewWriter(&b)
	for i := 0; i < len(list); i += 2 {
		w, err := z.Create(list[i])
		if err == nil {
			_, err = io.WriteString(w, list[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tarOf(t testing.TB, list ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(list); i += 2 {
		err := w.WriteHeader(&tar.Header{Name: list[i], Mode: 0o644, Size: int64(len(list[i+1]))})
		if err == nil {
			_, err = io.WriteString(w, list[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const crawled = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/x\r\nContent-Type: application/http\r\nContent-Length: 44\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n\r\n\r\n"

func TestArchivesInArchives(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "a.tar.gz", zip(t, tarOf(t, "in/a.txt", "a", "in/b.zip", zipOf(t, "c.jsonl", "{\"title\":\"x\"}\n"), "../out.txt", "x")))
	put(t, "a.wacz", zipOf(t, "archive/data.warc", strings.Replace(crawled, "\r\n\r\n\r\n\r\n", "\r\n\r\n<p>\r\n\r\n", 1), "pages/pages.jsonl", "{\"title\":\"x\"}\n", "datapackage.json", "{}"))
	deep := "x"
	for range 7 {
		deep = zip(t, deep)
	}
	put(t, "deep.gz", deep)
	put(t, "cut.tar.gz", zip(t, tarOf(t, "a.txt", "a", "b.txt", strings.Repeat("b", 5000))[:3000]))
	put(t, "a.xz", "\xfd7zXZ\x00")
	put(t, "bomb.jsonl.gz", zip(t, strings.Repeat(strings.Repeat(" ", 1<<20)+"\n", 70)))
	wantTold(t, "Read", read(t, Options{}, "a.tar.gz", "a.wacz", "deep.gz", "cut.tar.gz", "a.xz", "bomb.jsonl.gz"),
		"a.tar.gz/../out.txt: leads out of the archive, and is not read",
		"a.tar.gz/in/a.txt text",
		"a.tar.gz/in/b.zip/c.jsonl:1 record",
		"a.wacz/archive/data.warc:1 page",
		"skipped a.wacz/datapackage.json: a list of a WACZ, which repeats what its crawls have",
		"skipped a.wacz/pages/pages.jsonl: a list of a WACZ, which repeats what its crawls have",
		"deep.gz: is packed more than 5 times",
		"cut.tar.gz: breaks off: b.txt: unexpected EOF (the files before the break are read)",
		"cut.tar.gz/a.txt text",
		"a.xz: is compressed with xz, which is not read (xz -dc FILE | backfile import -)",
		"bomb.jsonl.gz:64: breaks off here: unpacks to more than 200 times its size, as only a trap does (the lines before it were read, and may be looked at)",
	)
}

func TestJSONThatIsNotLines(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"a list", "[{\"title\":\"A\"},\n{\"title\":\"B\"}]", []string{"-:1 record", "-:2 record"}},
		{"an object with a list", "{\"ok\":true,\n\"data\":\n[\n{\"title\":\"A\"}]}", []string{"-:4 record"}},
		{"an object with a text called data", "{\n\"title\":\"A\",\n\"data\":\"x\"}", []string{"-:1 record"}},
		{"objects over many lines", "{\n\"title\":\"A\"}\n{\n\"title\":\"B\"}", []string{"-:1 record", "-:3 record"}},
		{"one that says nothing", "[{\"x\":1},{\"title\":\"B\"}]", []string{"-:1: has no title and no text (an object has the keys \"title\" and \"text\" or \"html\"; --map title=NAME says which others do)", "-:1 record"}},
		{"not closed", "[{\"title\":\"A\"},\n{\"title\":", []string{"-:1 record", "-:2: the end is missing (the records before it were read)"}},
		{"not JSON", "[{\"title\":\"A\"},\n{\"title\":x}]", []string{"-:1 record", "-:2: is not JSON: invalid character 'x' looking for beginning of value (the records before it were read)"}},
		{"a list of lists", "[{\"title\":\"A\"},[1]]", []string{"-:1 record", "-:1:1: is a list, not an object"}},
		{"an empty list", "[]", []string{"-: holds no objects (a list holds objects with the keys \"title\" and \"text\" or \"html\")"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantTold(t, "Read(-)", read(t, Options{Stdin: strings.NewReader(tt.src)}, "-"), tt.want...)
		})
	}
}

func TestNamesThatRecordsUse(t *testing.T) {
	src := `{"headline":"A","link":"https://a.example/1","publishedAt":"2023-12-31","byline":"Ann Lee","tags":["x"],"content":"<p>one</p><p>two</p>","source":{"id":1,"name":"Herald"},"description":"s"}`
	for c, err := range ReadLines("x", strings.NewReader(src)) {
		if err != nil {
			t.Fatal(err)
		}
		f := c.Fields
		got := strings.Join([]string{f.Title, f.URL, f.Date.String(), strings.Join(f.Authors, ","), strings.Join(f.Topics, ","), f.HTML, f.Text, f.Source, f.Summary}, "|")
		if want := "A|https://a.example/1|2023-12-31|Ann Lee|x|<p>one</p><p>two</p>||Herald|s"; got != want {
			t.Errorf("the fields are %s, want %s", got, want)
		}
	}
	mapped := Options{Stdin: strings.NewReader(`[{"Kopf":"A","title":"no"}]`), Map: map[string]string{"title": "kopf"}}
	for c, err := range Read(t.Context(), []string{"-"}, mapped) {
		if err != nil || c.Fields.Title != "A" {
			t.Errorf("with --map title=kopf the title is %q, %v; want A", c.Fields.Title, err)
		}
	}
	if names := FieldNames(); !slices.IsSorted(names) || !slices.Contains(names, "title") {
		t.Errorf("FieldNames() = %v", names)
	}
}

// FuzzRead: whatever comes on standard input, nothing breaks, something is
// told, and texts are UTF-8.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"[{\"title\":\"A\"}]", "{\"articles\":[{}", "title,text\na,\"b", "<rss><item/>", "---\ntitle: x\n---\n![](a.jpg)", crawled, "MIME-Version: 1\nContent-Type: text/html\n\n<p>"} {
		f.Add(s)
	}
	f.Add(zipOf(f, "a.txt", "x", "content/a.md", "---\ntitle: x\n---\n", "hugo.toml", ""))
	f.Add(tarOf(f, "a.txt", "x"))
	f.Fuzz(func(t *testing.T, src string) {
		n := 0
		for c := range Read(t.Context(), []string{"-"}, Options{Stdin: strings.NewReader(src)}) {
			n++
			if c.Text != strings.ToValidUTF8(c.Text, "?") || c.Fields.Title != strings.ToValidUTF8(c.Fields.Title, "?") {
				t.Fatalf("Read(%q) gave text that is not UTF-8", src)
			}
		}
		_ = n
	})
}
