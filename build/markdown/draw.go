package markdown

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"backfile/build/markdown/shortcode"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// What a byte means to drawPlain.
const (
	ordinary = iota
	escaped  // written as an entity, or ends a line
	stop     // may be markup, wherever it stands
	look     // may be markup, by what is around it
)

// A byteClass tells what each byte means.
type byteClass [256]uint8

// anywhere holds for every byte of a text, and atStart for the first of a line.
var anywhere, atStart = byteClasses()

func byteClasses() (anywhere, atStart byteClass) {
	for c := range ' ' {
		anywhere[c] = stop
	}
	for _, c := range "\\`*_~<" {
		anywhere[c] = stop
	}
	for _, c := range "]&:@" {
		anywhere[c] = look
	}
	for _, c := range "\n\">" {
		anywhere[c] = escaped
	}
	for _, c := range " #>-+=:|" {
		atStart[c] = stop
	}
	for c := '0'; c <= '9'; c++ {
		atStart[c] = look
	}
	return anywhere, atStart
}

// drawPlain draws a text without any markup, as most news is, at twenty times
// the speed of the parser. It writes exactly what the parser would lead to, or
// returns false when it is not sure to; what is in b then is of no use.
func drawPlain(b *buffer, body []byte) bool {
	if bytes.Contains(body, []byte("www.")) || shortcode.Any(body) {
		return false
	}
	body = bytes.TrimRight(bytes.TrimLeft(body, "\n"), " \n")
	if len(body) == 0 {
		return true
	}
	if !plainStart(body) {
		return false
	}
	b.WriteString("<p>")
	from := 0 // what is not written yet
	for i := 0; i < len(body); i++ {
		c := body[i]
		switch anywhere[c] {
		case ordinary:
			continue
		case stop:
			return false
		case look:
			if !plainAt(body, i) {
				return false
			}
			if c != '&' {
				continue
			}
		}
		if c != '\n' {
			b.Write(body[from:i])
			b.Write(util.EscapeHTMLByte(c))
		} else {
			end := from + len(bytes.TrimRight(body[from:i], " "))
			if i-end > 1 && body[i+1] != '\n' {
				return false // two blanks break the line
			}
			b.Write(body[from:end])
			if i = endLine(b, body[:end], body, i); !plainStart(body[i+1:]) {
				return false
			}
		}
		from = i + 1
	}
	b.Write(body[from:])
	b.WriteString("</p>\n")
	return true
}

// plainStart reports whether a line begins like any sentence.
func plainStart(line []byte) bool {
	switch atStart[line[0]] {
	case ordinary:
		return true
	case stop:
		return false
	}
	n := 0
	for n < len(line) && '0' <= line[n] && line[n] <= '9' {
		n++
	}
	return n > 0 && n < len(line) && line[n] != '.' && line[n] != ')'
}

// plainAt reports whether the byte at i, which may be markup, is none.
func plainAt(body []byte, i int) bool {
	after := body[i+1:]
	switch body[i] {
	case ']': // a link or a definition; without a definition, brackets are brackets
		return len(after) == 0 || after[0] != '(' && after[0] != ':'
	case ':':
		return !bytes.HasPrefix(after, []byte("//"))
	case '@': // a name, not an e-mail address
		return i == 0 || body[i-1] == ' ' || body[i-1] == '\n'
	case '&':
		n := 0
		for n < len(after) && util.IsAlphaNumeric(after[n]) {
			n++
		}
		return len(after) == 0 || after[0] != '#' && (n == len(after) || after[n] != ';')
	}
	return false
}

// endLine writes what the end of the line at i means after what was drawn, and
// returns the last byte that belongs to it: of an end of a paragraph, that
// before the next.
func endLine(b *buffer, drawn, body []byte, i int) int {
	next := i + 1
	for body[next] == '\n' { // body ends in something else
		next++
	}
	if next > i+1 {
		b.WriteString("</p>\n<p>")
	} else if !joined(drawn, body[next:]) {
		b.WriteByte('\n')
	}
	return next - 1
}

// joined reports whether the end of a line between a and b is no space, as
// between Chinese characters.
func joined(a, b []byte) bool {
	if len(a) == 0 || len(b) == 0 || a[len(a)-1] < 0x80 || b[0] < 0x80 {
		return false
	}
	last, _ := utf8.DecodeLastRune(a)
	first, _ := utf8.DecodeRune(b)
	return util.IsEastAsianWideRune(last) && util.IsEastAsianWideRune(first)
}

// drawEscaped draws a text as it stands, in paragraphs.
func drawEscaped(b *buffer, body []byte) {
	for par := range bytes.SplitSeq(body, []byte("\n\n")) {
		if par = bytes.TrimSpace(par); len(par) > 0 {
			b.WriteString("<p>")
			b.Write(util.EscapeHTML(par))
			b.WriteString("</p>\n")
		}
	}
}

// newRenderer returns goldmark's renderer with our own drawing of links,
// pictures, tables and footnotes. Only a raw one lets HTML through.
func newRenderer(raw bool) renderer.Renderer {
	return renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(html.NewRenderer(), 1000),
		util.Prioritized(nodes{raw}, 100),
	))
}

// nodes draws the nodes that goldmark would draw otherwise.
type nodes struct{ raw bool }

// A drawFunc draws the beginning or the end of a node.
type drawFunc func(w util.BufWriter, source []byte, n ast.Node, entering bool)

