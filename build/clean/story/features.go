package story

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"backfile/build/clean/page"
)

// families are words that authors of pages put into classes and ids. Each is
// a feature of all blocks below such an element.
var families = []struct{ name, words string }{
	{"class body", "article-body articlebody article__body article-content articlecontent article__content article-text articletext story-body storybody story__body story-content post-content postcontent post-body entry-content entry-body body-content body-text bodytext body-copy main-content content-body content__body richtext rich-text text-body articleparagraph paragraph detail-content news-content newstext post_content post-text prose"},
	{"class title", "headline title hed"},
	{"class deck", "lead lede dek deck standfirst subtitle subhead sub-title sub-head summary intro excerpt abstract description teaser-text chapo kicker sapo"},
	{"class byline", "byline author contributor writer reporter dateline timestamp publish pubdate posted date meta post-info entry-info signature credits"},
	{"class bio", "bio about-author author-box authorbox author-info author-card"},
	{"class caption", "caption figure image photo credit picture media gallery slideshow carousel lightbox video player audio thumb"},
	{"class related", "related recommend read-more readmore more- also promo teaser most-read mostread popular trending more-from suggested outbrain taboola card onward inline-link linkbox hyperlink-card upnext latest similar"},
	{"class social", "share social sharing facebook addthis follow-"},
	{"class embed", "tweet instagram oembed embed"},
	{"class comments", "comment disqus reply respond"},
	{"class offer", "newsletter subscri signup sign-up paywall donat membership promotion cta call-to-action registration piano offer appeal"},
	{"class frame", "nav menu footer header- sidebar side-bar breadcrumb masthead toolbar widget banner cookie consent gdpr modal popup skip"},
	{"class tags", "tag topic keyword categor taxonomy label"},
	{"class advert", "advert ad- -ad ads sponsor dfp"},
	{"class box", "factbox fact-box infobox info-box box sidebar-block timeline listicle toc table-of-contents"},
	{"class quote", "pullquote pull-quote blockquote quote"},
	{"class notice", "copyright disclaimer correction note footnote editor legal rights print-only reprint source"},
}

// bylineFamily is the place of "class byline" in families.
const bylineFamily = 3

// elements are the ancestors that say something by their name.
var elements = []struct {
	name string
	atom atom.Atom
}{
	{"in article", atom.Article}, {"in main", atom.Main}, {"in aside", atom.Aside}, {"in footer", atom.Footer}, {"in header", atom.Header},
	{"in nav", atom.Nav}, {"in figure", atom.Figure}, {"in form", atom.Form}, {"in blockquote", atom.Blockquote}, {"in list", atom.Ul}, {"in numbered list", atom.Ol}, {"in table", atom.Table},
}

// Names of the features, in order, that are not of families and elements.
var own = []string{
	"bias", "recall", "reader", "distill", "votes", "all", "none", "votes squared",
	"best", "second", "before", "after", "before 2", "after 2", "around", "between",
	"first", "ahead", "behind", "gap ahead", "gap behind", "depth in story",
	"p", "li", "heading", "div", "figcaption", "cell", "quote", "other",
	"words 1-3", "words 4-8", "words 9-15", "words 16-30", "words 31+", "log words",
	"ends", "ends with colon", "starts small", "capitals", "question", "quotes",
	"linked", "all linked", "some linked", "all strong", "all strong short",
	"title", "part of title", "summary", "part of summary", "names author", "dated",
	"phrase", "read more phrase", "subscribe phrase", "share phrase", "caption phrase", "rights phrase",
	"body data", "not body data", "short against data", "repeated", "repeated before",
	"parent share", "grandparent share", "sibling share", "parent none", "no words", "address", "figures",
	"heading then none", "heading then story", "colon then list", "list lead",
	"next heading", "list linked", "run linked", "few votes page", "votes x linked", "votes x short", "votes x p", "alone x short",
	"best x caption", "best x phrase", "best x ends", "tail x short", "tail x strong", "head x short",
	"group votes", "group best", "group linked", "group words", "group ends", "group size", "group li x votes",
	"like share", "like none", "picture", "picture x short", "story words", "in post", "about", "weak", "strong alone",
	"gap x before", "gap x after", "best minus mean", "deck spot", "deck spot x summary", "emphasis", "emphasis x tail", "colon short", "kicker",
}

var dated = regexp.MustCompile(`(?i)\b(19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b`)

var addressed = regexp.MustCompile(`@[\w-]+|https?://|www\.|\w\.(com|org|net)\b`)

// names returns the name of every feature, in order.
func names() []string {
	out := own[:len(own):len(own)]
	for _, f := range families {
		out = append(out, f.name)
	}
	for _, e := range elements {
		out = append(out, e.name)
	}
	return out
}

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

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (s *scene) meanAt(i int) float64 {
	if i < 0 || i >= len(s.mean) {
		return 0
	}
	return s.mean[i]
}

