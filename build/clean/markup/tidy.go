package markup

import (
	"cmp"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tidy drops what has no place in an article's text and mends links.
func tidy(root *html.Node, address string) {
	from, _ := url.Parse(address)
	var gone []*html.Node
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Img, atom.Svg, atom.Picture, atom.Video, atom.Audio, atom.Canvas, atom.Object, atom.Embed, atom.Iframe, atom.Button, atom.Form, atom.Select, atom.Template:
			gone = append(gone, n)
		case atom.H1:
			rename(n, atom.H2) // the title is the page's only h1
		}
	}
	for _, n := range gone {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
	tidyLinks(root, from)
}

func tidyLinks(root *html.Node, from *url.URL) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.A {
			link(n, from)
		}
	}
}

func rename(n *html.Node, a atom.Atom) { n.DataAtom, n.Data = a, a.String() }

// flatten brings a pruned tree into the form that Markdown can hold: tables
// that only lay out a page, and elements without a meaning, become plain ones.
func flatten(root *html.Node) {
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.H1:
			rename(n, atom.H2)
		case atom.Table:
			if !isData(n) {
				loosen(n)
			}
		case atom.Figcaption, atom.Form, atom.Fieldset, atom.Legend, atom.Summary, atom.Details, atom.Button, atom.Noscript, atom.Center, atom.Address:
			rename(n, atom.Div)
		case atom.Font, atom.Time, atom.Label, atom.Small, atom.Big, atom.U, atom.Ins:
			rename(n, atom.Span)
		case atom.Dt, atom.Dd:
			rename(n, atom.P)
		}
	}
}

// isData reports whether a table has rows and columns of short texts.
func isData(t *html.Node) bool {
	rows, columns := 0, 0
	for n := range t.Descendants() {
		switch n.DataAtom {
		case atom.Table, atom.Ul, atom.Ol, atom.Blockquote, atom.H1, atom.H2, atom.H3:
			return false
		case atom.Tr:
			rows++
			cells, inRow := 0, 0
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
					cells++
					inRow = max(inRow, len(textOf(c)))
				}
			}
			columns = max(columns, cells)
			if inRow > 600 {
				return false
			}
		}
	}
	return rows > 1 && columns > 1
}

// loosen makes a table that lays out a page into plain parts, but not the
// tables in it.
func loosen(t *html.Node) {
	for c := t.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr:
			loosen(c)
		case atom.Td, atom.Th, atom.Caption:
			rename(c, atom.Div)
		}
	}
	rename(t, atom.Div)
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// link makes the address of a link absolute; a link that leads nowhere outside
// its page becomes plain text.
func link(n *html.Node, from *url.URL) {
	whole := resolve(attr(n, "href"), from)
	n.Attr = nil
	if whole == "" {
		rename(n, atom.Span)
		return
	}
	n.Attr = []html.Attribute{{Key: "href", Val: whole}}
}

// resolve returns the whole of an address, or "" for one that readers of an
// archive can do nothing with.
func resolve(address string, from *url.URL) string {
	address = strings.TrimSpace(address)
	if address == "" || strings.HasPrefix(address, "#") {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if from != nil && from.Host != "" {
		u = from.ResolveReference(u)
	}
	if scheme := strings.ToLower(u.Scheme); cmp.Or(u.Host, u.Opaque) != "" && (scheme == "http" || scheme == "https" || scheme == "mailto") {
		return u.String()
	}
	return ""
}
