package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// record writes a record whose length is wrong by lie bytes.
func record(kind, url, block string, lie int) string {
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2024-01-02T03:04:05.678Z\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, url, len(block)+lie, block)
}

func answer(headers, body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\"UTF-8\"\r\n" + headers + "\r\n" + body
}

// told returns what Read yields: number, type, address and size, or the fault.
func told(src string) string {
	var out []string
	for r, err := range Read(strings.NewReader(src)) {
		if err != nil {
			f, ok := errors.AsType[*Fault](err)
			if !ok {
				out = append(out, "not a fault: "+err.Error())
				continue
			}
			out = append(out, fmt.Sprintf("%d at %d: %s", f.No, f.At, f.Msg))
			continue
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d at %d: %s %s %d %s", r.No, r.At, r.Type, r.URL, len(r.Block), r.Note)))
	}
	return strings.Join(out, "\n")
}

func TestRecordsAreReadAndFaultsTold(t *testing.T) {
	a, b := record("response", "https://a.example/1", "HTTP/1.1 200 OK\r\n\r\nabc", 0), record("response", "<https://a.example/2>", "HTTP/1.1 200 OK\r\n\r\ndefg", 0)
	lf := strings.ReplaceAll(a, "\r\n", "\n")
	tests := []struct{ name, src, want string }{
		{"two", a + b, "1 at 0: response https://a.example/1 22\n2 at 203: response https://a.example/2 23"},
		{"bare line ends, and more between", strings.Replace(lf, "Length: 22", "Length: 20", 1) + "\n\n" + b, "1 at 0: response https://a.example/1 20\n2 at 194: response https://a.example/2 23"},
		{"a length that hides the next", record("response", "https://a.example/1", "abc", 150) + b, "1 at 0: response https://a.example/1 3 the record is not the 153 bytes long that its header says\n2 at 185: response https://a.example/2 23"},
		{"a length that hides all that follows", record("response", "https://a.example/1", "abc", 99999) + b, "1 at 0: response https://a.example/1 3 the record is not the 100002 bytes long that its header says\n2 at 188: response https://a.example/2 23"},
		{"a length that is too small", record("response", "https://a.example/1", "abcdefgh", -5) + b, "1 at 0: response https://a.example/1 8 the record is not the 3 bytes long that its header says\n2 at 188: response https://a.example/2 23"},
		{"no number", strings.Replace(a, "Content-Length: 22", "Content-Length: many", 1) + b, "1 at 0: its length \"many\" is not a number\n2 at 205: response https://a.example/2 23"},
		{"no length", strings.Replace(a, "Content-Length: 22\r\n", "", 1) + b, "1 at 0: has no length\n2 at 183: response https://a.example/2 23"},
		{"less than nothing", strings.Replace(a, "Content-Length: 22", "Content-Length: -22", 1), "1 at 0: its length \"-22\" is not a number"},
		{"more than anything", strings.Replace(a, "Content-Length: 22", "Content-Length: 9223372036854775807", 1), "1 at 0: breaks off before the end of its 9223372036854775807 bytes"},
		{"cut", a + b[:len(b)-9], "1 at 0: response https://a.example/1 22\n2 at 203: breaks off after 18 of 23 bytes"},
		{"rubbish first", "WARC/nonsense\r\n\r\n" + a, "1 at 0: has no length\n2 at 17: response https://a.example/1 22"},
		{"rubbish between", a + "rubbish\r\n" + b, "1 at 0: response https://a.example/1 33 the record is not the 22 bytes long that its header says\n2 at 212: response https://a.example/2 23"},
		{"nothing", "", ""},
		{"ARC", "filedesc://x.arc 0.0.0.0 20080430204825 text/plain 2\n1\n\nhttp://a.example/a b 192.0.2.1 20080430204826 text/html 3\nabc\nhttp://a.example/2 192.0.2.1 20080430204827 text/html 4\ndefg\n",
			"1 at 0: warcinfo filedesc://x.arc 2\n2 at 56: response http://a.example/a%20b 3\n3 at 118: response http://a.example/2 4"},
		{"an ARC whose length lies", "filedesc://x.arc 0.0.0.0 20080430204825 text/plain 2\n1\n\nhttp://a.example/1 192.0.2.1 20080430204826 text/html 1\nabc\nhttp://a.example/2 192.0.2.1 20080430204827 text/html 4\ndefg\n",
			"1 at 0: warcinfo filedesc://x.arc 2\n2 at 56: response http://a.example/1 1\n3 at 113: does not begin as a record does\n4 at 116: response http://a.example/2 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(tt.src); got != tt.want {
				t.Errorf("Read(%q)\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

func TestPagesOfAnswers(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("<p>x")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	half := packed.String()
	chunks := fmt.Sprintf("3\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", half[:3], len(half)-3, half[3:])
	tests := []struct {
		name, block, want string
	}{
		{"plain", answer("", "<p>x"), "200 text/html utf-8 \"<p>x\" []"},
		{"chunked", answer("Transfer-Encoding: chunked\r\n", "4\r\n<p>x\r\n0\r\n\r\n"), "200 text/html utf-8 \"<p>x\" []"},
		{"chunked, the header says, but is not", answer("Transfer-Encoding: chunked\r\n", "<p>x"), "200 text/html utf-8 \"<p>x\" []"},
		{"chunks that break off", answer("Transfer-Encoding: chunked\r\n", "4\r\n<p>x\r\n9\r\nab"), "200 text/html utf-8 \"<p>xab\" [its chunks break off]"},
		{"packed", answer("Content-Encoding: gzip\r\n", half), "200 text/html utf-8 \"<p>x\" []"},
		{"packed in chunks", answer("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunks), "200 text/html utf-8 \"<p>x\" []"},
		{"packed, the header says, but is not", answer("Content-Encoding: gzip\r\n", "<p>x"), "200 text/html utf-8 \"<p>x\" []"},
		{"packed and cut", answer("Content-Encoding: gzip\r\n", half[:len(half)-4]), "200 text/html utf-8 \"<p>x\" [the body breaks off: the end is missing]"},
		{"in a coding nobody knows", answer("Content-Encoding: secret\r\n", "\x01\x02"), "its body cannot be unpacked: its coding \"secret\" is not known"},
		{"not there", "HTTP/1.1 404 Not Found\r\n\r\nx", "404   \"x\" []"},
		{"without words", "HTTP/1.1 200\nContent-Type: text/html\n\n<p>x", "200 text/html  \"<p>x\" []"},
		{"no headers at all", "<p>x", "200   \"<p>x\" []"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Record{Type: "response", Mime: "application/http; msgtype=response", Block: []byte(tt.block)}
			p, _, err := r.Page()
			got := fmt.Sprintf("%d %s %s %q %v", p.Status, p.Mime, p.Charset, p.Body, p.Notes)
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("the page of %q\n got %s\nwant %s", tt.block, got, tt.want)
			}
		})
	}
}

// TestALongStreamTakesLittleMemory reads 300 MB of records of which one is
// larger than any article.
func TestALongStreamTakesLittleMemory(t *testing.T) {
	one := record("response", "https://a.example/1", strings.Repeat("x", 1<<20), 0)
	pr, pw := io.Pipe()
	go func() {
		fmt.Fprintf(pw, "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n", MaxBlock*4)
		for range 128 {
			_, _ = io.WriteString(pw, strings.Repeat("y", 1<<20))
		}
		_, _ = io.WriteString(pw, "\r\n\r\n")
		for range 200 {
			_, _ = io.WriteString(pw, one)
		}
		pw.Close()
	}()
	n, long := 0, 0
	var most uint64
	for r, err := range Read(pr) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if r.Long {
			long++
		}
		if n%20 == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if n != 201 || long != 1 || most > 64<<20 {
		t.Errorf("read %d records, %d of them too long, with %d MB in memory; want 201, 1 and at most 64 MB", n, long, most>>20)
	}
}

// FuzzRead: whatever comes, nothing breaks, reading ends, and numbers go up.
func FuzzRead(f *testing.F) {
	f.Add([]byte(record("response", "https://a.example/1", answer("Transfer-Encoding: chunked\r\n", "4\r\n<p>x\r\n0\r\n\r\n"), 0) + record("revisit", "https://a.example/1", "", 3)))
	f.Add([]byte("filedesc://x.arc 0.0.0.0 20080430204825 text/plain 2\n1\n\nhttp://a.example/1 192.0.2.1 20080430204826 text/html 3\nabc\n"))
	f.Add([]byte(record("resource", "x", "abc", 150) + record("response", "y", "HTTP/1.0 200\n\n", -2)))
	f.Fuzz(func(t *testing.T, src []byte) {
		last, turns := 0, 0
		for r, err := range Read(bytes.NewReader(src)) {
			if turns++; turns > len(src)+2 {
				t.Fatalf("Read(%q) does not end", src)
			}
			if err != nil {
				continue
			}
			if r.No <= last {
				t.Fatalf("record %d comes after record %d", r.No, last)
			}
			last = r.No
			p, _, _ := r.Page()
			p.IsHTML()
		}
	})
}
