package check

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"sync"
)

// A ref is where an address on a page leads.
type ref struct {
	kind refKind
	to   int32  // the number of the file, of a local one
	path string // below the archive, of a local or a missing one
	frag string // after #
	host string // of one elsewhere
}

type refKind uint8

const (
	local   refKind = iota
	missing         // within the archive, and not there
	folder          // within the archive; to is its index.html
	outside         // of the archive, by too many ..
	foreign         // another site
	scheme          // mailto:, tel: and others that fetch nothing
	dataURL         // data: and blob:
	script          // javascript:
)

// resolve follows an address that stands on the page from. It tells also in
// what way the address is written that breaks in another place: "" when it is
// not.
func (c *checker) resolve(from, address string) (r ref, wrong string) {
	address = strings.Trim(address, " \t\r\n\f")
	name, isURL := schemeOf(address)
	switch {
	case isURL && (name == "http" || name == "https"), strings.HasPrefix(address, "//"):
		return c.absolute(address)
	case isURL && (name == "data" || name == "blob"):
		return ref{kind: dataURL}, ""
	case isURL && name == "javascript":
		return ref{kind: script}, ""
	case isURL:
		return ref{kind: scheme}, ""
	}
	address, r.frag, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	if strings.IndexByte(address, '%') >= 0 {
		if plain, err := url.PathUnescape(address); err == nil {
			address = plain
		}
	}
	switch {
	case address == "":
		r.path = from
	case address[0] == '/':
		wrong = "begins at the top of the host"
		r.path = c.belowRoot(address)
	default:
		r.path = path.Join(path.Dir(from), address)
	}
	return c.locate(r, strings.HasSuffix(address, "/")), wrong
}

// locate finds the file of a path.
func (c *checker) locate(r ref, slash bool) ref {
	if r.path == ".." || strings.HasPrefix(r.path, "../") {
		r.kind = outside
		return r
	}
	if r.path == "" || r.path == "." {
		r.path, slash = "index.html", true
		if i, ok := c.at[r.path]; ok {
			r.to = i
		}
		r.kind = folder
		return r
	}
	if i, ok := c.at[r.path]; ok && !slash {
		r.to = i
		return r
	}
	if c.dirs[r.path] {
		r.kind = folder
		if i, ok := c.at[r.path+"/index.html"]; ok {
			r.to = i
			return r
		}
	}
	r.kind = missing
	return r
}

// belowRoot is the path in the archive of an address that begins at the top of
// the host.
func (c *checker) belowRoot(address string) string {
	if base, err := url.Parse(c.BaseURL); err == nil && c.BaseURL != "" {
		if below, ok := strings.CutPrefix(address, base.Path); ok {
			return path.Clean(below)
		}
	}
	return strings.TrimPrefix(path.Clean(address), "/")
}

// absolute follows an address with a host.
func (c *checker) absolute(address string) (ref, string) {
	u, err := url.Parse(address)
	if err != nil {
		return ref{kind: foreign}, ""
	}
	if c.BaseURL != "" {
		base, err := url.Parse(c.BaseURL)
		if err == nil && strings.EqualFold(u.Host, base.Host) && strings.HasPrefix(u.Path+"/", base.Path) {
			r := ref{path: path.Clean(strings.TrimPrefix(u.Path, base.Path)), frag: u.EscapedFragment()}
			return c.locate(r, strings.HasSuffix(u.Path, "/")), "names the archive's own address"
		}
	}
	return ref{kind: foreign, host: u.Host}, ""
}

// schemeOf returns the scheme of an address that has one.
func schemeOf(address string) (name string, ok bool) {
	for i := range len(address) {
		b := address[i] | 0x20
		switch {
		case 'a' <= b && b <= 'z':
		case i > 0 && ('0' <= address[i] && address[i] <= '9' || address[i] == '+' || address[i] == '-' || address[i] == '.'):
		case address[i] == ':' && i > 0:
			return strings.ToLower(address[:i]), true
		default:
			return "", false
		}
	}
	return "", false
}

// lowered finds files by their names in small letters. It is made when the
// first file is missing.
type lowered struct {
	once  sync.Once
	names map[string]string
}

// hint says what was probably meant by a path that is not there, or "".
func (c *checker) hint(p string) string {
	c.lower.once.Do(func() {
		c.lower.names = make(map[string]string, len(c.files))
		for _, f := range c.files {
			c.lower.names[strings.ToLower(f.Path)] = f.Path
		}
	})
	if real, ok := c.lower.names[strings.ToLower(p)]; ok {
		return fmt.Sprintf(", but %s is: hosts tell capitals from small letters", real)
	}
	for _, ending := range []string{".html", "/index.html"} {
		if _, ok := c.at[p+ending]; ok {
			return fmt.Sprintf(", but %s is", p+ending)
		}
	}
	return ""
}
