package config

import (
	"encoding/json"
	"maps"
)

// Schema returns the JSON Schema (draft 2020-12) of site.yaml, by which
// editors complete keys and underline mistakes. What it refuses, Parse
// refuses; Parse also knows which languages and time zones there are.
func Schema() []byte {
	properties := map[string]any{}
	required := []string{}
	for _, k := range keys {
		s := maps.Clone(k.field.schema)
		s["description"] = k.about
		properties[k.name] = s
		if k.field.required {
			required = append(required, k.name)
		}
	}
	out, err := json.MarshalIndent(map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "The configuration of a backfile archive (site.yaml)",
		"type":                 "object",
		"additionalProperties": false,
		"required":             required,
		"properties":           properties,
	}, "", "  ")
	if err != nil {
		panic(err) // the table holds what JSON cannot
	}
	return append(out, '\n')
}
