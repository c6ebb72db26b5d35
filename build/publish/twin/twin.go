// Package twin compresses files beforehand, for web servers that send a file's
// .gz or .br twin to browsers that take it: nginx with gzip_static, Caddy with
// precompressed.
//
// A twin is a pure function of its file. Whether a file has twins its name and
// its size tell, so that nobody need look for them.
package twin

import (
	"bytes"
	"errors"
	"path"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// A Twin is a file in compressed form.
type Twin struct {
	Path  string
	Bytes []byte
}

// endings are what twins add to the name of their file, sorted.
var endings = [...]string{".br", ".gz"}

// minSize is what fits one packet in any case.
const minSize = 512

// Has reports whether a file has twins.
func Has(name string, size int64) bool {
	if size < minSize || strings.HasPrefix(name, "mirror/") { // the manifest does not list itself
		return false
	}
	switch path.Ext(name) {
	case ".html", ".css", ".js", ".mjs", ".xml", ".json", ".csv", ".txt", ".svg", ".webmanifest", ".ico", ".ttf":
		return true
	}
	return false
}

// Paths returns the names of a file's twins, sorted.
func Paths(name string) [len(endings)]string {
	var list [len(endings)]string
	for i, e := range endings {
		list[i] = name + e
	}
	return list
}

// Is reports whether name is that of a twin.
func Is(name string) bool {
	for _, e := range endings {
		if plain, ok := strings.CutSuffix(name, e); ok && Has(plain, minSize) {
			return true
		}
	}
	return false
}

// quality is of Brotli: two levels more take ten times as long and save 2 %.
const quality = 9

// Of makes the twins of a file, sorted.
func Of(name string, b []byte) ([]Twin, error) {
	var br, gz bytes.Buffer
	w := brotli.NewWriterLevel(&br, quality)
	_, err := w.Write(b)
	err = errors.Join(err, w.Close())
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	z.ModTime = time.Unix(0, 0) // the zero Time would be written as a date
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	paths := Paths(name)
	return []Twin{{paths[0], br.Bytes()}, {paths[1], gz.Bytes()}}, nil
}
