// Package shortcode replaces, in a text, commands to other generators: Hugo's
// shortcodes, the tags and values of Liquid, Jinja and Nunjucks.
//
//	{{< figure src="a.jpg" >}}  {{% note %}}  {% include x.html %}  {{ page.title }}
//
// None is ever executed. What a reader would have been given is taken from the
// command where it can be told from its words alone: a picture, a link, a
// quotation, a piece of code, an address within a link. The rest is left out;
// what stands between two commands stays, and so does all that is code.
package shortcode

import (
	"bytes"
	"slices"
	"strings"
)

// A Found is a command for another generator that stands in a text.
type Found struct {
	Name string // "figure"
	Text string // as it stands in the text, shortened to a line
	Line int    // from 1; of the first with this name
}

// maxFound is more names than any generator's texts have.
const maxFound = 100

// Find returns the commands in the text, the first of each name.
func Find(body []byte) []Found {
	var found []Found
	if !Any(body) {
		return nil
	}
	e := &expander{src: body, found: func(t command) {
		if len(found) == maxFound || slices.ContainsFunc(found, func(s Found) bool { return s.Name == t.name }) {
			return
		}
		text := strings.Join(strings.Fields(string(body[t.from:t.to])), " ")
		if r := []rune(text); len(r) > 60 {
			text = string(r[:59]) + "…"
		}
		found = append(found, Found{t.name, text, 1 + bytes.Count(body[:t.from], []byte{'\n'})})
	}}
	e.run()
	return found
}

// Any reports whether the text may hold a command.
func Any(body []byte) bool {
	for i := 0; ; i++ {
		n := bytes.IndexByte(body[i:], '{')
		if n < 0 || i+n+1 >= len(body) {
			return false
		}
		if i += n; body[i+1] == '{' || body[i+1] == '%' {
			return true
		}
	}
}

// Expand returns the text with its commands replaced, or body itself.
func Expand(body []byte) []byte {
	if !Any(body) {
		return body
	}
	e := &expander{src: body, found: func(command) {}}
	e.run()
	return e.out
}

// An expander copies a text and replaces the commands in it, but for those in
// code.
type expander struct {
	src, out []byte
	found    func(command)
	done     int // of src, what is in out
	fence    []byte
	list     bool // in a list, where indented lines are no code
	code     bool // in indented code
	blank    bool // after an empty line
	html     bool // in a block of HTML, where Markdown means nothing
	left     int  // bytes that may still be looked at for the ends of code
}

// longest is how much text a command may take.
const longest = 4000

