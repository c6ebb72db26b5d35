package markdown

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// Our own nodes. Only they are drawn as links and pictures: one that the
// shaper has not seen is drawn as its words.
var (
	kindAnchor  = ast.NewNodeKind("Anchor")
	kindPicture = ast.NewNodeKind("Picture")
	kindFigure  = ast.NewNodeKind("Figure")
)

// An anchor is a link whose address is decided.
type anchor struct {
	ast.BaseInline
	href, title string
	external    bool
}

// A picture is an image of the site.
type picture struct {
	ast.BaseInline
	src, alt, title string
	size            Image
}

// A figure is a picture that stands alone, with a caption.
type figure struct {
	ast.BaseBlock
	caption string
}

func (*anchor) Kind() ast.NodeKind  { return kindAnchor }
func (*picture) Kind() ast.NodeKind { return kindPicture }
func (*figure) Kind() ast.NodeKind  { return kindFigure }

func (n *anchor) Dump(source []byte, level int)  { ast.DumpHelper(n, source, level, nil, nil) }
func (n *picture) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
func (n *figure) Dump(source []byte, level int)  { ast.DumpHelper(n, source, level, nil, nil) }

// A shaper makes of a parsed text what is to be drawn: it decides on
// addresses, makes figures, and fits headings into the page's outline.
type shaper struct {
	source    []byte
	addresses *addresses
	raw       bool // the text holds HTML: the cleaner decides on addresses
	shift     int  // levels by which headings move down
	ids       map[string]int
}

// shape changes the document in place.
func (s *shaper) shape(doc ast.Node) {
	for c := doc.FirstChild(); c != nil && s.shift == 0; c = c.NextSibling() {
		if h, ok := c.(*ast.Heading); ok && h.Level == 1 {
			s.shift = 1 // the page's own title is its only h1
		}
	}
	s.children(doc, false)
}

// children shapes the children of n. Within a link there are no others.
func (s *shaper) children(n ast.Node, linked bool) {
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		switch c := c.(type) {
		case *ast.Text, *ast.CodeSpan, *ast.FencedCodeBlock, *ast.CodeBlock:
		case *ast.Heading:
			s.heading(c)
			s.children(c, linked)
		case *ast.Paragraph:
			if alone, title := s.figure(c); alone != nil {
				n.ReplaceChild(n, c, alone)
				alone.caption = title
				s.children(alone, linked)
				break
			}
			s.children(c, linked)
			if !c.HasChildren() {
				n.RemoveChild(n, c) // it held a picture that is nowhere
			}
		case *ast.Link:
			s.children(c, true)
			s.link(c, linked)
		case *ast.AutoLink:
			s.autoLink(c, linked)
		case *ast.Image:
			s.image(c, linked)
		default:
			s.children(c, linked)
		}
		c = next
	}
}

// heading moves a heading to its level and gives it an id.
func (s *shaper) heading(h *ast.Heading) {
	h.Level = max(2, min(6, h.Level+s.shift))
	id := idOf(words(h, s.source))
	if s.ids == nil {
		s.ids = map[string]int{}
	}
	for base := id; s.ids[id] > 0; {
		s.ids[base]++
		id = base + "-" + strconv.Itoa(s.ids[base]-1)
	}
	s.ids[id]++
	h.SetAttributeString("id", id)
}

// figure returns a figure for a paragraph that holds nothing but an image with
// a title, and the title.
func (s *shaper) figure(p *ast.Paragraph) (*figure, string) {
	img, ok := p.FirstChild().(*ast.Image)
	if !ok || len(img.Title) == 0 || img.NextSibling() != nil {
		return nil, ""
	}
	caption := unescape(img.Title)
	img.Title = nil
	if _, _, ok := s.addresses.image(unescape(img.Destination)); !ok && !s.raw {
		return nil, "" // the caption then is the label of a link
	}
	f := &figure{}
	f.AppendChild(f, img)
	return f, caption
}

// link puts an anchor in the place of a link, or its words.
func (s *shaper) link(l *ast.Link, linked bool) {
	parent := l.Parent()
	if s.addresses.afford(l.Destination, l.Title) && !linked && l.HasChildren() {
		a := &anchor{href: trimAddress(unescape(l.Destination)), title: unescape(l.Title)}
		ok := true
		if !s.raw {
			a.href, a.external, ok = s.addresses.link(a.href)
		}
		if ok {
			moveChildren(a, l)
			parent.ReplaceChild(parent, l, a)
			return
		}
	}
	for c := l.FirstChild(); c != nil; c = l.FirstChild() {
		l.RemoveChild(l, c)
		parent.InsertBefore(parent, l, c)
	}
	parent.RemoveChild(parent, l)
}

