// Package manifest is the list of public/: every file with its size and its
// SHA-256, in pieces small enough that a day's articles change few of them.
//
//	mirror/README.txt           what this is, and how to check a copy by hand
//	mirror/head                 how many files, how many bytes, and the root
//	mirror/m/<sha256>.gz        a shard: lines of text, named for what is in it
//
// A shard holds lines sorted by path, either of files or of further shards, a
// shard being known by the first path in it:
//
//	f <sha256> <size> <path>
//	d <sha256> <size> <first path>
//
// Digest and size of a shard are those of its text, not of its gzip form, so
// that the root does not hang on a compressor: "zcat x.gz | sha256sum" prints
// the name of x. The root names a shard that leads to all others. Whoever
// trusts the root can check everything else (a Merkle tree).
//
// Where one shard ends and the next begins is a pure function of the paths,
// and a local one. A shard ends after the line whose path has a CRC-32 (IEEE)
// with seven zeros as its lowest bits, but never before line 32, unless the
// list ends, and after line 512 at the latest. The "d" lines of a level are
// divided in the same way, until one shard is left. So a changed file changes
// one shard of each level, three at 120,000 files, and a new one hardly more,
// however wide or deep the folders are.
//
// Everything here is a pure function of the list of files: the clock, the
// machine and what was there before play no part.
package manifest

import (
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"backfile/build/internal/digest"
)

// A File is one file of public/.
type File struct {
	Path string // below public/, with slashes
	Size int64
	Sum  digest.Sum // the ordinary SHA-256 of its bytes
}

const (
	minLines = 32       // fewer make more files than they save bytes
	maxLines = 512      // some 20 kB compressed
	cutMask  = 1<<7 - 1 // a shard has 150 lines or so

	maxPath  = 1024    // bytes; more than any file system and host can hold
	maxShard = 1 << 20 // more than maxLines of the longest lines

	// MaxShard is the longest text of a shard.
	MaxShard = maxShard
)

// A Shard is one file below mirror/m.
type Shard struct {
	Sum  digest.Sum // of Text
	Text []byte
}

// Path returns where the shard stands below public/.
func (s Shard) Path() string { return shardPath(s.Sum) }

// ShardPath returns where the shard of a digest stands below public/.
func ShardPath(sum digest.Sum) string { return shardPath(sum) }

func shardPath(sum digest.Sum) string { return Dir + "m/" + sum.String() + ".gz" }

// Compress writes the shard as it stands on disk. Its head holds no name and no
// time.
func (s Shard) Compress(w io.Writer) error {
	// Digests do not compress, and on the paths the fastest level does as
	// well as the others.
	return compressAs(w, s.Text, gzip.BestSpeed)
}

func compressAs(w io.Writer, text []byte, level int) error {
	zip, err := gzip.NewWriterLevel(w, level)
	if err != nil {
		return err
	}
	zip.ModTime = time.Unix(0, 0) // the zero Time would be written as a date in 2042
	if _, err := zip.Write(text); err != nil {
		return err
	}
	return zip.Close()
}

// Make makes the manifest of files, which come sorted by path and are all of
// public/ but mirror/. It calls put for every shard; a shard whose path is on
// disk already has the same bytes and need not be written again. The shard's
// Text is good until put returns. mirror/head is the returned Head's String
// and is to be written last.
func Make(files iter.Seq[File], put func(Shard) error) (Head, error) {
	b := builder{put: put, levels: []*level{{kind: 'f'}}}
	var head Head
	last := ""
	for f := range files {
		if err := CheckPath(f.Path); err != nil {
			return Head{}, err
		}
		if f.Path <= last {
			return Head{}, fmt.Errorf("listing public/: %q comes after %q", f.Path, last)
		}
		last = f.Path
		head.Files++
		head.Bytes += f.Size
		if err := b.add(0, f); err != nil {
			return Head{}, err
		}
	}
	root, err := b.finish()
	if err != nil {
		return Head{}, err
	}
	head.Root, head.RootSize = root.Sum, root.Size
	return head, nil
}

