// Package pages publishes a release on GitHub Pages: it pushes public/ to a
// branch with the system's git.
//
// All of git's work is done in a repository of backfile's own, in a folder
// that may be deleted at any time: the person's work tree, index, branches and
// objects are never touched. Only their remote and their settings for reaching
// it (credentials, proxies, ssh) are used.
//
//	commit ──► tree of public/, .nojekyll, CNAME       one commit without a
//	                                                   parent, or with History
//	                                                   on top of the last
//
// A branch is overwritten only when its last commit was made here, which a
// line of its message tells, and only when it is still that commit when the
// push arrives.
package pages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"backfile/build/publish/release"
)

// What GitHub Pages takes (GitHub Docs, "GitHub Pages limits" and "About large
// files on GitHub").
const (
	SiteLimit = 1 << 30
	FileLimit = 100 << 20
)

// Options say where to publish. Repo and Store must be set.
type Options struct {
	Repo    string // a folder of the person's repository, whose remote and settings are used
	Store   string // backfile's own repository, made when it is not there
	Remote  string // the name or the address of a remote; "origin" when ""
	Branch  string // "gh-pages" when ""
	CNAME   string // the domain of the site, or ""
	History bool   // keep the commits that are there
	Force   bool   // publish what is over the limits
	DryRun  bool   // do all but push

	// Plan, when set, is called when it is known what will be pushed.
	Plan func(Plan)
	// Progress, when set, is told how many files have been taken up.
	Progress func(done, total int)
	// Talk, when not nil, is where git shows how a push goes.
	Talk io.Writer
}

// A Plan says what a push does.
type Plan struct {
	Remote, Branch string
	Files          int
	Bytes          int64
	Known          bool // what the branch holds is known, and so are:
	Changed        int  // new files and changed ones
	Removed        int
}

// A Report says what was done.
type Report struct {
	Plan
	Pushed bool // false when the branch has these very files already, or in a dry run
}

// Publish pushes r to the branch.
func Publish(ctx context.Context, r *release.Release, o Options) (Report, error) {
	if o.Remote == "" {
		o.Remote = "origin"
	}
	if o.Branch == "" {
		o.Branch = "gh-pages"
	}
	if err := CheckSize(r); err != nil && !o.Force {
		return Report{}, err
	}
	p, err := open(ctx, r, o)
	if err != nil {
		return Report{}, err
	}
	if err := p.look(ctx); err != nil {
		return Report{}, err
	}
	if err := p.commit(ctx); err != nil {
		return Report{}, err
	}
	plan, err := p.compare(ctx)
	if err != nil {
		return Report{}, err
	}
	if o.Plan != nil {
		o.Plan(plan)
	}
	if o.DryRun || plan.Known && plan.Changed+plan.Removed == 0 {
		return Report{Plan: plan}, p.forget(ctx)
	}
	if err := p.push(ctx); err != nil {
		return Report{Plan: plan}, err
	}
	return Report{Plan: plan, Pushed: true}, nil
}

// A LimitError says that GitHub Pages does not take a release.
type LimitError struct{ msg string }

func (e *LimitError) Error() string { return e.msg }

// CheckSize returns a LimitError when r is more than GitHub Pages takes.
func CheckSize(r *release.Release) error {
	if f := r.Largest(); f.Size > FileLimit {
		return &LimitError{fmt.Sprintf("%s has %.0f MB, and GitHub takes files of at most 100 MiB", f.Path, float64(f.Size)/1e6)}
	}
	if r.Bytes > SiteLimit {
		return &LimitError{fmt.Sprintf("the archive has %.2f GB, and GitHub Pages takes sites of at most 1 GB", float64(r.Bytes)/1e9)}
	}
	return nil
}

// CNAME returns the domain that GitHub Pages must be told when a site is to be
// found at base, or "": only a site at the top of a domain of its own has one.
func CNAME(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Path != "/" || u.Port() != "" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".github.io") {
		return ""
	}
	return host
}

