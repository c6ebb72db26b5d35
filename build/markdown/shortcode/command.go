package shortcode

import (
	"bytes"
	"html"
	"strings"
)

// A command is one that was found.
type command struct {
	from, to int
	name     string
	closing  bool // {{< /note >}}, {% endraw %}
	value    bool // {{ page.title }}
	html     bool // what takes its place is HTML, not Markdown
	args     []argument
}

// An argument is a word after a command's name; key is "" without one.
type argument struct{ key, value string }

// get returns the first argument that has one of the keys.
func (t *command) get(keys ...string) string {
	for _, k := range keys {
		for _, a := range t.args {
			if a.key == k && a.value != "" {
				return a.value
			}
		}
	}
	return ""
}

// nth returns the n-th argument without a key.
func (t *command) nth(n int) string {
	for _, a := range t.args {
		if a.key == "" {
			if n == 0 {
				return a.value
			}
			n--
		}
	}
	return ""
}

// command reads the command that begins at i.
func (e *expander) command(i int) (t command, ok bool) {
	rest := e.src[i:min(len(e.src), i+longest)]
	if e.left < 0 {
		return t, false
	}
	opener, closer := "", ""
	switch {
	case bytes.HasPrefix(rest, []byte("{{<")):
		opener, closer = "{{<", ">}}"
	case bytes.HasPrefix(rest, []byte("{{%")):
		opener, closer = "{{%", "%}}"
	case bytes.HasPrefix(rest, []byte("{%")):
		opener, closer = "{%", "%}"
	case bytes.HasPrefix(rest, []byte("{{")) && !bytes.HasPrefix(rest, []byte("{{{")):
		opener, closer = "{{", "}}"
		if n := bytes.IndexByte(rest, '\n'); n >= 0 {
			rest = rest[:n]
		}
	default:
		return t, false
	}
	n := bytes.Index(rest[len(opener):], []byte(closer))
	if n < 0 {
		e.left -= len(rest)
		return t, false
	}
	inner := strings.TrimSpace(strings.Trim(string(rest[len(opener):len(opener)+n]), "-~"))
	t = command{from: i, to: i + len(opener) + n + len(closer), value: opener == "{{"}
	if t.value {
		return t, t.readValue(inner)
	}
	if strings.HasPrefix(inner, "/*") {
		return t, false // {{</* … */>}} is how Hugo's own manual writes one
	}
	if name, ok := strings.CutPrefix(inner, "/"); ok {
		inner, t.closing = strings.TrimSpace(name), true
	}
	t.args = arguments(inner)
	if len(t.args) == 0 || t.args[0].key != "" {
		return t, false
	}
	t.name, t.args = strings.TrimRight(t.args[0].value, "\"'"), t.args[1:]
	if name, ok := strings.CutPrefix(t.name, "end"); ok && opener == "{%" && name != "" {
		t.name, t.closing = name, true
	}
	return t, true
}

// readValue reads {{ "/about/" | url }} and {{ page.title }}. Any other value
// may well be what the article is about, and stays.
func (t *command) readValue(inner string) bool {
	if inner == "" {
		return false
	}
	if q := inner[0]; q == '"' || q == '\'' {
		text, _, ok := strings.Cut(inner[1:], string(q))
		t.name, t.args = "value", []argument{{value: text}}
		return ok
	}
	t.name, _, _ = strings.Cut(inner, " ")
	for _, prefix := range []string{"site.", "page.", "post.", "include.", ".", "$", "/*"} {
		if strings.HasPrefix(inner, prefix) {
			return true
		}
	}
	return false
}

// arguments splits the words of a command: a "b c" d="e f" g: h.
func arguments(s string) []argument {
	var args []argument
	for {
		s = strings.TrimLeft(s, " \t\n\r,")
		if s == "" {
			return args
		}
		key := ""
		if n := strings.IndexAny(s, " \t\n\r,=:\"'`"); n > 0 && n < len(s) && (s[n] == '=' || s[n] == ':' && !strings.HasPrefix(s[n:], "://")) {
			key, s = s[:n], strings.TrimLeft(s[n+1:], " \t")
		}
		value := ""
		if s != "" && strings.IndexByte("\"'`“", s[0]) >= 0 {
			value, s, _ = strings.Cut(s[1:], s[:1])
		} else if n := strings.IndexAny(s, " \t\n\r,\""); n >= 0 {
			value, s = s[:n], s[n:]
		} else {
			value, s = s, ""
		}
		args = append(args, argument{key, value})
	}
}

