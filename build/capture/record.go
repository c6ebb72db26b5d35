package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"backfile/build/article"
)

// An object is one line, its values not yet looked at. Names that differ in
// case are taken too; names that are not here are ignored.
type object struct {
	ID       json.RawMessage `json:"id"`
	URL      json.RawMessage `json:"url"`
	Title    json.RawMessage `json:"title"`
	Date     json.RawMessage `json:"date"`
	Captured json.RawMessage `json:"captured"`
	Topics   json.RawMessage `json:"topics"`
	Lang     json.RawMessage `json:"lang"`
	Author   json.RawMessage `json:"author"`
	Authors  json.RawMessage `json:"authors"`
	People   json.RawMessage `json:"people"`
	Places   json.RawMessage `json:"places"`
	Source   json.RawMessage `json:"source"`
	Summary  json.RawMessage `json:"summary"`
	Text     json.RawMessage `json:"text"`
	HTML     json.RawMessage `json:"html"`
}

// record reads one line.
func (l *lines) record(raw []byte) (Capture, error) {
	if bad := invalid(raw); bad >= 0 {
		return Capture{}, l.problem(column(raw, bad), fmt.Sprintf("byte 0x%02X is not UTF-8", raw[bad]), "JSON lines are UTF-8: convert the file with iconv")
	}
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return Capture{}, l.syntax(raw, err)
	}
	c := Capture{Name: l.name, Line: l.n, Kind: Record, Raw: raw}
	f := &c.Fields
	p := &values{lines: l, raw: raw}
	for _, t := range []struct {
		key   string
		value json.RawMessage
		to    *string
	}{
		{"url", o.URL, &f.URL}, {"title", o.Title, &f.Title}, {"lang", o.Lang, &f.Lang}, {"source", o.Source, &f.Source},
		{"summary", o.Summary, &f.Summary}, {"text", o.Text, &f.Text}, {"html", o.HTML, &f.HTML},
	} {
		*t.to = p.text(t.key, t.value)
	}
	f.Topics = p.list("topics", o.Topics)
	f.Authors = p.list("authors", o.Authors)
	if len(f.Authors) == 0 {
		f.Authors = p.list("author", o.Author)
	}
	f.People = p.list("people", o.People)
	f.Places = p.list("places", o.Places)
	f.Date = p.date("date", o.Date)
	f.Captured = p.date("captured", o.Captured)
	if p.err != nil {
		return Capture{}, p.err
	}
	if blank(f.Title) && blank(f.Text) && blank(f.HTML) && blank(f.Summary) {
		return Capture{}, l.problem(0, "has no title and no text", `an object has the keys "title" and "text" or "html"`)
	}
	c.Notes = p.notes
	return c, nil
}

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

// values turns the values of one line into fields. The first value of a wrong
// kind is kept in err.
type values struct {
	*lines
	raw   []byte
	notes []string
	err   error
}

func (p *values) text(key string, v json.RawMessage) string {
	var s string
	switch {
	case none(v):
	case v[0] == '"':
		p.decode(v, &s)
	case v[0] != '{' && v[0] != '[':
		s = string(v) // a title such as 1984
	default:
		p.wrong(key, v, "text")
	}
	return s
}

func (p *values) list(key string, v json.RawMessage) []string {
	var out []string
	switch {
	case none(v):
	case v[0] == '[':
		var items []json.RawMessage
		p.decode(v, &items)
		for _, it := range items {
			out = append(out, p.text(key, it))
		}
	default:
		out = append(out, p.text(key, v))
	}
	kept := out[:0]
	for _, s := range out {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func (p *values) date(key string, v json.RawMessage) article.Date {
	s := strings.TrimSpace(p.text(key, v))
	if s == "" {
		return article.Date{}
	}
	if d, ok := unix(s); ok && v[0] != '"' {
		return d
	}
	d, err := article.ParseDate(s)
	if err != nil {
		p.notes = append(p.notes, key+" "+err.Error())
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
		if name, ok := k.(string); ok && strings.EqualFold(name, key) {
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
