package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"backfile/build/internal/diag"

	"go.yaml.in/yaml/v4"
	"golang.org/x/net/idna"
	tags "golang.org/x/text/language"
)

// A field says what the value of a key may be, twice: to editors and to the
// parser.
type field struct {
	schema   map[string]any
	required bool
	set      func(p *parser, v value, c *Config)
}

// A value is a node of site.yaml and the name by which messages call it.
type value struct {
	name string
	node *yaml.Node
}

// A scalar says what a text, number or truth value may be. Texts are taken as
// they are written: the title 1984 is "1984".
type scalar[T any] struct {
	want     string // what it must be, to follow "is not"
	types    []string
	limits   map[string]any // for the schema
	pattern  *regexp.Regexp // what the text must match; nil for any
	required bool
	read     func(text string) (v T, help string, ok bool)
}

// yamlTypes are the types of YAML that a type of JSON Schema stands for.
var yamlTypes = map[string][]string{
	"string":  {"!!str", "!!timestamp"},
	"number":  {"!!int", "!!float"},
	"integer": {"!!int"},
	"boolean": {"!!bool"},
}

// put makes the field of s, which is kept in the place that into returns. A
// value that is empty leaves the default there, unless s is required.
func put[T any](s scalar[T], into func(*Config) *T) field {
	return field{
		schema:   s.schema(*into(defaults())),
		required: s.required,
		set: func(p *parser, v value, c *Config) {
			if !s.required && isEmpty(v.node) && (v.node.ShortTag() == "!!null" || s.allows("!!str")) {
				return
			}
			if got, ok := s.take(p, v); ok {
				*into(c) = got
			}
		},
	}
}

// required makes a value without a letter in it a problem.
func required(s scalar[string]) scalar[string] {
	s.required = true
	s.pattern = regexp.MustCompile(`\S`)
	return s
}

// take reads v, or tells p why it cannot.
func (s scalar[T]) take(p *parser, v value) (got T, ok bool) {
	n := v.node
	switch {
	case isEmpty(n):
		p.say(n, "", "%s is empty, and must be %s", v.name, s.want)
		return got, false
	case n.Kind == yaml.SequenceNode:
		p.say(n, "", "%s is a list, and must be %s", v.name, s.want)
		return got, false
	case n.Kind != yaml.ScalarNode:
		p.say(n, "", "%s holds keys of its own, and must be %s", v.name, s.want)
		return got, false
	}
	got, help, ok := s.read(n.Value)
	ok = ok && s.allows(n.ShortTag()) && (s.pattern == nil || s.pattern.MatchString(n.Value))
	if !ok {
		switch {
		case help != "":
		case isQuoted(n) && !s.allows("!!str"):
			help = "write it without quotes"
		case n.ShortTag() == "!!bool" && s.allows("!!str"):
			help = "put it in quotes"
		}
		p.say(n, help, "%s %q is not %s", v.name, n.Value, s.want)
	}
	return got, ok
}

func (s scalar[T]) allows(tag string) bool {
	for _, t := range s.types {
		for _, allowed := range yamlTypes[t] {
			if tag == allowed {
				return true
			}
		}
	}
	return false
}

// schema returns the JSON Schema of s.
func (s scalar[T]) schema(def any) map[string]any {
	out := map[string]any{}
	for k, v := range s.limits {
		out[k] = v
	}
	types := append([]string{}, s.types...)
	if s.pattern != nil {
		out["pattern"] = s.pattern.String()
	}
	if !s.required {
		types = append(types, "null")
		if s.pattern != nil {
			out["pattern"] = `^$|` + s.pattern.String()
		}
		if def != "" {
			out["default"] = def
		}
	}
	out["type"] = types
	if len(types) == 1 {
		out["type"] = types[0]
	}
	return out
}

// isEmpty reports whether a key was left without a value.
func isEmpty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.ShortTag() == "!!null" || n.Value == "")
}

func isQuoted(n *yaml.Node) bool {
	return n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
}

// text is any text with something in it. Spaces and line breaks in a row
// become one space.
func text(most int) scalar[string] {
	return scalar[string]{
		want:   fmt.Sprintf("text of at most %d letters", most),
		types:  []string{"string", "number"},
		limits: map[string]any{"maxLength": most},
		read: func(s string) (string, string, bool) {
			if n := len([]rune(s)); n > most {
				return "", fmt.Sprintf("it has %d", n), false
			}
			return strings.Join(strings.Fields(s), " "), "", true
		},
	}
}

// oneOf is one of a few words.
func oneOf(words ...string) scalar[string] {
	enum := []any{"", nil} // what stands for the default
	for _, w := range words {
		enum = append(enum, w)
	}
	return scalar[string]{
		want:   strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1],
		types:  []string{"string"},
		limits: map[string]any{"enum": enum},
		read: func(s string) (string, string, bool) {
			near := diag.Suggest(s, words)
			if near != "" && near != s {
				return "", fmt.Sprintf("did you mean %q?", near), false
			}
			return s, "", near == s
		},
	}
}

