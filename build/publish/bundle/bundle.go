// Package bundle makes one ZIP of a release, for those who take an archive
// along: unpacked, or as a folder of the system's, it opens from index.html
// without a network.
//
// The same release always gives the same bytes: the files stand in the order
// of their paths, and carry no owner and the time that they are given.
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
	"strings"
	"time"
	"unicode/utf8"

	"backfile/build/internal/par"
	"backfile/build/publish"
	"backfile/build/publish/release"

	"github.com/klauspost/compress/flate"
)

// Options direct the making of a ZIP.
type Options struct {
	Progress func(done, total int) // when set, told how many files are in it
	Time     time.Time             // of all files; the first that a ZIP can tell when it is earlier
	First    string                // the path of a file that must stand first, as in an EPUB, or ""
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

// stamp writes t as MS-DOS did, whose years are 1980 to 2107.
func stamp(t time.Time) (date, clock uint16) {
	t = t.UTC()
	switch {
	case t.Year() < 1980:
		t = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	case t.Year() > 2107:
		t = time.Date(2107, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	date = uint16(t.Year()-1980)<<9 | uint16(t.Month())<<5 | uint16(t.Day())
	return date, uint16(t.Hour())<<11 | uint16(t.Minute())<<5 | uint16(t.Second()/2)
}

const utf8Name = 1 << 11 // APPNOTE.TXT 4.4.4: the name is UTF-8

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
	files := slices.Clone(r.Files)
	slices.SortStableFunc(files, func(a, b release.File) int { return rank(a, o) - rank(b, o) })
	members := par.Map(runtime.GOMAXPROCS(0), slices.Values(files), func(f release.File) member {
		if ctx.Err() != nil {
			return member{err: context.Cause(ctx)}
		}
		return pack(r, f, o.Time)
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

// rank is 0 for the file that must stand first, and 1 for the others.
func rank(f release.File, o Options) int {
	if f.Path == o.First {
		return 0
	}
	return 1
}

// packed are the kinds of files that do not get smaller.
var packed = []string{".gz", ".br", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".woff2", ".mp3", ".mp4", ".m4a", ".webm", ".ogg", ".zip", ".pdf"}

// pack compresses one file.
func pack(r *release.Release, f release.File, t time.Time) member {
	b, err := r.Read(f)
	if err != nil {
		return member{err: err}
	}
	h := &zip.FileHeader{
		Name: f.Path, Method: zip.Store,
		CRC32: crc32.ChecksumIEEE(b), UncompressedSize64: uint64(len(b)), CompressedSize64: uint64(len(b)),
	}
	//lint:ignore SA1019 CreateRaw does not look at Modified
	h.ModifiedDate, h.ModifiedTime = stamp(t)
	h.SetMode(0o644)
	if strings.ContainsFunc(f.Path, func(r rune) bool { return r >= utf8.RuneSelf }) {
		h.Flags |= utf8Name // CreateRaw does not look, and unpackers would take the name for CP-437
	}
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
