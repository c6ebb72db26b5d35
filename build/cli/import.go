package cli

import (
	"fmt"
	"slices"
	"strings"

	"backfile/build"
	"backfile/build/article"
	"backfile/build/internal/progress"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"
)

// importFlags are the flags of "backfile import".
type importFlags struct {
	date, captured, lang, source string
	topics                       []string
	since                        string
	hosts, keys                  []string
	noCaptures, captures, dryRun bool
	again                        bool
}

func newImport(g *globals) *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:         "import [flags] SOURCE…",
		Annotations: map[string]string{stopped: "what was imported stays; run it again to go on", dropped: "what was imported stays; run it again to go on"},
		Short:       "Turn captures into articles in content/",
		Long: `Turn captures into articles in content/.

A source is a file, a folder with all below it, or - for standard input. What
it holds is told by its content:
  text copied off a page; pages, as HTML or MHTML
  crawls: WARC, ARC, WACZ
  feeds: RSS, Atom, RDF, JSON Feed; exports of WordPress (WXR)
  JSON lines, lists of JSON objects, CSV and TSV
  folders of Hugo, Jekyll, Eleventy, Zola and Pelican; Markdown
  ZIP and tar of any of these, packed with gzip, zstd or bzip2

Nothing is ever overwritten. What the archive has is left alone, and a capture
whose text differs from the article of the same story is reported. So is one
whose text the archive has under another address. The originals of texts and
pages are kept under captures/. With --again they are cleaned anew: what a newer
version makes of them is shown as a diff and takes the place of the article,
unless a person has edited it.`,
		Example: "  backfile import story.txt\n  backfile import --date 2023-12-31 --topic china ~/saved-pages\n  backfile import --only-host dale.example --since 2020 crawl.warc.gz\n  backfile import --map title=headline,text=copy stories.csv\n  zcat dump.jsonl.gz | backfile import --json -\n  backfile import --again --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			if f.again {
				return g.runAgain(c.Context(), args, f.dryRun)
			}
			if len(args) == 0 {
				return &usageError{"import needs a file, a folder or -", `"backfile import story.txt" imports one file`}
			}
			o, err := f.options()
			if err != nil {
				return err
			}
			o.Dir, o.Sources, o.Stdin = g.Dir, args, g.Stdin
			return g.runImport(c, o)
		},
	}
	p := c.Flags()
	p.StringVar(&f.date, "date", "", "the date of captures that tell none: 2023-12-31, 2023-12 or 2023")
	p.StringVar(&f.captured, "captured", "", "when the captures were made, if they do not tell")
	p.StringArrayVar(&f.topics, "topic", nil, "a topic to add to all articles; may be given several times")
	p.StringVar(&f.lang, "lang", "", "the language of captures that name none, such as en or zh-Hant")
	p.StringVar(&f.source, "source", "", "the publication that captures are from, if they do not tell")
	p.StringVar(&f.since, "since", "", "leave out what is older, or has no date: 2023-12-31, 2023-12 or 2023")
	p.StringSliceVar(&f.hosts, "only-host", nil, "leave out what is not from this host or one below it; may be given several times")
	p.StringSliceVar(&f.keys, "map", nil, "which key or column holds a field, such as title=headline; may be given several times")
	p.BoolVar(&f.noCaptures, "no-captures", false, "do not keep the originals under captures/")
	p.BoolVar(&f.captures, "captures", false, "keep records too: lines of JSON, rows of tables, items of feeds")
	p.BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and do nothing")
	p.BoolVar(&f.again, "again", false, "clean the originals that are kept with this version, and show what changes; a SOURCE is then an article or a folder of content/")
	c.MarkFlagsMutuallyExclusive("no-captures", "captures")
	for _, name := range []string{"date", "captured", "topic", "lang", "source", "since", "only-host", "map", "no-captures", "captures"} {
		c.MarkFlagsMutuallyExclusive("again", name)
	}
	return c
}

// options are what the flags say.
func (f *importFlags) options() (build.ImportOptions, error) {
	o := build.ImportOptions{DryRun: f.dryRun, Source: f.source}
	var err error
	if o.Date, err = dateFlag("date", f.date); err != nil {
		return o, err
	}
	if o.Captured, err = dateFlag("captured", f.captured); err != nil {
		return o, err
	}
	if f.lang != "" {
		tag, err := language.Parse(f.lang)
		if err != nil {
			return o, &usageError{fmt.Sprintf("--lang %q is not a language code", f.lang), "codes are those of BCP 47, such as en, ru or zh-Hant"}
		}
		o.Lang = tag.String()
	}
	for _, t := range f.topics {
		if t = strings.TrimSpace(t); t == "" {
			return o, &usageError{"--topic is empty", ""}
		}
		o.Topics = append(o.Topics, t)
	}
	if err := f.choices(&o); err != nil {
		return o, err
	}
	switch {
	case f.noCaptures:
		o.Keep = build.KeepNone
	case f.captures:
		o.Keep = build.KeepAll
	}
	return o, nil
}

