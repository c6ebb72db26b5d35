package pages

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backfile/build/publish/release"
	"backfile/build/publish/release/releasetest"
)

// A desk is a person's repository with a remote, and an archive to publish.
type desk struct {
	t                   *testing.T
	dir, remote, public string
	files               map[string]string
	store, branch       string
	history, dry        bool
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	top := t.TempDir()
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(top, "gitconfig"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("GIT_AUTHOR_NAME", "Secret Name")
	t.Setenv("GIT_AUTHOR_EMAIL", "secret@example.org")
	d := &desk{
		t: t, dir: filepath.Join(top, "site"), remote: filepath.Join(top, "remote.git"), public: filepath.Join(top, "public"),
		store: filepath.Join(top, "site", ".backfile", "pages.git"), branch: "gh-pages",
		files: map[string]string{".nojekyll": "", "index.html": "home\r\n", "2024/a.html": "a\r\n\x00", ".gitattributes": "* text eol=lf\n", "_x/y.html": "y", `q"u.html`: "q"},
	}
	config := "[core]\n\tautocrlf = input\n\texcludesFile = " + filepath.Join(top, "ignore") + "\n[user]\n\tname = A\n\temail = a@example.org\n[init]\n\tdefaultBranch = main\n"
	for file, text := range map[string]string{"gitconfig": config, "ignore": "*.html\n"} {
		if err := os.WriteFile(filepath.Join(top, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d.run("", "init", "-q", "--bare", d.remote)
	d.run("", "init", "-q", d.dir)
	d.run(d.dir, "remote", "add", "origin", d.remote)
	return d
}

// run runs git and returns what it printed.
func (d *desk) run(dir string, args ...string) string {
	d.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// atRemote runs git in the remote.
func (d *desk) atRemote(args ...string) string {
	d.t.Helper()
	return d.run("", append([]string{"--git-dir", d.remote}, args...)...)
}

func (d *desk) options() Options {
	return Options{Repo: d.dir, Store: d.store, Branch: d.branch, History: d.history, DryRun: d.dry}
}

// publish makes the archive of d.files and publishes it.
func (d *desk) publish() (Report, error) {
	d.t.Helper()
	return Publish(d.t.Context(), d.release(), d.options())
}

func (d *desk) release() *release.Release {
	d.t.Helper()
	releasetest.Make(d.t, d.public, d.files)
	r, err := release.Open(d.t.Context(), d.public)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// must publishes and expects the branch to hold just public/.
func (d *desk) must() Report {
	d.t.Helper()
	rep, err := d.publish()
	if err != nil {
		d.t.Fatal(err)
	}
	d.holds()
	return rep
}

// holds fails unless the branch holds just what public/ holds, byte for byte.
func (d *desk) holds() {
	d.t.Helper()
	out := filepath.Join(d.t.TempDir(), "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", `git --git-dir "$1" ls-tree -r -z --name-only "$2" | while IFS= read -r -d '' f; do mkdir -p "$3/$(dirname "$f")"; git --git-dir "$1" cat-file blob "$2:$f" > "$3/$f"; done; diff -r "$3" "$4"`, "sh", d.remote, d.branch, out, d.public)
	cmd.Args[0], cmd.Path = "bash", bash(d.t)
	if text, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("the branch differs from public/: %v\n%s", err, text)
	}
}

func bash(t *testing.T) string {
	t.Helper()
	p, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	return p
}

// TestBranchHoldsJustPublic: every byte as it is, whatever git is set to do,
// without a history and without a name.
func TestBranchHoldsJustPublic(t *testing.T) {
	d := newDesk(t)
	if rep := d.must(); !rep.Pushed || !rep.Known || rep.Changed != rep.Files {
		t.Errorf("the first publication: %+v", rep)
	}
	if rep := d.must(); rep.Pushed {
		t.Errorf("the same again was pushed: %+v", rep)
	}
	d.files["2024/b.html"] = "b"
	delete(d.files, "2024/a.html")
	rep := d.must()
	if rep.Removed != 2 || rep.Changed != 3 { // with a shard each, and the head
		t.Errorf("one more and one less: %+v", rep)
	}
	if n := d.atRemote("rev-list", "--count", "gh-pages"); n != "1" {
		t.Errorf("the branch has %s commits, want 1", n)
	}
	if who := d.atRemote("log", "-1", "--format=%an %ae %cn %ce %ad", "gh-pages"); strings.Contains(who, "ecret") || !strings.HasSuffix(who, "+0000") {
		t.Errorf("the commit tells %s", who)
	}
	d.atRemote("fsck", "--strict")
}

// TestHistoryIsKeptOnRequest, on another machine too.
func TestHistoryIsKeptOnRequest(t *testing.T) {
	d := newDesk(t)
	d.history = true
	d.must()
	d.files["index.html"] = "two"
	d.must()
	if err := os.RemoveAll(d.store); err != nil {
		t.Fatal(err)
	}
	d.files["index.html"] = "three"
	if rep := d.must(); !rep.Known || rep.Changed != 3 {
		t.Errorf("from another machine: %+v", rep)
	}
	d.files["index.html"] = "four"
	d.must()
	if n := d.atRemote("rev-list", "--count", "gh-pages"); n != "4" {
		t.Errorf("the branch has %s commits, want 4", n)
	}
	d.history = false
	d.files["index.html"] = "five"
	d.must()
	if n := d.atRemote("rev-list", "--count", "gh-pages"); n != "1" {
		t.Errorf("without history the branch has %s commits, want 1", n)
	}
	d.run("", "--git-dir", d.store, "fsck")
}

// TestPushSendsOnlyWhatChanged: a host gets a few objects, not the archive.
func TestPushSendsOnlyWhatChanged(t *testing.T) {
	d := newDesk(t)
	for i := range 500 {
		d.files[fmt.Sprintf("2024/%02d/a%d.html", i%12, i)] = fmt.Sprint("article ", i)
	}
	d.atRemote("config", "receive.unpackLimit", "10000")
	objects := func() (n int) {
		_, err := fmt.Sscanf(d.atRemote("count-objects"), "%d objects", &n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	d.must()
	before := objects()
	d.files["2024/01/a1.html"] = "corrected"
	d.must()
	if sent := objects() - before; sent > 12 { // the file, its folders, a shard each level, the head, the commit
		t.Errorf("a change of one file added %d objects to the host", sent)
	}
}

// TestOtherMachineGoesOn: a branch that backfile made elsewhere is known by its
// last commit.
func TestOtherMachineGoesOn(t *testing.T) {
	d := newDesk(t)
	d.must()
	if err := os.RemoveAll(d.store); err != nil {
		t.Fatal(err)
	}
	d.files["index.html"] = "newer"
	if rep := d.must(); rep.Known || !rep.Pushed {
		t.Errorf("from another machine: %+v", rep)
	}
}

// TestBranchOfOthersIsRefused, and so is one that others went on with.
func TestBranchOfOthersIsRefused(t *testing.T) {
	d := newDesk(t)
	refused := func(name string) {
		t.Helper()
		before := d.atRemote("rev-parse", d.branch)
		_, err := d.publish()
		if _, ok := errors.AsType[*OccupiedError](err); !ok {
			t.Errorf("%s: %v, want an OccupiedError", name, err)
		}
		if after := d.atRemote("rev-parse", d.branch); after != before {
			t.Errorf("%s: the branch went from %s to %s", name, before, after)
		}
	}
	work := filepath.Join(t.TempDir(), "work")
	d.run("", "init", "-q", work)
	d.run(work, "commit", "-q", "--allow-empty", "-m", "my thesis")
	d.run(work, "push", "-q", d.remote, "HEAD:gh-pages")
	refused("a branch of one's own")

	d.branch = "pages"
	d.must()
	d.run(work, "fetch", "-q", d.remote, "pages")
	d.run(work, "checkout", "-q", "FETCH_HEAD")
	d.run(work, "commit", "-q", "--allow-empty", "-m", "by hand")
	d.run(work, "push", "-q", d.remote, "HEAD:pages")
	refused("a branch that somebody went on with")
}

// TestRejectedPushChangesNothing: the host's words are told, and the next
// publication works.
func TestRejectedPushChangesNothing(t *testing.T) {
	d := newDesk(t)
	d.must()
	before := d.atRemote("rev-parse", "gh-pages")
	hook := filepath.Join(d.remote, "hooks", "pre-receive")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho the branch is closed on Sundays >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.files["index.html"] = "newer"
	_, err := d.publish()
	if err == nil || !strings.Contains(err.Error(), "closed on Sundays") || !strings.Contains(err.Error(), "nothing was changed there") {
		t.Errorf("a rejected push: %v", err)
	}
	if after := d.atRemote("rev-parse", "gh-pages"); after != before {
		t.Error("a rejected push changed the branch")
	}
	if err := os.Remove(hook); err != nil {
		t.Fatal(err)
	}
	d.must()
}

// TestRaceIsNoticed: who pushes between the look and the push is not
// overwritten.
func TestRaceIsNoticed(t *testing.T) {
	d := newDesk(t)
	d.must()
	d.files["index.html"] = "newer"
	o := d.options()
	o.Plan = func(Plan) {
		tree := d.atRemote("rev-parse", "gh-pages^{tree}")
		d.atRemote("update-ref", "refs/heads/gh-pages", d.atRemote("commit-tree", tree, "-m", "quicker"))
	}
	_, err := Publish(t.Context(), d.release(), o)
	if err == nil || !strings.Contains(err.Error(), "publish again") {
		t.Errorf("after a race: %v", err)
	}
	if text := d.atRemote("log", "-1", "--format=%s", "gh-pages"); text != "quicker" {
		t.Errorf("the branch holds %q", text)
	}
}

func TestWithoutGit(t *testing.T) {
	d := newDesk(t)
	r := d.release()
	t.Setenv("PATH", t.TempDir())
	if _, err := Publish(t.Context(), r, d.options()); !errors.Is(err, ErrNoGit) {
		t.Errorf("without git: %v", err)
	}
}

// TestOwnRepositoryIsLeftAlone: with work in every state, nothing of the
// person's repository changes.
func TestOwnRepositoryIsLeftAlone(t *testing.T) {
	d := newDesk(t)
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(".gitignore", ".backfile/\n")
	write("a.md", "one\n")
	d.run(d.dir, "add", "-A")
	d.run(d.dir, "commit", "-q", "-m", "first")
	write("a.md", "staged\n")
	d.run(d.dir, "add", "a.md")
	write("a.md", "not staged\n")
	write("b.md", "not known\n")
	state := func() string {
		return d.run(d.dir, "status", "--porcelain=v2", "--branch") + d.run(d.dir, "for-each-ref") + d.run(d.dir, "count-objects", "-v") +
			d.run(d.dir, "stash", "list") + d.run(d.dir, "ls-files", "--stage") + d.run(d.dir, "config", "--list")
	}
	before := state()
	t.Setenv("GIT_INDEX_FILE", filepath.Join(d.dir, ".git", "index")) // as in a hook
	d.must()
	if after := state(); after != before {
		t.Errorf("the repository was\n%s\nand is\n%s", before, after)
	}
}

// TestStoppedPublicationIsDoneByTheNext: a git that is stopped at any of its
// jobs, and what a killed one leaves behind, do no harm.
func TestStoppedPublicationIsDoneByTheNext(t *testing.T) {
	d := newDesk(t)
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	for i, job := range []string{"ls-remote", "fast-import", "push", "update-ref"} {
		t.Run(job, func(t *testing.T) {
			bin := t.TempDir()
			script := fmt.Sprintf("#!/bin/sh\ncase \" $* \" in *\" %s \"*) touch %s/there; exec sleep 60;; esac\nexec %s \"$@\"\n", job, bin, git)
			if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			d.files["index.html"] = fmt.Sprint("version ", i)
			r := d.release()
			path := os.Getenv("PATH")
			t.Setenv("PATH", bin+":"+path)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				for { // until the job is under way
					if _, err := os.Stat(filepath.Join(bin, "there")); err == nil {
						cancel()
						return
					}
					time.Sleep(time.Millisecond)
				}
			}()
			start := time.Now()
			if _, err := Publish(ctx, r, d.options()); !errors.Is(err, context.Canceled) {
				t.Errorf("Publish: %v, want that it was cancelled", err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("it took %v to stop", took)
			}
			t.Setenv("PATH", path)
			for _, name := range []string{"shallow.lock", "packed-refs.lock", "objects/pack/tmp_pack_x"} {
				if _, err := os.Stat(d.store); err == nil {
					file := filepath.Join(d.store, filepath.FromSlash(name))
					_ = os.MkdirAll(filepath.Dir(file), 0o755)
					if err := os.WriteFile(file, nil, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			d.must()
		})
	}
}

// TestDamagedStoreIsMadeAnew: all it holds can be made again.
func TestDamagedStoreIsMadeAnew(t *testing.T) {
	d := newDesk(t)
	d.must()
	if err := os.Remove(filepath.Join(d.store, "HEAD")); err != nil {
		t.Fatal(err)
	}
	d.files["index.html"] = "newer"
	d.must()
}

func TestDryRunPushesNothing(t *testing.T) {
	d := newDesk(t)
	d.dry = true
	rep, err := d.publish()
	if err != nil || rep.Pushed || rep.Files != len(d.files)+3 {
		t.Errorf("a dry run: %+v, %v", rep, err)
	}
	if refs := d.atRemote("for-each-ref"); refs != "" {
		t.Errorf("a dry run made %s", refs)
	}
}
