// Package digest makes SHA-256 digests of several parts without ambiguity: the
// length of each part is hashed before it, so ("ab", "c") and ("a", "bc")
// differ.
package digest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
)

// A Sum is a SHA-256 digest (FIPS 180-4).
type Sum [sha256.Size]byte

// Of returns the digest of parts.
func Of(parts ...[]byte) Sum {
	h := New()
	for _, p := range parts {
		h.Bytes(p)
	}
	return h.Sum()
}

// Join returns the digest of two digests.
func Join(a, b Sum) Sum {
	var both [2 * sha256.Size]byte
	copy(both[:], a[:])
	copy(both[sha256.Size:], b[:])
	return sha256.Sum256(both[:])
}

// Plain returns the ordinary SHA-256 of b, the one sha256sum prints.
func Plain(b []byte) Sum { return sha256.Sum256(b) }

// Reader returns the ordinary SHA-256 of all that r has.
func Reader(r io.Reader) (s Sum, err error) {
	h := sha256.New()
	_, err = io.Copy(h, r)
	h.Sum(s[:0])
	return s, err
}

// String returns s in hexadecimal.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// Parse reads a digest as String writes it; ok is false when text is none.
func Parse(text string) (s Sum, ok bool) {
	if len(text) != 2*len(s) {
		return s, false
	}
	_, err := hex.Decode(s[:], []byte(text))
	return s, err == nil
}

// A Hasher takes parts one after another. It is not safe for concurrent use.
type Hasher struct {
	h   hash.Hash
	buf []byte
}

// New returns an empty Hasher.
func New() *Hasher { return &Hasher{h: sha256.New()} }

// Bytes adds one part.
func (h *Hasher) Bytes(p []byte) {
	h.buf = binary.AppendUvarint(h.buf[:0], uint64(len(p)))
	h.h.Write(h.buf)
	h.h.Write(p)
}

// String adds one part.
func (h *Hasher) String(s string) {
	h.buf = binary.AppendUvarint(h.buf[:0], uint64(len(s)))
	h.buf = append(h.buf, s...)
	h.h.Write(h.buf)
}

// Strings adds a list as one part: its length, then its members.
func (h *Hasher) Strings(list []string) {
	h.Int(len(list))
	for _, s := range list {
		h.String(s)
	}
}

// Int adds a number.
func (h *Hasher) Int(n int) {
	h.buf = binary.AppendVarint(h.buf[:0], int64(n))
	h.h.Write(h.buf)
}

// Bool adds a truth value.
func (h *Hasher) Bool(b bool) {
	n := 0
	if b {
		n = 1
	}
	h.Int(n)
}

// Add adds another digest.
func (h *Hasher) Add(s Sum) {
	h.buf = append(h.buf[:0], s[:]...) // s itself would be put on the heap
	h.h.Write(h.buf)
}

// Sum returns the digest of the parts so far.
func (h *Hasher) Sum() Sum {
	h.buf = h.h.Sum(h.buf[:0])
	return Sum(h.buf)
}

// Reset makes h empty again.
func (h *Hasher) Reset() { h.h.Reset() }