// number is a whole number in decimal digits.
func number(low, high int) scalar[int] {
	return scalar[int]{
		want:   fmt.Sprintf("a whole number from %d to %d", low, high),
		types:  []string{"integer"},
		limits: map[string]any{"minimum": low, "maximum": high},
		read: func(s string) (int, string, bool) {
			n, err := strconv.Atoi(s)
			return n, "", err == nil && low <= n && n <= high && s == strconv.Itoa(n)
		},
	}
}

func truth() scalar[bool] {
	return scalar[bool]{
		want:  "true or false",
		types: []string{"boolean"},
		read: func(s string) (bool, string, bool) {
			b, err := strconv.ParseBool(strings.ToLower(s))
			if err != nil {
				switch strings.ToLower(s) {
				case "yes", "on":
					return true, "write true", false
				case "no", "off":
					return false, "write false", false
				}
			}
			return b, "", err == nil
		},
	}
}

// language is a language tag (BCP 47) of a language that there is. It is kept
// in its canonical form.
func language() scalar[string] {
	return scalar[string]{
		want:    "the code of a language",
		types:   []string{"string"},
		pattern: regexp.MustCompile(`^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*$`),
		read: func(s string) (string, string, bool) {
			tag, err := tags.Parse(s)
			return tag.String(), "such as en, ru, pt-BR or zh-Hant", err == nil && tag != tags.Und
		},
	}
}

// baseURL is where a site can be published: a folder of a web server. It is
// kept in ASCII and with a slash at the end.
func baseURL() scalar[string] {
	return scalar[string]{
		want:    "the address of a web site",
		types:   []string{"string"},
		pattern: regexp.MustCompile(`^https?://[^\s/?#@\\]+(?:/[^\s?#\\]*)?$`),
		read: func(s string) (string, string, bool) {
			u, ok := webAddress(s)
			switch {
			case !ok && !strings.Contains(s, ":") && strings.Contains(s, "."):
				return "", fmt.Sprintf("write https://%s/", strings.Trim(s, "/")), false
			case !ok:
				return "", "such as https://example.org/ or https://name.github.io/archive/", false
			case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
				return "", "it cannot have ? or # in it", false
			}
			return u.JoinPath("/").String(), "such as https://example.org/", true
		},
	}
}

// webURL is the address of a page anywhere.
func webURL() scalar[string] {
	return scalar[string]{
		want:    "the address of a web page",
		types:   []string{"string"},
		pattern: regexp.MustCompile(`^https?://[^\s/?#@\\]+(?:[/?#]\S*)?$`),
		read: func(s string) (string, string, bool) {
			u, ok := webAddress(s)
			if !ok {
				return "", "such as https://example.org/terms", false
			}
			return u.String(), "", true
		},
	}
}

// webAddress reads an absolute http or https address. The names of hosts in
// other letters than ASCII become what browsers ask for ("xn--").
func webAddress(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, false
	}
	if strings.Contains(u.Host, "[") {
		return u, true // the address of a machine, checked by url.Parse
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil {
		return nil, false
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, false
		}
		host += ":" + port
	}
	u.Host = host
	return u, true
}

// contact is an e-mail address or that of a web page.
func contact() scalar[string] {
	return scalar[string]{
		want:    "an e-mail address or the address of a web page",
		types:   []string{"string"},
		pattern: regexp.MustCompile(`^(?:mailto:)?[^\s@:/?#]+@[^\s@:/?#.]+(?:\.[^\s@:/?#.]+)+$|^https?://[^\s/?#@\\]+(?:[/?#]\S*)?$`),
		read: func(s string) (string, string, bool) {
			help := "such as desk@example.org or https://example.org/contact"
			if strings.Contains(s, "://") {
				u, ok := webAddress(s)
				if !ok {
					return "", help, false
				}
				return u.String(), help, true
			}
			return strings.TrimPrefix(s, "mailto:"), help, true
		},
	}
}

// timezone is a zone of the IANA time zone database.
func timezone() scalar[string] {
	return scalar[string]{
		want:    "a time zone",
		types:   []string{"string"},
		pattern: regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$`),
		read: func(s string) (string, string, bool) {
			if isZone(s) {
				return s, "", true
			}
			name := zoneCase(s)
			for _, area := range []string{"", "Europe/", "Asia/", "Africa/", "America/", "Australia/", "Pacific/", "Atlantic/", "Indian/"} {
				if isZone(area + name) {
					return "", fmt.Sprintf("did you mean %q?", area+name), false
				}
			}
			return "", "the name of a zone, such as Europe/Berlin, Asia/Tehran or UTC", false
		},
	}
}

// zoneCase spells a city or a zone as the time zone database does.
func zoneCase(s string) string {
	b := []byte(strings.ReplaceAll(strings.TrimSpace(s), " ", "_"))
	for i, c := range b {
		if (i == 0 || b[i-1] == '/' || b[i-1] == '_') && 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// isZone reports whether there is a time zone of that name. Local is none: it
// is another one on every machine.
func isZone(name string) bool {
	if name == "" || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}
