package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// whole is a site.yaml with every key.
const whole = `# The archive of a newspaper
title: The Harrow Quay Lantern
description: >
  Seven years of a weekly
  that was printed above a chandler's shop.
language: EN-gb
base_url: https://Lantern.Example/archive
timezone: Europe/Berlin
page_size: 25
week_start: sunday
canonical: original
noindex: true
license: CC-BY-4.0
license_url: https://creativecommons.org/licenses/by/4.0/
publisher: 1984
contact: mailto:desk@lantern.example
search: {excerpts: false, phrases: TRUE}
mirrors:
  - https://Mirror.Example/lantern
  - url: https://copy.example/
    name: Library of  Dale
    onion: http://quayquayquayquayquayquayquayquayquayquayquayquayquayquay.onion/a
topics:
  ferry: The ferry
  council:
    label: Town council
    aka: [council chamber, "the  council", 2024]
    about: Meetings, budgets and what became of them.
  404-days: 404
people: {lin-du: Lin Du}
places:
  fish-steps: "Fish Steps"
authors: {vera-zatonskaya: {label: Vera Zatonskaya, aka: [Вера Затонская]}}
sources:
`

func TestParseReadsEveryKey(t *testing.T) {
	want := &Config{
		Title:       "The Harrow Quay Lantern",
		Description: "Seven years of a weekly that was printed above a chandler's shop.",
		Language:    "en-GB",
		BaseURL:     "https://lantern.example/archive/",
		Timezone:    "Europe/Berlin",
		PageSize:    25,
		WeekStart:   "sunday",
		Canonical:   "original",
		NoIndex:     true,
		License:     "CC-BY-4.0",
		LicenseURL:  "https://creativecommons.org/licenses/by/4.0/",
		Publisher:   "1984",
		Contact:     "desk@lantern.example",
		Search:      Search{NoExcerpts: true},
		Mirrors: []Mirror{
			{URL: "https://mirror.example/lantern/"},
			{URL: "https://copy.example/", Name: "Library of Dale", Onion: "http://quayquayquayquayquayquayquayquayquayquayquayquayquayquay.onion/a/"},
		},
		Topics: []Term{
			{Slug: "ferry", Label: "The ferry"},
			{Slug: "council", Label: "Town council", Aka: []string{"council chamber", "the council", "2024"}, About: "Meetings, budgets and what became of them."},
			{Slug: "404-days", Label: "404"},
		},
		People:  []Term{{Slug: "lin-du", Label: "Lin Du"}},
		Places:  []Term{{Slug: "fish-steps", Label: "Fish Steps"}},
		Authors: []Term{{Slug: "vera-zatonskaya", Label: "Vera Zatonskaya", Aka: []string{"Вера Затонская"}}},
	}
	for name, src := range map[string]string{"LF": whole, "CRLF": strings.ReplaceAll(whole, "\n", "\r\n"), "BOM": "\ufeff" + whole} {
		t.Run(name, func(t *testing.T) {
			got, problems := Parse("site.yaml", []byte(src))
			if len(problems) > 0 {
				t.Fatalf("Parse found problems:\n%v", problems)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("Parse\n got %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestParseFillsInDefaults(t *testing.T) {
	want := &Config{Title: "Lantern", Publisher: "Lantern", Language: "en", PageSize: 50, WeekStart: "monday", Canonical: "self"}
	empty := "title: Lantern\ndescription:\nlanguage: ''\nbase_url: \"\"\ntimezone: ~\npage_size: null\nweek_start:\n" +
		"canonical: ''\nnoindex:\nsearch:\nlicense: ''\ntopics:\npeople: ~\n"
	for _, src := range []string{"title: Lantern", empty, "---\ntitle: Lantern\n...\n"} {
		got, problems := Parse("site.yaml", []byte(src))
		if len(problems) > 0 {
			t.Errorf("Parse(%q) found problems:\n%v", src, problems)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("Parse(%q)\n got %+v\nwant %+v", src, got, want)
		}
	}
}

func TestParseReadsScalars(t *testing.T) {
	tests := []struct {
		line string
		get  func(*Config) any
		want any
	}{
		{`title: 0123`, func(c *Config) any { return c.Title }, "0123"},
		{`title: 1.10`, func(c *Config) any { return c.Title }, "1.10"},
		{`title: 2023-12-31`, func(c *Config) any { return c.Title }, "2023-12-31"},
		{`title: no`, func(c *Config) any { return c.Title }, "no"},
		{`title: "null"`, func(c *Config) any { return c.Title }, "null"},
		{"title: |\n  Two\n  lines", func(c *Config) any { return c.Title }, "Two lines"},
		{`language: no`, func(c *Config) any { return c.Language }, "no"},
		{`language: iw`, func(c *Config) any { return c.Language }, "he"},
		{`language: zh_hant`, func(c *Config) any { return c.Language }, "zh-Hant"},
		{`base_url: http://localhost:8080`, func(c *Config) any { return c.BaseURL }, "http://localhost:8080/"},
		{`base_url: https://[::1]:8080/x`, func(c *Config) any { return c.BaseURL }, "https://[::1]:8080/x/"},
		{`base_url: https://пример.рф/архив`, func(c *Config) any { return c.BaseURL },
			"https://xn--e1afmkfd.xn--p1ai/%D0%B0%D1%80%D1%85%D0%B8%D0%B2/"},
		{`base_url: https://example.org/a/../b//c/`, func(c *Config) any { return c.BaseURL }, "https://example.org/b/c/"},
		{`base_url: https://name.github.io/archive/`, func(c *Config) any { return c.BaseURL }, "https://name.github.io/archive/"},
		{`noindex: FALSE`, func(c *Config) any { return c.NoIndex }, false},
		{`noindex: True`, func(c *Config) any { return c.NoIndex }, true},
		{`page_size: 10`, func(c *Config) any { return c.PageSize }, 10},
		{`page_size: 200`, func(c *Config) any { return c.PageSize }, 200},
		{`contact: https://example.org/write?to=us#now`, func(c *Config) any { return c.Contact }, "https://example.org/write?to=us#now"},
		{`search: true`, func(c *Config) any { return c.Search }, Search{}},
		{`search: False`, func(c *Config) any { return c.Search }, Search{Off: true}},
		{`search: {}`, func(c *Config) any { return c.Search }, Search{}},
		{`search: {excerpts: , phrases: ~}`, func(c *Config) any { return c.Search }, Search{}},
		{"search:\n  phrases: false\n", func(c *Config) any { return c.Search }, Search{NoPhrases: true}},
		{`search: {phrases: false, excerpts: false}`, func(c *Config) any { return c.Search }, Search{NoExcerpts: true, NoPhrases: true}},
		{`timezone: America/Argentina/Ushuaia`, func(c *Config) any { return c.Timezone }, "America/Argentina/Ushuaia"},
	}
	for _, tt := range tests {
		src := tt.line
		if !strings.HasPrefix(src, "title") {
			src += "\ntitle: x"
		}
		c, problems := Parse("site.yaml", []byte(src))
		if len(problems) > 0 {
			t.Errorf("Parse(%q) found problems:\n%v", tt.line, problems)
		}
		if got := tt.get(c); got != tt.want {
			t.Errorf("Parse(%q) = %v, want %v", tt.line, got, tt.want)
		}
	}
}

func TestLocation(t *testing.T) {
	if got := (&Config{}).Location(); got != nil {
		t.Errorf("Location without a time zone = %v, want nil", got)
	}
	loc := (&Config{Timezone: "Europe/Berlin"}).Location()
	day := time.Date(2023, 12, 31, 23, 30, 0, 0, time.UTC).In(loc).Format(time.DateOnly)
	if day != "2024-01-01" {
		t.Errorf("23:30 UTC on New Year's Eve is on %s in Berlin, want 2024-01-01", day)
	}
}

func TestTermsKnowsEveryKind(t *testing.T) {
	c := &Config{Topics: []Term{{Slug: "a"}}, People: []Term{{Slug: "b"}}, Places: []Term{{Slug: "c"}}, Authors: []Term{{Slug: "d"}}, Sources: []Term{{Slug: "e"}}}
	got := ""
	for _, kind := range []string{"topics", "people", "places", "authors", "sources"} {
		got += c.Terms(kind)[0].Slug
	}
	if got != "abcde" {
		t.Errorf("Terms of the five kinds = %q, want abcde", got)
	}
}

// TestDigestCoversEveryField changes each field in turn, so that a new one
// cannot be forgotten in Digest.
func TestDigestCoversEveryField(t *testing.T) {
	c, _ := Parse("site.yaml", []byte(whole))
	before := c.Digest()
	changed := func(name string, v reflect.Value) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		switch v.Kind() {
		case reflect.Struct:
			return // whose fields are changed one by one
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Int:
			v.SetInt(v.Int() + 1)
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Slice:
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		default:
			t.Fatalf("%s is a %s, which this test does not know", name, v.Kind())
		}
		if c.Digest() == before {
			t.Errorf("Digest is the same after a change of %s", name)
		}
		v.Set(old)
	}
	for _, v := range []reflect.Value{reflect.ValueOf(c).Elem(), reflect.ValueOf(&c.Search).Elem(), reflect.ValueOf(&c.Topics[1]).Elem()} {
		for i := range v.NumField() {
			changed(v.Type().Field(i).Name, v.Field(i))
		}
	}
	if again, _ := Parse("site.yaml", []byte(strings.Replace(whole, "# The", "#", 1))); again.Digest() != before {
		t.Errorf("Digest changed with a comment")
	}
	moved := strings.Replace(whole, "people: {lin-du: Lin Du}", "people:", 1)
	moved = strings.Replace(moved, "\nplaces:\n", "\nplaces:\n  lin-du: Lin Du\n", 1)
	if other, _ := Parse("site.yaml", []byte(moved)); other.Digest() == before {
		t.Errorf("Digest is the same after a person became a place")
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	_, problems, err := Load(dir)
	if err != nil || len(problems) != 1 || problems[0].Error() != "site.yaml: not found here or above (backfile init makes one)" {
		t.Errorf("Load without a site.yaml = %v, %v", problems, err)
	}
	name := filepath.Join(dir, "site.yaml")
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("title: Lantern\n")
	if c, problems, err := Load(dir); err != nil || len(problems) > 0 || c.Title != "Lantern" {
		t.Errorf("Load of a good site.yaml = %+v, %v, %v", c, problems, err)
	}
	write("title: Lantern\n#" + strings.Repeat(" ", 2<<20))
	if _, problems, err := Load(dir); err != nil || problems.Err() == nil || problems[0].Error() != "site.yaml: is larger than 1 MB" {
		t.Errorf("Load of 2 MB = %v, %v", problems, err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(name, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, problems, err := Load(dir); err != nil || problems.Err() == nil || problems[0].Error() != "site.yaml: is not a file" {
		t.Errorf("Load of a folder = %v, %v", problems, err)
	}
}

// TestSampleSite holds the sample site to its own rules.
func TestSampleSite(t *testing.T) {
	c, problems, err := Load("../..")
	if err != nil || len(problems) > 0 {
		t.Fatalf("Load of the sample site: %v, %v", problems, err)
	}
	if c.Title == "" || c.BaseURL != "" || len(c.Topics) == 0 || len(c.People) == 0 {
		t.Errorf("the sample site has title %q, base_url %q, %d topics, %d people", c.Title, c.BaseURL, len(c.Topics), len(c.People))
	}
}
