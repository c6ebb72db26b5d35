package capture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"backfile/build/capture/form"
	"backfile/build/capture/table"
	"backfile/build/internal/diag"
)

func (r *reader) newLines(in *input) *lines {
	return &lines{name: in.name, r: in.src, keys: keysOf(r.Map)}
}

// lines reads JSON lines.
func (r *reader) lines(in input) bool {
	first := true
	for c, err := range readLines(r.newLines(&in)) {
		if first && err != nil && in.met && !isLines(in.unpackedName()) {
			return r.skip(in.name, otherJSON)
		}
		first = false
		if !r.yield(c, err) {
			return false
		}
	}
	return true
}

// otherJSON is why a file is passed over that is met in a folder, such as the
// settings of a program.
const otherJSON = "is JSON that holds no articles"

// isLines reports whether a name says that a file is JSON lines.
func isLines(name string) bool {
	ending := strings.ToLower(path.Ext(name))
	return ending == ".jsonl" || ending == ".ndjson"
}

// rows reads a table.
func (r *reader) rows(in input, head []byte) bool {
	l := r.newLines(&in)
	l.cells = true
	var src io.Reader = in.src
	if invalid(trimRune(head)) >= 0 || form.UTF16(head) { // of old spreadsheets: read whole, to tell its letters
		raw, err := io.ReadAll(io.LimitReader(in.src, maxFile+1))
		if err != nil || len(raw) > maxFile {
			return r.refuse(in.name, fmt.Sprintf("is not UTF-8, and has more than %d MB", maxFile>>20), "convert the file with iconv")
		}
		c := Capture{Name: in.name, Raw: raw}
		if err := c.decode(""); err != nil {
			return r.yield(Capture{}, err)
		}
		src = bytes.NewReader([]byte(c.Text))
	}
	seen := false
	for row, err := range table.Read(src) {
		seen = true
		var more bool
		if f, ok := errors.AsType[*table.Fault](err); ok {
			more = r.problem(&in, f.Line, f.Msg)
		} else {
			l.n = row.Line
			more = r.yield(l.record(row.Object))
		}
		if !more {
			return false
		}
	}
	return seen || r.refuse(in.name, "has a first row and no others", "")
}

// trimRune drops a letter at the end that was cut.
func trimRune(b []byte) []byte {
	for i := 1; i <= min(3, len(b)); i++ {
		if c := b[len(b)-i]; c >= 0xC0 {
			return b[:len(b)-i]
		}
	}
	return b
}

// lists are the keys of an object that hold the records, when the object is
// none itself.
var lists = []string{"articles", "items", "posts", "records", "documents", "docs", "data", "results", "entries", "stories", "news", "rows", "hits"}

// values reads JSON that is not one object a line: lists of objects, objects
// that hold such a list, and objects over many lines, one after another. One
// record is in memory at a time.
func (r *reader) values(in input) bool {
	v := &stream{reader: r, met: in.met, lines: r.newLines(&in), src: &places{r: in.src, left: maxLine, line: 1}}
	v.dec = json.NewDecoder(v.src)
	for v.more() {
		if !v.value() {
			return false
		}
	}
	switch {
	case v.stopped:
		return false
	case v.other, v.seen == 0 && in.met:
		return r.skip(in.name, otherJSON)
	case v.broken:
		return true
	case v.seen == 0:
		return r.refuse(in.name, "holds no objects", `a list holds objects with the keys "title" and "text" or "html"`)
	}
	return true
}

// stream reads the values of a JSON text.
type stream struct {
	*reader
	*lines
	src     *places
	dec     *json.Decoder
	seen    int
	met     bool // in a folder, and nobody said that it holds records
	other   bool // it does not
	broken  bool
	stopped bool
}

// more reports whether another value follows, and says where it begins.
func (v *stream) more() bool {
	if v.broken || v.stopped {
		return false
	}
	v.src.left = maxLine
	more := v.dec.More()
	v.lines.n = v.src.at(v.dec.InputOffset())
	return more
}

// value reads one value at the top.
func (v *stream) value() bool {
	tok, err := v.dec.Token()
	if err != nil {
		return v.fault(err)
	}
	switch tok {
	case json.Delim('['):
		return v.list()
	case json.Delim('{'):
		return v.object()
	}
	v.fault(nil)
	return v.reader.yield(Capture{}, v.lines.problem(0, "is a single value, not a list of objects", ""))
}

