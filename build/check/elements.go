package check

import (
	"mime"
	"strings"

	"backfile/build/check/csp"
)

// link looks at a link that a reader follows.
func (w *worker) link(key string) {
	val, ok := w.get(key)
	if !ok {
		return
	}
	from := w.c.files[w.num].Path
	r, wrong := w.c.resolve(from, val)
	switch r.kind {
	case script:
		if ok, by := w.policy.Inline("script-src-attr", "", nil); !ok {
			w.say("csp", "a javascript: link, which %s forbids", by)
		}
		return
	case foreign:
		w.c.asking.note(w, strings.TrimSpace(val))
		return
	case scheme, dataURL:
		return
	}
	w.c.links.Add(1)
	if w.wrong(r, wrong, val, "link") {
		return
	}
	w.lead(r)
}

// wrong tells what is wrong with an address within the archive, and reports
// whether it leads nowhere.
func (w *worker) wrong(r ref, wrong, val, code string) (nowhere bool) {
	what := "a link"
	if code == "asset" {
		what = "<" + w.tag + ">"
	}
	from := w.c.files[w.num].Path
	if wrong != "" && from != "404.html" { // which is shown at any depth, and has no other way
		w.say("absolute", "%s %q %s", what, short(val), wrong)
	}
	switch r.kind {
	case missing:
		w.say(code, "%s %q leads to %s, which is not there%s", what, short(val), r.path, w.c.hint(r.path))
		return true
	case outside:
		w.say(code, "%s %q leads out of the archive", what, short(val))
		return true
	case folder:
		if wrong == "" {
			w.say("folder", "%s %q names a folder: only %s opens offline", what, short(val), w.c.files[r.to].Path)
		}
	}
	return false
}

// lead notes that the page leads to another, or to a place of its own.
func (w *worker) lead(r ref) {
	if r.to == w.num {
		if r.frag != "" {
			w.anchor = append(w.anchor, wanted{from: w.num, to: w.num, off: w.off, frag: strings.Clone(r.frag)})
		}
		return
	}
	if !w.c.pages[r.to].is {
		return
	}
	w.out = append(w.out, r.to)
	if r.frag != "" {
		w.c.wanting.add(wanted{from: w.num, to: r.to, off: w.off, frag: strings.Clone(r.frag)})
	}
}

// ping looks at where a link tells that it was followed.
func (w *worker) ping() {
	if val, ok := w.get("ping"); ok && val != "" {
		w.say("third-party", "a link tells %q that it was followed", short(val))
	}
}

// loadAttr looks at what the browser loads for an attribute.
func (w *worker) loadAttr(key, directive string) {
	if val, ok := w.get(key); ok {
		w.load(val, directive)
	}
}

// load looks at what the browser loads on its own.
func (w *worker) load(val, directive string) {
	if val == "" || val[0] == '#' {
		return
	}
	r, wrong := w.c.resolve(w.c.files[w.num].Path, val)
	switch r.kind {
	case foreign:
		w.say("third-party", "<%s> loads %s from another site", w.tag, short(val))
		return
	case dataURL:
		name, _ := schemeOf(val)
		if ok, by := w.policy.Scheme(directive, name+":"); !ok {
			w.say("csp", "<%s> loads a %s: address, which %s forbids", w.tag, name, by)
		}
		return
	case scheme, script:
		return
	}
	if w.wrong(r, wrong, val, "asset") {
		return
	}
	if ok, by := w.policy.Self(directive); !ok {
		w.say("csp", "<%s> loads %s, which %s forbids", w.tag, short(val), by)
	}
	if directive == "frame-src" {
		w.lead(r)
		return
	}
	if !w.loaded[r.to] {
		w.loaded[r.to] = true
		w.weight += w.c.files[r.to].Size
	}
}

// picture looks at a picture and at what is said for those who cannot see it.
func (w *worker) picture() {
	if _, ok := w.get("alt"); !ok {
		src, _ := w.get("src")
		w.say("alt", "the picture %q has no alt: write what it shows, or alt=\"\" if it is an ornament", short(src))
	}
	w.loadAttr("src", "img-src")
	w.srcset()
}

