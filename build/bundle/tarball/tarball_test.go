package tarball

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"backfile/build/bundle"
	"backfile/build/publish/release"

	"github.com/klauspost/compress/zstd"
)

// TestTarIsTheSameWhateverTheCores makes a tar of several megabytes with one
// core and with eight, and reads it.
func TestTarIsTheSameWhateverTheCores(t *testing.T) {
	newest := time.Date(2024, 5, 17, 12, 30, 1, 0, time.UTC)
	files := map[string][]byte{"index.html": []byte("home"), "2024/ж.html": []byte("ж"), strings.Repeat("long/", 60) + "x.html": []byte("deep")}
	var big []byte
	for i := range 200_000 {
		big = append(big, strings.Repeat("line ", i%7)...)
		big = append(big, byte(i), byte(i>>8), '\n')
	}
	files["big.bin"] = big
	src := &bundle.Source{Release: (&release.Release{}).Part(nil, files), Newest: newest}
	var made [2]bytes.Buffer
	for i, cores := range []int{1, 8} {
		old := runtime.GOMAXPROCS(cores)
		err := Write(t.Context(), src, &made[i], nil)
		runtime.GOMAXPROCS(old)
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(made[0].Bytes(), made[1].Bytes()) {
		t.Error("the tar made with 8 cores is another than that made with one")
	}
	if !Is(made[0].Bytes()) {
		t.Error("Is does not know the tar")
	}
	z, err := zstd.NewReader(&made[0])
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	r := tar.NewReader(z)
	last := ""
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b, files[h.Name]) {
			t.Errorf("%s has %d bytes that are not those put in", h.Name, len(b))
		}
		if !h.ModTime.Equal(newest) || h.Mode != 0o644 || h.Uid != 0 || h.Name <= last {
			t.Errorf("%s after %s: time %v, mode %o, owner %d", h.Name, last, h.ModTime, h.Mode, h.Uid)
		}
		last = h.Name
		delete(files, h.Name)
	}
	if len(files) > 0 {
		t.Errorf("%d files are not in the tar", len(files))
	}
}
