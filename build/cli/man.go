package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newMan(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages of all commands",
		Long: `Write the manual pages of all commands, one file each, in the form that
man(1) shows. They are made of what --help says.`,
		Example: "  backfile man ~/.local/share/man/man1",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			return g.writeMan(c.Root(), args[0])
		},
	}
}

// writeMan writes the pages of c and of all commands below it.
func (g *globals) writeMan(c *cobra.Command, dir string) error {
	if c.Hidden {
		return nil
	}
	c.InitDefaultHelpFlag()
	file := filepath.Join(dir, manName(c)+".1")
	if err := os.WriteFile(file, manPage(c), 0o644); err != nil {
		return err
	}
	if g.JSON {
		g.printJSON(line{"type": "file", "file": file})
	} else {
		fmt.Fprintln(g.Stdout, file)
	}
	for _, sub := range c.Commands() {
		if err := g.writeMan(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage is the page of one command. It names no day, so that the same
// program always writes the same page.
func manPage(c *cobra.Command) []byte {
	var b bytes.Buffer
	v, _ := version()
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"backfile %s\" \"backfile\"\n", strings.ToUpper(manName(c)), roff(v))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(manName(c)), roff(c.Short))
	b.WriteString(".SH SYNOPSIS\n")
	if c.Runnable() {
		fmt.Fprintf(&b, ".B %s\n", roff(c.UseLine()))
	}
	if c.HasAvailableSubCommands() {
		if c.Runnable() {
			b.WriteString(".br\n")
		}
		fmt.Fprintf(&b, ".B %s\n.I command\n", roff(c.CommandPath()))
	}
	b.WriteString(".SH DESCRIPTION\n")
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	b.WriteString(paragraphs(text))
	if subs := c.Commands(); c.HasAvailableSubCommands() {
		b.WriteString(".SH COMMANDS\n")
		for _, s := range subs {
			if s.IsAvailableCommand() {
				fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(s.Name()), roff(s.Short))
			}
		}
	}
	options(&b, "OPTIONS", c.NonInheritedFlags())
	options(&b, "COMMON OPTIONS", c.InheritedFlags())
	if c.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", verbatim(strings.ReplaceAll(c.Example, "\n  ", "\n")[2:]))
	}
	b.WriteString(".SH EXIT STATUS\n0 done; 1 something is wrong with the input; 2 wrong usage; 130 interrupted.\n")
	seeAlso(&b, c)
	return b.Bytes()
}

// options writes a section of flags.
func options(b *bytes.Buffer, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		what, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		fmt.Fprintf(b, ".TP\n.B %s", roff(name))
		if what != "" {
			fmt.Fprintf(b, " \\fI%s\\fR", roff(what))
		}
		fmt.Fprintf(b, "\n%s\n", roff(usage))
	})
}

// seeAlso names the pages above and below.
func seeAlso(b *bytes.Buffer, c *cobra.Command) {
	var pages []string
	if c.HasParent() {
		pages = append(pages, manName(c.Parent()))
	}
	for _, s := range c.Commands() {
		if s.IsAvailableCommand() {
			pages = append(pages, manName(s))
		}
	}
	slices.Sort(pages)
	if len(pages) == 0 {
		return
	}
	b.WriteString(".SH SEE ALSO\n")
	for i, p := range pages {
		comma := ","
		if i == len(pages)-1 {
			comma = ""
		}
		fmt.Fprintf(b, ".BR %s (1)%s\n", roff(p), comma)
	}
}

// paragraphs writes running text; lines that are indented stay as they are.
func paragraphs(text string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(text, "\n\n") {
		if b.Len() > 0 {
			b.WriteString(".PP\n")
		}
		kept := false
		for l := range strings.SplitSeq(strings.Trim(part, "\n"), "\n") {
			if is := strings.HasPrefix(l, "  "); is != kept {
				kept = is
				b.WriteString(map[bool]string{true: ".nf\n", false: ".fi\n"}[is])
			}
			b.WriteString(roff(l) + "\n")
		}
		if kept {
			b.WriteString(".fi\n")
		}
	}
	return b.String()
}

// verbatim writes lines as they are.
func verbatim(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = roff(l)
	}
	return strings.Join(lines, "\n")
}

// roff escapes a line of text.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...", "’", "'").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
