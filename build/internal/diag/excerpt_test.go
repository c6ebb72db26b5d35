package diag

import (
	"strings"
	"testing"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a", 200) + "HERE" + strings.Repeat("b", 200)
	tests := []struct {
		name, src    string
		line, col, n int
		want         string
	}{
		{"with the line before", "archive:\n  paginte: 50\n", 2, 3, 7, "   1 | archive:\n   2 |   paginte: 50\n     |   ^^^^^^^"},
		{"first line", "titel: x\n", 1, 1, 5, "   1 | titel: x\n     | ^^^^^"},
		{"without a line break at the end", "a: 1\nb", 2, 1, 1, "   1 | a: 1\n   2 | b\n     | ^"},
		{"an empty line before is left out", "a: 1\n\nb: 2", 3, 1, 1, "   3 | b: 2\n     | ^"},
		{"CRLF", "a: 1\r\nb: 2\r\n", 2, 4, 1, "   1 | a: 1\n   2 | b: 2\n     |    ^"},
		{"CR alone", "a: 1\rb: 2\r", 2, 4, 1, "   1 | a: 1\n   2 | b: 2\n     |    ^"},
		{"byte order mark", "\ufefftitel: x", 1, 1, 5, "   1 | titel: x\n     | ^^^^^"},
		{"wide letters", "中国: 日本", 1, 5, 2, "   1 | 中国: 日本\n     |       ^^^^"},
		{"accents that take no column", "e\u0301a: x", 1, 3, 1, "   1 | e\u0301a: x\n     |  ^"},
		{"a tab", "a:\tx", 1, 4, 1, "   1 | a: x\n     |    ^"},
		{"letters that would change the terminal", "a: \x1b[31m\u202ex", 1, 1, 1, "   1 | a: ·[31m·x\n     | ^"},
		{"marks past the end", "ab", 1, 2, 40, "   1 | ab\n     |  ^"},
		{"a place at the end of the line", "ab\n", 1, 3, 1, "   1 | ab\n     |   ^"},
		{"the empty line at the end", "ab\n", 2, 1, 1, "   1 | ab\n   2 | \n     | ^"},
		{"a long line", long, 1, 201, 4, "   1 | …" + strings.Repeat("a", 60) + "HERE" + strings.Repeat("b", 36) + "…\n     | " + strings.Repeat(" ", 61) + "^^^^"},
		{"no such line", "ab\n", 3, 1, 1, ""},
		{"no line", "ab\n", 0, 1, 1, ""},
		{"no column", "ab\n", 1, 0, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Excerpt([]byte(tt.src), tt.line, tt.col, tt.n); got != tt.want {
				t.Errorf("Excerpt(%q, %d, %d, %d)\n got\n%s\nwant\n%s", tt.src, tt.line, tt.col, tt.n, got, tt.want)
			}
		})
	}
}

func TestExcerptNumbersLineUp(t *testing.T) {
	got := Excerpt([]byte(strings.Repeat("x\n", 1000)), 1000, 1, 1)
	if want := "   999 | x\n  1000 | x\n       | ^"; got != want {
		t.Errorf("Excerpt of line 1000\n got\n%s\nwant\n%s", got, want)
	}
}
