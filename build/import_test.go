package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"backfile/build/article"
	"backfile/build/internal/digest"
)

const mill = `Council votes to keep the mill

31 December 2023

The council voted nine to four on Sunday to keep the old mill and turn it into a library.

Share on Facebook

Work begins in spring, and the town expects to pay 900,000 crowns over three years.
`

// An archive is a folder that captures are imported into.
type archive struct {
	t   *testing.T
	dir string
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	return &archive{t, t.TempDir()}
}

func (a *archive) write(name, text string) string {
	a.t.Helper()
	file := filepath.Join(a.dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
		a.t.Fatal(err)
	}
	return file
}

// files returns what the archive holds, but for the lock.
func (a *archive) files() map[string]string {
	a.t.Helper()
	out := readTree(a.t, a.dir)
	delete(out, ".backfile/lock")
	return out
}

// names returns the files below a folder, one a line.
func (a *archive) names(folder string) string {
	var out []string
	for name := range a.files() {
		if strings.HasPrefix(name, folder+"/") {
			out = append(out, name+"\n")
		}
	}
	slices.Sort(out)
	return strings.Join(out, "")
}

// from imports text as standard input and returns what it tells: the status
// and the file of each capture, and the reason.
func (a *archive) from(text string, o ImportOptions) (string, error) {
	a.t.Helper()
	o.Dir, o.Sources, o.Stdin = a.dir, []string{"-"}, strings.NewReader(text)
	var told []string
	o.Each = func(it ImportItem) {
		line := strings.TrimSpace(fmt.Sprintf("%s %s %s", it.Status, it.File, it.Reason))
		for _, n := range it.Notes {
			line += "; " + n
		}
		told = append(told, line)
	}
	_, err := Import(a.t.Context(), o)
	return strings.Join(told, "\n"), err
}

// want imports text and fails unless it tells want.
func (a *archive) want(text string, o ImportOptions, want string) {
	a.t.Helper()
	got, err := a.from(text, o)
	if err != nil {
		a.t.Fatal(err)
	}
	if got != want {
		a.t.Errorf("import of %.60q\ntold %s\nwant %s", text, got, want)
	}
}

func sum(text string) string { return digest.Plain([]byte(text)).String() }

func TestATextBecomesAnArticleAndIsKept(t *testing.T) {
	a := newArchive(t)
	a.want(mill, ImportOptions{Topics: []string{"town"}, Source: "The Dale Herald"}, "imported content/2023/12/31/council-votes-to-keep-the-mill.md")
	kept := "captures/" + sum(mill)[:2] + "/" + sum(mill) + ".txt"
	files := a.files()
	if files[kept] != mill {
		t.Errorf("%s holds %q, want the capture", kept, files[kept])
	}
	got, problems := article.Parse("content/2023/12/31/council-votes-to-keep-the-mill.md", []byte(files["content/2023/12/31/council-votes-to-keep-the-mill.md"]))
	if problems != nil {
		t.Fatal(problems)
	}
	if got.Date.String() != "2023-12-31" || got.Source.SHA256 != sum(mill) || got.Source.Name != "The Dale Herald" || len(got.Topics) != 1 || len(got.ID) != 10 {
		t.Errorf("the front matter is %+v", got.Meta)
	}
	want := "The council voted nine to four on Sunday to keep the old mill and turn it into a library.\n\nWork begins in spring, and the town expects to pay 900,000 crowns over three years.\n"
	if got.Body != want {
		t.Errorf("the body is %q, want %q", got.Body, want)
	}

	before := a.files()
	a.want(mill, ImportOptions{}, "unchanged content/2023/12/31/council-votes-to-keep-the-mill.md")
	if d := diffTrees(a.files(), before); d != "" {
		t.Errorf("the same capture again changed the archive:\n%s", d)
	}
}

func TestAnArticleThatAPersonEditedStays(t *testing.T) {
	a := newArchive(t)
	a.want(mill, ImportOptions{}, "imported content/2023/12/31/council-votes-to-keep-the-mill.md")
	text := a.files()["content/2023/12/31/council-votes-to-keep-the-mill.md"]
	if err := os.Remove(filepath.Join(a.dir, "content/2023/12/31/council-votes-to-keep-the-mill.md")); err != nil {
		t.Fatal(err)
	}
	a.write("content/mill.md", strings.Replace(text, "nine to four", "9 to 4", 1)) // edited, and moved
	before := a.files()
	a.want(mill, ImportOptions{}, "unchanged content/mill.md")
	if d := diffTrees(a.files(), before); d != "" {
		t.Errorf("import changed the archive:\n%s", d)
	}
}

