// Package shard writes and reads the files of a search index, in the form of
// docs/search-format.md.
//
// What it writes is for a browser to read. The readers here are for tests and
// for programs that check an index: they refuse whatever they would not write.
package shard

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// Format is the number of the form. A client reads no other.
const Format = 2

// ErrDamaged is returned for bytes that no index holds.
var ErrDamaged = errors.New("shard is damaged")

// level is how hard a payload is compressed, by the letter of its folder. More
// work, which takes twice the time, gains 7 % of posting lists and 2 % of texts,
// and 1 % or less of the others.
func level(kind byte) int {
	if kind == 'l' || kind == 'x' {
		return 7
	}
	return 6
}

// compressors are used again and again: a new one costs a megabyte.
var compressors [10]sync.Pool // by level

func compressor(level int, to io.Writer) (*zlib.Writer, error) {
	if w, ok := compressors[level].Get().(*zlib.Writer); ok {
		w.Reset(to)
		return w, nil
	}
	return zlib.NewWriterLevel(to, level)
}

// Script returns the file that holds a payload. kind is the letter of its
// folder.
func Script(kind byte, payload []byte) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(len(payload) + 64)
	w, err := compressor(level(kind), &b)
	if err != nil {
		return nil, err
	}
	defer compressors[level(kind)].Put(w)
	if _, err := w.Write(payload); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	script := make([]byte, 0, base64.StdEncoding.EncodedLen(b.Len())+16)
	script = fmt.Appendf(script, "__s(\"%c%d\",\"", kind, Format)
	script = base64.StdEncoding.AppendEncode(script, b.Bytes())
	return append(script, "\");\n"...), nil
}

// Payload returns what Script put into a file of the given kind.
func Payload(kind byte, file []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(file, fmt.Appendf(nil, "__s(\"%c%d\",\"", kind, Format))
	text, ends := bytes.CutSuffix(rest, []byte("\");\n"))
	if !ok || !ends {
		return nil, ErrDamaged
	}
	packed, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return nil, ErrDamaged
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, ErrDamaged
	}
	payload, err := io.ReadAll(r)
	if err != nil {
		return nil, ErrDamaged
	}
	return payload, nil
}

// A reader takes values from the front of b. After a failure it returns zero
// values.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail() { r.b, r.err = nil, ErrDamaged }

// uint reads a varint of at most 32 bits.
func (r *reader) uint() int {
	u, n := binary.Uvarint(r.b)
	if n <= 0 || u > 1<<32-1 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return int(u)
}

// count reads a number of things of at least one byte each.
func (r *reader) count() int {
	n := r.uint()
	if n > len(r.b) {
		r.fail()
		return 0
	}
	return n
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.b) {
		r.fail()
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) string() string { return string(r.bytes(r.uint())) }

// done returns the first failure; bytes left over are one.
func (r *reader) done() error {
	if r.err == nil && len(r.b) > 0 {
		r.fail()
	}
	return r.err
}

func appendUint(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func appendString(b []byte, s string) []byte { return append(appendUint(b, len(s)), s...) }

// appendForm appends a form as the number of bytes that it shares with the one
// before it, and the rest.
func appendForm(b []byte, last, form string) []byte {
	same := 0
	for same < len(last) && same < len(form) && last[same] == form[same] {
		same++
	}
	return appendString(appendUint(b, same), form[same:])
}

func (r *reader) form(last string) string {
	same := r.uint()
	if same > len(last) {
		r.fail()
		return ""
	}
	return last[:same] + r.string()
}
