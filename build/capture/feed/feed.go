// Package feed reads RSS 0.9 to 2.0, Atom, RDF and JSON Feed.
//
// gofeed reads them; here what it cannot take is mended first: text before the
// XML, letters that XML does not allow, a file that breaks off. Items come in
// the order of the feed. One whose feed holds only the beginning of the article
// is marked Partial.
package feed

import (
	"cmp"
	"errors"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/json"
)

// A Feed is what a file says of the whole, and its items.
type Feed struct {
	Title, Link, Lang string
	Items             []Item
}

// An Item is one of a feed.
type Item struct {
	URL, Title, HTML, Summary, Lang string
	Date, Updated                   []string // as the feed has it, and as gofeed reads that
	Authors, Topics                 []string
	Partial                         bool
}

// A Cut is a feed that breaks off, and was read up to there.
type Cut struct {
	Line int
	Msg  string
}

// Error returns what is wrong, without the place.
func (c *Cut) Error() string { return c.Msg }

var (
	xmlDecl  = regexp.MustCompile(`(?s)^\s*<\?xml.*?\?>`)
	root     = regexp.MustCompile(`(?i)<(?:\w+:)?(rss|feed|rdf|channel)(?::\w+)?[\s>]`)
	doctype  = regexp.MustCompile(`(?s)^\s*(?:<!--.*?-->\s*)*<!DOCTYPE\s[^\[>]*(\[.*?\]\s*)?>`)
	entity   = regexp.MustCompile(`<!ENTITY\s+[^%\s]\S*\s+(?:"[^"]*&[^"]*"|'[^']*&[^']*'|SYSTEM|PUBLIC)`)
	lineOf   = regexp.MustCompile(`(?:on )?line (\d+)`)
	closings = regexp.MustCompile(`(?i)</(?:\w+:)?(item|entry)\s*>`)
)

var errBomb = errors.New("declares entities made of entities, which no feed does and a trap does")

// Parse reads a feed, in UTF-8. An error that is a *Cut comes with the items
// before the break.
func Parse(text string) (Feed, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		f, err := parse(text)
		if err != nil {
			return f, errors.New("is not a JSON Feed that can be read: " + said(err))
		}
		return f, nil
	}
	text, skipped := begin(text)
	text = allowed(text)
	if d := doctype.FindString(text); d != "" {
		if entity.MatchString(d) {
			return Feed{}, errBomb
		}
		text = strings.Repeat("\n", strings.Count(d, "\n")) + text[len(d):]
	}
	f, err := parse(text)
	if err == nil {
		return f, nil
	}
	broken := &Cut{Line: 1 + skipped, Msg: "breaks here: " + said(err)}
	at := len(text)
	if m := lineOf.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		broken.Line = line + skipped
		at = offset(text, line+1)
	}
	f, ok := before(text[:at])
	if !ok {
		return f, errors.New("is not a feed that can be read: " + said(err))
	}
	return f, broken
}

// begin drops what stands before the XML, and its declaration: the text is
// UTF-8, whatever that says. skipped is how many lines went.
func begin(text string) (rest string, skipped int) {
	at := strings.Index(text, "<?xml")
	if loc := root.FindStringIndex(text); loc != nil && (at < 0 || loc[0] < at) {
		at = loc[0]
		if d := strings.LastIndex(text[:at], "<!DOCTYPE"); d >= 0 {
			at = d
		}
	}
	at = max(at, 0)
	rest = text[at:]
	decl := xmlDecl.FindString(rest)
	return rest[len(decl):], strings.Count(text[:at], "\n") + strings.Count(decl, "\n")
}

// allowed drops the letters that XML does not allow.
func allowed(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, text)
}

// before reads the items that are whole in the beginning of a feed.
func before(text string) (Feed, bool) {
	ends := closings.FindAllStringSubmatchIndex(text, -1)
	for tries := 0; tries < 3 && len(ends) > 0; tries++ {
		last := ends[len(ends)-1]
		ends = ends[:len(ends)-1]
		open := root.FindStringSubmatch(text)
		if open == nil {
			return Feed{}, false
		}
		tail := map[string]string{"rss": "</channel></rss>", "feed": "</feed>", "rdf": "</rdf:RDF>", "channel": "</channel>"}[strings.ToLower(open[1])]
		if f, err := parse(text[:last[1]] + tail); err == nil && len(f.Items) > 0 {
			return f, true
		}
	}
	return Feed{}, false
}

func offset(text string, line int) int {
	at := 0
	for i := 1; i < line; i++ {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			return len(text)
		}
		at += n + 1
	}
	return at
}

