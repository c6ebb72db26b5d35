// Package warc reads crawls: WARC files of any version and the ARC files that
// came before them.
//
//	WARC/1.0
//	WARC-Type: response
//	WARC-Target-URI: https://dale.example/mill
//	WARC-Date: 2024-01-01T12:00:00Z
//	Content-Length: 4711
//
//	HTTP/1.1 200 OK
//	Content-Type: text/html
//	…
//
// Records are read one after another and one is held at a time. One whose
// length is not what it says ends where the next begins, and has a Note. One
// that cannot be read is told with its place, and reading goes on with the next
// that can be found.
package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// A Record is one of a crawl.
type Record struct {
	No     int   // from 1
	At     int64 // the byte at which it begins, when unpacked
	Type   string
	URL    string
	Date   time.Time
	Refers time.Time // of a revisit: when the same bytes were fetched before
	Mime   string    // of the block
	Block  []byte    // at most MaxBlock bytes
	Long   bool      // the block has more than MaxBlock, and was not read
	Note   string    // what a person should know of it
}

// MaxBlock is how much of one record is read: a page of more is no article.
const MaxBlock = 32 << 20

// A Fault is a record that cannot be read.
type Fault struct {
	No  int
	At  int64
	Msg string
}

// Error returns what is wrong, without the place.
func (f *Fault) Error() string { return f.Msg }

// Read yields the records of a crawl, whose bytes are unpacked. An error is a
// *Fault; the next record may be whole again.
func Read(src io.Reader) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		r := &reader{src: bufio.NewReaderSize(src, 1<<16)}
		for {
			rec, err := r.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(rec, err) || r.over {
				return
			}
		}
	}
}

type reader struct {
	src  *bufio.Reader
	back []byte // read already, and to be read again
	at   int64
	no   int
	over bool
	arc  int // the version of an ARC file, or 0
}

