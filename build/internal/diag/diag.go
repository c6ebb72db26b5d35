// Package diag holds problems: what is wrong in a file that a person wrote,
// where, and what to do about it.
//
//	content/2024/05/17/flood.md:3:7: date "17 May" is not a date (write it as 2024-05-17)
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says what a problem does to a build.
type Severity uint8

const (
	Error   Severity = iota // the file cannot be published as it is
	Warning                 // the file is published, and a person should look
	LeftOut                 // the file is left out on purpose: a draft, a section page
)

// String returns the word used in JSON reports.
func (s Severity) String() string {
	return [...]string{"error", "warning", "left-out"}[s]
}

// A Problem is one thing wrong in one file. It is an error, and its text is
// made for the person who wrote the file.
type Problem struct {
	File     string // as the person would type it, with slashes
	Line     int    // from 1; 0 when the problem has no line
	Col      int    // from 1, in characters; 0 when it is the line as a whole
	Severity Severity
	Msg      string // small first letter, no full stop
	Help     string // what to do, or ""
	Excerpt  string // lines of the file around the place, or ""
}

// Error returns file:line:col: message (help).
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Col > 0 {
			fmt.Fprintf(&b, ":%d", p.Col)
		}
	}
	b.WriteString(": ")
	b.WriteString(p.Msg)
	if p.Help != "" {
		b.WriteString(" (" + p.Help + ")")
	}
	return b.String()
}

// A List is the problems of one or many files.
type List []*Problem

// Errors returns the problems that keep a file from being published.
func (l List) Errors() List {
	var out List
	for _, p := range l {
		if p.Severity == Error {
			out = append(out, p)
		}
	}
	return out
}

// Err returns nil when no problem of l is an Error, else l's errors as one
// error.
func (l List) Err() error {
	if e := l.Errors(); len(e) > 0 {
		return e
	}
	return nil
}

// Sort orders l by file, line and column.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Msg, b.Msg))
	})
}

// Error returns the problems one a line.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, p := range l {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Suggest returns the name in known that a person most likely meant by word,
// at most two edits away, or "".
func Suggest(word string, known []string) string {
	best, bestD := "", 3
	for _, k := range known {
		if d := edits(strings.ToLower(word), strings.ToLower(k)); d < bestD && d*2 < len(k) {
			best, bestD = k, d
		}
	}
	return best
}

// edits is the optimal string alignment distance: Levenshtein's, with a swap
// of neighbours counted as one edit.
func edits(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}
