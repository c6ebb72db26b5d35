package warc

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"io"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"backfile/build/article"
	"backfile/build/bundle"
	"backfile/build/internal/digest"
)

const page = "<p>Water stood in Weir Lane.</p>"

// source is an archive of three articles, of which two were made of page.
func source() (*bundle.Source, string) {
	sum := digest.Plain([]byte(page)).String()
	captured, _ := article.ParseDate("2021-11-05T06:00:00+01:00")
	day, _ := article.ParseDate("2021-11-04")
	from := article.Source{URL: "https://x.example/ж?a=1", SHA256: sum, Captured: captured}
	return &bundle.Source{Newest: time.Date(2021, 11, 5, 0, 0, 0, 0, time.UTC), Site: bundle.Site{Title: "T"}, Articles: []bundle.Article{
		{URL: "2021/11/04/a.html", Title: "The\nriver", Date: day, Source: from},
		{URL: "2021/11/04/b.html", Title: "Again", Date: day, Source: from},
		{URL: "2021/11/04/c.html", Title: "By hand", Date: day},
	}}, sum
}

// A read record is one as another program would read it.
type readRecord struct {
	head  textproto.MIMEHeader
	block string
}

// readAll takes a WARC apart: each gzip member must be one record, whose
// length and digest are right.
func readAll(t *testing.T, b []byte) (out []readRecord) {
	t.Helper()
	in := bytes.NewReader(b)
	for in.Len() > 0 {
		zip, err := gzip.NewReader(in)
		if err != nil {
			t.Fatal(err)
		}
		zip.Multistream(false)
		text, err := io.ReadAll(zip)
		if err != nil {
			t.Fatal(err)
		}
		first, rest, _ := strings.Cut(string(text), "\r\n")
		if first != "WARC/1.1" {
			t.Fatalf("a record begins with %q", first)
		}
		r := bufio.NewReader(strings.NewReader(rest))
		head, err := textproto.NewReader(r).ReadMIMEHeader()
		if err != nil {
			t.Fatal(err)
		}
		block, _ := io.ReadAll(r)
		n, _ := strconv.Atoi(head.Get("Content-Length"))
		if len(block) != n+4 || string(block[n:]) != "\r\n\r\n" {
			t.Fatalf("a record of %d bytes is followed by %q", n, block[min(n, len(block)):])
		}
		sum := sha256.Sum256(block[:n])
		if want := "sha256:" + strings.TrimRight(base32.StdEncoding.EncodeToString(sum[:]), "="); head.Get("WARC-Block-Digest") != want {
			t.Errorf("digest %s, want %s", head.Get("WARC-Block-Digest"), want)
		}
		out = append(out, readRecord{head, string(block[:n])})
	}
	return out
}

func TestCapturesBecomeRecords(t *testing.T) {
	src, sum := source()
	captures := fstest.MapFS{sum[:2] + "/" + sum + ".html": {Data: []byte(page)}}
	var b, again bytes.Buffer
	rep, err := Write(t.Context(), src, captures, &b)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Report{Captures: 1, Without: 1}); rep != want {
		t.Errorf("report = %+v, want %+v", rep, want)
	}
	if _, err := Write(t.Context(), src, captures, &again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("the second run made other bytes (%v)", err)
	}
	records := readAll(t, b.Bytes())
	var kinds []string
	for _, r := range records {
		kinds = append(kinds, r.head.Get("WARC-Type"))
	}
	if got, want := strings.Join(kinds, " "), "warcinfo resource metadata metadata"; got != want {
		t.Fatalf("records: %s, want %s", got, want)
	}
	res, meta := records[1], records[2]
	for key, want := range map[string]string{"WARC-Target-URI": "https://x.example/%D0%B6?a=1", "WARC-Date": "2021-11-05T05:00:00Z", "Content-Type": "text/html"} {
		if got := res.head.Get(key); got != want {
			t.Errorf("%s of the capture = %q, want %q", key, got, want)
		}
	}
	if res.block != page {
		t.Errorf("the capture is %q, want %q", res.block, page)
	}
	if meta.head.Get("WARC-Refers-To") != res.head.Get("WARC-Record-ID") {
		t.Error("the metadata does not refer to the capture")
	}
	for _, want := range []string{"title: The river\r\n", "article-page: 2021/11/04/a.html\r\n", "date-is: captured\r\n"} {
		if !strings.Contains(meta.block, want) {
			t.Errorf("metadata has no %q: %q", want, meta.block)
		}
	}
}

func TestAlteredCaptureIsRefused(t *testing.T) {
	src, sum := source()
	captures := fstest.MapFS{sum[:2] + "/" + sum + ".html": {Data: []byte(page + "!")}}
	_, err := Write(t.Context(), src, captures, io.Discard)
	if altered, ok := errors.AsType[*AlteredError](err); !ok || len(altered.Files) != 2 {
		t.Errorf("error %v, want an AlteredError of two files", err)
	}
	if _, err := Write(t.Context(), src, fstest.MapFS{}, io.Discard); !errors.Is(err, ErrNone) {
		t.Errorf("error %v without captures, want ErrNone", err)
	}
}
