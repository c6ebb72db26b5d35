package page

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A byline is an element that says by its marks that it names authors.
type byline struct {
	text string
	link bool // it is rel=author or a link to an author's page
}

// byline takes in an element that is one.
func (p *Page) byline(n *html.Node) {
	const most = 60
	if len(p.bylines) >= most {
		return
	}
	rel, prop, class := attr(n, "rel"), attr(n, "itemprop"), strings.ToLower(attr(n, "class"))
	link := rel == "author" || prop == "author" || strings.Contains(attr(n, "href"), "/author/")
	if !link && !strings.Contains(class, "author") && !strings.Contains(class, "byline") {
		return
	}
	if t := squeeze(textOf(n)); t != "" && utf8.RuneCountInString(t) < 120 {
		p.bylines = append(p.bylines, byline{t, link})
	}
}

// Authors returns who wrote the article: as the data of the page say, else as
// its metas, else what another reader of the page found in its text, else
// what its bylines hold. The publication itself counts only when nobody else
// is named.
func (p *Page) Authors(found string) []string {
	tries := [][]string{p.data.authors, p.named, strings.Split(found, ";")}
	for _, b := range p.bylines {
		if b.link {
			tries = append(tries, []string{b.text})
		}
	}
	var itself []string
	for _, texts := range tries {
		names := people(texts)
		if len(names) == 0 {
			continue
		}
		if len(names) > 1 || !p.isItself(names[0]) {
			return names
		}
		if itself == nil {
			itself = names
		}
	}
	return itself
}

// isItself reports whether a name is that of the publication.
func (p *Page) isItself(name string) bool {
	site, bare := bareName(p.Site()), bareName(name)
	host := ""
	if u, err := url.Parse(p.URL()); err == nil {
		host = bareName(strings.TrimPrefix(u.Host, "www."))
	}
	return bare != "" && (bare == site || bare == bareName(p.data.publisher) || bare == host || strings.HasPrefix(host, bare) && len(bare) > 2)
}

func bareName(s string) string { return strings.ReplaceAll(fold(s), " ", "") }

var (
	andWord  = regexp.MustCompile(`\s*(?:[;,、|•·]| and | und | et | y | e | i | en | og | och | и | та |&)\s*`)
	byWord   = regexp.MustCompile(`(?i)^(?:by|von|par|por|da|di|af|av|door|автор|автори|autor|autora|autore|text|texte|texto|foto|written by|posted by|words by|reporting by|story by)[:\s]\s*`)
	noAuthor = regexp.MustCompile(`(?i)https?:|www\.|@|\d{3}|^(admin|administrator|editor|staff|unknown|none|null|undefined|anonymous|author)$`)
)

// people reads names: several may stand in one text. What is no name is left
// out, and what only repeats another.
func people(texts []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, t := range texts {
		if t = squeeze(html.UnescapeString(t)); strings.Contains(t, "://") {
			continue
		}
		t = byWord.ReplaceAllString(t, "")
		for _, name := range andWord.Split(t, 12) {
			name = strings.Trim(byWord.ReplaceAllString(name, ""), " .:-–—")
			if f := fold(name); f != "" && !seen[f] && named(name) {
				seen[f] = true
				out = append(out, name)
			}
		}
	}
	return out
}

func named(s string) bool {
	return utf8.RuneCountInString(s) <= 60 && len(strings.Fields(s)) <= 5 && !noAuthor.MatchString(s) && strings.ContainsFunc(s, unicode.IsLetter)
}
