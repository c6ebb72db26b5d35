package markdown

import (
	"bytes"
	"html"
	"net/url"
	"slices"
	"strings"

	"backfile/build/markdown/shortcode"
	"github.com/gosimple/unidecode"
	"github.com/yuin/goldmark/util"
)

// addresses decides what becomes of the addresses in one text.
type addresses struct {
	Options
	body   []byte
	left   int // bytes of addresses that may still be written
	listed bool
}

// newAddresses limits the addresses to a multiple of the text: one long
// address that is defined once may be used in every word.
func newAddresses(o Options, body []byte) *addresses {
	return &addresses{Options: o, body: body, left: 1<<20 + 4*len(body)}
}

// resolve asks for a file of the site, unless Refs could not list the
// addresses of this text: what is not listed must not decide what is drawn.
func (a *addresses) resolve(ref string) (href string, img Image, ok bool) {
	if !a.listed && a.Resolve != nil {
		a.listed = true
		if _, complete := references(a.body); !complete {
			a.Resolve = nil
		}
	}
	if ref == "" || len(ref) > maxAddress || a.Resolve == nil {
		return "", img, false
	}
	href, img, ok = a.Resolve(ref)
	a.left -= len(href)
	return href, img, ok && a.left >= 0
}

// maxAddress is the longest address that browsers and servers agree on, with
// room to spare.
const maxAddress = 8 << 10

// afford takes the length of an address and its title, and reports whether it
// was left.
func (a *addresses) afford(dest, title []byte) bool {
	if len(dest) > maxAddress || len(title) > maxAddress || a.left < 0 {
		return false
	}
	a.left -= len(dest) + len(title)
	return true
}

// link returns the address to put on the page for the one in the text, which
// is unescaped already. ok is false when there is none.
func (a *addresses) link(ref string) (href string, external, ok bool) {
	ref = trimAddress(ref)
	switch scheme := schemeOf(ref); scheme {
	case "http", "https":
		if rest := ref[len(scheme)+1:]; strings.HasPrefix(rest, "//") && len(rest) > 2 {
			href, external, ok = escapeAddress(scheme+":"+rest), true, true
		}
	case "mailto":
		href, ok = escapeAddress("mailto:"+ref[len(scheme)+1:]), len(ref) > len("mailto:")
	case "":
		return a.relative(ref)
	}
	a.left -= len(href)
	return href, external, ok && a.left >= 0
}

// relative is link for addresses without a scheme.
func (a *addresses) relative(ref string) (href string, external, ok bool) {
	path, fragment, _ := strings.Cut(ref, "#")
	switch {
	case path == "" && ref != "":
		return "#" + fragmentID(fragment), false, true
	case strings.HasPrefix(path, "//"):
		a.left -= len(ref)
		return "https:" + escapeAddress(ref), true, len(ref) > 2 && a.left >= 0
	}
	href, _, ok = a.resolve(path)
	if ok && fragment != "" {
		href, _, _ = strings.Cut(href, "#")
		// Our own pages have our own ids; a PDF has its own.
		if strings.HasSuffix(href, ".html") {
			fragment = fragmentID(fragment)
		}
		href += "#" + escapeAddress(fragment)
	}
	return href, false, ok
}

// image finds the picture of the site that an address leads to.
func (a *addresses) image(ref string) (href string, img Image, ok bool) {
	ref = trimAddress(ref)
	path, _, _ := strings.Cut(ref, "#")
	if schemeOf(ref) != "" || strings.HasPrefix(ref, "//") {
		return "", img, false
	}
	return a.resolve(path)
}

// trimAddress drops what browsers drop before they look at an address: blanks
// around it, and line ends and tabs within ("java\nscript:").
func trimAddress(ref string) string {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	if strings.ContainsAny(ref, "\t\n\r") {
		ref = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(ref)
	}
	return ref
}

// schemeOf returns the scheme of an address in small letters, or "".
func schemeOf(ref string) string {
	for i := range len(ref) {
		c := ref[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(ref[:i])
		default:
			return ""
		}
	}
	return ""
}

// escapeAddress escapes what may not stand in an address, and leaves what is
// escaped already.
func escapeAddress(s string) string { return string(util.URLEscape([]byte(s), false)) }

// unescape resolves backslashes and entities, as goldmark does in addresses.
func unescape(dest []byte) string {
	if bytes.IndexByte(dest, '\\') < 0 && bytes.IndexByte(dest, '&') < 0 {
		return string(dest)
	}
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(dest))))
}

// fragmentID returns the id that a fragment in a text leads to: "#Über uns"
// leads to the heading "Über uns", whose id is h-uber-uns.
func fragmentID(fragment string) string {
	if s, err := url.PathUnescape(fragment); err == nil {
		fragment = s
	}
	if fragment == "" || ownID(fragment) {
		return fragment
	}
	return idOf(fragment)
}

