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
	"strings"

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
	if wordsIn(blocks) < 100 {
		reveal(p.Doc) // some pages are shown by their scripts only
		blocks = cut(p.Doc)
	}
	if tooLarge(p, blocks) {
		return newScene(blocks, countWords(blocks), p), ""
	}
	trees, author := extract(p, address)
	return newScene(blocks, vote(blocks, trees), p), author
}

// A verdict is what is thought of a block.
type verdict struct {
	score   float64
	against string // what speaks most against it, when the score is low
	sure    string // the rule that drops it whatever it scores
}

// judge returns for each block the rule that drops it, or "". A page on which
// hardly anything scores well is judged more mildly.
func (s *scene) judge() []string {
	const enough = 40 // words
	v := make([]verdict, len(s.blocks))
	for i := range s.blocks {
		f := s.features(i)
		v[i] = verdict{score: score(f), sure: s.sure(i, f)}
		if v[i].score < least {
			v[i].against = against(f)
		}
	}
	rules, words := s.judgeBy(v, least)
	for mild := least / 2; words < enough && mild > 0.04; mild /= 2 {
		rules, words = s.judgeBy(v, mild)
	}
	if words < enough/4 { // better what most extractors take than nothing
		for i := range rules {
			if s.mean[i] > 0.6 && v[i].sure == "" {
				rules[i] = ""
			}
		}
	}
	s.keepPosts(rules)
	s.dropHeadings(rules)
	return rules
}

// judgeBy drops the blocks that score below least, and counts the words of
// those that stay.
func (s *scene) judgeBy(verdicts []verdict, least float64) (rules []string, words int) {
	rules = make([]string, len(s.blocks))
	kept := map[string]bool{}
	for i, v := range verdicts {
		switch b := &s.blocks[i]; {
		case b.words == 0:
			rules[i] = "no words"
		case v.sure != "":
			rules[i] = v.sure
		case v.score < least:
			rules[i] = v.against
		case b.words > 12 && kept[b.folded]:
			rules[i] = "repeated"
		default:
			kept[b.folded] = true
			words += b.words
		}
	}
	return rules, words
}

// sure returns the rule by which a block is no part of any story, or "".
func (s *scene) sure(i int, f []float64) string {
	b := &s.blocks[i]
	switch family := s.phrase[i]; {
	case f[titleFeature] == 1 && b.words <= 40:
		return "title"
	case family == readMore && b.words <= 20 && (b.linked > 0 || !ended(b.text)):
		return "read more"
	case b.words <= 20 && begins("©|copyright|all rights reserved|alle rechte", strings.ToLower(b.text)):
		return "rights"
	case b.words <= 12 && !ended(b.text) && begins("by |von |par |por |автор", strings.ToLower(b.text)) && s.marksOf(b.parent, 0)>>bylineFamily&1 == 1:
		return "byline"
	}
	return ""
}

func score(f []float64) float64 {
	z := 0.0
	for i, x := range f {
		z += x * weights[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// against tells what speaks most against a block.
func against(f []float64) string {
	worst, at := 0.0, -1
	for i, x := range f {
		if v := x * weights[i]; v < worst && i > 0 { // 0 is the bias
			worst, at = v, i
		}
	}
	if at < 0 {
		return unlike
	}
	return rule(names()[at])
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
