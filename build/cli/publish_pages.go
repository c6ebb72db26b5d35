package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"backfile/build/config"
	"backfile/build/internal/diag"
	"backfile/build/internal/progress"
	"backfile/build/publish/pages"
	"backfile/build/publish/release"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func newPublishPages(g *globals) *cobra.Command {
	var o pages.Options
	var noCNAME bool
	c := &cobra.Command{
		Use:         "github-pages",
		Annotations: map[string]string{stopped: "the branch is as it was", dropped: "the branch is as it was, or has all of the archive; run it again"},
		Short:       "Push public/ to a branch that GitHub Pages shows",
		Long: `Push public/ to a branch that GitHub Pages shows, with the system's git.

The branch gets one commit that holds just public/, without a history, unless
--history keeps it. A branch that backfile did not make is never overwritten,
and nothing in your own work tree, index or branches is touched. When site.yaml
has a base_url at the top of a domain of its own, the commit has a CNAME file
for it.`,
		Example: "  backfile publish github-pages --dry-run\n  backfile publish github-pages\n  backfile publish github-pages --remote git@github.com:name/archive.git --branch gh-pages",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !noCNAME {
				var err error
				if o.CNAME, err = g.cname(); err != nil {
					return err
				}
			}
			return g.withRelease(c.Context(), func(r *release.Release) error { return g.publishPages(c, r, o) })
		},
	}
	f := c.Flags()
	f.StringVar(&o.Remote, "remote", "origin", "the name or the address of the repository to push to")
	f.StringVar(&o.Branch, "branch", "gh-pages", "the branch to push to")
	f.BoolVar(&o.History, "history", false, "add a commit to the branch rather than replace the one that is there")
	f.BoolVar(&o.Force, "force", false, "push what is more than GitHub Pages takes, too")
	f.BoolVar(&noCNAME, "no-cname", false, "write no CNAME file")
	f.BoolVarP(&o.DryRun, "dry-run", "n", false, "say what would be pushed, and push nothing")
	return c
}

// cname is the domain that site.yaml gives the archive.
func (g *globals) cname() (string, error) {
	if !g.isSite() {
		return "", nil
	}
	cfg, problems, err := config.Load(g.Dir)
	if err != nil {
		return "", err
	}
	if err := problems.Err(); err != nil {
		return "", err
	}
	return pages.CNAME(cfg.BaseURL), nil
}

func (g *globals) publishPages(c *cobra.Command, r *release.Release, o pages.Options) error {
	if err := g.warnSize(r, o.Force); err != nil {
		return err
	}
	dir, err := filepath.Abs(g.Dir)
	if err != nil {
		return err
	}
	o.Repo, o.Store = dir, filepath.Join(dir, ".backfile", "pages.git")
	if !g.isSite() {
		return &diag.Problem{File: config.File, Msg: "not found here or above", Help: "publish github-pages keeps its own data beside it"}
	}
	bar := progress.New(g.Stderr, "files")
	o.Progress = bar.Set
	o.Plan = func(p pages.Plan) {
		bar.Done()
		g.sayPagesPlan(p)
	}
	if f, ok := g.Stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		o.Talk = g.Stderr
	}
	rep, err := pages.Publish(c.Context(), r, o)
	bar.Done()
	if occupied, ok := errors.AsType[*pages.OccupiedError](err); ok {
		fmt.Fprintln(g.Stderr, "backfile:", occupied)
		fmt.Fprintf(g.Stderr, "backfile: hint: choose another with --branch, or remove it first: git push %s --delete %s\n", o.Remote, o.Branch)
		return errQuiet
	}
	if err != nil {
		return err
	}
	g.sayPages(rep, o.DryRun)
	return nil
}

// warnSize tells of a release that comes near what GitHub Pages takes, and
// refuses one that is over it, unless forced.
func (g *globals) warnSize(r *release.Release, force bool) error {
	if err := pages.CheckSize(r); err != nil {
		if !force {
			return fmt.Errorf("%w; --force pushes it all the same, and docs/publish.md names other ways", err)
		}
		fmt.Fprintln(g.Stderr, "backfile: warning:", err)
		return nil
	}
	if r.Bytes >= pages.SiteLimit/10*8 {
		fmt.Fprintf(g.Stderr, "backfile: warning: the archive has %s, %s of GitHub Pages' 1 GB\n", size(r.Bytes), percent(r.Bytes))
	}
	if f := r.Largest(); f.Size >= pages.FileLimit/10*8 {
		fmt.Fprintf(g.Stderr, "backfile: warning: %s has %s, and GitHub takes files of at most 100 MiB\n", f.Path, size(f.Size))
	}
	return nil
}

func (g *globals) sayPagesPlan(p pages.Plan) {
	s := fmt.Sprintf("%s, %s, to branch %s of %s", count(p.Files, "file"), size(p.Bytes), p.Branch, p.Remote)
	if p.Known {
		s += fmt.Sprintf(": %d new or changed, %d removed", p.Changed, p.Removed)
	}
	fmt.Fprintln(g.Stderr, "backfile:", s)
}

func (g *globals) sayPages(rep pages.Report, dry bool) {
	if g.JSON {
		l := line{"type": "publish", "to": "github-pages", "target": rep.Remote, "branch": rep.Branch, "files": rep.Files, "bytes": rep.Bytes, "pushed": rep.Pushed, "dry_run": dry}
		if rep.Known {
			l["written"], l["removed"] = rep.Changed, rep.Removed
		}
		g.printJSON(l)
		return
	}
	switch {
	case rep.Pushed:
		fmt.Fprintf(g.Stdout, "pushed %s, %s, to branch %s of %s\n", count(rep.Files, "file"), size(rep.Bytes), rep.Branch, rep.Remote)
	case dry:
		fmt.Fprintln(g.Stdout, "nothing was pushed (--dry-run)")
	default:
		fmt.Fprintf(g.Stdout, "branch %s of %s has these files already\n", rep.Branch, rep.Remote)
	}
}
