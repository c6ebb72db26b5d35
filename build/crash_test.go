package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"backfile/build/internal/diag"
	"backfile/build/manifest"
)

// TestMain lets the tests run this program again as a build that can be
// killed, or that runs against a full disk.
func TestMain(m *testing.M) {
	if dir := os.Getenv("BACKFILE_TEST_BUILD"); dir != "" {
		os.Exit(buildAsProcess(dir))
	}
	os.Exit(m.Run())
}

func buildAsProcess(dir string) int {
	if os.Getenv("BACKFILE_TEST_FULL_DISK") != "" {
		// No file may grow beyond 4 kB: writes fail part-way, as on a full disk.
		signal.Ignore(syscall.Signal(25)) // SIGXFSZ, so that write returns EFBIG
		if err := limitFileSize(4096); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
	}
	if _, err := Run(context.Background(), Options{Dir: dir, NoSync: true}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func process(t *testing.T, dir string, env ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), append(env, "BACKFILE_TEST_BUILD="+dir)...)
	return cmd
}

// TestKilledBuildIsCompletedByTheNext is invariant 4: a build killed at any
// instant leaves a public/ that the next build completes, and nothing
// half-made is ever listed.
func TestKilledBuildIsCompletedByTheNext(t *testing.T) {
	s := newTestSite(t, 60)
	rnd := rand.New(rand.NewPCG(3, 3))
	start := time.Now()
	if err := process(t, s.dir).Run(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(start)
	killed := 0
	for i := range 25 {
		if i%5 == 0 {
			s.remove("public")
			s.remove(".backfile")
		}
		s.write("site.yaml", fmt.Sprintf("title: Killed %d times\npage_size: 10\n", i)) // every page changes
		cmd := process(t, s.dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.Int64N(int64(whole)))) // the instant is what is random, not what is tested
		_ = cmd.Process.Kill()                              // it may have ended already
		if err := cmd.Wait(); err != nil {
			killed++
		}
		checkListed(t, s)
	}
	s.build()
	if d := diffTrees(s.published(), s.buildFromNothing()); d != "" {
		t.Errorf("after %d killed builds and a good one, public/ differs from a build from nothing:\n%s", killed, d)
	}
	if killed < 5 {
		t.Logf("only %d of 25 builds were still running when they were killed", killed)
	}
}

// checkListed fails when a file that the manifest lists is empty or cut short.
// A build killed while it moves files leaves some pages newer than the old
// head; those are whole, and the next build lists them.
func checkListed(t *testing.T, s *testSite) {
	t.Helper()
	if _, err := os.Stat(s.path("public")); errors.Is(err, fs.ErrNotExist) {
		return // killed before it had begun to write
	}
	for p, text := range s.published() {
		if strings.HasSuffix(p, ".html") && !strings.HasSuffix(strings.TrimSpace(text), "</html>") {
			t.Fatalf("%s is cut short after a kill: %d bytes", p, len(text))
		}
	}
	public := os.DirFS(s.path("public"))
	head, err := manifest.ReadHead(public)
	if err != nil {
		return // there is none before the first build ends
	}
	for _, err := range head.Read(public) {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("the manifest in place is damaged after a kill: %v", err)
		}
	}
}

// TestFullDiskLeavesPublicAsItWas: writes that fail part-way.
func TestFullDiskLeavesPublicAsItWas(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("limits on file sizes are set as on Linux")
	}
	s := newTestSite(t, 20)
	s.build()
	before := s.published()
	s.write("site.yaml", "title: A new name\n")
	s.write(articleFile(3), articleText(3, strings.Repeat("A long story that does not fit. ", 1000)))
	cmd := process(t, s.dir, "BACKFILE_TEST_FULL_DISK=1")
	var said strings.Builder
	cmd.Stderr = &said
	err := cmd.Run()
	if err == nil {
		t.Fatal("a build that could not write its pages ended well")
	}
	if !strings.Contains(said.String(), "writing ") || !strings.Contains(said.String(), "too large") {
		t.Errorf("the message does not say which file could not be written and why: %s", said.String())
	}
	if d := diffTrees(s.published(), before); d != "" {
		t.Errorf("a build that failed for want of space changed public/:\n%s", d)
	}
	s.build()
	if d := diffTrees(s.published(), s.buildFromNothing()); d != "" {
		t.Errorf("the build after it differs from one from nothing:\n%s", d)
	}
}

