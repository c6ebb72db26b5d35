package zim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Offsets in the header of a ZIM (openzim.org, ZIM file format).
const (
	entryCountAt    = 24
	clusterCountAt  = 28
	pathPointersAt  = 32
	titlePointersAt = 40
	clustersAt      = 48
)

const (
	zstdCluster = 5         // lower half of a cluster's first byte: how it is compressed
	redirect    = 1<<16 - 3 // mimetype of an entry from which on there is no content
	maxCluster  = 64 << 20
)

var errForm = errors.New(Program + " made a ZIM of a form that is not known")

// redate writes day in the place of the day on which zimwriterfs ran, which is
// the metadata entry Date. That lies compressed among others, so what follows
// it in the file moves, and all places in the file that are behind it change.
func redate(b []byte, day time.Time) ([]byte, error) {
	if len(b) < headerSize {
		return nil, errForm
	}
	cluster, blob, err := dateEntry(b)
	if err != nil {
		return nil, err
	}
	clusters, err := pointers(b, clustersAt, clusterCountAt)
	if err != nil || int(cluster) >= len(clusters) {
		return nil, errForm
	}
	from, to := clusters[cluster], clusterEnd(b, clusters, clusters[cluster])
	if from >= to || to > uint64(len(b)) || b[from]&0x0f != zstdCluster || b[from]&0x10 != 0 {
		return nil, errForm
	}
	packed, err := redateCluster(b[from+1:to], blob, day)
	if err != nil {
		return nil, err
	}
	out := append(append(append(make([]byte, 0, len(b)+len(packed)), b[:from+1]...), packed...), b[to:]...)
	move(out, to, uint64(len(packed))+1-(to-from)) // may wrap round, as it is added modulo 2^64
	return out, nil
}

// pointers returns a table of places in the file.
func pointers(b []byte, at, count int) ([]uint64, error) {
	start, n := binary.LittleEndian.Uint64(b[at:]), uint64(binary.LittleEndian.Uint32(b[count:]))
	if start > uint64(len(b)) || n > (uint64(len(b))-start)/8 {
		return nil, errForm
	}
	list := make([]uint64, n)
	for i := range list {
		list[i] = binary.LittleEndian.Uint64(b[start+8*uint64(i):])
	}
	return list, nil
}

// dateEntry finds the entry Date of the metadata.
func dateEntry(b []byte) (cluster, blob uint32, err error) {
	entries, err := pointers(b, pathPointersAt, entryCountAt)
	if err != nil {
		return 0, 0, err
	}
	for _, at := range entries {
		if at > uint64(len(b)) || uint64(len(b))-at < 22 {
			return 0, 0, errForm
		}
		e := b[at:]
		if binary.LittleEndian.Uint16(e) < redirect && e[3] == 'M' && bytes.HasPrefix(e[16:], []byte("Date\x00")) {
			return binary.LittleEndian.Uint32(e[8:]), binary.LittleEndian.Uint32(e[12:]), nil
		}
	}
	return 0, 0, errForm
}

// clusterEnd is where the next thing in the file begins.
func clusterEnd(b []byte, clusters []uint64, from uint64) uint64 {
	end := binary.LittleEndian.Uint64(b[checksumAt:])
	places := append([]uint64(nil), clusters...)
	for _, at := range []int{pathPointersAt, titlePointersAt, clustersAt} {
		places = append(places, binary.LittleEndian.Uint64(b[at:]))
	}
	if entries, err := pointers(b, pathPointersAt, entryCountAt); err == nil {
		places = append(places, entries...)
	}
	for _, p := range places {
		if p > from && p < end {
			end = p
		}
	}
	return end
}

// redateCluster replaces the date in a compressed cluster.
func redateCluster(packed []byte, blob uint32, day time.Time) ([]byte, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxCluster))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	text, err := d.DecodeAll(packed, nil)
	if err != nil {
		return nil, err
	}
	at := uint64(blob) * 4
	if at+8 > uint64(len(text)) {
		return nil, errForm
	}
	from, to := binary.LittleEndian.Uint32(text[at:]), binary.LittleEndian.Uint32(text[at+4:])
	date := day.Format(time.DateOnly)
	if from > to || uint64(to) > uint64(len(text)) || int(to-from) != len(date) {
		return nil, errForm
	}
	copy(text[from:to], date)
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return e.EncodeAll(text, nil), e.Close()
}

// move adds by to every place in the file that is from or behind it.
func move(b []byte, from, by uint64) {
	shift := func(at uint64) {
		if p := binary.LittleEndian.Uint64(b[at:]); p >= from && p != 1<<64-1 {
			binary.LittleEndian.PutUint64(b[at:], p+by)
		}
	}
	for _, at := range []uint64{pathPointersAt, titlePointersAt, clustersAt, checksumAt} {
		shift(at)
	}
	for _, table := range [][2]int{{pathPointersAt, entryCountAt}, {clustersAt, clusterCountAt}} {
		start := binary.LittleEndian.Uint64(b[table[0]:])
		for i := range uint64(binary.LittleEndian.Uint32(b[table[1]:])) {
			shift(start + 8*i)
		}
	}
}
