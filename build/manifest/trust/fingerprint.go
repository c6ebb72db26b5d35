package trust

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A Fingerprint names a key: the first 16 bytes of the SHA-256 of the key with
// its type before it, which is what the third part of a key line decodes to.
type Fingerprint [16]byte

// String returns f as it is printed: eight groups of four digits.
func (f Fingerprint) String() string {
	text := hex.EncodeToString(f[:])
	groups := make([]string, 0, len(f)/2)
	for ; text != ""; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(groups, "-")
}

//go:embed words.txt
var wordList string

// Words returns f as sixteen words, one a byte, to be read out loud.
func (f Fingerprint) Words() string {
	words := strings.Fields(wordList)
	out := make([]string, len(f))
	for i, b := range f {
		out[i] = words[b]
	}
	return strings.Join(out, " ")
}

// ParseFingerprint reads what String or Words wrote, in any case and with any
// spaces or dashes between, or a key line, whose fingerprint it returns.
func ParseFingerprint(text string) (f Fingerprint, err error) {
	if strings.Count(text, "+") >= 2 {
		return KeyFingerprint(strings.TrimSpace(text))
	}
	parts := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == '-' || r == ',' || r == ':' || r == '\n' || r == '\t' })
	if len(parts) == len(f) && len(parts[0]) > 2 {
		words := strings.Fields(wordList)
		for i, p := range parts {
			n := indexOf(words, p)
			if n < 0 {
				return f, fmt.Errorf("%q is not a word of a fingerprint", p)
			}
			f[i] = byte(n)
		}
		return f, nil
	}
	b, err := hex.DecodeString(strings.Join(parts, ""))
	if err != nil || len(b) != len(f) {
		return f, fmt.Errorf("%q is not a fingerprint (32 digits or 16 words)", shorten(text))
	}
	return Fingerprint(b), nil
}

func indexOf(words []string, w string) int {
	for i := range words {
		if words[i] == w {
			return i
		}
	}
	return -1
}

func shorten(text string) string {
	if len(text) > 80 {
		return text[:80] + "…"
	}
	return text
}

// KeyFingerprint returns the fingerprint of a key line, "name+hash+base64",
// which must be one of an Ed25519 key.
func KeyFingerprint(line string) (f Fingerprint, err error) {
	if _, err := note.NewVerifier(line); err != nil {
		return f, fmt.Errorf("%q is not a key", shorten(line))
	}
	parts := strings.SplitN(line, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return f, fmt.Errorf("%q is not a key", shorten(line))
	}
	sum := sha256.Sum256(key)
	return Fingerprint(sum[:len(f)]), nil
}
