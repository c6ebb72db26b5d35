// Package config reads site.yaml, strictly: whatever it does not know is a
// problem with its place.
//
//	title: The Harrow Quay Lantern
//	base_url: https://lantern.example/
//	topics:
//	  ferry: The ferry
//	  council: {label: Town council, aka: [council, the council]}
//
// The table keys says all there is to say about each key; the parser, the
// schema for editors and the check of docs/site-yaml.md read it.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // time zones on systems that have no files of them

	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
)

// File is the name of the file that makes a folder a site.
const File = "site.yaml"

// maxSize is of site.yaml. A thousand terms with notes take a tenth of it.
const maxSize = 1 << 20

// Config is what site.yaml says, with defaults filled in.
type Config struct {
	Title       string `json:"title"` // required
	Description string `json:"description"`
	Language    string `json:"language"`    // BCP 47; of the site's own words and of articles that name none. "en"
	BaseURL     string `json:"base_url"`    // with a slash at the end, or ""
	Timezone    string `json:"timezone"`    // IANA name: on which day an instant falls. "" keeps the day the source printed
	PageSize    int    `json:"page_size"`   // articles on one page of a list, 10 to 200. 50
	WeekStart   string `json:"week_start"`  // "monday", "sunday" or "saturday". "monday"
	Canonical   string `json:"canonical"`   // "self" or "original": where rel=canonical of an article points. "self"
	NoIndex     bool   `json:"noindex"`     // tell search engines to stay away
	License     string `json:"license"`     // a name or an SPDX identifier, or ""
	LicenseURL  string `json:"license_url"` // or ""
	Publisher   string `json:"publisher"`   // who publishes this archive; Title when site.yaml does not say
	Contact     string `json:"contact"`     // for readers: a URL or an e-mail address, or ""
	Compress    bool   `json:"compress"`    // put .gz and .br files beside files, for web servers that send them
	Search      Search `json:"search"`      // what the search index holds; all of it when site.yaml does not say

	Mirrors []Mirror `json:"mirrors"` // other places where the archive can be read, in the order of site.yaml

	Topics  []Term `json:"topics"` // in the order of site.yaml, as are the others
	People  []Term `json:"people"`
	Places  []Term `json:"places"`
	Authors []Term `json:"authors"`
	Sources []Term `json:"sources"`
}

// A Term gives a topic, person, place, author or source a label of its own
// and gathers other spellings under it. No two terms of a kind share a
// spelling: slug, label or other, in any case.
type Term struct {
	Slug  string   `json:"slug"`            // the folder below topics/ and so on; slug.Of gives it back
	Label string   `json:"label"`           // as readers see it
	Aka   []string `json:"aka,omitempty"`   // other spellings in front matter that mean the same
	About string   `json:"about,omitempty"` // a line or two for the top of its page
}

// defaults is what a site.yaml with nothing in it means.
func defaults() *Config {
	return &Config{Language: "en", PageSize: 50, WeekStart: "monday", Canonical: "self"}
}

// Load reads the site.yaml of the site in dir. What is wrong in the file, or
// that there is none, is among the problems; the error tells of the disk. The
// Config is whole when no problem is an Error.
func Load(dir string) (*Config, diag.List, error) {
	src, problems, err := read(dir)
	if err != nil {
		return nil, nil, err
	}
	if len(problems) > 0 {
		return defaults(), problems, nil
	}
	cfg, problems := Parse(File, src)
	return cfg, problems, nil
}

// read reads the file.
func read(dir string) ([]byte, diag.List, error) {
	name := filepath.Join(dir, File)
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, diag.List{{File: File, Msg: "not found here or above", Help: "backfile init makes one"}}, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", File, err)
	}
	if !info.Mode().IsRegular() {
		return nil, diag.List{{File: File, Msg: "is not a file"}}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", File, err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxSize+1)) // one more shows Parse that it is too large
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", File, err)
	}
	return src, nil, nil
}

// Location returns the time zone in which instants are put on days, or nil to
// keep the day that the source printed.
func (c *Config) Location() *time.Location {
	if c.Timezone == "" {
		return nil
	}
	loc, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return nil // cannot be: Parse has loaded it
	}
	return loc
}

// Terms returns the terms of a kind: "topics", "people", "places", "authors"
// or "sources".
func (c *Config) Terms(kind string) []Term {
	switch kind {
	case "topics":
		return c.Topics
	case "people":
		return c.People
	case "places":
		return c.Places
	case "authors":
		return c.Authors
	case "sources":
		return c.Sources
	}
	panic("config: no terms of kind " + kind)
}

// Digest returns the digest of all that c says. Spelling, order of keys and
// comments of site.yaml do not enter it; the order of terms does.
func (c *Config) Digest() digest.Sum {
	h := digest.New()
	for _, s := range []string{
		c.Title, c.Description, c.Language, c.BaseURL, c.Timezone, c.WeekStart, c.Canonical,
		c.License, c.LicenseURL, c.Publisher, c.Contact,
	} {
		h.String(s)
	}
	h.Int(c.PageSize)
	h.Bool(c.NoIndex)
	h.Bool(c.Compress)
	h.Bool(c.Search.Off)
	h.Bool(c.Search.NoExcerpts)
	h.Bool(c.Search.NoPhrases)
	h.Int(len(c.Mirrors))
	for _, m := range c.Mirrors {
		h.String(m.URL)
		h.String(m.Name)
		h.String(m.Onion)
	}
	for _, terms := range [][]Term{c.Topics, c.People, c.Places, c.Authors, c.Sources} {
		h.Int(len(terms))
		for _, t := range terms {
			h.String(t.Slug)
			h.String(t.Label)
			h.Strings(t.Aka)
			h.String(t.About)
		}
	}
	return h.Sum()
}
