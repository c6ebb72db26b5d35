package cli

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// compressedSite builds an archive with compress: true and returns public/.
func compressedSite(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"site.yaml":                 "title: The Courier\ncompress: true\nbase_url: https://courier.example/\n",
		"content/2020/01/02/a.md":   "---\ntitle: A story\nsource: {name: The Lantern}\n---\n" + strings.Repeat("It smelled of river. ", 60) + "\n",
		"static/.well-known/sec.md": "x",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if status, _, stderr := run("-C", dir, "build"); status != 0 {
		t.Fatal(stderr)
	}
	if status, stdout, stderr := run("-C", dir, "check"); status != 0 {
		t.Errorf("check of a compressed archive: %s%s", stdout, stderr)
	}
	return filepath.Join(dir, "public")
}

// start starts a web server with a configuration of docs/ and returns its
// address.
func start(t *testing.T, config string, args func(file string) []string, change func(text, port, public string) string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	src, err := os.ReadFile(filepath.Join("../../docs", config))
	if err != nil {
		t.Fatal(err)
	}
	public := compressedSite(t)
	for dir := public; dir != "/" && dir != "."; dir = filepath.Dir(dir) { // nginx's workers are another user
		_ = os.Chmod(dir, 0o755)
	}
	file := filepath.Join(t.TempDir(), config)
	if err := os.WriteFile(file, []byte(change(string(src), port, public)), 0o644); err != nil {
		t.Fatal(err)
	}
	list := args(file)
	exe, err := exec.LookPath(list[0])
	if err != nil {
		t.Skip("no " + list[0])
	}
	var said strings.Builder
	cmd := exec.CommandContext(t.Context(), exe, list[1:]...)
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_DATA_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	address := "http://127.0.0.1:" + port
	for range 200 {
		if resp, err := http.Get(address + "/"); err == nil {
			resp.Body.Close()
			return address
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s does not answer: %s", list[0], said.String())
	return ""
}

// asks is what is asked of a web server: both of docs/ answer the same.
func asks(t *testing.T, address, accept, encoding string) {
	t.Helper()
	get := func(path, accept string) (*http.Response, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", accept)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var body io.Reader = resp.Body
		if resp.Header.Get("Content-Encoding") == "gzip" {
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(b)
	}
	for _, tt := range []struct {
		path, accept           string
		status                 int
		kind, encoding, cached string
	}{
		{"/2020/01/02/a.html", accept, 200, "text/html", encoding, "max-age=600"},
		{"/2020/01/02/a.html", "identity", 200, "text/html", "", "max-age=600"},
		{"/", accept, 200, "text/html", encoding, "max-age=600"},
		{"/assets/style.css", accept, 200, "text/css", encoding, "max-age=600"},
		{"/mirror/head", accept, 200, "text/plain", "", "max-age=60"},
		{"/nowhere/at/all.html", "identity", 404, "text/html", "", ""},
		{"/.nojekyll", "identity", 404, "text/html", "", ""},
		{"/.well-known/sec.md", "identity", 200, "", "", ""},
	} {
		resp, body := get(tt.path, tt.accept)
		h := resp.Header
		if resp.StatusCode != tt.status || !strings.HasPrefix(h.Get("Content-Type"), tt.kind) || h.Get("Content-Encoding") != tt.encoding ||
			tt.cached != "" && strings.Join(h.Values("Cache-Control"), "|") != tt.cached || h.Get("X-Content-Type-Options") != "nosniff" && resp.StatusCode == 200 && !strings.HasPrefix(tt.path, "/mirror") {
			t.Errorf("%s with %q: %s, %v", tt.path, tt.accept, resp.Status, h)
		}
		if tt.status == 404 && !strings.Contains(body, "Page not found") {
			t.Errorf("%s is answered with %.200q", tt.path, body)
		}
		if tt.kind == "text/html" && tt.encoding == "gzip" && !strings.Contains(body, "The Courier") {
			t.Errorf("%s unpacked is %.200q", tt.path, body)
		}
	}
}

// TestNginxServesTwins runs nginx with docs/nginx.conf, where there is one.
func TestNginxServesTwins(t *testing.T) {
	dir := t.TempDir()
	address := start(t, "nginx.conf", func(file string) []string { return []string{"nginx", "-e", "stderr", "-p", dir, "-c", file} }, func(text, port, public string) string {
		text = strings.NewReplacer("listen 80", "listen 127.0.0.1:"+port, "/srv/archive/public", public, "archive.example", "_").Replace(text)
		return fmt.Sprintf("daemon off; pid %[1]s/pid; events {} http { types { text/html html; text/css css; application/javascript js; application/xml xml; }\nclient_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;\n%[2]s }", dir, text)
	})
	asks(t, address, "gzip, br", "gzip")
}

// TestCaddyServesTwins runs Caddy with docs/Caddyfile, where there is one.
func TestCaddyServesTwins(t *testing.T) {
	address := start(t, "Caddyfile", func(file string) []string {
		return []string{"caddy", "run", "--adapter", "caddyfile", "--config", file}
	}, func(text, port, public string) string {
		return "{\n\tadmin off\n}\n" + strings.NewReplacer("archive.example {", "http://127.0.0.1:"+port+" {", "/srv/archive/public", public).Replace(text)
	})
	asks(t, address, "br, gzip", "br")
	asks(t, address, "gzip", "gzip")
}
