package epub

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/idna"

	"backfile/build/render"
)

// A page is a page of public/ on its way into the book.
type page struct {
	*book
	chapter
	ids map[string]bool // of the page, each once
	err error
}

// draw makes the XHTML of an article out of its page.
func (b *book) draw(c chapter, text []byte) ([]byte, error) {
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.URL, err)
	}
	root := find(doc, atom.Html)
	body := find(doc, atom.Article)
	if body == nil {
		return nil, fmt.Errorf("%s has no <article>: the layout of articles must have one for a book to be made", c.URL)
	}
	p := &page{book: b, chapter: c, ids: map[string]bool{}}
	tidy(body)
	p.collect(body)
	var out bytes.Buffer
	head(&out, document{title: c.Title, lang: attr(root, "lang"), dir: attr(root, "dir"), file: c.file})
	p.write(&out, body)
	out.WriteString("\n</body>\n</html>\n")
	return out.Bytes(), p.err
}

// find returns the first element of a kind.
func find(n *html.Node, a atom.Atom) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom == a {
			return d
		}
	}
	return nil
}

func attr(n *html.Node, key string) string {
	if n != nil {
		for _, a := range n.Attr {
			if a.Namespace == "" && a.Key == key {
				return a.Val
			}
		}
	}
	return ""
}

// collect notes the ids that links may lead to.
func (p *page) collect(n *html.Node) {
	for d := range n.Descendants() {
		if id := attr(d, "id"); id != "" && !strings.ContainsAny(id, " \t\n\f\r") && !dropped(d) {
			p.ids[id] = true
		}
	}
}

// drops are elements that a book has no use for, with all that is in them.
var drops = []string{"script", "style", "template", "noscript", "iframe", "object", "embed", "form", "button", "select", "textarea", "link", "meta", "base", "nav", "canvas", "map", "audio", "video", "math", "svg", "dialog", "slot"}

func dropped(n *html.Node) bool { return slices.Contains(drops, n.Data) || n.Namespace != "" }

// voids are elements without an end.
var voids = []string{"br", "hr", "img", "col"}

// known are the elements that books may have here.
var known = []string{
	"a", "abbr", "aside", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "data", "dd", "del", "dfn", "div", "dl", "dt",
	"em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
	"rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var",
}

// keeps are the attributes that are taken over as they are.
var keeps = map[string]string{ // attribute to the elements that may have it; "" is all
	"class": "", "dir": "", "title": "", "datetime": "time del ins", "cite": "blockquote q del ins", "colspan": "td th", "rowspan": "td th",
	"scope": "th", "start": "ol", "reversed": "ol", "value": "li data", "span": "col colgroup", "alt": "img", "width": "img", "height": "img",
}

// write writes n and all below it as XHTML.
func (p *page) write(w *bytes.Buffer, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.WriteString(escape(n.Data))
		return
	case html.ElementNode:
	default:
		return // comments
	}
	switch {
	case n.Data == "input":
		p.box(w, n)
		return
	case n.Data == "img":
		p.image(w, n)
		return
	case n.Data == "audio" || n.Data == "video":
		p.leftOut++
		return
	case dropped(n):
		return
	}
	name, attrs := n.Data, ""
	if name == "a" {
		href := p.target(attr(n, "href"))
		if href == "" {
			name = "span" // and what is in it stays
		} else {
			attrs = ` href="` + escape(href) + `"`
		}
	}
	tagged := slices.Contains(known, name)
	if tagged {
		w.WriteString("<" + name + attrs + p.attributes(n, name))
		if slices.Contains(voids, name) {
			w.WriteString("/>")
			return
		}
		w.WriteString(">")
	}
	for c := range n.ChildNodes() {
		p.write(w, c)
	}
	if tagged {
		w.WriteString("</" + name + ">")
	}
}

// attributes returns the attributes of n that a book may have.
func (p *page) attributes(n *html.Node, name string) string {
	var b strings.Builder
	done := map[string]bool{}
	for _, a := range n.Attr {
		if a.Namespace != "" || done[a.Key] {
			continue
		}
		done[a.Key] = true
		switch on, keep := keeps[a.Key]; {
		case a.Key == "id":
			if p.ids[a.Val] {
				b.WriteString(` id="` + escape(a.Val) + `"`)
				p.ids[a.Val] = false // a second one is dropped
			}
		case a.Key == "lang" && a.Val != "":
			b.WriteString(` lang="` + escape(a.Val) + `" xml:lang="` + escape(a.Val) + `"`)
		case a.Key == "align" || a.Key == "style" && strings.HasPrefix(a.Val, "text-align:"):
			b.WriteString(p.align(n, strings.TrimSpace(strings.TrimPrefix(a.Val, "text-align:"))))
		case keep && (on == "" || slices.Contains(strings.Fields(on), name)) && fits(a.Key, a.Val):
			b.WriteString(" " + a.Key + `="` + escape(a.Val) + `"`)
		}
	}
	return b.String()
}

