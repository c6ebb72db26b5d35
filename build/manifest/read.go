package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"backfile/build/internal/digest"
)

// ReadHead reads the head of the manifest of public.
func ReadHead(public fs.FS) (Head, error) {
	text, err := readAtMost(public, HeadPath, MaxHead)
	if err != nil {
		return Head{}, fmt.Errorf("reading the manifest: %w", err)
	}
	h, err := ParseHead(text)
	if err != nil {
		return Head{}, fmt.Errorf("%s: %w", HeadPath, err)
	}
	return h, nil
}

// Read yields the files that h lists, sorted by path, from the shards in
// public. Each shard is checked against h before a line of it is believed, and
// in the end the counts. The first error is yielded and ends the list.
func (h Head) Read(public fs.FS) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		r := reader{public: public, left: h, yield: yield}
		err := r.shard(File{Size: h.RootSize, Sum: h.Root}, 0)
		if err == nil && (r.left.Files != 0 || r.left.Bytes != 0) {
			err = fmt.Errorf("%s: its counts are not those of the list", HeadPath)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(File{}, err)
		}
	}
}

// errStopped says that the caller wants no more.
var errStopped = errors.New("stopped")

// maxDepth is more levels than a list of a thousand million files has: each
// level has at most a 32nd of the lines below it.
const maxDepth = 8

// A reader walks the shards in order.
type reader struct {
	public fs.FS
	left   Head // what of the counts is not seen yet
	last   string
	yield  func(File, error) bool
}

// shard reads the shard that a line names and all below it.
func (r *reader) shard(from File, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s: too many shards in one another", shardPath(from.Sum))
	}
	text, err := ReadShardText(r.public, from)
	if err != nil {
		return err
	}
	kind, lines, err := ParseShard(text)
	if err != nil {
		return fmt.Errorf("%s:%w", shardPath(from.Sum), err)
	}
	if depth > 0 && (len(lines) == 0 || lines[0].Path != from.Path) {
		return fmt.Errorf("%s: it does not begin at %q", shardPath(from.Sum), from.Path)
	}
	for _, f := range lines {
		if kind == 'd' {
			err = r.shard(f, depth+1)
		} else {
			err = r.file(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// file yields one file.
func (r *reader) file(f File) error {
	if f.Path <= r.last {
		return fmt.Errorf("manifest: %q comes after %q", f.Path, r.last)
	}
	r.last = f.Path
	r.left.Files--
	r.left.Bytes -= f.Size
	if r.left.Files < 0 || r.left.Bytes < 0 {
		return fmt.Errorf("%s: its counts are not those of the list", HeadPath)
	}
	if !r.yield(f, nil) {
		return errStopped
	}
	return nil
}

// ReadShardText returns the text of a shard, which is what the line from says.
func ReadShardText(public fs.FS, from File) ([]byte, error) {
	path := shardPath(from.Sum)
	if from.Size > maxShard {
		return nil, fmt.Errorf("%s: %d bytes are more than a shard may have", path, from.Size)
	}
	text, err := readZip(public, path, from.Size)
	if err != nil {
		return nil, err
	}
	if digest.Plain(text) != from.Sum {
		return nil, fmt.Errorf("%s does not hold what its name says", path)
	}
	return text, nil
}

// readZip reads a compressed file of the manifest whose text is said to have
// size bytes. It reads and unpacks hardly more than that, whatever is there.
func readZip(public fs.FS, path string, size int64) ([]byte, error) {
	f, err := public.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	defer f.Close()
	text, err := Unzip(f, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}

// Unzip reads the compressed form of a text that is said to have size bytes.
// It reads and unpacks hardly more than that, whatever r holds, and a text of
// another size comes out as one of another digest.
func Unzip(r io.Reader, size int64) ([]byte, error) {
	// Compressed it is smaller, or hardly larger: what goes on longer is an attack.
	zip, err := gzip.NewReader(io.LimitReader(r, ZipLimit(size)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(zip, size+1))
}

// zipSlack is more than gzip can add to what it cannot compress.
const zipSlack = 4096

// ZipLimit is how long the compressed form of a text of size bytes can be.
func ZipLimit(size int64) int64 { return size + size/1000 + zipSlack }

// ParseShard reads the lines of a shard, which are all of one kind. The error
// begins with the number of the line.
func ParseShard(text []byte) (kind byte, lines []File, err error) {
	var again []byte
	last := ""
	for len(text) > 0 {
		line, rest, found := bytes.Cut(text, []byte("\n"))
		text = rest
		f, ok := parseLine(line)
		if !found || !ok {
			return 0, nil, fmt.Errorf("%d: not a line of a manifest", len(lines)+1)
		}
		if err := CheckPath(f.Path); err != nil {
			return 0, nil, fmt.Errorf("%d: %w", len(lines)+1, err)
		}
		if f.Path <= last {
			return 0, nil, fmt.Errorf("%d: %q comes after %q", len(lines)+1, f.Path, last)
		}
		if len(lines) == 0 {
			kind = line[0]
		}
		// One way to write a line, so that one list has one root.
		again = appendLine(again[:0], kind, f)
		if kind != 'f' && kind != 'd' || !bytes.Equal(again[:len(again)-1], line) {
			return 0, nil, fmt.Errorf("%d: not a line of a manifest", len(lines)+1)
		}
		last = f.Path
		lines = append(lines, f)
	}
	return kind, lines, nil
}

// parseLine takes a line apart, whatever its kind and spelling.
func parseLine(line []byte) (f File, ok bool) {
	parts := bytes.SplitN(line, []byte(" "), 4)
	if len(parts) != 4 || len(parts[0]) != 1 {
		return f, false
	}
	sum, ok := digest.Parse(string(parts[1]))
	if !ok {
		return f, false
	}
	size, err := strconv.ParseInt(string(parts[2]), 10, 64)
	return File{string(parts[3]), size, sum}, err == nil && size >= 0
}

// readAtMost reads a file that is at most limit bytes long.
func readAtMost(public fs.FS, path string, limit int64) ([]byte, error) {
	f, err := public.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s is longer than %d bytes", path, limit)
	}
	return text, err
}