// choices are the flags that say what is taken, and how it is named.
func (f *importFlags) choices(o *build.ImportOptions) (err error) {
	if o.Since, err = dateFlag("since", f.since); err != nil {
		return err
	}
	for _, h := range f.hosts {
		host := strings.ToLower(strings.TrimSpace(h))
		if _, rest, ok := strings.Cut(host, "://"); ok {
			host, _, _ = strings.Cut(rest, "/")
		}
		if host == "" || strings.ContainsAny(host, "/ ") {
			return &usageError{fmt.Sprintf("--only-host %q is not a host", h), "write it as dale.example"}
		}
		o.Hosts = append(o.Hosts, host)
	}
	fields := build.ImportFields()
	for _, m := range f.keys {
		field, key, ok := strings.Cut(m, "=")
		field, key = strings.ToLower(strings.TrimSpace(field)), strings.TrimSpace(key)
		switch {
		case !ok || key == "":
			return &usageError{fmt.Sprintf("--map %q names no key or column", m), "write it as title=headline"}
		case !slices.Contains(fields, field):
			return &usageError{fmt.Sprintf("--map %q: there is no field %q", m, field), "fields are " + strings.Join(fields, ", ")}
		}
		if o.Map == nil {
			o.Map = map[string]string{}
		}
		o.Map[field] = key
	}
	return nil
}

func dateFlag(name, value string) (article.Date, error) {
	if value == "" {
		return article.Date{}, nil
	}
	d, err := article.ParseDate(value)
	if err != nil {
		return d, &usageError{fmt.Sprintf("--%s %q is not a date", name, value), "write it as 2023-12-31, 2023-12 or 2023"}
	}
	return d, nil
}

// runImport imports, and tells of it as it goes.
func (g *globals) runImport(c *cobra.Command, o build.ImportOptions) error {
	bar := progress.New(g.Stderr, "captures")
	if bar != nil {
		o.Progress = bar.Set
	}
	o.Each = func(it build.ImportItem) {
		if text := g.importLine(&it); text != "" {
			bar.Done()
			fmt.Fprintln(g.Stdout, text)
		}
	}
	rep, err := build.Import(c.Context(), o)
	bar.Done()
	fmt.Fprintln(g.Stderr, importSummary(rep, o.DryRun))
	if err != nil {
		return err
	}
	if rep.Refused > 0 {
		return errQuiet
	}
	return nil
}

// importLine is the line for one capture, or "": without --json only those
// that a person should look at have one.
func (g *globals) importLine(it *build.ImportItem) string {
	if g.JSON {
		g.printJSON(it)
		return ""
	}
	said := it.Notes
	switch {
	case it.Status == build.Refused, it.Status == build.Changed:
		said = append([]string{it.Reason}, said...)
	case it.Undated:
		said = append([]string{"no date"}, said...)
	case it.Status != build.Imported || len(it.Notes) == 0:
		return ""
	}
	line := fmt.Sprintf("%s: %s", it.Place(), it.Status)
	if it.Status == build.Imported {
		line += " as " + it.File
	}
	return line + ": " + strings.Join(said, "; ")
}

// importSummary is the line that an import ends with.
func importSummary(r build.ImportReport, dry bool) string {
	s := fmt.Sprintf("%d imported, %d unchanged, %d changed, %d refused", r.Imported, r.Unchanged, r.Changed, r.Refused)
	if r.Versions > 0 {
		s += fmt.Sprintf(", %d further versions", r.Versions)
	}
	if r.Skipped > 0 {
		s += fmt.Sprintf(", %d skipped (--json lists them)", r.Skipped)
	}
	if r.Undated > 0 {
		s += fmt.Sprintf("; %d without a date", r.Undated)
	}
	if r.Duplicates > 0 {
		s += fmt.Sprintf("; %d with a text that another article has", r.Duplicates)
	}
	s += fmt.Sprintf("; %.1f s", r.Elapsed.Seconds())
	if dry {
		s += "; nothing was written (--dry-run)"
	}
	return s
}