// An OccupiedError says that a branch holds what backfile did not make.
type OccupiedError struct{ Branch, Remote, Commit string }

func (e *OccupiedError) Error() string {
	return fmt.Sprintf("branch %s of %s was not made by backfile (its last commit is %.10s), and is left as it is", e.Branch, e.Remote, e.Commit)
}

// trailer is the line of a commit message that tells who made the commit. It
// never changes.
const trailer = "Published-by: backfile"

// message is what the commit says. It tells nothing about the machine.
func message(r *release.Release) string {
	return fmt.Sprintf("Publish the archive\n\n%d files, %d bytes\n\n%s\n", len(r.Files), r.Bytes, trailer)
}

// now is when the commit was made, in a zone that tells nothing.
func now() string { return fmt.Sprintf("%d +0000", time.Now().Unix()) }

// look finds out what the branch holds, and refuses one that is not ours.
func (p *publication) look(ctx context.Context) error {
	out, err := p.git(ctx, "ls-remote", "--heads", "--", p.url, "refs/heads/"+p.Branch)
	if err != nil {
		return p.explain(err, "looking at "+p.shown)
	}
	p.tip, _, _ = strings.Cut(strings.TrimSpace(out), "\t")
	if p.tip == "" {
		return nil
	}
	if known, _ := p.git(ctx, "rev-parse", "--verify", "--quiet", p.ref()); strings.TrimSpace(known) == p.tip {
		p.base = p.tip
		return nil
	}
	text, err := p.fetchMessage(ctx)
	if err != nil {
		return p.explain(err, "looking at "+p.shown)
	}
	if !strings.Contains("\n"+text+"\n", "\n"+trailer+"\n") {
		return &OccupiedError{p.Branch, p.shown, p.tip}
	}
	if p.History {
		if _, err := p.git(ctx, "fetch", "--quiet", "--depth=1", "--no-tags", p.url, "+refs/heads/"+p.Branch+":"+p.ref()); err != nil {
			return p.explain(err, "fetching "+p.Branch+" of "+p.shown)
		}
		p.base = p.tip
	}
	return nil
}

// compare counts what differs between the branch and the new commit.
func (p *publication) compare(ctx context.Context) (Plan, error) {
	plan := Plan{Remote: p.shown, Branch: p.Branch, Files: p.files, Bytes: p.bytes, Known: p.base != "" || p.tip == ""}
	if p.base == "" {
		if p.tip == "" {
			plan.Changed = p.files
		}
		return plan, nil
	}
	out, err := p.git(ctx, "diff-tree", "-r", "-z", "--no-renames", "--name-status", p.base, p.made)
	if err != nil {
		return plan, err
	}
	fields := strings.Split(out, "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == "D" {
			plan.Removed++
		} else {
			plan.Changed++
		}
	}
	return plan, nil
}

// push sends the commit, if the branch is still what it was, and remembers it.
func (p *publication) push(ctx context.Context) error {
	args := []string{"push", "--porcelain", "--no-verify", "--force-with-lease=refs/heads/" + p.Branch + ":" + p.tip}
	if p.Talk != nil {
		args = append(args, "--progress")
	}
	args = append(args, "--", p.url, p.made+":refs/heads/"+p.Branch)
	_, err := p.gitTo(ctx, p.Talk, args...)
	if err != nil && !p.History && ctx.Err() == nil && strings.Contains(err.Error(), "shallow") {
		// A host that does not want to hear what we have gets all of it.
		if err = p.unbase(); err == nil {
			_, err = p.gitTo(ctx, p.Talk, args...)
		}
	}
	if err != nil {
		return p.explain(err, fmt.Sprintf("pushing to %s of %s", p.Branch, p.shown))
	}
	if _, err := p.git(ctx, "update-ref", p.ref(), p.made); err != nil {
		return err
	}
	return errors.Join(p.forget(ctx), p.tidy(ctx))
}
