package plain

import (
	"bytes"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A stripper writes the words of blocks to dst.
type stripper struct {
	dst      []byte
	pictures bool // leave out what describes pictures
	body     []byte
	left     int             // bytes that may still be looked at for the ends of code
	labels   map[string]bool // of the definitions in body; nil until asked for

	src     []byte      // of the block at hand, its lines joined
	open    []int       // where brackets that are still open stand
	pair    map[int]int // of each opening bracket, the closing one
	after   map[int]int // of each bracket that closes a link, where the text goes on
	drop    map[int]int // how many signs of a run mark emphasis, by its place
	endless bool        // a script or style in src has no end
}

func newStripper(body []byte) *stripper { return &stripper{body: body, left: 1<<20 + 16*len(body)} }

// marks are the bytes that may be markup within a line.
var marks = func() (m [256]bool) {
	for _, c := range "\\`*_~[]<&!|" {
		m[c] = true
	}
	return m
}()

// strip appends the words of b to dst.
func (s *stripper) strip(b block) {
	start, special := len(s.dst), false
	s.src = s.src[:0]
	for i, line := range b.lines {
		line = bytes.TrimSpace(line)
		if i > 0 && !together(s.src, line) {
			s.src = append(s.src, ' ')
		}
		s.src = append(s.src, line...)
	}
	for i, c := range s.src {
		if marks[c] || c == ' ' && i > 0 && s.src[i-1] == ' ' || c == '\t' {
			special = true
			break
		}
	}
	if !special {
		s.dst = append(s.dst, s.src...)
		return
	}
	s.pair, s.after, s.drop, s.endless = nil, nil, nil, false
	s.pairs()
	if b.kind == table {
		s.src = bytes.ReplaceAll(s.src, []byte{'|'}, []byte{' '})
	}
	for i := 0; i < len(s.src); {
		i = s.next(i)
	}
	s.tidy(start)
}

// together reports whether no space stands between two lines.
func together(a, b []byte) bool {
	if len(a) == 0 || len(b) == 0 || a[len(a)-1] < 0x80 || b[0] < 0x80 {
		return len(a) == 0
	}
	last, _ := utf8.DecodeLastRune(a)
	first, _ := utf8.DecodeRune(b)
	return unspaced(last) && unspaced(first) && last > 0x2E00
}

// tidy makes one space of several, in what was written since start.
func (s *stripper) tidy(start int) {
	to := start
	for _, c := range s.dst[start:] {
		if c == '\t' || c == '\n' {
			c = ' '
		}
		if c == ' ' && (to == start || s.dst[to-1] == ' ') {
			continue
		}
		s.dst[to] = c
		to++
	}
	for to > start && s.dst[to-1] == ' ' {
		to--
	}
	s.dst = s.dst[:to]
}

// next writes what the text at i means, and returns where to go on.
func (s *stripper) next(i int) int {
	c := s.src[i]
	switch c {
	case '\\':
		if i+1 < len(s.src) && punctuation(s.src[i+1]) {
			s.dst = append(s.dst, s.src[i+1])
			return i + 2
		}
	case '`':
		n := run(s.src, i)
		if end := s.closing(i+n, n); end >= 0 {
			s.dst = append(s.dst, bytes.TrimSpace(s.src[i+n:end])...)
			return end + n
		}
		s.dst = append(s.dst, s.src[i:i+n]...)
		return i + n
	case '*', '_', '~':
		n := run(s.src, i)
		s.dst = append(s.dst, s.src[i:i+n-s.drop[i]]...)
		return i + n
	case '!':
		if end := s.link(i + 1); end > 0 {
			if s.pictures {
				return end
			}
			return i + 2
		}
	case '[':
		if i+1 < len(s.src) && s.src[i+1] == '^' && s.pair[i] > 0 {
			return s.pair[i] + 1
		}
		if s.link(i) > 0 {
			return i + 1
		}
	case ']':
		if end := s.after[i]; end > 0 {
			return end
		}
	case '<':
		if end := s.tag(i); end > 0 {
			return end
		}
	case '&':
		if n := bytes.IndexByte(s.src[i:min(len(s.src), i+34)], ';'); n > 1 {
			if entity := string(s.src[i : i+n+1]); html.UnescapeString(entity) != entity {
				s.dst = append(s.dst, html.UnescapeString(entity)...)
				return i + n + 1
			}
		}
	}
	s.dst = append(s.dst, c)
	return i + 1
}

// run returns how often the byte at i is repeated.
func run(s []byte, i int) int {
	n := 1
	for i+n < len(s) && s[i+n] == s[i] {
		n++
	}
	return n
}

// closing returns where the n backticks stand that end the code at i, or -1.
// It looks at most some hundred words ahead.
func (s *stripper) closing(i, n int) int {
	from := i
	defer func() { s.left -= i - from }()
	for end := min(len(s.src), i+4000); i < end && s.left > 0; {
		k := bytes.IndexByte(s.src[i:end], '`')
		if k < 0 {
			return -1
		}
		i += k
		m := run(s.src, i)
		if m == n {
			return i
		}
		i += m
	}
	return -1
}

// pairs finds out which brackets belong together, and which signs mark
// emphasis.
func (s *stripper) pairs() {
	var runs [3]openers // of *, _ and ~
	s.open = s.open[:0]
	for i := 0; i < len(s.src); i++ {
		switch c := s.src[i]; c {
		case '\\':
			i++
		case '`':
			n := run(s.src, i)
			i += n - 1
			if end := s.closing(i+1, n); end >= 0 {
				i = end + n - 1
			}
		case '[':
			s.open = append(s.open, i)
		case ']':
			if n := len(s.open); n > 0 {
				if s.pair == nil {
					s.pair = map[int]int{}
				}
				s.pair[s.open[n-1]] = i
				s.open = s.open[:n-1]
			}
		case '*', '_', '~':
			n := run(s.src, i)
			s.emphasis(&runs[strings.IndexByte("*_~", c)], i, n)
			i += n - 1
		}
	}
}

// openers are the runs that may open emphasis and are not closed yet.
type openers []struct{ at, left int }

// emphasis takes in the run of n signs at i, and finds what it closes.
func (s *stripper) emphasis(o *openers, i, n int) {
	before, _ := utf8.DecodeLastRune(s.src[:i])
	after, _ := utf8.DecodeRune(s.src[i+n:])
	edge := func(r rune, at int) bool { return at == 0 || at == len(s.src) || unicode.IsSpace(r) }
	sign := func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }
	endBefore, endAfter := edge(before, i), edge(after, i+n)
	opens := !endAfter && (!sign(after) || endBefore || sign(before))
	closes := !endBefore && (!sign(before) || endAfter || sign(after))
	if s.src[i] == '_' && opens && closes { // within a word
		opens, closes = sign(before), sign(after)
	}
	if s.drop == nil {
		s.drop = map[int]int{}
	}
	left := n
	for closes && left > 0 && len(*o) > 0 {
		top := &(*o)[len(*o)-1]
		if s.src[i] == '~' && (top.left != left || left > 2) {
			break
		}
		m := min(left, top.left)
		left -= m
		top.left -= m
		s.drop[i] += m
		s.drop[top.at] += m
		if top.left == 0 {
			*o = (*o)[:len(*o)-1]
		}
	}
	if opens && left > 0 {
		*o = append(*o, struct{ at, left int }{i, left})
	}
}

