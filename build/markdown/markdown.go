// Package markdown turns the text of an article into HTML, and tells of a text
// what lists, search and the builder need to know: its beginning, its words,
// the addresses in it.
//
// Texts are CommonMark with GFM tables, strikethrough, task lists and bare
// addresses, and footnotes. They come from anywhere, so nothing in them is
// trusted: no script, style, frame, event attribute or address with a scheme
// other than http, https and mailto ever reaches a page, nothing on a page is
// loaded from another site, and no text takes more than a moment to draw.
//
// Every id in the HTML begins with "h-", "fn-" or "fnref-", so that it cannot
// clash with those of the page around it.
package markdown

import (
	"bytes"
	"io"
	"sync"
	"unicode/utf8"

	"backfile/build/markdown/plain"
	"backfile/build/markdown/shortcode"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
)

// An Image is what is known of a picture of the site.
type Image struct{ Width, Height int } // in pixels; 0 when not known

// Options say how a text is drawn. The zero Options draw it without links to
// other files of the site.
type Options struct {
	// Resolve finds the file of the site that an address in the text leads
	// to. It is asked for addresses without a scheme, as they are written but
	// without their fragment, and returns the address to put on the page,
	// escaped. Without a file, ok is false, and the words stand without link.
	Resolve func(ref string) (href string, img Image, ok bool)
}

// A Converter draws texts. It is safe for concurrent use.
type Converter struct {
	plain, linking parser.Parser     // linking looks for bare addresses too
	safe, raw      renderer.Renderer // raw lets HTML through, for the cleaner
	policy         *bluemonday.Policy
	buffers        sync.Pool
}

// New returns a Converter.
func New() *Converter {
	c := &Converter{
		plain:   newParser(false),
		linking: newParser(true),
		safe:    newRenderer(false),
		raw:     newRenderer(true),
		policy:  newPolicy(),
	}
	c.buffers.New = func() any { return new(buffer) }
	return c
}

// A buffer is a bytes.Buffer that goldmark writes to without a buffer of its
// own between.
type buffer struct{ bytes.Buffer }

// Buffered returns 0: all that is written has arrived.
func (*buffer) Buffered() int { return 0 }

// Flush does nothing.
func (*buffer) Flush() error { return nil }

// maxBody is the longest text that is parsed: some 600,000 words. A longer one
// is shown as plain paragraphs.
const maxBody = 4 << 20

// HTML writes the text as HTML. It fails only when dst does.
func (c *Converter) HTML(dst io.Writer, body []byte, o Options) error {
	b := c.buffers.Get().(*buffer)
	defer c.buffers.Put(b)
	b.Reset()
	body = valid(body)
	if !drawPlain(b, body) {
		b.Reset()
		body = shortcode.Expand(body)
		if len(body) > maxBody || !c.draw(b, body, o) {
			b.Reset()
			drawEscaped(b, body)
		}
	}
	_, err := dst.Write(b.Bytes())
	return err
}

// draw parses the text and draws it. It returns false when a library gives up
// on the text; whatever is in b then is of no use.
func (c *Converter) draw(b *buffer, body []byte, o Options) (ok bool) {
	// One text must not stop the build of all others, and the parser below is
	// not ours.
	defer func() { ok = recover() == nil && ok }()
	p := c.plain
	if mayLink(body) {
		p = c.linking
	}
	pc := parser.NewContext()
	pc.Set(effortKey, &effort{left: maxEffort})
	doc := p.Parse(text.NewReader(body), parser.WithContext(pc))
	a := newAddresses(o, body)
	if bytes.IndexByte(body, '<') < 0 || !hasHTML(doc, body) {
		(&shaper{source: body, addresses: a}).shape(doc)
		return c.safe.Render(b, body, doc) == nil
	}
	(&shaper{source: body, addresses: a, raw: true}).shape(doc)
	mixed := c.buffers.Get().(*buffer)
	defer c.buffers.Put(mixed)
	mixed.Reset()
	if c.raw.Render(mixed, body, doc) != nil {
		return false
	}
	return c.clean(b, mixed, a)
}

// mayLink reports whether body may hold an address to be made a link: one that
// is not within angle brackets or the parentheses of a link already.
func mayLink(body []byte) bool {
	for _, sign := range []string{"://", "www.", "@"} {
		for i := 0; ; i++ {
			n := bytes.Index(body[i:], []byte(sign))
			if n < 0 {
				break
			}
			i += n
			from := 1 + bytes.LastIndexAny(body[max(0, i-64):i], " \n*_~(<") + max(0, i-64)
			if from > 1 && body[from-1] == '(' && body[from-2] == ']' {
				if end := bytes.IndexAny(body[i:min(len(body), i+1000)], ") \n"); end > 0 && body[i+end] == ')' {
					i += end
					continue
				}
			}
			if from == 0 || body[from-1] != '<' {
				return true
			}
		}
	}
	return false
}

// hasHTML reports whether doc holds HTML other than comments.
func hasHTML(n ast.Node, source []byte) bool {
	switch n := n.(type) {
	case *ast.HTMLBlock:
		return n.HTMLBlockType != ast.HTMLBlockType2 || !onlyComment(n, source)
	case *ast.RawHTML:
		first := n.Segments.At(0)
		return !bytes.HasPrefix(first.Value(source), []byte("<!--"))
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if hasHTML(c, source) {
			return true
		}
	}
	return false
}

// onlyComment reports whether nothing follows the comment that n begins with
// on the comment's last line.
func onlyComment(n *ast.HTMLBlock, source []byte) bool {
	last := n.ClosureLine
	if !n.HasClosure() {
		if n.Lines().Len() == 0 {
			return true
		}
		last = n.Lines().At(n.Lines().Len() - 1)
	}
	_, rest, found := bytes.Cut(last.Value(source), []byte("-->"))
	return !found || len(bytes.TrimSpace(rest)) == 0
}

// valid returns body as text that can stand on a page: bytes that are no UTF-8
// and NUL become U+FFFD, and lines end in \n. Nearly every text is so already, and
// is returned as it is.
func valid(body []byte) []byte {
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	if bytes.IndexByte(body, 0) >= 0 {
		body = bytes.ReplaceAll(body, []byte{0}, []byte("\uFFFD"))
	}
	if bytes.IndexByte(body, '\r') >= 0 {
		body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
		body = bytes.ReplaceAll(body, []byte("\r"), []byte("\n"))
	}
	return body
}

// A Shortcode is a command for another generator that stands in a text.
type Shortcode = shortcode.Found

// Shortcodes returns the commands for other generators in the text, the first
// of each name. They are never executed: see package shortcode.
func Shortcodes(body []byte) []Shortcode { return shortcode.Find(body) }

// Excerpt returns the beginning of the text without markup, at most limit
// letters: the first paragraphs, or when there are none, whatever there is.
// Where it is cut, it ends in "…", after a word, or after a letter in scripts
// without spaces.
func Excerpt(body []byte, limit int) string {
	return string(valid([]byte(plain.Excerpt(shortcode.Expand(body), limit))))
}

// PlainText returns the words of the text, blocks being separated by an empty
// line.
func PlainText(body []byte) string { return plain.Text(shortcode.Expand(valid(body))) }

// Words returns the number of words in the text: for scripts without spaces,
// of letters divided by two.
func Words(body []byte) int { return plain.Words(body) }
