package story

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A block is a paragraph as a reader sees it: text that no block element and
// no empty line interrupts.
type block struct {
	texts  []*html.Node // the text nodes that it is made of
	parent *html.Node   // the innermost block element around it
	text   string       // with single spaces
	folded string       // letters and figures only, lower case
	words  int          // for scripts without spaces, letters divided by two
	linked int          // letters of text that stand in links
	strong int          // letters that stand in b, strong, i, em
}

// blockElements begin and end a block.
func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote,
		atom.Figcaption, atom.Td, atom.Th, atom.Tr, atom.Dd, atom.Dt, atom.Dl, atom.Pre, atom.Section, atom.Article,
		atom.Ul, atom.Ol, atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Caption, atom.Figure, atom.Header,
		atom.Footer, atom.Nav, atom.Aside, atom.Main, atom.Form, atom.Fieldset, atom.Address, atom.Hr, atom.Body,
		atom.Html, atom.Center, atom.Details, atom.Summary, atom.Hgroup, atom.Menu, atom.Legend, atom.Dialog:
		return true
	}
	return false
}

// isSilent reports whether an element holds no text for readers.
func isSilent(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Iframe, atom.Object, atom.Select,
		atom.Textarea, atom.Head, atom.Button, atom.Canvas, atom.Audio, atom.Video, atom.Math, atom.Map, atom.Datalist:
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			if hiddenStyle(a.Val) {
				return true
			}
		}
	}
	return false
}

func hiddenStyle(style string) bool {
	i := strings.Index(style, "display")
	return i >= 0 && strings.HasPrefix(strings.TrimLeft(style[i+len("display"):], ": "), "none")
}

// reveal makes hidden elements visible.
func reveal(root *html.Node) {
	for n := range root.Descendants() {
		n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "hidden" || a.Key == "style" || a.Key == "aria-hidden" })
	}
}

func wordsIn(blocks []block) int {
	n := 0
	for _, b := range blocks {
		n += b.words
	}
	return n
}

// A cutter cuts a tree into blocks.
type cutter struct {
	blocks []block
	cur    block
	breaks int
	parent *html.Node
	link   int
	strong int
	text   []byte
}

// cut returns the blocks below root, in order.
func cut(root *html.Node) []block {
	c := &cutter{parent: root}
	c.walk(root)
	c.flush()
	return c.blocks
}

func (c *cutter) walk(n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch child.Type {
		case html.TextNode:
			c.add(child)
		case html.ElementNode:
			c.element(child)
		}
	}
}

func (c *cutter) element(n *html.Node) {
	switch {
	case n.DataAtom == atom.Br:
		if c.breaks++; c.breaks > 1 {
			c.flush()
		}
		c.text = append(c.text, '\n')
	case isSilent(n):
	case isBlock(n):
		c.flush()
		before := c.parent
		c.parent = n
		c.walk(n)
		c.flush()
		c.parent = before
	case n.DataAtom == atom.A:
		c.link++
		c.walk(n)
		c.link--
	case n.DataAtom == atom.B, n.DataAtom == atom.Strong, n.DataAtom == atom.I, n.DataAtom == atom.Em:
		c.strong++
		c.walk(n)
		c.strong--
	default:
		c.walk(n)
	}
}

func (c *cutter) add(n *html.Node) {
	visible := strings.TrimSpace(n.Data)
	if visible == "" {
		c.text = append(c.text, ' ')
		return
	}
	c.breaks = 0
	c.text = append(c.text, n.Data...)
	c.cur.texts = append(c.cur.texts, n)
	if c.link > 0 {
		c.cur.linked += utf8.RuneCountInString(visible)
	}
	if c.strong > 0 {
		c.cur.strong += utf8.RuneCountInString(visible)
	}
}

func (c *cutter) flush() {
	b := c.cur
	text := squeeze(string(c.text))
	c.cur, c.text, c.breaks = block{}, c.text[:0], 0
	if text == "" {
		return
	}
	b.parent, b.text, b.folded, b.words = c.parent, text, fold(text), count(text)
	c.blocks = append(c.blocks, b)
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// fold leaves the letters and figures of a text, in lower case.
func fold(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
				out = append(out, byte(r))
			} else if 'A' <= r && r <= 'Z' {
				out = append(out, byte(r)+'a'-'A')
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			out = utf8.AppendRune(out, unicode.ToLower(r))
		}
	}
	return string(out)
}

// count returns the number of words; letters of scripts without spaces count
// half a word each.
func count(s string) int {
	n, half, in := 0, 0, false
	for _, r := range s {
		switch {
		case unspaced(r):
			half++
			in = false
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || (r == '\'' || r == '’' || r == '-') && in:
			if !in {
				n++
			}
			in = true
		default:
			in = false
		}
	}
	return n + (half+1)/2
}

func unspaced(r rune) bool {
	return r >= 0x0E00 && (r < 0x0F00 || r >= 0x2E80) && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer)
}

// shingles returns the hashes of all sequences of four words of a text. In
// scripts without spaces each letter counts as a word.
func shingles(text string) []uint64 {
	const size = 4
	var ends []int // where words end in folded
	folded := make([]byte, 0, len(text))
	in := false
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if unspaced(r) && in {
				ends = append(ends, len(folded))
			}
			folded = utf8.AppendRune(folded, unicode.ToLower(r))
			in = true
			continue
		}
		if in && !(r == '\'' || r == '’') {
			ends = append(ends, len(folded))
			in = false
		}
	}
	if in {
		ends = append(ends, len(folded))
	}
	var out []uint64
	start := 0
	for i := size - 1; i < len(ends); i++ {
		out = append(out, hash(folded[start:ends[i]]))
		start = ends[i-size+1]
	}
	return out
}

// hash is FNV-1a: the same everywhere.
func hash(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
