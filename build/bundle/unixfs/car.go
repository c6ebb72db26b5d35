package unixfs

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"backfile/build/bundle"
)

// Is tells by its first bytes whether a file is a CAR of version 1.
func Is(begins []byte) bool { return bytes.Contains(begins, []byte("eroots")) }

// WriteCAR writes the blocks of src as a CAR of version 1: its header names
// the root, and each block comes once. Where the root is not known yet, it is
// computed first.
func WriteCAR(ctx context.Context, src *bundle.Source, to io.Writer, root CID) error {
	if _, err := to.Write(section(header(root))); err != nil {
		return err
	}
	seen := map[CID]bool{}
	_, err := Add(ctx, src, func(c CID, b []byte) error {
		if seen[c] {
			return nil
		}
		seen[c] = true
		if _, err := to.Write(binary.AppendUvarint(nil, uint64(len(c)+len(b)))); err != nil {
			return err
		}
		if _, err := to.Write(c[:]); err != nil {
			return err
		}
		_, err := to.Write(b)
		return err
	})
	return err
}

// header is {"roots": [root], "version": 1} in dag-cbor.
func header(root CID) []byte {
	b := []byte("\xa2\x65roots\x81\xd8\x2a\x58")
	b = append(b, byte(len(root)+1), 0) // a CID in CBOR has a zero before it
	b = append(b, root[:]...)
	return append(b, "\x67version\x01"...)
}

func section(b []byte) []byte { return append(binary.AppendUvarint(nil, uint64(len(b))), b...) }