// inAddress reports whether what follows is part of an address.
func inAddress(before []byte) bool {
	before = before[max(0, len(before)-1000):]
	if n := bytes.LastIndex(before, []byte("](")); n >= 0 && !bytes.ContainsAny(before[n+2:], ") \t\"") {
		return true
	}
	if n := bytes.LastIndexAny(before, `"'`); n > 0 && before[n-1] == '=' {
		name := bytes.TrimRight(before[:n-1], " ")
		return addressAttribute(name) && bytes.LastIndexByte(before, '<') > bytes.LastIndexByte(before, '>')
	}
	return false
}

// address returns the address that a command stands for.
func (t *command) address() string {
	if a := t.get("href", "url", "link", "src", "file", "path", "image_path"); a != "" {
		return a
	}
	return t.nth(0)
}

// plainAddress escapes what would end an address in Markdown or HTML.
func plainAddress(s string) string {
	return strings.NewReplacer(" ", "%20", "\n", "", "\t", "", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `"`, "%22", "'", "%27", `\`, "%5C").Replace(s)
}

// markdown returns what a reader would have been given, as far as the words of
// the command tell it.
func (t *command) markdown(alone bool) string {
	name := strings.ToLower(t.name)
	caption := t.get("caption", "title", "text", "label")
	id := t.get("id")
	if id == "" {
		id = t.nth(0)
	}
	switch {
	case t.value:
		return t.nth(0)
	case name == "youtube":
		return t.film("YouTube", "https://www.youtube.com/watch?v=", id)
	case name == "vimeo":
		return t.film("Vimeo", "https://vimeo.com/", id)
	case name == "tweet" || name == "x" || name == "twitter":
		return t.film("Twitter", "https://twitter.com/i/status/", id)
	case strings.Contains(name, "quote"):
		return t.quotation(alone)
	}
	for _, word := range []string{"img", "image", "figure", "picture", "photo"} {
		if strings.Contains(name, word) {
			return t.picture(caption)
		}
	}
	address := t.get("href", "url", "link", "src", "file")
	text := t.get("text", "label", "title", "caption", "alt")
	switch {
	case address != "" && text != "":
		return t.link(text, address)
	case t.html:
		return html.EscapeString(text)
	case text != "" && alone:
		return text + "\n"
	}
	return text
}

// film returns a link to what would have been shown from another site.
func (t *command) film(site, base, id string) string {
	if title := t.get("title", "caption", "text", "label"); title != "" {
		site += ": " + title
	}
	if id == "" {
		return site
	}
	return t.link(site, base+id)
}

func (t *command) link(label, address string) string {
	if t.html {
		return `<a href="` + plainAddress(address) + `">` + html.EscapeString(label) + "</a>"
	}
	return "[" + bracketed.Replace(label) + "](" + plainAddress(address) + ")"
}

// bracketed escapes what would end the words of a link.
var bracketed = strings.NewReplacer("[", `\[`, "]", `\]`, "\n", " ")

// picture returns an image, or its words without an address.
func (t *command) picture(caption string) string {
	src := t.get("src", "image_path", "path", "file", "url", "link", "image")
	alt := t.get("alt", "image_alt", "alt_text")
	if src == "" {
		src = t.nth(0)
		if alt == "" {
			alt = t.nth(1)
		}
	}
	if alt == "" {
		alt = caption
	}
	if t.html && src != "" {
		return `<img src="` + plainAddress(src) + `" alt="` + html.EscapeString(alt) + `">`
	}
	escape := strings.NewReplacer("[", `\[`, "]", `\]`, `"`, "&quot;", "\n", " ", `\`, `\\`)
	if src == "" {
		return escape.Replace(alt)
	}
	if caption != "" {
		caption = ` "` + escape.Replace(caption) + `"`
	}
	return "![" + escape.Replace(alt) + "](" + plainAddress(src) + caption + ")"
}

// quotation returns a block quotation, or within a line the words alone.
func (t *command) quotation(alone bool) string {
	text := strings.Join(strings.Fields(t.get("text", "quote", "content")), " ")
	by := strings.Join(strings.Fields(t.get("cite", "author", "source", "attribution", "name")), " ")
	if text == "" || !alone {
		return text
	}
	if by != "" {
		by = "\n>\n> — " + by
	}
	return "\n> " + text + by + "\n"
}

// addressAttribute reports whether b ends in the name of an attribute that
// holds an address.
func addressAttribute(b []byte) bool {
	for _, name := range []string{"src", "href", "data", "poster"} {
		if len(b) >= len(name) && strings.EqualFold(string(b[len(b)-len(name):]), name) {
			return true
		}
	}
	return false
}
