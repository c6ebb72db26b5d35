package layouts

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// texts is one i18n file: strings, lists and plural forms.
type texts map[string]any

// readTexts reads every language.
func readTexts(t *testing.T) map[string]texts {
	t.Helper()
	files, err := fs.Glob(FS, "i18n/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("Glob(i18n/*.yaml) = %d files, %v", len(files), err)
	}
	all := map[string]texts{}
	for _, f := range files {
		var x texts
		if err := yaml.Unmarshal(read(t, f), &x); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		all[strings.TrimSuffix(path.Base(f), ".yaml")] = x
	}
	return all
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	src, err := fs.ReadFile(FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// layoutFiles are all layouts and partials, by name.
func layoutFiles(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.html", "partials/*.html"} {
		files, err := fs.Glob(FS, pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("Glob(%s) = %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			all[f] = string(read(t, f))
		}
	}
	return all
}

func TestEveryLanguageHasTheTextsOfEnglish(t *testing.T) {
	all := readTexts(t)
	verbs := regexp.MustCompile(`%(\[\d\])?s|\{[a-z]+\}`)
	for lang, x := range all {
		for key, want := range all["en"] {
			switch want := want.(type) {
			case string:
				got, ok := x[key].(string)
				if !ok || got == "" {
					t.Errorf("%s.yaml has no text %q", lang, key)
				}
				if w, g := verbs.FindAllString(want, -1), verbs.FindAllString(got, -1); !sameSet(w, g) {
					t.Errorf("%s.yaml: %s holds %q, want %q as in en.yaml", lang, key, g, w)
				}
			case []any:
				if got, _ := x[key].([]any); len(got) != len(want) {
					t.Errorf("%s.yaml: %s has %d names, want %d", lang, key, len(got), len(want))
				}
			}
		}
		for key := range x {
			if all["en"][key] == nil {
				t.Errorf("%s.yaml has %q, which en.yaml has not", lang, key)
			}
		}
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

func TestEveryLanguageHasItsPluralForms(t *testing.T) {
	names := map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}
	for lang, x := range readTexts(t) {
		want := map[string]bool{"other": true}
		for n := range 200 {
			want[names[plural.Cardinal.MatchPlural(language.MustParse(lang), n, 0, 0, 0, 0)]] = true
		}
		for _, key := range []string{"articles", "minutes"} {
			forms, _ := x[key].(texts)
			for form := range want {
				if text, _ := forms[form].(string); text == "" {
					t.Errorf("%s.yaml: %s has no form %q", lang, key, form)
				}
			}
			for form := range forms {
				if !want[form] {
					t.Errorf("%s.yaml: %s has a form %q, which the language has not", lang, key, form)
				}
			}
		}
	}
}

func TestLayoutsAskForTextsThatExist(t *testing.T) {
	en := readTexts(t)["en"]
	asked := regexp.MustCompile(`\.(?:T|N|Forms|Words) "([^"]*)"`)
	used := map[string]bool{}
	for name, src := range layoutFiles(t) {
		for _, m := range asked.FindAllStringSubmatch(src, -1) {
			used[m[1]] = true
			if en[m[1]] == nil {
				t.Errorf("%s asks for text %q, which en.yaml has not", name, m[1])
			}
		}
	}
	// Kinds of terms are asked for by name; names and patterns of dates by the program.
	byProgram := regexp.MustCompile(`^(topics|people|places|authors|sources|dir|months.*|weekdays.*|date.*)$`)
	for key := range en {
		if !used[key] && !byProgram.MatchString(key) {
			t.Errorf("en.yaml has %q, which no layout asks for", key)
		}
	}
}

// A strict policy stands in every page; what it forbids would be lost without
// a word.
func TestNoLayoutHoldsScriptsOrStylesOfItsOwn(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|src="https?:|<iframe|<script(?: type="application/ld\+json"| src="\{\{\.Rel "(?:search/client|assets/verify)\.js"\}\}" defer></script>)?`)
	for name, src := range layoutFiles(t) {
		for _, m := range forbidden.FindAllString(src, -1) {
			if !strings.Contains(m, "ld+json") && !(name == "search.html" && strings.Contains(m, "client.js")) && !(name == "verify.html" && strings.Contains(m, "verify.js")) {
				t.Errorf("%s holds %q", name, m)
			}
		}
	}
}

func TestEveryLinkGoesThroughRel(t *testing.T) {
	plain := regexp.MustCompile(`(?:href|src|action)="(/|\.|https?:|[a-z]+/)`)
	for name, src := range layoutFiles(t) {
		src = regexp.MustCompile(`<link rel="schema\.[^>]*>`).ReplaceAllString(src, "")
		if m := plain.FindString(src); m != "" {
			t.Errorf("%s holds the address %q…, want one from .Rel or .Abs", name, m)
		}
	}
}

func TestStylesAreSmallAndHaveNoSides(t *testing.T) {
	for name, most := range map[string]int{"style.css": 4096, "search.css": 2048} {
		src := read(t, "assets/"+name)
		if n := packed(src); n > most {
			t.Errorf("%s has %d bytes in gzip, want at most %d", name, n, most)
		}
		// Left and right are wrong in half of the world's scripts.
		sides := regexp.MustCompile(`(?m)[\s{;-](left|right)\s*:|[\s{;](width|height)\s*:|text-align:\s*(left|right)|url\(|@import`)
		src = regexp.MustCompile(`/\*[\s\S]*?\*/`).ReplaceAll(src, nil)
		for _, m := range sides.FindAll(src, -1) {
			t.Errorf("%s holds %q", name, m)
		}
	}
}

// packed is the size of a file in gzip.
func packed(src []byte) int {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(src)
	z.Close()
	return b.Len()
}

// Every text that the search page asks for by program is in the template that
// hands it over, and none is there for nothing.
func TestSearchPageAsksForTextsThatExist(t *testing.T) {
	given := map[string]bool{}
	for _, m := range regexp.MustCompile(`data-key="([a-z-]+)`).FindAllStringSubmatch(string(read(t, "search.html")), -1) {
		given[m[1]] = true
	}
	scripts, err := fs.Glob(os.DirFS("."), "search/*.js")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("Glob(search/*.js) = %d files, %v", len(scripts), err)
	}
	var all []byte
	for _, name := range scripts {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, src...)
	}
	for _, m := range regexp.MustCompile(`\bsay(?:Around|Count)?\("([a-z-]+)"`).FindAllSubmatch(all, -1) {
		if !given[string(m[1])] {
			t.Errorf("a script of the search page asks for text %q, which search.html does not hand over", m[1])
		}
	}
	for key := range given {
		if !strings.Contains(string(all), `"`+key+`"`) {
			t.Errorf("search.html hands over %q, which no script of the search page asks for", key)
		}
	}
}
