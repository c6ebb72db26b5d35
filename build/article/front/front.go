// Package front reads front matter: it finds it at the beginning of a file
// and makes nodes with places of it, whether it is written in YAML, TOML, JSON
// or as Pelican's lines.
//
//	---
//	title: "The river is back in its bed"
//	topics: [flood]
//	---
//	The water fell by forty centimetres overnight.
//
// Every value keeps its text as it is written: 0123 stays 0123, no stays no,
// a date stays a text. What keys mean is for the caller to say.
package front

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A format is how front matter is written.
type format uint8

const (
	noFormat format = iota
	yamlFormat
	tomlFormat
	jsonFormat
	linesFormat // Pelican: "Title: …" lines up to the first empty one
)

// A Block is where a file's front matter stands, in its text.
type Block struct {
	format format
	From   int    // where the front matter begins, after its delimiter
	To     int    // where it ends, before its delimiter
	Body   int    // where the rest of the text begins
	Broken string // what is wrong with the delimiters, or ""
	Help   string // what to do about that
}

// Found reports whether there is front matter that can be read.
func (b Block) Found() bool { return b.format != noFormat }

// Text returns the text of a file: without a byte order mark, its lines
// ended by \n alone. It copies only when it must.
func Text(src []byte) []byte {
	return Lines(bytes.TrimPrefix(src, []byte("\ufeff")))
}

// Lines returns a text with its lines ended by \n alone.
func Lines(text []byte) []byte {
	if bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
}

// fences are the lines that front matter may begin with, and the lines that
// end it.
var fences = []struct {
	open   string
	close  [2]string
	format format
}{
	{"---", [2]string{"---", "..."}, yamlFormat},
	{"---yaml", [2]string{"---", "..."}, yamlFormat},
	{"+++", [2]string{"+++"}, tomlFormat},
	{"---toml", [2]string{"---"}, tomlFormat},
	{"---json", [2]string{"---"}, jsonFormat},
	{";;;", [2]string{";;;"}, jsonFormat},
}

// Cut finds the front matter of a text. It does so itself, and not by
// adrg/frontmatter, because it must tell what that cannot: a delimiter from an
// indented line of dashes, front matter from a text that opens with a
// thematic break, and front matter that is never closed from none.
func Cut(text []byte) Block {
	start := Blank(text)
	open, next := Line(text, start)
	if len(open) > 0 && open[0] == '{' {
		return cutObject(text, start)
	}
	compact := strings.Replace(string(open), "--- ", "---", 1)
	for _, f := range fences {
		if compact != f.open {
			continue
		}
		for at := next; at < len(text); {
			l, after := Line(text, at)
			if string(l) == f.close[0] || len(l) > 0 && string(l) == f.close[1] {
				return f.format.checked(text, Block{format: f.format, From: next, To: at, Body: after})
			}
			at = after
		}
		return unclosed(text, next, f.format, string(open))
	}
	switch strings.ToLower(compact) {
	case "---js", "---javascript", "---coffee":
		return Block{Broken: "the front matter is a program, which is not run", Help: "write it as YAML between two lines ---"}
	}
	return cutLines(text, start)
}

// checked tells front matter in YAML from a text between thematic breaks:
// YAML has a key, or nothing but comments.
func (f format) checked(text []byte, b Block) Block {
	if f != yamlFormat || likeYAML(text[b.From:b.To], false) {
		return b
	}
	return Block{}
}

func unclosed(text []byte, from int, f format, open string) Block {
	if f == yamlFormat && !likeYAML(text[from:], true) {
		return Block{} // a thematic break
	}
	return Block{Broken: "the front matter that begins here is never closed", Help: "end it with a line " + strings.TrimRight(open, "abcdefghijklmnopqrstuvwxyz ")}
}

// likeYAML reports whether a line of head begins with a key, or no line says
// anything. With first set it looks at the first lines only, up to an empty one,
// and empty means no.
func likeYAML(head []byte, first bool) bool {
	empty := true
	for at := 0; at < len(head); {
		l, next := Line(head, at)
		l, at = bytes.TrimLeft(l, " "), next // some indent all keys
		switch {
		case len(l) == 0:
			if first && !empty {
				return false
			}
		case keyEnd(l) > 0, l[0] == '{' && !bytes.HasPrefix(l, []byte("{%")) && !bytes.HasPrefix(l, []byte("{{")):
			return true
		case l[0] != '#':
			empty = false
		}
	}
	return empty && !first
}

// keyEnd returns where the colon after a key stands: a word, or anything in
// quotes, at the very beginning of a line. 0 means there is none.
func keyEnd(l []byte) int {
	i := 0
	if len(l) > 0 && (l[0] == '"' || l[0] == '\'') {
		i = bytes.IndexByte(l[1:], l[0]) + 2
		if i < 2 {
			return 0
		}
	} else {
		i = bytes.IndexAny(l, ": \t")
	}
	if i < 1 || i >= len(l) || strings.IndexByte("-#[]>|", l[0]) >= 0 {
		return 0
	}
	colon := i + len(l[i:]) - len(bytes.TrimLeft(l[i:], " \t"))
	if colon >= len(l) || l[colon] != ':' {
		return 0
	}
	if colon+1 < len(l) && l[colon+1] != ' ' && l[colon+1] != '\t' {
		return 0
	}
	return colon
}

// cutObject finds front matter in JSON without delimiters. A text may begin
// with a brace too: a command of Liquid or Hugo, an attribute list.
func cutObject(text []byte, start int) Block {
	inside := bytes.TrimLeft(text[start+1:], " \t\n")
	if len(inside) == 0 || inside[0] != '"' && inside[0] != '}' {
		return Block{}
	}
	depth, quoted := 0, false
	for i := start; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			depth--
			if depth == 0 {
				rest := bytes.TrimLeft(text[i+1:], " \t")
				return Block{format: jsonFormat, From: start, To: i + 1, Body: len(text) - len(rest)}
			}
		}
	}
	return Block{Broken: "the front matter that begins here is never closed", Help: "a } or a quote is missing"}
}

// Line returns the line that begins at a place, without the space at its end,
// and where the next one begins.
func Line(text []byte, at int) (l []byte, next int) {
	next = len(text)
	if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
		next = at + n + 1
	}
	end := next
	for end > at && (text[end-1] == ' ' || text[end-1] == '\t' || text[end-1] == '\n') {
		end--
	}
	return text[at:end], next
}

// Blank returns where the first line begins that is not empty.
func Blank(text []byte) int {
	start := 0
	for i, c := range text {
		switch c {
		case '\n':
			start = i + 1
		case ' ', '\t':
		default:
			return start
		}
	}
	return len(text)
}

// Find turns a place in the front matter into a line and column of the text.
// YAML counts some invisible characters as line ends, which editors do not.
func (b Block) Find(text []byte, at Place) (line, col int) {
	if at.Line == 0 {
		at = Place{1, 1} // a TOML key in a spelling that tomlPlaces does not know
	}
	off := b.From
	for off < b.To && (at.Line > 1 || at.Col > 1) {
		r, n := utf8.DecodeRune(text[off:])
		switch {
		case r == '\n', b.format == yamlFormat && (r == '\u0085' || r == '\u2028' || r == '\u2029'):
			if at.Line == 1 {
				return LineCol(text, off) // a place behind the end of its line
			}
			at.Line--
		case at.Line == 1:
			at.Col--
		}
		off += n
	}
	return LineCol(text, off)
}

// LineCol returns the line and the letter, from 1, of a byte of a text.
func LineCol(text []byte, off int) (line, col int) {
	before := text[:off]
	start := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])
}
