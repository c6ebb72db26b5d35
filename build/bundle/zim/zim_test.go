package zim

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"image/png"
	"strings"
	"testing"
	"time"

	"backfile/build/bundle"
	"backfile/build/publish/release"

	"github.com/klauspost/compress/zstd"
)

// fake is what zimwriterfs makes, as far as settle looks at it; each differs
// in its random identifiers.
func fake(random byte) []byte {
	id := bytes.Repeat([]byte{random}, 16)
	b := append([]byte("ZIM\x04\x00\x00\x00\x00"), id...)
	b = append(b, make([]byte, headerSize-len(b))...)
	b = append(b, "some pages"...)
	b = append(append(append(b, glass...), 0, 1), id...)
	b = append(append(append(b, glass...), 0, 1), id...)
	b = append(b, "the end"...)
	binary.LittleEndian.PutUint64(b[checksumAt:], uint64(len(b)))
	sum := md5.Sum(b)
	return append(b, sum[:]...)
}

func TestRandomIdentifiersAreReplaced(t *testing.T) {
	src := &bundle.Source{Release: (&release.Release{}).Part(nil, map[string][]byte{"index.html": []byte("x")})}
	one, two := fake(1), fake(2)
	for _, b := range [][]byte{one, two} {
		if err := settle(b, src); err != nil {
			t.Fatal(err)
		}
		end := len(b) - md5.Size
		if sum := md5.Sum(b[:end]); !bytes.Equal(sum[:], b[end:]) {
			t.Error("the checksum is not that of the file")
		}
	}
	if !bytes.Equal(one, two) {
		t.Error("two ZIMs of one archive differ")
	}
	other := fake(1)
	if err := settle(other, &bundle.Source{Release: (&release.Release{}).Part(nil, map[string][]byte{"index.html": []byte("y")})}); err != nil || bytes.Equal(one[uuidAt:uuidAt+16], other[uuidAt:uuidAt+16]) {
		t.Errorf("another archive has the same identifier (%v)", err)
	}
	for name, b := range map[string][]byte{"cut": one[:len(one)-1], "no ZIM": bytes.Repeat([]byte("x"), 200), "empty": nil} {
		if err := settle(b, src); err == nil {
			t.Errorf("settle took a file that is %s", name)
		}
	}
}

func TestIconIsWhatKiwixWants(t *testing.T) {
	c, err := png.DecodeConfig(bytes.NewReader(icon))
	if err != nil || c.Width != 48 || c.Height != 48 {
		t.Errorf("icon is %d by %d (%v), want 48 by 48", c.Width, c.Height, err)
	}
}

func TestFlags(t *testing.T) {
	src := &bundle.Source{Site: bundle.Site{Title: strings.Repeat("Ж", 40), Language: "be-Cyrl"}}
	got := strings.Join(flags(src, Options{Name: "n"}), " ")
	for _, want := range []string{"--language=bel", "--title=" + strings.Repeat("Ж", 29) + "… ", "--threads=1"} {
		if !strings.Contains(got+" ", want) {
			t.Errorf("flags have no %s: %s", want, got)
		}
	}
}

// dated is a ZIM of one entry, the date, in a compressed cluster that stands
// before the tables, and of a cluster behind it.
func dated(t *testing.T, day string) []byte {
	t.Helper()
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	put := binary.LittleEndian
	text := put.AppendUint32(put.AppendUint32(nil, 8), 8+uint32(len(day)))
	b := make([]byte, headerSize)
	copy(b, "ZIM\x04")
	first := uint64(len(b))
	b = append(append(b, zstdCluster), e.EncodeAll(append(text, day...), nil)...)
	second := uint64(len(b))
	b = append(b, "\x01 second cluster"...)
	entry := uint64(len(b))
	b = append(b, 1, 0, 0, 'M', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = append(b, "Date\x00\x00"...)
	put.PutUint32(b[entryCountAt:], 1)
	put.PutUint32(b[clusterCountAt:], 2)
	put.PutUint64(b[pathPointersAt:], uint64(len(b)))
	put.PutUint64(b[titlePointersAt:], 1<<64-1)
	b = put.AppendUint64(b, entry)
	put.PutUint64(b[clustersAt:], uint64(len(b)))
	b = put.AppendUint64(put.AppendUint64(b, first), second)
	put.PutUint64(b[checksumAt:], uint64(len(b)))
	return append(b, make([]byte, md5.Size)...)
}

func TestTheDayOfTheRunIsReplaced(t *testing.T) {
	day := time.Date(2024, 5, 17, 23, 0, 0, 0, time.UTC)
	one, err := redate(dated(t, "2026-11-26"), day)
	if err != nil {
		t.Fatal(err)
	}
	two, err := redate(dated(t, "2027-01-01"), day)
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("ZIMs of two days differ (%v)", err)
	}
	clusters, err := pointers(one, clustersAt, clusterCountAt)
	if err != nil || !bytes.HasPrefix(one[clusters[1]:], []byte("\x01 second cluster")) {
		t.Fatalf("the second cluster is not where the table says (%v)", err)
	}
	d, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	text, err := d.DecodeAll(one[clusters[0]+1:clusters[1]], nil)
	if err != nil || string(text[8:]) != "2024-05-17" {
		t.Errorf("date = %q, %v, want 2024-05-17", text[min(8, len(text)):], err)
	}
	if cluster, blob, err := dateEntry(one); err != nil || cluster != 0 || blob != 0 {
		t.Errorf("the entry of the date is not found again: %v", err)
	}
	if end := binary.LittleEndian.Uint64(one[checksumAt:]); end+md5.Size != uint64(len(one)) {
		t.Errorf("the checksum is said to stand at %d of %d", end, len(one))
	}
	// Whatever is in the file, redate returns.
	whole := dated(t, "2026-11-26")
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 0xff
		_, _ = redate(b, day)
		_, _ = redate(whole[:i], day)
	}
}
