package config

import (
	"encoding/json"

	"go.yaml.in/yaml/v4"
)

// Search says what the search index holds. The zero value is all of it.
type Search struct {
	Off        bool // there is no index, and the search page leads to the lists
	NoExcerpts bool // results show how an article begins, not where its words stand
	NoPhrases  bool // words in quotes are found in any order
}

// searchParts are the keys of a search that is not simply on or off.
var searchParts = []string{"excerpts", "phrases"}

// MarshalJSON writes s as site.yaml has it: true, false, or the two parts.
func (s Search) MarshalJSON() ([]byte, error) {
	if s.Off || s == (Search{}) {
		return json.Marshal(!s.Off)
	}
	return json.Marshal(map[string]bool{"excerpts": !s.NoExcerpts, "phrases": !s.NoPhrases})
}

// search makes the field of a truth value or a mapping of truth values.
func search(into func(*Config) *Search) field {
	part := func(words string) map[string]any {
		s := truth().schema(true)
		s["description"] = words
		return s
	}
	return field{
		schema: map[string]any{
			"default": true,
			"anyOf": []any{
				truth().schema(""),
				map[string]any{
					"type": "object", "additionalProperties": false,
					"properties": map[string]any{
						"excerpts": part("Whether results show the passage in which the words were found. Those texts are about half of the index."),
						"phrases":  part("Whether words in quotes are found side by side only. Their positions are about a quarter of the index."),
					},
				},
			},
		},
		set: func(p *parser, v value, c *Config) {
			if v.node.Kind == yaml.MappingNode {
				*into(c) = p.search(v)
				return
			}
			on := truth()
			on.want = "true or false, or a mapping of excerpts and phrases"
			if v.node.ShortTag() == "!!null" {
				return
			}
			if is, ok := on.take(p, v); ok {
				into(c).Off = !is
			}
		},
	}
}

// search reads what of the index is wanted.
func (p *parser) search(v value) (s Search) {
	for k, n := range p.pairs(v) {
		part := value{v.name + "." + k.Value, n}
		switch {
		case k.Value != "excerpts" && k.Value != "phrases":
			p.unknown(k, v.name, searchParts)
		case n.ShortTag() == "!!null":
		default:
			is, ok := truth().take(p, part)
			no := ok && !is
			if k.Value == "excerpts" {
				s.NoExcerpts = no
			} else {
				s.NoPhrases = no
			}
		}
	}
	return s
}
