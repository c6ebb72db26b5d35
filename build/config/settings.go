package config

import (
	"encoding/json"

	"backfile/build/internal/diag"
)

// A Setting is one key of site.yaml with its value.
type Setting struct {
	Key   string
	Value json.RawMessage
	Line  int // of site.yaml; 0 when the value is the default
}

// Settings reads the site.yaml of the site in dir as Load does, and returns
// all settings, in the order in which docs/site-yaml.md has them.
func Settings(dir string) ([]Setting, diag.List, error) {
	src, problems, err := read(dir)
	if err != nil || len(problems) > 0 {
		return nil, problems, err
	}
	c, p := parse(File, src)
	b, err := json.Marshal(c)
	if err != nil {
		return nil, nil, err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(b, &values); err != nil {
		return nil, nil, err
	}
	list := make([]Setting, 0, len(keys))
	for _, k := range keys {
		list = append(list, Setting{k.name, values[k.name], p.lines[k.name]})
	}
	return list, p.list, nil
}
