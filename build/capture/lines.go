package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"

	"backfile/build/internal/diag"
)

// ReadLines yields the captures in r, one JSON object a line, in order.
// It holds one capture in memory at a time. A line that cannot be read yields
// its problem, and reading goes on; input that breaks off yields what stood
// before the break, and then the place of it.
func ReadLines(name string, r io.Reader) iter.Seq2[Capture, error] {
	return readLines(&lines{name: name, r: bufio.NewReaderSize(r, 1<<16), keys: keysOf(nil)})
}

func readLines(l *lines) iter.Seq2[Capture, error] {
	return func(yield func(Capture, error) bool) {
		seen := false
		for {
			raw, err := l.next()
			if err != nil {
				if !yield(Capture{}, err) {
					return
				}
				seen = true
			}
			if l.end {
				break
			}
			if len(raw) == 0 {
				continue
			}
			if !seen && notLines(raw) {
				yield(Capture{}, l.problem(0, "is one JSON value over many lines, not an object a line", "jq -c '.[]?' turns a list into JSON lines"))
				return
			}
			seen = true
			c, err := l.record(raw)
			if !yield(c, err) {
				return
			}
		}
		if !seen {
			yield(Capture{}, &diag.Problem{File: l.name, Msg: "the file is empty"})
		}
	}
}

// lines cuts a stream into lines.
type lines struct {
	name string
	r    *bufio.Reader
	n    int // of the line that was read last, from 1
	end  bool
	keys keys

	cells bool // the records are rows of a table, whose values are all text
}

// next returns the next line without white space around it, in memory of its
// own. A line over the limit is read to its end and gives a problem.
func (l *lines) next() ([]byte, error) {
	var line []byte
	l.n++
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxLine; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			l.end = len(line) == 0 && !long || !errors.Is(err, io.EOF)
		}
		if l.end && !errors.Is(err, io.EOF) {
			return nil, l.problem(0, "breaks off here: "+reason(err), "the lines before it were read, and may be looked at")
		}
		break
	}
	if long {
		return nil, l.problem(0, fmt.Sprintf("the line has more than %d MB", maxLine>>20), "")
	}
	if l.n == 1 {
		line = bytes.TrimPrefix(line, []byte("\uFEFF"))
	}
	return bytes.TrimSpace(line), nil
}

// problem is one at the current line.
func (l *lines) problem(col int, msg, help string) *diag.Problem {
	return &diag.Problem{File: l.name, Line: l.n, Col: col, Msg: msg, Help: help}
}

// notLines reports whether the first line of a file shows that its objects are
// not one a line.
func notLines(raw []byte) bool {
	return raw[0] == '[' || string(raw) == "{"
}

// column turns an offset in bytes into a column in characters, from 1.
func column(line []byte, offset int) int {
	return utf8.RuneCount(line[:min(max(offset, 0), len(line))]) + 1
}
