package zim

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"image/png"
	"strings"
	"testing"

	"backfile/build/bundle"
	"backfile/build/publish/release"
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
