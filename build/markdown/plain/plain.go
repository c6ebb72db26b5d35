// Package plain reads the words of a Markdown text, without its markup.
//
// It does not parse the text as drawing it does: it goes over it once, in time
// that grows with its length alone whatever is in it, and is right wherever
// people write Markdown as they do.
package plain

import (
	"bytes"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A kind is what a block is.
type kind uint8

const (
	paragraph kind = iota
	heading
	item
	note
	table
	code
)

// A block is a paragraph or what stands in the place of one.
type block struct {
	kind  kind
	lines [][]byte // without the marks of quotes, lists and headings
}

// Text returns the words of a text, blocks being separated by an empty line.
// The words that describe a picture are among them.
func Text(body []byte) string {
	s := newStripper(body)
	s.dst = make([]byte, 0, len(body))
	for b := range blocks(body) {
		from := len(s.dst)
		if from > 0 {
			s.dst = append(s.dst, "\n\n"...)
		}
		start := len(s.dst)
		if b.kind == code {
			s.dst = append(s.dst, bytes.Join(b.lines, []byte{'\n'})...)
		} else {
			s.strip(b)
		}
		if len(s.dst) == start {
			s.dst = s.dst[:from]
		}
	}
	return string(s.dst)
}

// Excerpt returns the beginning of a text, at most limit letters: the first
// paragraphs, or when there are none, whatever there is. Where it is cut, it
// ends in "…", after a word, or after a letter in scripts without spaces.
func Excerpt(body []byte, limit int) string {
	if text := excerpt(body, limit, func(k kind) bool { return k == paragraph }); text != "" {
		return text
	}
	return excerpt(body, limit, func(k kind) bool { return k != code })
}

func excerpt(body []byte, limit int, wanted func(kind) bool) string {
	s := newStripper(body)
	s.dst, s.src, s.pictures = make([]byte, 0, 1024), make([]byte, 0, 1024), true
	for b := range blocks(body) {
		if !wanted(b.kind) {
			continue
		}
		from := len(s.dst)
		if from > 0 {
			s.dst = append(s.dst, ' ')
		}
		start := len(s.dst)
		if s.strip(b); len(s.dst) == start {
			s.dst = s.dst[:from]
		}
		// A letter has up to four bytes: most often this is enough to see
		// that the text is long enough.
		if len(s.dst) > 4*limit || len(s.dst) > limit && utf8.RuneCount(s.dst) > limit {
			break
		}
	}
	return cut(s.dst, limit)
}

// cut shortens text to limit letters.
func cut(text []byte, limit int) string {
	if utf8.RuneCount(text) <= limit {
		return string(text)
	}
	end := 0
	for range max(0, limit-1) {
		_, n := utf8.DecodeRune(text[end:])
		end += n
	}
	next, _ := utf8.DecodeRune(text[end:])
	if last, _ := utf8.DecodeLastRune(text[:end]); !unspaced(next) && !unspaced(last) && next != ' ' {
		if space := bytes.LastIndexByte(text[:end], ' '); space > end-40 && space > 0 {
			end = space
		}
	}
	for end > 0 { // never between a letter and its marks
		next, _ := utf8.DecodeRune(text[end:])
		last, n := utf8.DecodeLastRune(text[:end])
		if !unicode.Is(unicode.M, next) && next != joiner && last != joiner && !('เ' <= last && last <= 'ไ') && !flagHalf(text, end) {
			break
		}
		end -= n
	}
	return strings.TrimRight(string(text[:end]), " .,;:–—-(«“„‘\"'¿¡、，。；：（「《،؛") + "…"
}

// joiner binds two signs to one, as in most flags and families of emoji.
const joiner = '\u200d'

// flagHalf reports whether end stands within a flag, which is two letters.
func flagHalf(text []byte, end int) bool {
	regional := func(r rune) bool { return 0x1F1E6 <= r && r <= 0x1F1FF }
	next, _ := utf8.DecodeRune(text[end:])
	if !regional(next) {
		return false
	}
	n := 0
	for rest := text[:end]; len(rest) > 0; n++ {
		r, size := utf8.DecodeLastRune(rest)
		if !regional(r) {
			break
		}
		rest = rest[:len(rest)-size]
	}
	return n%2 == 1
}

// unspaced reports whether r belongs to a script without spaces.
func unspaced(r rune) bool {
	return r >= 0x0E00 && (r < 0x0F00 || 0x1000 <= r && r < 0x10A0 || 0x1780 <= r && r < 0x1800 ||
		0x2E80 <= r && r < 0xA000 || 0xF900 <= r && r < 0xFB00 || 0xFF00 <= r && r < 0xFFF0 || 0x20000 <= r && r < 0x40000)
}

// blocks yields the blocks of a text in order.
func blocks(body []byte) iter.Seq[block] {
	return func(yield func(block) bool) {
		r := reader{yield: yield, blank: true}
		for len(body) > 0 && !r.done {
			if skip := invisible(body); skip > 0 && r.fence == nil {
				r.flush()
				body = body[skip:]
				continue
			}
			line := body
			if n := bytes.IndexByte(body, '\n'); n >= 0 {
				line, body = body[:n], body[n+1:]
			} else {
				body = nil
			}
			r.line(line)
		}
		r.flush()
	}
}

// invisible returns the length of the comment, script or style that the text
// begins with.
func invisible(body []byte) int {
	if body[0] != '<' {
		return 0
	}
	for _, tag := range [][2]string{{"<!--", "-->"}, {"<script", "</script>"}, {"<style", "</style>"}} {
		if len(body) >= len(tag[0]) && bytes.EqualFold(body[:len(tag[0])], []byte(tag[0])) {
			if n := bytes.Index(body, []byte(tag[1])); n >= 0 {
				return n + len(tag[1])
			}
			return len(body)
		}
	}
	return 0
}

// A reader gathers lines to blocks.
type reader struct {
	yield func(block) bool
	done  bool
	cur   block
	fence []byte
	list  bool // indented lines are no code
	blank bool
}

func (r *reader) flush() {
	if len(r.cur.lines) > 0 && !r.done {
		r.done = !r.yield(r.cur)
	}
	r.cur.kind, r.cur.lines = paragraph, r.cur.lines[:0]
}

func (r *reader) add(k kind, line []byte) {
	if len(r.cur.lines) == 0 {
		r.cur.kind = k
	}
	r.cur.lines = append(r.cur.lines, line)
}

// line takes in one line.
func (r *reader) line(line []byte) {
	first := byte(0)
	if len(line) > 0 {
		first = line[0]
	}
	// Most lines begin with a letter, and those mean nothing special.
	if r.fence == nil && (first|0x20 >= 'a' && first|0x20 <= 'z' || first >= 0x80) {
		if r.blank {
			r.list = false
		}
		r.blank = false
		r.add(paragraph, line)
		return
	}
	text, quoted, listed := unwrap(line)
	mark := fence(text)
	switch {
	case r.fence != nil:
		if bytes.HasPrefix(mark, r.fence) && len(bytes.TrimSpace(text[len(mark):])) == 0 {
			r.fence = nil
			r.flush()
			return
		}
		r.add(code, line)
		return
	case mark != nil:
		r.flush()
		r.fence = mark
		r.cur.kind = code
		return
	case len(text) == 0:
		r.flush()
		r.blank = true
		return
	}
	deep := len(line)-len(bytes.TrimLeft(line, " ")) >= 4 || first == '\t'
	if r.blank && first != ' ' && first != '\t' && !listed {
		r.list = false
	}
	blank := r.blank
	r.blank = false
	switch {
	case deep && !r.list && !quoted && (blank || r.cur.kind == code && len(r.cur.lines) > 0):
		r.add(code, line)
	case listed && r.continues(line):
		r.words(bytes.TrimSpace(line))
	case listed:
		r.flush()
		r.list = true
		r.add(item, text)
	default:
		r.words(text)
	}
}

// continues reports whether a line that looks like an item goes on with a
// paragraph, as a sentence does that ends in a year: lists begin at 1 there.
func (r *reader) continues(line []byte) bool {
	line = bytes.TrimLeft(line, " ")
	number, _, _ := bytes.Cut(line, []byte{'.'})
	number, _, _ = bytes.Cut(number, []byte{')'})
	return len(r.cur.lines) > 0 && r.cur.kind == paragraph && '0' <= line[0] && line[0] <= '9' && string(number) != "1"
}

// words takes in a line that is no code and begins no item.
func (r *reader) words(text []byte) {
	switch c := text[0]; {
	case c == '#' && isHeading(text):
		r.flush()
		r.add(heading, bytes.Trim(text, "# \t"))
		r.flush()
	case (c == '=' || c == '-') && len(bytes.Trim(text, string(c)+" \t")) == 0 && len(r.cur.lines) > 0 && r.cur.kind == paragraph:
		r.cur.kind = heading
		r.flush()
	case (c == '-' || c == '*' || c == '_') && len(bytes.Trim(text, string(c)+" \t")) == 0 && len(text) >= 3:
		r.flush()
	case (c == '|' || c == ':' || c == '-') && len(bytes.Trim(text, "|-: \t")) == 0 && len(r.cur.lines) > 0:
		r.cur.kind = table
	case c == '[' && len(r.cur.lines) == 0 && isDefinition(text):
		if text[1] == '^' {
			_, text, _ = bytes.Cut(text, []byte("]:"))
			r.add(note, text)
		}
	default:
		r.add(paragraph, text)
	}
}

// unwrap removes the marks of quotes and lists before a line.
func unwrap(line []byte) (text []byte, quoted, listed bool) {
	text = bytes.Trim(line, " \t\r")
	for range 20 {
		if len(text) == 0 {
			break
		}
		n := 1
		switch c := text[0]; {
		case c == '>':
			quoted = true
			text = bytes.TrimLeft(text[1:], " \t")
			continue
		case c == '-' || c == '+' || c == '*':
			if isRule(text) {
				return text, quoted, listed
			}
		case '0' <= c && c <= '9':
			for n < len(text) && n < 10 && '0' <= text[n] && text[n] <= '9' {
				n++
			}
			if n == len(text) || text[n] != '.' && text[n] != ')' {
				return text, quoted, listed
			}
			n++
		default:
			return text, quoted, listed
		}
		if n < len(text) && text[n] != ' ' && text[n] != '\t' {
			return text, quoted, listed
		}
		listed = true
		text = bytes.TrimLeft(text[n:], " \t")
		if len(text) > 3 && text[0] == '[' && text[2] == ']' && text[3] == ' ' && bytes.IndexByte([]byte(" xX"), text[1]) >= 0 {
			text = bytes.TrimLeft(text[3:], " ")
		}
	}
	return text, quoted, listed
}

// isRule reports whether a line is a rule: three of one sign or more.
func isRule(text []byte) bool {
	return len(bytes.Trim(text, string(text[0])+" \t")) == 0 && bytes.Count(text, text[:1]) >= 3
}

// isHeading reports whether a line is a heading: # to ######, and a blank.
func isHeading(text []byte) bool {
	n := len(text) - len(bytes.TrimLeft(text, "#"))
	return n <= 6 && (n == len(text) || text[n] == ' ' || text[n] == '\t')
}

// isDefinition reports whether a line defines a link or a footnote.
func isDefinition(text []byte) bool {
	n := bytes.Index(text, []byte("]:"))
	return n > 1 && bytes.IndexByte(text[1:n], ']') < 0
}

// fence returns the ``` or ~~~ that opens or ends code, or nil.
func fence(text []byte) []byte {
	for _, c := range []byte("`~") {
		if n := len(text) - len(bytes.TrimLeft(text, string(c))); n >= 3 && (c == '~' || bytes.IndexByte(text[n:], c) < 0) {
			return text[:n]
		}
	}
	return nil
}
