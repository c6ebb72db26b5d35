// Package story finds the story in a page: it says of each block of the page,
// a paragraph as readers see it, whether it is part of the story, and why not.
//
//	page ─► cut: blocks ─► vote: three extractors ─► features ─► score ─► Find
//
// Several extractors look at the page. How much of a block each of them takes,
// what the blocks around it get, where it stands, how it is written and what
// its elements are called are features; a score is the sum of their weights
// (weights.go, made by go run ./build/clean/train). What makes a block lose
// is therefore known, and is told.
//
// Find is pure and bounded, and safe for concurrent use.
package story

import (
	"math"
	"net/url"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"backfile/build/clean/page"
)

// A Line is a block of the page, and what became of it.
type Line struct {
	Text string
	Kept bool
	Rule string // what spoke most against it; "" when it was kept
}

// A Story is what Find finds.
type Story struct {
	Lines    []Line
	Texts    map[*html.Node]bool   // the text nodes of the story
	Pictures map[*html.Node]string // its pictures, with their captions
	Embeds   map[*html.Node]bool   // frames that show a post or a film of another site
	Author   string                // as an extractor found it; several with ";" between
}

// least is the score from which a block is part of the story. Scores are
// trained to be the probability of that; a missing paragraph does more harm
// than one too many, so it is below a half.
const least = 0.4

// Find finds the story of a page.
func Find(p *page.Page) *Story {
	s, author := look(p)
	out := &Story{Texts: map[*html.Node]bool{}, Pictures: map[*html.Node]string{}, Embeds: map[*html.Node]bool{}, Author: author}
	rules := s.judge()
	for i, b := range s.blocks {
		kept := rules[i] == ""
		out.Lines = append(out.Lines, Line{b.text, kept, rules[i]})
		if kept {
			for _, t := range b.texts {
				out.Texts[t] = true
			}
		}
	}
	s.pictures(p.Doc, out)
	return out
}

// look makes a scene of a page.
func look(p *page.Page) (*scene, string) {
	address, err := url.Parse(p.URL())
	if err != nil || address.Host == "" {
		address = nil
	}
	blocks := cut(p.Doc)
	trees, author := extract(p, address)
	return newScene(blocks, vote(blocks, trees), p), author
}

// judge returns for each block the rule that drops it, or "". A page on which
// hardly anything scores well is judged more mildly.
func (s *scene) judge() []string {
	const enough = 40 // words
	f := make([][]float64, len(s.blocks))
	for i := range s.blocks {
		f[i] = s.features(i)
	}
	rules, words := s.judgeBy(f, least)
	for mild := least / 2; words < enough && mild > 0.04; mild /= 2 {
		rules, words = s.judgeBy(f, mild)
	}
	s.keepPosts(rules)
	s.dropHeadings(rules)
	return rules
}

// judgeBy drops the blocks that score below least, and counts the words of
// those that stay.
func (s *scene) judgeBy(features [][]float64, least float64) (rules []string, words int) {
	rules = make([]string, len(s.blocks))
	kept := map[string]bool{}
	for i, f := range features {
		switch b := &s.blocks[i]; {
		case b.words == 0:
			rules[i] = "no words"
		case f[titleFeature] == 1 && b.words <= 40:
			rules[i] = "title"
		case score(f) < least:
			rules[i] = against(f)
		case b.words > 12 && kept[b.folded]:
			rules[i] = "repeated"
		default:
			kept[b.folded] = true
			words += b.words
		}
	}
	return rules, words
}

func score(f []float64) float64 {
	z := 0.0
	for i, x := range f {
		z += x * weights[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// against names the feature that speaks most against a block.
func against(f []float64) string {
	worst, name := 0.0, "not like a story"
	for i, n := range names() {
		if v := f[i] * weights[i]; v < worst && n != "bias" {
			worst, name = v, n
		}
	}
	return name
}

// keepPosts keeps posts of social networks whole that stand inside the story.
func (s *scene) keepPosts(rules []string) {
	from, to := span(rules)
	for i := max(from, 0); i <= to; i++ {
		if rules[i] != "" && rules[i] != "no words" && inPost(s.blocks[i].parent) {
			rules[i] = ""
		}
	}
}

// span returns the first and the last block kept, or -1 and -1.
func span(rules []string) (from, to int) {
	from, to = -1, -1
	for i, r := range rules {
		if r != "" {
			continue
		}
		if from < 0 {
			from = i
		}
		to = i
	}
	return from, to
}

// dropHeadings drops headings at the end, which nothing of the story follows.
func (s *scene) dropHeadings(rules []string) {
	_, to := span(rules)
	for i := to; i > 0 && (rules[i] != "" || isHeading(s.blocks[i].parent)); i-- {
		if rules[i] == "" {
			rules[i] = "heading of nothing"
		}
	}
}

func isHeading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// An Example is a block as it is trained with.
type Example struct {
	Text     string
	Features []float64
}

// Examples returns the blocks of a page, for training.
func Examples(p *page.Page) []Example {
	s, _ := look(p)
	var out []Example
	for i, b := range s.blocks {
		out = append(out, Example{b.text, s.features(i)})
	}
	return out
}

// Features returns the names of the features, in the order of the weights.
func Features() []string { return names() }