func (e *expander) run() {
	e.blank, e.left = true, 1<<20+16*len(e.src)
	for at := 0; at < len(e.src); {
		end := len(e.src)
		if n := bytes.IndexByte(e.src[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		if e.isCode(e.src[at:end]) {
			at = end
			continue
		}
		at = e.line(at, end)
	}
	e.copyTo(len(e.src))
}

func (e *expander) copyTo(at int) {
	if at > e.done {
		e.out = append(e.out, e.src[e.done:at]...)
		e.done = at
	}
}

// isCode reports whether a line is code, and keeps account of where it is.
func (e *expander) isCode(line []byte) bool {
	text := bytes.TrimLeft(line, " \t>")
	indent := len(line) - len(bytes.TrimLeft(line, " \t"))
	deep := indent >= 4 || indent > 0 && line[0] == '\t'
	mark := fenceOf(text)
	switch {
	case e.fence != nil:
		if bytes.HasPrefix(mark, e.fence) && len(bytes.TrimSpace(text[len(mark):])) == 0 {
			e.fence = nil
		}
		return true
	case mark != nil:
		e.fence, e.blank = mark, false
		return true
	case len(bytes.TrimSpace(line)) == 0:
		e.blank, e.html = true, false
		return false
	case e.blank && !deep && len(text) > 1 && text[0] == '<' && (text[1] == '/' || text[1]|0x20 >= 'a' && text[1]|0x20 <= 'z'):
		e.html = true
	case isItem(text):
		e.list = e.list || !deep
	case e.blank && indent == 0:
		e.list = false
	}
	e.code = deep && !e.list && (e.blank || e.code)
	e.blank = false
	return e.code
}

// fenceOf returns the ``` or ~~~ that a line begins with, or nil.
func fenceOf(text []byte) []byte {
	for _, c := range []byte("`~") {
		if n := len(text) - len(bytes.TrimLeft(text, string(c))); n >= 3 && (c == '~' || bytes.IndexByte(text[n:], c) < 0) {
			return text[:n]
		}
	}
	return nil
}

// isItem reports whether a line begins an item of a list.
func isItem(text []byte) bool {
	rest := bytes.TrimLeft(text, "0123456789")
	digits := len(text) - len(rest)
	return len(rest) > 1 && (rest[1] == ' ' || rest[1] == '\t') &&
		(digits == 0 && bytes.IndexByte([]byte("-+*"), rest[0]) >= 0 || digits > 0 && (rest[0] == '.' || rest[0] == ')'))
}

// line replaces the commands in a line, and returns where to go on: after the
// line, or after a command that ends further down.
func (e *expander) line(at, end int) int {
	for i := at; i < end; {
		switch e.src[i] {
		case '`':
			i = e.codeSpan(i)
		case '{':
			t, ok := e.command(i)
			if !ok {
				i++
				continue
			}
			e.replace(t, at)
			i = max(t.to, e.done)
		default:
			i++
		}
		if i > end {
			return i
		}
	}
	return end
}

// codeSpan returns where the code that begins at i ends.
func (e *expander) codeSpan(i int) int {
	n := run(e.src[i:])
	from := i + n
	rest := e.src[from:min(len(e.src), from+longest)]
	for j := 0; e.left > 0; {
		k := bytes.IndexAny(rest[j:], "`\n")
		if k < 0 || rest[j+k] == '\n' && j+k+1 < len(rest) && rest[j+k+1] == '\n' {
			break // the paragraph ends before the code
		}
		j += k
		m := max(1, run(rest[j:]))
		if e.left -= k + m; m == n && rest[j] == '`' {
			return from + j + n
		}
		j += m
	}
	return from
}

// run returns the number of backticks that b begins with.
func run(b []byte) int { return len(b) - len(bytes.TrimLeft(b, "`")) }

// replace writes what stands in the place of a command, in the line that
// begins at start.
func (e *expander) replace(t command, start int) {
	if !t.closing {
		e.found(t)
	}
	before, after := e.src[start:t.from], e.src[t.to:]
	first := len(bytes.TrimSpace(before)) == 0
	last := len(after) == 0 || after[0] == '\n'
	paired := !t.closing && !t.value && e.paired(t)
	if first && !e.list {
		e.copyTo(start) // without the indent, which would make code of what follows
	} else {
		e.copyTo(t.from)
	}
	if first && !e.list && paired {
		e.out = append(e.out, '\n') // what is within it is not part of what is before
	}
	e.done = max(e.done, t.to)
	t.html = e.html
	if inAddress(before) {
		if !t.closing && (!t.value || t.name == "value") {
			e.out = append(e.out, plainAddress(t.address())...)
		}
		return
	}
	switch t.name {
	case "raw", "verbatim":
		e.until(t, true)
	case "comment":
		e.until(t, false)
	case "highlight":
		e.highlight(t, first && last)
	default:
		if t.closing {
			return
		}
		text := t.markdown(first && last && !e.html)
		if e.out = append(e.out, text...); text != "" && paired && !last {
			e.out = append(e.out, "\n\n"...)
		}
	}
}

// paired reports whether a command closes this one soon.
func (e *expander) paired(t command) bool {
	rest := e.src[t.to:min(len(e.src), t.to+longest)]
	return bytes.Contains(rest, []byte("/"+t.name)) || bytes.Contains(rest, []byte("/ "+t.name)) || bytes.Contains(rest, []byte("end"+t.name))
}

// until goes on after the command that closes t, and keeps what is between.
func (e *expander) until(t command, keep bool) {
	if t.closing {
		return
	}
	for i := t.to; i < len(e.src); i++ {
		n := bytes.IndexByte(e.src[i:], '{')
		if n < 0 {
			return
		}
		i += n
		if end, ok := e.command(i); ok && end.closing && end.name == t.name {
			if keep {
				e.copyTo(i)
			}
			e.done = end.to
			return
		}
	}
}

// highlight makes a block of code of what stands between two commands.
func (e *expander) highlight(t command, alone bool) {
	if t.closing || !alone || t.nth(0) == "" {
		return
	}
	before := len(e.out)
	e.out = append(e.out, "```"+strings.TrimFunc(t.nth(0), func(r rune) bool { return r == '`' || r <= ' ' })...)
	from := e.done
	if e.until(t, true); e.done == from {
		e.out = e.out[:before] // it never ends
		return
	}
	e.out = append(bytes.TrimRight(e.out, " \t\n"), "\n```\n"...)
}
