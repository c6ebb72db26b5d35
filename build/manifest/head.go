package manifest

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"backfile/build/internal/digest"
)

// Where the manifest stands below public/.
const (
	Dir        = "mirror/"
	HeadPath   = Dir + "head"
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
//	files 119998
//	bytes 934123123
//	root <sha256> <size of the root's text>
//	unsigned
type Head struct {
	Files    int
	Bytes    int64 // of all files together
	Root     digest.Sum
	RootSize int64
}

const (
	headFormat = "backfile-manifest/"
	headLines  = headFormat + "1\nfiles %d\nbytes %d\nroot %x %d\nunsigned\n"
	maxHead    = 16 << 10
)

// String returns the bytes of HeadPath.
func (h Head) String() string {
	return fmt.Sprintf(headLines, h.Files, h.Bytes, h.Root[:], h.RootSize)
}

// ParseHead reads what String wrote.
func ParseHead(text []byte) (Head, error) {
	var h Head
	var root []byte
	format, _, _ := strings.Cut(string(text[:min(len(text), maxHead)]), "\n")
	if !strings.HasPrefix(format, headFormat) {
		return h, errors.New("it is not the head of a manifest")
	}
	if format != headFormat+"1" {
		return h, fmt.Errorf("it is of format %.40q, which a later backfile reads", format)
	}
	_, err := fmt.Sscanf(string(text), headLines, &h.Files, &h.Bytes, &root, &h.RootSize)
	copy(h.Root[:], root)
	// Numbers and digests can be written in several ways, and only one is right.
	if err != nil || h.String() != string(text) || h.Files < 0 || h.Bytes < 0 || h.RootSize < 0 {
		return Head{}, errors.New("it is damaged")
	}
	return h, nil
}
