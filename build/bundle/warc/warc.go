// Package warc writes the captures that articles were made of as WARC 1.1, the
// form in which libraries keep the web.
//
//	warcinfo   what this file is
//	resource   a capture, byte for byte as it is kept in captures/
//	metadata   of the capture: its article's title, id and page
//	…
//
// Each record is compressed by itself, so that one can be read without the
// others. What was captured are bytes without the server's headers: hence
// resource records, and not responses. Identifiers follow from what a record
// holds, and dates from the articles: the same archive always gives the same
// file.
package warc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"backfile/build/bundle"
	"backfile/build/internal/digest"
)

// Is tells by its first bytes whether a file is compressed with gzip.
func Is(begins []byte) bool { return len(begins) > 2 && begins[0] == 0x1f && begins[1] == 0x8b }

// A Report says what was written.
type Report struct {
	Captures int // written
	Without  int // articles that name no capture
	NotKept  int // articles whose capture is not in captures/
}

// An AlteredError names captures whose bytes are not those that their article
// was made of.
type AlteredError struct{ Files []string }

func (e *AlteredError) Error() string {
	s := fmt.Sprintf("%s is not what its article was made of: its SHA-256 is another", e.Files[0])
	if n := len(e.Files) - 1; n > 0 {
		s += fmt.Sprintf(", and %d more such", n)
	}
	return s
}

// ErrNone is returned where no article has a capture to write.
var ErrNone = errors.New("no article here has its capture in captures/")

// Write writes the captures of the articles of src that are kept in captures,
// the folder captures/ of the archive.
func Write(ctx context.Context, src *bundle.Source, captures fs.FS, to io.Writer) (Report, error) {
	w := &writer{to: to, src: src, done: map[string]bool{}}
	var rep Report
	var altered []string
	for _, a := range src.Articles {
		if ctx.Err() != nil {
			return rep, context.Cause(ctx)
		}
		if a.Source.SHA256 == "" {
			rep.Without++
			continue
		}
		name, b, err := read(captures, a.Source.SHA256)
		if errors.Is(err, fs.ErrNotExist) {
			rep.NotKept++
			continue
		}
		if err != nil {
			return rep, err
		}
		if digest.Plain(b).String() != a.Source.SHA256 {
			altered = append(altered, "captures/"+name)
			continue
		}
		n, err := w.capture(a, name, b)
		if err != nil {
			return rep, err
		}
		rep.Captures += n
	}
	if len(altered) > 0 {
		return rep, &AlteredError{altered}
	}
	if rep.Captures == 0 {
		return rep, ErrNone
	}
	return rep, nil
}

// endings are those that captures are kept with, and the kinds of their bytes.
// A saved page tells its character set itself.
var endings = []struct{ ending, kind string }{
	{".html", "text/html"}, {".txt", "text/plain"}, {".json", "application/json"},
}

// maxCapture is more than any page has.
const maxCapture = 256 << 20

// read reads the capture with a digest.
func read(captures fs.FS, sum string) (name string, b []byte, err error) {
	if _, ok := digest.Parse(sum); !ok {
		return "", nil, fs.ErrNotExist
	}
	for _, e := range endings {
		name = path.Join(sum[:2], sum+e.ending)
		info, err := fs.Stat(captures, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return name, nil, err
		}
		if !info.Mode().IsRegular() || info.Size() > maxCapture {
			return name, nil, fmt.Errorf("captures/%s is no capture: it is not a file, or larger than %d MB", name, maxCapture>>20)
		}
		b, err = fs.ReadFile(captures, name)
		return name, b, err
	}
	return "", nil, fs.ErrNotExist
}

// A writer writes records.
type writer struct {
	to   io.Writer
	src  *bundle.Source
	done map[string]bool // captures written, by address and digest
	any  bool            // a record is written
}