// said makes the library's words ours.
func said(err error) string {
	msg := strings.TrimPrefix(err.Error(), "gofeed: ")
	msg = strings.TrimPrefix(msg, "XML syntax error on ")
	switch {
	case errors.Is(err, gofeed.ErrFeedTypeNotDetected):
		return "it has no element of a feed"
	case strings.Contains(msg, "EOF"):
		return "the end is missing"
	}
	return msg
}

// parse has gofeed read a text. The library meets whatever the web holds; a
// text that breaks it is one that cannot be read.
func parse(text string) (out Feed, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			out, err = Feed{}, errors.New("the reader of feeds gave up")
		}
	}()
	p := gofeed.NewParser()
	p.KeepOriginalFeed = true
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	f, err := p.ParseString(text)
	if err != nil {
		return Feed{}, err
	}
	out = Feed{Title: line(f.Title), Link: f.Link, Lang: f.Language}
	if out.Lang == "" && f.DublinCoreExt != nil && len(f.DublinCoreExt.Language) > 0 {
		out.Lang = f.DublinCoreExt.Language[0]
	}
	texts := plainTexts(f)
	for i, it := range f.Items {
		if it != nil {
			out.Items = append(out.Items, item(it, i < len(texts) && texts[i], out.Lang))
		}
	}
	return out, nil
}

// plainTexts tells which items of a JSON Feed hold text and no HTML.
func plainTexts(f *gofeed.Feed) []bool {
	j, ok := f.OriginalFeed().(*json.Feed)
	if !ok {
		return nil
	}
	var out []bool
	for _, it := range j.Items {
		out = append(out, it != nil && it.ContentHTML == "" && it.ContentText != "")
	}
	return out
}

func item(it *gofeed.Item, plain bool, lang string) Item {
	out := Item{URL: it.Link, Title: line(it.Title), HTML: it.Content, Lang: lang}
	if out.URL == "" && len(it.Links) > 0 {
		out.URL = it.Links[0]
	}
	if out.URL == "" && strings.HasPrefix(it.GUID, "http") {
		out.URL = it.GUID
	}
	if plain {
		out.HTML = "<p>" + strings.ReplaceAll(html.EscapeString(it.Content), "\n\n", "</p><p>") + "</p>"
	}
	out.Date = when(it.Published, it.PublishedParsed)
	out.Updated = when(it.Updated, it.UpdatedParsed)
	if it.DublinCoreExt != nil && out.Date == nil {
		out.Date = it.DublinCoreExt.Date
	}
	if out.Date == nil {
		out.Date, out.Updated = out.Updated, nil
	}
	for _, a := range it.Authors {
		if a != nil && line(cmp.Or(a.Name, a.Email)) != "" {
			out.Authors = append(out.Authors, line(cmp.Or(a.Name, a.Email)))
		}
	}
	for _, c := range it.Categories {
		if c = line(c); c != "" && !slices.Contains(out.Topics, c) {
			out.Topics = append(out.Topics, c)
		}
	}
	if words(out.HTML) > 0 {
		out.Summary = line(stripped(it.Description))
		out.Partial = goesOn(out.HTML)
		return out
	}
	out.HTML = it.Description
	n := words(out.HTML)
	out.Partial = n > 0 && (n < fullWords || goesOn(out.HTML))
	return out
}

// fullWords is what the description of an item has at least when it is the
// whole article and no summary.
const fullWords = 120

var (
	tag      = regexp.MustCompile(`(?s)<!--.*?-->|<[^>]*>`)
	goingOn  = regexp.MustCompile(`(?i)(\[?(…|\.\.\.|&#8230;|&hellip;|&#x2026;)\]?|\b(read more|continue reading|read the full|weiterlesen|lire la suite|leer más|читать далее))[^.!?]{0,120}$`)
	brackets = regexp.MustCompile(`\[(…|\.\.\.)\]$`)
)

func stripped(s string) string {
	return strings.TrimSpace(brackets.ReplaceAllString(strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(s, " "))), "…"))
}

// goesOn reports whether a text ends as one that goes on elsewhere.
func goesOn(s string) bool {
	text := strings.TrimSpace(tag.ReplaceAllString(s, " "))
	return goingOn.MatchString(text[max(0, len(text)-200):])
}

// words counts the words of HTML; of Chinese and the like, two letters are one.
func words(s string) int {
	n, letters := 0, 0
	for _, w := range strings.Fields(stripped(s)) {
		n++
		for _, r := range w {
			if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
				letters++
			}
		}
	}
	return n + letters/2
}

func line(s string) string { return strings.Join(strings.Fields(html.UnescapeString(s)), " ") }

// when returns a date as the feed has it, and as gofeed read it.
func when(text string, parsed *time.Time) []string {
	var out []string
	if text = strings.TrimSpace(text); text != "" {
		out = append(out, text)
	}
	if parsed != nil {
		out = append(out, parsed.Format(time.RFC3339))
	}
	return out
}
