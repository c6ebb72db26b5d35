package diag

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const (
	maxColumns = 100 // of a line in an excerpt; a longer one is cut around the place
	cutBefore  = 60  // columns kept before the place in a line that is cut
)

// Excerpt shows a place in a file: the line before it, its line, and marks
// under n letters from column col. It returns "" when src has no such place.
//
//	13 | archive:
//	14 |   paginte: 50
//	   |   ^^^^^^^
func Excerpt(src []byte, line, col, n int) string {
	lines := around(string(src), line)
	if len(lines) == 0 || col < 1 {
		return ""
	}
	digits := max(2, len(fmt.Sprint(line)))
	var b strings.Builder
	if len(lines) == 2 && strings.TrimSpace(lines[0]) != "" {
		text, _ := show([]rune(lines[0]), 0, 0)
		fmt.Fprintf(&b, "  %*d | %s\n", digits, line-1, text)
	}
	at := []rune(lines[len(lines)-1])
	from := min(col-1, len(at))
	text, marks := show(at, from, min(from+max(1, n), len(at)))
	fmt.Fprintf(&b, "  %*d | %s\n  %*s | %s", digits, line, text, digits, "", marks)
	return b.String()
}

// around returns a line of src and, where there is one, the line before it.
func around(src string, line int) []string {
	src = strings.TrimPrefix(src, "\ufeff")
	prev, have := "", false
	for i := 1; line >= i; i++ {
		end := strings.IndexAny(src, "\r\n")
		text, rest, more := src, "", end >= 0
		if more {
			text, rest = src[:end], strings.TrimPrefix(src[end:], "\r")
			if src[end] == '\n' || strings.HasPrefix(rest, "\n") {
				rest = rest[1:]
			}
		}
		if i == line && have {
			return []string{prev, text}
		}
		if i == line {
			return []string{text}
		}
		if !more {
			break
		}
		prev, have, src = text, true, rest
	}
	return nil
}

// show returns a line as a terminal can take it, and marks under its letters
// from from up to to, or under the end of the line.
func show(line []rune, from, to int) (text, marks string) {
	first := 0
	if from > cutBefore && len(line) > maxColumns {
		first = from - cutBefore
	}
	var b, m strings.Builder
	if first > 0 {
		b.WriteString("…")
		m.WriteString(" ")
	}
	for i := first; i < len(line); i++ {
		if i-first >= maxColumns {
			b.WriteString("…")
			break
		}
		r, w := visible(line[i])
		b.WriteRune(r)
		switch {
		case from <= i && i < to:
			m.WriteString(strings.Repeat("^", w))
		case i < from:
			m.WriteString(strings.Repeat(" ", w))
		}
	}
	if !strings.Contains(m.String(), "^") {
		m.WriteString("^")
	}
	return b.String(), m.String()
}

// visible returns r, or what stands for it in a terminal, and how many columns
// it takes. Nothing in a file may move the cursor or turn the text around.
func visible(r rune) (rune, int) {
	switch {
	case r == '\t':
		return ' ', 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return r, 0
	case !unicode.IsPrint(r):
		return '·', 1
	}
	if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return r, 2
	}
	return r, 1
}
