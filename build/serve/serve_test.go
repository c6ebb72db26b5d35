package serve

import (
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// public makes a public/ of its own.
func public(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "public")
	for p, text := range map[string]string{
		"index.html": "home", "2023/index.html": "year", "2023/a.html": "article", "404.html": "lost", "assets/style.css": "body{}", "feed.xml": "<feed/>",
		".git/config": "secret", "empty/x/y.txt": "y", "../outside.txt": "outside", ".well-known/security.txt": "contact", ".nojekyll": "",
		"films/a.MP4": "0123456789", "mirror/head": "backfile 1",
	} {
		write(t, dir, p, text)
	}
	return dir
}

func write(t testing.TB, dir, p, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(p))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ask sends a request with header lines "Name: value".
func ask(s *Server, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1"+target, nil)
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		if r.Header.Set(name, value); name == "Host" {
			r.Host = value
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestServesAsGitHubPages(t *testing.T) {
	s := New(Options{Dir: public(t)})
	tests := []struct {
		path   string
		status int
		typ    string
		body   string // what it begins with
	}{
		{"/", 200, "text/html; charset=utf-8", "home"},
		{"/2023/", 200, "text/html; charset=utf-8", "year"},
		{"/2023/a.html", 200, "text/html; charset=utf-8", "article"},
		{"/2023/a", 200, "text/html; charset=utf-8", "article"},
		{"/2023/a/", 404, "text/html; charset=utf-8", "lost"},
		{"/assets/style.css", 200, "text/css; charset=utf-8", "body{}"},
		{"/assets//style.css", 200, "text/css; charset=utf-8", "body{}"},
		{"/feed.xml", 200, "application/xml; charset=utf-8", "<feed/>"},
		{"/films/a.MP4", 200, "video/mp4", "0123456789"},
		{"/mirror/head", 200, "text/plain; charset=utf-8", "backfile 1"},
		{"/.well-known/security.txt", 200, "text/plain; charset=utf-8", "contact"},
		{"/nothing/here", 404, "text/html; charset=utf-8", "lost"},
		{"/empty/", 404, "", "lost"},
		{"/empty", 404, "", "lost"},
		{"/assets/", 404, "", "lost"},
		{"/.git/config", 404, "", "lost"},
		{"/../outside.txt", 404, "", "lost"},
		{"/%2e%2e/outside.txt", 404, "", "lost"},
		{"/..%5coutside.txt", 404, "", "lost"},
		{"/2023/..%2f..%2foutside.txt", 404, "", "lost"},
		{"/a%00b", 404, "", "lost"},
		{"/_backfile/nothing", 404, "", ""},
	}
	for _, tt := range tests {
		w := ask(s, "GET", tt.path)
		if w.Code != tt.status || !strings.HasPrefix(w.Body.String(), tt.body) || tt.typ != "" && w.Header().Get("Content-Type") != tt.typ {
			t.Errorf("GET %s: %d %q %q, want %d %q %q", tt.path, w.Code, w.Header().Get("Content-Type"), w.Body, tt.status, tt.typ, tt.body)
		}
	}
	if w := ask(s, "GET", "/2023?q=1"); w.Code != 301 || w.Header().Get("Location") != "/2023/?q=1" {
		t.Errorf("a folder without its slash answers %d to %q, want 301 to /2023/?q=1", w.Code, w.Header().Get("Location"))
	}
	if w := ask(s, "POST", "/"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", w.Code)
	}
}

// TestNoLinkLeadsOut: public/ is ours, but what stands in it may not be.
func TestNoLinkLeadsOut(t *testing.T) {
	dir := public(t)
	if err := os.Symlink(filepath.Join(dir, "..", "outside.txt"), filepath.Join(dir, "link.txt")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if w := ask(New(Options{Dir: dir}), "GET", "/link.txt"); w.Code != 404 {
		t.Errorf("a link out of public/ answers %d %q", w.Code, w.Body)
	}
}

func TestAnswersOnlyToNamesOfThisMachine(t *testing.T) {
	s := New(Options{Dir: public(t), Names: []string{"desk.local"}})
	for host, want := range map[string]int{
		"127.0.0.1:1414": 200, "localhost:1414": 200, "LOCALHOST": 200, "a.localhost": 200, "[::1]:1414": 200, "192.168.1.7:1414": 200, "desk.local:1414": 200,
		"rebind.example": 403, "127.0.0.1.rebind.example": 403, "localhost.rebind.example:1414": 403, "": 403,
	} {
		for _, p := range []string{"/", "/_backfile/events", "/_backfile/preview.js"} {
			if w := ask(s, "HEAD", p, "Host: "+host); w.Code != want {
				t.Errorf("HEAD %s of %q: %d, want %d", p, host, w.Code, want)
			}
		}
	}
}

func TestSubPath(t *testing.T) {
	s := New(Options{Dir: public(t), Path: "Terminus"})
	for target, want := range map[string]string{
		"/": "302 /Terminus/", "/Terminus": "302 /Terminus/", "/Terminus/": "200 ", "/Terminus/2023": "301 /Terminus/2023/", "/Terminus/2023/": "200 ",
		"/2023/": "404 ", "/Terminus/x": "404 ", "/Terminusx/": "404 ",
	} {
		w := ask(s, "GET", target)
		if got := strconv.Itoa(w.Code) + " " + w.Header().Get("Location"); got != want {
			t.Errorf("GET %s: %s, want %s", target, got, want)
		}
	}
}

func TestRangesAndTags(t *testing.T) {
	s := New(Options{Dir: public(t)})
	w := ask(s, "GET", "/films/a.MP4", "Range: bytes=2-4")
	if w.Code != 206 || w.Body.String() != "234" {
		t.Errorf("a range answers %d %q, want 206 and 234", w.Code, w.Body)
	}
	if w := ask(s, "GET", "/films/a.MP4", "Range: bytes=20-"); w.Code != 416 {
		t.Errorf("a range past the end answers %d", w.Code)
	}
	for _, p := range []string{"/films/a.MP4", "/", "/2023/a.html", "/assets/style.css"} {
		tag := ask(s, "GET", p).Header().Get("ETag")
		if w := ask(s, "GET", p, "If-None-Match: "+tag); tag == "" || w.Code != 304 || w.Body.Len() > 0 {
			t.Errorf("GET %s with its tag %s answers %d with %d bytes, want 304", p, tag, w.Code, w.Body.Len())
		}
	}
}

// TestVersionsTellWhatChanged is what reloading and the swapping of style
// sheets rest on.
func TestVersionsTellWhatChanged(t *testing.T) {
	dir := public(t)
	s := New(Options{Dir: dir})
	write(t, dir, "p/a.html", `<head><link rel="preload stylesheet" href="../assets/style.css"><link rel=stylesheet href="https://other.example/x.css"></head><img src=/p/a.png><img src="b.png">`)
	write(t, dir, "p/a.png", "1")
	versions := func() (page, styles string) {
		var v struct {
			Version, Styles string
			Status          int
		}
		w := ask(s, "GET", own+"version?page=%2Fp%2Fa.html")
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || v.Status != 200 {
			t.Fatalf("asked for a page's version the server answers %q (%v)", w.Body, err)
		}
		if tag := ask(s, "HEAD", "/p/a.html").Header().Get("ETag"); tag != strconv.Quote(v.Version) {
			t.Errorf("the page's tag is %s and its version %s", tag, v.Version)
		}
		return v.Version, v.Styles
	}
	page, styles := versions()
	change := func(p, text, what string, changesPage, changesStyles bool) {
		t.Helper()
		write(t, dir, p, text)
		newPage, newStyles := versions()
		if newPage != page != changesPage || newStyles != styles != changesStyles {
			t.Errorf("%s: the page's version changed: %t, want %t; that of its styles: %t, want %t", what, newPage != page, changesPage, newStyles != styles, changesStyles)
		}
		page, styles = newPage, newStyles
	}
	change("assets/style.css", "body{margin:0}", "new style", false, true)
	change("p/a.png", "2", "new picture", true, false)
	change("p/b.png", "3", "picture that was missing", true, false)
	change("2023/a.html", "x", "another page", false, false)
	change("p/a.png", "2", "the same picture written again", false, false)
	if !strings.HasSuffix(styles, " -") {
		t.Errorf("the styles are %q, want that of another site as -", styles)
	}
}

// TestTheScriptIsAddedOnTheWay: to every page, the 404 page too, and to nothing
// else; the file is as it was.
func TestTheScriptIsAddedOnTheWay(t *testing.T) {
	dir := public(t)
	s := New(Options{Dir: dir, Path: "/x/"})
	tag := `<script src="/_backfile/preview.js" data-site="/x/" data-version="V" data-styles=""></script>` + "\n"
	lost := strings.Replace(tag, `""></script>`, `"" data-missing=""></script>`, 1)
	tests := []struct{ name, src, want string }{
		{"whole page", "<!DOCTYPE html>\n<head>\n<title>a</title>\n</head><body>b", "<!DOCTYPE html>\n<head>\n<title>a</title>\n" + tag + "</head><body>b"},
		{"no head", "<!DOCTYPE html><BODY class=x>b", "<!DOCTYPE html>" + tag + "<BODY class=x>b"},
		{"words alone", "hello", "hello" + tag},
		{"nothing", "", tag},
		{"a head in a comment", "<!-- </head> --><title></head></title><p>x", "<!-- </head> --><title></head></title><p>x" + tag},
		{"unclosed tag", `x<a href="y`, `x<a href="y` + tag},
		{"broken bytes", "<head>\xff\x00</head>", "<head>\xff\x00" + tag + "</head>"},
	}
	version := regexp.MustCompile(`data-version="[0-9a-f]{20}"`)
	for _, tt := range tests {
		for _, p := range []string{"a.html", "404.html"} {
			write(t, dir, p, tt.src)
			target, want := "/x/a.html", tt.want
			if p == "404.html" {
				target, want = "/x/none", strings.Replace(want, tag, lost, 1)
			}
			got := version.ReplaceAllString(ask(s, "GET", target).Body.String(), `data-version="V"`)
			if got != want {
				t.Errorf("%s as %s\n got %q\nwant %q", tt.name, p, got, want)
			}
		}
	}
	write(t, dir, "b.xml", "<html><head></head></html>")
	if got := ask(s, "GET", "/x/b.xml").Body.String(); got != "<html><head></head></html>" {
		t.Errorf("a file that is no page is served as %q", got)
	}
	if err := fs.WalkDir(os.DirFS(dir), ".", func(p string, e fs.DirEntry, err error) error {
		if b, _ := fs.ReadFile(os.DirFS(dir), p); strings.Contains(string(b), "_backfile") {
			t.Errorf("%s holds the script", p)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestThePolicyLetsTheScriptRun and nothing else that it kept out.
func TestThePolicyLetsTheScriptRun(t *testing.T) {
	const js, ev = "127.0.0.1:1414/_backfile/preview.js", "127.0.0.1:1414/_backfile/"
	tests := []struct{ name, policy, want string }{
		{"ours", "default-src 'none'; script-src 'self'; connect-src 'self'", "default-src 'none'; script-src 'self'; connect-src 'self'"},
		{"no scripts", "default-src 'none'; style-src 'self'", "default-src 'none'; style-src 'self'; connect-src " + ev + "; script-src " + js},
		{"none named", "script-src 'none';connect-src", "script-src " + js + "; connect-src " + ev},
		{"others' hosts", "default-src https://a.example; script-src 'sha256-x' https://b.example", "default-src https://a.example; script-src 'sha256-x' https://b.example " + js + "; connect-src https://a.example " + ev},
		{"elements", "script-src-elem 'none'; default-src *", "script-src-elem " + js + "; default-src *; connect-src *"},
		{"pictures only", "img-src 'self'", "img-src 'self'"},
	}
	for _, tt := range tests {
		if got := widen(tt.policy, "127.0.0.1:1414"); got != tt.want {
			t.Errorf("%s: %q\n got %q\nwant %q", tt.name, tt.policy, got, tt.want)
		}
	}
	if got := widen("default-src 'none'", "[::1]:1414"); got != "default-src 'none'; connect-src 'self'; script-src 'self'" {
		t.Errorf("at an IPv6 address the policy becomes %q", got)
	}
}

// TestBeforeThereIsAnArchive: the preview of a site that cannot be built yet
// has a page that waits.
func TestBeforeThereIsAnArchive(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	s := New(Options{Dir: dir})
	w := ask(s, "GET", "/")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), own+"preview.js") {
		t.Errorf("without public/ the home page answers %d %q", w.Code, w.Body)
	}
	write(t, dir, "index.html", "home")
	if w := ask(s, "GET", "/"); w.Code != 200 {
		t.Errorf("once there is public/ the home page answers %d", w.Code)
	}
	if w := ask(s, "GET", "/x"); w.Code != 404 {
		t.Errorf("a missing page of an archive without 404.html answers %d", w.Code)
	}
}

func TestListenTakesTheNextFreePort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	l, err := Listen("127.0.0.1", port)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got := l.Addr().(*net.TCPAddr).Port; got <= port {
		t.Errorf("Listen on port %s, which is taken, gives %d", strconv.Itoa(port), got)
	}
	if _, err := Listen("192.0.2.1", port); err == nil {
		t.Error("Listen on an address of another machine finds no fault")
	}
}
