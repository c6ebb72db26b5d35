package site

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"backfile/build/internal/digest"
)

// The index of titles is a tree of pages: one page while the titles fit on it,
// else one that leads to a page for each next letter. Which pages there are
// follows from the titles alone, and none tells how many stand on another: a
// new article changes the one page that it stands on, and the page above only
// when another is needed there.
const (
	// titleLists is how many lists' pages of titles one page of the index
	// takes: a title needs a line, where an article in a list has a summary.
	titleLists = 4
	// fewTitles is the part of a page that may stand under a letter and still
	// be on the page that leads to the other letters: nobody wants to be led
	// to a page of one title.
	fewTitles = 10
	// maxStem is how many bytes tell pages apart. Titles that agree for longer
	// stand on numbered pages from the oldest, as in other lists.
	maxStem = 120
	// manySigns is how many signs of scripts that have thousands of them may
	// have a page each. Where there are more, those that Unicode has side by
	// side share one.
	manySigns = 50
	firstSign = 0x2E80 // from here on Unicode has Chinese, Japanese and the like
)

// blocks are how many signs may share a page.
var blocks = [...]rune{0x100, 0x400, 0x1000}

const titlesIndex = "titles/index.html"

// A branch is a page of the tree and the titles on it or below it.
type branch struct {
	*titleOrder
	name, label string // of its file without .html; what readers see
	titles      []titled
	stem        int    // bytes of the key that all titles share, as far as is known
	whole       bool   // the titles are sorted by all of their keys
	block       rune   // not 0 where so many signs share the page, and stand under a heading each
	up          []Link // the page of the first letter, and the page above
	prev, next  *Link  // the pages beside this one, below the same page
}

func (b *branch) url() string { return "titles/" + b.name + ".html" }
func (b *branch) link() *Link { return &Link{Label: b.label, URL: b.url()} }

// below returns the links up from a page right below b.
func (b *branch) below() []Link {
	switch {
	case b.url() == titlesIndex:
		return nil
	case len(b.up) == 0:
		return []Link{*b.link()}
	}
	return []Link{b.up[0], *b.link()}
}

// titlesOnPage is how many titles one page holds.
func (s *Site) titlesOnPage() int { return titleLists * s.cfg.PageSize }

// titles yields the index of titles.
func (p *pager) titles() bool {
	order := p.byTitle()
	root := &branch{titleOrder: order, name: "index", titles: order.list}
	kids := root.beginnings()
	if len(root.titles) <= p.titlesOnPage() {
		return p.titlesPage(root, nil, kids)
	}
	return p.branches(root, kids, nil)
}

// beginnings returns the branches of the whole index: figures, letters, and
// what begins with neither.
func (b *branch) beginnings() []*branch {
	before := func(key string) int {
		return sort.Search(len(b.titles), func(i int) bool { return b.titles[i].head() >= key })
	}
	figures, letters := before("0"), before(":") // ":" comes after "9"
	var out []*branch
	if figures < letters {
		out = append(out, b.kid("0_9", "0–9", b.titles[figures:letters]))
	}
	out = append(out, b.kid("", "", b.titles[letters:]).share()...)
	if figures > 0 {
		out = append(out, b.kid("other_signs", "…", b.titles[:figures]))
	}
	return out
}

func (b *branch) kid(name, label string, titles []titled) *branch {
	return &branch{titleOrder: b.titleOrder, name: name, label: label, titles: titles, whole: b.whole}
}

// split divides the titles of b by the letter after its stem, with the space
// before it if there is one.
func (b *branch) split() []*branch {
	var out []*branch
	for list := b.titles; len(list) > 0; {
		key := b.begin(list[0])
		end := b.stem
		if strings.HasPrefix(key[end:], " ") {
			end++
		}
		_, size := utf8.DecodeRuneInString(key[end:])
		end += size
		name, label := keyName(key[:end]), keyLabel(key[:end])
		if end == b.stem { // the title ends here
			name += "_end"
			label = b.node(list[0]).Title
		}
		n := b.run(list, key[:end])
		kid := b.kid(name, label, list[:n])
		kid.stem = end
		out = append(out, kid)
		list = list[n:]
	}
	return out
}

