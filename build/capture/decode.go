package capture

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"

	"backfile/build/internal/diag"
)

var (
	metaCharset = regexp.MustCompile(`(?i)<meta[^>]{1,200}charset\s*=\s*["']?\s*([\w:.-]+)|^\s*<\?xml[^>]{1,200}encoding\s*=\s*["']([\w:.-]+)`)
	boms        = []struct {
		mark []byte
		enc  encoding.Encoding
	}{
		{[]byte("\xEF\xBB\xBF"), unicode.UTF8BOM},
		{[]byte("\xFE\xFF"), unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		{[]byte("\xFF\xFE"), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	}
)

// decode fills in the text of a capture from its bytes: by the byte order
// mark, else as UTF-8 where it is that (no other encoding is UTF-8 by chance,
// so a page that declares another is wrong), else by what a page declares,
// or its server told, else by the frequency of its letters. A guess is noted.
func (c *Capture) decode(told string) error {
	if len(bytes.TrimSpace(c.Raw)) == 0 {
		return c.refuse(0, 0, "the file is empty", "")
	}
	text, err := c.toUTF8(told)
	if err != nil {
		return err
	}
	if c.Kind == HTML && strings.Count(text, "\x00") < 1+len(text)/3 {
		text = strings.ReplaceAll(text, "\x00", "") // a mistake, which browsers pass over too; UTF-16 has more
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		line, col := place([]byte(text), i)
		return c.refuse(line, col, "holds a NUL byte, as no text does", "is this a text file?")
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	c.Text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n", "\v", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(text)
	return nil
}

func (c *Capture) toUTF8(told string) (string, error) {
	for _, b := range boms {
		if bytes.HasPrefix(c.Raw, b.mark) {
			return c.as(b.enc, "what its byte order mark says")
		}
	}
	declared := cmp.Or(told, c.declared())
	bad := invalid(c.Raw)
	if kind := binary(c.Raw, bad < 0); kind != "" {
		return "", c.refuse(0, 0, "is not text but "+kind, "")
	}
	if bad < 0 && !strings.HasPrefix(declared, "iso-2022") {
		return string(c.Raw), nil
	}
	if enc, name := charset.Lookup(declared); enc != nil && name != "utf-8" && !strings.HasPrefix(name, "utf-16") {
		return c.as(enc, name)
	}
	if mostlyUTF8(c.Raw) {
		if c.Kind == HTML { // browsers show such pages too
			line, col := place(c.Raw, bad)
			c.Notes = append(c.Notes, fmt.Sprintf("byte 0x%02X in line %d, column %d is not UTF-8", c.Raw[bad], line, col))
			return strings.ToValidUTF8(string(c.Raw), "\uFFFD"), nil
		}
		line, col := place(c.Raw, bad)
		return "", c.refuse(line, col, fmt.Sprintf("byte 0x%02X is not UTF-8", c.Raw[bad]), "mend it there, or convert the file with iconv")
	}
	return c.guess()
}

// declared returns the character set that a page names, or "".
func (c *Capture) declared() string {
	if c.Kind != HTML {
		return ""
	}
	m := metaCharset.FindSubmatch(c.Raw[:min(len(c.Raw), 1<<16)])
	if m == nil {
		return ""
	}
	return strings.ToLower(cmp.Or(string(m[1]), string(m[2])))
}

// as decodes the bytes; whose says where the encoding's name comes from.
func (c *Capture) as(enc encoding.Encoding, whose string) (string, error) {
	out, err := enc.NewDecoder().Bytes(c.Raw)
	if err != nil || !utf8.Valid(out) {
		return "", c.refuse(0, 0, "is not in "+whose, "convert the file to UTF-8 with iconv")
	}
	return string(out), nil
}

// guess tells an old character set by its letters.
func (c *Capture) guess() (string, error) {
	detector := chardet.NewTextDetector()
	if c.Kind == HTML {
		detector = chardet.NewHtmlDetector()
	}
	found, err := detector.DetectAll(c.Raw[:min(len(c.Raw), 1<<20)])
	if err == nil {
		slices.SortFunc(found, func(a, b chardet.Result) int {
			return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Charset, b.Charset))
		})
	}
	for _, f := range found {
		enc, name := charset.Lookup(f.Charset)
		if f.Confidence < 15 { // single words in Cyrillic reach 20
			break
		}
		if enc == nil {
			continue
		}
		if text, err := c.as(enc, name); err == nil && plausible(text) {
			c.Notes = append(c.Notes, "read as "+name+", which was guessed")
			return text, nil
		}
	}
	bad := invalid(c.Raw)
	line, col := place(c.Raw, bad)
	return "", c.refuse(line, col, fmt.Sprintf("byte 0x%02X is not UTF-8, and no other character set fits", c.Raw[bad]), "convert the file to UTF-8 with iconv")
}

// plausible reports whether decoded text holds nothing that only a wrong
// character set brings about.
func plausible(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || r >= 0x80 && r < 0xA0 && r != 0x85 || r < ' ' && !strings.ContainsRune("\t\n\r\f\v", r) {
			return false
		}
	}
	return true
}

// mostlyUTF8 reports whether b is UTF-8 with a few bytes gone wrong, rather
// than another character set.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case n > 1:
			good++
		case r == utf8.RuneError:
			bad++
		}
		i += n
	}
	return good > 2*bad
}

// place returns the line and column of an offset, both from 1.
func place(b []byte, offset int) (line, col int) {
	before := b[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte{'\n'}) + 1, utf8.RuneCount(before[start:]) + 1
}

// binary says what b is when it is no text at all. The signatures of formats
// alone do not tell: "BMW said on Monday" begins as pictures in BMP do.
func binary(b []byte, utf8 bool) string {
	if bytes.HasPrefix(b, []byte("%PDF-")) {
		return "a PDF"
	}
	control := func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", r) }
	if utf8 || bytes.IndexFunc(b[:min(len(b), 1<<12)], control) < 0 {
		return ""
	}
	if kind := http.DetectContentType(b); !strings.HasPrefix(kind, "text/") && kind != "application/octet-stream" {
		return kind
	}
	return "binary"
}

func (c *Capture) refuse(line, col int, msg, help string) *diag.Problem {
	return &diag.Problem{File: c.Name, Line: line, Col: col, Msg: msg, Help: help}
}