// capture writes the capture of an article, and what is known of it. n is 1
// when the same capture had not been written before.
func (w *writer) capture(a bundle.Article, name string, b []byte) (n int, err error) {
	if !w.any {
		w.any = true
		if err := w.info(); err != nil {
			return 0, err
		}
	}
	at := bundle.Instant(a.Source.Captured)
	known := "captured"
	if at.IsZero() {
		at, known = bundle.Instant(a.Date), "published"
	}
	if at.IsZero() {
		at, known = w.src.Newest, "unknown"
	}
	target := ascii(a.Source.URL)
	if u, err := url.Parse(target); err != nil || u.Scheme == "" || strings.ContainsAny(target, " <>\r\n") {
		target = "urn:sha256:" + a.Source.SHA256
	}
	id := recordID("resource", target, a.Source.SHA256)
	if key := target + " " + a.Source.SHA256; !w.done[key] {
		w.done[key], n = true, 1
		err := w.record(record{kind: "resource", id: id, date: at, target: target, mime: mimeOf(name), block: b})
		if err != nil {
			return 0, err
		}
	}
	var about strings.Builder
	for _, f := range []struct{ key, value string }{
		{"title", a.Title}, {"article-id", a.ID}, {"article-page", a.URL}, {"article-date", a.Date.String()},
		{"publication", a.Source.Name}, {"date-is", known}, {"file", "captures/" + name},
	} {
		if f.value != "" {
			fmt.Fprintf(&about, "%s: %s\r\n", f.key, oneLine(f.value))
		}
	}
	return n, w.record(record{
		kind: "metadata", id: recordID("metadata", target, a.Source.SHA256, a.URL), date: at, target: target,
		about: id, mime: "application/warc-fields", block: []byte(about.String()),
	})
}

// ascii writes an address as a URI has it: letters of other scripts are escaped,
// and nothing else is changed.
func ascii(address string) string {
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; c >= 0x80 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(address[i])
	}
	return b.String()
}

func mimeOf(name string) string {
	for _, e := range endings {
		if path.Ext(name) == e.ending {
			return e.kind
		}
	}
	return "application/octet-stream"
}

// oneLine makes a value fit on a line.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == ' ' }), " ")
}

// info writes the record that says what the file is.
func (w *writer) info() error {
	var b strings.Builder
	s := w.src.Site
	for _, f := range []struct{ key, value string }{
		{"software", "backfile"}, {"format", "WARC File Format 1.1"},
		{"conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"},
		{"isPartOf", s.Title}, {"description", s.Description}, {"operator", s.Publisher},
		{"part", w.src.Choice.Name()},
	} {
		if f.value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", f.key, oneLine(f.value))
		}
	}
	return w.record(record{kind: "warcinfo", id: recordID("warcinfo", b.String()), date: w.src.Newest, mime: "application/warc-fields", block: []byte(b.String())})
}

// A record is one of the file.
type record struct {
	kind, id, target, about, mime string
	date                          time.Time
	block                         []byte
}

// record writes one record as a gzip member of its own.
func (w *writer) record(r record) error {
	sum := sha256.Sum256(r.block)
	var head bytes.Buffer
	head.WriteString("WARC/1.1\r\n")
	for _, f := range []struct{ key, value string }{
		{"WARC-Type", r.kind}, {"WARC-Record-ID", r.id}, {"WARC-Date", r.date.UTC().Format("2006-01-02T15:04:05Z")},
		{"WARC-Target-URI", r.target}, {"WARC-Refers-To", r.about},
		{"WARC-Block-Digest", "sha256:" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])},
		{"Content-Type", r.mime}, {"Content-Length", fmt.Sprint(len(r.block))},
	} {
		if f.value != "" {
			fmt.Fprintf(&head, "%s: %s\r\n", f.key, f.value)
		}
	}
	head.WriteString("\r\n")
	zip := gzip.NewWriter(w.to)
	zip.ModTime = time.Unix(0, 0) // written as "no time"
	for _, part := range [][]byte{head.Bytes(), r.block, []byte("\r\n\r\n")} {
		if _, err := zip.Write(part); err != nil {
			return err
		}
	}
	return zip.Close()
}

// recordID makes the identifier of a record out of what it is: a UUID of
// version 8, which RFC 9562 leaves to whoever makes it.
func recordID(parts ...string) string {
	h := digest.New()
	h.Strings(parts)
	u := h.Sum()
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
