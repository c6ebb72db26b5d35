package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// readText reads the text of a page, or makes it of the saved page as a browser
// copies it: a line for each block, a blank line around paragraphs and
// headings.
func readText(file string) (string, error) {
	if src, err := os.ReadFile(file + ".txt"); err == nil {
		return string(src), nil
	}
	src, err := os.ReadFile(file + ".html.gz")
	if err != nil {
		return "", fmt.Errorf("there is neither %s.txt nor %s.html.gz", file, file)
	}
	z, err := gzip.NewReader(bytes.NewReader(src))
	if err != nil {
		return "", err
	}
	if src, err = io.ReadAll(z); err != nil {
		return "", err
	}
	var r io.Reader = bytes.NewReader(src)
	if !utf8.Valid(src) {
		if r, err = charset.NewReader(r, "text/html"); err != nil {
			return "", err
		}
	}
	doc, err := html.Parse(r)
	if err != nil {
		return "", err
	}
	var c copier
	c.walk(doc)
	var out []string
	for line := range strings.Lines(c.b.String()) {
		out = append(out, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(out, "\n"), nil
}

// A copier writes a page as text.
type copier struct {
	b    strings.Builder
	ends int // line ends that stand before the next word
}

func (c *copier) walk(n *html.Node) {
	if n.Type == html.TextNode {
		if strings.TrimSpace(n.Data) != "" && c.ends > 0 {
			c.b.WriteString(strings.Repeat("\n", c.ends))
			c.ends = 0
		}
		c.b.WriteString(strings.Join(strings.FieldsFunc(n.Data, func(r rune) bool { return r == '\n' || r == '\r' }), " "))
		return
	}
	if n.DataAtom == atom.Br {
		c.ends = max(c.ends, 1)
	}
	ends := blank(n)
	if ends < 0 {
		return
	}
	c.ends = max(c.ends, ends)
	for child := range n.ChildNodes() {
		c.walk(child)
	}
	c.ends = max(c.ends, ends)
}

// blank returns how many line ends stand around an element; less than none when
// a reader does not see it.
func blank(n *html.Node) int {
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "style" && strings.Contains(strings.ReplaceAll(a.Val, " ", ""), "display:none") {
			return -1
		}
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Svg, atom.Iframe, atom.Textarea, atom.Object, atom.Audio, atom.Video, atom.Canvas:
		return -1
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return 2
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Cite, atom.Code, atom.Del, atom.Em, atom.Font, atom.I, atom.Img, atom.Input, atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Q, atom.S, atom.Select,
		atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Td, atom.Th, atom.Time, atom.U, atom.Var, atom.Wbr, atom.Button:
		return 0
	}
	if n.Type == html.ElementNode && n.DataAtom == 0 {
		return 0 // an element of the page's own stands in the line
	}
	return 1
}
