package check

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	"backfile/build/check/csp"

	"golang.org/x/net/html"
)

// A worker looks into one file after another, with the same buffers.
type worker struct {
	c    *checker
	buf  []byte
	seed maphash.Seed

	// Of the page at hand:
	num    int32
	src    []byte
	off    int // where the tag at hand begins
	tag    string
	attrs  []attr
	ids    map[uint64]bool
	anchor []wanted // on the same page
	out    []int32
	weight int64
	loaded map[int32]bool
	policy *csp.Policy
	inHead headState
}

type attr struct{ key, val []byte }

// A headState is what a page has said of itself so far.
type headState struct {
	title, titled, charset, lang bool
	body, policy, moved          bool
	script                       scriptKind
	nonce                        string
	style                        bool
}

type scriptKind uint8

const (
	noScript scriptKind = iota
	inlineScript
	jsonLD
)

func newWorker(c *checker) *worker {
	return &worker{c: c, seed: c.wanting.seed(), ids: map[uint64]bool{}, loaded: map[int32]bool{}}
}

// read reads a file into the worker's buffer.
func (w *worker) read(f File) ([]byte, error) {
	in, err := w.c.fsys.Open(f.Path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	b := bytes.NewBuffer(w.buf[:0])
	_, err = io.Copy(b, io.LimitReader(in, maxRead))
	w.buf = b.Bytes()
	return w.buf, err
}

// page looks into one page.
func (w *worker) page(num int32, src []byte) {
	w.num, w.src, w.off = num, src, 0
	w.anchor, w.out, w.weight = w.anchor[:0], w.out[:0], int64(len(src))
	w.policy, w.inHead = nil, headState{}
	clear(w.ids)
	clear(w.loaded)
	z := html.NewTokenizer(bytes.NewReader(src))
	for next := 0; ; {
		kind := z.Next()
		w.off = next
		next += len(z.Raw())
		switch kind {
		case html.ErrorToken: // the end: a tokenizer takes any bytes
			w.finish()
			return
		case html.TextToken:
			w.text(z)
		case html.StartTagToken, html.SelfClosingTagToken:
			w.start(z)
		case html.EndTagToken:
			w.inHead.title, w.inHead.style, w.inHead.script = false, false, noScript
		}
	}
}

// say adds a finding at the tag at hand.
func (w *worker) say(code, format string, args ...any) {
	line, col := place(w.src, w.off)
	w.c.found.add(Finding{Code: code, Path: w.c.files[w.num].Path, Line: line, Col: col, Msg: fmt.Sprintf(format, args...)})
}

// get returns the value of an attribute of the tag at hand.
func (w *worker) get(key string) (string, bool) {
	for _, a := range w.attrs {
		if string(a.key) == key {
			return string(a.val), true
		}
	}
	return "", false
}

// start looks at a tag.
func (w *worker) start(z *html.Tokenizer) {
	name, more := z.TagName()
	w.tag = tagName(name)
	w.attrs = w.attrs[:0]
	for more {
		var a attr
		a.key, a.val, more = z.TagAttr()
		w.attrs = append(w.attrs, a)
	}
	for _, a := range w.attrs {
		switch key := string(a.key); {
		case key == "id", key == "name" && w.tag == "a":
			w.id(a.val, key)
		case key == "style":
			if ok, by := w.policy.Inline("style-src-attr", "", nil); !ok {
				w.say("csp", "a style attribute, which %s forbids", by)
			}
		case len(key) > 2 && strings.HasPrefix(key, "on"):
			if ok, by := w.policy.Inline("script-src-attr", "", nil); !ok {
				w.say("csp", "the handler %s, which %s forbids", key, by)
			}
		}
	}
	w.element()
}

// tagName returns the name without making a string of it each time.
func tagName(b []byte) string {
	switch string(b) {
	case "a":
		return "a"
	case "p":
		return "p"
	case "li":
		return "li"
	case "span":
		return "span"
	case "td":
		return "td"
	}
	return string(b)
}

// id notes an id of the page.
func (w *worker) id(val []byte, key string) {
	h := maphash.Bytes(w.seed, val)
	if w.ids[h] && key == "id" {
		w.say("duplicate-id", "a second element with id %q", val)
	}
	w.ids[h] = true
}

// element looks at what a tag refers to.
func (w *worker) element() {
	switch w.tag {
	case "a", "area":
		w.link("href")
		w.ping()
	case "img":
		w.picture()
	case "image", "use":
		w.loadAttr("href", "img-src")
		w.loadAttr("xlink:href", "img-src")
	case "input":
		if kind, _ := w.get("type"); strings.EqualFold(kind, "image") {
			w.picture()
		}
		w.form("formaction")
	case "button":
		w.form("formaction")
	case "form":
		w.form("action")
	case "script":
		w.script()
	case "style":
		w.inHead.style = true
		w.inHead.nonce, _ = w.get("nonce")
	case "link":
		w.linkElement()
	case "source", "track", "video", "audio", "embed", "iframe", "frame", "object":
		w.media()
	case "base":
		if _, ok := w.get("href"); ok {
			w.say("absolute", "a base element, which moves all links of the page")
		}
	case "meta":
		w.meta()
	case "html":
		lang, _ := w.get("lang")
		w.inHead.lang = lang != ""
	case "title":
		w.inHead.title = !w.inHead.body // one further down is of a drawing
	case "body":
		w.inHead.body = true
	}
}

// media looks at pictures, sound and pages within the page.
func (w *worker) media() {
	switch w.tag {
	case "source":
		w.loadAttr("src", "media-src")
		w.srcset()
	case "track":
		w.loadAttr("src", "media-src")
	case "video", "audio":
		w.loadAttr("src", "media-src")
		w.loadAttr("poster", "img-src")
	case "embed":
		w.loadAttr("src", "object-src")
	case "object":
		w.loadAttr("data", "object-src")
	case "iframe", "frame":
		w.loadAttr("src", "frame-src")
	}
}

// text looks at what stands between two tags, where it matters.
func (w *worker) text(z *html.Tokenizer) {
	s := &w.inHead
	switch {
	case s.title:
		s.titled = s.titled || len(bytes.TrimSpace(z.Text())) > 0
	case s.style:
		b := z.Text()
		if ok, by := w.policy.Inline("style-src-elem", s.nonce, b); !ok {
			w.say("csp", "a style in the page, which %s forbids", by)
		}
	case s.script == inlineScript:
		b := z.Text()
		if len(bytes.TrimSpace(b)) == 0 {
			return
		}
		if ok, by := w.policy.Inline("script-src-elem", s.nonce, b); !ok {
			w.say("csp", "a script in the page, which %s forbids", by)
		}
	case s.script == jsonLD:
		w.jsonLD(z.Text())
	}
}

// finish looks at the page as a whole.
func (w *worker) finish() {
	f := w.c.files[w.num]
	for _, a := range w.anchor {
		if !w.ids[maphash.String(w.seed, a.frag)] && !w.ids[maphash.String(w.seed, unescape(a.frag))] && !isTop(a.frag) {
			line, col := place(w.src, a.off)
			w.c.found.add(Finding{Code: "anchor", Path: f.Path, Line: line, Col: col, Msg: fmt.Sprintf("a link leads to #%s, which this page does not have", a.frag)})
		}
	}
	whole := func(code, msg string) { w.c.found.add(Finding{Code: code, Path: f.Path, Msg: msg}) }
	if w.inHead.moved {
		w.c.pages[w.num].moved = true
	}
	if !w.inHead.titled {
		whole("markup", "the page has no title")
	}
	if !w.inHead.lang {
		whole("markup", "the page does not say what language it is in")
	}
	if !w.inHead.charset && !bytes.HasPrefix(w.src, []byte("\xef\xbb\xbf")) {
		whole("markup", "the page does not say what character set it is in")
	}
	if !w.inHead.policy {
		whole("csp", "the page has no Content-Security-Policy")
	}
	if w.weight > w.c.Budget {
		whole("weight", fmt.Sprintf("the page has %s with all it loads, more than the %s of the budget", kB(w.weight), kB(w.c.Budget)))
	}
	slices.Sort(w.out)
	p := &w.c.pages[w.num]
	p.out = slices.Clone(slices.Compact(w.out))
	p.ids = make([]uint64, 0, len(w.ids))
	for h := range w.ids {
		p.ids = append(p.ids, h)
	}
	slices.Sort(p.ids)
}

func kB(n int64) string {
	if n < 10_000_000 {
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%d MB", (n+500_000)/1_000_000)
}
