package markdown

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// clean writes what is harmless of a text drawn with the HTML in it. Two
// things happen, in this order: the cleaner decides on addresses, pictures and
// frames, and balances the tags, so that no text ends an element of the page
// around it; then bluemonday drops whatever its policy does not name.
func (c *Converter) clean(b, mixed *buffer, a *addresses) bool {
	tidy := c.buffers.Get().(*buffer)
	defer c.buffers.Put(tidy)
	tidy.Reset()
	k := &cleaner{out: tidy, src: mixed.Bytes(), addresses: a, ids: map[string]bool{}, endless: map[string]bool{}}
	k.run()
	return c.policy.SanitizeReaderToWriter(&tidy.Buffer, b) == nil
}

// maxOpen is the number of elements open at once; browsers flatten deeper
// trees too.
const maxOpen = 100

// A cleaner reads a text drawn with HTML in it, token by token.
type cleaner struct {
	out       *buffer
	src       []byte // what the raw renderer wrote; see edge
	low       []byte // src in small letters, once it is needed
	read      int    // of src, where the next part begins
	at        int    // of src, where the next token begins
	z         *html.Tokenizer
	text      []byte // of a text token
	addresses *addresses
	open      []string
	ids       map[string]bool
	endless   map[string]bool // elements that no tag in the rest of src ends
}

// edge stands around a block of HTML, so that a tag or a comment without an
// end does not take in what follows the block. No text holds NUL.
const edge = 0

func (k *cleaner) run() {
	k.part()
	for {
		switch k.next() {
		case html.ErrorToken:
			k.closeTo(0)
			return
		case html.TextToken:
			k.out.Write(util.EscapeHTML(valid(k.text)))
		case html.StartTagToken, html.SelfClosingTagToken:
			k.start(k.z.Token())
		case html.EndTagToken:
			name, _ := k.z.TagName()
			k.end(rename(string(name)))
		}
	}
}

// part goes on to the next part of src, and returns false when there is none.
func (k *cleaner) part() bool {
	if k.read >= len(k.src) {
		return false
	}
	part := k.src[k.read:]
	if n := bytes.IndexByte(part, edge); n >= 0 {
		part = part[:n]
	}
	k.at = k.read
	k.read += len(part) + 1
	k.z = html.NewTokenizer(bytes.NewReader(part))
	return true
}

// next reads a token. A tag without an end is text.
func (k *cleaner) next() html.TokenType {
	for k.z != nil {
		t := k.z.Next()
		if t != html.ErrorToken {
			k.at += len(k.z.Raw())
			if t == html.TextToken {
				k.text = k.z.Text()
			}
			return t
		}
		if end := min(k.read-1, len(k.src)); k.at < end {
			k.text, k.at = k.src[k.at:end], end
			return html.TextToken
		}
		if !k.part() {
			k.z = nil
		}
	}
	return html.ErrorToken
}

func rename(name string) string {
	if to, ok := renamed[name]; ok {
		return to
	}
	return name
}

// start handles the beginning of an element.
func (k *cleaner) start(t html.Token) {
	switch t.Data {
	case "script", "style", "svg", "template", "select", "textarea", "title", "noembed", "noframes", "applet":
		k.skip(t.Data)
		return
	case "iframe", "embed", "object", "frame":
		if t.Data != "embed" && t.Data != "frame" {
			k.skip(t.Data)
		}
		k.frame(t)
		return
	case "video", "audio":
		k.media(t)
		return
	case "img":
		k.image(t)
		return
	}
	k.z.NextIsNotRawText()
	name := rename(t.Data)
	kind, ok := elements[name]
	if outer := within[name]; !ok || name == "source" || name == "track" || outer != "" && k.find(outer) < 0 || !k.fits(name) {
		return
	}
	if kind == block || name == "hr" {
		k.endOf(paragraphs, cells)
	}
	if list, ok := implied[name]; ok {
		k.endOf(list.ended, list.up)
	}
	if isHeading(name) && isHeading(k.innermost()) {
		k.closeTo(len(k.open) - 1)
	}
	switch name {
	case "a":
		k.end("a")
	case "rt", "rp":
		if in := k.innermost(); in == "rt" || in == "rp" {
			k.closeTo(len(k.open) - 1)
		}
		if k.innermost() != "ruby" {
			return
		}
	}
	if kind != void && len(k.open) >= maxOpen {
		return
	}
	before := k.out.Len()
	k.tag(name, t.Attr)
	if name == "a" && k.out.Len() == before+len("<a>") {
		k.out.Truncate(before) // it leads nowhere
		return
	}
	if kind != void {
		k.open = append(k.open, name)
	}
}

