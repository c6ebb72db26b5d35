package config

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"backfile/build/slug"

	"go.yaml.in/yaml/v4"
)

// FuzzParse: no file crashes Parse; every problem can be shown; and what was
// read without one, written down again, is read the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", whole, "title: x\n", "\ufefftitle: x", "title: [", "title: x\ntopics: {a: {label: A, aka: [b]}}", "a: &x\nb: *x", "? [a]\n: b\n",
		"title: \"\\u0000\"", "title: x\r# \u2028\u0085\nlang: y", "title: 'it''s'\npage_size: 10", "---\n---\n", "%TAG ! x\n---\na: !b c", "\xff", "- - - -", "title: >-\n  x\n\n  y\n", "title: x\nsearch: {excerpts: false}\n", "title: x\nmirrors: [https://a.example, {url: https://b.example/, name: B}]\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c, problems := Parse("site.yaml", src)
		for _, p := range problems {
			if text := p.Error() + p.Excerpt; p.Msg == "" || !strings.HasPrefix(text, "site.yaml:") || strings.ContainsAny(text, "\x00\x1b\r") {
				t.Errorf("Parse(%q) found a problem that cannot be shown: %q", src, text)
			}
		}
		if len(problems) > 0 {
			return
		}
		if strings.TrimSpace(c.Title) == "" || c.PageSize < 10 || c.BaseURL != "" && !strings.HasSuffix(c.BaseURL, "/") {
			t.Errorf("Parse(%q) = %+v without a problem", src, c)
		}
		for _, terms := range [][]Term{c.Topics, c.People, c.Places, c.Authors, c.Sources} {
			for _, term := range terms {
				if slug.Of(term.Slug) != term.Slug || term.Slug == "" || term.Label == "" {
					t.Errorf("Parse(%q) has the term %+v", src, term)
				}
			}
		}
		again, problems := Parse("site.yaml", format(t, c))
		if len(problems) > 0 || !reflect.DeepEqual(again, c) {
			t.Errorf("Parse(%q)\n  first %+v\nwritten and read again %+v\nproblems %v", src, c, again, problems)
		}
	})
}

// format writes c as a site.yaml.
func format(t *testing.T, c *Config) []byte {
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"topics", "people", "places", "authors", "sources"} {
		bySlug := yaml.Node{Kind: yaml.MappingNode}
		for _, term := range c.Terms(kind) {
			var key, label, value yaml.Node
			key.SetString(term.Slug)
			label.SetString(term.Label)
			fields := map[string]any{"label": &label, "about": term.About}
			if len(term.Aka) > 0 {
				fields["aka"] = term.Aka
			}
			if err := value.Encode(fields); err != nil {
				t.Fatal(err)
			}
			bySlug.Content = append(bySlug.Content, &key, &value)
		}
		m[kind] = &bySlug
	}
	out, err := yaml.Dump(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
