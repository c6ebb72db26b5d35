// Package bundle makes one ZIP of a release, for those who take an archive
// along: unpacked, or as a folder of the system's, it opens from index.html
// without a network.
//
// The same release always gives the same bytes: the files stand in the order
// of their paths, and carry no time and no owner.
package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"

	"backfile/build/internal/par"
	"backfile/build/publish"
	"backfile/build/publish/release"

	"github.com/klauspost/compress/flate"
)

// Options direct the making of a ZIP.
type Options struct {
	Progress func(done, total int) // when set, told how many files are in it
}

// ErrOther is returned when the file is there and is no ZIP.
var ErrOther = errors.New("is there, and is not a ZIP: choose another name")

// Write makes the ZIP called name, whole or not at all, and returns its size.
// An older ZIP of that name is replaced.
func Write(ctx context.Context, r *release.Release, name string, o Options) (size int64, err error) {
	if err := check(r.Dir, name); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".part-*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if err = write(ctx, r, f, o); err != nil {
		return 0, err
	}
	if err = f.Chmod(0o644); err != nil {
		return 0, err
	}
	if err = f.Sync(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return 0, err
	}
	return info.Size(), f.Close()
}

// check refuses a name inside public/, and one that something else has.
func check(public, name string) error {
	a, err := filepath.Abs(public)
	if err != nil {
		return err
	}
	b, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	if publish.Inside(a, b) {
		return fmt.Errorf("%s lies in %s, which it is to hold: choose another place", name, public)
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var first [4]byte
	if _, err := io.ReadFull(f, first[:]); err != nil || string(first[:2]) != "PK" {
		return fmt.Errorf("%s %w", name, ErrOther)
	}
	return nil
}

// epoch is the first day that a ZIP can tell, 1 January 1980, as MS-DOS wrote
// it. It stands on every file.
const epoch = 1<<5 | 1

// A member is a file as it stands in the ZIP.
type member struct {
	header *zip.FileHeader
	data   []byte
	err    error
}

// write writes all of the ZIP. Files are compressed side by side and written
// in order.
func write(ctx context.Context, r *release.Release, to io.Writer, o Options) error {
	w := zip.NewWriter(to)
	done := 0
	members := par.Map(runtime.GOMAXPROCS(0), slices.Values(r.Files), func(f release.File) member {
		if ctx.Err() != nil {
			return member{err: context.Cause(ctx)}
		}
		return pack(r, f)
	})
	for m := range members {
		if m.err != nil {
			return m.err
		}
		raw, err := w.CreateRaw(m.header)
		if err != nil {
			return err
		}
		if _, err := raw.Write(m.data); err != nil {
			return err
		}
		if done++; o.Progress != nil && done%64 == 0 {
			o.Progress(done, len(r.Files))
		}
	}
	return w.Close()
}

// packed are the kinds of files that do not get smaller.
var packed = []string{".gz", ".br", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".woff2", ".mp3", ".mp4", ".m4a", ".webm", ".ogg", ".zip", ".pdf"}

// pack compresses one file.
func pack(r *release.Release, f release.File) member {
	b, err := r.Read(f)
	if err != nil {
		return member{err: err}
	}
	h := &zip.FileHeader{
		Name: f.Path, Method: zip.Store,
		CRC32: crc32.ChecksumIEEE(b), UncompressedSize64: uint64(len(b)), CompressedSize64: uint64(len(b)),
	}
	//lint:ignore SA1019 CreateRaw does not look at Modified
	h.ModifiedDate = epoch
	h.SetMode(0o644)
	if slices.Contains(packed, path.Ext(f.Path)) {
		return member{header: h, data: b}
	}
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err == nil {
		_, err = z.Write(b)
		err = errors.Join(err, z.Close())
	}
	if err != nil {
		return member{err: fmt.Errorf("compressing %s: %w", f.Path, err)}
	}
	if out.Len() < len(b) {
		h.Method, h.CompressedSize64 = zip.Deflate, uint64(out.Len())
		return member{header: h, data: out.Bytes()}
	}
	return member{header: h, data: b}
}
