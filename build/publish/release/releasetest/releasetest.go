// Package releasetest makes small archives for the tests of those who publish
// them.
package releasetest

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
)

// Make writes files and their manifest to dir, in which nothing else stays.
func Make(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	list := func(yield func(manifest.File) bool) {
		for _, p := range slices.Sorted(maps.Keys(files)) {
			b := []byte(files[p])
			write(t, dir, p, b)
			if !yield(manifest.File{Path: p, Size: int64(len(b)), Sum: digest.Plain(b)}) {
				return
			}
		}
	}
	head, err := manifest.Make(list, func(s manifest.Shard) error {
		var zip bytes.Buffer
		err := s.Compress(&zip)
		write(t, dir, s.Path(), zip.Bytes())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, manifest.ReadmePath, []byte(manifest.Readme))
	write(t, dir, manifest.HeadPath, []byte(head.String()))
}

func write(t testing.TB, dir, path string, b []byte) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
}
