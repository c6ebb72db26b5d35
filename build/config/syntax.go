package config

import (
	"bufio"
	"bytes"
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"
)

// slips are the commonest mistakes in YAML: what the library says of them, and
// what a person should be told.
var slips = []struct {
	says      string // the message, or the end of it
	context   string // and what it was reading, when that matters
	atContext bool   // the place to show is where that began
	msg, help string
}{
	{"did not find expected ',' or ']'", "", true, "this list is not closed", "add the missing ] or comma"},
	{"did not find expected ',' or '}'", "", true, "this mapping is not closed", "add the missing } or comma"},
	{"found unexpected end of stream", "while scanning a quoted scalar", true, "this quote is not closed", "add the missing quote"},
	{"mapping values are not allowed in this context", "", false, "a second colon cannot stand here", "put the value in quotes if the colon belongs to it"},
	{"could not find expected ':'", "", true, "this line has no colon", `write "key: value"`},
	{"did not find expected key", "", false, "this line does not begin where its neighbours do", "put the same number of spaces before lines that belong together"},
	{"found a tab character that violates indentation", "", false, "a tab stands before the key", "use spaces"},
	{"found unknown escape character", "", false, "an unknown escape stands in a text in double quotes", `write \\ for a backslash, or use single quotes`},
	{"did not find expected alphabetic or numeric character", "while scanning an alias", true, "a value cannot begin with *", "put the value in quotes"},
	{"did not find expected alphabetic or numeric character", "while scanning an anchor", true, "a value cannot begin with &", "put the value in quotes"},
	{"block sequence entries are not allowed in this context", "", false, "a list cannot begin here", "put each item on a line of its own, below its key"},
	{"found incompatible YAML document", "", false, "this version of YAML is not known", "remove the line"},
}

// syntax tells of a mistake in the YAML itself, in a person's words.
func (p *parser) syntax(err error) {
	e, ok := errors.AsType[*yaml.LoadError](err)
	if !ok {
		p.at(0, 0, "", "is not YAML: %v", err)
		return
	}
	mark := e.Mark
	if mark.Line == 0 {
		mark = e.ContextMark
	}
	if p.letter(mark.Line, mark.Column) == '\t' {
		p.at(mark.Line, mark.Column, "use spaces", "a tab stands where only spaces can")
		return
	}
	if strings.HasPrefix(e.Message, "unknown anchor") {
		p.at(mark.Line, mark.Column, "put the value in quotes if the * belongs to it", "aliases (*) are not used here")
		return
	}
	if e.Message == "found character that cannot start any token" {
		p.at(mark.Line, mark.Column, "put the value in quotes", "a value cannot begin with %c", p.letter(mark.Line, mark.Column))
		return
	}
	if p.strayLine(e.Message, mark) {
		return
	}
	for _, s := range slips {
		if !strings.HasSuffix(e.Message, s.says) || !strings.HasSuffix(e.ContextMsg, s.context) {
			continue
		}
		if s.atContext && e.ContextMark.Line > 0 {
			mark = e.ContextMark
		}
		p.at(mark.Line, mark.Column, s.help, "%s", s.msg)
		return
	}
	p.at(mark.Line, mark.Column, "", "is not YAML: %s", e.Message)
}

// strayLine tells of two slips whose message depends on what stands before
// the place in its line.
func (p *parser) strayLine(says string, mark yaml.Mark) bool {
	before, _ := p.split(mark.Line, mark.Column)
	before = strings.TrimSpace(before)
	switch {
	case strings.HasPrefix(says, "mapping values are not allowed") && !strings.Contains(before, ":"):
		p.at(mark.Line, mark.Column, "it must begin right below its neighbours, and the line before needs a colon too", "this key cannot stand here")
	case says == "did not find expected key" && before != "":
		p.at(mark.Line, mark.Column, "put all of the value in quotes", "the value has ended before this")
	default:
		return false
	}
	return true
}

// letter returns the letter at a place, or a space when there is none.
func (p *parser) letter(line, col int) rune {
	if _, after := p.split(line, col); after != "" {
		return []rune(after)[0]
	}
	return ' '
}

// split returns what stands in a line before a column and from there on.
func (p *parser) split(line, col int) (before, after string) {
	lines := bufio.NewScanner(bytes.NewReader(p.src))
	lines.Buffer(nil, maxSize+1)
	for n := 1; lines.Scan(); n++ {
		if n == line {
			runes := []rune(lines.Text())
			col = min(max(col-1, 0), len(runes))
			return string(runes[:col]), string(runes[col:])
		}
	}
	return "", ""
}
