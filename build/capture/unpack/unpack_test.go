package unpack

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func zip(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFormsAreUnpacked(t *testing.T) {
	var zst bytes.Buffer
	w, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("one two")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		form Form
		src  []byte
	}{
		{Gzip, zip(t, []byte("one two"))},
		{Gzip, append(zip(t, []byte("one ")), zip(t, []byte("two"))...)},
		{Gzip, append(zip(t, []byte("one two")), make([]byte, 512)...)}, // as tapes are filled up
		{Zstd, zst.Bytes()},
		{Bzip2, []byte("\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x81\x84\x32\x89\x00\x00\x01\x91\x80\x40\x00\x02\x01\x84\x80\x20\x00\x21\x80\x0c\x01\x38\x35\xdc\x5d\xc9\x14\xe1\x42\x42\x06\x10\xca\x24")},
	}
	for _, tt := range tests {
		if got := FormOf(tt.src); got != tt.form {
			t.Errorf("FormOf(%.8q) = %s, want %s", tt.src, got, tt.form)
		}
		r, err := Open(bytes.NewReader(tt.src), tt.form)
		if err != nil {
			t.Errorf("Open(%s): %v", tt.form, err)
			continue
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != "one two" {
			t.Errorf("%s unpacks to %q, %v; want %q", tt.form, got, err, "one two")
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A few kilobytes that unpack to gigabytes end with a clear error, and early.
func TestABombIsNotUnpacked(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for range 200 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := Open(&b, Gzip)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if !errors.Is(err, ErrBomb) || n > freely+1<<20 {
		t.Errorf("200 MB of zeros gave %d bytes and %v, want at most %d and ErrBomb", n, err, freely)
	}
	packed := zip(t, zeros)
	if out, err := Body("gzip", packed, 1<<16); !errors.Is(err, ErrLong) || out != nil {
		t.Errorf("a body of 1 MB read up to 64 kB gave %d bytes and %v, want ErrLong", len(out), err)
	}
}

// Damage in one member of many costs that member.
func TestReadingGoesOnBehindADamagedMember(t *testing.T) {
	one, two, three := zip(t, []byte("one ")), zip(t, bytes.Repeat([]byte("two and more "), 50)), zip(t, []byte("three"))
	two[len(two)/2] ^= 0xFF
	src := bytes.Join([][]byte{one, two, three}, nil)

	r, err := Open(bytes.NewReader(src), Gzip)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); err == nil {
		t.Error("damage is not told when nobody asked to go on")
	}
	if r, err = Open(bytes.NewReader(src), Gzip); err != nil {
		t.Fatal(err)
	}
	told := 0
	r.Resume(func(int64, error) { told++ })
	got, err := io.ReadAll(r)
	if err != nil || told == 0 || !strings.HasPrefix(string(got), "one ") || !strings.HasSuffix(string(got), "three") {
		t.Errorf("a damaged member gave %q, %v, told %d times; want the first and the last member", got, err, told)
	}
}

func TestCodingsOfBodies(t *testing.T) {
	page := []byte("<p>The river fell.")
	pack := func(w func(io.Writer) io.WriteCloser) []byte {
		var b bytes.Buffer
		z := w(&b)
		if _, err := z.Write(page); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	br := pack(func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })
	bare := pack(func(w io.Writer) io.WriteCloser {
		z, err := flate.NewWriter(w, 5)
		if err != nil {
			t.Fatal(err)
		}
		return z
	})
	zl := pack(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	zs := pack(func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w)
		if err != nil {
			t.Fatal(err)
		}
		return z
	})
	var twice bytes.Buffer
	w := brotli.NewWriter(&twice)
	if _, err := w.Write(zip(t, page)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		coding string
		body   []byte
	}{
		{"", page}, {"identity", page}, {"gzip", zip(t, page)}, {"x-gzip", zip(t, page)}, {"br", br}, {"deflate", zl}, {"deflate", bare}, {"zstd", zs},
		{"gzip, br", twice.Bytes()},
		{"gzip", page}, {"br", page}, // unpacked by the crawler, which kept the header
	} {
		got, err := Body(tt.coding, tt.body, 1000)
		if err != nil || !bytes.Equal(got, page) {
			t.Errorf("Body(%q, %.20q) = %q, %v; want the page", tt.coding, tt.body, got, err)
		}
	}
	if _, err := Body("compress", []byte{1}, 10); err == nil {
		t.Error("an unknown coding is no error")
	}
}

// FuzzBody: whatever comes, nothing breaks, and no more comes out than allowed.
func FuzzBody(f *testing.F) {
	f.Add("gzip", zip(f, []byte("<p>x")))
	f.Add("br", []byte{0x0b, 0x02, 0x80, 'a', 'b', 'c', 0x03})
	f.Add("deflate", []byte{0x4b, 0x4c, 0x4a, 0x06, 0x00})
	f.Add("zstd, gzip", []byte("\x28\xb5\x2f\xfd\x04\x00\x19\x00\x00abc"))
	f.Fuzz(func(t *testing.T, coding string, body []byte) {
		out, err := Body(coding, body, 1<<16)
		if len(out) > max(1<<16+1, len(body)) {
			t.Errorf("Body(%q) gave %d bytes of %d (%v)", coding, len(out), len(body), err)
		}
	})
}
