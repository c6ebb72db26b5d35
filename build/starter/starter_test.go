package starter

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"backfile/build/config"

	"go.yaml.in/yaml/v4"
)

var day = time.Date(2024, 5, 17, 12, 0, 0, 0, time.UTC)

func read(t *testing.T, parts ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestTitlesSurvive: whatever the archive is called, site.yaml says so.
func TestTitlesSurvive(t *testing.T) {
	for _, title := range []string{
		"The Courier", "1984", "yes", "Ночь: газета #1", `"Quoted" & 'so'`, "- dash", "{{.x}}", "<<a>>", "null", "a\tb", "Le Monde illustré", "@home",
		strings.Repeat("Long and longer ", 10),
	} {
		dir := filepath.Join(t.TempDir(), "new")
		if _, err := Write(dir, Options{Title: title, Today: day}); err != nil {
			t.Errorf("Write of %q: %v", title, err)
			continue
		}
		cfg, problems, err := config.Load(dir)
		if err != nil || len(problems) > 0 {
			t.Errorf("site.yaml of %q: %v %v", title, problems, err)
			continue
		}
		if want := strings.Join(strings.Fields(title), " "); cfg.Title != want {
			t.Errorf("the title is %q, want %q", cfg.Title, want)
		}
	}
}

// TestWhatIsWrongWritesNothing: an option that makes no sense is told before
// anything is written.
func TestWhatIsWrongWritesNothing(t *testing.T) {
	for _, o := range []Options{
		{Title: "", Today: day}, {Title: "x", Language: "klingonish", Today: day}, {Title: "x", Language: "en\nnoindex: true", Today: day},
		{Title: "x", BaseURL: "example", Today: day}, {Title: "x", Program: "https://x/'; rm -rf /", Today: day},
		{Title: "x", Program: "https://x/a.git", Version: "--upload-pack=x", Today: day},
	} {
		dir := filepath.Join(t.TempDir(), "new")
		if _, err := Write(dir, o); err == nil {
			t.Errorf("Write(%+v) found nothing wrong", o)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("Write(%+v) left something behind", o)
		}
	}
}

// TestEveryKeyIsExplained: the new site.yaml names every key there is, and
// stays right when the examples are taken out of their comments.
func TestEveryKeyIsExplained(t *testing.T) {
	dir := t.TempDir()
	if _, err := Write(dir, Options{Title: "The Courier", Today: day}); err != nil {
		t.Fatal(err)
	}
	src := read(t, dir, "site.yaml")
	if !strings.HasPrefix(src, "# yaml-language-server: $schema=./.backfile/site.schema.json\n") {
		t.Error("site.yaml does not begin with its schema line")
	}
	// A comment that is an example has a key in small letters, or is indented.
	src = regexp.MustCompile(`(?m)^# ([a-z_]+:( |$)|  [a-z])`).ReplaceAllString(src, "$1")
	if _, problems := config.Parse("site.yaml", []byte(src)); len(problems) > 0 {
		t.Errorf("with all examples, site.yaml is\n%s\n%v", src, problems)
	}
	var schema struct{ Properties map[string]any }
	if err := yaml.Unmarshal(config.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for key := range schema.Properties {
		if !regexp.MustCompile(`(?m)^` + key + `:`).MatchString(src) {
			t.Errorf("site.yaml does not explain %s", key)
		}
	}
}

// TestNothingIsOverwritten: what is there stays, and the rest is made.
func TestNothingIsOverwritten(t *testing.T) {
	dir := t.TempDir()
	mine := map[string]string{"README.md": "mine\n", ".gitignore": "*.o\n", "content/a.md": "---\ntitle: x\n---\n"}
	for name, text := range mine {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	made, err := Write(dir, Options{Title: "The Courier", Today: day})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range mine {
		if got := read(t, dir, name); got != text {
			t.Errorf("%s now holds %q", name, got)
		}
	}
	for _, m := range made {
		if _, there := mine[m.Path]; m.New == there {
			t.Errorf("%s: new is %t", m.Path, m.New)
		}
		if strings.HasSuffix(m.Path, ".md") && m.Path != "README.md" {
			t.Errorf("%s was made in an archive that has content", m.Path)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, ".github/workflows/pages.yml")); err != nil {
		t.Error(err)
	}
}

// TestWorkflowIsPinnedAndModest: every action is named by its commit, and no
// job may do more than it must.
func TestWorkflowIsPinnedAndModest(t *testing.T) {
	dir := t.TempDir()
	if _, err := Write(dir, Options{Title: "x", Program: "https://git.example/backfile.git", Version: "v1.2.0", Today: day}); err != nil {
		t.Fatal(err)
	}
	src := read(t, dir, ".github/workflows/pages.yml")
	var flow struct {
		Permissions map[string]string
		Jobs        map[string]struct {
			Permissions map[string]string
			Steps       []struct{ Uses, Run string }
		}
	}
	if err := yaml.Unmarshal([]byte(src), &flow); err != nil {
		t.Fatal(err)
	}
	if len(flow.Permissions) != 0 {
		t.Errorf("the workflow may do %v", flow.Permissions)
	}
	want := map[string]string{"build contents": "read", "deploy pages": "write", "deploy id-token": "write"}
	pinned := regexp.MustCompile(`^actions/[a-z-]+@[0-9a-f]{40}$`)
	for name, job := range flow.Jobs {
		for what, how := range job.Permissions {
			if want[name+" "+what] != how {
				t.Errorf("job %s may %s %s", name, how, what)
			}
			delete(want, name+" "+what)
		}
		for _, s := range job.Steps {
			if s.Uses != "" && !pinned.MatchString(s.Uses) {
				t.Errorf("%s is not pinned by its commit", s.Uses)
			}
			if strings.Contains(s.Run, "${{") {
				t.Errorf("a script is made of an expression, which may hold anything: %s", s.Run)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("nobody may %v", want)
	}
	if !strings.Contains(src, "${{ vars.BACKFILE_SOURCE || 'https://git.example/backfile.git' }}") {
		t.Errorf("the workflow does not know where backfile comes from:\n%s", src)
	}
}
