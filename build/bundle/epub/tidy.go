package epub

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Browsers show a list item outside a list, or a paragraph within a word; the
// schema for books refuses them, and a reading system may refuse the whole
// book. tidy makes elements stand only where the schema lets them, by giving
// them plainer names; no word is lost.

// blocks are elements that no line of text may have in it.
var blocks = []string{
	"aside", "blockquote", "div", "dl", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "ol", "p", "pre", "section", "table", "ul",
	"li", "dt", "dd", "figcaption", "caption", "details", "summary",
}

// lines are elements that hold no blocks, and what they become with some in
// them; "" takes their tags away.
var lines = map[string]string{
	"h1": "div", "h2": "div", "h3": "div", "h4": "div", "h5": "div", "h6": "div", "p": "div", "pre": "div",
	"abbr": "", "b": "", "bdi": "", "bdo": "", "cite": "", "code": "", "data": "", "dfn": "", "em": "", "i": "", "kbd": "", "mark": "", "q": "", "ruby": "",
	"s": "", "samp": "", "small": "", "span": "", "strong": "", "sub": "", "sup": "", "time": "", "u": "", "var": "", "rt": "", "rp": "",
}

// renames are elements that stand as others: what folds on a screen is open in
// a book.
var renames = map[string]string{"details": "div", "summary": "div", "picture": "span"}

// tidy puts n and all below it in order, from the bottom up.
func tidy(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling // c may be taken away
		tidy(c)
		c = next
	}
	if n.Type != html.ElementNode {
		return
	}
	if to := renames[n.Data]; to != "" {
		if n.Data == "summary" && attr(n, "class") == "" {
			n.Attr = append(n.Attr, html.Attribute{Key: "class", Val: "summary"})
		}
		n.Data = to
	}
	if to, line := lines[n.Data]; line && hasBlock(n) {
		n.Data = to
	}
	switch n.Data {
	case "ul", "ol":
		wrapOthers(n, "li", "li")
	case "dl":
		if !pairs(n) {
			n.Data = "div"
			renameChildren(n, "dt", "div")
			renameChildren(n, "dd", "div")
		}
	case "figure":
		captions(n)
	case "header", "footer":
		for d := range n.Descendants() {
			if d.Data == "header" || d.Data == "footer" {
				d.Data = "div"
			}
		}
	}
	orphans(n)
	if n.Data == "" {
		unwrap(n)
	}
}

// hasBlock tells whether a block is in n.
func hasBlock(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && slices.Contains(blocks, d.Data) {
			return true
		}
	}
	return false
}

// unwrap puts n's children in its place.
func unwrap(n *html.Node) {
	if n.Parent == nil {
		n.Data = "div"
		return
	}
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
}

func blank(n *html.Node) bool {
	return n.Type == html.CommentNode || n.Type == html.TextNode && strings.TrimSpace(n.Data) == ""
}

// wrapOthers puts each child that is not of a kind into an element of its own.
func wrapOthers(n *html.Node, kind, in string) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if !blank(c) && (c.Type != html.ElementNode || c.Data != kind) {
			w := &html.Node{Type: html.ElementNode, Data: in}
			n.InsertBefore(w, c)
			n.RemoveChild(c)
			w.AppendChild(c)
		}
		c = next
	}
}

// pairs tells whether a list of terms is one: terms, then what they mean, and
// so on.
func pairs(n *html.Node) bool {
	last := ""
	for c := range n.ChildNodes() {
		if blank(c) {
			continue
		}
		if c.Type != html.ElementNode || c.Data != "dt" && c.Data != "dd" || c.Data == "dd" && last == "" {
			return false
		}
		last = c.Data
	}
	return last != "dt"
}

func renameChildren(n *html.Node, from, to string) {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode && c.Data == from {
			c.Data = to
		}
	}
}

// captions leaves a figure one caption, at its beginning or end.
func captions(n *html.Node) {
	seen := false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || c.Data != "figcaption" {
			continue
		}
		if seen || !edge(c) {
			c.Data = "div"
		}
		seen = true
	}
}

// edge tells whether nothing stands before n, or nothing behind it.
func edge(n *html.Node) bool {
	before, behind := n.PrevSibling, n.NextSibling
	for before != nil && blank(before) {
		before = before.PrevSibling
	}
	for behind != nil && blank(behind) {
		behind = behind.NextSibling
	}
	return before == nil || behind == nil
}

// homes are elements that stand only in some others.
var homes = map[string][]string{
	"li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"}, "figcaption": {"figure"}, "rt": {"ruby"}, "rp": {"ruby"},
}

// orphans renames children of n that may not stand in it.
func orphans(n *html.Node) {
	for c := range n.ChildNodes() {
		if in := homes[c.Data]; c.Type == html.ElementNode && in != nil && !slices.Contains(in, n.Data) {
			if c.Data = "div"; in[0] == "ruby" {
				c.Data = "span"
			}
		}
	}
}
