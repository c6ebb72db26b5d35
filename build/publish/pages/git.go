package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"backfile/build/publish/release"
)

// ErrNoGit is returned where git is not installed.
var ErrNoGit = errors.New("git is not installed, and publishing to GitHub Pages needs it: https://git-scm.com/downloads")

// A publication is a Publish under way.
type publication struct {
	Options
	r     *release.Release
	exe   string   // git
	env   []string // for git in Store
	url   string   // of the remote
	shown string   // the same without passwords

	tip  string // the commit that the branch has, or ""
	base string // the same if Store has it, or ""
	made string // the new commit

	files int   // of the new commit
	bytes int64 //
}

// open finds git, the remote and the store.
func open(ctx context.Context, r *release.Release, o Options) (*publication, error) {
	exe, err := exec.LookPath("git")
	if err != nil {
		return nil, ErrNoGit
	}
	p := &publication{Options: o, r: r, exe: exe}
	if _, err := p.run(ctx, command{args: []string{"check-ref-format", "--branch", o.Branch}}); err != nil {
		return nil, fmt.Errorf("%q is not the name of a branch", o.Branch)
	}
	if err := p.findRemote(ctx); err != nil {
		return nil, err
	}
	settings, err := p.settings(ctx)
	if err != nil {
		return nil, err
	}
	p.env = append(plainEnv(), settings...)
	p.env = append(p.env, "GIT_DIR="+p.Store)
	return p, p.openStore(ctx)
}

// findRemote turns the name of a remote into its address.
func (p *publication) findRemote(ctx context.Context) error {
	p.url = p.Remote
	if info, err := os.Stat(p.Remote); err == nil && info.IsDir() && strings.ContainsAny(p.Remote, `/\`) {
		p.url, err = filepath.Abs(p.Remote)
		if err != nil {
			return err
		}
	} else if !strings.ContainsAny(p.Remote, ":/") {
		out, err := p.run(ctx, command{dir: p.Repo, env: plainEnv(), args: []string{"remote", "get-url", "--push", "--", p.Remote}})
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("%s has no git remote %q: give the address of a repository with --remote", p.Repo, p.Remote)
		}
		p.url = strings.TrimSpace(out)
		if info, err := os.Stat(filepath.Join(p.Repo, p.url)); err == nil && info.IsDir() && !filepath.IsAbs(p.url) {
			if p.url, err = filepath.Abs(filepath.Join(p.Repo, p.url)); err != nil {
				return err
			}
		}
	}
	if strings.HasPrefix(p.url, "-") {
		return fmt.Errorf("%q is not the address of a repository", p.url)
	}
	p.shown = p.url
	if u, err := url.Parse(p.url); err == nil && u.User != nil && u.Scheme != "ssh" {
		u.User = nil
		p.shown = u.String()
	}
	return nil
}

// reaching are the settings of a repository that say how a remote is reached.
var reaching = []string{"credential.", "http.", "https.", "url.", "ssh.", "core.sshcommand=", "core.gitproxy=", "core.askpass=", "protocol."}

// settings returns the variables that make the person's own settings for
// reaching a remote hold in Store too. Those of the person and of the machine
// hold in any case.
func (p *publication) settings(ctx context.Context) ([]string, error) {
	out, err := p.run(ctx, command{dir: p.Repo, env: plainEnv(), args: []string{"config", "--local", "--includes", "--list", "-z"}})
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, nil // not in a repository
	}
	var env []string
	n := 0
	for item := range strings.SplitSeq(out, "\x00") {
		key, value, _ := strings.Cut(item, "\n")
		for _, prefix := range reaching {
			if strings.HasPrefix(strings.ToLower(key)+"=", prefix) {
				env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", n, key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", n, value))
				n++
				break
			}
		}
	}
	return append(env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", n)), nil
}

// plainEnv is the environment without what would lead git to another
// repository, as it is set inside a hook.
func plainEnv() []string {
	var env []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX":
			continue
		}
		env = append(env, v)
	}
	return append(env, "LC_ALL=C")
}

// A command is one run of git.
type command struct {
	args  []string
	dir   string
	env   []string
	stdin io.Reader
	talk  io.Writer // gets what git says, too
}

// A gitError is what git said when it failed.
type gitError struct {
	what string
	said string
	err  error
}

func (e *gitError) Error() string {
	s := "git " + e.what
	if e.said != "" {
		return s + ": " + e.said
	}
	return s + ": " + e.err.Error()
}

func (e *gitError) Unwrap() error { return e.err }

// killDelay is how long git may take to end after an interrupt.
const killDelay = 2 * time.Second

// run runs git and returns what it printed.
func (p *publication) run(ctx context.Context, c command) (string, error) {
	cmd := exec.CommandContext(ctx, p.exe, c.args...)
	cmd.Dir, cmd.Env, cmd.Stdin = c.dir, c.env, c.stdin
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if c.talk != nil {
		cmd.Stderr = io.MultiWriter(&said, c.talk)
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = killDelay
	err := cmd.Run()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "", &gitError{c.args[0], p.tidySpeech(out.String() + said.String()), err}
	}
	return out.String(), nil
}

// git runs git in Store.
func (p *publication) git(ctx context.Context, args ...string) (string, error) {
	return p.run(ctx, command{args: args, env: p.env})
}

func (p *publication) gitTo(ctx context.Context, talk io.Writer, args ...string) (string, error) {
	return p.run(ctx, command{args: args, env: p.env, talk: talk})
}

// tidySpeech takes from what git said the lines that say something, and out of
// them passwords.
func (p *publication) tidySpeech(said string) string {
	if p.url != p.shown {
		said = strings.ReplaceAll(said, p.url, p.shown)
	}
	var lines []string
	for l := range strings.SplitSeq(strings.ReplaceAll(said, "\r", "\n"), "\n") {
		l = strings.TrimSpace(l)
		switch {
		case l == "", l == "Done", strings.HasPrefix(l, "hint:"), strings.HasPrefix(l, "To "), strings.HasPrefix(l, "error: failed to push"):
		case strings.Contains(l, " objects: "), strings.HasPrefix(l, "Total "), strings.Contains(l, "Resolving deltas"):
		default:
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n  ")
}

// explain says what to do about a failure that people meet.
func (p *publication) explain(err error, doing string) error {
	var g *gitError
	if !errors.As(err, &g) {
		return err
	}
	help := ""
	switch said := g.said; {
	case strings.Contains(said, "stale info"), strings.Contains(said, "cannot lock ref"):
		help = "somebody else has changed the branch meanwhile: publish again"
	case strings.Contains(said, "protected branch"), strings.Contains(said, "GH006"):
		help = "the branch is protected: allow pushes to it, or choose another with --branch"
	case strings.Contains(said, "hook declined"), strings.Contains(said, "remote rejected"):
		help = "the host refused it; nothing was changed there"
	case strings.Contains(said, "Authentication failed"), strings.Contains(said, "could not read Username"), strings.Contains(said, "Permission denied"):
		help = "git has no right to do this: see whether \"git push\" works"
	case strings.Contains(said, "does not appear to be a git repository"), strings.Contains(said, "not found"), strings.Contains(said, "does not exist"):
		help = "is there such a repository, and may you see it?"
	case strings.Contains(said, "Could not resolve host"), strings.Contains(said, "unable to access"), strings.Contains(said, "Could not read from remote"):
		help = "the host cannot be reached"
	}
	if help != "" {
		help = "\n  (" + help + ")"
	}
	return fmt.Errorf("%s: %w%s", doing, err, help)
}
