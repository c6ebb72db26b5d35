package config

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatalf("Schema is not JSON: %v", err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("site.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("site.schema.json")
	if err != nil {
		t.Fatalf("Schema is no JSON Schema: %v", err)
	}
	return s
}

// asJSON returns a YAML file as editors hand it to a schema.
func asJSON(t *testing.T, src string) any {
	t.Helper()
	var v any
	if err := yaml.Load([]byte(src), &v); err != nil {
		t.Fatalf("%q is not YAML: %v", src, err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%q is not JSON: %v", src, err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSchemaAgreesWithParse: an editor and a build say the same of a file.
func TestSchemaAgreesWithParse(t *testing.T) {
	schema := compileSchema(t)
	lines := []string{
		"title: 1984", "title: 1.5", "title: ' x '", "title: ''", "title: '  '", "title:", "title: true", "title: [a]", "title: {a: b}",
		"title: " + strings.Repeat("ж", 200), "title: " + strings.Repeat("ж", 201),
		"description: ''", "description:", "description: 12", "description: false", "description: [x]",
		"language: en", "language: pt-BR", "language: zh_Hant", "language: ''", "language:", "language: English please", "language: e", "language: 7", "language: [en]",
		"base_url: https://example.org", "base_url: http://localhost:80/a/b/", "base_url: ''", "base_url:", "base_url: ' '",
		"base_url: example.org", "base_url: ftp://example.org", "base_url: HTTPS://example.org", "base_url: https://", "base_url: https://a b/",
		"base_url: https://example.org/?a", "base_url: https://example.org/#a", "base_url: https://me@example.org/", "base_url: 1", `base_url: 'https://example.org\a'`,
		"timezone: UTC", "timezone: Etc/GMT+3", "timezone: europe/berlin", "timezone: ../x", "timezone: 3", "timezone: ''",
		"page_size: 10", "page_size: 200", "page_size: 9", "page_size: 201", "page_size: '50'", "page_size: 10.5", "page_size: true", "page_size:", "page_size: ''", "page_size: [50]",
		"week_start: monday", "week_start: saturday", "week_start: Monday", "week_start: tuesday", "week_start: 1", "week_start:", "week_start: ''",
		"canonical: self", "canonical: original", "canonical: both", "canonical: ''",
		"noindex: true", "noindex: FALSE", "noindex: yes", "noindex: 1", "noindex: 'true'", "noindex:", "noindex: ''",
		"license: CC0-1.0", "license: 0", "license: [CC0-1.0]", "license_url: https://example.org/a?b#c", "license_url: CC0", "license_url:", "license_url: javascript:x",
		"publisher: x", "publisher: []", "contact: a@b.example", "contact: mailto:a@b.example", "contact: https://b.example/?a@b", "contact: a@b", "contact: a", "contact: a@@b.c",
		"contact: a b@c.example", "contact: javascript://x.y/", "contact:",
		"topics:", "topics: {}", "topics: []", "topics: a", "topics: {a: A}", "topics: {a: 1}", "topics: {a: }", "topics: {a: ''}", "topics: {a: ' '}", "topics: {a: [A]}", "topics: {a: true}",
		"topics: {A: A}", "topics: {a_b: A}", "topics: {a--b: A}", "topics: {-a: A}", "topics: {'': A}", "topics: {" + strings.Repeat("a", 81) + ": A}", "topics: {" + strings.Repeat("a", 80) + ": A}",
		"topics: {a: {label: A}}", "topics: {a: {}}", "topics: {a: {about: x}}", "topics: {a: {label: A, about: , aka: }}", "topics: {a: {label: A, aka: [b, 3], about: x}}",
		"topics: {a: {label: A, aka: b}}", "topics: {a: {label: A, aka: [[b]]}}", "topics: {a: {label: A, aka: ['']}}", "topics: {a: {label: A, aka: [b, b]}}", "topics: {a: {label: A, labl: x}}",
		"topics: {a: {label: A, about: [x]}}", "topics: {a: {label: A, about: '" + strings.Repeat("x", 2001) + "'}}",
		"people: {a: A}", "people: 1", "places: {a: A}", "places: 1", "authors: {a: A}", "authors: 1", "sources: {a: A}", "sources: 1",
		"search:", "search: true", "search: FALSE", "search: 'true'", "search: ''", "search: yes", "search: 1", "search: []", "search: {}",
		"search: {excerpts: true}", "search: {excerpts: false, phrases: }", "search: {phrases: ''}", "search: {phrases: no}", "search: {phrases: 'false'}", "search: {phrases: {}}", "search: {phrase: true}",
		"mirrors:", "mirrors: []", "mirrors: ''", "mirrors: {}", "mirrors: x", "mirrors: [https://a.example]", "mirrors: ['']", "mirrors: [null]", "mirrors: [a.example]", "mirrors: [1]", "mirrors: [[]]",
		"mirrors: [https://a.example/, https://a.example/]", "mirrors: [{url: https://a.example/}]", "mirrors: [{}]", "mirrors: [{name: x}]", "mirrors: [{url: }]", "mirrors: [{url: ''}]", "mirrors: [{url: https://a.example/, name: , onion: }]",
		"mirrors: [{url: https://a.example/, name: [x]}]", "mirrors: [{url: https://a.example/, nam: x}]", "mirrors: [{url: https://a.example/, onion: http://a.onion/}]", "mirrors: [{url: https://a.example/, onion: http://" + strings.Repeat("a", 56) + ".onion/}]",
		"titel: x", "lang: en", "baseURL: x", "{}",
	}
	for _, line := range lines {
		src := line
		if !strings.HasPrefix(line, "title") && line != "{}" {
			src += "\ntitle: x\n"
		}
		_, problems := Parse("site.yaml", []byte(src))
		err := schema.Validate(asJSON(t, src))
		if (len(problems) == 0) != (err == nil) {
			t.Errorf("%q: Parse says\n%v\nthe schema says\n%v", src, problems, err)
		}
	}
	if err := schema.Validate(asJSON(t, whole)); err != nil {
		t.Errorf("the schema refuses a site.yaml with every key: %v", err)
	}
}

// TestSchemaIsNeverStricter lists what only Parse can know.
func TestSchemaIsNeverStricter(t *testing.T) {
	schema := compileSchema(t)
	for _, line := range []string{
		"language: xx", "timezone: Europe/Atlantis", "base_url: https://example.org:99999/", "base_url: https://exa_mple.org/",
		"topics: {con: A}", "topics: {a: A, b: A}", "topics: {a: {label: A, aka: [B]}, b: B}",
	} {
		src := "title: x\n" + line
		if _, problems := Parse("site.yaml", []byte(src)); len(problems) == 0 {
			t.Errorf("Parse(%q) found no problem", src)
		}
		if err := schema.Validate(asJSON(t, src)); err != nil {
			t.Errorf("the schema knows what is wrong with %q: move it to TestSchemaAgreesWithParse", src)
		}
	}
}

func TestSchemaDescribesEveryKey(t *testing.T) {
	var schema struct {
		Schema     string `json:"$schema"`
		Required   []string
		Properties map[string]struct {
			Description string
			Default     any
		}
	}
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if schema.Schema != "https://json-schema.org/draft/2020-12/schema" || len(schema.Required) != 1 || schema.Required[0] != "title" {
		t.Errorf("Schema is of draft %q and requires %q", schema.Schema, schema.Required)
	}
	if len(schema.Properties) != len(keys) {
		t.Errorf("Schema has %d keys, Parse reads %d", len(schema.Properties), len(keys))
	}
	for _, k := range keys {
		if d := schema.Properties[k.name].Description; len(d) < 20 || !strings.HasSuffix(d, ".") {
			t.Errorf("the description of %s is %q", k.name, d)
		}
	}
	if got := schema.Properties["page_size"].Default; got != 50.0 {
		t.Errorf("the default of page_size is %v, want 50", got)
	}
	if !bytes.Equal(Schema(), Schema()) {
		t.Errorf("Schema differs from call to call")
	}
}
