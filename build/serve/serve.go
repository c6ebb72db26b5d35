// Package serve shows public/ on this machine, as a static host would.
//
// Only files that stand in public/ are served: no listings of folders, nothing
// outside, nothing whose name begins with a dot. A request must name the
// server by an address of this machine, so that a page elsewhere on the web
// cannot read a draft by pointing its own name here (DNS rebinding).
package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path"
	"strconv"
	"strings"
)

// Handler serves the folder dir. A folder's address leads to its index.html;
// what does not exist gets dir's 404.html.
func Handler(dir string) http.Handler {
	root := os.DirFS(dir)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !localHost(r.Host) {
			http.Error(w, "this preview answers only to names of this machine", http.StatusForbidden)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		p := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		switch info, err := fs.Stat(root, name(p)); {
		case hidden(p) || err != nil:
			missing(w, root)
		case info.IsDir() && !strings.HasSuffix(r.URL.Path, "/"):
			http.Redirect(w, r, path.Base(r.URL.Path)+"/", http.StatusMovedPermanently)
		case info.IsDir():
			file(w, r, root, path.Join(p, "index.html"))
		default:
			file(w, r, root, p)
		}
	})
}

// name is p as package fs wants it.
func name(p string) string {
	if p == "" {
		return "."
	}
	return p
}

// hidden reports whether a part of p begins with a dot; .well-known is public
// by its purpose (RFC 8615).
func hidden(p string) bool {
	for part := range strings.SplitSeq(p, "/") {
		if strings.HasPrefix(part, ".") && part != ".well-known" {
			return true
		}
	}
	return false
}

func file(w http.ResponseWriter, r *http.Request, root fs.FS, p string) {
	if info, err := fs.Stat(root, p); err != nil || info.IsDir() {
		missing(w, root)
		return
	}
	if t := types[path.Ext(p)]; t != "" {
		w.Header().Set("Content-Type", t)
	}
	f, err := http.FS(root).Open("/" + p)
	if err != nil {
		missing(w, root)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		missing(w, root)
		return
	}
	http.ServeContent(w, r, path.Base(p), info.ModTime(), f)
}

// types are the media types that systems' own tables are known to lack or to
// give otherwise.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".xml": "application/xml; charset=utf-8", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
	".csv": "text/csv; charset=utf-8", ".svg": "image/svg+xml", ".gz": "application/gzip", ".webp": "image/webp", ".avif": "image/avif",
}

// missing answers with the archive's 404 page.
func missing(w http.ResponseWriter, root fs.FS) {
	page, err := fs.ReadFile(root, "404.html")
	if err != nil {
		page = []byte("not found\n")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(page) // the reader may have gone
}

// localHost reports whether a Host header names this machine by an IP address
// or as localhost.
func localHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	_, err := netip.ParseAddr(host)
	return err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Listen opens the first free port from port on, trying a hundred.
func Listen(host string, port int) (net.Listener, error) {
	var first error
	for p := port; p < port+100 && p < 1<<16; p++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(p)))
		if err == nil {
			return l, nil
		}
		first = errors.Join(first, err)
		if port == 0 || !strings.Contains(err.Error(), "in use") {
			break
		}
	}
	return nil, fmt.Errorf("listening on %s: %w", host, first)
}
