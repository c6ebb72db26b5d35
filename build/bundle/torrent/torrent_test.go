package torrent

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTorrentOfOneFile(t *testing.T) {
	data := bytes.Repeat([]byte("backfile "), 4000) // 36,000 bytes: three pieces
	file := write(t, "a b.zip", data)
	o := Options{WebSeeds: []string{"https://x.example/"}, Trackers: []string{"udp://t.example:1"}, Comment: "x"}
	got, err := Make(t.Context(), []string{file}, o)
	if err != nil {
		t.Fatal(err)
	}
	var pieces []byte
	for rest := data; len(rest) > 0; {
		n := min(minPiece, len(rest))
		sum := sha1.Sum(rest[:n])
		pieces, rest = append(pieces, sum[:]...), rest[n:]
	}
	info := fmt.Sprintf("d6:lengthi36000e4:name7:a b.zip12:piece lengthi16384e6:pieces60:%se", pieces)
	want := "d8:announce17:udp://t.example:113:announce-listll17:udp://t.example:1ee7:comment1:x10:created by8:backfile4:info" + info + "8:url-listl18:https://x.example/ee"
	if string(got.Bytes) != want {
		t.Errorf("Make of a file\n got %q\nwant %q", got.Bytes, want)
	}
	if got.Info != sha1.Sum([]byte(info)) {
		t.Errorf("info hash = %x, want that of the info dictionary", got.Info)
	}
	magnet := fmt.Sprintf("magnet:?xt=urn:btih:%x&dn=a%%20b.zip&xl=36000&tr=udp%%3A%%2F%%2Ft.example%%3A1&ws=https%%3A%%2F%%2Fx.example%%2F", sha1.Sum([]byte(info)))
	if got.Magnet(o) != magnet {
		t.Errorf("Magnet\n got %s\nwant %s", got.Magnet(o), magnet)
	}
}

func TestTorrentOfSeveralFilesHasAFolder(t *testing.T) {
	a, b := write(t, "a.zip", []byte("aaa")), write(t, "b.epub", []byte("bb"))
	got, err := Make(t.Context(), []string{a, b}, Options{Name: "both"})
	if err != nil {
		t.Fatal(err)
	}
	// One piece runs over both files.
	sum := sha1.Sum([]byte("aaabb"))
	want := fmt.Sprintf("d10:created by8:backfile4:infod5:filesld6:lengthi3e4:pathl5:a.zipeed6:lengthi2e4:pathl6:b.epubeee4:name4:both12:piece lengthi16384e6:pieces20:%see", sum[:])
	if string(got.Bytes) != want {
		t.Errorf("Make of two files\n got %q\nwant %q", got.Bytes, want)
	}
}

func TestTorrentRefuses(t *testing.T) {
	one := write(t, "a.zip", []byte("x"))
	for _, tt := range []struct {
		name  string
		files []string
		want  string
	}{
		{"a folder", []string{t.TempDir()}, "is not a file"},
		{"two of one name", []string{one, write(t, "a.zip", []byte("y"))}, "two files are called a.zip"},
		{"an empty file", []string{write(t, "e.zip", nil)}, "is empty"},
	} {
		if _, err := Make(t.Context(), tt.files, Options{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Make of %s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestPieceLengthKeepsTorrentsSmall(t *testing.T) {
	for size, want := range map[int64]int64{1: 16 << 10, 1 << 20: 16 << 10, 1 << 30: 1 << 20, 1 << 40: 16 << 20} {
		if got := pieceLength(size); got != want {
			t.Errorf("pieceLength(%d) = %d, want %d", size, got, want)
		}
	}
}
