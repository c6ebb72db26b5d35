package trust

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
)

// A signer is a key whose secret is 32 times the same byte.
type signer struct {
	line string
	note.Signer
}

func testKey(t testing.TB, name string, b byte) signer {
	t.Helper()
	seed := bytes.Repeat([]byte{b}, ed25519.SeedSize)
	line, err := note.NewEd25519VerifierKey(name, ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.Split(line, "+")[1]
	s, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, hash, base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))))
	if err != nil {
		t.Fatal(err)
	}
	return signer{line, s}
}

func (s signer) print(t testing.TB) Fingerprint {
	t.Helper()
	f, err := KeyFingerprint(s.line)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func sign(t testing.TB, text string, keys ...signer) []byte {
	t.Helper()
	var signers []note.Signer
	for _, k := range keys {
		signers = append(signers, k)
	}
	file, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// vectors are the archive of docs/mirror-format.md: two versions of three
// files, whose keys change between them.
type vectors struct {
	one, two, beacon       signer
	statement1, statement2 []byte
	list1, list2           []manifest.File
	shard1, shard2         string
	head1, head2           []byte
	delta                  []byte
	alive                  []byte
}

func newVectors(t testing.TB) vectors {
	t.Helper()
	v := vectors{one: testKey(t, "lantern.example", 1), two: testKey(t, "lantern.example", 2), beacon: testKey(t, "lantern.example/alive", 3)}
	s1 := Statement{Origin: "lantern.example", Number: 1, Time: day, Threshold: 1, Keys: []string{v.one.line}}
	v.statement1 = sign(t, s1.String(), v.one)
	s2 := Statement{Origin: "lantern.example", Number: 2, Time: day.AddDate(0, 0, 1), Threshold: 2, Keys: []string{v.one.line, v.two.line}, Beacons: []string{v.beacon.line}, Prev: s1.Sum()}
	slices.Sort(s2.Keys)
	v.statement2 = sign(t, s2.String(), v.one, v.two)
	file := func(path, text string) manifest.File {
		return manifest.File{Path: path, Size: int64(len(text)), Sum: digest.Plain([]byte(text))}
	}
	v.list1 = []manifest.File{file("2023/12/31/flood.html", "flood\n"), file("index.html", "hello\n")}
	v.list2 = []manifest.File{file("2024/01/01/a b.html", "new year\n"), file("index.html", "hello again\n")}
	h1, h2 := v.list(t, v.list1, &v.shard1), v.list(t, v.list2, &v.shard2)
	h1.Release = manifest.Release{Origin: "lantern.example", Version: 1, Time: day, Keys: 1, KeysSum: s1.Sum()}
	v.head1 = sign(t, h1.String(), v.one)
	v.delta = manifest.Delta{From: 1, To: 2, FromRoot: h1.Root, ToRoot: h2.Root, Changes: manifest.Diff(v.list1, v.list2)}.Text()
	h2.Release = manifest.Release{Origin: "lantern.example", Version: 2, Time: day.AddDate(0, 0, 2), Next: day.AddDate(0, 1, 2), Keys: 2, KeysSum: s2.Sum(), Prev: h1.Sum(),
		DeltaFrom: 1, DeltaSum: digest.Plain(v.delta), DeltaBytes: int64(len(v.delta))}
	v.head2 = sign(t, h2.String(), v.one, v.two)
	v.alive = sign(t, Beacon{Origin: "lantern.example", Version: 2, Head: h2.Sum(), Time: day.AddDate(0, 0, 9)}.String(), v.beacon)
	return v
}

func (v vectors) list(t testing.TB, list []manifest.File, shard *string) manifest.Head {
	t.Helper()
	h, err := manifest.Make(slices.Values(list), func(s manifest.Shard) error {
		*shard = string(s.Text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestTheSpecificationHasTheVectors: what docs/mirror-format.md shows is what
// this program reads and writes.
func TestTheSpecificationHasTheVectors(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/mirror-format.md")
	if err != nil {
		t.Fatal(err)
	}
	v := newVectors(t)
	for name, text := range map[string]string{
		"key 1": v.one.line, "key 2": v.two.line, "beacon key": v.beacon.line,
		"fingerprint": v.one.print(t).String(), "words": v.one.print(t).Words(),
		"statement 1": string(v.statement1), "statement 2": string(v.statement2), "shard of version 1": v.shard1, "shard of version 2": v.shard2,
		"head 1": string(v.head1), "head 2": string(v.head2), "delta": string(v.delta), "beacon": string(v.alive),
	} {
		if !strings.Contains(string(doc), text) {
			t.Errorf("the specification does not show the %s:\n%s", name, text)
		}
	}
	c, err := Follow([][]byte{v.statement1, v.statement2})
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range [][]byte{v.head1, v.head2} {
		if _, _, err := c.Head(head); err != nil {
			t.Errorf("%s\n%v", head, err)
		}
	}
	if _, err := c.Beacon(v.alive); err != nil {
		t.Error(err)
	}
	d, err := manifest.ParseDelta(v.delta)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := manifest.Apply(v.list1, d.Changes); err != nil || !slices.Equal(got, v.list2) {
		t.Errorf("the delta makes %v, %v", got, err)
	}
}

func TestTheSpecificationHasALongList(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/mirror-format.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []manifest.File
	for i := range 10_000 {
		list = append(list, manifest.File{Path: fmt.Sprintf("%d.html", i), Sum: digest.Plain(nil)})
	}
	slices.SortFunc(list, func(a, b manifest.File) int { return strings.Compare(a.Path, b.Path) })
	h, err := manifest.Make(slices.Values(list), func(manifest.Shard) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("root %v %d\n", h.Root, h.RootSize); !strings.Contains(string(doc), want) {
		t.Errorf("the specification does not show %s", want)
	}
	for i, words := 0, strings.Fields(wordList); i < len(words); i += 8 {
		if row := strings.Join(words[i:i+8], " "); !strings.Contains(string(doc), row) {
			t.Errorf("the specification does not show the words %s", row)
		}
	}
}
