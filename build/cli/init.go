package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"backfile/build/starter"

	"github.com/spf13/cobra"
)

func newInit(g *globals) *cobra.Command {
	var o starter.Options
	c := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a new archive, with a workflow for GitHub Pages",
		Long: `Make a new archive: a site.yaml in which every key is explained, one article,
a README for those who edit, and a workflow that builds, checks and publishes
the archive on GitHub Pages.

Nothing is ever overwritten: files that are there stay as they are.`,
		Example: "  backfile init courier\n  backfile init --title 'The Courier' --language ru --base-url https://name.github.io/courier/ courier",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return g.init(args, o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Title, "title", "", "the name of the archive (default: that of its folder)")
	f.StringVar(&o.Language, "language", "en", "the language of the archive, such as en, ru or zh-Hant")
	f.StringVar(&o.BaseURL, "base-url", "", "where the archive will be published")
	f.StringVar(&o.Program, "program", "", "the git repository that the workflow builds backfile from")
	f.StringVar(&o.Version, "program-version", "", "the tag to build there")
	return c
}

// init makes an archive in args[0], or in the folder of -C, or in this one:
// never in one above.
func (g *globals) init(args []string, o starter.Options) error {
	dir := "."
	if g.dirGiven {
		dir = g.Dir
	}
	if len(args) > 0 {
		dir = args[0]
		if g.dirGiven && !filepath.IsAbs(dir) {
			dir = filepath.Join(g.Dir, dir)
		}
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return &usageError{fmt.Sprintf("%s is a file, not a folder", dir), ""}
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if o.Title == "" {
		o.Title = titleOf(filepath.Base(abs))
	}
	o.Today = time.Now()
	made, err := starter.Write(dir, o)
	for _, m := range made {
		g.sayMade(m)
	}
	if err != nil {
		return err
	}
	cd := ""
	if dir != "." {
		cd = "cd " + dir + " && "
	}
	fmt.Fprintf(g.Stderr, "backfile: next: %sbackfile serve\n", cd)
	return nil
}

func (g *globals) sayMade(m starter.Made) {
	switch {
	case g.JSON:
		g.printJSON(line{"type": "file", "file": m.Path, "new": m.New})
	case m.New:
		fmt.Fprintln(g.Stdout, m.Path)
	default:
		fmt.Fprintf(g.Stderr, "backfile: %s is there already, and is left as it is\n", m.Path)
	}
}

// titleOf makes a title of the name of a folder: the-courier is The courier.
func titleOf(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) })
	title := strings.Join(words, " ")
	first, n := utf8.DecodeRuneInString(title)
	if title == "" || !unicode.IsLetter(first) {
		return "An archive " + title
	}
	return string(unicode.ToUpper(first)) + title[n:]
}
