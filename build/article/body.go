package article

import (
	"bytes"
	"html"
	"strings"

	"backfile/build/article/front"
)

// Body returns the text of an article's file, the same that Parse gives,
// without reading the front matter but when the text opens with a heading,
// which may be the title. The result may share memory with src.
func Body(src []byte) []byte {
	text := front.Text(src)
	b := front.Cut(text)
	body := tidy(text[b.Body:])
	title, rest := heading(body)
	if title == "" || hasTitle(text, b) {
		return body
	}
	return rest
}

// BodyLine returns the line of the file, from 1, at which its Body begins.
func BodyLine(src []byte) int {
	text := front.Text(src)
	body := Body(src)
	end := len(bytes.TrimRight(text, " \t\n"))
	begin := end - len(bytes.TrimRight(body, " \t\n"))
	return 1 + bytes.Count(text[:begin], []byte("\n"))
}

// hasTitle reports whether the front matter has a title, or cannot be read.
func hasTitle(text []byte, b front.Block) bool {
	root, err := b.Read(text)
	if err != nil || b.Broken != "" {
		return true
	}
	p := parser{}
	p.collect(root)
	return p.titled()
}

// tidy drops the empty lines around a text and ends it with one newline.
func tidy(text []byte) []byte {
	text = text[front.Blank(text):]
	end := len(bytes.TrimRight(text, " \t\n"))
	switch {
	case end == 0:
		return nil
	case end < len(text) && text[end] == '\n':
		return text[:end+1]
	}
	return append(text[:end:end], '\n')
}

// heading returns the heading that a text opens with, as plain text, and the
// text without it. title is "" when it opens with something else.
func heading(body []byte) (title string, rest []byte) {
	first, next := front.Line(body, 0)
	if t := atx(first); t != "" {
		return t, tidy(body[next:])
	}
	under, after := front.Line(body, next)
	if len(under) > 1 && len(bytes.Trim(under, "=")) == 0 && len(first) > 0 && first[0] != ' ' && first[0] != '\t' && first[0] != '>' {
		if t := plainText(string(first)); t != "" {
			return t, tidy(body[after:])
		}
	}
	return "", body
}

// atx returns the text of a heading written with number signs.
func atx(l []byte) string {
	rest := bytes.TrimLeft(l, "#")
	level := len(l) - len(rest)
	if level < 1 || level > 6 || len(rest) == 0 || rest[0] != ' ' && rest[0] != '\t' {
		return ""
	}
	t := bytes.TrimSpace(rest)
	if closed := bytes.TrimRight(t, "#"); len(closed) < len(t) && bytes.HasSuffix(closed, []byte(" ")) {
		t = closed
	}
	return plainText(string(t))
}

// innerHeading returns the first heading inside a text, for files that have
// no other title.
func innerHeading(body []byte) string {
	fenced := false
	for at := 0; at < len(body); {
		l, next := front.Line(body, at)
		at = next
		if bytes.HasPrefix(l, []byte("```")) || bytes.HasPrefix(l, []byte("~~~")) {
			fenced = !fenced
		}
		if t := atx(l); t != "" && !fenced {
			return t
		}
	}
	return ""
}

// plainText takes the markup out of a heading: emphasis, links, the {#name}
// after it, entities.
func plainText(s string) string {
	if i := strings.LastIndex(s, "{#"); i >= 0 && strings.HasSuffix(s, "}") {
		s = s[:i]
	}
	lastClose := strings.LastIndexByte(s, ')')
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && strings.IndexByte("\\`*_{}[]()<>#+-.!|~&", s[i+1]) >= 0:
			i++
			b.WriteByte(s[i])
		case c == '*' || c == '`' || c == '[' || c == '!' && strings.HasPrefix(s[i:], "!["):
		case c == '_' && (i == 0 || i+1 == len(s) || s[i-1] == ' ' || s[i+1] == ' '):
		case c == ']':
			if strings.HasPrefix(s[i:], "](") && i < lastClose {
				i += strings.IndexByte(s[i:], ')')
			}
		default:
			b.WriteByte(c)
		}
	}
	return strings.TrimSpace(unescape(b.String()))
}

// unescape replaces the HTML entities that end in a semicolon. Those without
// one would turn "AT&TIMES" into "AT×…" in older rules, and are left.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			return b.String() + s
		}
		n := i + 1
		for n < len(s) && n-i < 33 && (s[n] == '#' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || s[n] >= '0' && s[n] <= '9') {
			n++
		}
		if n < len(s) && s[n] == ';' {
			n++
			b.WriteString(s[:i] + html.UnescapeString(s[i:n]))
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
}
