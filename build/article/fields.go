package article

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"backfile/build/article/front"
	"backfile/build/internal/diag"
)

const (
	maxTitle = 1000 // letters; the longest headline of the nineteenth century had 400
	maxList  = 200  // topics, authors, … of one article
)

// A key is a name that front matter may use, and what is done with its value.
type key struct {
	name  string // small letters, without - and _
	means string // our own key of that meaning
	set   func(*parser, *front.Node)
	loose bool // of another generator: a value of the wrong kind says something else, and is ignored
}

// keys are all keys that are read. Of several that mean one thing the first
// that has a value counts; the lists are joined.
var keys = []key{
	{"title", "title", (*parser).setTitle, false},
	{"headline", "title", (*parser).setTitle, false},
	{"id", "id", func(p *parser, n *front.Node) { p.setText(&p.a.ID, n) }, false},
	{"slug", "slug", func(p *parser, n *front.Node) { p.a.Slug = trimSlug(p.one(n, "text")) }, false},
	{"date", "date", (*parser).setDate, false},
	{"published", "date", (*parser).setPublished, false},
	{"pubdate", "date", (*parser).setDate, false},
	{"publishdate", "date", (*parser).setDate, false},
	{"datepublished", "date", (*parser).setDate, false},
	{"updated", "updated", (*parser).setUpdated, false},
	{"lastmod", "updated", (*parser).setUpdated, false},
	{"modified", "updated", (*parser).setUpdated, false},
	{"datemodified", "updated", (*parser).setUpdated, false},
	{"lastmodifiedat", "updated", (*parser).setUpdated, false},
	{"lang", "lang", (*parser).setLang, false},
	{"language", "lang", (*parser).setLang, true},
	{"locale", "lang", (*parser).setLang, true},
	{"topics", "topics", func(p *parser, n *front.Node) { p.addTopics(n, byComma) }, false},
	{"topic", "topics", func(p *parser, n *front.Node) { p.addTopics(n, byComma) }, false},
	{"tags", "topics", func(p *parser, n *front.Node) { p.addTopics(n, bySpace) }, false},
	{"tag", "topics", func(p *parser, n *front.Node) { p.addTopics(n, byComma) }, false},
	{"categories", "topics", func(p *parser, n *front.Node) { p.addTopics(n, bySpace) }, false},
	{"category", "topics", func(p *parser, n *front.Node) { p.addTopics(n, whole) }, false},
	{"keywords", "topics", (*parser).orTopics, true},
	{"section", "topics", (*parser).orTopics, true},
	{"authors", "authors", func(p *parser, n *front.Node) { p.addNames(&p.a.Authors, n, byComma) }, false},
	{"author", "authors", (*parser).addAuthor, false},
	{"byline", "authors", (*parser).addAuthor, true},
	{"people", "people", func(p *parser, n *front.Node) { p.addNames(&p.a.People, n, byComma) }, false},
	{"places", "places", func(p *parser, n *front.Node) { p.addNames(&p.a.Places, n, byComma) }, false},
	{"locations", "places", func(p *parser, n *front.Node) { p.addNames(&p.a.Places, n, whole) }, true},
	{"location", "places", func(p *parser, n *front.Node) { p.addNames(&p.a.Places, n, whole) }, true},
	{"summary", "summary", (*parser).setSummary, false},
	{"description", "summary", (*parser).setSummary, false},
	{"excerpt", "summary", (*parser).setSummary, true},
	{"deck", "summary", (*parser).setSummary, true},
	{"standfirst", "summary", (*parser).setSummary, true},
	{"subtitle", "summary", (*parser).setSummary, true},
	{"source", "source", (*parser).setSource, false},
	{"sourceurl", "source", (*parser).setSourceURL, false},
	{"originalurl", "source", (*parser).setSourceURL, false},
	{"canonicalurl", "source", (*parser).setSourceURL, true},
	{"canonical", "source", (*parser).setSourceURL, true},
	{"link", "source", (*parser).setSourceURL, true},
	{"captured", "source", func(p *parser, n *front.Node) { p.setDateTo(&p.a.Source.Captured, n) }, false},
	{"sha256", "source", (*parser).setSHA256, false},
	{"withdrawn", "withdrawn", (*parser).setWithdrawn, false},
	{"corrections", "corrections", (*parser).addCorrections, false},
	{"versions", "versions", (*parser).addVersions, true},
	{"partial", "partial", (*parser).setPartial, true},
	{"aliases", "aliases", (*parser).addAliases, false},
	{"redirectfrom", "aliases", (*parser).addAliases, false},
	{"oldurls", "aliases", (*parser).addAliases, false},
	{"oldurl", "aliases", (*parser).addAliases, false},
	{"permalink", "aliases", (*parser).addAddress, true},
	{"url", "aliases", (*parser).addAddress, true},
	{"path", "aliases", (*parser).addAddress, true},
	{"draft", "draft", (*parser).setDraft, false},
	{"status", "draft", (*parser).setStatus, true},
	{"page", "page", (*parser).setPage, false},
	{"layout", "page", (*parser).setLayout, true},
	{"type", "page", (*parser).setLayout, true},
}