func TestAChangedCaptureIsToldAndChangesNothing(t *testing.T) {
	page := func(body string) string {
		return `<link rel=canonical href="https://dale.example/mill"><h1>Mill to be kept</h1><p>` + body + ` The council voted on Sunday to keep the old mill by the river.</p>`
	}
	a := newArchive(t)
	one, two := page("Nine to four."), page("Ten to three.")
	a.want(one, ImportOptions{}, "imported content/undated/mill-to-be-kept.md")
	before := a.files()
	told := "changed content/undated/mill-to-be-kept.md differs from content/undated/mill-to-be-kept.md, which stays as it is; sha256 " + sum(two) + " here, sha256 " + sum(one) + " there"
	a.want(two, ImportOptions{Keep: KeepNone}, told)
	if d := diffTrees(a.files(), before); d != "" {
		t.Errorf("a changed capture changed the archive:\n%s", d)
	}
	a.want(two, ImportOptions{}, told)
	files := a.files()
	if kept := "captures/" + sum(two)[:2] + "/" + sum(two) + ".html"; files[kept] != two {
		t.Errorf("the changed capture is not kept as %s", kept)
	}
	if f := "content/undated/mill-to-be-kept.md"; files[f] != before[f] {
		t.Errorf("%s was changed to %s", f, files[f])
	}
}

func TestOneStorySeveralTimesInOneInput(t *testing.T) {
	a := newArchive(t)
	lines := `{"url":"https://dale.example/a","title":"Mill","text":"Kept.","date":"2023-12-31"}
{"title":"Mill","text":"Kept.","date":"2023-12-31","url":"http://dale.example/a#top"}
{"url":"https://dale.example/a","title":"Mill","text":"Sold.","date":"2023-12-31"}
{"url":"https://dale.example/a","title":"Mill","text":"Kept.","date":"2024-01-01"}
{"url":"https://dale.example/b","title":"Mill","text":"Another.","date":"2023-12-31"}
{"title":"Mill","text":"A third.","date":"2023-12-31"}
{"title":"Mill","text":"A third.","date":"2023-12-30"}
{"title":"Mill","text":"A third.","date":"2023-12-31"}
`
	line := strings.Split(lines, "\n")
	changed := func(n int) string {
		return "changed content/2023/12/31/mill.md differs from content/2023/12/31/mill.md, which stays as it is; sha256 " + sum(line[n-1]) + " here, sha256 " + sum(line[0]) + " there, of -:1"
	}
	a.want(lines, ImportOptions{}, strings.Join([]string{
		"imported content/2023/12/31/mill.md",
		"unchanged content/2023/12/31/mill.md",
		changed(3), changed(4),
		"imported content/2023/12/31/mill-2.md",
		"imported content/2023/12/31/mill-3.md",
		"imported content/2023/12/30/mill.md",
		"unchanged content/2023/12/31/mill-3.md",
	}, "\n"))
	if got := a.names("captures"); got != "" {
		t.Errorf("lines of JSON lines are kept without --captures: %s", got)
	}
}

func TestFilesOfPeopleAreNotOverwritten(t *testing.T) {
	a := newArchive(t)
	a.write("content/2023/12/31/council-votes-to-keep-the-mill.md", "my own notes")
	a.want(mill, ImportOptions{}, "imported content/2023/12/31/council-votes-to-keep-the-mill-2.md; content/2023/12/31/council-votes-to-keep-the-mill.md has the same title and date")
	if got := a.files()["content/2023/12/31/council-votes-to-keep-the-mill.md"]; got != "my own notes" {
		t.Errorf("the file that was there holds %q now", got)
	}
}

