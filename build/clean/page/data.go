package page

import (
	"cmp"
	"encoding/json"
	"html"
	"slices"
	"strings"
	"unicode/utf8"
)

// linkedData is what the JSON-LD of a page tells of its article.
type linkedData struct {
	headline, published, modified, url, publisher, language, body, section, description string

	authors []string
	closed  bool // not all of the article is free to read
}

// read takes in one block of JSON-LD; what an earlier block told stays.
func (l *linkedData) read(src string) {
	var v any
	src = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' ' // line ends inside of strings are common, and not JSON
		}
		return r
	}, src)
	if json.Unmarshal([]byte(strings.Trim(src, " ;")), &v) == nil {
		l.walk(v, 0)
	}
}

func (l *linkedData) walk(v any, depth int) {
	if depth > 6 { // @graph in a list in an object; more is not an article's own data
		return
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			l.walk(item, depth+1)
		}
	case map[string]any:
		if isStory(v["@type"]) {
			l.story(v)
			return
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart"} {
			l.walk(v[key], depth+1)
		}
	}
}

func isStory(kind any) bool {
	switch k := kind.(type) {
	case string:
		return strings.HasSuffix(k, "Article") || strings.HasSuffix(k, "Posting") || k == "Report" || k == "Review"
	case []any:
		return slices.ContainsFunc(k, isStory)
	}
	return false
}

func (l *linkedData) story(m map[string]any) {
	l.headline = cmp.Or(l.headline, text(m["headline"]))
	l.published = cmp.Or(l.published, name(m["datePublished"]), name(m["dateCreated"]))
	l.modified = cmp.Or(l.modified, name(m["dateModified"]))
	l.url = cmp.Or(l.url, name(m["url"]), name(m["mainEntityOfPage"]))
	l.publisher = cmp.Or(l.publisher, text(m["publisher"]))
	l.language = cmp.Or(l.language, name(m["inLanguage"]))
	l.section = cmp.Or(l.section, text(m["articleSection"]))
	l.description = cmp.Or(l.description, text(m["description"]))
	if body := html.UnescapeString(name(m["articleBody"])); len(body) > len(l.body) {
		l.body = body
	}
	switch free := m["isAccessibleForFree"].(type) {
	case bool:
		l.closed = l.closed || !free
	case string:
		l.closed = l.closed || strings.EqualFold(free, "false")
	}
	if len(l.authors) > 0 {
		return
	}
	for _, key := range []string{"author", "creator"} {
		list, ok := m[key].([]any)
		if !ok {
			list = []any{m[key]}
		}
		for _, a := range list {
			if n := text(a); n != "" && !strings.HasPrefix(n, "http") && utf8.RuneCountInString(n) < 200 {
				l.authors = append(l.authors, n)
			}
		}
		if len(l.authors) > 0 {
			return
		}
	}
}

// text returns a text of the data, without escapes.
func text(v any) string { return squeeze(html.UnescapeString(html.UnescapeString(name(v)))) }

// name returns a text, or what an object or a list is called.
func name(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case map[string]any:
		return cmp.Or(name(v["name"]), name(v["@id"]), name(v["@value"]))
	case []any:
		if len(v) > 0 {
			return name(v[0])
		}
	}
	return ""
}
