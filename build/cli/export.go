package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"backfile/build"
	"backfile/build/bundle"
	"backfile/build/internal/digest"
	"backfile/build/internal/progress"
	"backfile/build/mirror/part"
	"backfile/build/publish/release"
	"backfile/build/slug"

	"github.com/spf13/cobra"
)

func newExport(g *globals) *cobra.Command {
	e := &export{globals: g}
	c := &cobra.Command{
		Use:   "export",
		Short: "Make one file of the archive: ZIP, tar, torrent, WARC, EPUB, ZIM, CAR",
		Long: `Make one file of the archive, or of some years or topics of it, to carry, to
read offline, to share or to lay down in a library.

All but "warc" are made of public/ as the last build left it, which is compared
with its manifest first; one that was changed by other hands or is not whole is
refused. The same public/ always gives the same bytes: all times are that of the
newest article.`,
		Args: noCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	f := c.PersistentFlags()
	f.StringVarP(&e.out, "output", "o", "", "the file to make (default: in this folder, called like the archive)")
	f.StringVar(&e.from, "from", "", "what to export (default: public/ in the archive's folder)")
	f.StringSliceVar(&e.years, "year", nil, "only articles of these years: 2023, or 2019-2021")
	f.StringSliceVar(&e.topics, "topic", nil, "only articles of this topic, by its address: china")
	c.AddCommand(newExportZip(e), newExportTar(e), newExportTorrent(e), newExportWARC(e), newExportEPUB(e), newExportZIM(e), newExportCAR(e))
	return c
}

// An export is one run of the command.
type export struct {
	*globals
	out, from     string
	years, topics []string
	months        []string // where the form has them
}

// choice reads the flags that say which articles are meant.
func (e *export) choice() (c bundle.Choice, err error) {
	for _, text := range e.years {
		p, err := part.Parse(text)
		if err != nil || len(p.Topics) > 0 {
			return c, &usageError{fmt.Sprintf("--year %s is no year", text), "write 2023, or 2019-2021"}
		}
		c.Years = append(c.Years, p.Years...)
	}
	slices.Sort(c.Years)
	c.Years = slices.Compact(c.Years)
	for _, text := range e.months {
		t, err := time.Parse("2006-01", text)
		if err != nil {
			return c, &usageError{fmt.Sprintf("--month %s is no month", text), "write 2023-05"}
		}
		c.Months = append(c.Months, bundle.Month{Year: t.Year(), Month: int(t.Month())})
	}
	for _, t := range e.topics {
		if t = strings.TrimSpace(t); t == "" || strings.ContainsAny(t, "/\\") {
			return c, &usageError{fmt.Sprintf("--topic %q is no topic", t), `"backfile topics" lists them`}
		}
		c.Topics = append(c.Topics, t)
	}
	slices.Sort(c.Topics)
	c.Topics = slices.Compact(c.Topics)
	return c, nil
}

// public is the folder that is exported.
func (e *export) public() string {
	if e.from != "" {
		return e.from
	}
	return filepath.Join(e.Dir, "public")
}

// withSource opens public/, chooses from it and calls do, while no build can
// change it.
func (e *export) withSource(ctx context.Context, do func(*bundle.Source) error) error {
	c, err := e.choice()
	if err != nil {
		return err
	}
	if e.isSite() {
		unlock, err := build.Lock(ctx, e.Dir)
		if err != nil {
			return err
		}
		defer unlock()
	}
	bar := progress.New(e.Stderr, "comparing public/ with its manifest")
	bar.Start()
	r, err := release.Open(ctx, e.public())
	bar.Done()
	if altered, ok := errors.AsType[*release.AlteredError](err); ok {
		return e.sayAltered(altered, "exported")
	}
	if err != nil {
		return err
	}
	src, err := bundle.Open(r, c)
	if err != nil {
		return err
	}
	return do(src)
}

// withPages is withSource for forms that hold the pages themselves.
func (e *export) withPages(ctx context.Context, do func(*bundle.Source) error) error {
	if len(e.years) > 0 && len(e.topics) > 0 {
		return errBothParts
	}
	return e.withSource(ctx, func(src *bundle.Source) error {
		if err := src.Narrow(); err != nil {
			return err
		}
		return do(src)
	})
}

var errBothParts = &usageError{"--year and --topic together are for epub and warc", "pages are of a year or of a topic: choose one of the two"}

// target is the file to be made, with a name of its own when none was given.
func (e *export) target(src *bundle.Source, what, ending string, is func([]byte) bool) bundle.Target {
	return bundle.Target{Name: e.name(src, ending), Public: e.public(), What: what, Is: is}
}

// name is what the file is called.
func (e *export) name(src *bundle.Source, ending string) string {
	if e.out != "" {
		return e.out
	}
	return baseName(src) + ending
}

// baseName is what bundles of src are called.
func baseName(src *bundle.Source) string {
	name := slug.Of(src.Site.Title)
	if p := src.Choice.Name(); p != "" {
		name += "-" + p
	}
	return name
}

// A made file is what is told of at the end.
type made struct {
	form, name string
	size       int64
	what       string // how much is in it, for people
	more       line   // for programs
}

// sayMade says what was made.
func (e *export) sayMade(m made) error {
	if !e.JSON {
		return e.print("%s: %s, %s\n", m.name, m.what, size(m.size))
	}
	f, err := os.Open(m.name)
	if err != nil {
		return err
	}
	defer f.Close()
	sum, err := digest.Reader(f)
	if err != nil {
		return err
	}
	l := line{"type": "export", "form": m.form, "file": m.name, "bytes": m.size, "sha256": sum.String()}
	for k, v := range m.more {
		l[k] = v
	}
	e.printJSON(l)
	return nil
}

// few is how many of something were met: "3 articles", or "" for none.
func few(n int, what string) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " " + what
}

// warn says what is not as it should be.
func (e *export) warn(text string) { fmt.Fprintln(e.Stderr, "backfile: warning:", text) }