// list reads the elements of a list.
func (v *stream) list() bool {
	for v.more() {
		var raw json.RawMessage
		if err := v.dec.Decode(&raw); err != nil {
			return v.fault(err)
		}
		v.seen++
		v.lines.n = v.src.at(v.dec.InputOffset() - int64(len(raw)))
		if !v.tell(raw) {
			return false
		}
	}
	if _, err := v.dec.Token(); err != nil && !v.broken {
		return v.fault(err)
	}
	return true
}

// tell hands out a record.
func (v *stream) tell(raw json.RawMessage) bool {
	var flat bytes.Buffer
	if json.Compact(&flat, raw) != nil {
		flat.Reset()
		flat.Write(raw)
	}
	c, err := v.lines.record(flat.Bytes())
	if err != nil && v.met && v.seen == 1 {
		v.other, v.broken = true, true
		return true
	}
	if !v.reader.yield(c, err) {
		v.stopped = true
		return false
	}
	return true
}

// object reads an object: a record, or one that holds a list of them.
func (v *stream) object() bool {
	line := v.lines.n
	parts := map[string]json.RawMessage{}
	for v.dec.More() {
		key, err := v.dec.Token()
		if err != nil {
			return v.fault(err)
		}
		name, _ := key.(string)
		if slices.Contains(lists, squashed(name)) && v.src.next(v.dec.Buffered()) == '[' {
			if _, err := v.dec.Token(); err != nil {
				return v.fault(err)
			}
			if !v.list() || v.broken {
				return !v.stopped
			}
			continue
		}
		var raw json.RawMessage
		if err := v.dec.Decode(&raw); err != nil {
			return v.fault(err)
		}
		parts[name] = raw
	}
	if _, err := v.dec.Token(); err != nil {
		return v.fault(err)
	}
	if v.seen > 0 && len(parts["title"]) == 0 && len(parts["text"]) == 0 {
		return true
	}
	v.seen++
	raw, err := json.Marshal(parts)
	if err != nil {
		return v.fault(err)
	}
	v.lines.n = line
	return v.tell(raw)
}

// fault tells where the text breaks. What is behind cannot be read.
func (v *stream) fault(err error) bool {
	v.broken = true
	if err == nil {
		return true
	}
	if v.met && v.seen == 0 {
		v.other = true
		return true
	}
	p := &diag.Problem{File: v.lines.name, Line: v.src.at(v.dec.InputOffset())}
	e, ok := errors.AsType[*json.SyntaxError](err)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		p.Line, p.Msg = v.src.last(), "the end is missing"
	case errors.Is(err, errLongValue):
		p.Msg = err.Error()
	case ok:
		p.Line, p.Msg = v.src.at(e.Offset-1), "is not JSON: "+e.Error()
	default:
		p.Msg = "breaks off here: " + reason(err)
	}
	p.Help = "the records before it were read"
	return v.reader.yield(Capture{}, p)
}

// places reads a text and remembers where its lines begin, as far ahead as the
// decoder reads.
type places struct {
	r    *bufio.Reader
	left int     // bytes that one value may still have
	off  int64   // bytes read
	line int     // of the first of ends
	ends []int64 // offsets of line ends that were not passed yet
}

var errLongValue = fmt.Errorf("one value has more than %d MB", maxLine>>20)

func (p *places) Read(b []byte) (int, error) {
	if p.left <= 0 {
		return 0, errLongValue
	}
	n, err := p.r.Read(b[:min(len(b), p.left)])
	p.left -= n
	for i, c := range b[:n] {
		if c == '\n' {
			p.ends = append(p.ends, p.off+int64(i))
		}
	}
	p.off += int64(n)
	return n, err
}

// at returns the line of an offset that no earlier one is asked for after.
func (p *places) at(offset int64) int {
	for len(p.ends) > 0 && p.ends[0] < offset {
		p.ends = p.ends[1:]
		p.line++
	}
	return p.line
}

// last returns the line of the end.
func (p *places) last() int { return p.line + len(p.ends) }

// next returns the first letter of a value, behind a colon and space.
func (p *places) next(buffered io.Reader) byte {
	head := make([]byte, 256)
	n, _ := io.ReadFull(buffered, head)
	head = bytes.TrimLeft(head[:n], ": \t\r\n")
	if len(head) == 0 {
		more, _ := p.r.Peek(64)
		head = bytes.TrimLeft(more, ": \t\r\n")
	}
	if len(head) == 0 {
		return 0
	}
	return head[0]
}
