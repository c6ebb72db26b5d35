package container

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// holds returns the files of a folder and its problems.
func holds(t *testing.T, f *Folder) string {
	t.Helper()
	var out []string
	err := fs.WalkDir(f.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(f.FS, name)
		out = append(out, fmt.Sprintf("%s=%s", name, data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Problems {
		out = append(out, p.Name+": "+p.Msg)
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

const outside = "leads out of the archive, and is not read"

func TestAZipReachesNothingOutside(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"in/a.txt", "../b.txt", "/c.txt", "in/../../d.txt", `..\e.txt`, "in/.../f.txt"} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name})
		if err == nil {
			_, err = io.WriteString(w, "x")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	link := &zip.FileHeader{Name: "link.txt"}
	link.SetMode(fs.ModeSymlink | 0o777)
	w, err := z.CreateHeader(link)
	if err == nil {
		_, err = io.WriteString(w, "/etc/passwd")
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := Zip(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"../b.txt: " + outside, "../e.txt: " + outside, "/c.txt: " + outside, "in/.../f.txt=x", "in/../../d.txt: " + outside, "in/a.txt=x", "link.txt: is a link, which is not followed",
	}, "\n")
	if got := holds(t, f); got != want {
		t.Errorf("the ZIP holds\n%s\nwant\n%s", got, want)
	}
}

func TestABrokenZipIsTold(t *testing.T) {
	if _, err := Zip(strings.NewReader("PK\x03\x04 and no more"), 16); err == nil || !strings.Contains(err.Error(), "list of files") {
		t.Errorf("a ZIP without an end gave %v", err)
	}
}

// A file of zeros that a ZIP says is gigabytes is a trap, and not opened.
func TestABombInAZipIsLeftOut(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("bomb.txt")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 65 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := Zip(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := holds(t, f), "bomb.txt: unpacks to more than 200 times its size, as only a trap does"; got != want {
		t.Errorf("the ZIP holds %s, want %s", got, want)
	}
}

func TestATarReachesNothingOutside(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Name: "in/a.txt", Size: 1}, {Name: "../b.txt", Size: 1}, {Name: "/c.txt", Size: 1},
		{Name: "away", Typeflag: tar.TypeSymlink, Linkname: "/etc"}, {Name: "away/passwd", Size: 1},
		{Name: "hard", Typeflag: tar.TypeLink, Linkname: "in/a.txt"}, {Name: "pipe", Typeflag: tar.TypeFifo},
		{Name: "in/a.txt", Size: 1}, {Name: "big.bin", Size: 100},
	} {
		h.Mode = 0o644
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, strings.Repeat("x", int(h.Size))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	streamed := ""
	f, err := Tar(&b, 50, func(name string, r io.Reader) bool {
		data, err := io.ReadAll(r)
		streamed += fmt.Sprint(name, len(data), err)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"../b.txt: " + outside, "/c.txt: " + outside, "away/passwd=x", "away: is a link, which is not followed",
		"hard: is a link, which is not followed", "in/a.txt=x", "pipe: is neither a file nor a folder",
	}, "\n")
	if got := holds(t, f); got != want {
		t.Errorf("the tar holds\n%s\nwant\n%s", got, want)
	}
	if streamed != "big.bin100 <nil>" {
		t.Errorf("what is large was handed out as %q", streamed)
	}
	dir := f.dir
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is left behind", dir)
	}
}

func TestASpooledStreamLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	f, err := Spool(strings.NewReader("one two"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err != nil || string(got) != "one two" {
		t.Errorf("spooled %q, %v", got, err)
	}
	if err := Drop(f); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// FuzzTar: whatever comes, nothing breaks and nothing is written outside.
func FuzzTar(f *testing.F) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range []string{"a.txt", "../b", "d/e"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: 1, Mode: 0o644}); err != nil {
			f.Fatal(err)
		}
		if _, err := w.Write([]byte("x")); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, src []byte) {
		folder, err := Tar(bytes.NewReader(src), 1000, func(string, io.Reader) bool { return true })
		if folder == nil {
			t.Fatal(err)
		}
		if err := folder.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
