// Package plaintext writes plain text as Markdown that shows the same letters.
//
//  1. a line that begins like a list    1\. a line that begins like a list
//     the <LOTS> contract                  the \<LOTS> contract
//     Wheat   2.55   2.40                 lines in columns become a code block
package plaintext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Markdown writes plain text, its paragraphs set apart by blank lines, as
// CommonMark that shows the same letters. Lines aligned by spaces, as the
// tables of old news wires are, become code blocks.
func Markdown(text string) string {
	var out []string
	for _, block := range blocks(text) {
		out = append(out, paragraphs(block)...)
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, "\n\n") + "\n"
}

// blocks cuts a text at its blank lines.
func blocks(text string) [][]string {
	var out [][]string
	var block []string
	for line := range strings.Lines(text) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line != "" {
			block = append(block, line)
			continue
		}
		if block != nil {
			out, block = append(out, block), nil
		}
	}
	if block != nil {
		out = append(out, block)
	}
	return out
}

// paragraphs writes one block: text, and the tables in it.
func paragraphs(block []string) []string {
	var out []string
	for len(block) > 0 {
		from, to := tableIn(block)
		if from > 0 {
			lines := make([]string, from)
			for i, line := range block[:from] {
				lines[i] = Line(strings.TrimSpace(line))
			}
			out = append(out, strings.Join(lines, "\n"))
		}
		if to > from {
			out = append(out, fence(block[from:to]))
		}
		block = block[to:]
	}
	return out
}

var columns = regexp.MustCompile(`\S(?: {3,}|\t)\s*\S`)

// tableIn returns where the first table in a block stands; when there is none
// both are the end. Two lines in columns make one; up to two plain lines
// between them, and indented ones around them, belong to it.
func tableIn(block []string) (from, to int) {
	from, n := -1, 0
	for i, line := range block {
		if columns.MatchString(line) {
			if from < 0 {
				from = i
			}
			n, to = n+1, i+1
			continue
		}
		if from >= 0 && i-to >= 2 {
			if n >= 2 {
				break
			}
			from, n = -1, 0
		}
	}
	if n < 2 {
		return len(block), len(block)
	}
	for from > 0 && indented(block[from-1]) {
		from--
	}
	for to < len(block) && indented(block[to]) {
		to++
	}
	return from, to
}

func indented(line string) bool {
	return strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
}

// fence writes lines as they are.
func fence(lines []string) string {
	marks := "```"
	for _, line := range lines {
		for strings.Contains(line, marks) {
			marks += "`"
		}
	}
	return marks + "\n" + strings.Join(lines, "\n") + "\n" + marks
}

var (
	// address is what GFM makes a link of by itself; underscores and tildes in
	// it must stay as they are.
	address = regexp.MustCompile(`\bhttps?://[-A-Za-z0-9@:%._+~#=/?&$!,;']+`)
	// opening is what begins something else than a paragraph when a line
	// begins with it.
	opening = regexp.MustCompile(`^(?:#{1,6}(?:\s|$)|[-+*_](?:\s|$)|[-=|:\s]+$|\+\+\+|~~~|>)`)
	ordinal = regexp.MustCompile(`^(\d{1,9})([.)])(\s|$)`)
	entity  = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)
)

// Line writes one line of plain text as CommonMark.
func Line(line string) string {
	if !strings.ContainsAny(line, "\\`*_[]<&~{}|#-+=>:.)") {
		return line
	}
	var b strings.Builder
	b.Grow(len(line) + 8)
	rest := line
	if m := ordinal.FindStringSubmatch(line); m != nil {
		b.WriteString(m[1] + `\` + m[2])
		rest = line[len(m[1])+1:]
	} else if opening.MatchString(line) {
		b.WriteByte('\\')
		b.WriteByte(line[0])
		rest = line[1:]
	}
	for rest != "" {
		loc := address.FindStringIndex(rest)
		if loc == nil {
			break
		}
		escapeInline(&b, rest[:loc[0]])
		b.WriteString(rest[loc[0]:loc[1]])
		rest = rest[loc[1]:]
	}
	escapeInline(&b, rest)
	return b.String()
}

// escapeInline escapes what would be markup inside a paragraph.
func escapeInline(b *strings.Builder, s string) {
	var before rune = ' '
	for i, r := range s {
		after, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if i+utf8.RuneLen(r) >= len(s) {
			after = ' '
		}
		if markup(s[i:], r, before, after) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		before = r
	}
}

// markup reports whether r, at the beginning of rest, would not show as it is.
func markup(rest string, r, before, after rune) bool {
	wordly := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	switch r {
	case '\\', '`', '[', ']':
		return true
	case '*', '~':
		return !unicode.IsSpace(before) || !unicode.IsSpace(after)
	case '_':
		return !wordly(before) || !wordly(after)
	case '<':
		return !unicode.IsSpace(after) && after != '=' // tags, comments, and <a@b>
	case '&':
		return entity.MatchString(rest)
	case '{':
		return strings.ContainsRune("{%<", after)
	}
	return false
}
