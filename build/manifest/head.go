package manifest

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"backfile/build/internal/digest"
	"backfile/build/internal/fields"
)

// Where the manifest stands below public/.
const (
	Dir        = "mirror/"
	HeadPath   = Dir + "head"
	NextPath   = Dir + "next"   // only in a copy: the head that is being put in place
	PartPath   = Dir + "part"   // only in a copy of a part: which part it is
	StatusPath = Dir + "status" // only in a copy: when it was brought up to date
	ReadmePath = Dir + "README.txt"
)

// Readme is the text of ReadmePath: what the folder is, and how to check a copy
// with tools that every Unix has.
//
//go:embed README.txt
var Readme string

// Mark is the first line of Readme. A folder whose ReadmePath begins with it was
// made by backfile. It never changes.
const Mark = "Made by backfile: the list of all files of the archive around this folder.\n"

// A Head is the top of a manifest. Its text is
//
//	backfile-manifest/1
//	origin lantern.example
//	version 12
//	time 2026-11-26T11:00:00Z
//	next 2026-12-26T11:00:00Z
//	files 119998
//	bytes 934123123
//	root <sha256> <size of the root's text>
//	keys 1 <sha256 of the key statement>
//	prev <sha256 of the text of head 11>
//	delta 11 <sha256> <size of the delta's text>
//
// and without a signature only the first line, files, bytes and root, and then
// "unsigned". The lines next and delta may be missing; prev is missing in
// version 1.
type Head struct {
	Files    int
	Bytes    int64 // of all files together
	Root     digest.Sum
	RootSize int64
	Release  // the zero Release when unsigned
}

// A Release is what a signed head says beside the list.
type Release struct {
	Origin     string // the archive's name, the same in all its heads
	Version    int    // 1, 2, 3…; 0 when unsigned
	Time       time.Time
	Next       time.Time // when the next is due at the latest; zero when nothing is promised
	Keys       int       // number of the key statement that the signers are in
	KeysSum    digest.Sum
	Prev       digest.Sum // of the text of the head before; zero in version 1
	DeltaFrom  int        // version that the delta begins at; 0 when there is none
	DeltaSum   digest.Sum
	DeltaBytes int64
}

const (
	headFormat = "backfile-manifest/"

	// MaxHead is how long a signed head may be, with its signatures. A head
	// with thirty signatures has 4 kB.
	MaxHead = 16 << 10

	maxVersion = 1e9
	maxFiles   = 2e9
	maxBytes   = 1 << 50 // whatever is larger is a lie
)

// Signed tells whether h is the text of a signed head. It does not tell
// whether the signatures are there or good.
func (h Head) Signed() bool { return h.Version > 0 }

// String returns the text of h: the bytes of HeadPath when it is unsigned, and
// else what the signatures are of.
func (h Head) String() string {
	var b strings.Builder
	b.WriteString(headFormat + "1\n")
	r := h.Release
	if h.Signed() {
		fmt.Fprintf(&b, "origin %s\nversion %d\ntime %s\n", r.Origin, r.Version, fields.Stamp(r.Time))
		if !r.Next.IsZero() {
			fmt.Fprintf(&b, "next %s\n", fields.Stamp(r.Next))
		}
	}
	fmt.Fprintf(&b, "files %d\nbytes %d\nroot %v %d\n", h.Files, h.Bytes, h.Root, h.RootSize)
	if !h.Signed() {
		b.WriteString("unsigned\n")
		return b.String()
	}
	fmt.Fprintf(&b, "keys %d %v\n", r.Keys, r.KeysSum)
	if r.Version > 1 {
		fmt.Fprintf(&b, "prev %v\n", r.Prev)
	}
	if r.DeltaFrom > 0 {
		fmt.Fprintf(&b, "delta %d %v %d\n", r.DeltaFrom, r.DeltaSum, r.DeltaBytes)
	}
	return b.String()
}

// Sum is the digest of the text of h, by which the next head names it.
func (h Head) Sum() digest.Sum { return digest.Plain([]byte(h.String())) }

// SameList tells whether h and o are of the same files.
func (h Head) SameList(o Head) bool {
	return h.Files == o.Files && h.Bytes == o.Bytes && h.Root == o.Root && h.RootSize == o.RootSize
}

// Text returns the text in the file of a head or another note: all of it when
// there are no signatures.
func Text(file []byte) []byte {
	if text, _, found := bytes.Cut(file, []byte("\n\n")); found {
		return file[:len(text)+1]
	}
	return file
}

// ParseHead reads the file of a head. It believes what the file says: whether
// the signatures are good is for package trust to find out.
func ParseHead(file []byte) (Head, error) {
	if len(file) > MaxHead {
		return Head{}, fmt.Errorf("it is longer than %d bytes", MaxHead)
	}
	text := Text(file)
	format, _, _ := strings.Cut(string(text), "\n")
	if !strings.HasPrefix(format, headFormat) {
		return Head{}, errors.New("it is not the head of a manifest")
	}
	if format != headFormat+"1" {
		return Head{}, fmt.Errorf("it is of format %.40q, which a later backfile reads", format)
	}
	h, err := parseHead(fields.New(string(text)))
	// Numbers, digests and dates can be written in several ways, and only one
	// is right. An unsigned head has no signatures.
	if err != nil || h.String() != string(text) || !h.Signed() && len(text) != len(file) {
		return Head{}, errors.New("it is damaged")
	}
	return h, nil
}

// parseHead takes the lines that are there; what is missing or out of order
// shows when the head is written again.
func parseHead(f *fields.Reader) (h Head, err error) {
	f.Skip()
	if h.Origin = f.Word("origin"); h.Origin != "" {
		h.Version = int(f.Int("version", maxVersion))
		h.Time = f.Time("time")
		h.Next = f.Time("next")
	}
	h.Files = int(f.Int("files", maxFiles))
	h.Bytes = f.Int("bytes", maxBytes)
	root := f.Words("root", 2)
	h.Root, h.RootSize = f.Sum(root, 0), f.Number(root, 1, maxBytes)
	if h.Origin == "" {
		f.Skip() // "unsigned"
		return h, f.Err()
	}
	keys := f.Words("keys", 2)
	h.Keys, h.KeysSum = int(f.Number(keys, 0, MaxStatements)), f.Sum(keys, 1)
	if prev := f.Words("prev", 1); prev != nil {
		h.Prev = f.Sum(prev, 0)
	}
	if delta := f.Words("delta", 3); delta != nil {
		h.DeltaFrom, h.DeltaSum, h.DeltaBytes = int(f.Number(delta, 0, maxVersion)), f.Sum(delta, 1), f.Number(delta, 2, maxBytes)
	}
	if h.Version == 0 || h.Keys == 0 || !ValidOrigin(h.Origin) || h.DeltaFrom >= h.Version {
		return h, errors.New("out of range")
	}
	return h, f.Err()
}

// MaxStatements is how many key statements an archive can have.
const MaxStatements = 1000

// ValidOrigin tells whether an archive can have this name: letters, digits and
// a few signs, so that it can stand in a key's name, in a line and in a path.
func ValidOrigin(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '/' && i > 0) {
			return false
		}
	}
	return name != "" && len(name) <= 200
}
