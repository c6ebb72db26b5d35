package twin

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// TestTwinsHoldTheFile: what a browser unpacks is the file, and the same file
// has the same twins.
func TestTwinsHoldTheFile(t *testing.T) {
	text := []byte(strings.Repeat("It smelled of river. ", 200))
	var m Maker
	twins, err := m.Of("a.html", text)
	if err != nil || len(twins) != 2 || twins[0].Path != "a.html.br" || twins[1].Path != "a.html.gz" {
		t.Fatalf("the twins are %v, %v", twins, err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(twins[1].Bytes))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range []io.Reader{brotli.NewReader(bytes.NewReader(twins[0].Bytes)), zip} {
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s holds %.40q, %v", twins[i].Path, got, err)
		}
		if len(twins[i].Bytes) > len(text)/10 {
			t.Errorf("%s has %d of %d bytes", twins[i].Path, len(twins[i].Bytes), len(text))
		}
	}
	if _, err := m.Of("b.html", text[:999]); err != nil { // leaves no trace in the next
		t.Fatal(err)
	}
	again, err := m.Of("a.html", text)
	if err != nil || !bytes.Equal(again[0].Bytes, twins[0].Bytes) || !bytes.Equal(again[1].Bytes, twins[1].Bytes) {
		t.Error("the same file has other twins")
	}
}

func TestWhichFilesHaveTwins(t *testing.T) {
	for name, want := range map[string]bool{
		"index.html": true, "search/s/a.js": true, "a.png": false, "data/articles.jsonl.gz": false, "a.html.gz": false, "mirror/README.txt": false, "feed.xml": true, ".nojekyll": false,
	} {
		if Has(name, 4096) != want {
			t.Errorf("Has(%q) is %t", name, !want)
		}
	}
	if Has("a.html", 100) {
		t.Error("a file of one packet has twins")
	}
	for name, want := range map[string]bool{"a.html.gz": true, "a.css.br": true, "articles.jsonl.gz": false, "mirror/m/ab.gz": false, "a.html": false} {
		if Is(name) != want {
			t.Errorf("Is(%q) is %t", name, !want)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	var text strings.Builder
	for i := range 600 {
		text.WriteString([]string{"The river ", "rose over ", "the steps, ", "said the ", "harbourmaster. ", "<p>", "At eleven "}[i*i%7])
		text.WriteString(string(rune('a' + i*7%26)))
	}
	var m Maker
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := m.Of("a.html", []byte(text.String())); err != nil {
			b.Fatal(err)
		}
	}
}
