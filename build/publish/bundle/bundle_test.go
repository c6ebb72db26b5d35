package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backfile/build/publish/release"
	"backfile/build/publish/release/releasetest"
)

func made(t *testing.T) *release.Release {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "public")
	releasetest.Make(t, dir, map[string]string{"index.html": strings.Repeat("home ", 999), "empty.txt": "", "日本.html": "こんにちは", "a.png": strings.Repeat("x", 99)})
	r, err := release.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestZipHoldsAllAndIsAlwaysTheSame: every file, byte for byte, with no time.
func TestZipHoldsAllAndIsAlwaysTheSame(t *testing.T) {
	r, name := made(t), filepath.Join(t.TempDir(), "a.zip")
	size, err := Write(t.Context(), r, name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(name)
	if err != nil || int64(len(first)) != size {
		t.Fatalf("Write says %d bytes, the file has %d, %v", size, len(first), err)
	}
	z, err := zip.NewReader(bytes.NewReader(first), size)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range z.File {
		want, err := os.ReadFile(r.Name(f.Name))
		if err != nil {
			t.Fatal(err)
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(in)
		if err != nil || !bytes.Equal(got, want) || f.Name != r.Files[i].Path {
			t.Errorf("%s holds %.40q, %v, want %.40q", f.Name, got, err, want)
		}
		if y := f.Modified.Year(); y != 1980 {
			t.Errorf("%s is of %v", f.Name, f.Modified)
		}
	}
	if len(z.File) != len(r.Files) {
		t.Errorf("the ZIP holds %d files, want %d", len(z.File), len(r.Files))
	}
	if _, err := Write(t.Context(), r, name, Options{}); err != nil { // replaces it
		t.Fatal(err)
	}
	if second, err := os.ReadFile(name); err != nil || !bytes.Equal(first, second) {
		t.Errorf("two ZIPs of one release differ, %v", err)
	}
}

// TestNothingIsLeftOfAZipThatFailed, and no other file is replaced.
func TestNothingIsLeftOfAZipThatFailed(t *testing.T) {
	r, dir := made(t), t.TempDir()
	mine := filepath.Join(dir, "thesis.doc")
	if err := os.WriteFile(mine, []byte("years of work"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), r, mine, Options{}); !errors.Is(err, ErrOther) {
		t.Errorf("over another file: %v", err)
	}
	if _, err := Write(t.Context(), r, r.Name("a.zip"), Options{}); err == nil || !strings.Contains(err.Error(), "choose another place") {
		t.Errorf("into public/: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Write(ctx, r, filepath.Join(dir, "a.zip"), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cut off: %v", err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("the folder holds %v, %v", list, err)
	}
}

// TestTimeNamesAndTheFirstFile: what unpackers look at in the ZIP's own lists.
func TestTimeNamesAndTheFirstFile(t *testing.T) {
	r, name := made(t), filepath.Join(t.TempDir(), "a.zip")
	want := time.Date(2024, 5, 17, 12, 30, 2, 0, time.UTC)
	for _, when := range []time.Time{want, time.Date(1851, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if _, err := Write(t.Context(), r, name, Options{Time: when, First: "index.html"}); err != nil {
			t.Fatal(err)
		}
		z, err := zip.OpenReader(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := z.File[0].Name; got != "index.html" {
			t.Errorf("the first file is %s, want index.html", got)
		}
		for _, f := range z.File {
			switch y := f.Modified.Year(); {
			case when.Equal(want) && !f.Modified.Equal(want), when.Year() == 1851 && y != 1980, when.Year() == 2500 && y != 2107:
				t.Errorf("%s is of %v, want %v or what of it a ZIP can tell", f.Name, f.Modified, when)
			}
			if ascii := f.Name != "日本.html"; f.NonUTF8 || ascii == (f.Flags&utf8Name != 0) {
				t.Errorf("%s: flags %#x, want %#x only for names that are not ASCII", f.Name, f.Flags, utf8Name)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