// line returns the next line without its end.
func (r *reader) line() (string, error) {
	var out []byte
	for {
		part, err := r.slice()
		r.at += int64(len(part))
		if out = append(out, part...); len(out) > maxHeader {
			return "", errLongLine
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && len(out) > 0 && errors.Is(err, io.EOF) {
			err = nil
		}
		return strings.TrimRight(string(out), "\r\n"), err
	}
}

// slice returns the rest of a line, from what was put back or the source.
func (r *reader) slice() ([]byte, error) {
	if len(r.back) == 0 {
		return r.src.ReadSlice('\n')
	}
	part := r.back
	if i := bytes.IndexByte(part, '\n'); i >= 0 {
		part = part[:i+1]
		r.back = r.back[i+1:]
		return part, nil
	}
	r.back = nil
	return part, bufio.ErrBufferFull
}

const maxHeader = 64 << 10 // all headers of a record

var errLongLine = errors.New("has a line of more than 64 kB among its headers")

// block reads n bytes, of which at most MaxBlock are kept.
func (r *reader) block(n int64) (out []byte, long bool, err error) {
	src := io.MultiReader(bytes.NewReader(r.back), r.src)
	if n > MaxBlock {
		long = true
		var head int64
		if put := int64(len(r.back)); put > 0 {
			head = min(put, n)
			r.back = r.back[head:]
		}
		skipped, err := io.CopyN(io.Discard, r.src, n-head)
		r.at += head + skipped
		return nil, true, err
	}
	out, err = io.ReadAll(io.LimitReader(src, n))
	r.at += int64(len(out))
	r.back = r.back[min(len(r.back), len(out)):]
	if err == nil && int64(len(out)) < n {
		err = io.ErrUnexpectedEOF
	}
	return out, long, err
}

// next reads a record.
func (r *reader) next() (Record, error) {
	at, first, err := r.begin()
	if err != nil {
		return Record{}, r.broken(at, err)
	}
	r.no++
	rec := Record{No: r.no, At: at}
	var length int64
	if strings.HasPrefix(first, "WARC/") {
		length, err = r.headers(&rec)
	} else {
		length, err = r.arcLine(&rec, first)
	}
	if err != nil {
		r.skip()
		return rec, &Fault{r.no, at, err.Error()}
	}
	rec.Block, rec.Long, err = r.block(length)
	if err != nil {
		return rec, r.cut(&rec, length, err)
	}
	if !r.atEnd() {
		r.mend(&rec, length)
	}
	return rec, nil
}

// cut settles a record that the file ends in. When there are others inside of
// it, its length was a lie.
func (r *reader) cut(rec *Record, length int64, err error) error {
	switch {
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return r.broken(rec.At, err)
	case bytes.Contains(rec.Block, []byte("\nWARC/")):
		r.mend(rec, length)
		return nil
	case length > MaxBlock && len(rec.Block) == 0:
		return &Fault{r.no, rec.At, fmt.Sprintf("breaks off before the end of its %d bytes", length)}
	}
	return &Fault{r.no, rec.At, fmt.Sprintf("breaks off after %d of %d bytes", len(rec.Block), length)}
}

// mend gives a record the bytes up to the next one.
func (r *reader) mend(rec *Record, length int64) {
	rec.Note = fmt.Sprintf("the record is not the %d bytes long that its header says", length)
	if i := bytes.Index(rec.Block, []byte("\nWARC/")); i >= 0 {
		rest := rec.Block[i+1:]
		r.back = append(rest[:len(rest):len(rest)], r.back...)
		r.at -= int64(len(rest))
		rec.Block = rec.Block[:i+1]
	} else {
		more := r.skip()
		if len(rec.Block)+len(more) > MaxBlock {
			more, rec.Long = nil, true
		}
		rec.Block = append(rec.Block, more...)
	}
	rec.Block = bytes.TrimRight(rec.Block, "\r\n")
}

// broken is the end of what can be read.
func (r *reader) broken(at int64, err error) error {
	r.over = true
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	msg := "breaks off: " + err.Error()
	if errors.Is(err, io.ErrUnexpectedEOF) {
		msg = "breaks off: the end is missing"
	}
	return &Fault{No: r.no + 1, At: at, Msg: msg}
}

// begin skips the empty lines before a record and returns its first line.
func (r *reader) begin() (at int64, first string, err error) {
	for {
		at = r.at
		first, err = r.line()
		if err != nil || strings.TrimSpace(first) != "" {
			return at, first, err
		}
	}
}

// atEnd reports whether what follows is the end of a record: empty lines and
// another one, or nothing.
func (r *reader) atEnd() bool {
	head := r.back
	if len(head) < 64 {
		more, _ := r.src.Peek(64)
		head = append(head[:len(head):len(head)], more...)
	}
	if r.arc > 0 {
		return true // only the next line tells
	}
	head = bytes.TrimLeft(head, "\r\n")
	return len(head) == 0 || bytes.HasPrefix(head, []byte("WARC/"))
}

// skip goes to the next record, and returns what it passed: at most a little
// more than MaxBlock.
func (r *reader) skip() []byte {
	var passed []byte
	for {
		head := r.back
		if len(head) < 5 {
			more, _ := r.src.Peek(5)
			head = append(head[:len(head):len(head)], more...)
		}
		if len(head) == 0 || bytes.HasPrefix(head, []byte("WARC/")) {
			return passed
		}
		part, err := r.slice()
		r.at += int64(len(part))
		if r.arc > 0 && arcHeader(string(bytes.TrimRight(part, "\r\n"))) {
			r.back = append(bytes.Clone(part), r.back...)
			r.at -= int64(len(part))
			return passed
		}
		if len(passed) <= MaxBlock {
			passed = append(passed, part...)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return passed
		}
	}
}

// headers reads the named fields of a WARC record.
func (r *reader) headers(rec *Record) (int64, error) {
	length := int64(-1)
	size := 0
	for {
		l, err := r.line()
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if l == "" {
			break
		}
		if size += len(l); size > maxHeader {
			return 0, errors.New("has more than 64 kB of headers")
		}
		name, value, ok := strings.Cut(l, ":")
		if !ok {
			continue // a line that goes on, or one that is broken
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "warc-type":
			rec.Type = strings.ToLower(value)
		case "warc-target-uri":
			rec.URL = strings.Trim(value, "<>")
		case "warc-date":
			rec.Date = date(value)
		case "warc-refers-to-date":
			rec.Refers = date(value)
		case "content-type":
			rec.Mime = value
		case "content-length":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n < 0 {
				return 0, fmt.Errorf("its length %q is not a number", short(value))
			}
			length = n
		}
	}
	if length < 0 {
		return 0, errors.New("has no length")
	}
	return length, nil
}

// date reads the date of a record. Some have fractions of seconds, some no
// seconds, some only digits.
func date(s string) time.Time {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04Z", "2006-01-02", "20060102150405"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC().Truncate(time.Second)
		}
	}
	return time.Time{}
}

func short(s string) string {
	if len(s) > 30 {
		return strings.ToValidUTF8(s[:30], "") + "…"
	}
	return s
}
