package site

import (
	"cmp"
	"fmt"

	"backfile/build/article"
	"backfile/build/internal/digest"
)

// A listing is a list of articles on as many pages as it needs. Pages are cut
// from the oldest: page 1 holds the oldest articles and never changes again
// once it is full; the newest, partly filled page is the index.
type listing struct {
	layout string
	index  string   // the newest page
	page   string   // the older ones, with %d for the number
	nodes  []*node  // oldest first
	size   int      // articles on a page; the configured number when 0
	words  []string // what every page of the list shows besides its articles
	// digest adds what the index shows besides the list, which the full pages
	// must not show: it may change.
	digest func(*digest.Hasher)
	view   func(*View)
}

// frozen is how many full pages of size are cut off a list of n. What is left
// for the index is between half a page and a page and a half, so that the page
// most people open is never nearly empty.
func frozen(n, size int) int { return max(0, (n-size/2)/size) }

// list yields the pages of l. Full pages link forward to the page after them,
// which for the last one is not full yet: a small redirect to the index stands
// there until it is, so that a full page need never be changed.
func (p *pager) list(l listing) bool {
	size := cmp.Or(l.size, p.cfg.PageSize)
	full := frozen(len(l.nodes), size)
	address := func(i int) string {
		if i < 1 {
			return ""
		}
		return fmt.Sprintf(l.page, i)
	}
	for i := 1; i <= full; i++ {
		nodes := l.nodes[(i-1)*size : i*size]
		list := List{Number: i, Older: address(i - 1), Newer: address(i + 1), Index: l.index}
		if !p.listPage(l, nodes, list) {
			return false
		}
	}
	if full > 0 && !p.redirect(address(full+1), l.index, p.cfg.Language) {
		return false
	}
	return p.listPage(l, l.nodes[full*size:], List{Older: address(full), Total: len(l.nodes)})
}

func (p *pager) listPage(l listing, nodes []*node, list List) bool {
	path := list.path(l)
	h := p.start(l.layout, path)
	cards(h, nodes)
	h.Int(list.Number)
	h.Int(list.Total)
	h.String(list.Older)
	h.Strings(l.words)
	if list.Number == 0 && l.digest != nil {
		l.digest(h)
	}
	return p.page(l.layout, path, func(v *View) {
		v.List = &list
		v.List.Groups = groups(nodes)
		v.NoIndex = list.Number > 0 // search engines need only the articles
		l.view(v)
	})
}

func (list List) path(l listing) string {
	if list.Number == 0 {
		return l.index
	}
	return fmt.Sprintf(l.page, list.Number)
}

// groups sets nodes, oldest first, in groups of a day each, newest first.
func groups(nodes []*node) []Group {
	var out []Group
	key := ""
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		if d := n.date.Path(); d != key || len(out) == 0 {
			key = d
			out = append(out, Group{Date: article.Date{Year: n.date.Year, Month: n.date.Month, Day: n.date.Day}, URL: d + "/index.html"})
		}
		g := &out[len(out)-1]
		g.Items = append(g.Items, item(n))
	}
	return out
}
