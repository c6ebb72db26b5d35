// Package sarif writes findings in the Static Analysis Results Interchange
// Format (SARIF 2.1.0, OASIS), which code hosts show beside the files.
package sarif

import (
	"encoding/json"
	"io"
	"net/url"

	"backfile/build/check"
)

// Options say where the findings come from.
type Options struct {
	Version string // of the program
	Root    string // what paths begin with, such as "public/" or the address of a site
}

type log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []run  `json:"runs"`
}

type run struct {
	Tool struct {
		Driver driver `json:"driver"`
	} `json:"tool"`
	Results    []result `json:"results"`
	ColumnKind string   `json:"columnKind"`
}

type driver struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Rules   []rule `json:"rules"`
}

type rule struct {
	ID   string  `json:"id"`
	Text message `json:"shortDescription"`
}

type message struct {
	Text string `json:"text"`
}

type result struct {
	RuleID    string     `json:"ruleId"`
	RuleIndex int        `json:"ruleIndex"`
	Level     string     `json:"level"`
	Message   message    `json:"message"`
	Locations []location `json:"locations"`
	Count     int        `json:"occurrenceCount,omitempty"`
}

type location struct {
	Physical physical `json:"physicalLocation"`
}

type physical struct {
	Artifact struct {
		URI string `json:"uri"`
	} `json:"artifactLocation"`
	Region *region `json:"region,omitempty"`
}

type region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
}

// Write writes what r found.
func Write(w io.Writer, r *check.Report, o Options) error {
	var out run
	out.ColumnKind = "utf16CodeUnits"
	out.Results = []result{}
	out.Tool.Driver = driver{Name: "backfile check", Version: o.Version}
	index := map[string]int{}
	for i, x := range check.Rules() {
		index[x.Code] = i
		out.Tool.Driver.Rules = append(out.Tool.Driver.Rules, rule{x.Code, message{x.About}})
	}
	for _, f := range r.Findings {
		var l location
		l.Physical.Artifact.URI = o.Root + (&url.URL{Path: f.Path}).EscapedPath()
		if f.Line > 0 {
			l.Physical.Region = &region{f.Line, f.Col}
		}
		x := result{RuleID: f.Code, RuleIndex: index[f.Code], Level: "error", Message: message{f.Msg}, Locations: []location{l}}
		if f.Count > 1 {
			x.Count = f.Count
		}
		out.Results = append(out.Results, x)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(log{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []run{out}})
}