// CheckPath returns nil when a file of this path can be listed, and else what
// is wrong with the path.
func CheckPath(path string) error {
	wrong := ""
	switch {
	case len(path) > maxPath:
		wrong = fmt.Sprintf("is longer than %d bytes", maxPath)
	case !fs.ValidPath(path) || path == ".":
		wrong = "is not a plain path below the folder"
	case strings.IndexByte(path, '\\') >= 0:
		wrong = "holds a backslash, which parts folders on Windows"
	case hasControl(path):
		wrong = "holds a control character"
	case strings.HasPrefix(path, Dir) || path == Dir[:len(Dir)-1]:
		wrong = "belongs to the manifest itself"
	default:
		return nil
	}
	if len(path) > maxPath {
		path = path[:64] + "…"
	}
	return fmt.Errorf("the path %q %s", path, wrong)
}

// hasControl tells whether path holds a line break or the like. Bytes do: in
// UTF-8 such a byte is never part of another character.
func hasControl(path string) bool {
	for i := range len(path) {
		if path[i] < ' ' || path[i] == 0x7f {
			return true
		}
	}
	return false
}

// A builder divides lines into shards, level by level: level 0 holds the
// lines of files, and each level those of the shards of the one below.
type builder struct {
	put    func(Shard) error
	levels []*level
}

// A level is the unfinished shard of its level, and the count of those before.
type level struct {
	kind   byte // of its lines
	text   []byte
	lines  int
	first  string // path of its first line
	shards int
	last   File // the shard before, as the next level lists it
}

// add appends a line to a level and ends its shard where the rule says.
func (b *builder) add(n int, f File) error {
	if n == len(b.levels) {
		b.levels = append(b.levels, &level{kind: 'd'})
	}
	l := b.levels[n]
	if l.lines == 0 {
		l.first = f.Path
	}
	l.text = appendLine(l.text, l.kind, f)
	l.lines++
	if l.lines == maxLines || l.lines >= minLines && endsShard(f.Path) {
		return b.end(n)
	}
	return nil
}

// end ends the shard of a level and lists it on the next.
func (b *builder) end(n int) error {
	l := b.levels[n]
	if err := l.flush(b.put); err != nil {
		return err
	}
	return b.add(n+1, l.last)
}

// flush hands out the shard of l and starts the next.
func (l *level) flush(put func(Shard) error) error {
	s := Shard{digest.Plain(l.text), l.text}
	if err := put(s); err != nil {
		return fmt.Errorf("%s: %w", s.Path(), err)
	}
	l.last = File{l.first, int64(len(l.text)), s.Sum}
	l.text, l.lines = l.text[:0], 0
	l.shards++
	return nil
}

// finish ends the last shard of each level and returns the one that is alone
// on its level, the root.
func (b *builder) finish() (root File, err error) {
	for n := 0; ; n++ {
		l := b.levels[n]
		switch {
		case l.shards == 0:
			err = l.flush(b.put)
			return l.last, err
		case l.shards == 1 && l.lines == 0:
			return l.last, nil
		case l.lines > 0:
			if err := b.end(n); err != nil {
				return File{}, err
			}
		}
	}
}

// endsShard tells whether the line of path may be the last of its shard. It
// asks the path alone, so that new content moves no border.
func endsShard(path string) bool { return crc32.ChecksumIEEE([]byte(path))&cutMask == 0 }

// appendLine appends the line of a file or a shard to text.
func appendLine(text []byte, kind byte, f File) []byte {
	text = append(text, kind, ' ')
	text = hex.AppendEncode(text, f.Sum[:])
	text = append(text, ' ')
	text = strconv.AppendInt(text, f.Size, 10)
	text = append(text, ' ')
	text = append(text, f.Path...)
	return append(text, '\n')
}
