// Package wire writes and reads values in the compact form of backfile's own
// caches: numbers as varints, strings with their length before them. The form
// has no promise to anyone: a cache that another version wrote is not read.
package wire

import (
	"encoding/binary"
	"errors"
	"io"
)

// ErrShort is what a Reader reports when its bytes end too early or lengths
// do not fit.
var ErrShort = errors.New("cache is cut short or damaged")

// A Writer gathers bytes in B, or, when To is set, hands them on in pieces, so
// that a large cache is never in memory whole. The first error of To is kept.
type Writer struct {
	B   []byte
	To  io.Writer
	Err error
}

const piece = 64 << 10 // bytes handed on at once

// flush hands on what has been gathered, if it is enough or all there will be.
func (w *Writer) flush(enough int) {
	if w.To == nil || len(w.B) < enough {
		return
	}
	if _, err := w.To.Write(w.B); err != nil && w.Err == nil {
		w.Err = err
	}
	w.B = w.B[:0]
}

// Close hands on the rest, and returns the first error of To.
func (w *Writer) Close() error {
	w.flush(0)
	return w.Err
}

// Int adds a number.
func (w *Writer) Int(n int64) { w.B = binary.AppendVarint(w.B, n) }

// Bool adds a truth value.
func (w *Writer) Bool(b bool) {
	if b {
		w.B = append(w.B, 1)
	} else {
		w.B = append(w.B, 0)
	}
}

// String adds a string.
func (w *Writer) String(s string) {
	w.B = binary.AppendUvarint(w.B, uint64(len(s)))
	w.B = append(w.B, s...)
	w.flush(piece)
}

// Bytes adds bytes that are read as a string.
func (w *Writer) Bytes(b []byte) {
	w.B = binary.AppendUvarint(w.B, uint64(len(b)))
	w.B = append(w.B, b...)
	w.flush(piece)
}

// Strings adds a list of strings.
func (w *Writer) Strings(list []string) {
	w.Int(int64(len(list)))
	for _, s := range list {
		w.String(s)
	}
}

// Raw adds bytes whose number the reader knows.
func (w *Writer) Raw(b []byte) { w.B = append(w.B, b...) }

// A Reader takes values from the front of a string. After a failure it returns
// zero values, and Err tells.
//
// Strings it returns share the memory of the whole: reading a hundred thousand
// entries costs a few allocations each, and none for a string.
type Reader struct {
	S   string
	Err error
}

// Int reads a number.
func (r *Reader) Int() int64 {
	u := r.uint()
	n := int64(u >> 1)
	if u&1 != 0 {
		n = ^n
	}
	return n
}

func (r *Reader) uint() uint64 {
	var u uint64
	for i, shift := 0, 0; i < len(r.S) && shift < 64; i, shift = i+1, shift+7 {
		c := r.S[i]
		u |= uint64(c&0x7f) << shift
		if c < 0x80 {
			r.S = r.S[i+1:]
			return u
		}
	}
	r.fail()
	return 0
}

// Len reads a number of items that take at least one byte each.
func (r *Reader) Len() int {
	n := r.Int()
	if n < 0 || n > int64(len(r.S)) {
		r.fail()
		return 0
	}
	return int(n)
}

// Bool reads a truth value.
func (r *Reader) Bool() bool {
	b := r.Raw(1)
	return b != "" && b[0] == 1
}

// String reads a string.
func (r *Reader) String() string {
	n := r.uint()
	if n > uint64(len(r.S)) {
		r.fail()
		return ""
	}
	return r.Raw(int(n))
}

// Strings reads a list of strings, nil when it is empty.
func (r *Reader) Strings() []string {
	n := r.Len()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.String()
	}
	return list
}

// Raw reads n bytes.
func (r *Reader) Raw(n int) string {
	if n > len(r.S) {
		r.fail()
		return ""
	}
	s := r.S[:n]
	r.S = r.S[n:]
	return s
}

func (r *Reader) fail() {
	r.S, r.Err = "", ErrShort
}
