package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"backfile/build"
)

// runAgain cleans the captures that are kept anew, and shows what changes.
func (g *globals) runAgain(ctx context.Context, args []string, dry bool) error {
	o := build.AgainOptions{Dir: g.Dir, DryRun: dry, Each: g.showAgain}
	for _, arg := range args {
		p, err := g.below(arg)
		if err != nil {
			return err
		}
		o.Paths = append(o.Paths, p)
	}
	rep, err := build.ImportAgain(ctx, o)
	fmt.Fprintln(g.Stderr, againSummary(rep, dry))
	if err != nil {
		return err
	}
	if rep.Refused > 0 {
		return errQuiet
	}
	return nil
}

// below returns a path below the archive's folder.
func (g *globals) below(arg string) (string, error) {
	dir, err := filepath.Abs(g.Dir)
	if err != nil {
		return "", err
	}
	full, err := filepath.Abs(arg)
	if err != nil {
		return "", err
	}
	p, err := filepath.Rel(dir, full)
	if p = filepath.ToSlash(p); err != nil || p != "." && p != "content" && !strings.HasPrefix(p, "content/") {
		return "", &usageError{fmt.Sprintf("%s is not in the content/ folder of the archive", arg), `with --again, name articles or folders of content/, or nothing for all`}
	}
	return p, nil
}

// showAgain prints the change of an article, and why one stays as it is.
func (g *globals) showAgain(it build.AgainItem) {
	switch {
	case g.JSON:
		g.printJSON(it)
	case it.Fate == build.Recleaned:
		fmt.Fprint(g.Stdout, it.Diff)
	case it.Fate == build.Edited:
		fmt.Fprintf(g.Stderr, "%s: edited since it was imported; it stays as it is\n", it.File)
	case it.Fate == build.Unfit || it.Fate == build.Gone && it.Capture != "":
		fmt.Fprintf(g.Stderr, "%s: stays as it is: %s\n", it.File, it.Reason)
	}
}

// againSummary is the line that cleaning anew ends with.
func againSummary(r build.AgainReport, dry bool) string {
	s := fmt.Sprintf("%d cleaned anew, %d unchanged, %d edited, %d refused", r.Cleaned, r.Same, r.Edited, r.Refused)
	if r.Gone > 0 {
		s += fmt.Sprintf("; %d without a capture", r.Gone)
	}
	if r.NoSeal > 0 {
		s += fmt.Sprintf("; %d without a seal", r.NoSeal)
	}
	s += fmt.Sprintf("; %.1f s", r.Elapsed.Seconds())
	if dry {
		s += "; nothing was written (--dry-run)"
	}
	return s
}
