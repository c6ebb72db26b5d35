package unixfs

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"backfile/build/bundle"
	"backfile/build/publish/release"
)

// source makes a Source of files that are on no disk.
func source(files map[string][]byte) *bundle.Source {
	return &bundle.Source{Release: (&release.Release{}).Part(nil, files)}
}

// pattern returns n bytes that differ from piece to piece.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := 0; i+8 <= n; i += 4096 {
		binary.LittleEndian.PutUint64(b[i:], uint64(i))
	}
	return b
}

func manyFiles(n int) map[string][]byte {
	files := map[string][]byte{}
	for i := range n {
		files[fmt.Sprintf("topics/a-rather-long-name-of-a-topic-%05d.html", i)] = fmt.Appendf(nil, "page %d\n", i)
	}
	return files
}

// trees are folders whose roots were computed by boxo v0.39.0, the library
// that kubo is made of: version 1, raw leaves, pieces of 262144 bytes, 174
// links a node.
var trees = []struct {
	name  string
	files map[string][]byte
	root  string
}{
	{"an empty file", map[string][]byte{"empty": {}}, "bafybeigalvxqcgqiogiv6bimmxedgxbhu7cikwhwha2c2iqzdbnabewjai"},
	{"small files, in an order that is not that of folders", map[string][]byte{"a-b/x": []byte("1"), "a/b": []byte("2"), "a.html": []byte("3"), "a/c/d": []byte("4"), "ж.html": []byte("5")}, "bafybeidn2hyu424d7zv6f4op7a2trggb4jtfvtzlntympxh3cmehpr5f6q"},
	{"just one piece, and a byte more", map[string][]byte{"one": pattern(chunk), "two": pattern(chunk + 1)}, "bafybeifuvsnu2tsvuvukll3eategkgtmnfkashom6megmuta3qppazutpm"},
	{"two levels of pieces", map[string][]byte{"large": pattern(chunk*fanout + 1)}, "bafybeidbfdsht3u4h4glmv7fbf34uo3nez7ca7knnigt4anvfodvdjezmi"},
	{"the largest plain folder", manyFiles(3449), "bafybeifab4gzf45kt55gsb5us7lli56apywkea5bnod3bejec73xrnq7fy"},
	{"the smallest HAMT", manyFiles(3450), "bafybeibgxbbyp44j7v5txqmeomp67d4z35xy6sp5pyo2772xspuubbkb4q"},
	{"a HAMT with deep nodes", manyFiles(9000), "bafybeifzenwnpflvlrydgpqepesqyk6y5vvml2zl3rbfcrf3pfyqq2ryma"},
}

func TestRootsAreThoseOfKubo(t *testing.T) {
	for _, tt := range trees {
		t.Run(tt.name, func(t *testing.T) {
			if dir := os.Getenv("UNIXFS_TREES"); dir != "" {
				dump(t, filepath.Join(dir, tt.root), tt.files) // for another program to add
			}
			got, err := Add(t.Context(), source(tt.files), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.CID.String() != tt.root {
				t.Errorf("root of %s\n got %v\nwant %s", tt.name, got.CID, tt.root)
			}
		})
	}
}

// dump writes files to a folder.
func dump(t *testing.T, dir string, files map[string][]byte) {
	for name, b := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCARHoldsEveryBlockOnce reads a CAR and checks every block by its CID.
func TestCARHoldsEveryBlockOnce(t *testing.T) {
	src := source(map[string][]byte{"a/same": []byte("x"), "b/same": []byte("x"), "big": pattern(3 * chunk)})
	root, err := Add(t.Context(), src, nil)
	if err != nil {
		t.Fatal(err)
	}
	var car bytes.Buffer
	if err := WriteCAR(t.Context(), src, &car, root.CID); err != nil {
		t.Fatal(err)
	}
	if !Is(car.Bytes()[:64]) {
		t.Error("Is does not know the CAR")
	}
	next := func() []byte {
		n, err := binary.ReadUvarint(&car)
		if err != nil {
			t.Fatal(err)
		}
		return car.Next(int(n))
	}
	if head := next(); !bytes.Contains(head, root.CID[:]) {
		t.Errorf("the header %q does not name the root %x", head, root.CID)
	}
	seen := map[CID]bool{}
	for car.Len() > 0 {
		b := next()
		c := CID(b[:len(CID{})])
		if got := cidOf(c[1], b[len(c):]); got != c {
			t.Errorf("a block of %d bytes is called %v, and is %v", len(b)-len(c), c, got)
		}
		if seen[c] {
			t.Errorf("block %v comes twice", c)
		}
		seen[c] = true
	}
	if !seen[root.CID] {
		t.Error("the root's block is not in the CAR")
	}
}

func TestMurmur3(t *testing.T) {
	// Of the reference implementation, MurmurHash3_x64_128 with seed 0: the first eight bytes as a number.
	for text, want := range map[string]uint64{"": 0, "hello": 0xcbd8a7b341bd9b02} {
		if got := murmur3([]byte(text)); got != want {
			t.Errorf("murmur3(%q) = %#x, want %#x", text, got, want)
		}
	}
}