var keyIndex = indexKeys()

func indexKeys() map[string]int {
	m := make(map[string]int, len(keys))
	for i, k := range keys {
		m[k.name] = i
	}
	return m
}

// keyAt returns the place in keys of a key as people spell it, or -1.
func keyAt(name string) int {
	if i, ok := keyIndex[name]; ok {
		return i
	}
	if i, ok := keyIndex[squash.Replace(strings.ToLower(name))]; ok {
		return i
	}
	return -1
}

var squash = strings.NewReplacer("-", "", "_", "", " ", "")

// collect sorts out which keys the front matter has. What Zola and Hugo keep
// in tables of their own counts when it does not stand outside of them too.
func (p *parser) collect(root *front.Node) {
	p.found = make([]*front.Field, len(keys))
	if root == nil {
		return
	}
	var inner []*front.Field
	for i := range root.Fields {
		f := &root.Fields[i]
		at := keyAt(f.Key)
		switch {
		case at >= 0 && p.found[at] == nil:
			p.found[at] = f
		case at >= 0:
			p.twice(f, p.found[at], diag.Error)
		case f.Value.Kind == front.Table && (f.Key == "taxonomies" || f.Key == "params" || f.Key == "extra"):
			for j := range f.Value.Fields {
				inner = append(inner, &f.Value.Fields[j])
			}
		default:
			for _, u := range p.unknown[:min(len(p.unknown), maxList)] {
				if u.Key == f.Key {
					p.twice(f, u, diag.Warning)
					break
				}
			}
			p.unknown = append(p.unknown, f)
		}
	}
	for _, f := range inner {
		if at := keyAt(f.Key); at >= 0 && p.found[at] == nil && slices.Contains(innerKeys, keys[at].means) {
			p.found[at] = f
		}
	}
}

// innerKeys are what generators without such keys keep in tables for the
// layout's use.
var innerKeys = []string{"topics", "authors", "people", "places", "source"}

func (p *parser) twice(f, first *front.Field, s diag.Severity) {
	if p.enough(s) {
		return
	}
	line, col := p.block.Find(p.text, f.At)
	other, _ := p.block.Find(p.text, first.At)
	p.add(&diag.Problem{Line: line, Col: col, Severity: s, Msg: fmt.Sprintf("%q is already given on line %d", f.Key, other), Help: "delete one of them"}, utf8.RuneCountInString(f.Key))
}

// titled reports whether the front matter says anything of a title.
func (p *parser) titled() bool {
	for _, name := range []string{"title", "headline"} {
		f := p.found[keyIndex[name]]
		if f != nil && f.Value.Kind != front.Null && (f.Value.Kind != front.Scalar || titleText(&f.Value) != "") {
			return true
		}
	}
	return false
}

func titleText(n *front.Node) string { return clean(unescape(n.Text)) }

func (p *parser) setFields() {
	for i, f := range p.found {
		if f == nil || f.Value.Kind == front.Null {
			continue
		}
		p.key, p.loose = f.Key, keys[i].loose
		keys[i].set(p, &f.Value)
	}
}

// reportUnknown adds a problem for each key that is most likely a misspelt one
// of ours. Others are left to the generator they were made for.
func (p *parser) reportUnknown() {
	for _, f := range p.unknown[:min(len(p.unknown), maxList)] {
		if len(f.Key) > 20 {
			continue // longer than any key we know by more than two letters
		}
		meant := diag.Suggest(f.Key, suggestions)
		if meant == "" || slices.Contains(ordinary, strings.ToLower(f.Key)) || !alike(strings.ToLower(f.Key), meant) {
			continue
		}
		means := keys[keyIndex[meant]].means
		if p.has(means) {
			continue
		}
		p.titleKnown = p.titleKnown || means == "title"
		p.problem(f.At, utf8.RuneCountInString(f.Key), fmt.Sprintf("unknown key %q", f.Key), fmt.Sprintf("did you mean %q?", meant))
	}
}

var (
	// suggestions are the keys that a misspelt one is compared with.
	suggestions = []string{"title", "date", "published", "updated", "lang", "language", "topics", "tags", "categories", "category",
		"authors", "author", "people", "places", "summary", "description", "excerpt", "source", "slug",
		"withdrawn", "corrections", "aliases", "draft"}
	// ordinary are words that look misspelt and are not.
	ordinary = []string{"data", "dates", "rate", "land", "long", "updates", "sources", "languages", "titles", "place", "draw", "plug"}
)

// alike reports whether two words begin or end the same way, as a word and its
// misspelling do.
func alike(a, b string) bool {
	return len(a) > 2 && (a[0] == b[0] || strings.HasSuffix(a, b[len(b)-3:]))
}

// has reports whether any key of a meaning is given.
func (p *parser) has(means string) bool {
	for i, f := range p.found {
		if f != nil && keys[i].means == means {
			return true
		}
	}
	return false
}

