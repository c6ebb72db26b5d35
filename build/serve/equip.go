package serve

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"backfile/build/internal/digest"

	"golang.org/x/net/html"
)

// A document is a page on its way to a browser.
type document struct {
	*visit
	path    string // below public/
	status  int
	version string // of all it shows but its style sheets
	styles  string // versions of its style sheets, with spaces between
}

// equip adds the script to the page src, makes the page's own policy let it
// run, and sets the document's versions. Every other byte stays as it is.
func (d *document) equip(src []byte) []byte {
	h := digest.New()
	h.Bytes(src)
	h.Bytes([]byte(script))
	var out bytes.Buffer
	var sheets []string
	at := -1 // where in out the script goes
	read := 0
	z := html.NewTokenizer(bytes.NewReader(src))
	for z.Next() != html.ErrorToken {
		raw := bytes.Clone(z.Raw()) // Token changes it
		read += len(raw)
		t := z.Token()
		switch {
		case at < 0 && (t.Type == html.EndTagToken && t.Data == "head" || t.Type == html.StartTagToken && t.Data == "body"):
			at = out.Len()
		case t.Type != html.StartTagToken && t.Type != html.SelfClosingTagToken:
		case t.Data == "meta" && at < 0:
			raw = d.allow(t, raw)
		case t.Data == "link" && isStyle(t):
			sheets = append(sheets, d.shown(attr(t, "href")))
		default:
			if src := attr(t, "src"); src != "" {
				h.String(d.shown(src))
			}
		}
		out.Write(raw)
	}
	out.Write(src[read:]) // a tag that is not closed at the end
	d.version, d.styles = h.Sum().String()[:versionLen], strings.Join(sheets, " ")
	tag := d.tag()
	if at < 0 {
		return append(out.Bytes(), tag...)
	}
	return append(append(bytes.Clone(out.Bytes()[:at]), tag...), out.Bytes()[at:]...)
}

// tag is the element that loads the script.
func (d *document) tag() []byte {
	var b bytes.Buffer
	t := html.Token{Type: html.StartTagToken, Data: "script", Attr: []html.Attribute{
		{Key: "src", Val: own + "preview.js"}, {Key: "data-site", Val: d.Path},
		{Key: "data-version", Val: d.version}, {Key: "data-styles", Val: d.styles},
	}}
	if d.status != http.StatusOK {
		t.Attr = append(t.Attr, html.Attribute{Key: "data-missing"})
	}
	b.WriteString(t.String())
	b.WriteString("</script>\n")
	return b.Bytes()
}

// version answers with the version of a page, as the script asks for it.
func (s *Server) version(w http.ResponseWriter, r *http.Request) {
	v, end := s.visit(w, r)
	defer end()
	var d document
	page, err := url.PathUnescape(r.URL.Query().Get("page"))
	if rest, inside := strings.CutPrefix(page, s.Path); inside && err == nil {
		d = document{visit: v}
		d.path, d.status = v.find(rest)
		v.compare(&d)
	}
	w.Header().Set("Content-Type", types[".json"])
	_ = json.NewEncoder(w).Encode(struct { // the reader may have gone
		Version string `json:"version"`
		Styles  string `json:"styles"`
		Status  int    `json:"status"`
	}{d.version, d.styles, d.status})
}

// compare sets d's versions, when it is a page.
func (v *visit) compare(d *document) {
	src := []byte(standIn(d.status))
	if d.path != "" {
		c := v.open(d.path)
		if c == nil || !isHTML(d.path) {
			return
		}
		defer c.close()
		b, err := io.ReadAll(c)
		if err != nil {
			return
		}
		src = b
	}
	d.equip(src)
}

func attr(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func isStyle(t html.Token) bool {
	for rel := range strings.FieldsSeq(strings.ToLower(attr(t, "rel"))) {
		if rel == "stylesheet" {
			return true
		}
	}
	return false
}

// shown is the version of a file that the page shows, "-" when it is none of
// the archive's.
func (d *document) shown(ref string) string {
	u, err := url.Parse(ref)
	if err != nil || u.IsAbs() || u.Host != "" || u.Path == "" {
		return "-"
	}
	p := u.Path
	if rest, ok := strings.CutPrefix(p, d.Path); ok {
		p = rest
	} else {
		p = path.Join(path.Dir(d.path), p)
	}
	c := d.open(p)
	if c == nil {
		return "-"
	}
	defer c.close()
	return version(c)
}

// allow returns a meta element, with the script and its events let through when
// it holds the page's policy. Nothing else is let through by that: what the
// policy keeps from the page in public/, it keeps from it here.
func (d *document) allow(t html.Token, raw []byte) []byte {
	if !strings.EqualFold(attr(t, "http-equiv"), "Content-Security-Policy") {
		return raw
	}
	old := attr(t, "content")
	wide := widen(old, d.r.Host)
	if wide == old {
		return raw
	}
	for i := range t.Attr {
		if t.Attr[i].Key == "content" {
			t.Attr[i].Val = wide
		}
	}
	return []byte(t.String())
}

// widen adds the preview's own addresses to a policy where it does not let them
// through.
func widen(policy, host string) string {
	policy = widenFor(policy, "connect-src", source(host, ""))
	if strings.Contains(policy, "script-src-elem") {
		return widenFor(policy, "script-src-elem", source(host, "preview.js"))
	}
	return widenFor(policy, "script-src", source(host, "preview.js"))
}

// source names a file of the preview, or all of them, as policies do, which have
// no form for IPv6 addresses.
func source(host, file string) string {
	if strings.HasPrefix(host, "[") {
		return "'self'"
	}
	return host + own + file
}

// widenFor lets a directive of the policy, or what stands in for it, take one
// more source.
func widenFor(policy, directive, source string) string {
	parts := strings.Split(policy, ";")
	fallback := ""
	for i, part := range parts {
		name, list, _ := strings.Cut(strings.TrimSpace(part), " ")
		switch strings.ToLower(name) {
		case directive:
			parts[i] = " " + directive + " " + extend(list, source)
			return strings.TrimSpace(strings.Join(parts, ";"))
		case "default-src":
			fallback = list
			if strings.TrimSpace(fallback) == "" {
				fallback = "'none'"
			}
		}
	}
	if fallback == "" {
		return policy // nothing is forbidden
	}
	return strings.TrimRight(policy, "; ") + "; " + directive + " " + extend(fallback, source)
}

// extend adds a source to a list that does not let the page's own origin
// through.
func extend(list, source string) string {
	var out []string
	for s := range strings.FieldsSeq(list) {
		switch strings.ToLower(s) {
		case "'self'", "*":
			return strings.TrimSpace(list)
		case "'none'":
		default:
			out = append(out, s)
		}
	}
	return strings.Join(append(out, source), " ")
}
