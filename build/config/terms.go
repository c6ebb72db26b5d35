package config

import (
	"strings"

	"backfile/build/slug"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/cases"
)

const (
	maxLabel = 200
	maxAbout = 2000
)

// termKeys are the keys of a term that is more than a label.
var termKeys = []string{"label", "aka", "about"}

// terms makes the field of a mapping from slugs to terms.
func terms(into func(*Config) *[]Term) field {
	label, about := required(text(maxLabel)), text(maxAbout)
	describe := func(schema map[string]any, words string) map[string]any {
		schema["description"] = words
		return schema
	}
	return field{
		schema: map[string]any{
			"type": []string{"object", "null"},
			"propertyNames": map[string]any{
				"pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$", "maxLength": 80,
				"description": "The slug: the folder of the term's pages.",
			},
			"additionalProperties": map[string]any{"anyOf": []any{
				describe(label.schema(""), "The label, as readers see it."),
				map[string]any{
					"type": "object", "additionalProperties": false, "required": []string{"label"},
					"properties": map[string]any{
						"label": describe(label.schema(""), "The label, as readers see it."),
						"aka": map[string]any{
							"type": []string{"array", "null"}, "uniqueItems": true, "items": label.schema(""),
							"description": "Other spellings that articles use for the same.",
						},
						"about": describe(about.schema(""), "A line or two for the top of its page."),
					},
				},
			}},
		},
		set: func(p *parser, v value, c *Config) {
			if !isEmpty(v.node) {
				*into(c) = p.terms(v)
			}
		},
	}
}

// terms reads all terms of a kind.
func (p *parser) terms(kind value) []Term {
	if kind.node.Kind != yaml.MappingNode {
		p.say(kind.node, "write each below it as \"slug: Label\"", "%s must hold terms by their slugs", kind.name)
		return nil
	}
	var out []Term
	taken := spellings{p: p, owner: map[string]claim{}, fold: cases.Fold()}
	for k, n := range p.pairs(kind) {
		name := value{kind.name + "." + k.Value, n}
		valid := slug.Of(k.Value)
		if valid != k.Value || valid == "" {
			if valid == "" {
				valid = slug.Term(k.Value)
			}
			p.say(k, "write it as "+valid, "%q in %s is not a slug", k.Value, kind.name)
			continue
		}
		t := Term{Slug: k.Value}
		places := map[string]*yaml.Node{t.Slug: k}
		p.term(&t, name, places)
		taken.add(t, places)
		out = append(out, t)
	}
	return out
}

// term reads one term: a label, or a mapping. It notes in places where each
// spelling stands.
func (p *parser) term(t *Term, v value, places map[string]*yaml.Node) {
	label := required(text(maxLabel))
	if v.node.Kind != yaml.MappingNode {
		t.Label, _ = label.take(p, v)
		places[t.Label] = v.node
		return
	}
	seen := false
	for k, n := range p.pairs(v) {
		part := value{v.name + "." + k.Value, n}
		switch {
		case k.Value == "label":
			seen = true
			t.Label, _ = label.take(p, part)
			places[t.Label] = n
		case k.Value == "aka":
			t.Aka = p.aka(part, places)
		case k.Value != "about" && isEmpty(n) && v.node.Style&yaml.FlowStyle != 0:
			p.say(k, "put the text before it in quotes if the comma belongs to it", "unknown key %q in %q", k.Value, v.name)
		case k.Value != "about":
			p.unknown(k, v.name, termKeys)
		case !isEmpty(n):
			t.About, _ = text(maxAbout).take(p, part)
		}
	}
	if !seen {
		p.say(v.node, "", "%s has no label", v.name)
	}
}

// aka reads the list of a term's other spellings.
func (p *parser) aka(v value, places map[string]*yaml.Node) []string {
	if isEmpty(v.node) {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		p.say(v.node, "write [one, two]", "%s is not a list", v.name)
		return nil
	}
	var out []string
	seen := map[string]bool{}
	for _, n := range v.node.Content {
		s, ok := required(text(maxLabel)).take(p, value{v.name, n})
		if !ok {
			continue
		}
		if seen[s] {
			p.say(n, "", "%s has %q twice", v.name, s)
		}
		seen[s] = true
		out = append(out, s)
		places[s] = n
	}
	return out
}

// spellings finds terms of a kind that claim the same spelling: an article
// with it would belong to either.
type spellings struct {
	p     *parser
	owner map[string]claim // by spelling, case folded
	fold  cases.Caser
}

// A claim is who has a spelling, and since which line.
type claim struct {
	slug string
	line int
}

func (s *spellings) add(t Term, places map[string]*yaml.Node) {
	for _, spelling := range append([]string{t.Slug, t.Label}, t.Aka...) {
		if spelling == "" {
			continue // a label that could not be read
		}
		folded := s.fold.String(strings.Join(strings.Fields(spelling), " "))
		at := places[spelling]
		if c, ok := s.owner[folded]; ok && c.slug != t.Slug {
			s.p.say(at, "", "%q already means %s, since line %d", spelling, c.slug, c.line)
			continue
		}
		s.owner[folded] = claim{t.Slug, at.Line}
	}
}