// around is the mean vote near i, by words.
func (s *scene) around(i int) float64 {
	var sum, words float64
	for j := max(0, i-4); j < min(len(s.blocks), i+5); j++ {
		if j != i {
			w := float64(min(s.blocks[j].words, 60)) + 1
			sum += w * s.mean[j]
			words += w
		}
	}
	return sum / max(words, 1)
}

func ratio(a, b int) float64 { return float64(a) / float64(max(b, 1)) }

// features describes block i. It is called for each block in order.
func (s *scene) features(i int) []float64 {
	b := &s.blocks[i]
	v := s.votes.of[i]
	m := s.mean[i]
	letters := utf8.RuneCountInString(b.text)
	linked, strong := min(1, ratio(b.linked, letters)), min(1, ratio(b.strong, letters))
	ends := ended(b.text)
	tag := tagOf(b.parent)
	family := s.phrase[i]
	before, after := i < s.from || s.from < 0, i > s.to
	next := s.meanAt(i + 1)
	short := b.words <= 8
	sameTitle, partTitle := s.titled(b)
	sameSum, partSum := s.summed(b)
	data := s.inData(b)
	heading := tag == "heading"
	nextHeading := i+1 < len(s.blocks) && tagOf(s.blocks[i+1].parent) == "heading"
	seen := s.seen[b.folded]
	s.seen[b.folded]++
	first, _ := utf8.DecodeRuneInString(b.text)
	names := false
	for _, a := range s.people {
		if f := fold(a); len(f) > 4 && strings.Contains(b.folded, f) {
			names = true
		}
	}
	var sib float64
	if b.parent != nil {
		for _, c := range []*html.Node{prevElement(b.parent), nextElement(b.parent)} {
			if c != nil {
				sib = max(sib, min(1, s.share[c]*5))
			}
		}
	}
	parent := s.share[b.parent]
	grand := 0.0
	if b.parent != nil {
		grand = s.grand[b.parent.Parent]
	}
	out := make([]float64, 0, len(own)+len(families)+len(elements))
	out = append(out,
		1, v[recall], v[reader], v[distill], m, b2f(m > 0.95), b2f(m < 0.05), m*m,
		v[s.best], v[s.second], s.meanAt(i-1), next, s.meanAt(i-2), s.meanAt(i+2), s.around(i), b2f(s.meanAt(i-1) > 0.5 && next > 0.5),
		b2f(i == s.from), b2f(before), b2f(after), gap(s.from-i), gap(i-s.to), b2f(!before && !after),
		b2f(tag == "p"), b2f(tag == "li"), b2f(heading), b2f(tag == "div"), b2f(tag == "figcaption"), b2f(tag == "cell"), b2f(tag == "quote"), b2f(tag == "other"),
		b2f(b.words <= 3), b2f(b.words > 3 && b.words <= 8), b2f(b.words > 8 && b.words <= 15), b2f(b.words > 15 && b.words <= 30), b2f(b.words > 30), math.Log(float64(b.words)+1)/4,
		b2f(ends), b2f(strings.HasSuffix(b.text, ":")), b2f(unicode.IsLower(first)), b2f(shouting(b.text)), b2f(strings.HasSuffix(b.text, "?")), b2f(strings.ContainsAny(b.text, "\"“”«»„")),
		linked, b2f(linked > 0.9), b2f(linked > 0 && linked < 0.6), b2f(strong > 0.9), b2f(strong > 0.9 && b.words < 14),
		sameTitle, partTitle, sameSum, partSum, b2f(names && b.words < 25), b2f(b.words < 14 && dated.MatchString(b.text)),
		b2f(family >= 0), b2f(family == 0), b2f(family == 1), b2f(family == 2), b2f(family == 3), b2f(family == 4),
		data, b2f(s.data != nil && data < 0.1), b2f(s.data != nil && len(b.folded) < 30), b2f(s.copies[b.folded] > 1), b2f(seen > 0),
		parent, grand, sib, b2f(parent == 0), b2f(b.words == 0), b2f(b.words < 30 && addressed.MatchString(b.text)), b2f(figures(b.text)),
		b2f(heading && next < 0.3), b2f(heading && next > 0.7), b2f(strings.HasSuffix(b.text, ":") && i+1 < len(s.blocks) && tagOf(s.blocks[i+1].parent) == "li"), b2f(tag == "li" && s.meanAt(i-1) > 0.5),
		b2f(nextHeading), b2f(tag == "li")*linked, s.runLinked(i), b2f(s.few), m*linked, m*b2f(short), m*b2f(tag == "p"), b2f(short && s.meanAt(i-1) < 0.3 && next < 0.3),
		v[s.best]*b2f(family == 3), v[s.best]*b2f(family >= 0), v[s.best]*b2f(ends), b2f(i >= s.to-2 && i <= s.to && b.words < 25), b2f(i >= s.to-2 && i <= s.to)*strong, b2f(i >= s.from && i <= s.from+2 && b.words < 25),
	)
	marks := s.marksOf(b.parent, 0)
	g := s.groups[groupOf(b.parent)]
	like := s.likes[likeness(b.parent)]
	pic := s.pictured(b.parent)
	deckSpot := before && s.from-i <= 6 || i == s.from
	emphasis := strong > 0.9 && b.words >= 5
	out = append(out,
		g.votes/g.words, g.best/g.words, g.linked/g.words, min(1, math.Log(g.words/g.n)/4), g.ends/g.words, min(1, math.Log(g.n)/4), b2f(tag == "li")*g.votes/g.words,
		like, b2f(like == 0), b2f(pic), b2f(pic && b.words < 50), min(1, math.Log(s.words+1)/8), b2f(inPost(b.parent)), b2f(b.words > 20 && strings.HasPrefix(b.folded, "about")), b2f(m > 0.2 && m < 0.6), b2f(m > 0.9 && s.meanAt(i-1) < 0.1 && next < 0.1),
		gap(s.from-i)*m, gap(i-s.to)*m, v[s.best]-m, b2f(deckSpot && b.words > 6), b2f(deckSpot)*max(sameSum, partSum), b2f(emphasis), b2f(emphasis && i >= s.to-2), b2f(b.words < 12 && strings.HasSuffix(b.text, ":")), b2f(b.words < 12 && strings.Contains(b.text, ": ") && linked > 0.3),
	)
	for j := range len(families) + len(elements) {
		out = append(out, b2f(marks>>j&1 == 1))
	}
	return out
}

