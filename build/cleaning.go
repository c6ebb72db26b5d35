package build

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/clean"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
)

// CleanOptions direct a cleaning. Sources must be set.
type CleanOptions struct {
	Dir     string // the site whose memory is asked, or "" for none
	Sources []string
	Stdin   io.Reader
	Source  string // the publication that captures are from, if they do not tell
	Explain bool   // tell of every line
	// Each is told of every capture, in order.
	Each func(Cleaned)
}

// A Cleaned is an article as import would make it of a capture.
type Cleaned struct {
	Capture string        `json:"capture"` // the file, as the person would type it; "-" is standard input
	Line    int           `json:"line,omitempty"`
	Refused string        `json:"refused,omitempty"` // why there is no article
	Title   string        `json:"title,omitempty"`
	Date    string        `json:"date,omitempty"`
	Lang    string        `json:"lang,omitempty"`
	Authors []string      `json:"authors,omitempty"`
	Summary string        `json:"summary,omitempty"`
	URL     string        `json:"url,omitempty"`
	Body    string        `json:"body,omitempty"`
	Cleaner int           `json:"cleaner,omitempty"`
	Notes   []string      `json:"notes,omitempty"`
	Lines   []CleanedLine `json:"lines,omitempty"` // with Explain
	File    []byte        `json:"-"`               // the article's file
}

// A CleanedLine is a line of a text or a block of a page, and what became of it.
type CleanedLine struct {
	Line int    `json:"line"`
	Kept bool   `json:"kept"`
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// Clean makes articles of captures and writes nothing. What is known of a site
// is what its folder tells and what the captures at hand tell of each other.
func Clean(ctx context.Context, o CleanOptions) error {
	all, err := gather(ctx, &o)
	if err != nil {
		return err
	}
	s, err := o.sites(ctx)
	if err != nil {
		return err
	}
	if s.root != nil {
		defer s.root.Close()
	}
	for _, c := range all {
		if c.err == nil && c.Kind == capture.Text {
			s.add(digest.Plain(c.Raw), siteName(&c.Capture, o.Source), c.Text)
		}
	}
	s.learn(true)
	for _, c := range all {
		if c.err != nil {
			o.Each(Cleaned{Capture: c.err.File, Line: c.err.Line, Refused: c.err.Msg})
			continue
		}
		o.Each(o.clean(&c.Capture, s))
	}
	return nil
}

// gathered is a capture, or why there is none.
type gathered struct {
	capture.Capture
	err *diag.Problem
}

// gather reads all captures: each bears witness of the others.
func gather(ctx context.Context, o *CleanOptions) ([]gathered, error) {
	var out []gathered
	for c, err := range capture.Read(ctx, o.Sources, capture.Options{Stdin: o.Stdin}) {
		if err == nil {
			out = append(out, gathered{Capture: c})
			continue
		}
		p, ok := errors.AsType[*diag.Problem](err)
		if !ok {
			return nil, err
		}
		out = append(out, gathered{err: p})
	}
	return out, nil
}

// sites opens the memory of the site, if there is one.
func (o *CleanOptions) sites(ctx context.Context) (*sites, error) {
	if o.Dir == "" {
		return newSites(nil, nil), nil
	}
	root, err := os.OpenRoot(o.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return newSites(nil, nil), nil
	}
	if err != nil {
		return nil, err
	}
	s := newSites(root, nil)
	s.siteOf = s.look(ctx)
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

func (o *CleanOptions) clean(c *capture.Capture, s *sites) Cleaned {
	site := s.of(c, o.Source)
	a, r := clean.With(*c, site)
	if a.Source.Name == "" {
		a.Source.Name = o.Source
	}
	a.Source.SHA256, a.Source.Cleaner = digest.Plain(c.Raw).String(), clean.Version
	out := Cleaned{
		Capture: c.Name, Line: c.Line, Refused: r.Refused, Title: a.Title, Date: a.Date.String(), Lang: a.Lang, Authors: a.Authors,
		Summary: a.Summary, URL: a.Source.URL, Body: a.Body, Cleaner: clean.Version, Notes: r.Notes, File: article.Format(a),
	}
	if o.Explain {
		for _, l := range clean.Explain(*c, site) {
			out.Lines = append(out.Lines, CleanedLine{l.No, l.Kept, l.Rule, l.Text})
		}
	}
	return out
}
