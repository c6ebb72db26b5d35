// Package torrent makes .torrent files (BitTorrent v1, BEP 3) with web seeds
// (BEP 19): a bundle that one host serves is shared on by all who fetch it.
//
// A torrent tells no time: the same files and addresses always give the same
// bytes and the same info hash.
package torrent

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Options direct the making of a torrent.
type Options struct {
	Name     string   // of the folder of several files; that of one file is its own
	WebSeeds []string // addresses of the file; those with a slash at the end get its name
	Trackers []string
	Comment  string
	Progress func(done, total int) // when set, told how many MB were hashed
}

// A Torrent is what was made.
type Torrent struct {
	Bytes  []byte // the .torrent file
	Info   [sha1.Size]byte
	Name   string
	Size   int64 // of the files together
	Pieces int
}

// Magnet returns the magnet link of t. It leads to the torrent through the
// DHT, and to the web seeds.
func (t *Torrent) Magnet(o Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "magnet:?xt=urn:btih:%x&dn=%s&xl=%d", t.Info, escape(t.Name), t.Size)
	for _, u := range o.Trackers {
		b.WriteString("&tr=" + escape(u))
	}
	for _, u := range o.WebSeeds {
		b.WriteString("&ws=" + escape(u))
	}
	return b.String()
}

// escape escapes all but what RFC 3986 leaves alone everywhere.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// Is tells by its first bytes whether a file is a torrent: a dictionary.
func Is(begins []byte) bool {
	return len(begins) > 2 && begins[0] == 'd' && begins[1] >= '1' && begins[1] <= '9'
}

const (
	minPiece = 16 << 10
	maxPiece = 16 << 20
	pieces   = 1500 // or fewer: 30 kB of hashes
)

// pieceLength is the smallest power of two that makes few enough pieces.
func pieceLength(size int64) int64 {
	n := int64(minPiece)
	for n < maxPiece && size > n*pieces {
		n *= 2
	}
	return n
}

// Make makes the torrent of files, in their order.
func Make(ctx context.Context, files []string, o Options) (*Torrent, error) {
	t := &Torrent{Name: filepath.Base(files[0])}
	var list []any
	names := map[string]bool{}
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		base := filepath.Base(name)
		switch {
		case !info.Mode().IsRegular():
			return nil, fmt.Errorf("%s is not a file: a torrent is made of bundles such as a ZIP", name)
		case names[base]:
			return nil, fmt.Errorf("two files are called %s: a torrent has one folder", base)
		case info.Size() == 0 && len(files) == 1:
			return nil, fmt.Errorf("%s is empty", name)
		}
		names[base] = true
		t.Size += info.Size()
		list = append(list, map[string]any{"length": info.Size(), "path": []any{base}})
	}
	length := pieceLength(t.Size)
	hashes, err := hash(ctx, files, length, t.Size, o.Progress)
	if err != nil {
		return nil, err
	}
	t.Pieces = len(hashes) / sha1.Size
	info := map[string]any{"piece length": length, "pieces": string(hashes), "length": t.Size}
	if len(files) > 1 {
		t.Name = o.Name
		delete(info, "length")
		info["files"] = list
	}
	info["name"] = t.Name
	t.Info = sha1.Sum(bencode(nil, info))
	t.Bytes = bencode(nil, t.dictionary(info, o))
	return t, nil
}

// dictionary is all of the file.
func (t *Torrent) dictionary(info map[string]any, o Options) map[string]any {
	d := map[string]any{"info": info, "created by": "backfile"}
	if o.Comment != "" {
		d["comment"] = o.Comment
	}
	if len(o.WebSeeds) > 0 {
		d["url-list"] = anys(o.WebSeeds)
	}
	if len(o.Trackers) > 0 {
		d["announce"] = o.Trackers[0]
		d["announce-list"] = []any{anys(o.Trackers)}
	}
	return d
}

func anys(list []string) (out []any) {
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

// hash returns the SHA-1 of every piece of the files, one after another.
func hash(ctx context.Context, files []string, length, size int64, progress func(done, total int)) ([]byte, error) {
	var readers []io.Reader
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		readers = append(readers, f)
	}
	all := io.MultiReader(readers...)
	var hashes []byte
	piece := make([]byte, length)
	done := int64(0)
	for done < size {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		n, err := io.ReadFull(all, piece[:min(length, size-done)])
		if err != nil {
			return nil, errors.New("a file became shorter while it was being read: try again")
		}
		sum := sha1.Sum(piece[:n])
		hashes = append(hashes, sum[:]...)
		if done += int64(n); progress != nil {
			progress(int(done>>20), int(size>>20))
		}
	}
	return hashes, nil
}

// bencode appends v: a string, an int64, a list or a dictionary.
func bencode(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return append(append(strconv.AppendInt(b, int64(len(v)), 10), ':'), v...)
	case int64:
		return append(strconv.AppendInt(append(b, 'i'), v, 10), 'e')
	case []any:
		b = append(b, 'l')
		for _, one := range v {
			b = bencode(b, one)
		}
		return append(b, 'e')
	case map[string]any:
		b = append(b, 'd')
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b = bencode(bencode(b, key), v[key])
		}
		return append(b, 'e')
	}
	panic(fmt.Sprintf("bencode of %T", v)) // our own values have no other types
}