// fits makes way for an element in a table, and reports whether it may stand
// where it would. Browsers move to other places what does not belong there,
// and with it what ends the table.
func (k *cleaner) fits(name string) bool {
	holders, part := parts[name]
	if !part {
		switch k.innermost() {
		case "table", "thead", "tbody", "tfoot", "tr", "colgroup":
			return false
		}
		return true
	}
	for i, n := range slices.Backward(k.open) {
		if slices.Contains(holders, n) {
			k.closeTo(i + 1)
			return true
		}
		if n == "table" || slices.Contains(parts["tr"], n) {
			k.closeTo(i + 1)
			k.tag("tr", nil) // only a cell comes here: its row is missing
			k.open = append(k.open, "tr")
			return true
		}
	}
	return false
}

// innermost returns the element that is open, or "".
func (k *cleaner) innermost() string {
	if len(k.open) == 0 {
		return ""
	}
	return k.open[len(k.open)-1]
}

func isHeading(name string) bool { return len(name) == 2 && name[0] == 'h' && name[1] <= '6' }

// tag writes a start tag with those of its attributes that the policy may let
// pass.
func (k *cleaner) tag(name string, attrs []html.Attribute) {
	k.out.WriteString("<" + name)
	for _, at := range attrs {
		switch at.Key {
		case "href":
			if href, external, ok := k.addresses.link(oneLine(at.Val)); ok {
				attribute(k.out, "href", href)
				if external {
					k.out.WriteString(relExternal)
				}
			}
		case "cite":
			if href, external, ok := k.addresses.link(oneLine(at.Val)); ok && external {
				attribute(k.out, "cite", href)
			}
		case "id", "name":
			if id := fragmentID(at.Val); id != "" && !k.ids[id] && (at.Key == "id" || name == "a") {
				k.ids[id] = true
				attribute(k.out, "id", id)
			}
		case "align":
			attribute(k.out, "class", strings.ToLower(at.Val))
		case "title", "abbr", "lang", "dir", "role", "class", "datetime", "start", "reversed", "type", "value", "colspan", "rowspan", "scope", "span", "open":
			attribute(k.out, at.Key, at.Val)
		}
	}
	k.out.WriteByte('>')
}

// oneLine returns an address of an attribute, or "" for one that is broken
// over lines: it may hold the marks of a quote, and no one means such.
func oneLine(ref string) string {
	if strings.Contains(trimBlanks(ref), "\n") || len(ref) > maxAddress {
		return ""
	}
	return ref
}

func trimBlanks(s string) string { return strings.Trim(s, " \t\n\f") }

// end handles the end of an element: it ends all that were opened within it.
func (k *cleaner) end(name string) {
	i := k.find(name)
	if isHeading(name) {
		for j, n := range k.open {
			if isHeading(n) {
				i = max(i, j)
			}
		}
	}
	if i < 0 {
		return
	}
	if _, part := parts[name]; !part && name != "table" {
		for _, n := range k.open[i+1:] {
			if slices.Contains(cells, n) {
				return // what begins outside a cell does not end in it
			}
		}
	}
	k.closeTo(i)
}

// find returns the place of the innermost open element of a name, or -1.
func (k *cleaner) find(name string) int {
	for i, n := range slices.Backward(k.open) {
		if n == name {
			return i
		}
	}
	return -1
}

// endOf ends the innermost open one of names, unless one of up is within it.
func (k *cleaner) endOf(names, up []string) {
	for i, n := range slices.Backward(k.open) {
		if slices.Contains(names, n) {
			k.closeTo(i)
			return
		}
		if slices.Contains(up, n) {
			return
		}
	}
}

// closeTo ends open elements until n are left.
func (k *cleaner) closeTo(n int) {
	for len(k.open) > n {
		last := len(k.open) - 1
		k.out.WriteString("</" + k.open[last] + ">")
		k.open = k.open[:last]
	}
}

// skip drops all that is within the element that has just begun. One that
// never ends is dropped alone: a text may speak of <script> carelessly.
func (k *cleaner) skip(name string) {
	if !k.ends(name) {
		k.z.NextIsNotRawText()
		return
	}
	for depth := 1; depth > 0; {
		switch k.next() {
		case html.ErrorToken:
			return
		case html.StartTagToken:
			if n, _ := k.z.TagName(); string(n) == name {
				depth++
			}
			k.z.NextIsNotRawText()
		case html.EndTagToken:
			if n, _ := k.z.TagName(); string(n) == name {
				depth--
			}
		}
	}
}

// ends reports whether a tag that ends the element follows.
func (k *cleaner) ends(name string) bool {
	if k.endless[name] {
		return false
	}
	if k.low == nil {
		k.low = bytes.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, k.src)
	}
	if !bytes.Contains(k.low[min(k.at, len(k.low)):], []byte("</"+name)) {
		k.endless[name] = true
		return false
	}
	return true
}
