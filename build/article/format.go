package article

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfile/build/article/front"
)

// Format writes an article's file. What has no value is left out, and so is an
// approximate date, which Parse takes from the capture again.
//
// Parse gives a back as it was, but for what Format puts in order: space
// around texts, empty and repeated topics, empty lines around the Body and the
// ends of its lines, zero bytes. What Parse refuses, such as an article without
// a title, cannot be read back.
func Format(a Article) []byte {
	a = tidied(a)
	w := writer{b: make([]byte, 0, 512+len(a.Body))}
	w.raw("---")
	w.field("id", word(a.ID))
	w.field("title", quote(escape(a.Title)))
	w.field("slug", word(a.Slug))
	if !a.Date.Approx {
		w.field("date", a.Date.String())
	}
	w.field("updated", a.Updated.String())
	w.field("lang", word(a.Lang))
	w.field("topics", words(a.Topics))
	w.field("authors", words(a.Authors))
	w.field("people", words(a.People))
	w.field("places", words(a.Places))
	w.field("summary", quote(escape(a.Summary)))
	if a.Source != (Source{}) {
		w.raw("source:")
		w.field("  name", quote(a.Source.Name))
		w.field("  url", address(a.Source.URL))
		w.field("  captured", a.Source.Captured.String())
		w.field("  sha256", word(a.Source.SHA256))
		if v := a.Source.Cleaner; v > 0 {
			w.field("  cleaner", strconv.Itoa(v))
		}
		w.field(sealKey, word(a.Source.Seal))
	}
	if len(a.Versions) > 0 {
		w.raw("versions:")
	}
	for _, v := range a.Versions {
		captured := ""
		if !v.Captured.IsZero() {
			captured = "captured: " + v.Captured.String() + ", "
		}
		w.raw("  - {" + captured + "sha256: " + word(v.SHA256) + "}")
	}
	if a.Partial {
		w.raw("partial: true")
	}
	w.field("withdrawn", quote(a.Withdrawn))
	if len(a.Corrections) > 0 {
		w.raw("corrections:")
	}
	for _, c := range a.Corrections {
		date := ""
		if !c.Date.IsZero() {
			date = "date: " + c.Date.String() + ", "
		}
		w.raw("  - {" + date + "note: " + quote(c.Note) + "}")
	}
	w.field("aliases", words(a.Aliases))
	if a.Draft {
		w.raw("draft: true")
	}
	if a.Page {
		w.raw("page: true")
	}
	w.raw("---")
	return append(w.b, a.Body...)
}

type writer struct{ b []byte }

func (w *writer) raw(line string) { w.b = append(append(w.b, line...), '\n') }

// field writes a key with its value, if it has one.
func (w *writer) field(key, value string) {
	if value != "" {
		w.raw(key + ": " + value)
	}
}

// tidied is a as Parse gives it back.
func tidied(a Article) Article {
	for _, s := range []*string{&a.ID, &a.Title, &a.Slug, &a.Summary, &a.Source.Name, &a.Source.URL, &a.Source.SHA256, &a.Source.Seal, &a.Withdrawn} {
		*s = clean(*s)
	}
	a.Slug = trimSlug(a.Slug)
	a.Source.SHA256, a.Source.Seal = strings.ToLower(a.Source.SHA256), strings.ToLower(a.Source.Seal)
	if a.Source.Cleaner < 0 || a.Source.Cleaner > maxVersion {
		a.Source.Cleaner = 0
	}
	if tag, ok := langTag(a.Lang); ok {
		a.Lang = tag
	}
	for _, l := range []*[]string{&a.Topics, &a.Authors, &a.People, &a.Places} {
		*l = unique(*l)
	}
	aliases := a.Aliases
	a.Aliases = nil
	for _, s := range aliases {
		if s = alias(s); s != "" && !slices.Contains(a.Aliases, s) {
			a.Aliases = append(a.Aliases, s)
		}
	}
	a.Corrections = slices.Clone(a.Corrections)
	for i := range a.Corrections {
		a.Corrections[i].Note = clean(a.Corrections[i].Note)
		a.Corrections[i].Date.Approx = false
	}
	a.Corrections = slices.DeleteFunc(a.Corrections, func(c Correction) bool { return c.Note == "" })
	if len(a.Corrections) == 0 {
		a.Corrections = nil
	}
	a.Versions = slices.Clone(a.Versions)
	for i := range a.Versions {
		a.Versions[i].SHA256 = strings.ToLower(clean(a.Versions[i].SHA256))
		a.Versions[i].Captured.Approx = false
	}
	a.Versions = slices.DeleteFunc(a.Versions, func(v Version) bool { return v.SHA256 == "" })
	if len(a.Versions) == 0 {
		a.Versions = nil
	}
	a.Updated.Approx, a.Source.Captured.Approx = false, false
	if a.Date.Approx || a.Date.IsZero() {
		a.Date = roughly(a.Source.Captured)
	}
	body := strings.ReplaceAll(strings.ToValidUTF8(a.Body, "\ufffd"), "\x00", "\ufffd")
	a.Body = string(tidy(front.Lines([]byte(body))))
	return a
}

// clean takes the space off a text, and what no page can show: bytes that are
// no letters, zero bytes.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
	}
	return strings.TrimSpace(s)
}

func trimSlug(s string) string {
	return strings.TrimFunc(clean(s), func(c rune) bool { return c == '/' || unicode.IsSpace(c) })
}

// roughly is the date of an article of which only the capture's is known.
func roughly(captured Date) Date {
	captured.Approx = !captured.IsZero()
	return captured
}

// escape protects what unescape would take for an entity.
func escape(s string) string {
	if unescape(s) != s {
		return strings.ReplaceAll(s, "&", "&amp;")
	}
	return s
}

// quote writes a text as a string of JSON, which YAML reads as well.
func quote(s string) string {
	if s == "" {
		return ""
	}
	b := append(make([]byte, 0, len(s)+2), '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', byte(c))
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c < ' ' || c >= 0x7f && c < 0xa0 || c == '\u2028' || c == '\u2029' || c == '\ufeff' || c == '\ufffe' || c == '\uffff':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = utf8.AppendRune(b, c)
		}
	}
	return string(append(b, '"'))
}

// word writes a text without quotes when every YAML reader takes it for a
// text: letters and digits that are no number, no truth value, no date.
func word(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf", "infinity":
		return quote(s)
	}
	letter := false
	for i := range len(s) {
		c := s[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letter = true
		case c >= '0' && c <= '9', i > 0 && (c == '-' || c == '_'):
		default:
			return quote(s)
		}
	}
	if !letter {
		return quote(s)
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return quote(s) // 12e4
	}
	if _, err := strconv.ParseInt(s, 0, 64); err == nil {
		return quote(s) // 0x1f
	}
	return s
}

// words writes a list in one line.
func words(list []string) string {
	if len(list) == 0 {
		return ""
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = word(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// address writes an address without quotes when that is safe.
func address(s string) string {
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#@!$&'()*+,;=%"
	if isURL(s) && strings.Trim(s, safe) == "" && !strings.HasSuffix(s, ":") {
		return s
	}
	return quote(s)
}
