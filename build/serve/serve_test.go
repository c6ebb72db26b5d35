package serve

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func public(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "public")
	for p, text := range map[string]string{
		"index.html": "home", "2023/index.html": "year", "404.html": "lost", "assets/style.css": "body{}", "feed.xml": "<feed/>",
		".git/config": "secret", "empty/x/y.txt": "y", "../outside.txt": "outside",
	} {
		file := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestHandlerServesAsAStaticHost(t *testing.T) {
	h := Handler(public(t))
	tests := []struct {
		path, host string
		status     int
		typ, body  string
	}{
		{"/", "127.0.0.1:1414", 200, "text/html; charset=utf-8", "home"},
		{"/2023/", "localhost:1414", 200, "text/html; charset=utf-8", "year"},
		{"/2023", "localhost", 301, "", ""},
		{"/assets/style.css", "[::1]:1414", 200, "text/css; charset=utf-8", "body{}"},
		{"/feed.xml", "127.0.0.1", 200, "application/xml; charset=utf-8", "<feed/>"},
		{"/nothing/here", "127.0.0.1", 404, "text/html; charset=utf-8", "lost"},
		{"/empty/", "127.0.0.1", 404, "", "lost"},
		{"/.git/config", "127.0.0.1", 404, "", "lost"},
		{"/../outside.txt", "127.0.0.1", 404, "", "lost"},
		{"/%2e%2e/outside.txt", "127.0.0.1", 404, "", "lost"},
		{"/", "rebind.example", 403, "", "names of this machine"},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+tt.path, nil)
		r.Host = tt.host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) || tt.typ != "" && w.Header().Get("Content-Type") != tt.typ {
			t.Errorf("GET %s of %s: %d %q %q, want %d %q %q", tt.path, tt.host, w.Code, w.Header().Get("Content-Type"), w.Body, tt.status, tt.typ, tt.body)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", w.Code)
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
}