func gap(n int) float64 {
	if n <= 0 {
		return 0
	}
	return min(1, math.Log(float64(n)+1)/4)
}

// runLinked is the share of linked letters of a block and its neighbours.
func (s *scene) runLinked(i int) float64 {
	linked, letters := 0, 0
	for j := max(0, i-2); j < min(len(s.blocks), i+3); j++ {
		linked += s.blocks[j].linked
		letters += len(s.blocks[j].text)
	}
	return min(1, ratio(linked, letters))
}

func (s *scene) titled(b *block) (same, part float64) {
	for _, t := range s.title {
		if len(t) < 8 {
			continue
		}
		if b.folded == t {
			same = 1
		} else if len(b.folded) > 8 && (strings.HasPrefix(t, b.folded) || strings.HasPrefix(b.folded, t) && len(b.folded) < 2*len(t)) {
			part = 1
		}
	}
	return same, part
}

func (s *scene) summed(b *block) (same, part float64) {
	if len(s.sum) < 20 || len(b.folded) < 20 {
		return 0, 0
	}
	if b.folded == s.sum {
		return 1, 0
	}
	return 0, b2f(strings.HasPrefix(s.sum, b.folded) || strings.HasPrefix(b.folded, s.sum))
}

// inData is the share of a block that the data of the page hold as the body.
func (s *scene) inData(b *block) float64 {
	if s.data == nil {
		return 0
	}
	n, all := 0, shingles(b.text)
	for _, h := range all {
		n += int(b2f(s.data[h]))
	}
	return ratio(n, len(all))
}

func ended(s string) bool {
	s = strings.TrimRight(s, "\"'”’»)]」』 ")
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…。！？؟।", r)
}

func shouting(s string) bool {
	up, low := 0, 0
	for _, r := range s {
		if unicode.IsUpper(r) {
			up++
		} else if unicode.IsLower(r) {
			low++
		}
	}
	return up > 3 && low == 0
}

func figures(s string) bool {
	d, l := 0, 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			d++
		} else if unicode.IsLetter(r) {
			l++
		}
	}
	return d > l
}

func tagOf(n *html.Node) string {
	if n == nil {
		return "other"
	}
	switch n.DataAtom {
	case atom.P:
		return "p"
	case atom.Li, atom.Dd, atom.Dt:
		return "li"
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return "heading"
	case atom.Div, atom.Section, atom.Article:
		return "div"
	case atom.Figcaption, atom.Figure:
		return "figcaption"
	case atom.Td, atom.Th:
		return "cell"
	case atom.Blockquote:
		return "quote"
	}
	return "other"
}

func prevElement(n *html.Node) *html.Node {
	for n = n.PrevSibling; n != nil && n.Type != html.ElementNode; n = n.PrevSibling {
	}
	return n
}

func nextElement(n *html.Node) *html.Node {
	for n = n.NextSibling; n != nil && n.Type != html.ElementNode; n = n.NextSibling {
	}
	return n
}

// inPost reports whether n belongs to a post of a social network.
func inPost(n *html.Node) bool {
	for up := 0; n != nil && up < 4; up++ {
		if n.DataAtom == atom.Blockquote {
			c := attribute(n, "class")
			return strings.Contains(c, "twitter") || strings.Contains(c, "instagram") || strings.Contains(c, "tiktok") || strings.Contains(c, "bluesky") || strings.Contains(c, "mastodon") || strings.Contains(c, "telegram") || strings.Contains(c, "fb-")
		}
		n = n.Parent
	}
	return false
}

// titleFeature is the place of the feature "title".
var titleFeature = slices.Index(own, "title")
