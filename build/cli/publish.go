package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"backfile/build"
	"backfile/build/config"
	"backfile/build/internal/progress"
	"backfile/build/publish/release"

	"github.com/spf13/cobra"
)

func newPublish(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "publish",
		Short: "Put public/ on a host, into a folder or into one ZIP",
		Long: `Put public/ on a host, into a folder or into one ZIP.

What is published is public/ as the last build left it. It is compared with its
manifest first, file by file; a public/ that was changed by other hands is
refused. "backfile build" mends it.`,
		Args: noCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.PersistentFlags().StringVarP(&g.Out, "output", "o", "", "what to publish (default: public/ in the archive's folder)")
	c.AddCommand(newPublishPages(g), newPublishS3(g), newPublishDir(g), newPublishZip(g))
	return c
}

// public is the folder that a build makes.
func (g *globals) public() string {
	if g.Out != "" {
		return g.Out
	}
	return filepath.Join(g.Dir, "public")
}

// isSite reports whether g's folder is an archive.
func (g *globals) isSite() bool {
	_, err := os.Stat(filepath.Join(g.Dir, config.File))
	return err == nil
}

// withRelease opens public/ and calls do with it, while no build can change
// it.
func (g *globals) withRelease(ctx context.Context, do func(*release.Release) error) error {
	if g.isSite() {
		unlock, err := build.Lock(ctx, g.Dir)
		if err != nil {
			return err
		}
		defer unlock()
	}
	bar := progress.New(g.Stderr, "comparing public/ with its manifest")
	bar.Start()
	r, err := release.Open(ctx, g.public())
	bar.Done()
	if altered, ok := errors.AsType[*release.AlteredError](err); ok {
		return g.sayAltered(altered, "published")
	}
	if err != nil {
		return err
	}
	return do(r)
}

// sayAltered says how public/ differs from its manifest, and what was therefore
// not done with it.
func (g *globals) sayAltered(e *release.AlteredError, done string) error {
	for i, f := range e.Findings {
		if g.JSON {
			g.printJSON(line{"type": "altered", "file": f.Path, "message": f.Error()})
			continue
		}
		if i == maxShown {
			fmt.Fprintf(g.Stderr, "backfile: and %d more\n", len(e.Findings)-maxShown)
			break
		}
		fmt.Fprintln(g.Stderr, "backfile:", f.Error())
	}
	fmt.Fprintf(g.Stderr, "backfile: public/ is not what its manifest says, so nothing was %s; backfile build mends it\n", done)
	return errQuiet
}

// deleteFlag adds the flag that bounds how much is removed.
func deleteFlag(c *cobra.Command, most *int) {
	c.Flags().IntVar(most, "max-delete", 256, "remove at most so many files that are no longer in the archive; -1 removes any number")
}

// sayPlan says what is to be put and removed.
func (g *globals) sayPlan(p *release.Plan, where string) {
	fmt.Fprintf(g.Stderr, "backfile: %s to %s: %d new, %d changed (%s), %d to be removed\n",
		count(p.Files, "file"), where, p.New, p.Changed, size(p.Bytes), len(p.Remove))
}

// A done is what a publication did, for its last line.
type done struct {
	what    string // of the command
	where   string
	put     int
	bytes   int64
	removed int
	total   int
	dry     bool
}

// ended says what a publication did, also when it was cut off or failed on the
// way, and passes the error on.
func (g *globals) ended(ctx context.Context, d done, err error) error {
	if err == nil {
		g.sayDone(d)
		return nil
	}
	if d.put+d.removed > 0 {
		why := "after an error"
		if ctx.Err() != nil {
			why = "when it was interrupted"
		}
		fmt.Fprintf(g.Stderr, "backfile: %s: %d files (%s) had been written and %d removed; run it again to go on\n", why, d.put, size(d.bytes), d.removed)
	}
	return err
}

// print prints a result.
func (g *globals) print(format string, args ...any) error {
	_, err := fmt.Fprintf(g.Stdout, format, args...)
	return err
}

func (g *globals) sayDone(d done) {
	if g.JSON {
		g.printJSON(line{"type": "publish", "to": d.what, "target": d.where, "files": d.total, "written": d.put, "bytes": d.bytes, "removed": d.removed, "dry_run": d.dry})
		return
	}
	s := fmt.Sprintf("%s at %s: %d written (%s), %d removed", count(d.total, "file"), d.where, d.put, size(d.bytes), d.removed)
	if d.dry {
		s = strings.Replace(s, "written", "to be written", 1)
		s = strings.TrimSuffix(s, "removed") + "to be removed; nothing was done (--dry-run)"
	}
	fmt.Fprintln(g.Stdout, s)
}
