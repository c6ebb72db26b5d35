// Package slug makes addresses out of titles and labels.
//
//	"China's Xi Says Ties With Russia Grew"   chinas-xi-says-ties-with-russia-grew
//	"Съешь ещё этих булок"                    sesh-eshchio-etikh-bulok
//	"习近平同普京通电话"                         xi-jin-ping-tong-pu-jing-tong-dian-hua
//
// A slug consists of lower-case ASCII letters, digits and single dashes, is at
// most 80 bytes long, and can be a file's name on every system that a copy of
// an archive may be kept on. It depends on nothing but the text it is made of.
package slug

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"

	"github.com/gosimple/unidecode"
	"golang.org/x/text/unicode/norm"
)

const (
	maxLen  = 80       // of a slug; leaves room for folders in the 260 letters of a Windows path
	hashLen = 8        // hexadecimal digits that tell labels apart
	maxText = 64 << 10 // bytes of a text that are looked at; no title is longer
)

// reserved are the names that backfile gives to files of its own beside
// articles and terms, and the devices that Windows sees in every folder.
var reserved = regexp.MustCompile(`^(?:index|feed|search|404|(?:page|feed)-[0-9]+|con|prn|aux|nul|(?:com|lpt)[0-9])$`)

// Of returns the slug of text, or "" when nothing in it can be written in
// ASCII letters and digits. A reserved name gets "-x" at its end. Of(Of(text))
// is Of(text), so a slug is valid when Of gives it back.
//
// Different texts may have one slug: whoever needs them apart must see to it.
func Of(text string) string {
	s, _ := romanise(text)
	return safe(cut(s, maxLen))
}

// Term returns the slug of a topic, person, place, author or source. It is
// never "" and is a valid slug.
//
// Labels that differ in case, accents and punctuation alone share a slug. All
// others are kept apart by a hash at its end wherever the letters do not tell
// them apart: when the label is too long, has letters that ASCII has none for,
// or is written in a script whose words fall together in ASCII, as names in
// Chinese and Arabic do.
func Term(label string) string {
	s, faithful := romanise(label)
	if faithful && s != "" && len(s) <= maxLen && !reserved.MatchString(s) {
		return s
	}
	head := cut(s, maxLen-1-hashLen)
	if head != "" {
		head += "-"
	} else {
		head = "term-" // so that no name is a bare number or looks like one
	}
	return head + hash(label)
}

// hash tells labels apart that differ in more than case, width, spaces and
// punctuation; those without a letter, that differ in more than spaces.
func hash(label string) string {
	fold := strings.ToLower(norm.NFKC.String(label))
	words := strings.FieldsFunc(fold, func(r rune) bool { return !isLetter(r) })
	if len(words) == 0 {
		words = strings.Fields(fold)
	}
	sum := sha256.Sum256([]byte(strings.Join(words, " ")))
	return hex.EncodeToString(sum[:])[:hashLen]
}

// isLetter reports whether r is a letter, a digit, or a mark on one.
func isLetter(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.Mn, unicode.Mc) && !unicode.Is(unicode.Variation_Selector, r)
}

// safe returns s, or a name beside it when s is reserved.
func safe(s string) string {
	if reserved.MatchString(s) {
		return s + "-x"
	}
	return s
}

// cut shortens s to at most n bytes, at a dash unless that would lose more
// than half.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if i := strings.LastIndexByte(s[:n+1], '-'); i >= n/2 {
		return s[:i]
	}
	return strings.TrimRight(s[:n], "-")
}

// romanise returns text in lower-case ASCII letters, digits and single dashes,
// at any length. It is not faithful when letters were lost on the way or are
// known to fall together with others.
func romanise(text string) (s string, faithful bool) {
	if plain(text) {
		return text, true
	}
	w := writer{faithful: true}
	if len(text) > maxText {
		text, w.faithful = text[:maxText], false
	}
	for _, r := range norm.NFKC.String(dropSymbols(text)) {
		w.add(r)
	}
	return w.buf.String(), w.faithful
}

// plain reports whether text is made as romanise would make it.
func plain(text string) bool {
	for i := range len(text) {
		c := text[i]
		if c == '-' && (i == 0 || i == len(text)-1 || text[i-1] == '-') {
			return false
		}
		if c != '-' && !alnum(c) {
			return false
		}
	}
	return true
}

func alnum(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// dropSymbols puts spaces in the place of symbols before compatibility forms
// are folded: that would spell them out, as "TM" and "No".
func dropSymbols(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSymbol(r) {
			return ' '
		}
		return r
	}, text)
}

// A writer joins romanised letters.
type writer struct {
	buf      bytes.Buffer
	gap      bool // a dash is due before the next letter
	faithful bool
}

// silent are the apostrophes that stand inside a word without parting it, and
// the Cyrillic signs that soften or harden the letter before.
const silent = "'’‘′ʹʺʻʼʽʾʿьЬъЪ"

// apart are the scripts whose words mostly stay apart in ASCII: of the commoner
// words of Russian and Spanish newspapers, one in thirty falls together with
// another, of those in Arabic one in eleven.
var apart = []*unicode.RangeTable{
	unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian,
	unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Common, unicode.Inherited,
}

// better are letters that unidecode leaves out, common enough to matter: the
// Chinese "one", and what Arabic and Azerbaijani cannot be read without.
var better = map[rune]string{
	'一': "yi ", 'ا': "a", 'أ': "a", 'إ': "i", 'ٱ': "a", 'ى': "a", 'ة': "a", 'ع': "a",
	'ک': "k", 'ə': "e", 'Ə': "e", 'ә': "a", 'Ә': "a",
}

func (w *writer) add(r rune) {
	switch {
	case isASCII(r):
		w.letter(byte(unicode.ToLower(r)))
	case strings.ContainsRune(silent, r), unicode.Is(unicode.Cf, r):
	case unicode.In(r, unicode.L, unicode.M, unicode.N):
		w.foreign(r)
	default:
		w.gap = true
	}
}

// isASCII reports whether r is an ASCII letter or digit.
func isASCII(r rune) bool { return r <= unicode.MaxASCII && alnum(byte(unicode.ToLower(r))) }

// foreign adds a letter, mark or digit that is not ASCII.
func (w *writer) foreign(r rune) {
	ascii := latin(r)
	lost := strings.IndexFunc(ascii, isASCII) < 0
	if !unicode.In(r, apart...) || lost && unicode.IsLetter(r) {
		w.faithful = false
	}
	for i := range len(ascii) {
		switch c := rune(ascii[i]); {
		case isASCII(c):
			w.letter(byte(unicode.ToLower(c)))
		case c == ' ' && !lost: // Chinese: a word for each character
			w.gap = true
		}
	}
}

// latin returns r in ASCII, among other things that the caller drops: by its
// small letter or the letter below its accents when r itself is not known.
func latin(r rune) string {
	if s, ok := better[r]; ok {
		return s
	}
	for _, try := range []string{string(r), string(unicode.ToLower(r)), norm.NFD.String(string(r))} {
		if s := unidecode.Unidecode(try); strings.IndexFunc(s, isASCII) >= 0 {
			return s
		}
	}
	return ""
}

// letter adds a small letter or a digit.
func (w *writer) letter(c byte) {
	if w.gap && w.buf.Len() > 0 {
		w.buf.WriteByte('-')
	}
	w.gap = false
	w.buf.WriteByte(c)
}
