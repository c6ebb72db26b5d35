// Package tarball makes a tar of public/, compressed with Zstandard: smaller
// than a ZIP, for those who unpack all of it.
//
// Files stand in the order of their paths, without folder around them, owner
// or mode of their own, and all bear the time of the newest article.
package tarball

import (
	"archive/tar"
	"context"
	"io"

	"backfile/build/bundle"

	"github.com/klauspost/compress/zstd"
)

// Is tells by its first bytes whether a file is compressed with Zstandard.
func Is(begins []byte) bool {
	return len(begins) >= 4 && string(begins[:4]) == "\x28\xb5\x2f\xfd"
}

// window is how far back the compressor finds what pages repeat. Every zstd
// takes 8 MB back; larger windows save little here and cost readers memory.
const window = 8 << 20

// Write writes the tar of all files of src. progress, when set, is told how
// many of how many files are in it.
func Write(ctx context.Context, src *bundle.Source, to io.Writer, progress func(done, total int)) error {
	// One compressor at a time: the bytes must not hang on the number of cores.
	z, err := zstd.NewWriter(to, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(window), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	w := tar.NewWriter(z)
	for i, f := range src.Files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b, err := src.Read(f)
		if err != nil {
			return err
		}
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.Path, Size: int64(len(b)), Mode: 0o644, ModTime: src.Newest}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		if progress != nil && i%64 == 0 {
			progress(i, len(src.Files))
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return z.Close()
}