func TestFlagsFillInWhatCapturesDoNotTell(t *testing.T) {
	a := newArchive(t)
	date := func(s string) article.Date { d, _ := article.ParseDate(s); return d }
	o := ImportOptions{Date: date("2020-02"), Captured: date("2024-01-02"), Lang: "be", Source: "Herald", Topics: []string{"town", "mill"}, Keep: KeepAll}
	bare, full := `{"title":"Bare","text":"b"}`, `{"title":"Full","text":"f","date":"2023-12-31","captured":"2023","lang":"en","source":"Wire","topics":["mill"]}`
	a.want(bare+"\n"+full+"\n", o, "imported content/2020/02/bare.md\nimported content/2023/12/31/full.md")
	for file, want := range map[string]string{
		"content/2020/02/bare.md":    "2020-02 2024-01-02 be Herald [town mill]",
		"content/2023/12/31/full.md": "2023-12-31 2023 en Wire [mill town]",
	} {
		got, _ := article.Parse(file, []byte(a.files()[file]))
		if s := fmt.Sprint(got.Date, " ", got.Source.Captured, " ", got.Lang, " ", got.Source.Name, " ", got.Topics); s != want {
			t.Errorf("%s says %s, want %s", file, s, want)
		}
	}
	if kept := "captures/" + sum(bare)[:2] + "/" + sum(bare) + ".json"; a.files()[kept] != bare {
		t.Errorf("%s does not hold the line", kept)
	}
	// Other flags do not make another story of it.
	a.want(bare+"\n", ImportOptions{Date: date("2021")}, "unchanged content/2020/02/bare.md")
	a.want(`{"text":"b","title":"Bare"}`+"\n", ImportOptions{}, "unchanged content/2020/02/bare.md")
}

func TestADryRunWritesNothing(t *testing.T) {
	a := newArchive(t)
	a.want(mill, ImportOptions{DryRun: true}, "imported content/2023/12/31/council-votes-to-keep-the-mill.md")
	if files := readTree(t, a.dir); len(files) != 0 {
		t.Errorf("a dry run wrote %v", files)
	}
}

