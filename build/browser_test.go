package build

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A browser is a tab of headless Chromium. Whatever its console says fails the
// test, unless the test has called quiet.
type browser struct {
	t   testing.TB
	ctx context.Context

	mu      sync.Mutex
	console []string
}

// plainHost is a name of this machine that is not trusted as localhost is.
const plainHost = "courier.test"

// newBrowser starts Chromium. Where there is none the test is skipped, but on
// CI it fails.
func newBrowser(t testing.TB) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no Chromium, and CI must have one: see .ci/run")
		}
		t.Skip("there is no Chromium here")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("host-resolver-rules", "MAP "+plainHost+" 127.0.0.1"), chromedp.UserDataDir(t.TempDir()))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(alloc)
	b := &browser{t: t, ctx: ctx}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until Chromium has let go of its folder
		stop()
	})
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	return b
}

// listen notes what the console says, and what breaks the page's policy or is
// not found.
func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			b.console = append(b.console, fmt.Sprintf("%s: %s%s", e.Type, a.Value, a.Description))
		}
	case *runtime.EventExceptionThrown:
		b.console = append(b.console, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.console = append(b.console, e.Entry.Text+" "+e.Entry.URL)
	}
}

// said returns what the console has said, and forgets it.
func (b *browser) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.console
	b.console = nil
	return said
}

// quiet fails the test if the console has said anything.
func (b *browser) quiet() {
	b.t.Helper()
	if said := b.said(); len(said) > 0 {
		b.t.Errorf("the console says %q", said)
	}
}

// open shows a page.
func (b *browser) open(url string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		b.t.Fatalf("opening %s: %v (console: %q)", url, err, b.said())
	}
}

// patience is how long a page may take on a slow machine.
const patience = time.Minute

// eval awaits a JavaScript expression and reads its value, made JSON, into
// result.
func (b *browser) eval(expression string, result any) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	wrapped := "(async () => JSON.stringify(await (" + expression + ")))()"
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](wrapped, chromedp.EvalAwaitPromise))
	if err == nil {
		err = json.Unmarshal([]byte(text), result)
	}
	if err != nil {
		b.t.Fatalf("%.300s: %v (console: %q)", expression, err, b.said())
	}
}

// until waits for a JavaScript expression to be true.
func (b *browser) until(expression string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patience)))
	if err != nil {
		var text string
		b.eval("document.body.innerText", &text)
		b.t.Fatalf("%s has not become true: %v (console: %q)\n%s", expression, err, b.said(), text)
	}
}

// serve serves a folder as GitHub Pages would, below a path of its own.
func serve(t testing.TB, dir string) (url string) {
	s := httptest.NewServer(http.StripPrefix("/archive/", http.FileServer(http.Dir(dir))))
	t.Cleanup(s.Close)
	return s.URL + "/archive/"
}

// quote writes s as a JavaScript string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has one
	}
	return strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`).Replace(string(b))
}
