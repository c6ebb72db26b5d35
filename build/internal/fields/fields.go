// Package fields reads the small texts that are signed: lines of a key and its
// values, in an order that the caller knows.
//
//	version 12
//	root 9e1f… 599
//
// It reads more spellings than one (a number with zeros before it). A caller
// that wants one only writes what it has read and compares.
package fields

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"backfile/build/internal/digest"
)

// stamp is how an instant is written.
const stamp = "2006-01-02T15:04:05Z"

// Stamp writes an instant as Time reads it.
func Stamp(t time.Time) string { return t.UTC().Format(stamp) }

// A Reader reads lines of the form "key value value", one after another. The
// first thing that is wrong is kept.
type Reader struct {
	rest string
	err  error
}

// New reads the lines of text.
func New(text string) *Reader { return &Reader{rest: text} }

// Err returns what was wrong first; text that was not asked for is wrong too.
func (r *Reader) Err() error {
	if r.err == nil && r.rest != "" {
		r.err = fmt.Errorf("unknown line %.80q", r.rest)
	}
	return r.err
}

// Skip passes over a line.
func (r *Reader) Skip() { _, r.rest, _ = strings.Cut(r.rest, "\n") }

// Words returns the n values of the next line when its key is the one asked
// for, and nil when it is another.
func (r *Reader) Words(key string, n int) []string {
	line, rest, found := strings.Cut(r.rest, "\n")
	values, ok := strings.CutPrefix(line, key+" ")
	if !found || !ok {
		return nil
	}
	r.rest = rest
	words := strings.Split(values, " ")
	if len(words) != n {
		r.fail(key)
		return make([]string, n)
	}
	return words
}

func (r *Reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%q is damaged", what)
	}
}

// Word returns the only value of the next line, or "" when it is another line.
func (r *Reader) Word(key string) string {
	if w := r.Words(key, 1); w != nil {
		return w[0]
	}
	return ""
}

// Int returns the number of the next line, 0 when it is another line.
func (r *Reader) Int(key string, limit int64) int64 {
	w := r.Words(key, 1)
	if w == nil {
		return 0
	}
	return r.Number(w, 0, limit)
}

// Number returns the i-th of words as a number from 0 to limit.
func (r *Reader) Number(words []string, i int, limit int64) int64 {
	if i >= len(words) {
		r.fail("number")
		return 0
	}
	n, err := strconv.ParseInt(words[i], 10, 64)
	if err != nil || n < 0 || n > limit {
		r.fail(words[i])
		return 0
	}
	return n
}

// Sum returns the i-th of words as a digest.
func (r *Reader) Sum(words []string, i int) digest.Sum {
	if i >= len(words) {
		r.fail("digest")
		return digest.Sum{}
	}
	sum, ok := digest.Parse(words[i])
	if !ok {
		r.fail(words[i])
	}
	return sum
}

// Time returns the instant of the next line, the zero time when it is another
// line.
func (r *Reader) Time(key string) time.Time {
	w := r.Word(key)
	if w == "" {
		return time.Time{}
	}
	t, err := time.Parse(stamp, w)
	if err != nil {
		r.fail(w)
	}
	return t
}
