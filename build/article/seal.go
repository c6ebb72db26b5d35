package article

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
)

// sealKey stands before a seal in a file.
const sealKey = "  seal"

// Seal writes an article with the digest of its own file in its front matter:
//
//	source:
//	  cleaner: 2
//	  seal: 0f343b0931126a20f133d67c2b018a3b
//
// As long as nobody edits the file, Sealed tells so. The file may be moved,
// renamed and checked out with the line ends of another system.
func Seal(a Article) []byte {
	a.Source.Seal = ""
	sum := sealOf(Format(a))
	a.Source.Seal = sum
	return Format(a)
}

// Sealed reports whether a file is as Seal wrote it.
func Sealed(src []byte) bool {
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	before, rest, ok := bytes.Cut(src, []byte("\n"+sealKey+": "))
	if !ok {
		return false
	}
	seal, behind, _ := bytes.Cut(rest, []byte("\n"))
	whole := append(append(bytes.Clone(before), '\n'), behind...)
	return strings.Trim(string(seal), `"`) == sealOf(whole)
}

// Site is what the articles of one publication have in common: the host of
// their addresses, or else the publication's name, or "".
func (s Source) Site() string {
	u, err := url.Parse(strings.TrimSpace(s.URL))
	if err == nil && u.Host != "" {
		return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	}
	return strings.Join(strings.Fields(s.Name), " ")
}

// sealOf is half a SHA-256: it guards against mistakes, not against malice.
func sealOf(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:16])
}
