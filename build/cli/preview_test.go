package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A previewed site is one in a folder of its own that is being served.
type previewed struct {
	t    testing.TB
	dir  string
	url  string
	stop func() error // and returns what serve returned

	mu  sync.Mutex
	log bytes.Buffer // standard error
}

func newPreviewed(t testing.TB) *previewed {
	p := &previewed{t: t, dir: t.TempDir()}
	p.write("site.yaml", "title: The Test Courier\n")
	p.write(flood, floodText("The water rose."))
	p.write("content/2020/01/03/b.md", "---\ntitle: B story\n---\nDry again.\n")
	return p
}

const flood = "content/2020/01/02/flood.md"

// floodText is an article of several screens.
func floodText(first string) string {
	return "---\ntitle: Flood\n---\n" + first + "\n\n" + strings.Repeat("Rain fell on the quay, and on the town, and on the river.\n\n", 200)
}

func (p *previewed) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

// write replaces a file whole, as editors do.
func (p *previewed) write(name, text string) {
	p.t.Helper()
	file := p.path(name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	temp := filepath.Join(filepath.Dir(file), ".new~")
	if err := os.WriteFile(temp, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(temp, file); err != nil {
		p.t.Fatal(err)
	}
}

// Write takes standard error.
func (p *previewed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

func (p *previewed) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// serve starts "backfile serve" and waits for its address.
func (p *previewed) serve(args ...string) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	g := &globals{Stdout: w, Stderr: p}
	root := newRoot(g)
	root.SetArgs(append([]string{"-C", p.dir, "serve"}, args...))
	root.SetOut(w)
	root.SetErr(p)
	done := make(chan error, 1)
	go func() {
		err := root.ExecuteContext(ctx)
		w.CloseWithError(io.EOF)
		done <- err
	}()
	stop := sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	p.stop = stop
	p.t.Cleanup(func() { _ = stop() })
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "http://") {
			p.url = lines.Text()
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return
		}
	}
	p.t.Fatalf("serve ended without an address: %v\n%s", stop(), p.said())
}

