package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"backfile/build/article"
)

// keys says which names in a record mean which field: small letters, without
// - and _.
type keys map[string][]string

// names are the names of each field, the surest first. Others are ignored.
var names = map[string][]string{
	"url":      {"url", "link", "canonicalurl", "permalink", "sourceurl", "articleurl", "pageurl", "webpageurl"},
	"title":    {"title", "headline", "articletitle", "heading", "name"},
	"date":     {"date", "published", "datepublished", "publishedat", "pubdate", "publishdate", "publicationdate", "publishedon", "publishedtime", "publishedtimestamp", "dateposted", "createdat", "created", "timestamp"},
	"updated":  {"updated", "datemodified", "updatedat", "modified", "modifiedat", "lastmod"},
	"captured": {"captured", "crawled", "crawledat", "fetched", "fetchedat", "scraped", "scrapedat", "datedownload", "retrieved"},
	"topics":   {"topics", "topic", "tags", "categories", "category", "keywords", "section"},
	"lang":     {"lang", "language", "locale"},
	"authors":  {"authors", "author", "byline", "creator", "writer"},
	"people":   {"people", "persons"},
	"places":   {"places", "locations"},
	"source":   {"source", "publication", "publisher", "site", "sitename", "sourcename", "outlet", "newspaper"},
	"summary":  {"summary", "description", "excerpt", "abstract", "lead", "deck", "subtitle", "standfirst"},
	"text":     {"text", "body", "content", "articlebody", "maintext", "fulltext", "articletext", "bodytext", "article", "plaintext", "contenttext", "story"},
	"html":     {"html", "contenthtml", "bodyhtml", "articlehtml"},
	"aliases":  {"aliases", "oldurls"},
}

// keysOf returns names with what --map says put before.
func keysOf(mapped map[string]string) keys {
	if len(mapped) == 0 {
		return names
	}
	out := keys{}
	for field, list := range names {
		out[field] = list
	}
	for field, name := range mapped {
		out[field] = []string{squashed(name)}
	}
	return out
}

// FieldNames returns the fields that --map may name, in order.
func FieldNames() []string {
	return slices.Sorted(maps.Keys(names))
}

var squash = strings.NewReplacer("-", "", "_", "", " ", "", ":", "")

func squashed(name string) string { return squash.Replace(strings.ToLower(strings.TrimSpace(name))) }

// An object is one record, its values not yet looked at, by squashed names.
type object map[string]json.RawMessage

// get returns the first value of a field that says something, and the name it
// has.
func (o object) get(k keys, field string) (string, json.RawMessage) {
	for _, name := range k[field] {
		if v := o[name]; !none(v) && string(v) != `""` && string(v) != "[]" {
			return name, v
		}
	}
	return field, nil
}

// record reads one record.
func (l *lines) record(raw []byte) (Capture, error) {
	if bad := invalid(raw); bad >= 0 {
		return Capture{}, l.problem(column(raw, bad), fmt.Sprintf("byte 0x%02X is not UTF-8", raw[bad]), "JSON lines are UTF-8: convert the file with iconv")
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return Capture{}, l.syntax(raw, err)
	}
	o := object{}
	for name, v := range all {
		if s := squashed(name); o[s] == nil || s == name {
			o[s] = v
		}
	}
	c := Capture{Name: l.name, Line: l.n, Kind: Record, Raw: raw, Ending: ".json"}
	f := &c.Fields
	p := &values{lines: l, raw: raw, object: o}
	for _, t := range []struct {
		key string
		to  *string
	}{
		{"url", &f.URL}, {"title", &f.Title}, {"lang", &f.Lang}, {"summary", &f.Summary}, {"text", &f.Text}, {"html", &f.HTML},
	} {
		*t.to = p.text(t.key)
	}
	f.Source = p.named("source")
	for _, t := range []struct {
		key string
		to  *[]string
	}{{"topics", &f.Topics}, {"authors", &f.Authors}, {"people", &f.People}, {"places", &f.Places}, {"aliases", &f.Aliases}} {
		*t.to = p.list(t.key)
	}
	f.Date, f.Updated, f.Captured = p.date("date"), p.date("updated"), p.date("captured")
	if p.err != nil {
		return Capture{}, p.err
	}
	if blank(f.Title) && blank(f.Text) && blank(f.HTML) && blank(f.Summary) {
		return Capture{}, l.problem(0, "has no title and no text", `an object has the keys "title" and "text" or "html"; --map title=NAME says which others do`)
	}
	if f.HTML == "" && markup.MatchString(f.Text) && p.from != "text" {
		f.HTML, f.Text = f.Text, ""
	}
	c.Notes = p.notes
	return c, nil
}

// markup is what only HTML has. A text may hold a single sign like it.
var markup = regexp.MustCompile(`(?is)<(p|div|h[1-6]|ul|ol|table|blockquote|article|section)(\s[^<>]*)?>.*</(p|div|h[1-6]|ul|ol|table|blockquote|article|section)>`)

