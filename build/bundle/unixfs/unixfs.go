// Package unixfs computes the IPFS address (root CID) of public/ without a
// daemon, and writes all blocks as a CAR.
//
// The blocks are those of
//
//	ipfs add -r -H --cid-version=1 --chunker=size-262144 public
//
// with kubo's old limits: files in pieces of 256 KiB as raw leaves, a balanced
// tree of at most 174 links a node, and folders that are larger than 256 KiB as
// a HAMT of width 256. CIDs are of version 1, SHA-256. Times and modes are not
// part of them.
//
// The two formats, dag-pb and UnixFS, are a few protobuf fields each; they are
// written here by hand, in the one order that dag-pb allows.
package unixfs

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"slices"
	"strings"

	"backfile/build/bundle"
)

const (
	chunk    = 256 << 10
	fanout   = 174
	maxPlain = 256 << 10 // bytes of names and CIDs that a folder's block may have

	codecRaw   = 0x55
	codecDagPB = 0x70
)

// A CID is the binary form of a CID of version 1.
type CID [4 + sha256.Size]byte

// String writes c in base32, as kubo does.
func (c CID) String() string {
	return "b" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(c[:]))
}

func cidOf(codec byte, block []byte) (c CID) {
	sum := sha256.Sum256(block)
	copy(c[:], []byte{1, codec, 0x12, sha256.Size})
	copy(c[4:], sum[:])
	return c
}

// A link leads to a block.
type link struct {
	name string
	cid  CID
	tree uint64 // bytes of the block and all below it
	size uint64 // of the file's bytes below it; of a folder 0
}

// An adder makes blocks.
type adder struct {
	put func(CID, []byte) error // may be nil
	n   int
}

// block makes a block and the link to it.
func (a *adder) block(codec byte, b []byte, below, size uint64) (link, error) {
	c := cidOf(codec, b)
	a.n++
	var err error
	if a.put != nil {
		err = a.put(c, b)
	}
	return link{cid: c, tree: below + uint64(len(b)), size: size}, err
}

// Kinds of UnixFS nodes.
const (
	typeDirectory = 1
	typeFile      = 2
	typeHAMT      = 5
)

// file makes the blocks of a file.
func (a *adder) file(b []byte) (link, error) {
	var level []link
	for rest := b; len(rest) > 0 || level == nil; {
		n := min(chunk, len(rest))
		l, err := a.block(codecRaw, rest[:n], 0, uint64(n))
		if err != nil {
			return l, err
		}
		level, rest = append(level, l), rest[n:]
	}
	for len(level) > 1 {
		var above []link
		for some := range slices.Chunk(level, fanout) {
			l, err := a.inner(some)
			if err != nil {
				return l, err
			}
			above = append(above, l)
		}
		level = above
	}
	return level[0], nil
}

// inner makes a node above parts of a file.
func (a *adder) inner(parts []link) (link, error) {
	size := uint64(0)
	for _, p := range parts {
		size += p.size
	}
	data := field(nil, 1, typeFile)
	data = field(data, 3, size)
	for _, p := range parts {
		data = field(data, 4, p.size)
	}
	return a.node(data, parts, size)
}

// node makes a dag-pb block of links and UnixFS data.
func (a *adder) node(data []byte, links []link, size uint64) (link, error) {
	var b []byte
	below := uint64(0)
	for _, l := range links {
		pb := bytesField(nil, 1, l.cid[:])
		pb = bytesField(pb, 2, []byte(l.name))
		pb = field(pb, 3, l.tree)
		b = bytesField(b, 2, pb)
		below += l.tree
	}
	return a.block(codecDagPB, bytesField(b, 1, data), below, size)
}

// folder makes the blocks of a folder.
func (a *adder) folder(links []link) (link, error) {
	slices.SortFunc(links, func(a, b link) int { return strings.Compare(a.name, b.name) })
	estimate := 0
	for _, l := range links {
		estimate += len(l.name) + len(l.cid)
	}
	if estimate > maxPlain {
		return a.hamt(links)
	}
	return a.node(field(nil, 1, typeDirectory), links, 0)
}

// field appends a number to a protobuf message.
func field(b []byte, n int, v uint64) []byte {
	return binary.AppendUvarint(append(b, byte(n<<3)), v)
}

// bytesField appends bytes to a protobuf message.
func bytesField(b []byte, n int, v []byte) []byte {
	return append(binary.AppendUvarint(append(b, byte(n<<3|2)), uint64(len(v))), v...)
}

// A Root is the address of a whole folder.
type Root struct {
	CID    CID
	Blocks int // with those that come more than once
	Size   uint64
}

// Add computes the root of all files of src. put, when set, is given every
// block, those below before those above; one that comes twice is given twice.
func Add(ctx context.Context, src *bundle.Source, put func(CID, []byte) error) (Root, error) {
	a := &adder{put: put}
	open := []folderLinks{{}}
	// close finishes folders until path lies in the last one.
	closeTo := func(path string) error {
		for last := len(open) - 1; !strings.HasPrefix(path, open[last].prefix); last-- {
			l, err := a.folder(open[last].links)
			if err != nil {
				return err
			}
			l.name = open[last].name
			open = open[:last]
			open[last-1].links = append(open[last-1].links, l)
		}
		return nil
	}
	// The order of paths is not that of folders ("a-b" stands between "a" and
	// "a/b"): slashes must come first.
	files := slices.Clone(src.Files)
	slices.SortFunc(files, func(x, y file) int {
		return slices.Compare(strings.Split(x.Path, "/"), strings.Split(y.Path, "/"))
	})
	for _, f := range files {
		if ctx.Err() != nil {
			return Root{}, context.Cause(ctx)
		}
		if err := closeTo(f.Path); err != nil {
			return Root{}, err
		}
		for last := len(open) - 1; ; last++ {
			name, _, below := strings.Cut(f.Path[len(open[last].prefix):], "/")
			if !below {
				break
			}
			open = append(open, folderLinks{name: name, prefix: open[last].prefix + name + "/"})
		}
		b, err := src.Read(f)
		if err != nil {
			return Root{}, err
		}
		l, err := a.file(b)
		if err != nil {
			return Root{}, err
		}
		last := &open[len(open)-1]
		l.name = f.Path[len(last.prefix):]
		last.links = append(last.links, l)
	}
	for len(open) > 1 {
		if err := closeTo(open[len(open)-2].prefix); err != nil {
			return Root{}, err
		}
	}
	l, err := a.folder(open[0].links)
	return Root{l.cid, a.n, l.tree}, err
}