// port is that of the server.
func (p *previewed) port() string {
	u, err := url.Parse(p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	return u.Port()
}

// until waits for a page to hold a text, and returns the page.
func (p *previewed) until(page, text string) string {
	p.t.Helper()
	last := ""
	for late := time.Now().Add(20 * time.Second); time.Now().Before(late); {
		resp, err := http.Get(p.url + page)
		if err != nil {
			p.t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if last = string(b); strings.Contains(last, text) {
			return last
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.t.Fatalf("%s does not come to hold %q:\n%.500s\n%s", page, text, last, p.said())
	return ""
}

const (
	overlay = "document.querySelector('backfile-problems')?.shadowRoot.querySelector('section:not(.small)')?.textContent"
	mark    = "(window.mark = 1)"         // set in a page
	marked  = "window.mark === 1"         // until it is reloaded
	scroll  = "(scrollTo(0, 900), true)"  // some screens down
	there   = "Math.abs(scrollY-900) < 9" // still
)

func has(text string) string { return fmt.Sprintf("document.body.innerText.includes(%q)", text) }

func shows(text string) string { return fmt.Sprintf("(%s||'').includes(%q)", overlay, text) }

// TestThePageFollowsTheFile is the promise of the preview: what is saved is
// seen, at the same place; what is wrong is told over the last good page, and
// is gone when it is mended.
func TestThePageFollowsTheFile(t *testing.T) {
	p := newPreviewed(t)
	b := newBrowser(t)
	p.serve("--port", "0")
	b.open(p.url + "2020/01/02/flood.html")
	b.until("first", has("The water rose."))
	b.until("scrolling", scroll)
	p.write(flood, floodText("The water fell."))
	b.until("an edit", has("The water fell.")+" && "+there)
	b.quiet()

	b.until("a mark", mark)
	p.write(flood, "---\ntitle: Flood\ndate: 17 Mai 20xx\n---\nBroken.\n")
	b.until("a broken date", shows("content/2020/01/02/flood.md:3:7"))
	for _, text := range []string{"17 Mai 20xx", "^^^", "write it as", "1 problem keeps"} {
		b.until("the overlay", shows(text))
	}
	b.until("the last good page", has("The water fell.")+" && "+marked+" && "+there)
	b.open(p.url + "2020/01/03/b.html")
	b.until("the overlay on another page", shows("flood.md:3:7")+" && "+has("Dry again."))
	b.open(p.url + "2020/01/02/flood.html")
	b.until("the last good page, opened anew", shows("flood.md:3:7")+" && "+has("The water fell."))
	p.write(flood, floodText("The water stood."))
	b.until("mended", has("The water stood.")+" && !"+overlay)
	b.quiet()
	if page := p.until("2020/01/02/flood.html", "The water stood."); !strings.Contains(page, "_backfile/preview.js") {
		t.Error("the server adds no script")
	}
	file, err := os.ReadFile(p.path("public/2020/01/02/flood.html"))
	if err != nil || bytes.Contains(file, []byte("_backfile")) {
		t.Errorf("public/ holds the script, or: %v", err)
	}
}

// TestAStyleIsSwappedWithoutReload: what a person has typed or opened stays.
func TestAStyleIsSwappedWithoutReload(t *testing.T) {
	p := newPreviewed(t)
	b := newBrowser(t)
	p.write("layouts/assets/style.css", "body{padding-top:11px}")
	p.serve("--port", "0")
	b.open(p.url)
	padding := func(n int) string {
		return fmt.Sprintf("getComputedStyle(document.body).paddingTop === '%dpx' && document.querySelectorAll('link[rel=stylesheet]').length === 1", n)
	}
	b.until("the first style", padding(11)+" && "+mark)
	for _, n := range []int{22, 33} {
		p.write("layouts/assets/style.css", fmt.Sprintf("body{padding-top:%dpx}", n))
		b.until("a new style", padding(n)+" && "+marked)
	}
	p.write("layouts/404.html", `{{define "title"}}Gone{{end}}{{define "main"}}<h1>Gone</h1>{{end}}`)
	p.until("nowhere", "<h1>Gone</h1>")
	if ok, err := b.try(marked); err != nil || !ok {
		t.Errorf("a change of another page reloads this one (%v)", err)
	}
	b.quiet()
}

// TestTheOverlayOutlivesTheServer: a page finds out how things are when the
// server is there again.
func TestTheOverlayOutlivesTheServer(t *testing.T) {
	p := newPreviewed(t)
	b := newBrowser(t)
	p.serve("--port", "0")
	port := p.port()
	b.open(p.url + "2020/01/02/flood.html")
	b.until("first", has("The water rose.")+" && "+mark)
	restart := func() {
		t.Helper()
		_ = p.stop()
		p.serve("--port", port)
		if p.port() != port {
			t.Skipf("another program has taken port %s", port)
		}
	}
	p.write("site.yaml", "titel: x\n")
	b.until("broken", shows("site.yaml:1:1"))
	restart()
	b.until("broken and restarted", shows("did you mean")+" && "+has("The water rose.")+" && "+marked)
	_ = p.stop()
	p.write("site.yaml", "title: The Test Courier\n")
	p.write(flood, floodText("The water fell."))
	restart()
	b.until("mended while away", has("The water fell.")+" && !"+overlay)
	p.write(flood, "---\ntitle: [\n---\n")
	b.until("broken again", shows("flood.md"))
	restart() // its page is gone now, for nothing good is left to show
	b.until("the last good page stays where it is open", shows("flood.md")+" && "+has("The water fell."))
	p.write(flood, floodText("The water stood."))
	b.until("mended again", has("The water stood.")+" && !"+overlay)
}

// TestTheOverlayCanBePutAside, and comes again with another problem.
func TestTheOverlayCanBePutAside(t *testing.T) {
	p := newPreviewed(t)
	b := newBrowser(t)
	p.write("content/bad.md", "---\ntitle: [\n---\n")
	p.serve("--port", "0")
	b.open(p.url)
	b.until("known from the start", shows("content/bad.md"))
	root := "document.querySelector('backfile-problems').shadowRoot"
	b.until("put aside", "("+root+".querySelector('button').click(), "+root+".querySelector('.small'))")
	p.write(flood, floodText("The water fell."))
	p.until("2020/01/02/flood.html", "The water fell.") // a problem known from the start holds nothing up
	b.until("still aside", root+".querySelector('.small button').textContent === '1 problem' && !"+overlay)
	p.write(flood, "---\ntitle: [\n---\n")
	b.until("another problem", shows("flood.md"))
	if got := p.said(); !strings.Contains(got, "stays as it was") {
		t.Errorf("standard error says %q", got)
	}
}

// TestFollowOpensTheEditedArticle, also one that is new, below a sub-path.
func TestFollowOpensTheEditedArticle(t *testing.T) {
	p := newPreviewed(t)
	b := newBrowser(t)
	p.serve("--port", "0", "--follow", "--path", "/Terminus/")
	if !strings.HasSuffix(p.url, "/Terminus/") {
		t.Errorf("serve says %s", p.url)
	}
	b.open(p.url)
	b.until("the start", has("The Test Courier"))
	p.write("content/2021/05/06/new.md", "---\ntitle: New\n---\nQuite new.\n")
	b.until("a new article", "location.pathname === '/Terminus/2021/05/06/new.html' && "+has("Quite new."))
	p.write(flood, floodText("The water fell."))
	b.until("an edited one", "location.pathname === '/Terminus/2020/01/02/flood.html' && "+has("The water fell."))
	p.write(flood, floodText("The water stood."))
	b.until("the one in view", has("The water stood."))
	b.quiet()
}

// TestServeWaitsForASiteThatCanBeBuilt: a broken site.yaml is no reason to end.
func TestServeWaitsForASiteThatCanBeBuilt(t *testing.T) {
	p := newPreviewed(t)
	b := newBrowser(t)
	p.write("content/bad.md", "---\ntitle: [\n---\n")
	p.write("site.yaml", "titel: The Test Courier\n")
	p.serve("--port", "0", "--poll")
	b.open(p.url)
	b.until("nothing yet", has("has not been built yet")+" && "+shows("site.yaml:1:1"))
	p.write("site.yaml", "title: The Test Courier\n")
	b.until("mended", has("Flood")+" && "+shows("content/bad.md"))
}

// TestAPolicyWithoutScripts: a page whose policy forbids scripts is
// kept up to date like others, and its own scripts stay forbidden.
func TestAPolicyWithoutScripts(t *testing.T) {
	p := newPreviewed(t)
	b := newBrowser(t)
	p.write("static/strict.html", `<!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><title>x</title></head><body>first<script>document.body.append(" hacked")</script></body></html>`)
	p.serve("--port", "0")
	b.open(p.url + "strict.html")
	b.until("first", has("first"))
	p.write("static/strict.html", strings.Replace(string(must(os.ReadFile(p.path("static/strict.html")))), "first", "second", 1))
	b.until("edited", has("second")+" && !"+has("hacked"))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestAWholeFolderIsOneBuild: what a checkout or an import writes is built once
// it is there, and all of it.
func TestAWholeFolderIsOneBuild(t *testing.T) {
	p := newPreviewed(t)
	p.serve("--port", "0")
	p.until("", "Flood")
	for i := range 1000 {
		p.write(fmt.Sprintf("content/2022/%02d/%02d/a%d.md", 1+i%12, 1+i%28, i), fmt.Sprintf("---\ntitle: No. %d\n---\nText.\n", i))
	}
	p.until("2022/04/28/a27.html", "No. 27")
	p.until("2022/04/20/a999.html", "No. 999")
	if n := strings.Count(p.said(), " written, "); n > 3 {
		t.Errorf("1000 files are %d builds:\n%s", n, p.said())
	}
}

func TestServeRefusesWhatCannotBe(t *testing.T) {
	p := newPreviewed(t)
	for _, tt := range []struct{ args, want string }{
		{"--path /a/../b", "is not a path"},
		{"--path /_backfile", "is not a path"},
		{"--port 70000", "a port is a number from 0 to 65535"},
		{"--lan --host ::1", "exclude each other"},
	} {
		root := newRoot(&globals{Stdout: io.Discard, Stderr: io.Discard})
		root.SetArgs(append([]string{"-C", p.dir, "serve"}, strings.Fields(tt.args)...))
		if err := root.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("serve %s: %v, want %q", tt.args, err, tt.want)
		}
	}
}
