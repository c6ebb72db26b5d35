package page

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// lighten takes out the pictures that stand in a page saved as one file. They
// are most of its bytes.
func lighten(text string) string {
	const mark, least = ";base64,", 200
	if !strings.Contains(text, mark) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for {
		i := strings.Index(text, mark)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := i + len(mark)
		for end < len(text) && inBase64(text[end]) {
			end++
		}
		start := strings.LastIndex(text[max(0, i-80):i], "data:")
		if start < 0 || end-i < least {
			b.WriteString(text[:end])
		} else {
			b.WriteString(text[:max(0, i-80)+start])
		}
		text = text[end:]
	}
}

func inBase64(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '='
}

// deepest is how many elements may stand in one another; x/net/html gives up
// at 512, and no page for readers comes near this.
const deepest = 250

// flatten leaves out the tags of elements that stand too deep; their text
// stays.
func flatten(text string) string {
	z := html.NewTokenizer(strings.NewReader(text))
	var b strings.Builder
	depth := 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String()
		}
		raw := z.Raw()
		switch kind {
		case html.StartTagToken:
			name, _ := z.TagName()
			if closesItself(atom.Lookup(name)) {
				break
			}
			if depth++; depth > deepest {
				continue
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if closesItself(atom.Lookup(name)) {
				break
			}
			if depth--; depth >= deepest {
				continue
			}
			depth = max(depth, 0)
		}
		b.Write(raw)
	}
}

// closesItself reports whether an element needs no end tag.
func closesItself(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Source,
		atom.Track, atom.Wbr, atom.P, atom.Li, atom.Dt, atom.Dd, atom.Option, atom.Html, atom.Head, atom.Body:
		return true
	}
	return false
}