// begin is the key of t as far as the titles of b are in order.
func (b *branch) begin(t titled) string {
	if b.whole {
		return b.key(t)
	}
	return t.head()
}

// run is how many of list, in order, begin with prefix, or are no more than it
// when it is the stem.
func (b *branch) run(list []titled, prefix string) int {
	switch end := len(prefix); {
	case b.whole && end == b.stem:
		return sort.Search(len(list), func(i int) bool { return len(b.key(list[i])) > end })
	case b.whole:
		return sort.Search(len(list), func(i int) bool { return !strings.HasPrefix(b.key(list[i]), prefix) })
	case end == b.stem:
		last := headOf([]byte(prefix), 0)
		return sort.Search(len(list), func(i int) bool { return list[i].compare(last) > 0 })
	}
	last := headOf([]byte(prefix), 0xFF)
	return sort.Search(len(list), func(i int) bool { return list[i].compare(last) > 0 })
}

// share divides the titles of b as split does, and puts signs together when
// there are too many of them.
func (b *branch) share() []*branch {
	kids := b.split()
	size := rune(0)
	for _, next := range blocks {
		if b.block > 0 && next >= b.block || b.pages(kids, size) <= manySigns {
			break
		}
		size = next
	}
	if size == 0 {
		return kids
	}
	var out []*branch
	from := 0 // in b.titles
	for _, k := range kids {
		to := from + len(k.titles)
		block := b.blockName(k, size)
		switch prev := last(out); {
		case block == "":
			out = append(out, k)
		case prev == nil || prev.name != block:
			k.name = block
			out = append(out, k)
		default:
			first, _, _ := strings.Cut(prev.label, "–")
			prev.label, prev.stem, prev.block = first+"–"+k.label, b.stem, size
			prev.titles = b.titles[from-len(prev.titles) : to]
		}
		from = to
	}
	return out
}

// pages is how many pages signs would have if so many could share one.
func (b *branch) pages(kids []*branch, size rune) int {
	n, before := 0, ""
	for _, k := range kids {
		if name := b.blockName(k, max(size, 1)); name != "" && name != before {
			before = name
			n++
		}
	}
	return n
}

// blockName names the page that a branch right below b shares with others of
// its block, "" when it begins with no sign.
func (b *branch) blockName(kid *branch, size rune) string {
	key := b.begin(kid.titles[0])
	r, _ := utf8.DecodeLastRuneInString(key[b.stem:kid.stem])
	if r < firstSign || r == utf8.RuneError {
		return ""
	}
	kind := "r"
	if key[b.stem] == ' ' {
		kind = "s"
	}
	if b.stem > 0 {
		kind = keyName(key[:b.stem]) + "_" + kind
	}
	r -= r % size
	return fmt.Sprintf("%s_%x-%x", kind, r, r+size-1)
}

// branch yields the page of b and all below it.
func (p *pager) branch(b *branch) bool {
	switch {
	case len(b.titles) <= p.titlesOnPage() && b.block > 0:
		return p.titlesPage(b, nil, b.split())
	case len(b.titles) <= p.titlesOnPage():
		return p.titlesPage(b, nil, []*branch{b.kid("", "", b.titles)})
	}
	if b.block == 0 {
		b.lengthen()
	}
	if b.stem >= maxStem || b.key(b.titles[0]) == b.key(b.titles[len(b.titles)-1]) {
		return p.numbered(b)
	}
	kids := b.share()
	few := fewBelow(kids, p.titlesOnPage())
	small := func(k *branch) bool { return len(k.titles) <= few }
	var here []*branch
	for _, k := range kids {
		if small(k) {
			here = append(here, k)
		}
	}
	return p.branches(b, slices.DeleteFunc(kids, small), here)
}

// fewBelow is how few titles a branch may have to stand on the page above,
// which must not hold more than most. It goes down by one at a time, so that
// only a branch or two move to a page of their own when that page is full.
func fewBelow(kids []*branch, most int) int {
	few := most / fewTitles
	for ; few > 0; few-- {
		sum := 0
		for _, k := range kids {
			if len(k.titles) <= few {
				sum += len(k.titles)
			}
		}
		if sum <= most {
			break
		}
	}
	return few
}