// TestProblemLeavesPublicAsItWas is invariant 3.
func TestProblemLeavesPublicAsItWas(t *testing.T) {
	breakages := []struct {
		name string
		do   func(s *testSite)
		want string
	}{
		{"front matter", func(s *testSite) {
			s.write("content/2020/01/02/bad.md", "---\ntitle: x\ndate: 17 Mayish\n---\n")
		}, "content/2020/01/02/bad.md:3:"},
		{"site.yaml", func(s *testSite) { s.write("site.yaml", "title: x\npage_sise: 20\n") }, "site.yaml:2:1: unknown key"},
		{"layout syntax", func(s *testSite) { s.write("layouts/day.html", "{{define \"main\"}}\n{{if}}{{end}}") }, "layouts/day.html:2"},
		{"layout field", func(s *testSite) {
			s.write("layouts/year.html", "{{define \"main\"}}\n{{.Year.Yeer}}{{end}}")
		}, "layouts/year.html:2"},
		{"two articles of one address", func(s *testSite) {
			s.write("content/other/story-3.md", strings.Replace(articleText(3, "x"), "id: test", "id: other", 1))
		}, "is already that of content/"},
		{"two articles of one id", func(s *testSite) { s.write("content/copy.md", articleText(4, "x")) }, "the id \"test000004\" is already"},
		{"static file in a page's place", func(s *testSite) { s.write("static/2015/index.html", "x") }, "static/2015/index.html: would take the place"},
	}
	for _, b := range breakages {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			s := newTestSite(t, 20)
			s.build()
			before := s.published()
			s.write(articleFile(0), articleText(0, "A change that must wait.")) // so that there is something to write
			b.do(s)
			_, err := s.run(Options{})
			if err == nil {
				t.Fatalf("build found no problem, want %s", b.want)
			}
			if _, ok := errors.AsType[diag.List](err); !ok {
				t.Errorf("the error is a %T, want a diag.List", err)
			}
			if !strings.Contains(err.Error(), b.want) {
				t.Errorf("build said\n %s\nwant it to hold\n %s", err, b.want)
			}
			if d := diffTrees(s.published(), before); d != "" {
				t.Errorf("public/ was changed:\n%s", d)
			}
		})
	}
}

// TestKeepGoingPublishesTheRest: with KeepGoing the good files are published
// and the bad ones told, again and again.
func TestKeepGoingPublishesTheRest(t *testing.T) {
	s := newTestSite(t, 12)
	s.write("content/2020/01/02/bad.md", "---\ntitle: x\ndate: 17 Mayish\n---\n")
	s.write("content/copy.md", articleText(4, "x"))
	for i := range 2 {
		rep, err := s.run(Options{KeepGoing: true})
		if err != nil {
			t.Fatal(err)
		}
		if rep.Articles != 12 || len(rep.Problems.Errors()) != 2 || rep.LeftOut != 2 {
			t.Errorf("build %d: %d articles, %d problems, %d left out; want 12, 2, 2", i, rep.Articles, len(rep.Problems.Errors()), rep.LeftOut)
		}
	}
	if _, err := s.run(Options{}); err == nil {
		t.Error("a build without KeepGoing after one with it found no problem")
	}
}

// TestOutputFolderMustBeOurs: a folder of somebody's files is not taken over.
func TestOutputFolderMustBeOurs(t *testing.T) {
	s := newTestSite(t, 3)
	taken := t.TempDir()
	if err := os.WriteFile(filepath.Join(taken, "thesis.txt"), []byte("years of work"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{taken, s.dir, s.path("content/public"), s.path("static"), filepath.Dir(s.dir)} {
		if _, err := s.run(Options{Out: out}); err == nil || !strings.Contains(err.Error(), "output folder") {
			t.Errorf("build into %s: %v, want it refused", out, err)
		}
	}
	if b, err := os.ReadFile(filepath.Join(taken, "thesis.txt")); err != nil || string(b) != "years of work" {
		t.Errorf("the file in the refused folder: %q, %v", b, err)
	}
	empty := filepath.Join(t.TempDir(), "new", "public")
	if _, err := s.run(Options{Out: empty}); err != nil {
		t.Errorf("build into a folder that does not exist yet: %v", err)
	}
}

// TestLinksOutOfTheSiteAreNotFollowed covers symbolic links to files and
// folders, in content/, static/ and public/.
func TestLinksOutOfTheSiteAreNotFollowed(t *testing.T) {
	s := newTestSite(t, 3)
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret.md")
	if err := os.WriteFile(secret, []byte("---\ntitle: Secret\n---\nhidden words\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"content/link.md": secret, "content/folder": outside, "static/link.txt": secret} {
		if err := os.Symlink(to, s.path(link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	rep := s.build()
	if rep.LeftOut != 1 || rep.LeftOutFiles != 1 {
		t.Errorf("%d articles and %d files left out, want 1 and 1: the link and the linked folder", rep.LeftOut, rep.LeftOutFiles)
	}
	for p, b := range s.published() {
		if strings.Contains(b, "hidden words") {
			t.Errorf("%s holds the text of a file outside the site", p)
		}
	}
	s.remove("public/2015")
	if err := os.Symlink(outside, s.path("public/2015")); err != nil {
		t.Fatal(err)
	}
	s.build()
	if files := readTree(t, outside); len(files) != 1 {
		t.Errorf("the build wrote through a link in public/: %d files outside, want 1", len(files))
	}
	if d := diffTrees(s.published(), s.buildFromNothing()); d != "" {
		t.Errorf("public/ after the link was replaced differs:\n%s", d)
	}
}
