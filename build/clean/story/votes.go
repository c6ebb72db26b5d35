package story

import (
	"net/url"
	"slices"
	"strings"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/go-shiori/dom"
	distiller "github.com/markusmobius/go-domdistiller"
	"github.com/markusmobius/go-htmldate"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"backfile/build/clean/page"
)

// The extractors, each of which says what it takes for the story.
const (
	recall  = iota // trafilatura, rather more than less
	reader         // readability
	distill        // dom-distiller
	extractors
)

// extract runs the extractors over a page, which stays as it is. A nil tree is
// that of an extractor which found nothing. It also returns who wrote the
// story, as far as one of them tells.
func extract(p *page.Page, address *url.URL) (trees [extractors]*html.Node, author string) {
	doc := lightCopy(p.Doc)
	o := trafilatura.Options{OriginalURL: address, ExcludeComments: true, Focus: trafilatura.FavorRecall, HtmlDateOverride: &htmldate.Result{}}
	try(func() {
		if r, err := trafilatura.ExtractDocument(doc, o); err == nil {
			trees[recall], author = r.ContentNode, r.Metadata.Author
		}
	})
	try(func() {
		parser := readability.NewParser()
		parser.DisableJSONLD = true
		if r, err := parser.ParseDocument(doc, address); err == nil {
			trees[reader] = r.Node
		}
	})
	try(func() {
		if r, err := distiller.Apply(dom.Clone(doc, true), &distiller.Options{SkipPagination: true}); err == nil {
			trees[distill] = r.Node
		}
	})
	return trees, author
}

// lightCopy copies a tree without what is no text and no picture: the
// extractors copy it several times more.
func lightCopy(n *html.Node) *html.Node {
	out := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace, Attr: n.Attr}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.CommentNode, c.Type == html.ElementNode && weightless(c):
			continue
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
			out.AppendChild(&html.Node{Type: html.TextNode, Data: " "})
			continue
		}
		out.AppendChild(lightCopy(c))
	}
	return out
}

func weightless(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Svg, atom.Noscript, atom.Template, atom.Link, atom.Select, atom.Textarea, atom.Object, atom.Canvas, atom.Math:
		return true
	}
	return false
}

// A page beyond these is left to countWords: the extractors' time grows with the
// square of some pages' size. Of a hundred saved pages none has half as much.
const (
	mostElements = 20_000
	mostText     = 1 << 20 // bytes in blocks
)

// tooLarge reports whether the extractors would take long over a page.
func tooLarge(p *page.Page, blocks []block) bool {
	text := 0
	for i := range blocks {
		text += len(blocks[i].text)
	}
	return p.Elements > mostElements || text > mostText
}

// countWords votes in place of the extractors: for all paragraphs without many
// links in the elements that hold most of them.
func countWords(blocks []block) ballot {
	out := make([][extractors]float64, len(blocks))
	prose := func(b *block) bool { return b.words >= 12 && b.linked*4 < len(b.text) && ended(b.text) }
	words, all := map[*html.Node]int{}, 0
	for i := range blocks {
		if b := &blocks[i]; prose(b) {
			words[groupOf(b.parent)] += b.words
			all += b.words
		}
	}
	for i := range blocks {
		if b := &blocks[i]; prose(b) && words[groupOf(b.parent)]*20 > all {
			for e := range extractors {
				out[i][e] = 1
			}
		}
	}
	return ballot{out, extractors}
}

// try calls f; a page that breaks one extractor leaves the others.
func try(f func()) {
	defer func() { _ = recover() }()
	f()
}

// A ballot says for each block of the page how much of it each extractor
// takes for the story, from 0 to 1.
type ballot struct {
	of    [][extractors]float64
	count float64 // of the extractors that found anything
}

func vote(blocks []block, trees [extractors]*html.Node) ballot {
	out := make([][extractors]float64, len(blocks))
	count := 0.0
	places := map[string][]int{}
	sequences := make([][]uint64, len(blocks))
	for i, b := range blocks {
		places[b.folded] = append(places[b.folded], i)
		sequences[i] = shingles(b.text)
	}
	for e, tree := range trees {
		if tree == nil {
			continue
		}
		count++
		found := map[uint64]bool{}
		last := -1
		for _, b := range cut(tree) {
			for _, h := range shingles(b.text) {
				found[h] = true
			}
			if i := nearest(places[b.folded], last); i >= 0 {
				out[i][e] = 1
				last = i
			}
		}
		for i := range blocks {
			if out[i][e] == 1 || len(sequences[i]) < 3 || voted(out, places[blocks[i].folded], e) {
				continue
			}
			n := 0
			for _, h := range sequences[i] {
				if found[h] {
					n++
				}
			}
			out[i][e] = float64(n) / float64(len(sequences[i]))
		}
	}
	return ballot{out, max(count, 1)}
}

// nearest returns the first place behind last, else the last one before.
func nearest(places []int, last int) int {
	if len(places) == 0 {
		return -1
	}
	i, _ := slices.BinarySearch(places, last+1)
	if i == len(places) {
		i--
	}
	return places[i]
}

// voted reports whether a copy of a block was taken already.
func voted(b [][extractors]float64, places []int, e int) bool {
	return slices.ContainsFunc(places, func(i int) bool { return b[i][e] == 1 })
}
