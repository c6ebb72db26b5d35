package cli

import (
	"fmt"
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
	noCaptures, captures, dryRun bool
}

func newImport(g *globals) *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:         "import [flags] SOURCE…",
		Annotations: map[string]string{stopped: "what was imported stays; run it again to go on", dropped: "what was imported stays; run it again to go on"},
		Short:       "Turn captures into articles in content/",
		Long: `Turn captures into articles in content/.

A source is a file, a folder with all below it, or - for standard input:
  .txt           text copied off a page
  .html .htm     a page saved from a browser
  .jsonl         one JSON object a line, with the keys url, title, date, topics, lang,
  .jsonl.gz      author, authors, people, places, source, captured, summary, text, html

Nothing is ever overwritten. What the archive has is left alone, and a capture
whose text differs from the article of the same story is reported. The
originals of texts and pages are kept under captures/.`,
		Example: "  backfile import story.txt\n  backfile import --date 2023-12-31 --topic china ~/saved-pages\n  zcat dump.jsonl.gz | backfile import --json -",
		RunE: func(c *cobra.Command, args []string) error {
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
	p.BoolVar(&f.noCaptures, "no-captures", false, "do not keep the originals under captures/")
	p.BoolVar(&f.captures, "captures", false, "keep the lines of JSON lines too")
	p.BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and do nothing")
	c.MarkFlagsMutuallyExclusive("no-captures", "captures")
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
	switch {
	case f.noCaptures:
		o.Keep = build.KeepNone
	case f.captures:
		o.Keep = build.KeepAll
	}
	return o, nil
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
	if r.Skipped > 0 {
		s += fmt.Sprintf(", %d skipped (--json lists them)", r.Skipped)
	}
	if r.Undated > 0 {
		s += fmt.Sprintf("; %d without a date", r.Undated)
	}
	s += fmt.Sprintf("; %.1f s", r.Elapsed.Seconds())
	if dry {
		s += "; nothing was written (--dry-run)"
	}
	return s
}