// link returns where the text goes on after the link whose words are in the
// brackets at i, or 0 when they are but brackets.
func (s *stripper) link(i int) int {
	end := s.pair[i]
	if end == 0 {
		return 0
	}
	next := 0
	switch {
	case end+1 < len(s.src) && s.src[end+1] == '(':
		next = destinationEnd(s.src, end+2)
	case end+1 < len(s.src) && s.src[end+1] == '[' && s.pair[end+1] > 0:
		label := s.src[end+2 : s.pair[end+1]]
		if len(label) == 0 {
			label = s.src[i+1 : end]
		}
		if s.defined(label) {
			next = s.pair[end+1] + 1
		}
	}
	if next == 0 && s.defined(s.src[i+1:end]) {
		next = end + 1
	}
	if next > 0 {
		if s.after == nil {
			s.after = map[int]int{}
		}
		s.after[end] = next
	}
	return next
}

// destinationEnd returns what follows the address and the title at i, or 0.
func destinationEnd(s []byte, i int) int {
	s = s[:min(len(s), i+2000)] // longer ones would have to be looked for everywhere
	quote, depth := byte(0), 0
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && s[i-1] == ' ':
			quote = c
		case c == '<' && s[i-1] == '(':
			quote = '>'
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return i + 1
			}
		}
		if depth > 32 {
			return 0
		}
	}
	return 0
}

// defined reports whether a label is defined anywhere in the text.
func (s *stripper) defined(label []byte) bool {
	if len(label) == 0 || len(label) > 999 {
		return false
	}
	if s.labels == nil {
		s.labels = map[string]bool{}
		for rest := s.body; ; {
			n := bytes.Index(rest, []byte("]:"))
			if n < 0 {
				break
			}
			line := rest[bytes.LastIndexByte(rest[:n], '\n')+1 : n]
			line = bytes.TrimLeft(line, " >\t")
			if len(line) > 1 && line[0] == '[' && len(line) < 1000 {
				s.labels[labelKey(line[1:])] = true
			}
			rest = rest[n+2:]
		}
	}
	return len(s.labels) > 0 && s.labels[labelKey(label)]
}

func labelKey(label []byte) string {
	return strings.ToLower(strings.Join(strings.Fields(string(label)), " "))
}

// tag returns where the HTML tag or the address in angle brackets at i ends,
// or 0 when there is none. The address is written.
func (s *stripper) tag(i int) int {
	rest := s.src[i:min(len(s.src), i+4000)]
	if len(rest) < 3 || !(rest[1]|0x20 >= 'a' && rest[1]|0x20 <= 'z') && rest[1] != '/' && rest[1] != '!' && rest[1] != '?' {
		return 0
	}
	end := bytes.IndexByte(rest, '>')
	if bytes.HasPrefix(rest, []byte("<!--")) {
		if end = bytes.Index(rest, []byte("-->")); end >= 0 {
			end += 2
		}
	}
	if end < 0 {
		return 0
	}
	inner := rest[1:end]
	if bytes.IndexByte(inner, ' ') < 0 && (bytes.IndexByte(inner, ':') > 1 || bytes.IndexByte(inner, '@') > 0) && bytes.IndexByte(inner, '=') != len(inner)-1 {
		s.dst = append(s.dst, inner...)
		return i + end + 1
	}
	name := strings.ToLower(string(bytes.Trim(bytes.SplitN(inner, []byte{' '}, 2)[0], "/")))
	switch name {
	case "script", "style":
		if inner[0] == '/' || s.endless {
			break
		}
		if n := bytes.Index(s.src[i:], []byte("</"+name)); n > 0 {
			return i + n
		}
		s.endless = true
	case "b", "i", "em", "strong", "a", "span", "sup", "sub", "u", "s", "q", "cite", "code", "small", "mark", "abbr", "font":
	default:
		s.dst = append(s.dst, ' ')
	}
	return i + end + 1
}

func punctuation(c byte) bool {
	return c > ' ' && c < 0x7f && !('0' <= c && c <= '9') && !('a' <= c|0x20 && c|0x20 <= 'z')
}
