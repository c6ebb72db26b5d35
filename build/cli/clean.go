package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"backfile/build"

	"github.com/spf13/cobra"
)

func newClean(g *globals) *cobra.Command {
	var o build.CleanOptions
	c := &cobra.Command{
		Use:   "clean [flags] FILE…",
		Short: "Show the article that import would make of a capture",
		Long: `Show the article that import would make of a capture, and write nothing.

A FILE is one that import reads, or - for standard input. Of several texts each
bears witness of the others: lines that stand on all of them are no part of a
story. So do the captures of the archive that one stands in, and its file
furniture.txt.

With --explain every line of a text, and every block of a page, is listed with
+ when it is kept and - when it is dropped, and with the rule that says so.`,
		Example: "  backfile clean story.txt\n  backfile clean --explain story.txt\n  xclip -o | backfile clean -",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{"clean needs a file or -", `"backfile clean story.txt" shows what becomes of one file`}
			}
			o.Dir, o.Sources, o.Stdin = g.Dir, args, g.Stdin
			refused := false
			o.Each = func(a build.Cleaned) {
				refused = refused || a.Refused != ""
				g.showCleaned(&a, o.Explain)
			}
			if err := build.Clean(c.Context(), o); err != nil {
				return err
			}
			if refused {
				return errQuiet
			}
			return nil
		},
	}
	c.Flags().BoolVar(&o.Explain, "explain", false, "list every line with the rule that keeps or drops it")
	c.Flags().StringVar(&o.Source, "source", "", "the publication that captures are from, if they do not tell")
	return c
}

// showCleaned prints what became of one capture.
func (g *globals) showCleaned(a *build.Cleaned, explain bool) {
	if g.JSON {
		g.printJSON(a)
		return
	}
	place := a.Capture
	if a.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, a.Line)
	}
	for _, note := range a.Notes {
		fmt.Fprintf(g.Stderr, "%s: %s\n", place, note)
	}
	if a.Refused != "" {
		fmt.Fprintf(g.Stderr, "%s: refused: %s\n", place, a.Refused)
	}
	if explain {
		g.explain(a, place)
	} else if a.Refused == "" {
		g.Stdout.Write(a.File)
	}
}

// explain lists the lines of a capture.
func (g *globals) explain(a *build.Cleaned, place string) {
	if len(a.Lines) == 0 && a.Refused == "" {
		fmt.Fprintf(g.Stderr, "%s: its fields are taken as they are; nothing was dropped\n", place)
		return
	}
	no, rule := 1, 0
	for _, l := range a.Lines {
		no, rule = max(no, len(fmt.Sprint(l.Line))), max(rule, utf8.RuneCountInString(l.Rule))
	}
	for _, l := range a.Lines {
		sign := "-"
		if l.Kept {
			sign = "+"
		}
		pad := strings.Repeat(" ", rule-utf8.RuneCountInString(l.Rule))
		fmt.Fprintf(g.Stdout, "%*d %s %s%s  %s\n", no, l.Line, sign, l.Rule, pad, l.Text)
	}
}
