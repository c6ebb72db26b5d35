package render

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"

	"backfile/build/markdown"
	"backfile/build/site"
)

// An Input is what a page is drawn from besides its View.
type Input struct {
	// Body is the text of the article or page, in Markdown.
	Body []byte
	// Resolve finds what an address in Body leads to: the address to put on
	// the page, and the size of a picture. It may be nil.
	Resolve func(ref string) (href string, img markdown.Image, ok bool)
	// Text reads the text of an article in a feed.
	Text func(site.FeedItem) ([]byte, error)
}

// buffers are used again and again by drawings.
type buffers struct{ page, body bytes.Buffer }

// Draw writes the page of v to w, when all of it could be drawn. A mistake in
// a layout is a *diag.Problem.
func (l *Layouts) Draw(w io.Writer, v *site.View, in Input) error {
	b := l.buffers.Get().(*buffers)
	defer l.buffers.Put(b)
	b.page.Reset()
	b.body.Reset()
	known, err := drawForPrograms(&b.page, l.cfg, v, l.feedText(in))
	if !known {
		err = l.drawPage(b, v, in)
	}
	if err != nil {
		return err
	}
	_, err = w.Write(b.page.Bytes())
	return err
}

// drawPage draws a page by its layout.
func (l *Layouts) drawPage(b *buffers, v *site.View, in Input) error {
	set := l.sets[v.Kind]
	if set == nil {
		return fmt.Errorf("there is no layout for pages of kind %q", v.Kind)
	}
	d := l.dot(v)
	if in.Body != nil && (v.Article == nil || v.Article.Withdrawn == "") {
		if err := l.conv.HTML(&b.body, in.Body, markdown.Options{Resolve: in.Resolve}); err != nil {
			return err
		}
		d.Body = template.HTML(b.body.String())
	}
	if quick := l.quick[v.Kind](); quick != nil && quick.Draw(&b.page, d) {
		return nil
	}
	if err := set.ExecuteTemplate(&b.page, "base", d); err != nil {
		return l.problem(err)
	}
	return nil
}

// feedText draws the text of an article for a feed. Addresses within the
// archive are left out: a feed is read far from it.
func (l *Layouts) feedText(in Input) feedText {
	if in.Text == nil {
		return nil
	}
	return func(it site.FeedItem) (string, error) {
		body, err := in.Text(it)
		if err != nil {
			return "", err
		}
		var b bytes.Buffer
		err = l.conv.HTML(&b, body, markdown.Options{})
		return b.String(), err
	}
}

// Relative returns the address of the file at path to, below public/, as seen
// from the page at path from, escaped for use in links.
func Relative(from, to string) string { return relative(from, to) }

// relative returns the address of the file to as seen from the file from, both
// below public/: "../../topics/index.html".
func relative(from, to string) string {
	same := 0 // from[:same] is the folder that both are in
	for {
		i := strings.IndexByte(from[same:], '/') + 1
		if i == 0 || !strings.HasPrefix(to[same:], from[same:same+i]) {
			break
		}
		same += i
	}
	up := strings.Repeat("../", strings.Count(from[same:], "/"))
	address := escapePath(to[same:])
	if first, _, _ := strings.Cut(address, "/"); up == "" && strings.Contains(first, ":") {
		return "./" + address // or the colon would end a scheme
	}
	return up + address
}

// escapePath returns a path with what an address cannot hold escaped.
func escapePath(path string) string {
	if !strings.ContainsFunc(path, func(r rune) bool {
		return r >= 0x80 || (r < 'a' || r > 'z') && (r < '-' || r > '9') && (r < 'A' || r > 'Z') && r != '_' // '-' to '9' are - . / and digits
	}) {
		return path // as nearly all are
	}
	return (&url.URL{Path: path}).EscapedPath()
}
