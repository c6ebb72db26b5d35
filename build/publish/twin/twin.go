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
	"sync"
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

// quality is of Brotli: 11 makes a page an eighth smaller and takes forty times
// as long.
const quality = 9

// A Maker makes twins. It is safe for concurrent use, and keeps what it
// compresses with from one file to the next.
type Maker struct {
	idle sync.Pool // of *packers
}

// packers are the two compressors of one goroutine.
type packers struct {
	br *brotli.Writer
	gz *gzip.Writer
}

// Of makes the twins of a file, sorted.
func (m *Maker) Of(name string, b []byte) ([]Twin, error) {
	p, _ := m.idle.Get().(*packers)
	if p == nil {
		z, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
		if err != nil {
			return nil, err
		}
		p = &packers{brotli.NewWriterLevel(nil, quality), z}
	}
	defer m.idle.Put(p)
	var br, gz bytes.Buffer
	p.br.Reset(&br)
	_, err := p.br.Write(b)
	if err := errors.Join(err, p.br.Close()); err != nil {
		return nil, err
	}
	p.gz.Reset(&gz)
	p.gz.ModTime = time.Unix(0, 0) // the zero Time would be written as a date
	_, err = p.gz.Write(b)
	if err := errors.Join(err, p.gz.Close()); err != nil {
		return nil, err
	}
	paths := Paths(name)
	return []Twin{{paths[0], br.Bytes()}, {paths[1], gz.Bytes()}}, nil
}
