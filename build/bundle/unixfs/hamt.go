package unixfs

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"backfile/build/publish/release"
)

type file = release.File

// folderLinks is a folder whose files are being added.
type folderLinks struct {
	name, prefix string
	links        []link
}

const (
	width      = 256  // of a HAMT's nodes: one byte of the hash a level
	hashMurmur = 0x22 // murmur3-x64-64 in the table of multihashes
)

// hamt makes the blocks of a large folder: a tree in which a name is found by
// the bytes of its hash.
func (a *adder) hamt(links []link) (link, error) {
	hashed := make([]hashedLink, len(links))
	for i, l := range links {
		hashed[i].link = l
		binary.BigEndian.PutUint64(hashed[i].hash[:], murmur3([]byte(l.name)))
	}
	return a.shard(hashed, 0)
}

type hashedLink struct {
	link
	hash [8]byte
}

// shard makes the node of links whose hashes are the same before level.
func (a *adder) shard(links []hashedLink, level int) (link, error) {
	if level == 8 {
		return link{}, fmt.Errorf("%q and %q have the same hash, which a folder of IPFS cannot hold", links[0].name, links[1].name)
	}
	var slots [width][]hashedLink
	for _, l := range links {
		slots[l.hash[level]] = append(slots[l.hash[level]], l)
	}
	var field256 [width / 8]byte // bit 0 is the lowest of the last byte
	var out []link
	for i, slot := range slots {
		if len(slot) == 0 {
			continue
		}
		field256[len(field256)-1-i/8] |= 1 << (i % 8)
		l := slot[0].link
		if len(slot) > 1 {
			var err error
			if l, err = a.shard(slot, level+1); err != nil {
				return l, err
			}
		}
		l.name = fmt.Sprintf("%02X", i) + l.name
		out = append(out, l)
	}
	data := field(nil, 1, typeHAMT)
	used := field256[:]
	for len(used) > 0 && used[0] == 0 {
		used = used[1:] // as a large number is written
	}
	data = bytesField(data, 2, used)
	data = field(data, 5, hashMurmur)
	data = field(data, 6, width)
	return a.node(data, out, 0)
}

// murmur3 returns the first half of MurmurHash3 x64 128 with seed 0.
func murmur3(b []byte) uint64 {
	const c1, c2 = 0x87c37b91114253d5, 0x4cf5ad432745937f
	n := uint64(len(b))
	var h1, h2 uint64
	mix1 := func(k uint64) { h1 ^= bits.RotateLeft64(k*c1, 31) * c2 }
	mix2 := func(k uint64) { h2 ^= bits.RotateLeft64(k*c2, 33) * c1 }
	for ; len(b) >= 16; b = b[16:] {
		mix1(binary.LittleEndian.Uint64(b))
		h1 = (bits.RotateLeft64(h1, 27)+h2)*5 + 0x52dce729
		mix2(binary.LittleEndian.Uint64(b[8:]))
		h2 = (bits.RotateLeft64(h2, 31)+h1)*5 + 0x38495ab5
	}
	var tail [16]byte
	copy(tail[:], b)
	if len(b) > 8 {
		mix2(binary.LittleEndian.Uint64(tail[8:]))
	}
	if len(b) > 0 {
		mix1(binary.LittleEndian.Uint64(tail[:]))
	}
	h1 ^= n
	h2 ^= n
	h1 += h2
	h2 += h1
	return final(h1) + final(h2)
}

func final(k uint64) uint64 {
	k ^= k >> 33
	k *= 0xff51afd7ed558ccd
	k ^= k >> 33
	k *= 0xc4ceb9fe1a85ec53
	return k ^ k>>33
}
