package check

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"backfile/build/check/feeds"
)

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssRef     = regexp.MustCompile(`(?i)url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')`)
)

// style looks at what a style sheet loads.
func (w *worker) style(num int32, src []byte) {
	w.num, w.src, w.tag, w.policy = num, src, "style sheet", nil
	// Comments become blanks, so that places stay what they are.
	plain := cssComment.ReplaceAllFunc(src, func(b []byte) []byte { return bytes.Repeat([]byte(" "), len(b)) })
	for _, m := range cssRef.FindAllSubmatchIndex(plain, -1) {
		for g := 2; g < len(m); g += 2 {
			if m[g] >= 0 && m[g+1] > m[g] {
				w.off = m[0]
				clear(w.loaded)
				w.load(string(src[m[g]:m[g+1]]), "")
				break
			}
		}
	}
}

// data looks at a feed, a sitemap or another file for programs.
func (w *worker) data(num int32, src []byte) {
	w.num = num
	f := w.c.files[num]
	var doc feeds.Doc
	if path.Ext(f.Path) == ".json" {
		doc = feeds.JSON(src)
	} else {
		doc = feeds.XML(src)
	}
	say := func(code string, t feeds.Text, format string, args ...any) {
		w.c.found.add(Finding{Code: code, Path: f.Path, Line: t.Line, Msg: fmt.Sprintf(format, args...)})
	}
	for _, p := range doc.Problems {
		say(string(doc.Kind), p, "%s", p.Text)
	}
	for _, d := range doc.Dates {
		if wrong := w.c.date(d.Text); wrong != "" {
			say("date", d, "%q %s", d.Text, wrong)
		}
	}
	for _, l := range doc.Links {
		r, _ := w.c.resolve(f.Path, l.Text)
		switch {
		case r.kind == missing || r.kind == outside:
			say(string(doc.Kind), l, "%q leads to what is not there%s", short(l.Text), w.c.hint(r.path))
		case doc.Kind == feeds.Sitemap && r.kind == foreign && w.c.BaseURL != "":
			say("sitemap", l, "%q is not an address of this archive, which is published at %s", short(l.Text), w.c.BaseURL)
		case doc.Kind == feeds.Sitemap && !strings.Contains(l.Text, "://"):
			say("sitemap", l, "%q is not a whole address", short(l.Text))
		}
	}
}

// reserved are names that Windows keeps for itself.
var reserved = regexp.MustCompile(`(?i)^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)`)

const (
	maxName = 255  // bytes of a name, on every file system there is
	maxPath = 1000 // and of a path, below the limits of hosts
)

// names looks at the names of all files.
func (c *checker) names() {
	lower := make(map[string]string, len(c.files))
	for _, f := range c.files {
		say := func(format string, args ...any) {
			c.found.add(Finding{Code: "name", Path: f.Path, Msg: fmt.Sprintf(format, args...)})
		}
		if other, twice := lower[strings.ToLower(f.Path)]; twice {
			say("differs from %s only by capitals: Windows and macOS keep one of the two", other)
		}
		lower[strings.ToLower(f.Path)] = f.Path
		if len(f.Path) > maxPath || !utf8.ValidString(f.Path) {
			say("the path is too long, or not in UTF-8")
			continue
		}
		for part := range strings.SplitSeq(f.Path, "/") {
			switch {
			case len(part) > maxName:
				say("a name has more than %d bytes", maxName)
			case reserved.MatchString(part):
				say("Windows keeps the name %q for itself", part)
			case strings.HasSuffix(part, ".") || strings.HasSuffix(part, " "):
				say("Windows drops the last letter of %q", part)
			case strings.ContainsAny(part, `<>:"|?*\`):
				say(`Windows has no names with < > : " | ? * or \`)
			}
		}
	}
}