// fits tells whether a value is one that the schema of books allows.
func fits(key, value string) bool {
	switch key {
	case "dir":
		return value == "ltr" || value == "rtl" || value == "auto"
	case "colspan", "rowspan", "start", "span", "width", "height":
		return value != "" && len(value) < 6 && strings.Trim(value, "0123456789") == "" && value[0] != '0'
	case "cite":
		u, err := url.Parse(value)
		return err == nil && (u.Scheme == "http" || u.Scheme == "https")
	case "reversed", "value":
		return value != ""
	}
	return true
}

// align writes how a cell of a table is set as a class.
func (p *page) align(n *html.Node, how string) string {
	if attr(n, "class") != "" || how != "right" && how != "center" {
		return ""
	}
	return ` class="` + how + `"`
}

// box writes the box of a task as a letter.
func (p *page) box(w *bytes.Buffer, n *html.Node) {
	if attr(n, "type") != "checkbox" {
		return
	}
	for _, a := range n.Attr {
		if a.Key == "checked" {
			w.WriteString("☑")
			return
		}
	}
	w.WriteString("☐")
}

// image writes a picture, or what it shows when the book cannot have it.
func (p *page) image(w *bytes.Buffer, n *html.Node) {
	file := ""
	if at, ok := p.below(attr(n, "src")); ok {
		var err error
		if file, err = p.picture(at); err != nil && p.err == nil {
			p.err = err
		}
	} else {
		p.leftOut++
	}
	if file == "" {
		if alt := attr(n, "alt"); alt != "" {
			w.WriteString(`<span class="lacking">[` + escape(alt) + `]</span>`)
		}
		return
	}
	alt := ""
	if attr(n, "alt") == "" {
		alt = ` alt=""`
		n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "alt" })
	}
	w.WriteString(`<img src="` + escape(render.Relative(p.file, file)) + `"` + alt + p.attributes(n, "img") + "/>")
}

// below finds the file of public/ that an address on the page leads to.
func (p *page) below(ref string) (string, bool) {
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || strings.HasPrefix(u.Path, "/") {
		return "", false
	}
	to := path.Join(path.Dir(p.URL), u.Path)
	return to, !strings.HasPrefix(to, "../")
}

// target returns where a link leads in the book: to a place in it, to another
// site, to the archive, or "" to nowhere.
func (p *page) target(ref string) string {
	u, err := url.Parse(strings.TrimSpace(ref))
	switch {
	case err != nil || ref == "":
		return ""
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Host = asciiHost(u.Host); u.Host == "" {
			return ""
		}
		u.RawQuery = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", "^", "%5E", "`", "%60", "{", "%7B", "}", "%7D", "[", "%5B", "]", "%5D").Replace(u.RawQuery)
		return u.String()
	case u.Scheme == "mailto":
		return u.String()
	case u.Scheme != "" || u.Host != "":
		return ""
	case u.Path == "":
		if _, there := p.ids[u.Fragment]; there && u.Fragment != "" {
			return "#" + u.EscapedFragment()
		}
		return ""
	}
	to, ok := p.below(ref)
	if !ok {
		return ""
	}
	if file := p.byPage[to]; file != "" {
		return render.Relative(p.file, file)
	}
	if p.src.Site.BaseURL == "" {
		return ""
	}
	return p.src.Site.BaseURL + (&url.URL{Path: to}).EscapedPath()
}

// asciiHost writes a host as the domain name system has it, or "" when it is
// none.
func asciiHost(host string) string {
	name, port, _ := strings.Cut(host, ":")
	name, err := idna.Lookup.ToASCII(name)
	if err != nil || name == "" || strings.Trim(port, "0123456789") != "" {
		return ""
	}
	if port != "" {
		name += ":" + port
	}
	return name
}

// escape writes text as XML has it. What XML cannot hold is left out.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff || r == 0xfffd:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