// wrong reports a value of the wrong kind.
func (p *parser) wrong(n *front.Node, want string) {
	if p.loose {
		return
	}
	is := n.Kind.String()
	if n.Kind == front.Scalar {
		is = fmt.Sprintf("%q", shorten(n.Text, 40))
	}
	p.problem(n.At, max(1, utf8.RuneCountInString(n.Text)), fmt.Sprintf("%s must be %s, not %s", p.key, want, is), "")
}

// one returns a scalar, cleaned.
func (p *parser) one(n *front.Node, want string) string {
	if n.Kind == front.List || n.Kind == front.Table {
		p.wrong(n, want)
		return ""
	}
	return clean(n.Text)
}

func (p *parser) setText(to *string, n *front.Node) {
	if *to == "" {
		*to = p.one(n, "text")
	}
}

func (p *parser) setTitle(n *front.Node) {
	if p.one(n, "text") == "" || p.a.Title != "" {
		return
	}
	p.a.Title = titleText(n)
	if letters := utf8.RuneCountInString(p.a.Title); letters > maxTitle {
		p.problem(n.At, 1, longTitle(p.key, letters), "is a quote or a line end missing?")
	}
}

func longTitle(what string, letters int) string {
	return fmt.Sprintf("the %s has %d letters, and at most %d are read", what, letters, maxTitle)
}

func (p *parser) setSummary(n *front.Node) {
	if p.a.Summary == "" {
		p.a.Summary = clean(unescape(p.one(n, "text")))
	}
}

func (p *parser) setDate(n *front.Node) {
	text := strings.TrimSpace(n.Text)
	if day, digits := leadingInt(text); p.a.Date.IsZero() && n.Kind == front.Scalar && digits == len(text) && (digits == 1 || digits == 2) && p.fileDate.Month != 0 {
		d := Date{Year: p.fileDate.Year, Month: p.fileDate.Month, Day: int16(day)} // the folders hold the rest
		if day > 0 && d.check() == nil {
			p.a.Date = d
			return
		}
	}
	p.setDateTo(&p.a.Date, n)
}

func (p *parser) setUpdated(n *front.Node) { p.setDateTo(&p.a.Updated, n) }

func (p *parser) setDateTo(to *Date, n *front.Node) {
	text := p.one(n, "a date")
	if text == "" {
		return
	}
	switch strings.ToLower(text) {
	case "created", "last modified", "git created", "git last modified": // Eleventy's
		line, col := p.block.Find(p.text, n.At)
		p.add(&diag.Problem{Line: line, Col: col, Severity: diag.Warning, Msg: fmt.Sprintf("%s %q is the time of a file, which tells nothing of the article, and is not read", p.key, text),
			Help: "write the date of the article"}, utf8.RuneCountInString(n.Text))
		return
	}
	d, err := ParseDate(text)
	if e, ok := err.(*dateError); ok {
		if e.why == "" && p.fileDate.Day != 0 {
			e.help = "write it as " + Date{Year: p.fileDate.Year, Month: p.fileDate.Month, Day: p.fileDate.Day}.String()
		}
		p.problem(n.At, utf8.RuneCountInString(n.Text), p.key+" "+e.problem(), e.help)
		return
	}
	if to.IsZero() {
		*to = d
	}
}

// setPublished reads Jekyll's "published: false" as well as a date.
func (p *parser) setPublished(n *front.Node) {
	if yes, ok := truth(n); !ok {
		p.setDate(n)
	} else if !yes {
		p.leave(n)
	}
}

// truth reads the words that YAML 1.1 has for true and false.
func truth(n *front.Node) (yes, ok bool) {
	if n.Kind != front.Scalar {
		return false, false
	}
	switch strings.ToLower(strings.TrimSpace(n.Text)) {
	case "true", "yes", "on", "y":
		return true, true
	case "false", "no", "off", "n", "":
		return false, true
	}
	return false, false
}

// leave marks the article as a draft.
func (p *parser) leave(n *front.Node) {
	p.a.Draft = true
	if p.left == nil {
		line, col := p.block.Find(p.text, n.At)
		p.left = &diag.Problem{File: p.name, Line: line, Col: col, Severity: diag.LeftOut, Msg: "draft"}
	}
}

func (p *parser) setDraft(n *front.Node) {
	yes, ok := truth(n)
	if !ok {
		p.wrong(n, "true or false")
	}
	if yes {
		p.leave(n)
	}
}

// setStatus reads Pelican's and WordPress's states.
func (p *parser) setStatus(n *front.Node) {
	switch strings.ToLower(n.Text) {
	case "draft", "private", "pending", "trash", "skip":
		p.leave(n)
	}
}

// setPartial takes true; what else other generators call partial is theirs.
func (p *parser) setPartial(n *front.Node) {
	yes, ok := truth(n)
	p.a.Partial = yes && ok
}

func (p *parser) setPage(n *front.Node) {
	yes, ok := truth(n)
	if !ok {
		p.wrong(n, "true or false")
	}
	p.a.Page = p.a.Page || yes
}

// setLayout takes an article without a date for a page when its generator
// calls it so.
func (p *parser) setLayout(n *front.Node) {
	p.likePage = p.likePage || strings.EqualFold(strings.TrimSpace(n.Text), "page")
}