// ownID reports whether id is one that this package makes.
func ownID(id string) bool {
	prefix, name, _ := strings.Cut(id, "-")
	return (prefix == "h" || prefix == "fn" || prefix == "fnref") && name != "" &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// idOf makes an id of words: ASCII letters and figures after "h-".
func idOf(words string) string {
	b := append(make([]byte, 0, 2+len(words)), 'h')
	gap := true
	for _, c := range []byte(unidecode.Unidecode(words)) {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9') {
			gap = gap || c != '\''
			continue
		}
		if gap {
			b = append(b, '-')
			gap = false
		}
		if b = append(b, c); len(b) >= 64 {
			break
		}
	}
	if len(b) == 1 {
		return "h-x"
	}
	return string(b)
}

// Refs returns the addresses in the text that Options.Resolve may be asked
// for, each once: those without a scheme, of links, pictures, definitions and
// HTML, without their fragments. It does not parse the text, and some of what
// it returns may be no address at all; but none is missing.
func Refs(body []byte) []string {
	if bytes.IndexByte(body, ']') < 0 && bytes.IndexByte(body, '=') < 0 && !shortcode.Any(body) {
		return nil // as most texts
	}
	found, _ := references(shortcode.Expand(valid(body)))
	return found
}

// references is Refs for a text that has been prepared. It gives up, and
// complete is false, where addresses stand within addresses a thousand times
// over.
func references(body []byte) (found []string, complete bool) {
	r := &refs{left: 1<<20 + 16*len(body)}
	r.links(body)
	if bytes.IndexByte(body, '<') >= 0 {
		r.attributes(body)
	}
	return r.found, r.left >= 0
}

// refs gathers addresses.
type refs struct {
	found []string
	seen  map[string]bool // once there are many
	left  int             // bytes that may still be looked at
}

func (r *refs) add(ref string) {
	ref, _, _ = strings.Cut(trimAddress(ref), "#")
	if ref == "" || schemeOf(ref) != "" || strings.HasPrefix(ref, "//") {
		return
	}
	if r.seen == nil && len(r.found) == 16 {
		r.seen = make(map[string]bool, 64)
		for _, f := range r.found {
			r.seen[f] = true
		}
	}
	if r.seen == nil && slices.Contains(r.found, ref) || r.seen[ref] {
		return
	}
	if r.seen != nil {
		r.seen[ref] = true
	}
	r.found = append(r.found, ref)
}

// links finds what follows "](" and "]:".
func (r *refs) links(body []byte) {
	for i := 0; r.left >= 0; i++ {
		n := bytes.IndexByte(body[i:], ']')
		if n < 0 || i+n+1 >= len(body) {
			return
		}
		i += n
		if c := body[i+1]; c == '(' || c == ':' {
			dest := destinationAt(body[i+2:])
			r.left -= len(dest)
			if len(dest) <= maxAddress {
				r.add(unescape(dest))
			}
		}
	}
}

// destinationAt returns the address at the beginning of b, where it may be on
// the next line, and behind the marks of quotes. One that is longer than
// maxAddress is cut off after it.
func destinationAt(b []byte) []byte {
	blanks := " \t\v\f\n"
	if n := len(b) - len(bytes.TrimLeft(b, blanks)); bytes.IndexByte(b[:n], '\n') >= 0 {
		blanks += ">"
	}
	b = bytes.TrimLeft(b, blanks)
	b = b[:min(len(b), maxAddress+2)]
	if len(b) > 0 && b[0] == '<' {
		for i := 1; i < len(b) && b[i] != '\n'; i++ {
			if b[i] == '\\' {
				i++
			} else if b[i] == '>' {
				return b[1:i]
			}
		}
	}
	open := 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\\' && i+1 < len(b) && util.IsPunct(b[i+1]):
			i++
		case c == '(':
			open++
		case c == ')':
			if open--; open < 0 {
				return b[:i]
			}
		case util.IsSpace(c):
			return b[:i]
		}
	}
	return b
}

// attributes finds the addresses in HTML: whatever stands behind the name of
// an attribute that may hold one.
func (r *refs) attributes(body []byte) {
	for i := 0; r.left >= 0; i++ {
		n := bytes.IndexByte(body[i:], '=')
		if n < 0 {
			return
		}
		i += n
		if !addressAttribute(body[:i]) {
			continue
		}
		value := bytes.TrimLeft(body[i+1:], " \t\n\f")
		value = value[:min(len(value), maxAddress+2)]
		if len(value) == 0 {
			return
		}
		end := 0
		if q := value[0]; q == '"' || q == '\'' {
			value = value[1:]
			end = bytes.IndexByte(value, q)
		} else {
			end = bytes.IndexAny(value, " \t\n\f>")
		}
		if end < 0 {
			end = len(value)
		}
		r.left -= end
		if end <= maxAddress {
			r.add(html.UnescapeString(string(value[:end])))
		}
	}
}

// addressAttribute reports whether b ends in the name of an attribute that
// holds an address.
func addressAttribute(b []byte) bool {
	b = bytes.TrimRight(b[max(0, len(b)-100):], " \t\n\f")
	for _, name := range []string{"src", "href", "poster", "data", "cite"} {
		if len(b) >= len(name) && strings.EqualFold(string(b[len(b)-len(name):]), name) {
			return true
		}
	}
	return false
}
