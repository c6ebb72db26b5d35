package wxr

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
)

// cleaner makes of the text of a post what WordPress showed of it.
type cleaner struct {
	files map[string]attachment
}

var (
	blockComment = regexp.MustCompile(`<!--\s*/?wp:[^>]*?-->|<!--\s*/?wp:(?s:.*?)-->`)
	moreComment  = regexp.MustCompile(`<!--\s*(more|nextpage|noteaser)(?s:.*?)-->`)
	blockTag     = regexp.MustCompile(`(?i)^</?(address|article|aside|blockquote|details|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|iframe|li|main|nav|ol|p|pre|script|section|style|summary|table|tbody|td|tfoot|th|thead|tr|ul|video|audio)[\s/>]`)
	hasParagraph = regexp.MustCompile(`(?i)<p[\s>]`)
	verbatim     = regexp.MustCompile(`(?is)<pre[\s>].*?</pre>|<code[\s>].*?</code>|<script[\s>].*?</script>|<style[\s>].*?</style>`)
)

// clean drops the marks of blocks, runs the shortcodes that show something of
// the article, and makes paragraphs where the text has only empty lines.
func (c *cleaner) clean(src string) string {
	src = strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	blocks := strings.Contains(src, "<!-- wp:")
	src = moreComment.ReplaceAllString(blockComment.ReplaceAllString(src, ""), "")
	var kept []string
	src = verbatim.ReplaceAllStringFunc(src, func(s string) string {
		kept = append(kept, s)
		return fmt.Sprintf("\x01%d\x02", len(kept)-1)
	})
	src = c.shortcodes(src)
	if !blocks && (strings.Contains(src, "\n\n") || !hasParagraph.MatchString(src)) {
		src = paragraphs(src)
	}
	for i, s := range kept {
		src = strings.Replace(src, fmt.Sprintf("\x01%d\x02", i), s, 1)
	}
	return strings.TrimSpace(src)
}

// paragraphs does what WordPress does to posts without blocks: an empty line
// ends a paragraph, a line end breaks the line.
func paragraphs(src string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(src, "\n\n") {
		part = strings.TrimSpace(part)
		switch {
		case part == "":
		case blockTag.MatchString(part) || strings.HasPrefix(part, "\x01"):
			b.WriteString(part + "\n")
		default:
			b.WriteString("<p>" + strings.ReplaceAll(part, "\n", "<br>\n") + "</p>\n")
		}
	}
	return b.String()
}

// figure shows a file of the site.
func figure(a attachment) string {
	caption := a.caption
	if caption != "" {
		caption = "<figcaption>" + caption + "</figcaption>"
	}
	return fmt.Sprintf(`<figure><img src="%s" alt="%s">%s</figure>`+"\n", html.EscapeString(a.url), html.EscapeString(a.alt), caption)
}

// A shortcode is a command in brackets, with what it encloses.
var (
	shortcode = regexp.MustCompile(`\[(\[?)(/?)([a-zA-Z][\w-]{1,40})((?:\s+[^\[\]<>]*|\s*=[^\[\]]*)?)\s*(/?)\](\]?)`)
	attribute = regexp.MustCompile(`([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))`)
	address   = regexp.MustCompile(`https?://[^\s"'<>\[\]]+`)
)

// shortcodes replaces the commands that plugins and WordPress itself run. What
// stands between two of them stays. Brackets of the author's own, such as
// [sic], are left.
func (c *cleaner) shortcodes(src string) string {
	if !strings.Contains(src, "[") {
		return src
	}
	var b strings.Builder
	at := 0
	for _, m := range shortcode.FindAllStringSubmatchIndex(src, -1) {
		if m[0] < at {
			continue
		}
		whole, name, attrs := src[m[0]:m[1]], strings.ToLower(src[m[6]:m[7]]), src[m[8]:m[9]]
		if m[3] > m[2] && m[13] > m[12] { // [[gallery]] is how one writes of a command
			b.WriteString(src[at:m[0]] + whole[1:len(whole)-1])
			at = m[1]
			continue
		}
		b.WriteString(src[at:m[0]])
		at = m[1]
		if m[5] > m[4] { // the end of one: what began it had no content to take
			if !known(name) && !strings.Contains(strings.ToLower(src[:m[0]]), "["+name) {
				b.WriteString(whole)
			}
			continue
		}
		inner, end := enclosed(src, m[1], name)
		out, took := c.run(name, attrs, inner)
		switch {
		case took:
			at = end
			b.WriteString(out)
		case end == m[1] && !known(name) && !strings.Contains(attrs, "=") && !strings.ContainsAny(name, "_-"):
			b.WriteString(whole)
		}
	}
	return b.String() + src[at:]
}

// known are commands without parameters that show nothing that can be kept.
func known(name string) bool {
	return slices.Contains([]string{"gallery", "playlist", "caption", "embed", "video", "audio", "toc", "contact-form", "contact-form-7", "sharethis", "related", "spacer", "divider", "clear", "archives", "row", "column", "one_half"}, name)
}

// enclosed returns what stands before the end of a command, and where that
// ends; without an end, nothing.
func enclosed(src string, from int, name string) (string, int) {
	i := strings.Index(strings.ToLower(src[from:]), "[/"+name+"]")
	if i < 0 {
		return "", from
	}
	return src[from : from+i], from + i + len(name) + 3
}

// run returns what a command shows. took is false when only its brackets go.
func (c *cleaner) run(name, attrs, inner string) (out string, took bool) {
	a := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(attrs, -1) {
		a[strings.ToLower(m[1])] = m[2] + m[3] + m[4]
	}
	switch name {
	case "caption", "wp_caption":
		return caption(inner, a["caption"]), true
	case "gallery", "playlist":
		return c.gallery(a["ids"] + a["include"]), true
	case "code", "sourcecode", "python", "php", "html", "css", "js", "bash":
		if inner != "" {
			return "<pre><code>" + inner + "</code></pre>\n", true
		}
	case "embed", "youtube", "vimeo", "video", "audio", "soundcloud", "tweet", "twitter", "instagram", "facebook", "iframe", "googlemaps", "dailymotion", "ted":
		for _, s := range []string{inner, a["src"], a["url"], a["mp4"], a["mp3"], a["m4a"], a["ogg"], a["webm"], attrs} {
			if u := address.FindString(s); u != "" {
				u = html.EscapeString(strings.TrimRight(html.UnescapeString(u), "]/ "))
				return fmt.Sprintf("\n\n<p><a href=\"%s\">%s</a></p>\n\n", u, u), true
			}
		}
		return "", true
	}
	return "", false
}

var picture = regexp.MustCompile(`(?is)^.*?<img[^>]*>\s*(</a>)?`)

// caption parts the picture of a caption from its words.
func caption(inner, words string) string {
	shown := picture.FindString(inner)
	if words == "" {
		words = inner[len(shown):]
	}
	return "\n\n<figure>" + strings.TrimSpace(shown) + "<figcaption>" + strings.TrimSpace(words) + "</figcaption></figure>\n\n"
}

// gallery shows the files whose numbers are given.
func (c *cleaner) gallery(ids string) string {
	var b strings.Builder
	for id := range strings.SplitSeq(ids, ",") {
		if a, ok := c.files[strings.TrimSpace(id)]; ok {
			b.WriteString(figure(a))
		}
	}
	return "\n\n" + b.String() + "\n\n"
}
