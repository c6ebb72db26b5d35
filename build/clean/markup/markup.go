// Package markup writes HTML as the Markdown of an article: CommonMark with
// GFM tables. Links are made whole, pictures are named by their address and
// carry their caption, posts and films of other sites become quotations with
// a link. What is written holds no HTML, script or style.
//
// Text and Story are pure and safe for concurrent use.
package markup

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/strikethrough"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// toMarkdown is made once; it does not change and is safe for many goroutines.
var toMarkdown = sync.OnceValue(func() *converter.Converter {
	return converter.NewConverter(converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(), table.NewTablePlugin(), strikethrough.NewStrikethroughPlugin()))
})

// Text writes a tree whole, without its pictures. Relative links are below
// address. The tree is changed.
func Text(root *html.Node, address string) (string, error) {
	tidy(root, address)
	return write(root)
}

// A Choice says what of a tree Story writes.
type Choice struct {
	Texts    map[*html.Node]bool   // text nodes
	Pictures map[*html.Node]string // with their captions
	Embeds   map[*html.Node]bool   // frames of other sites
}

// Story writes what is chosen of a tree, in the form that it has there. The
// tree stays as it is.
func Story(root *html.Node, c Choice, address string) (string, error) {
	from, _ := url.Parse(address)
	p := pruner{c, from}
	body := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	p.children(root, body)
	flatten(body)
	tidyLinks(body, from)
	return write(body)
}

func write(root *html.Node) (string, error) {
	out, err := toMarkdown().ConvertNode(root)
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(blankLines.ReplaceAllString(string(out), "\n\n"))
	if text == "" {
		return "", nil
	}
	return text + "\n", nil
}

// blankLines are more empty lines than part paragraphs.
var blankLines = regexp.MustCompile(`\n[ \t]*\n([ \t]*\n)+`)

// A pruner copies what is chosen.
type pruner struct {
	Choice
	from *url.URL
}

// children copies what is chosen below n into to, and reports whether that
// holds any text or picture.
func (p *pruner) children(n, to *html.Node) bool {
	found := false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		copied, full := p.copy(c)
		if copied != nil && !(isSpace(copied) && (to.LastChild == nil || isSpace(to.LastChild))) {
			to.AppendChild(copied)
		}
		found = found || full
	}
	return found
}

func isSpace(n *html.Node) bool { return n.Type == html.TextNode && n.Data == " " }

// copy returns the copy of what is chosen of n, or nil; full is false for
// space and line ends.
func (p *pruner) copy(n *html.Node) (out *html.Node, full bool) {
	if n.Type == html.TextNode {
		if p.Texts[n] {
			return &html.Node{Type: html.TextNode, Data: n.Data}, true
		}
		if strings.TrimSpace(n.Data) == "" {
			return &html.Node{Type: html.TextNode, Data: " "}, false
		}
		return nil, false
	}
	if n.Type != html.ElementNode {
		return nil, false
	}
	if caption, ok := p.Pictures[n]; ok {
		out = p.picture(n, caption)
		return out, out != nil
	}
	if p.Embeds[n] {
		out = p.embed(n)
		return out, out != nil
	}
	out = element(n.DataAtom, n.Data)
	for _, a := range n.Attr {
		switch a.Key {
		case "href", "start", "colspan", "rowspan", "class":
			out.Attr = append(out.Attr, a)
		}
	}
	if n.DataAtom == atom.Br {
		return out, false
	}
	if !p.children(n, out) {
		return nil, false
	}
	return out, true
}

func element(a atom.Atom, name string) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: cmp.Or(a.String(), name)}
}

// picture returns a paragraph with a picture, whose title is its caption.
func (p *pruner) picture(n *html.Node, caption string) *html.Node {
	src := p.source(n)
	if src == "" {
		return nil
	}
	img := element(atom.Img, "img")
	img.Attr = []html.Attribute{{Key: "src", Val: src}, {Key: "alt", Val: squeeze(attr(n, "alt"))}}
	if caption = squeeze(caption); caption != "" {
		img.Attr = append(img.Attr, html.Attribute{Key: "title", Val: caption})
	}
	para := element(atom.P, "p")
	para.AppendChild(img)
	return para
}

// source returns the whole address of a picture. Pages that load pictures late
// keep it elsewhere than in src.
func (p *pruner) source(n *html.Node) string {
	tries := []string{attr(n, "data-src"), attr(n, "data-original"), attr(n, "data-lazy-src"), attr(n, "src"), firstOf(attr(n, "srcset")), firstOf(attr(n, "data-srcset"))}
	if parent := n.Parent; parent != nil && parent.DataAtom == atom.Picture {
		for c := parent.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Source {
				tries = append(tries, firstOf(cmp.Or(attr(c, "srcset"), attr(c, "data-srcset"))))
			}
		}
	}
	for _, s := range tries {
		if whole := resolve(s, p.from); strings.HasPrefix(whole, "http") {
			return whole
		}
	}
	return ""
}

// firstOf returns the first address of a srcset.
func firstOf(set string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(set), " ")
	return strings.TrimSuffix(first, ",")
}

// embed returns a quotation that links to what a frame shows.
func (p *pruner) embed(n *html.Node) *html.Node {
	whole := resolve(cmp.Or(attr(n, "data-src"), attr(n, "src")), p.from)
	u, err := url.Parse(whole)
	if err != nil || !strings.HasPrefix(u.Scheme, "http") || u.Host == "" || !shows(u) {
		return nil
	}
	link := element(atom.A, "a")
	link.Attr = []html.Attribute{{Key: "href", Val: whole}}
	link.AppendChild(&html.Node{Type: html.TextNode, Data: cmp.Or(squeeze(attr(n, "title")), strings.TrimPrefix(u.Host, "www."))})
	quote := element(atom.Blockquote, "blockquote")
	quote.AppendChild(link)
	return quote
}

// shows reports whether a frame shows a film, sound or post rather than an
// advertisement or a form.
func shows(u *url.URL) bool {
	for _, host := range []string{"youtube.com", "youtube-nocookie.com", "vimeo.com", "dailymotion.com", "twitter.com", "x.com", "instagram.com", "facebook.com", "tiktok.com", "soundcloud.com", "spotify.com", "t.me", "rutube.ru", "vk.com", "ok.ru", "bsky.app", "datawrapper.de", "documentcloud.org", "archive.org"} {
		if h := strings.ToLower(u.Host); h == host || strings.HasSuffix(h, "."+host) {
			return true
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