func moveChildren(to, from ast.Node) {
	for c := from.FirstChild(); c != nil; c = from.FirstChild() {
		from.RemoveChild(from, c)
		to.AppendChild(to, c)
	}
}

// autoLink puts an anchor in the place of a bare address.
func (s *shaper) autoLink(l *ast.AutoLink, linked bool) {
	parent := l.Parent()
	ref, label := string(l.URL(s.source)), string(l.Label(s.source))
	if l.AutoLinkType == ast.AutoLinkEmail && schemeOf(ref) != "mailto" {
		ref = "mailto:" + ref
	}
	text := literal(label)
	href, external, ok := s.addresses.link(ref)
	if linked || !ok {
		parent.ReplaceChild(parent, l, text)
		return
	}
	a := &anchor{href: href, external: external}
	if s.raw {
		a.href = ref
	}
	a.AppendChild(a, text)
	parent.ReplaceChild(parent, l, a)
}

// image puts a picture in the place of an image of the site. One from elsewhere
// is not loaded: a link leads to it. Any other is told by its words.
func (s *shaper) image(img *ast.Image, linked bool) {
	parent := img.Parent()
	alt := words(img, s.source)
	if !s.addresses.afford(img.Destination, img.Title) {
		parent.ReplaceChild(parent, img, literal(alt))
		return
	}
	ref, title := trimAddress(unescape(img.Destination)), unescape(img.Title)
	if s.raw {
		parent.ReplaceChild(parent, img, &picture{src: ref, alt: alt, title: title})
		return
	}
	if src, size, ok := s.addresses.image(ref); ok {
		parent.ReplaceChild(parent, img, &picture{src: src, alt: alt, title: title, size: size})
		return
	}
	label := imageLabel(alt, title)
	href, external, ok := s.addresses.link(ref)
	if linked || !ok || !external {
		if alt == "" {
			parent.RemoveChild(parent, img)
			return
		}
		parent.ReplaceChild(parent, img, literal(alt))
		return
	}
	a := &anchor{href: href, external: true}
	a.AppendChild(a, literal(label))
	parent.ReplaceChild(parent, img, a)
}

// imageLabel names a picture that is not shown.
func imageLabel(alt, title string) string {
	switch {
	case alt != "":
		return alt
	case title != "":
		return title
	}
	return "image"
}

// literal returns a node that stands for s as it is.
func literal(s string) ast.Node {
	n := ast.NewString([]byte(s))
	n.SetRaw(true)
	return n
}

// words returns the text within n, without markup.
func words(n ast.Node, source []byte) string {
	var b strings.Builder
	appendWords(&b, n, source)
	return strings.TrimSpace(b.String())
}

func appendWords(b *strings.Builder, n ast.Node, source []byte) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			if c.IsRaw() {
				b.Write(c.Value(source))
			} else {
				b.Write(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(c.Value(source)))))
			}
			if c.SoftLineBreak() || c.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *picture:
			b.WriteString(c.alt)
		case *ast.AutoLink:
			b.Write(c.Label(source))
		case *ast.RawHTML, *east.FootnoteLink, *east.FootnoteBacklink:
		default:
			appendWords(b, c, source)
		}
	}
}

func attribute(w util.BufWriter, name, value string) {
	w.WriteByte(' ')
	w.WriteString(name)
	w.WriteString(`="`)
	w.Write(util.EscapeHTML([]byte(value)))
	w.WriteByte('"')
}

func drawAnchor(w util.BufWriter, _ []byte, node ast.Node, entering bool) {
	if !entering {
		w.WriteString("</a>")
		return
	}
	n := node.(*anchor)
	w.WriteString("<a")
	attribute(w, "href", n.href)
	if n.title != "" {
		attribute(w, "title", n.title)
	}
	if n.external {
		w.WriteString(relExternal)
	}
	w.WriteByte('>')
}

// relExternal keeps other sites from being told where a reader comes from.
const relExternal = ` rel="external noreferrer"`

func drawPicture(w util.BufWriter, _ []byte, node ast.Node, entering bool) {
	if !entering {
		return
	}
	n := node.(*picture)
	w.WriteString("<img")
	attribute(w, "src", n.src)
	attribute(w, "alt", n.alt)
	if n.title != "" {
		attribute(w, "title", n.title)
	}
	if n.size.Width > 0 && n.size.Height > 0 {
		attribute(w, "width", strconv.Itoa(n.size.Width))
		attribute(w, "height", strconv.Itoa(n.size.Height))
	}
	w.WriteString(` loading="lazy" decoding="async">`)
}

func drawFigure(w util.BufWriter, _ []byte, node ast.Node, entering bool) {
	if entering {
		w.WriteString("<figure>")
		return
	}
	w.WriteString("\n<figcaption>")
	w.Write(util.EscapeHTML([]byte(node.(*figure).caption)))
	w.WriteString("</figcaption></figure>\n")
}
