package story

import (
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// mostPictures is how many pictures of a page are looked at.
const mostPictures = 400

// pictures finds the pictures and frames of the story: those that stand among
// its text, or before it under the title, and in nothing that is furniture.
func (s *scene) pictures(doc *html.Node, out *Story) {
	order, n := map[*html.Node]int{}, 0
	first, last := -1, -1
	var found []*html.Node
	var headings []int
	for d := range doc.Descendants() {
		n++
		switch {
		case out.Texts[d]:
			if first < 0 {
				first = n
			}
			last = n
		case d.DataAtom == atom.Img, d.DataAtom == atom.Iframe, d.Data == "amp-img":
			order[d] = n
			found = append(found, d)
		case d.DataAtom == atom.H1:
			headings = append(headings, n)
		}
	}
	if first < 0 {
		return
	}
	from := first
	for _, h := range headings {
		if h < first {
			from = h // the last one before the text is its title
		}
	}
	for _, d := range found[:min(len(found), mostPictures)] {
		if at := order[d]; at < from || at > last || s.furnished(d) {
			continue
		}
		if d.DataAtom == atom.Iframe {
			out.Embeds[d] = true
		} else if !small(d) {
			out.Pictures[d] = s.caption(d)
		}
	}
}

// furnished reports whether an element stands in what is no part of a story.
func (s *scene) furnished(n *html.Node) bool {
	marks := s.marksOf(n.Parent, 0)
	for i, name := range names()[len(own):] {
		switch name {
		case "class related", "class social", "class comments", "class offer", "class advert", "class tags", "class bio", "in aside", "in footer", "in nav", "in form":
			if marks>>i&1 == 1 {
				return true
			}
		}
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if isSilent(p) {
			return true
		}
	}
	return false
}

// small reports whether a picture is a sign or a counter.
func small(n *html.Node) bool {
	const least = 100 // pixels; faces of authors and buttons have fewer
	for _, key := range []string{"width", "height"} {
		if v, err := strconv.Atoi(strings.TrimSuffix(attribute(n, key), "px")); err == nil && v < least {
			return true
		}
	}
	src := strings.ToLower(cmp.Or(attribute(n, "src"), attribute(n, "data-src")))
	return strings.HasSuffix(src, ".svg") || strings.Contains(src, "pixel") || strings.Contains(src, "spacer") || strings.Contains(src, "avatar")
}

// caption returns what stands under a picture.
func (s *scene) caption(n *html.Node) string {
	const most = 600
	for p, up := n.Parent, 0; p != nil && up < 5; p, up = p.Parent, up+1 {
		if p.DataAtom == atom.Body || p.DataAtom == atom.Article || p.DataAtom == atom.Main {
			return ""
		}
		for d := range p.Descendants() {
			if d.DataAtom != atom.Figcaption && !(d.Type == html.ElementNode && strings.Contains(strings.ToLower(attribute(d, "class")), "caption")) {
				continue
			}
			var parts []string
			for _, b := range cut(d) {
				parts = append(parts, b.text)
			}
			if t := strings.Join(parts, " "); t != "" && len(t) < most {
				return t
			}
		}
		if p.DataAtom == atom.Figure {
			return ""
		}
	}
	return ""
}
