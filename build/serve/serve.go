// Package serve shows public/ on this machine as GitHub Pages would, and keeps
// the pages that are open in browsers up to date.
//
// Only files that stand in public/ are served: no listings of folders, nothing
// outside, nothing whose name begins with a dot. A request must name the
// server by an address of this machine, so that a page elsewhere on the web
// cannot read a draft by pointing its own name here (DNS rebinding).
//
// What makes a page reload is added to it on its way to the browser and stands
// in no file of public/:
//
//	GET /2023/12/31/a.html          the page, with <script src="/_backfile/preview.js" …>
//	GET /_backfile/events           server-sent events: problems, and "look again"
//	GET /_backfile/version?page=…   the script compares the version it shows
//
// A page has a version, the digest of its bytes and of the files it shows. The
// script reloads the page when its version has changed, swaps a style sheet when
// that alone has, and shows problems over the page as it was.
package serve

import (
	"net"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
)

// Options direct a Server. Dir must be set.
type Options struct {
	Dir string // public/, which may come and go
	// Path is where the archive stands, "/Terminus/" as on a project's GitHub
	// Pages. "/" when "".
	Path string
	// Names are names that requests may call this machine by, beside its
	// addresses and localhost.
	Names []string
	// Page, when set, is asked for a file of public/ before the disk is.
	Page func(path string) (bytes []byte, ok bool)
}

// A Server serves public/. It may be used by several goroutines at once.
type Server struct {
	Options
	hub *hub
}

// New makes a Server. Until it is told a State it shows pages as they are.
func New(o Options) *Server {
	o.Path = "/" + strings.Trim(o.Path, "/") + "/"
	if o.Path == "//" {
		o.Path = "/"
	}
	return &Server{Options: o, hub: newHub()}
}

// own is where the preview's own files are served, outside of Path.
const own = "/_backfile/"

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.knows(r.Host) {
		http.Error(w, "this preview answers only to names of this machine", http.StatusForbidden)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	p := path.Clean("/" + r.URL.Path)
	if strings.HasSuffix(r.URL.Path, "/") && p != "/" {
		p += "/"
	}
	rest, inside := strings.CutPrefix(p, s.Path)
	switch {
	case p == own+"events":
		s.hub.serve(w, r)
	case p == own+"version":
		s.version(w, r)
	case strings.HasPrefix(p, own):
		ownFile(w, r, strings.TrimPrefix(p, own))
	case p == "/" && !inside, p+"/" == s.Path:
		http.Redirect(w, r, s.Path, http.StatusFound)
	case !inside:
		http.Error(w, "there is nothing here: the archive stands at "+s.Path, http.StatusNotFound)
	default:
		s.file(w, r, rest)
	}
}

// knows reports whether a Host header names this machine.
func (s *Server) knows(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if _, err := netip.ParseAddr(host); err == nil {
		return true // nobody can point an address elsewhere
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains(s.Names, host)
}
