package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"unsafe"

	"backfile/build/internal/digest"
	"backfile/build/internal/wire"
	"backfile/build/search/shard"
)

// runFormat is the number of the form of runs and of the rules of words.
const runFormat = 3

// A run is the words of a range of articles, sorted by form. Its dictionary and
// postings are read when they are needed.
type run struct {
	first int // document, in the segment
	docs  []docLen
	ids   []int32  // of the forms, once the vocabulary is known
	ends  []uint32 // where each form's postings end
	n     []uint32 // documents of each form
	sums  []uint64 // of the postings
	data  io.ReaderAt
	dict  int64 // where the dictionary begins in data
	at    int64 // where it ends and the postings begin
	file  *os.File
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodeRun writes the words of a range as a run: key, documents, dictionary,
// postings, and a checksum of all.
func encodeRun(key digest.Sum, docs []docLen, forms iter.Seq[*formPosts]) []byte {
	var blobs []byte
	dict := &wire.Writer{}
	n := 0
	for p := range forms {
		from := len(blobs)
		blobs = p.blob(blobs)
		dict.String(p.form)
		dict.Int(int64(len(p.stems)))
		for _, s := range p.stems {
			dict.Int(int64(s.Lang))
			dict.String(s.Stem)
		}
		dict.Int(int64(p.n))
		dict.Int(int64(len(blobs) - from))
		dict.Raw(binary.BigEndian.AppendUint64(nil, p.sum))
		n++
	}
	w := &wire.Writer{B: make([]byte, 0, len(blobs)+len(dict.B)+16*len(docs)+64)}
	w.Raw(key[:])
	w.Int(int64(len(docs)))
	for _, d := range docs {
		w.Int(int64(d.title))
		w.Int(int64(d.text))
		w.Int(int64(d.bytes))
		w.String(d.lang)
	}
	w.Int(int64(n))
	w.String(string(dict.B))
	w.Raw(blobs)
	return binary.BigEndian.AppendUint32(w.B, crc32.Checksum(w.B, castagnoli))
}

var errCache = errors.New("the cache of search is damaged")

// openRun opens the run in a file, if it is the one with key.
func openRun(file string, key digest.Sum) (*run, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r, err := parseRun(b, key)
	if err != nil {
		return nil, err
	}
	r.file, err = os.Open(file)
	r.data = r.file
	return r, err
}

// parseRun reads all of a run but its dictionary and postings.
func parseRun(b []byte, key digest.Sum) (*run, error) {
	k := len(b) - 4
	if k < len(key) || digest.Sum(b[:len(key)]) != key || crc32.Checksum(b[:k], castagnoli) != binary.BigEndian.Uint32(b[k:]) {
		return nil, errCache
	}
	r := &run{}
	d := &wire.Reader{S: unsafe.String(unsafe.SliceData(b[len(key):]), k-len(key))} // b is never changed
	for range d.Len() {
		r.docs = append(r.docs, docLen{uint32(d.Int()), uint32(d.Int()), uint32(d.Int()), strings.Clone(d.String())})
	}
	n := d.Len()
	dict := d.String()
	r.ids = make([]int32, n)
	r.at = int64(k - len(d.S))
	r.dict = r.at - int64(len(dict))
	if d.Err != nil {
		return nil, errCache
	}
	return r, nil
}

func (r *run) close() {
	if r.file != nil {
		r.file.Close()
	}
}

// A dictEntry is a form in the dictionary of a run.
type dictEntry struct {
	form  string
	stems []shard.Stem
	n     int
	size  int
	sum   uint64
}

// entries calls do for each form of the dictionary, in order. The strings are
// gone after the call.
func (r *run) entries(do func(i int, e *dictEntry)) error {
	dict := make([]byte, r.at-r.dict)
	if _, err := r.data.ReadAt(dict, r.dict); err != nil {
		return fmt.Errorf("%w: %w", errCache, err)
	}
	d := &wire.Reader{S: unsafe.String(unsafe.SliceData(dict), len(dict))} // dict is never changed
	var e dictEntry
	for i := range r.ids {
		e.form = d.String()
		e.stems = e.stems[:0]
		for range d.Len() {
			e.stems = append(e.stems, shard.Stem{Lang: uint8(d.Int()), Stem: d.String()})
		}
		e.n, e.size = int(d.Int()), int(d.Int())
		if sum := d.Raw(8); len(sum) == 8 {
			e.sum = binary.BigEndian.Uint64([]byte(sum))
		}
		if d.Err != nil {
			return errCache
		}
		do(i, &e)
	}
	return nil
}

// read returns the postings of the forms from i to j, one after another.
func (r *run) read(i, j int, buf []byte) ([]byte, error) {
	from := uint32(0)
	if i > 0 {
		from = r.ends[i-1]
	}
	size := int(r.ends[j-1] - from)
	buf = slices.Grow(buf[:0], size)[:size]
	if _, err := r.data.ReadAt(buf, r.at+int64(from)); err != nil {
		return nil, fmt.Errorf("%w: %w", errCache, err)
	}
	return buf, nil
}

// bytesOf returns the bytes of s, which must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
