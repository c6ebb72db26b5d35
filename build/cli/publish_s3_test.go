package cli

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// TestPublishToABucket walks the way of a person: a dry run, a publication, one
// more, a correction, and mistakes on the command line.
func TestPublishToABucket(t *testing.T) {
	memory := s3mem.New()
	if err := memory.CreateBucket("courier"); err != nil {
		t.Fatal(err)
	}
	host := httptest.NewServer(gofakes3.New(memory).Server())
	defer host.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "the-key-id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "the-secret")
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_ENDPOINT_URL", host.URL)
	dir := t.TempDir()
	article := filepath.Join(dir, "content", "2024", "01", "02", "a.md")
	if err := os.MkdirAll(filepath.Dir(article), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir, "site.yaml"), "title: The Courier\nsearch: false\n")
	write(article, "---\ntitle: A\n---\nText.\n")
	step := func(want int, says string, args ...string) {
		t.Helper()
		status, stdout, stderr := run(append([]string{"-C", dir}, args...)...)
		all := stdout + stderr
		if status != want || !strings.Contains(all, says) {
			t.Errorf("%q ends with %d and says\n%swant %d and %q", args, status, all, want, says)
		}
		if strings.Contains(all, "the-secret") || strings.Contains(all, "the-key-id") {
			t.Errorf("%q tells a secret:\n%s", args, all)
		}
	}
	step(0, "1 article", "build")
	step(0, "nothing was done (--dry-run)", "publish", "s3", "--dry-run", "s3://courier/a")
	step(0, "0 removed", "publish", "s3://courier/a")
	step(0, `"written":0`, "publish", "s3", "s3://courier/a", "--json")
	write(article, "---\ntitle: A\n---\nOther text.\n")
	step(0, "written", "build")
	step(0, " changed (", "publish", "s3", "s3://courier/a")
	step(1, `there is no bucket "nowhere" at this host`, "publish", "s3", "s3://nowhere")
	step(2, "is not of the form s3://bucket/prefix", "publish", "s3", "courier")
	step(2, "backfile publish s3 --help", "publish", "s3")
}
