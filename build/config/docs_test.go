package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocsNameEveryKey compares docs/site-yaml.md with the table of keys: each
// key has a section with its default and an example, and there are no others.
func TestDocsNameEveryKey(t *testing.T) {
	src, err := os.ReadFile("../../docs/site-yaml.md")
	if err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile("(?m)^### `([a-z_]+)`\n")
	sections := map[string]string{}
	places := heading.FindAllStringSubmatchIndex(string(src), -1)
	for i, at := range places {
		end := len(src)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		sections[string(src[at[2]:at[3]])] = string(src[at[1]:end])
	}
	for _, k := range keys {
		text, ok := sections[k.name]
		delete(sections, k.name)
		if !ok {
			t.Errorf("docs/site-yaml.md has no section %q", "### `"+k.name+"`")
			continue
		}
		want := "Default: none."
		if def, ok := k.field.schema["default"]; ok {
			want = fmt.Sprintf("Default: `%v`.", def)
		}
		if k.field.required {
			want = "Required."
		}
		if !strings.Contains(text, want) {
			t.Errorf("the section of %s does not say %q", k.name, want)
		}
		if !strings.Contains(text, "```yaml\n"+k.name+":") {
			t.Errorf("the section of %s has no example that begins with its key", k.name)
		}
	}
	for name := range sections {
		t.Errorf("docs/site-yaml.md describes %q, which is no key", name)
	}
}

// TestDocsExamplesAreRight parses every example in docs/site-yaml.md.
func TestDocsExamplesAreRight(t *testing.T) {
	src, err := os.ReadFile("../../docs/site-yaml.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(src), -1)
	if len(examples) < len(keys) {
		t.Errorf("docs/site-yaml.md has %d examples, want one for each of %d keys", len(examples), len(keys))
	}
	for _, e := range examples {
		text := e[1]
		if !regexp.MustCompile(`(?m)^title:`).MatchString(text) {
			text = "title: x\n" + text
		}
		if _, problems := Parse("site.yaml", []byte(text)); len(problems) > 0 {
			t.Errorf("docs/site-yaml.md has the example\n%s\nwhich is wrong:\n%v", e[1], problems)
		}
	}
}
