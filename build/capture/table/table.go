// Package table reads CSV and TSV: a first row of names, then a row for every
// article.
//
//	title;date;text
//	The mill is kept;2023-12-31;"The council voted nine to four."
//
// What parts the columns (comma, semicolon, tab or bar) is told by the first
// row. A row may have less cells than names, and lines inside of quotes.
package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Row is one row as a JSON object of names and cells.
type Row struct {
	Line   int // at which it begins, from 1
	Object []byte
}

// A Fault is a row that cannot be read.
type Fault struct {
	Line int
	Msg  string
}

// Error returns what is wrong, without the place.
func (f *Fault) Error() string { return f.Msg }

const (
	maxColumns = 10_000   // spreadsheets end at 16,384, and no article has as many parts
	maxRow     = 16 << 20 // bytes of one row: a quote that is never closed runs on to the end
)

// naming are words that the first row of a table of articles has.
var naming = []string{"title", "headline", "text", "body", "content", "url", "link", "date", "published", "author"}

// Is reports whether a text without a telling name is a table of articles: its
// first row names two columns that articles have.
func Is(head []byte) bool {
	first, _, ok := bytes.Cut(head, []byte("\n"))
	if !ok || len(first) > 8<<10 {
		return false
	}
	comma := parts(first)
	known := 0
	for cell := range strings.SplitSeq(string(first), string(comma)) {
		if slices.Contains(naming, strings.ToLower(strings.Trim(strings.TrimSpace(cell), `"'`))) {
			known++
		}
	}
	return known >= 2
}

// parts tells what parts the cells of the first row.
func parts(first []byte) rune {
	best, most := ',', 0
	for _, c := range "\t;,|" {
		if n := bytes.Count(first, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// Read yields the rows behind the first one. Its source is UTF-8. An error is
// a *Fault, and reading goes on behind it when it can.
func Read(src io.Reader) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		b := bufio.NewReaderSize(src, 64<<10)
		if mark, _ := b.Peek(3); bytes.Equal(mark, []byte("\uFEFF")) {
			b.Discard(3)
		}
		head, _ := b.Peek(64 << 10)
		first, _, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
		t := &reader{bounds: &bounded{r: b}}
		t.csv = csv.NewReader(t.bounds)
		t.csv.Comma, t.csv.LazyQuotes, t.csv.FieldsPerRecord, t.csv.ReuseRecord = parts(first), true, -1, true
		names, err := t.names()
		if err != nil {
			yield(Row{}, err)
			return
		}
		for {
			row, err := t.row(names)
			if errors.Is(err, io.EOF) || !yield(row, err) || t.over {
				return
			}
		}
	}
}

type reader struct {
	csv    *csv.Reader
	bounds *bounded
	over   bool
}

// names reads the first row.
func (t *reader) names() ([]string, error) {
	t.bounds.left = maxRow
	row, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, &Fault{1, "the file is empty"}
	}
	if err != nil {
		return nil, &Fault{1, reason(err)}
	}
	if len(row) > maxColumns {
		return nil, &Fault{1, fmt.Sprintf("has %d columns, and at most %d are read", len(row), maxColumns)}
	}
	names := make([]string, len(row))
	for i, n := range row {
		names[i] = strings.TrimSpace(strings.ToValidUTF8(n, "\uFFFD"))
	}
	return names, nil
}

// row reads one row.
func (t *reader) row(names []string) (Row, error) {
	t.bounds.left = maxRow
	cells, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return Row{}, err
	}
	line := 0
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		t.over = true
		return Row{}, &Fault{e.StartLine, "cannot be read: " + e.Err.Error()}
	}
	if len(cells) > 0 {
		line, _ = t.csv.FieldPos(0)
	}
	if err != nil {
		t.over = true
		return Row{}, &Fault{line, reason(err)}
	}
	if len(cells) > maxColumns {
		return Row{}, &Fault{line, fmt.Sprintf("has %d columns, and at most %d are read", len(cells), maxColumns)}
	}
	return t.object(names, cells, line)
}

// object writes a row as JSON: with its names, in order, empty cells left out.
func (t *reader) object(names, cells []string, line int) (Row, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, cell := range cells {
		if i >= len(names) || names[i] == "" || strings.TrimSpace(cell) == "" {
			continue
		}
		if !utf8.ValidString(cell) {
			return Row{}, &Fault{line, fmt.Sprintf("the cell %q is not UTF-8", names[i])}
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(names[i]) // texts cannot fail
		text, _ := json.Marshal(cell)
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return Row{line, b.Bytes()}, nil
}

var errLong = fmt.Errorf("the row has more than %d MB: is a quote not closed?", maxRow>>20)

func reason(err error) string {
	if errors.Is(err, errLong) {
		return errLong.Error()
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "breaks off here: the end is missing"
	}
	return "breaks off here: " + err.Error()
}

// bounded ends a row that goes on for too long.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
