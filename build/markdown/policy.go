package markdown

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// newPolicy returns what may stand in a text.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto")
	for name := range elements {
		p.AllowElements(name)
	}
	p.AllowNoAttrs().Globally()
	number := regexp.MustCompile(`^-?[0-9]{1,6}$`)
	local := regexp.MustCompile(`^(?:\.\.?/|[^:/?#\\]+(?:/|$))[^?#\\]*$`) // never with a scheme or a host
	p.AllowAttrs("title", "abbr").Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z0-9-]{1,35}$`)).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^(h|fn|fnref)-[a-z0-9-]+$`)).Globally()
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^doc-(noteref|backlink|endnotes)$`)).OnElements("a", "section")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(left|center|right)$`)).OnElements("td", "th")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^footnotes$`)).OnElements("section")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[A-Za-z0-9_+#.-]{1,40}$`)).OnElements("code")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^external noreferrer$`)).OnElements("a")
	p.AllowAttrs("cite").OnElements("blockquote", "q", "del", "ins")
	p.AllowAttrs("datetime").Matching(regexp.MustCompile(`^[0-9A-Za-z:+. -]{1,40}$`)).OnElements("time", "del", "ins")
	p.AllowAttrs("src").Matching(local).OnElements("img", "video", "audio", "source", "track")
	p.AllowAttrs("poster").Matching(local).OnElements("video")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(number).OnElements("img", "video")
	p.AllowAttrs("loading").Matching(regexp.MustCompile(`^lazy$`)).OnElements("img")
	p.AllowAttrs("decoding").Matching(regexp.MustCompile(`^async$`)).OnElements("img")
	p.AllowAttrs("controls").OnElements("video", "audio")
	p.AllowAttrs("preload").Matching(regexp.MustCompile(`^none$`)).OnElements("video", "audio")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[a-z]+/[a-z0-9.+-]+(; ?codecs=[A-Za-z0-9.,' -]+)?$`)).OnElements("source")
	p.AllowAttrs("kind", "srclang", "label").OnElements("track")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("reversed").OnElements("ol")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[1aAiI]$`)).OnElements("ol")
	p.AllowAttrs("value").Matching(number).OnElements("li")
	p.AllowAttrs("colspan", "rowspan").Matching(number).OnElements("td", "th")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(row|col|rowgroup|colgroup)$`)).OnElements("th")
	p.AllowAttrs("span").Matching(number).OnElements("col", "colgroup")
	p.AllowAttrs("open").OnElements("details")
	return p
}

// An elementKind tells how an element may be nested.
type elementKind uint8

const (
	inline elementKind = iota
	block              // ends an open paragraph
	void               // has no end
)

// elements are those that may stand in a text.
var elements = elementKinds()

func elementKinds() map[string]elementKind {
	m := map[string]elementKind{}
	for kind, names := range map[elementKind]string{
		inline: "a abbr b bdi bdo cite code del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time u var video audio",
		block:  "p blockquote pre div section figure figcaption h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr th td colgroup details summary",
		void:   "br wbr hr img col source track",
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] = kind
		}
	}
	return m
}

// renamed are old elements, and those that belong to the page, not to a text.
var renamed = map[string]string{
	"h1": "h2", "strike": "s", "tt": "code", "acronym": "abbr",
	"article": "div", "aside": "div", "header": "div", "footer": "div", "main": "div", "nav": "div",
	"address": "div", "center": "div", "dialog": "div", "fieldset": "div",
}

// within names the element that another makes no sense without.
var within = map[string]string{"figcaption": "figure", "summary": "details"}

// parts are the parts of a table, each with the elements that hold it.
var parts = map[string][]string{
	"caption": {"table"}, "colgroup": {"table"}, "col": {"table", "colgroup"},
	"thead": {"table"}, "tbody": {"table"}, "tfoot": {"table"},
	"tr": {"table", "thead", "tbody", "tfoot"}, "td": {"tr"}, "th": {"tr"},
}

// implied are the elements that end where another begins, unless the element
// that holds both has begun since.
var implied = map[string]struct{ ended, up []string }{
	"li": {[]string{"li"}, []string{"ul", "ol"}},
	"dt": {[]string{"dt", "dd"}, []string{"dl"}},
	"dd": {[]string{"dt", "dd"}, []string{"dl"}},
}

var (
	paragraphs = []string{"p"}
	cells      = []string{"td", "th", "caption"}
	bare       = []string{"div", "section", "blockquote", "details", "ul", "ol", "dl"} // no words stand right in them
)