// srcset looks at the other sizes of a picture. Only one of them is loaded, so
// they do not count for the weight.
func (w *worker) srcset() {
	set, _ := w.get("srcset")
	for part := range strings.SplitSeq(set, ",") {
		if fields := strings.Fields(part); len(fields) > 0 {
			weight := w.weight
			w.load(fields[0], "img-src")
			w.weight = weight
		}
	}
}

// form looks at where a form is sent.
func (w *worker) form(key string) {
	val, ok := w.get(key)
	if !ok || val == "" {
		return
	}
	r, wrong := w.c.resolve(w.c.files[w.num].Path, val)
	switch r.kind {
	case foreign:
		w.say("third-party", "a form is sent to %s, another site", short(val))
	case scheme, dataURL, script:
		w.say("csp", "a form is sent to %q", short(val))
	default:
		if !w.wrong(r, wrong, val, "link") && !w.policy.Allows("form-action") {
			w.say("csp", "a form is sent to %q, which form-action forbids", short(val))
		}
	}
}

// script looks at a script, in the page or beside it.
func (w *worker) script() {
	kind, _ := w.get("type")
	kind, _, _ = mime.ParseMediaType(kind)
	isScript := kind == "" || kind == "module" || strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript") || kind == "importmap"
	if src, ok := w.get("src"); ok && isScript {
		w.load(src, "script-src-elem")
		return
	}
	switch {
	case isScript:
		w.inHead.script = inlineScript
		w.inHead.nonce, _ = w.get("nonce")
	case kind == "application/ld+json":
		w.inHead.script = jsonLD
	}
}

// fetched are the relations of link elements for which browsers ask a host for
// something, each with what the policy calls it.
var fetched = map[string]string{
	"stylesheet": "style-src-elem", "icon": "img-src", "apple-touch-icon": "img-src", "mask-icon": "img-src", "manifest": "manifest-src",
	"preload": "", "prefetch": "", "modulepreload": "script-src-elem", "prerender": "", "preconnect": "", "dns-prefetch": "",
}

// linkElement looks at a link element of the head.
func (w *worker) linkElement() {
	rel, _ := w.get("rel")
	href, ok := w.get("href")
	if !ok {
		return
	}
	rels := strings.Fields(strings.ToLower(rel))
	for _, r := range rels {
		if directive, ok := fetched[r]; ok {
			w.load(href, directive)
			return
		}
	}
	for _, r := range rels {
		switch {
		case r == "canonical", r == "shortlink", r == "self", strings.HasPrefix(r, "schema."):
			return // addresses of their own by purpose
		}
	}
	from := w.c.files[w.num].Path
	if r, wrong := w.c.resolve(from, href); r.kind <= outside {
		if wrong != "" && (strings.Contains(rel, "alternate") || strings.Contains(rel, "search")) {
			wrong = "" // programs read them, wherever they got the page from
		}
		w.wrong(r, wrong, href, "asset")
	}
}

// meta looks at what the page says of itself.
func (w *worker) meta() {
	if charset, ok := w.get("charset"); ok && charset != "" {
		w.inHead.charset = true
	}
	content, _ := w.get("content")
	equiv, _ := w.get("http-equiv")
	switch strings.ToLower(equiv) {
	case "content-security-policy":
		if !w.inHead.policy {
			w.policy, w.inHead.policy = csp.Parse(content), true
		}
	case "content-type":
		w.inHead.charset = w.inHead.charset || strings.Contains(strings.ToLower(content), "charset=")
	case "refresh":
		w.refresh(content)
	}
	switch property, _ := w.get("property"); property {
	case "article:published_time", "article:modified_time":
		if wrong := w.c.date(content); wrong != "" {
			w.say("date", "%s %q %s", property, short(content), wrong)
		}
	}
}

// refresh looks at a page that leads on to another by itself.
func (w *worker) refresh(content string) {
	i := strings.Index(strings.ToLower(content), "url=")
	if i < 0 {
		return
	}
	val := strings.Trim(content[i+4:], ` '"`)
	r, wrong := w.c.resolve(w.c.files[w.num].Path, val)
	if r.kind == foreign {
		w.say("third-party", "the page leads on to %s, another site", short(val))
		return
	}
	w.inHead.moved = true
	if r.kind <= outside && !w.wrong(r, wrong, val, "link") {
		w.lead(r)
	}
}

// short cuts an address that would fill the screen.
func short(s string) string {
	const most = 120
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
