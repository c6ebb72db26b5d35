package source

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mustRead reads a file from the source of a name.
func mustRead(t *testing.T, name string, o Options, r Request) string {
	t.Helper()
	s, err := Open(name, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b, _, err := Read(t.Context(), s, r)
	if err != nil {
		t.Fatalf("reading %s from %s: %v", r.Path, name, err)
	}
	return string(b)
}

// makeZIP makes a ZIP file of entries, whose content is their name.
func makeZIP(t *testing.T, entries ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, e := range entries {
		w, err := z.Create(e)
		if err == nil && !strings.HasSuffix(e, "/") {
			_, err = io.WriteString(w, e)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestSourcesOfAllKinds(t *testing.T) {
	dir := t.TempDir()
	for _, p := range []string{"mirror/head", "a b.html"} {
		file := filepath.Join(dir, filepath.FromSlash(p))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(p), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	s := httptest.NewServer(http.StripPrefix("/sub/path", http.FileServer(http.Dir(dir))))
	defer s.Close()
	for _, name := range []string{
		dir, "file://" + filepath.ToSlash(dir), s.URL + "/sub/path", s.URL + "/sub/path/", s.URL + "/sub/path/index.html",
		makeZIP(t, "mirror/head", "a b.html"), makeZIP(t, "lantern/", "lantern/mirror/head", "lantern/a b.html"),
	} {
		want := "a b.html"
		if got := mustRead(t, name, Options{}, Request{Path: "a b.html", Limit: 100}); strings.TrimPrefix(got, "lantern/") != want {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
		src, err := Open(name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Read(t.Context(), src, Request{Path: "none.html", Limit: 100}); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: what is not there gave %v, want %v", name, err, ErrNotFound)
		}
		if _, _, err := Read(t.Context(), src, Request{Path: "a b.html", Limit: 4}); !errors.Is(err, ErrLong) {
			t.Errorf("%s: a file that is too long gave %v, want %v", name, err, ErrLong)
		}
		src.Close()
	}
}

func TestZIPsThatCanBeReadInTwoWaysAreRefused(t *testing.T) {
	for _, entries := range [][]string{{"mirror/head", "mirror/head"}, {"mirror/head", "../evil"}, {"/mirror/head"}, {`mirror\head`}, {"a", "a/"}} {
		if s, err := Open(makeZIP(t, entries...), Options{}); err == nil {
			s.Close()
			t.Errorf("a ZIP of %q was opened", entries)
		}
	}
	junk := filepath.Join(t.TempDir(), "junk.zip")
	if err := os.WriteFile(junk, []byte("not a ZIP"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(junk, Options{}); err == nil || !strings.Contains(err.Error(), "junk.zip") {
		t.Errorf("a file that is no ZIP: %v", err)
	}
}

// A folder may hold anything; what is no file is not opened, nor followed.
func TestFoldersGiveFilesOnly(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink(secret, filepath.Join(dir, "link")), os.Symlink(outside, filepath.Join(dir, "folder")), os.Mkdir(filepath.Join(dir, "d"), 0o755)); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, p := range []string{"link", "folder/secret", "d", "../" + filepath.Base(outside) + "/secret"} {
		if b, _, err := Read(t.Context(), s, Request{Path: p, Limit: 100}); err == nil {
			t.Errorf("%s gave %q", p, b)
		}
	}
}

func TestAnswersThatAreCompressedAreUnpacked(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		text := r.Header.Get("Accept-Encoding") + " " + r.Header.Get("User-Agent")
		if r.URL.Path == "/bomb.html" {
			text = strings.Repeat("0", 50<<20)
		}
		_, _ = io.WriteString(z, text)
	}))
	defer s.Close()
	if got := mustRead(t, s.URL, Options{}, Request{Path: "a.html", Limit: 1000}); got != "identity backfile" {
		t.Errorf("the server was asked with %q, want nothing that tells who asks", got)
	}
	if got := mustRead(t, s.URL, Options{Browser: true}, Request{Path: "a.html", Limit: 1000}); !strings.HasPrefix(got, "gzip Mozilla/5.0") {
		t.Errorf("as a browser, the server was asked with %q", got)
	}
	src, err := Open(s.URL, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, _, err := Read(t.Context(), src, Request{Path: "bomb.html", Limit: 1000}); !errors.Is(err, ErrLong) {
		t.Errorf("a bomb gave %v, want %v", err, ErrLong)
	}
}

func TestRateIsKept(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 100_000)) }))
	defer s.Close()
	begin := time.Now()
	mustRead(t, s.URL, Options{Rate: 200_000, Idle: 50 * time.Millisecond}, Request{Path: "a", Limit: 100_000})
	if took := time.Since(begin); took < 400*time.Millisecond {
		t.Errorf("100 kB at 200 kB a second took %v", took)
	}
}

// All requests go through the proxy, names too: they must not be looked up here.
func TestSOCKSProxy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go socks(c)
		}
	}()
	got := mustRead(t, "http://lantern.onion/", Options{Proxy: "socks5://" + l.Addr().String()}, Request{Path: "x", Limit: 1000})
	if got != "lantern.onion" {
		t.Errorf("the proxy was asked for %q, want lantern.onion", got)
	}
	for _, proxy := range []string{"127.0.0.1:9050", "ftp://x", "socks5://"} {
		if _, err := Open("http://lantern.onion/", Options{Proxy: proxy}); err == nil || !strings.Contains(err.Error(), "is not a proxy") {
			t.Errorf("the proxy %q: %v", proxy, err)
		}
	}
	if _, err := Open("http://lantern.onion/", Options{}); err == nil || !strings.Contains(err.Error(), "through Tor only") {
		t.Errorf("an onion without a proxy: %v", err)
	}
}

// socks answers as a SOCKS 5 proxy (RFC 1928) and then as a web server that
// says which host was asked for.
func socks(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 300)
	if _, err := io.ReadFull(c, buf[:2]); err != nil {
		return
	}
	_, _ = io.ReadFull(c, buf[:buf[1]])
	_, _ = c.Write([]byte{5, 0})
	if _, err := io.ReadFull(c, buf[:5]); err != nil || buf[3] != 3 { // a name
		return
	}
	host := make([]byte, buf[4])
	_, _ = io.ReadFull(c, host)
	_, _ = io.ReadFull(c, buf[:2])
	_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	_, _ = c.Read(buf)
	fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(host), host)
}
