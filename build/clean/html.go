package clean

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/strikethrough"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"github.com/markusmobius/go-htmldate"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"backfile/build/article"
)

// fromHTML finds the story in a page.
func fromHTML(text string) (a article.Article, r Report) {
	defer func() {
		// The extractors meet whatever the web holds; a page that breaks one
		// of them is refused like any other that cannot be read.
		if broken := recover(); broken != nil {
			a, r = article.Article{}, Report{Refused: fmt.Sprintf("the page cannot be read: %v", broken)}
		}
	}()
	doc, err := html.Parse(strings.NewReader(plain(embedded.ReplaceAllString(text, ""))))
	if err != nil {
		return a, Report{Refused: "the page cannot be read: " + strings.TrimPrefix(err.Error(), "html: ")}
	}
	h := readHead(doc, text)
	found, err := trafilatura.ExtractDocument(doc, trafilatura.Options{
		OriginalURL:      h.address(),
		Focus:            trafilatura.Balanced,
		EnableFallback:   true,
		ExcludeComments:  true,
		IncludeLinks:     true,
		HtmlDateOverride: &htmldate.Result{}, // its guesses hang on the clock
	})
	if err != nil || found.ContentNode == nil {
		return a, Report{Refused: "no story was found in the page"}
	}
	a.Title = h.title()
	r.Dropped = strip(found.ContentNode, a.Title)
	if a.Body, err = markdownOf(found.ContentNode, h.url()); err != nil || words(a.Body) < fewest {
		return article.Article{}, Report{Refused: "no story was found in the page", Dropped: r.Dropped}
	}
	a.Date = h.date(doc)
	a.Authors = authors(h, found.Metadata.Author)
	a.Summary = h.summary(a)
	a.Lang = h.lang(a.Body)
	a.Source = article.Source{Name: h.site(), URL: h.url(), Captured: h.captured}
	return a, r
}

// embedded are the pictures inside a page that was saved as one file. They are
// most of its bytes.
var embedded = regexp.MustCompile(`data:[\w/+.;=-]{1,60};base64,[A-Za-z0-9+/=]{200,}`)

// fewest is how many words make a story.
const fewest = 5

// authors takes the names that the page's data give, else the extractor's.
func authors(h *pageHead, guessed string) []string {
	var out []string
	for _, name := range strings.Split(guessed, ";") {
		if name = strings.Join(strings.Fields(name), " "); name != "" {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		out = h.ld.authors
	}
	return out
}

// strip drops the blocks of an extracted story that are not it: its title,
// lines such as "Read more", appeals.
func strip(root *html.Node, title string) []Line {
	var nodes []*html.Node
	var units []unit
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || !isBlock(n) || hasBlock(n) {
			continue
		}
		if t := strings.Join(strings.Fields(textOf(n)), " "); t != "" {
			nodes = append(nodes, n)
			units = append(units, newUnit(len(units)+1, t))
		}
	}
	mark(units)
	var dropped []Line
	for i, u := range units {
		if u.rule == "" && title != "" && u.words <= 40 && same(u.text, title) {
			u.rule = "title"
		}
		if u.rule == "" {
			continue
		}
		dropped = append(dropped, Line{u.no, u.text, u.rule})
		remove(nodes[i], root)
	}
	return dropped
}

// remove takes a block out, and what it was the only content of.
func remove(n, root *html.Node) {
	for n != root && n.Parent != nil {
		parent := n.Parent
		parent.RemoveChild(n)
		if strings.TrimSpace(textOf(parent)) != "" {
			return
		}
		n = parent
	}
}

func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Figcaption, atom.Td, atom.Th, atom.Dd, atom.Dt, atom.Pre, atom.Section, atom.Article, atom.Ul, atom.Ol, atom.Table, atom.Figure:
		return true
	}
	return false
}

func hasBlock(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && isBlock(d) {
			return true
		}
	}
	return false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	if n.Type == html.TextNode {
		return n.Data
	}
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case d.DataAtom == atom.Br:
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// convert writes a fragment or page of HTML as Markdown, whole.
func convert(src, address string) (string, error) {
	doc, err := html.Parse(strings.NewReader(plain(src)))
	if err != nil {
		return "", err
	}
	return markdownOf(doc, address)
}

// toMarkdown is made once; it does not change and is safe for many goroutines.
var toMarkdown = sync.OnceValue(func() *converter.Converter {
	return converter.NewConverter(converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(), table.NewTablePlugin(), strikethrough.NewStrikethroughPlugin()))
})

// markdownOf writes a tree of HTML as Markdown. Its relative links become
// absolute ones, below address. Pictures are left out: a page of the archive
// asks nothing of others, and their files are not at hand.
func markdownOf(root *html.Node, address string) (string, error) {
	tidy(root, address)
	out, err := toMarkdown().ConvertNode(root)
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(plain(string(out)))
	if text == "" {
		return "", nil
	}
	return text + "\n", nil
}

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
		case atom.A:
			link(n, from)
		case atom.H1:
			n.Data, n.DataAtom = "h2", atom.H2 // the title is the page's only h1
		}
	}
	for _, n := range gone {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
}

// link makes the address of a link absolute; a link that leads nowhere outside
// its page becomes plain text.
func link(n *html.Node, from *url.URL) {
	var kept []html.Attribute
	for _, at := range n.Attr {
		if at.Key != "href" {
			continue
		}
		u, err := url.Parse(strings.TrimSpace(at.Val))
		if err != nil {
			continue
		}
		if from != nil && from.Host != "" {
			u = from.ResolveReference(u)
		}
		if scheme := strings.ToLower(u.Scheme); cmp.Or(u.Host, u.Opaque) != "" && (scheme == "http" || scheme == "https" || scheme == "mailto") {
			kept = []html.Attribute{{Key: "href", Val: u.String()}}
		}
	}
	n.Attr = kept
	if kept == nil {
		n.Data, n.DataAtom = "span", atom.Span
	}
}