func TestNothingIsWrittenThroughLinks(t *testing.T) {
	a, away := newArchive(t), t.TempDir()
	if err := os.Mkdir(filepath.Join(a.dir, "content"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(away, filepath.Join(a.dir, "content/2023")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	a.want(mill, ImportOptions{}, "refused  content/2023 is a symbolic link, and nothing is written through it")

	b := newArchive(t)
	if err := os.Symlink(away, filepath.Join(b.dir, "content")); err != nil {
		t.Fatal(err)
	}
	if got, err := b.from(mill, ImportOptions{}); err == nil {
		t.Errorf("import into a content folder elsewhere told %q, want an error", got)
	}
	c := newArchive(t)
	c.write("content/about.md", "")
	if err := os.Symlink(away, filepath.Join(c.dir, "captures")); err != nil {
		t.Fatal(err)
	}
	if got, err := c.from(mill, ImportOptions{}); err == nil {
		t.Errorf("import into a captures folder elsewhere told %q, want an error", got)
	}
	if files := readTree(t, away); len(files) != 0 {
		t.Errorf("the folder elsewhere holds %v", files)
	}
	if files := readTree(t, filepath.Join(c.dir, "content")); len(files) != 1 {
		t.Errorf("an article was written without its capture: %v", files)
	}
}

func TestADamagedCaptureIsNotTrusted(t *testing.T) {
	a := newArchive(t)
	kept := "captures/" + sum(mill)[:2] + "/" + sum(mill) + ".txt"
	a.write(kept, "something else")
	a.want(mill, ImportOptions{}, "refused  "+kept+" holds other bytes than its name says (move it away)")
	if files := a.files(); len(files) != 1 || files[kept] != "something else" {
		t.Errorf("the archive holds %v, want the damaged capture alone", files)
	}
}

// manyLines are n records, every tenth with the title of another one.
func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"url":"https://dale.example/%d","title":"Story %d","date":"2023-12-%02d","text":"The story of number %d. %s"}`+"\n", i, i/10*10+i%9, 1+i%28, i, strings.Repeat("It goes on. ", i%50))
	}
	return b.String()
}

func TestTheSameFilesHoweverManyWorkers(t *testing.T) {
	var trees []map[string]string
	for _, workers := range []int{1, 8} {
		a := newArchive(t)
		if _, err := a.from(manyLines(1200), ImportOptions{Workers: workers}); err != nil {
			t.Fatal(err)
		}
		trees = append(trees, a.files())
	}
	if len(trees[0]) != 1200 {
		t.Errorf("1200 records gave %d files", len(trees[0]))
	}
	if d := diffTrees(trees[1], trees[0]); d != "" {
		t.Errorf("eight workers made other files than one:\n%s", d)
	}
}

func TestAnInterruptedImportHasDoneWhatItTold(t *testing.T) {
	a := newArchive(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := map[string]bool{}
	rep, err := Import(ctx, ImportOptions{Dir: a.dir, Sources: []string{"-"}, Stdin: strings.NewReader(manyLines(5000)), Each: func(it ImportItem) {
		told[it.File] = true
		cancel()
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("Import returned %v, want context.Canceled", err)
	}
	files := a.files()
	if len(told) == 0 || len(told) == 5000 || len(told) != rep.Imported || len(files) != len(told) {
		t.Errorf("told of %d files and counted %d; there are %d", len(told), rep.Imported, len(files))
	}
	for name := range files {
		if !told[name] {
			t.Errorf("%s is there and was not told", name)
		}
	}
}

// TestImportAsProcess is no test but the process that two others run.
func TestImportAsProcess(t *testing.T) {
	dir := os.Getenv("BACKFILE_TEST_IMPORT")
	if dir == "" {
		t.SkipNow()
	}
	if os.Getenv("BACKFILE_TEST_SMALL_FILES") != "" {
		signal.Ignore(syscall.Signal(25)) // SIGXFSZ, so that write returns EFBIG
		if err := limitFileSize(400); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Import(t.Context(), ImportOptions{Dir: dir, Sources: []string{"-"}, Stdin: os.Stdin}); err != nil {
		t.Fatal(err)
	}
}

func importProcess(t *testing.T, dir string, stdin io.Reader, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestImportAsProcess$")
	cmd.Env = append(os.Environ(), append(env, "BACKFILE_TEST_IMPORT="+dir)...)
	cmd.Stdin = stdin
	return cmd
}

// An import killed at any instant leaves whole articles or none, and the next
// one brings in the rest: in the end the archive is what one import makes.
func TestAKilledImportIsCompletedByTheNext(t *testing.T) {
	const n = 1500
	whole := newArchive(t)
	start := time.Now()
	if err := importProcess(t, whole.dir, strings.NewReader(manyLines(n))).Run(); err != nil {
		t.Fatal(err)
	}
	took, want := time.Since(start), whole.files()
	a := newArchive(t)
	rnd := rand.New(rand.NewPCG(5, 5))
	for range 12 {
		cmd := importProcess(t, a.dir, strings.NewReader(manyLines(n)))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.Int64N(int64(took)))) // the instant is what is random, not what is tested
		_ = cmd.Process.Kill()                             // it may have ended already
		_ = cmd.Wait()
		for name, text := range a.files() {
			if strings.HasSuffix(name, ".md") && text != want[name] {
				t.Fatalf("after a kill %s holds %q, want %q", name, text, want[name])
			}
		}
	}
	if err := importProcess(t, a.dir, strings.NewReader(manyLines(n))).Run(); err != nil {
		t.Fatal(err)
	}
	if d := diffTrees(a.files(), want); d != "" {
		t.Errorf("after kills and a good import the archive differs from that of one import:\n%s", d)
	}
}

func TestAFullDiskLeavesNoHalfArticle(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("limits on file sizes are set as on Linux")
	}
	a := newArchive(t)
	said, err := importProcess(t, a.dir, strings.NewReader(manyLines(50)), "BACKFILE_TEST_SMALL_FILES=1").CombinedOutput()
	if err == nil {
		t.Error("an import that could not write its articles ended well")
	}
	if !strings.Contains(string(said), "writing content/2023/12/") || !strings.Contains(string(said), "too large") {
		t.Errorf("the message does not say which file could not be written and why:\n%s", said)
	}
	if files := a.files(); len(files) != 0 {
		t.Errorf("the archive holds %v, want nothing", files)
	}
	if err := importProcess(t, a.dir, strings.NewReader(manyLines(50))).Run(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(a.names("content"), "\n"); got != 50 {
		t.Errorf("with room again, 50 records gave %d files", got)
	}
}
