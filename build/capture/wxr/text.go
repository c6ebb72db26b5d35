package wxr

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// text hands an export to the XML decoder byte by byte, so that the decoder
// never reads ahead and reading can begin anew behind a broken place. What XML
// does not allow is mended on the way: bytes that are no UTF-8, control
// characters, ends of sections where none is open.
type text struct {
	src    *bufio.Reader
	back   []byte // to be read next, mended already
	line   int
	budget int  // bytes that may be read for one item
	ended  bool // the source has no more
	broken error
	inside bool // of a CDATA section
	tail   [2]byte
}

var declared = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w:.-]+)["']`)

// newText begins at the XML of an export: what stands before it is no part.
func newText(src io.Reader) *text {
	t := &text{src: bufio.NewReaderSize(src, 64<<10), line: 1, budget: maxPost}
	head, _ := t.src.Peek(64 << 10)
	at := bytes.Index(head, []byte("<?xml"))
	if at < 0 {
		at = bytes.Index(head, []byte("<rss"))
	}
	if at > 0 {
		t.line += bytes.Count(head[:at], []byte("\n"))
		t.src.Discard(at)
		head = head[at:]
	}
	if m := declared.FindSubmatch(head); m != nil {
		enc, name := charset.Lookup(strings.ToLower(string(m[1])))
		if enc != nil && enc != encoding.Nop && name != "utf-8" && !strings.HasPrefix(name, "utf-16") && !utf8.Valid(trimRune(head)) {
			t.src = bufio.NewReaderSize(transform.NewReader(t.src, enc.NewDecoder()), 64<<10)
		}
	}
	return t
}

// trimRune drops a letter at the end that was cut.
func trimRune(b []byte) []byte {
	for i := 0; i < utf8.UTFMax && len(b) > 0 && !utf8.Valid(b[max(0, len(b)-utf8.UTFMax):]); i++ {
		b = b[:len(b)-1]
	}
	return b
}

var errLong = fmt.Errorf("has more than %d MB, as no post has: is a section not closed?", maxPost>>20)

// Read is not what the decoder calls.
func (t *text) Read(p []byte) (int, error) {
	b, err := t.ReadByte()
	if err != nil || len(p) == 0 {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// ReadByte returns the next byte of text that XML allows.
func (t *text) ReadByte() (byte, error) {
	for len(t.back) == 0 {
		if err := t.letter(); err != nil {
			return 0, err
		}
	}
	b := t.back[0]
	t.back = t.back[1:]
	if b == '\n' {
		t.line++
	}
	if t.budget--; t.budget < 0 {
		return 0, errLong
	}
	return b, nil
}

// letter reads the next letter of the source.
func (t *text) letter() error {
	r, n, err := t.src.ReadRune()
	switch {
	case err != nil:
		t.ended = true
		if !errors.Is(err, io.EOF) {
			t.broken = err
		}
		return err
	case r == utf8.RuneError && n == 1:
		if t.src.UnreadRune() == nil {
			b, _ := t.src.ReadByte()
			r = charmap.Windows1252.DecodeByte(b)
		}
	case r < ' ' && r != '\n' && r != '\t' && r != '\r', r == 0xFFFE, r == 0xFFFF:
		return nil
	}
	switch {
	case r == '<' && !t.inside:
		if next, _ := t.src.Peek(8); string(next) == "![CDATA[" {
			t.inside = true
		}
	case r == '>' && t.tail == [2]byte{']', ']'}:
		if !t.inside {
			t.back = append(t.back, "&gt;"...)
			t.tail = [2]byte{}
			return nil
		}
		t.inside = false
	}
	t.tail[0], t.tail[1] = t.tail[1], byte(min(r, 0x7f))
	t.back = utf8.AppendRune(t.back, r)
	return nil
}

// seek goes on behind the next place where a tag stands.
func (t *text) seek(tag string) bool {
	t.back, t.inside = nil, false
	seen := make([]byte, 0, len(tag))
	for {
		b, err := t.src.ReadByte()
		if err != nil {
			t.ended = true
			return false
		}
		if b == '\n' {
			t.line++
		}
		if seen = append(seen, b); len(seen) > len(tag) {
			seen = seen[1:]
		}
		if string(seen) == tag {
			return true
		}
	}
}

// calm reports whether the source ended as files do, and not inside of a
// section.
func (t *text) calm() bool { return t.broken == nil && !t.inside }