// lengthen makes the stem of b all that its titles have in common, and sees to
// it that they are in order as far as split will look.
func (b *branch) lengthen() {
	if !b.whole {
		b.stem = common(b.titles[0].head(), b.titles[len(b.titles)-1].head())
		if b.stem+1+utf8.UTFMax <= headLen {
			return
		}
		b.sortWhole(b.titles)
		b.whole = true
	}
	b.stem = common(b.key(b.titles[0]), b.key(b.titles[len(b.titles)-1]))
}

// branches yields the page of b, with links to kids and the titles of here,
// and the pages of kids.
func (p *pager) branches(b *branch, kids, here []*branch) bool {
	for i, k := range kids {
		k.up = b.below()
		k.prev, k.next = beside(kids, i)
	}
	if !p.titlesPage(b, kids, here) {
		return false
	}
	for _, k := range kids {
		if !p.branch(k) {
			return false
		}
	}
	return true
}

// titlesPage yields the page of b, with links to kids and the titles of here.
func (p *pager) titlesPage(b *branch, kids, here []*branch) bool {
	h := p.start("titles", b.url())
	h.Strings(b.words())
	p.links(b.prev, b.next)
	h.Int(len(kids))
	for _, k := range kids {
		h.String(k.label)
		h.String(k.name)
	}
	for _, g := range here {
		h.String(g.label)
		b.buf = b.buf[:0]
		for _, t := range g.titles {
			b.buf = append(b.buf, b.cards[t.seq][:]...)
		}
		h.Bytes(b.buf)
	}
	return p.page("titles", b.url(), func(v *View) {
		b.view(v)
		v.Titles.Prev, v.Titles.Next = b.prev, b.next
		for _, k := range kids {
			v.Titles.Branches = append(v.Titles.Branches, *k.link())
		}
		for _, g := range here {
			group := TitleGroup{Label: g.label}
			for _, t := range b.inOrder(g.titles) {
				group.Items = append(group.Items, p.titleItem(b.node(t)))
			}
			v.Titles.Groups = append(v.Titles.Groups, group)
		}
	})
}

// titleItem is an article as the index of titles shows it.
func (s *Site) titleItem(n *node) Item {
	it := item(n)
	if it.Lang == s.cfg.Language {
		it.Lang = ""
	}
	if it.Source == s.cfg.Publisher {
		it.Source = ""
	}
	return it
}

// inOrder returns titles in the order of their keys. It may be called by
// several goroutines at once.
func (b *branch) inOrder(titles []titled) []titled {
	if b.whole {
		return titles
	}
	type keyed struct {
		titled
		key string
	}
	list := make([]keyed, len(titles))
	for i, t := range titles {
		list[i] = keyed{t, keyOf(b.node(t).Title)} // not b.key, which writes
	}
	slices.SortFunc(list, func(a, b keyed) int { return cmp.Or(strings.Compare(a.key, b.key), int(a.seq-b.seq)) })
	titles = slices.Clone(titles)
	for i, k := range list {
		titles[i] = k.titled
	}
	return titles
}

// words are what every page of b shows besides titles.
func (b *branch) words() []string {
	words := []string{b.label}
	for _, l := range b.up {
		words = append(words, l.Label, l.URL)
	}
	return words
}

func (b *branch) view(v *View) {
	v.Title = b.label
	v.NoIndex = true // search engines need only the articles
	v.Titles = &Titles{Label: b.label, Up: b.up}
}

// numbered yields the pages of titles that are the same, as far as is looked.
func (p *pager) numbered(b *branch) bool {
	titles := slices.SortedFunc(slices.Values(b.titles), func(a, b titled) int { return int(a.seq - b.seq) })
	nodes := make([]*node, len(titles))
	for i, t := range titles {
		nodes[i] = b.node(t)
	}
	return p.list(listing{
		layout: "titles", index: b.url(), page: "titles/" + b.name + "_page-%d.html", nodes: nodes, words: b.words(),
		digest: func(*digest.Hasher) { p.links(b.prev, b.next) },
		view: func(v *View) {
			b.view(v)
			if v.List.Number == 0 {
				v.Titles.Prev, v.Titles.Next = b.prev, b.next
			}
		},
	})
}