// syntax puts the error of the JSON decoder in place and in words.
func (l *lines) syntax(raw []byte, err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		if strings.Contains(e.Error(), "unexpected end") {
			return l.problem(column(raw, len(raw)), "the object is not closed", "")
		}
		return l.problem(column(raw, int(e.Offset)-1), "is not JSON: "+e.Error(), "")
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return l.problem(1, fmt.Sprintf("is %s, not an object", named(e.Value)), "")
	}
	return l.problem(0, "is not JSON: "+err.Error(), "")
}

// values turns the values of one record into fields. The first value of a
// wrong kind is kept in err.
type values struct {
	*lines
	object object
	raw    []byte
	from   string // the name that held the text
	notes  []string
	err    error
}

// text returns the text of a field.
func (p *values) text(field string) string {
	name, v := p.object.get(p.keys, field)
	if field == "text" {
		p.from = name
	}
	return p.scalar(name, v)
}

func (p *values) scalar(name string, v json.RawMessage) string {
	var s string
	switch {
	case none(v):
	case v[0] == '"':
		p.decode(v, &s)
	case v[0] != '{' && v[0] != '[':
		s = string(v) // a title such as 1984
	default:
		p.wrong(name, v, "text")
	}
	return s
}

// named returns a text, or what an object is called.
func (p *values) named(field string) string {
	name, v := p.object.get(p.keys, field)
	return p.called(name, v)
}

func (p *values) called(name string, v json.RawMessage) string {
	if len(v) == 0 || v[0] != '{' {
		return p.scalar(name, v)
	}
	var o map[string]json.RawMessage
	p.decode(v, &o)
	for _, key := range []string{"name", "title", "displayName", "label"} {
		if inner := o[key]; len(inner) > 0 && inner[0] == '"' {
			return p.scalar(name, inner)
		}
	}
	return ""
}

// list returns a list of texts. One text is a list too: of a table, whose cells
// hold nothing else, with its parts.
func (p *values) list(field string) []string {
	name, v := p.object.get(p.keys, field)
	var out []string
	switch {
	case none(v):
	case v[0] == '[':
		var items []json.RawMessage
		p.decode(v, &items)
		for _, it := range items {
			out = append(out, p.called(name, it))
		}
	case p.cells && field != "authors":
		out = strings.FieldsFunc(p.scalar(name, v), func(r rune) bool { return r == ';' || r == '|' || r == ',' || r == '，' || r == '、' })
	case p.cells:
		out = strings.FieldsFunc(p.scalar(name, v), func(r rune) bool { return r == ';' || r == '|' })
	default:
		out = append(out, p.called(name, v))
	}
	kept := out[:0]
	for _, s := range out {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func (p *values) date(field string) article.Date {
	name, v := p.object.get(p.keys, field)
	s := strings.TrimSpace(p.scalar(name, v))
	if s == "" {
		return article.Date{}
	}
	if d, ok := unix(s); ok && (v[0] != '"' || p.cells) {
		return d
	}
	d, err := article.ParseDate(s)
	if err != nil {
		p.notes = append(p.notes, name+" "+err.Error())
		return article.Date{}
	}
	return d
}

func (p *values) decode(v json.RawMessage, to any) {
	if err := json.Unmarshal(v, to); err != nil && p.err == nil {
		p.err = p.problem(0, err.Error(), "")
	}
}

func (p *values) wrong(key string, v json.RawMessage, want string) {
	if p.err == nil {
		is := map[byte]string{'{': "an object", '[': "a list"}[v[0]]
		p.err = p.problem(p.where(key), fmt.Sprintf("%q is %s, not %s", key, is, want), "")
	}
}

// where returns the column at which the value of a key begins.
func (p *values) where(key string) int {
	dec := json.NewDecoder(bytes.NewReader(p.raw))
	dec.Token() // the opening brace
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			break
		}
		if name, ok := k.(string); ok && squashed(name) == key {
			at := int(dec.InputOffset())
			return column(p.raw, at+len(p.raw[at:])-len(bytes.TrimLeft(p.raw[at:], ": \t")))
		}
		var skipped json.RawMessage
		if dec.Decode(&skipped) != nil {
			break
		}
	}
	return 0
}

// unix reads seconds or milliseconds since 1970. Numbers below 10^8 are not
// taken for instants: 20231231 and 2023 are days and years.
func unix(s string) (article.Date, bool) {
	var n json.Number
	if json.Unmarshal([]byte(s), &n) != nil {
		return article.Date{}, false
	}
	f, err := n.Float64()
	if err != nil || f < 1e8 || f > 1e14 {
		return article.Date{}, false
	}
	if f > 1e11 {
		f /= 1000
	}
	d, err := article.ParseDate(time.Unix(int64(f), 0).UTC().Format(time.RFC3339))
	return d, err == nil
}

func none(v json.RawMessage) bool { return len(v) == 0 || string(v) == "null" }

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// named puts the JSON decoder's word for a value in ours.
func named(word string) string {
	switch word {
	case "array":
		return "a list"
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	}
	return "a " + word
}

// invalid returns the offset of the first byte that is not UTF-8, or -1.
func invalid(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
