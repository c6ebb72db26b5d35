package story

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"backfile/build/clean/page"
)

// A scene is a page, ready to be looked at block by block.
type scene struct {
	blocks []block
	votes  ballot
	people []string  // who wrote the story
	mean   []float64 // of all votes, for each block
	best   int       // the extractor that agrees best with the others
	second int
	from   int // the first block that most extractors take, and
	to     int // the last
	marks  map[*html.Node]uint64
	share  map[*html.Node]float64 // of the words of the likely story that stand directly in an element
	grand  map[*html.Node]float64 // the same one step up
	copies map[string]int
	seen   map[string]int
	title  []string
	sum    string
	data   map[uint64]bool
	few    bool
	phrase []int // the family of phrases of each block, or -1
	groups map[*html.Node]*group
	likes  map[string]float64
	images map[*html.Node]bool
	words  float64
}

// A group is the blocks of one list, table or container.
type group struct{ n, words, votes, best, linked, ends float64 }

// groupOf returns the element that holds blocks of the same kind as one in n.
func groupOf(n *html.Node) *html.Node {
	for p := n; p != nil; p = p.Parent {
		switch p.DataAtom {
		case atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Blockquote, atom.Aside, atom.Figure:
			return p
		case atom.Div, atom.Section, atom.Article, atom.Body:
			if p != n {
				return p
			}
		}
	}
	return n
}

// likeness is how an element and the one around it are written.
func likeness(n *html.Node) string {
	if n == nil || n.Parent == nil {
		return ""
	}
	return n.Data + "." + attribute(n, "class") + " " + n.Parent.Data + "." + attribute(n.Parent, "class")
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// pictured reports whether an element that holds little text holds a picture.
func (s *scene) pictured(n *html.Node) bool {
	for up := 0; n != nil && up < 2 && n.DataAtom != atom.Body; up++ {
		has, ok := s.images[n]
		if !ok {
			for d := range n.Descendants() {
				if d.DataAtom == atom.Img || d.DataAtom == atom.Picture || d.DataAtom == atom.Video {
					has = true
					break
				}
			}
			s.images[n] = has
		}
		if has {
			return s.groupWords(n) < 80
		}
		n = n.Parent
	}
	return false
}

func (s *scene) groupWords(n *html.Node) float64 {
	if g := s.groups[n]; g != nil {
		return g.words
	}
	return 0
}

func newScene(blocks []block, votes ballot, p *page.Page) *scene {
	s := &scene{blocks: blocks, votes: votes, people: p.Authors(""), marks: map[*html.Node]uint64{}, share: map[*html.Node]float64{}, grand: map[*html.Node]float64{}, copies: map[string]int{}, seen: map[string]int{}, from: -1, to: -1}
	s.agree()
	var total float64
	for i, b := range blocks {
		m := 0.0
		for _, v := range votes.of[i] {
			m += v / votes.count
		}
		s.mean = append(s.mean, m)
		s.copies[b.folded]++
		if m > 0.5 {
			if s.from < 0 {
				s.from = i
			}
			s.to = i
			w := float64(b.words)
			total += w
			s.share[b.parent] += w
			if b.parent != nil && b.parent.Parent != nil {
				s.grand[b.parent.Parent] += w
			}
		}
	}
	s.words = total
	s.groups, s.likes, s.images = map[*html.Node]*group{}, map[string]float64{}, map[*html.Node]bool{}
	for i, b := range blocks {
		k := groupOf(b.parent)
		g := s.groups[k]
		if g == nil {
			g = &group{}
			s.groups[k] = g
		}
		w := float64(b.words) + 1
		g.n++
		g.words += w
		g.votes += w * s.mean[i]
		g.best += w * votes.of[i][s.best]
		g.linked += w * min(1, ratio(b.linked, utf8.RuneCountInString(b.text)))
		if ended(b.text) {
			g.ends += w
		}
		if s.mean[i] > 0.5 {
			s.likes[likeness(b.parent)] += float64(b.words) / total
		}
	}
	for k := range s.share {
		s.share[k] /= total
	}
	for k := range s.grand {
		s.grand[k] /= total
	}
	s.few = total < 80
	for _, t := range p.Titles() {
		s.title = append(s.title, fold(t))
	}
	s.sum = fold(p.Summary())
	if len(p.Body()) > 400 {
		s.data = map[uint64]bool{}
		for _, h := range shingles(p.Body()) {
			s.data[h] = true
		}
	}
	for _, b := range blocks {
		s.phrase = append(s.phrase, phraseOf(b.text, b.words))
	}
	return s
}

// agree finds the extractor whose choice is closest to those of the others.
func (s *scene) agree() {
	var sum [extractors]float64
	for a := range extractors {
		for b := range extractors {
			if a != b {
				sum[a] += s.closeness(a, b)
			}
		}
	}
	for e, v := range sum {
		if v > sum[s.best] {
			s.best = e
		}
	}
	s.second = (s.best + 1) % extractors
	for e, v := range sum {
		if e != s.best && v > sum[s.second] {
			s.second = e
		}
	}
}

func (s *scene) closeness(a, b int) float64 {
	var both, either float64
	for i, v := range s.votes.of {
		w := float64(s.blocks[i].words)
		both += w * min(v[a], v[b])
		either += w * max(v[a], v[b])
	}
	return both / max(either, 1)
}

// marksOf returns the families and elements that n and what is around it
// belong to, as bits.
func (s *scene) marksOf(n *html.Node, depth int) uint64 {
	if n == nil || n.Type != html.ElementNode || n.DataAtom == atom.Body || depth > 12 {
		return 0
	}
	if m, ok := s.marks[n]; ok {
		return m
	}
	var m uint64
	var label string
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "role", "data-component", "data-testid", "itemprop":
			if len(a.Val) < 300 {
				label += " " + strings.ToLower(a.Val)
			}
		}
	}
	if label != "" {
		for i, f := range familyWords {
			for _, w := range f {
				if strings.Contains(label, w) {
					m |= 1 << i
					break
				}
			}
		}
	}
	for i, e := range elements {
		if n.DataAtom == e.atom {
			m |= 1 << (len(families) + i)
		}
	}
	m |= s.marksOf(n.Parent, depth+1)
	s.marks[n] = m
	return m
}

var familyWords = func() (out [][]string) {
	for _, f := range families {
		out = append(out, strings.Fields(f.words))
	}
	return out
}()
