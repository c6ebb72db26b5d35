package words

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxForm is how many code points of a word count. Longer ones are no words.
const maxForm = 40

// Fold returns what a word looks up as: without case, marks that readers leave
// out, joints ("U.S.", "1,000", "e-mail") and variants of letters. It is the
// folding of docs/search-format.md, which the reader's browser does too.
func Fold(word string) string {
	if plainASCII(word) {
		return word
	}
	if ascii, ok := foldASCII(word); ok {
		return ascii
	}
	return cutRunes(foldAll(word), maxForm)
}

// plainASCII reports whether word is folded as it stands.
func plainASCII(word string) bool {
	for i := range len(word) {
		if c := word[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return len(word) <= maxForm
}

// foldASCII folds a word of ASCII alone; ok is false for others.
func foldASCII(word string) (folded string, ok bool) {
	var buf [maxForm]byte
	n := 0
	for i := range len(word) {
		c := word[i]
		switch {
		case c >= utf8.RuneSelf:
			return "", false
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == '.' || c == ',' || c == '\'' || c == '-':
			continue
		}
		if n < maxForm {
			buf[n] = c
			n++
		}
	}
	return string(buf[:n]), true
}

// foldAll folds text of any script, without cutting it.
func foldAll(text string) string {
	text = norm.NFD.String(strings.ToLower(norm.NFKC.String(text)))
	var b strings.Builder
	b.Grow(len(text))
	var base rune // the last character that is no mark
	for _, r := range text {
		if 0x300 <= r && r <= 0x36F {
			if keepMark(base, r) {
				b.WriteRune(r)
			}
			continue
		}
		base = r
		if dropped(r) {
			continue
		}
		if to, ok := mapped[r]; ok {
			b.WriteString(to)
			continue
		}
		b.WriteRune(digit(r))
	}
	return norm.NFC.String(b.String())
}

// keepMark reports whether a combining mark belongs to its letter. In Cyrillic
// it does (й is another letter than и), but for stress and ё.
func keepMark(base, mark rune) bool {
	if !cyrillic(base) {
		return false
	}
	return mark != 0x300 && mark != 0x301 && (mark != 0x308 || base != 'е')
}

func cyrillic(r rune) bool { return 0x400 <= r && r <= 0x52F }

// dropped reports whether r does not count: what is no letter (joints, and what
// NFKC makes of some), signs without width, Hebrew points, Arabic vowels, the
// stretching of Arabic words.
func dropped(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		return false
	case r == 0xAD || 0x200B <= r && r <= 0x200D || r == 0x640 || r == 0x2BC:
		return true
	case 0x591 <= r && r <= 0x5C7:
		return true
	case 0x610 <= r && r <= 0x61A || 0x64B <= r && r <= 0x65F || r == 0x670 || 0x6D6 <= r && r <= 0x6ED:
		return true
	}
	return classOf(r) == other
}

// digit maps Arabic-Indic figures to ASCII.
func digit(r rune) rune {
	switch {
	case 0x660 <= r && r <= 0x669:
		return r - 0x660 + '0'
	case 0x6F0 <= r && r <= 0x6F9:
		return r - 0x6F0 + '0'
	}
	return r
}

// mapped are the letters that stand for others.
var mapped = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ı': "i", 'ŋ': "n", 'ħ': "h", 'ŧ': "t",
	'ς': "σ", 'ى': "ي", 'ة': "ه", 'ٱ': "ا", 'ک': "ك", 'ی': "ي",
}

// cutRunes returns the first n code points of s.
func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
