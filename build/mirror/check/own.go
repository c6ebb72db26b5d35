package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
)

// readSmall reads a regular file of at most limit bytes.
func readSmall(files fs.FS, p string, limit int64) ([]byte, error) {
	info, err := fs.Lstat(files, p)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a file")
	}
	f, err := files.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("it is longer than %d bytes", limit)
	}
	return text, err
}

func sumIs(text []byte, f manifest.File) bool {
	return int64(len(text)) == f.Size && digest.Plain(text) == f.Sum
}

// unzip reads a compressed file of the manifest, with nothing before or after
// what is compressed.
func unzip(files fs.FS, p string, limit int64) ([]byte, error) {
	raw, err := readSmall(files, p, manifest.ZipLimit(limit))
	if err != nil {
		return nil, err
	}
	in := bytes.NewReader(raw)
	zip, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	zip.Multistream(false)
	text, err := io.ReadAll(io.LimitReader(zip, limit+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(text)) > limit:
		return nil, fmt.Errorf("its text is longer than %d bytes", limit)
	case in.Len() > 0 || zip.Name != "" || zip.Comment != "" || len(zip.Extra) > 0:
		return nil, errors.New("it holds more than its text")
	}
	return text, nil
}

// shardIsWhole tells what is wrong with a shard, whether the list needs it or
// not.
func shardIsWhole(files fs.FS, p string) error {
	text, err := unzip(files, p, manifest.MaxShard)
	if err != nil {
		return err
	}
	if digest.Plain(text).String() != strings.TrimSuffix(path.Base(p), ".gz") {
		return errors.New("it does not hold what its name says")
	}
	if _, _, err := manifest.ParseShard(text); err != nil {
		return fmt.Errorf("line %w", err)
	}
	return nil
}

// deltaIsWhole tells what is wrong with a delta. That it leads to the right list
// is seen by whoever applies it; here it must be nothing else than a delta.
func deltaIsWhole(files fs.FS, p string) error {
	text, err := unzip(files, p, manifest.MaxDelta)
	if err != nil {
		return err
	}
	d, err := manifest.ParseDelta(text)
	if err != nil {
		return err
	}
	if p != manifest.DeltaPath(d.From, d.To) {
		return fmt.Errorf("it leads from version %d to %d", d.From, d.To)
	}
	return nil
}
