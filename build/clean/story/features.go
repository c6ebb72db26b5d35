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

// rule names in plain words what a feature says against a block.
func rule(feature string) string {
	if r := told[feature]; r != "" {
		return r
	}
	switch {
	case strings.HasPrefix(feature, "words ") || strings.HasSuffix(feature, " short"):
		return "too short"
	case strings.Contains(feature, "linked"):
		return "links"
	case strings.Contains(feature, "repeated"):
		return "repeated"
	case strings.Contains(feature, "picture"):
		return "beside a picture"
	case strings.Contains(feature, "data"):
		return "not in the page's data"
	case strings.HasPrefix(feature, "deck spot") || strings.Contains(feature, "summary"):
		return "summary"
	case strings.Contains(feature, "behind") || strings.HasPrefix(feature, "tail ") || strings.HasSuffix(feature, " tail"):
		return "after the story"
	case strings.Contains(feature, "ahead") || strings.HasPrefix(feature, "head "):
		return "before the story"
	}
	for _, s := range []string{"none", "vote", "best", "second", "share", "recall", "reader", "distill", "before", "after", "around", "between", "gap", "weak", "all", "story"} {
		if strings.Contains(feature, s) {
			return outside
		}
	}
	return unlike
}

const (
	outside = "outside the story"
	unlike  = "unlike the story"
)

// told are the rules of the features whose names say nothing of them.
var told = map[string]string{
	"title": "title", "part of title": "title", "class title": "title", "names author": "byline", "class byline": "byline", "dated": "date",
	"phrase": "stock phrase", "read more phrase": "read more", "subscribe phrase": "subscribe", "share phrase": "share", "caption phrase": "caption", "rights phrase": "rights",
	"figcaption": "caption", "class caption": "caption", "in figure": "caption", "best x caption": "caption", "best x phrase": "stock phrase",
	"li": "list", "in list": "list", "in numbered list": "list", "group li x votes": "list", "cell": "table", "in table": "table",
	"heading": "heading", "heading then none": "heading of nothing", "heading then story": "heading", "next heading": "heading",
	"class deck": "summary", "class bio": "about the author", "about": "about the author", "class related": "read more", "class social": "share",
	"class embed": "embedded post", "in post": "embedded post", "class comments": "comments", "class offer": "subscribe", "class frame": "menu", "in nav": "menu",
	"class tags": "topics", "kicker": "topics", "class advert": "advertising", "class box": "box", "in aside": "box", "class quote": "pulled quote", "quote": "pulled quote", "in blockquote": "pulled quote",
	"class notice": "rights", "in footer": "foot of the page", "in header": "head of the page", "in form": "form", "no words": "no words", "log words": "too short", "address": "address", "figures": "figures",
	"all strong": "in bold", "strong alone": "in bold", "all strong short": "in bold", "emphasis": "in bold", "emphasis x tail": "in bold", "tail x strong": "in bold", "alone x short": outside,
}
