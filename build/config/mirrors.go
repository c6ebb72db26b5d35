package config

import (
	"encoding/json"
	"regexp"

	"go.yaml.in/yaml/v4"
)

// A Mirror is another place where the archive can be read.
type Mirror struct {
	URL   string // with a slash at the end
	Name  string // who keeps it, or ""
	Onion string // its address as an onion service, with a slash at the end, or ""
}

// maxMirrors is more than any reader tries.
const maxMirrors = 100

// mirrorKeys are the keys of a mirror that is more than an address.
var mirrorKeys = []string{"url", "name", "onion"}

// MarshalJSON writes m as site.yaml has it: an address, or a mapping.
func (m Mirror) MarshalJSON() ([]byte, error) {
	if m.Name == "" && m.Onion == "" {
		return json.Marshal(m.URL)
	}
	return json.Marshal(struct {
		URL   string `json:"url"`
		Name  string `json:"name,omitempty"`
		Onion string `json:"onion,omitempty"`
	}{m.URL, m.Name, m.Onion})
}

// mirrorURL is the address of a mirror, which has to be there.
func mirrorURL() scalar[string] {
	s := baseURL()
	s.required = true
	return s
}

// onionURL is the address of an onion service of version 3.
func onionURL() scalar[string] {
	s := baseURL()
	s.want = "the address of an onion service"
	s.pattern = regexp.MustCompile(`^https?://(?:[a-z0-9-]+\.)*[a-z2-7]{56}\.onion(?::[0-9]+)?(?:/[^\s?#\\]*)?$`)
	read := s.read
	s.read = func(text string) (string, string, bool) {
		u, help, ok := read(text)
		if !ok || !s.pattern.MatchString(text) {
			help = "http:// and a host of 56 letters and figures that ends with .onion"
		}
		return u, help, ok
	}
	return s
}

// mirrors makes the field of a list of mirrors.
func mirrors() field {
	part := func(s scalar[string], words string) map[string]any {
		schema := s.schema("")
		schema["description"] = words
		return schema
	}
	address := part(mirrorURL(), "The address of the copy.")
	return field{
		schema: map[string]any{
			"type": []string{"array", "null"}, "maxItems": maxMirrors, "uniqueItems": true,
			"items": map[string]any{"anyOf": []any{
				address,
				map[string]any{
					"type": "object", "additionalProperties": false, "required": []string{"url"},
					"properties": map[string]any{
						"url":   address,
						"name":  part(text(maxLabel), "Who keeps the copy, as readers see it."),
						"onion": part(onionURL(), "Its address as an onion service, for Tor Browser."),
					},
				},
			}},
		},
		set: func(p *parser, v value, c *Config) {
			if v.node.ShortTag() != "!!null" {
				c.Mirrors = p.mirrors(v)
			}
		},
	}
}

// mirrors reads the list of mirrors.
func (p *parser) mirrors(v value) []Mirror {
	if v.node.Kind != yaml.SequenceNode {
		p.say(v.node, `write each on a line of its own, as "- https://mirror.example/"`, "%s is not a list", v.name)
		return nil
	}
	if n := len(v.node.Content); n > maxMirrors {
		p.say(v.node, "", "%s has %d entries, and can have %d", v.name, n, maxMirrors)
		return nil
	}
	var out []Mirror
	line := map[string]int{}
	for _, n := range v.node.Content {
		m, at := p.mirror(value{v.name, n})
		if m.URL == "" {
			continue // told already
		}
		if first := line[m.URL]; first > 0 {
			p.say(at, "", "%s has %q twice, first in line %d", v.name, m.URL, first)
			continue
		}
		line[m.URL] = at.Line
		out = append(out, m)
	}
	return out
}

// mirror reads one entry, an address or a mapping, and tells where its
// address stands.
func (p *parser) mirror(v value) (m Mirror, at *yaml.Node) {
	if v.node.Kind != yaml.MappingNode {
		m.URL, _ = mirrorURL().take(p, v)
		return m, v.node
	}
	seen := false
	for k, n := range p.pairs(v) {
		part := value{v.name + "." + k.Value, n}
		switch {
		case k.Value == "url":
			seen, at = true, n
			m.URL, _ = mirrorURL().take(p, part)
		case k.Value != "name" && k.Value != "onion":
			seen = p.unknown(k, v.name, mirrorKeys) == "url" || seen // told already
		case isEmpty(n):
		case k.Value == "name":
			m.Name, _ = text(maxLabel).take(p, part)
		default:
			m.Onion, _ = onionURL().take(p, part)
		}
	}
	if !seen {
		p.say(v.node, `write "url: https://mirror.example/"`, "an entry of %s has no url", v.name)
	}
	return m, at
}
