// Package unpack reads what is compressed, within bounds.
//
//	1f 8b          gzip, of one or many members
//	28 b5 2f fd    zstd
//	BZh            bzip2
//
// A few bytes can be made to unpack to more than any disk holds. So there is an
// end to what is read: past the first 64 MB, two hundred times what went in.
// Texts and crawls stay far below that.
package unpack

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A Form is a way to compress.
type Form string

// The forms. Xz and Lz4 are known and not read.
const (
	None  Form = ""
	Gzip  Form = "gzip"
	Zstd  Form = "zstd"
	Bzip2 Form = "bzip2"
	Xz    Form = "xz"
	Lz4   Form = "lz4"
)

// FormOf tells a form by the first bytes.
func FormOf(head []byte) Form {
	for _, m := range []struct {
		magic string
		form  Form
	}{{"\x1f\x8b", Gzip}, {"\x28\xb5\x2f\xfd", Zstd}, {"BZh", Bzip2}, {"\xfd7zXZ\x00", Xz}, {"\x04\x22\x4d\x18", Lz4}} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.form
		}
	}
	return None
}

const (
	freely   = 64 << 20 // bytes that may come out whatever went in
	mostGain = 200      // times as much as went in; crawls shrink to a tenth, lists to a thirtieth
)

// ErrBomb is what reading more than is allowed returns.
var ErrBomb = errors.New("unpacks to more than 200 times its size, as only a trap does")

// A Reader unpacks a stream.
type Reader struct {
	in     *counted
	out    io.Reader
	end    func()
	taken  int64 // bytes that came out
	member *members
}

// Open returns a Reader of what src holds in a form.
func Open(src io.Reader, f Form) (*Reader, error) {
	r := &Reader{in: &counted{r: bufio.NewReaderSize(src, 1<<16)}, end: func() {}}
	switch f {
	case Gzip:
		z, err := gzip.NewReader(r.in)
		if err != nil {
			return nil, err
		}
		r.member = &members{in: r.in, z: z}
		z.Multistream(false)
		r.out = r.member
	case Zstd:
		z, err := zstd.NewReader(r.in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, err
		}
		r.out, r.end = z, z.Close
	case Bzip2:
		r.out = bzip2.NewReader(r.in)
	default:
		return nil, fmt.Errorf("is compressed with %s, which is not read", f)
	}
	return r, nil
}

// Resume makes damage in one member of gzip end that member alone: reading
// goes on with the next one. Each damage is told.
func (r *Reader) Resume(damage func(at int64, err error)) {
	if r.member != nil {
		r.member.damage = damage
	}
}

// Read reads what is unpacked.
func (r *Reader) Read(p []byte) (int, error) {
	if r.taken > freely && r.taken/mostGain > r.in.n {
		return 0, ErrBomb
	}
	n, err := r.out.Read(p)
	r.taken += int64(n)
	return n, err
}

// Close lets go of what unpacking held. It does not close the source.
func (r *Reader) Close() error {
	r.end()
	return nil
}

// counted counts the bytes that are read, one by one where gzip wants that.
type counted struct {
	r *bufio.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counted) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// members reads one member of gzip after another.
type members struct {
	in     *counted
	z      *gzip.Reader
	damage func(at int64, err error)
	err    error
}

func (m *members) Read(p []byte) (int, error) {
	for m.err == nil {
		n, err := m.z.Read(p)
		if err == nil || n > 0 && errors.Is(err, io.EOF) {
			if err != nil {
				m.err = m.next()
			}
			return n, nil
		}
		if !errors.Is(err, io.EOF) {
			if m.damage == nil || errors.Is(err, io.ErrUnexpectedEOF) {
				m.err = err
				return n, err
			}
			m.damage(m.in.n, err)
			m.err = m.seek()
			if n > 0 {
				return n, nil
			}
			continue
		}
		m.err = m.next()
	}
	return 0, m.err
}

// next goes to the member that follows. Zeros behind the last one are what
// tapes and some disks fill up with.
func (m *members) next() error {
	head, err := m.in.r.Peek(2)
	if len(head) == 0 {
		return err
	}
	if !bytes.Equal(head, []byte("\x1f\x8b")) {
		if zeros(m.in.r) {
			return io.EOF
		}
		if m.damage == nil {
			return errors.New("has other bytes behind what is compressed")
		}
		m.damage(m.in.n, errors.New("has other bytes between two members"))
		return m.seek()
	}
	err = m.z.Reset(m.in)
	m.z.Multistream(false)
	if err != nil && m.damage != nil && !errors.Is(err, io.EOF) {
		m.damage(m.in.n, err)
		return m.seek()
	}
	return err
}

// seek looks for the beginning of a member.
func (m *members) seek() error {
	for {
		head, err := m.in.r.Peek(3)
		if err != nil {
			return io.EOF
		}
		if bytes.Equal(head, []byte("\x1f\x8b\x08")) {
			if err := m.z.Reset(m.in); err == nil {
				m.z.Multistream(false)
				return nil
			}
			continue
		}
		if _, err := m.in.ReadByte(); err != nil {
			return io.EOF
		}
	}
}

// zeros reports whether nothing but zeros is left.
func zeros(r *bufio.Reader) bool {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		if b != 0 {
			return false
		}
	}
}
