package markdown

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

func attr(t html.Token, key string) string {
	for _, at := range t.Attr {
		if at.Key == key {
			return at.Val
		}
	}
	return ""
}

// image writes a picture of the site, or a link to one from elsewhere.
func (k *cleaner) image(t html.Token) {
	ref, alt, title := oneLine(attr(t, "src")), attr(t, "alt"), attr(t, "title")
	src, size, ok := k.addresses.image(ref)
	if !ok {
		if href, external, ok := k.addresses.link(ref); ok && external && k.find("a") < 0 {
			k.link(href, imageLabel(alt, title))
		} else {
			k.out.Write(util.EscapeHTML([]byte(alt)))
		}
		return
	}
	if size.Width == 0 || size.Height == 0 {
		size.Width, _ = strconv.Atoi(attr(t, "width"))
		size.Height, _ = strconv.Atoi(attr(t, "height"))
	}
	drawPicture(k.out, nil, &picture{src: src, alt: alt, title: title, size: size}, true)
}

// frame writes a link to what a frame would have loaded.
func (k *cleaner) frame(t html.Token) {
	ref := oneLine(attr(t, "src") + attr(t, "data"))
	if href, _, ok := k.addresses.link(ref); ok && k.find("a") < 0 {
		label := attr(t, "title")
		if label == "" {
			label = strings.TrimPrefix(strings.TrimPrefix(href, "https://"), "http://")
		}
		k.link(href, label)
	}
}

// link writes a link, in a paragraph of its own where no words stand.
func (k *cleaner) link(href, label string) {
	alone := len(k.open) == 0 || slices.Contains(bare, k.innermost())
	if alone {
		k.out.WriteString("<p>")
	}
	a := &anchor{href: href, external: schemeOf(href) != ""}
	drawAnchor(k.out, nil, a, true)
	k.out.Write(util.EscapeHTML([]byte(label)))
	drawAnchor(k.out, nil, a, false)
	if alone {
		k.out.WriteString("</p>")
	}
}

// media writes a film or a sound of the site, or a link to one from elsewhere.
func (k *cleaner) media(t html.Token) {
	var local bytes.Buffer
	remote := ""
	add := func(name string, t html.Token) {
		ref := oneLine(attr(t, "src"))
		if src, _, ok := k.addresses.image(ref); ok {
			local.WriteString("<" + name)
			for _, key := range []string{"type", "kind", "srclang", "label"} {
				if v := attr(t, key); v != "" {
					local.WriteString(" " + key + `="` + html.EscapeString(v) + `"`)
				}
			}
			local.WriteString(` src="` + html.EscapeString(src) + `">`)
		} else if href, external, ok := k.addresses.link(ref); ok && external && remote == "" {
			remote = href
		}
	}
	add("source", html.Token{Attr: []html.Attribute{{Key: "src", Val: attr(t, "src")}}})
	for done := !k.ends(t.Data); !done; {
		switch k.next() {
		case html.ErrorToken:
			done = true
		case html.StartTagToken, html.SelfClosingTagToken:
			inner := k.z.Token()
			k.z.NextIsNotRawText()
			if inner.Data == "source" || inner.Data == "track" {
				add(inner.Data, inner)
			}
		case html.EndTagToken:
			name, _ := k.z.TagName()
			done = string(name) == t.Data
		}
	}
	switch {
	case bytes.Contains(local.Bytes(), []byte("<source")):
		k.out.WriteString("<" + t.Data + ` controls="" preload="none"`)
		if poster, _, ok := k.addresses.image(oneLine(attr(t, "poster"))); ok {
			attribute(k.out, "poster", poster)
		}
		k.out.WriteByte('>')
		k.out.Write(local.Bytes())
		k.out.WriteString("</" + t.Data + ">")
	case remote != "" && k.find("a") < 0:
		k.link(remote, t.Data)
	}
}
