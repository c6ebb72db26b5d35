package zim

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"errors"

	"backfile/build/bundle"
	"backfile/build/internal/digest"
)

const (
	uuidAt     = 8  // in the header
	checksumAt = 72 // in the header: where the checksum stands, which ends the file
	headerSize = 80
)

// glass begins a Xapian database, of which a ZIM has one or two: 14 letters,
// the version of the format, and its random identifier.
var glass = []byte("\x0f\x0dXapian Glass")

const glassVersion = 2

// settle replaces the random identifiers in a ZIM by ones that follow from the
// archive, and its checksum accordingly.
func settle(b []byte, src *bundle.Source) error {
	if len(b) < headerSize || !Is(b) {
		return errors.New(Program + " made something that is no ZIM")
	}
	end := binary.LittleEndian.Uint64(b[checksumAt:])
	if end < headerSize || end+md5.Size != uint64(len(b)) {
		return errors.New(Program + " made a ZIM of a form that is not known: its checksum does not end it")
	}
	h := digest.New()
	h.String("zim")
	h.String(src.Choice.Name())
	for _, f := range src.Files {
		h.String(f.Path)
		h.Add(f.Sum)
	}
	sum := h.Sum()
	copy(b[uuidAt:uuidAt+16], sum[:])
	for at := headerSize; ; {
		i := bytes.Index(b[at:end], glass)
		if i < 0 {
			break
		}
		at += i + len(glass) + glassVersion
		if at+16 > int(end) {
			break
		}
		copy(b[at:at+16], sum[16:])
	}
	check := md5.Sum(b[:end])
	copy(b[end:], check[:])
	return nil
}
