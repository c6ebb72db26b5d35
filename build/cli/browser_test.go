package cli

import (
	"context"
	"encoding/json"
	"fmt"
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

// A browser is a tab of headless Chromium.
type browser struct {
	t   testing.TB
	ctx context.Context

	mu      sync.Mutex
	console []string
}

// patience of a test with a page, on a slow machine.
const browserPatience = time.Minute

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
		t.Skip("there is no Chromium here: the preview is not tried in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
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

// listen notes what the console says, and what breaks a page's policy.
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
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		b.t.Fatalf("opening %s: %v (console: %q)", url, err, b.said())
	}
}

// try evaluates a JavaScript expression. A page that is being left cannot.
func (b *browser) try(expression string) (bool, error) {
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("JSON.stringify(!!("+expression+"))"))
	if err != nil {
		return false, err
	}
	var ok bool
	return ok, json.Unmarshal([]byte(text), &ok)
}

// until waits for a JavaScript expression to be true, across reloads.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	var last error
	for late := time.Now().Add(browserPatience); time.Now().Before(late); {
		ok, err := b.try(expression)
		if ok {
			return
		}
		last = err
		select {
		case <-b.t.Context().Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
	text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body?.innerText.slice(0, 300) + '\\n' + (document.querySelector('backfile-problems')?.shadowRoot.textContent || 'no overlay')"))
	b.t.Fatalf("%s: %s has not become true: %v (console: %q)\n%s", what, expression, last, b.said(), strings.TrimSpace(text))
}