func (d nodes) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	of := func(kind ast.NodeKind, draw drawFunc) {
		reg.Register(kind, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
			draw(w, source, n, entering)
			return ast.WalkContinue, nil
		})
	}
	nothing := func(util.BufWriter, []byte, ast.Node, bool) {}
	of(ast.KindText, drawText)
	of(kindAnchor, drawAnchor)
	of(kindPicture, drawPicture)
	of(kindFigure, drawFigure)
	// What the shaper has not seen is drawn as words, without an address.
	of(ast.KindLink, nothing)
	of(ast.KindImage, nothing)
	of(ast.KindAutoLink, func(w util.BufWriter, source []byte, n ast.Node, entering bool) {
		if entering {
			w.Write(util.EscapeHTML(n.(*ast.AutoLink).Label(source)))
		}
	})
	of(ast.KindHTMLBlock, d.htmlBlock)
	of(ast.KindRawHTML, d.rawHTML)
	of(east.KindStrikethrough, element("del"))
	of(east.KindTaskCheckBox, drawTask)
	of(east.KindTable, element("table"))
	of(east.KindTableHeader, drawHeader)
	of(east.KindTableRow, drawRow)
	of(east.KindTableCell, drawCell)
	of(east.KindFootnoteLink, drawNoteLink)
	of(east.KindFootnoteBacklink, drawNoteBacklink)
	of(east.KindFootnote, drawNote)
	of(east.KindFootnoteList, drawNotes)
}

// element draws a node as an element without attributes.
func element(name string) drawFunc {
	return func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) {
		if entering {
			w.WriteString("<" + name + ">")
		} else {
			w.WriteString("</" + name + ">")
		}
	}
}

func drawText(w util.BufWriter, source []byte, node ast.Node, entering bool) {
	if !entering {
		return
	}
	n := node.(*ast.Text)
	value := n.Value(source)
	if n.IsRaw() {
		html.DefaultWriter.RawWrite(w, value)
		return
	}
	html.DefaultWriter.Write(w, value)
	if n.HardLineBreak() {
		w.WriteString("<br>\n")
	} else if n.SoftLineBreak() {
		if next, ok := n.NextSibling().(*ast.Text); !ok || !joined(value, next.Value(source)) {
			w.WriteByte('\n')
		}
	}
}

func (d nodes) htmlBlock(w util.BufWriter, source []byte, node ast.Node, entering bool) {
	n := node.(*ast.HTMLBlock)
	if !d.raw || !entering {
		return
	}
	w.WriteByte(edge)
	for i := range n.Lines().Len() {
		at := n.Lines().At(i)
		w.Write(at.Value(source))
	}
	if n.HasClosure() {
		w.Write(n.ClosureLine.Value(source))
	}
	w.WriteByte(edge)
}

func (d nodes) rawHTML(w util.BufWriter, source []byte, node ast.Node, entering bool) {
	n := node.(*ast.RawHTML)
	if !d.raw || !entering {
		return
	}
	for i := range n.Segments.Len() {
		at := n.Segments.At(i)
		w.Write(at.Value(source))
	}
}

// A box that can be ticked would need a label; a sign reads as well.
func drawTask(w util.BufWriter, _ []byte, node ast.Node, entering bool) {
	if !entering {
		return
	}
	if node.(*east.TaskCheckBox).IsChecked {
		w.WriteString("☑ ")
	} else {
		w.WriteString("☐ ")
	}
}

func drawHeader(w util.BufWriter, _ []byte, n ast.Node, entering bool) {
	if entering {
		w.WriteString("\n<thead>\n<tr>\n")
		return
	}
	w.WriteString("</tr>\n</thead>\n")
	if n.NextSibling() != nil {
		w.WriteString("<tbody>\n")
	}
}

func drawRow(w util.BufWriter, _ []byte, n ast.Node, entering bool) {
	if entering {
		w.WriteString("<tr>\n")
		return
	}
	w.WriteString("</tr>\n")
	if n.NextSibling() == nil {
		w.WriteString("</tbody>\n")
	}
}

func drawCell(w util.BufWriter, _ []byte, node ast.Node, entering bool) {
	n := node.(*east.TableCell)
	name := "td"
	if n.Parent().Kind() == east.KindTableHeader {
		name = "th"
	}
	if !entering {
		w.WriteString("</" + name + ">\n")
		return
	}
	w.WriteString("<" + name)
	if n.Alignment != east.AlignNone {
		attribute(w, "class", n.Alignment.String())
	}
	w.WriteByte('>')
}

// noteID returns the id of the mark that leads to a footnote, the one after
// others having a number of its own.
func noteID(note, mark int) string {
	id := "fnref-" + strconv.Itoa(note)
	if mark > 0 {
		id += "-" + strconv.Itoa(mark+1)
	}
	return id
}

func drawNoteLink(w util.BufWriter, _ []byte, node ast.Node, entering bool) {
	if !entering {
		return
	}
	n := node.(*east.FootnoteLink)
	number := strconv.Itoa(n.Index)
	w.WriteString(`<sup><a id="` + noteID(n.Index, n.RefIndex) + `" href="#fn-` + number + `" role="doc-noteref">` + number + `</a></sup>`)
}

func drawNoteBacklink(w util.BufWriter, _ []byte, node ast.Node, entering bool) {
	if entering {
		n := node.(*east.FootnoteBacklink)
		w.WriteString(` <a href="#` + noteID(n.Index, n.RefIndex) + `" role="doc-backlink">↩︎</a>`)
	}
}

func drawNote(w util.BufWriter, _ []byte, node ast.Node, entering bool) {
	if entering {
		w.WriteString(`<li id="fn-` + strconv.Itoa(node.(*east.Footnote).Index) + `">` + "\n")
	} else {
		w.WriteString("</li>\n")
	}
}

func drawNotes(w util.BufWriter, _ []byte, _ ast.Node, entering bool) {
	if entering {
		w.WriteString("<section class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n")
	} else {
		w.WriteString("</ol>\n</section>\n")
	}
}
