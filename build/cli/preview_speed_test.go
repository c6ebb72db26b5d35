package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPreviewSpeed saves articles of a site that is being served, and prints how
// long it takes until the browser has reloaded with what was saved:
//
//	backfile serve -C DIR --port 1414 &
//	PREVIEW_SITE=DIR PREVIEW_URL=http://127.0.0.1:1414/ go test ./build/cli -run PreviewSpeed -v
//
// Without these it serves a small site of its own.
func TestPreviewSpeed(t *testing.T) {
	b := newBrowser(t)
	p := &previewed{t: t, dir: os.Getenv("PREVIEW_SITE"), url: os.Getenv("PREVIEW_URL")}
	if p.dir == "" {
		p = newPreviewed(t)
		p.serve("--port", "0")
	}
	files, err := filepath.Glob(p.path("content/20*/*/*/*.md"))
	if err != nil || len(files) == 0 {
		t.Fatal("no articles:", err)
	}
	const times = 21
	var took []time.Duration
	for i := range times {
		file := files[len(files)*(i+1)/(times+2)]
		rel, err := filepath.Rel(p.path("content"), file)
		if err != nil {
			t.Fatal(err)
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.open(p.url + strings.TrimSuffix(filepath.ToSlash(rel), ".md") + ".html")
		b.until("the page", "document.readyState === 'complete'")
		word := fmt.Sprintf("word%d", time.Now().UnixNano())
		p.write("content/"+filepath.ToSlash(rel), strings.TrimRight(string(src), "\n")+"\n\nThen came "+word+".\n")
		start := time.Now()
		b.until("the edit", "document.readyState === 'complete' && "+has(word))
		took = append(took, time.Since(start))
	}
	t.Logf("in order: %v", took)
	slices.Sort(took)
	t.Logf("save to reloaded: median %d ms, quickest %d ms, slowest %d ms of %d", took[times/2].Milliseconds(), took[0].Milliseconds(), took[times-1].Milliseconds(), times)
}
