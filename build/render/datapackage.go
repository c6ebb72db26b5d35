package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"backfile/build/config"
	"backfile/build/site"
)

// The types below are the part of Data Package that is written: version 2
// (datapackage.org), with the names of version 1 where they differ.
type (
	dataPackage struct {
		Schema       string            `json:"$schema"`
		Profile      string            `json:"profile"`
		Name         string            `json:"name"`
		Title        string            `json:"title"`
		Description  string            `json:"description,omitempty"`
		Homepage     string            `json:"homepage,omitempty"`
		Licenses     []dataLicense     `json:"licenses,omitempty"`
		Contributors []dataContributor `json:"contributors"`
		Resources    []dataResource    `json:"resources"`
	}
	dataLicense struct {
		Name  string `json:"name,omitempty"`
		Path  string `json:"path,omitempty"`
		Title string `json:"title,omitempty"`
	}
	dataContributor struct {
		Title string   `json:"title"`
		Role  string   `json:"role"`
		Roles []string `json:"roles"`
	}
	dataResource struct {
		Name        string     `json:"name"`
		Type        string     `json:"type,omitempty"`
		Path        string     `json:"path"`
		Description string     `json:"description"`
		Format      string     `json:"format"`
		MediaType   string     `json:"mediatype"`
		Compression string     `json:"compression,omitempty"`
		Encoding    string     `json:"encoding"`
		Rows        int        `json:"rows"`
		Schema      dataSchema `json:"schema"`
	}
	dataSchema struct {
		Fields        []dataField `json:"fields"`
		MissingValues []string    `json:"missingValues"`
	}
	dataField struct {
		Name        string `json:"name"`
		Type        string `json:"type"`
		Description string `json:"description,omitempty"`
	}
)

// writeDataPackage writes what the data files are, for programs that know the
// Data Package standard. It holds no date: the build has none.
func writeDataPackage(w io.Writer, cfg *config.Config, v *site.View) error {
	p := dataPackage{
		Schema:       "https://datapackage.org/profiles/2.0/datapackage.json",
		Profile:      "data-package",
		Name:         "articles",
		Title:        cfg.Title,
		Description:  cfg.Description,
		Homepage:     cfg.BaseURL,
		Licenses:     licenses(cfg),
		Contributors: []dataContributor{{cmp.Or(cfg.Publisher, cfg.Title), "publisher", []string{"publisher"}}},
		Resources:    []dataResource{}, // a list even when it is empty
	}
	for _, part := range v.Data.Parts {
		r, err := resource(v.Path, part)
		if err != nil {
			return err
		}
		p.Resources = append(p.Resources, r)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(p)
}

// licenses returns the licence of the archive in the words of the standard,
// which wants an identifier, an address or both.
func licenses(cfg *config.Config) []dataLicense {
	l := dataLicense{Path: webAddress(cfg.LicenseURL)}
	if regexp.MustCompile(`^[-a-zA-Z0-9._]+$`).MatchString(cfg.License) {
		l.Name = cfg.License
	} else {
		l.Title = cfg.License
	}
	if l.Name == "" && l.Path == "" {
		return nil
	}
	return []dataLicense{l}
}

// resource describes one data file, with its path as seen from the package at
// from.
func resource(from string, part site.DataPart) (dataResource, error) {
	base := path.Base(part.URL)
	r := dataResource{
		Name:     strings.ToLower(strings.ReplaceAll(base, ".", "-")),
		Type:     "table",
		Path:     relative(from, part.URL),
		Encoding: "utf-8",
		Rows:     part.Count,
		Schema:   dataSchema{MissingValues: []string{""}},
	}
	switch {
	case strings.HasSuffix(base, ".jsonl.gz"):
		r.Description = "One JSON object a line and article; keys without a value are left out."
		r.Format, r.MediaType, r.Compression = "jsonl", "application/jsonl", "gz"
		r.Schema.Fields = rowFields()
	case strings.HasSuffix(base, ".csv"):
		r.Description = "The same as comma-separated values (RFC 4180). " + formulaNote
		r.Format, r.MediaType = "csv", "text/csv"
		for _, c := range columns() {
			r.Schema.Fields = append(r.Schema.Fields, dataField{c.name, c.kind, c.about})
		}
	default:
		return r, fmt.Errorf("%s: no such data file is known", part.URL)
	}
	return r, nil
}

// rowFields returns the fields of dataRow: the columns of the CSV file, with
// the lists as lists and the source as one object.
func rowFields() []dataField {
	var fields []dataField
	for _, c := range columns() {
		switch {
		case strings.HasSuffix(c.about, listOf):
			about := strings.TrimSuffix(c.about, listOf)
			if c.name == "corrections" {
				about = "objects with date and note"
			}
			fields = append(fields, dataField{c.name, "array", about})
		case c.name == "source_name":
			fields = append(fields, dataField{"source", "object", "name, url, captured, sha256"})
		case strings.HasPrefix(c.name, "source_"):
		default:
			fields = append(fields, dataField{c.name, c.kind, c.about})
		}
	}
	return fields
}
