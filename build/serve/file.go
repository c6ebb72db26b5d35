package serve

import (
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"backfile/build/internal/digest"
)

// file answers with the file at p below public/.
func (s *Server) file(w http.ResponseWriter, r *http.Request, p string) {
	v, end := s.visit(w, r)
	defer end()
	file, status := v.find(p)
	switch {
	case status == http.StatusMovedPermanently:
		target := "./" + file
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, target, status)
	case file == "" || !v.show(file, status):
		v.page("404.html", []byte(standIn(status)), status)
	}
}

// find returns the file below public/ that answers for an address, with the
// status, or where to redirect to. A folder's address leads to its index.html,
// and one without an ending to the .html file of that name, as GitHub Pages
// does; for what does not exist it is 404.html. When there is no file for it, it
// is "".
func (v *visit) find(p string) (file string, status int) {
	if !hidden(p) {
		switch {
		case p == "" || strings.HasSuffix(p, "/"):
			if v.has(p + "index.html") {
				return p + "index.html", http.StatusOK
			}
		case v.has(p):
			return p, http.StatusOK
		case v.has(p + "/index.html"):
			return path.Base(p) + "/", http.StatusMovedPermanently
		case v.has(p + ".html"):
			return p + ".html", http.StatusOK
		}
	}
	switch {
	case v.has("404.html"):
		return "404.html", http.StatusNotFound
	case v.has("index.html"):
		return "", http.StatusNotFound
	}
	return "", http.StatusServiceUnavailable
}

// standIn is a page where the archive has none for a status.
func standIn(status int) string {
	if status == http.StatusServiceUnavailable {
		return "<!DOCTYPE html>\n<title>backfile</title>\n<p>The archive has not been built yet. It will show here.</p>\n"
	}
	return "<!DOCTYPE html>\n<title>Not found</title>\n<p>There is no such page, and the archive has no 404.html.</p>\n"
}

// hidden reports whether a part of p begins with a dot; .well-known is public
// by its purpose (RFC 8615), and .nojekyll a file of every archive.
func hidden(p string) bool {
	for part := range strings.SplitSeq(p, "/") {
		if strings.HasPrefix(part, ".") && part != ".well-known" && part != ".nojekyll" {
			return true
		}
	}
	return false
}

// A visit is the answering of one request.
type visit struct {
	*Server
	root *os.Root // nil when there is no public/
	w    http.ResponseWriter
	r    *http.Request
}

// visit begins a visit, which ends with a call of end.
func (s *Server) visit(w http.ResponseWriter, r *http.Request) (v *visit, end func()) {
	v = &visit{Server: s, w: w, r: r}
	root, err := os.OpenRoot(s.Dir) // through which nothing outside can be reached
	if err != nil {
		return v, func() {}
	}
	v.root = root
	return v, func() { root.Close() }
}

// A content is a file that is served: in memory or on disk.
type content struct {
	io.ReadSeeker
	file    *os.File // nil when in memory
	size    int64
	changed time.Time
}

func (c *content) close() {
	if c.file != nil {
		c.file.Close()
	}
}

// open opens the file at p, nil when there is none.
func (v *visit) open(p string) *content {
	if v.Page != nil {
		if b, ok := v.Page(p); ok {
			if b == nil {
				return nil
			}
			return &content{ReadSeeker: bytes.NewReader(b), size: int64(len(b))}
		}
	}
	if v.root == nil || !fs.ValidPath(p) {
		return nil
	}
	f, err := v.root.Open(p)
	if err != nil {
		return nil
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil
	}
	return &content{f, f, info.Size(), info.ModTime()}
}

func (v *visit) has(p string) bool {
	c := v.open(p)
	if c == nil {
		return false
	}
	c.close()
	return true
}

// show answers with the file at p, or reports that there is none.
func (v *visit) show(p string, status int) bool {
	c := v.open(p)
	if c == nil {
		return false
	}
	defer c.close()
	h := v.w.Header()
	if t := types[strings.ToLower(path.Ext(p))]; t != "" {
		h.Set("Content-Type", t)
	}
	if isHTML(p) {
		b, err := io.ReadAll(c)
		if err != nil {
			http.Error(v.w, "reading "+p+": "+err.Error(), http.StatusInternalServerError)
			return true
		}
		v.page(p, b, status)
		return true
	}
	h.Set("ETag", strconv.Quote(version(c)))
	http.ServeContent(v.w, v.r, p, c.changed, c)
	return true
}

// page answers with a page, to which the script is added.
func (v *visit) page(p string, b []byte, status int) {
	d := document{visit: v, path: p, status: status}
	out := d.equip(b)
	h := v.w.Header()
	h.Set("Content-Type", types[".html"])
	h.Set("ETag", strconv.Quote(d.version))
	if status == http.StatusOK {
		http.ServeContent(v.w, v.r, p, time.Time{}, bytes.NewReader(out))
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(out)))
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(out) // the reader may have gone
	}
}

const maxHashed = 512 << 10 // larger files are told by size and time, which are had at once

// version tells the bytes of c from others.
func version(c *content) string {
	if c.size > maxHashed && c.file != nil {
		return strconv.FormatInt(c.size, 36) + "-" + strconv.FormatInt(c.changed.UnixNano(), 36)
	}
	sum, err := digest.Reader(c)
	if _, seekErr := c.Seek(0, io.SeekStart); err != nil || seekErr != nil {
		return "unreadable"
	}
	return sum.String()[:versionLen]
}

const versionLen = 20 // of 64; no two versions of a file share them by chance

func isHTML(p string) bool {
	ext := strings.ToLower(path.Ext(p))
	return ext == ".html" || ext == ".htm"
}

// types are media types by ending. The system's own table is not asked: it
// differs from one machine to the next.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".htm": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".csv": "text/csv; charset=utf-8",
	".tsv": "text/tab-separated-values; charset=utf-8", ".xml": "application/xml; charset=utf-8", ".json": "application/json", ".jsonl": "application/jsonl",
	".geojson": "application/geo+json", ".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".pdf": "application/pdf",
	".epub": "application/epub+zip", ".zip": "application/zip", ".gz": "application/gzip", ".svg": "image/svg+xml", ".png": "image/png",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon",
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".flac": "audio/flac", ".wav": "audio/wav",
	".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg", ".mov": "video/quicktime", ".vtt": "text/vtt; charset=utf-8",
	".srt": "application/x-subrip", ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",
}
