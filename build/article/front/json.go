package front

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readJSON reads a JSON object.
func readJSON(head []byte) (Node, error) {
	r := jsonReader{dec: json.NewDecoder(bytes.NewReader(head)), head: head, at: Place{1, 1}}
	r.dec.UseNumber()
	if len(bytes.TrimSpace(head)) == 0 {
		return Node{}, nil
	}
	n, err := r.value(0)
	if err == nil {
		if more := r.next(); r.off < len(head) {
			return n, &Error{more, "text after the end of the JSON object", ""}
		}
		return n, nil
	}
	switch e, ok := errors.AsType[*json.SyntaxError](err); {
	case ok:
		r.seek(int(e.Offset) - 1)
		return n, &Error{r.at, "JSON: " + e.Error(), ""}
	case err == io.EOF, err == io.ErrUnexpectedEOF:
		r.seek(len(head))
		return n, &Error{r.at, "JSON: the object ends too early", "a } or ] is missing"}
	}
	return n, err
}

// A jsonReader makes nodes of the tokens of a decoder, which tells only where
// the last token ended.
type jsonReader struct {
	dec  *json.Decoder
	head []byte
	at   Place // of the byte off
	off  int
}

// seek moves at to a byte further on.
func (r *jsonReader) seek(to int) {
	for to = min(to, len(r.head)); r.off < to; r.off++ {
		switch c := r.head[r.off]; {
		case c == '\n':
			r.at = Place{r.at.Line + 1, 1}
		case c < 0x80 || c >= 0xc0: // not inside a letter
			r.at.Col++
		}
	}
}

// next is where the next token begins.
func (r *jsonReader) next() Place {
	off := int(r.dec.InputOffset())
	for off < len(r.head) && strings.IndexByte(" \t\n,:", r.head[off]) >= 0 {
		off++
	}
	r.seek(off)
	return r.at
}

func (r *jsonReader) value(depth int) (n Node, err error) {
	n.At = r.next()
	if depth > maxDepth {
		return n, &Error{n.At, "a list or table inside too many others", ""}
	}
	token, err := r.dec.Token()
	if err != nil {
		return n, err
	}
	switch t := token.(type) {
	case json.Delim:
		return r.inside(n.At, t, depth)
	case string:
		n.Kind, n.Text = Scalar, t
	case json.Number, bool:
		n.Kind, n.Text, n.Plain = Scalar, fmt.Sprint(t), true
	}
	return n, nil
}

// inside reads the items of a list or the fields of a table, to their end.
func (r *jsonReader) inside(at Place, open json.Delim, depth int) (n Node, err error) {
	n.At, n.Kind = at, List
	if open == '{' {
		n.Kind = Table
	}
	for r.dec.More() {
		f := Field{At: r.next()}
		if n.Kind == Table {
			key, err := r.dec.Token()
			if err != nil {
				return n, err
			}
			f.Key, _ = key.(string)
		}
		if f.Value, err = r.value(depth + 1); err != nil {
			return n, err
		}
		if n.Kind == List {
			n.Items = append(n.Items, f.Value)
			continue
		}
		n.Fields = append(n.Fields, f)
	}
	_, err = r.dec.Token()
	return n, err
}
