package words

import (
	"strings"

	"github.com/RadhiFadlillah/whatlanggo"
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/tamil"
	"github.com/blevesearch/snowballstem/turkish"
	"golang.org/x/text/unicode/norm"
)

// A Lang is the number of a language that has a stemmer; 0 has none.
type Lang uint8

// A language is one that has a stemmer.
type language struct {
	code string // ISO 639-1
	stem func(*snowballstem.Env) bool
}

// languages are numbered from 1, in the order of docs/search-format.md, which
// never changes but at its end.
var languages = [...]language{
	{"ar", arabic.Stem}, {"da", danish.Stem}, {"nl", dutch.Stem}, {"en", english.Stem}, {"fi", finnish.Stem}, {"fr", french.Stem},
	{"de", german.Stem}, {"hu", hungarian.Stem}, {"ga", irish.Stem}, {"it", italian.Stem}, {"no", norwegian.Stem}, {"pt", portuguese.Stem},
	{"ro", romanian.Stem}, {"ru", russian.Stem}, {"es", spanish.Stem}, {"sv", swedish.Stem}, {"ta", tamil.Stem}, {"tr", turkish.Stem},
}

// LangOf returns the number of a BCP 47 tag's language, 0 when there is no
// stemmer for it.
func LangOf(tag string) Lang {
	code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	if code == "nb" || code == "nn" {
		code = "no"
	}
	for i, l := range languages {
		if l.code == code {
			return Lang(i + 1)
		}
	}
	return 0
}

// detectLen is how much of a text is looked at to tell its language.
const detectLen = 2000

// Detect returns the ISO 639-1 code of the language that a text is written in,
// or "" when that is in doubt.
func Detect(text string) string {
	if len(text) > detectLen {
		text = strings.ToValidUTF8(text[:detectLen], "")
	}
	info := whatlanggo.Detect(text)
	if !info.IsReliable() {
		return ""
	}
	return info.Lang.Iso6391()
}

// Stem returns the stem of a word, folded. The word is as Token.Raw has it: a
// stemmer looks at marks that folding drops. Without a stemmer it is "", and so
// it is of what is too long to be a word: stemmers take time that grows with
// the square of the length.
func (l Lang) Stem(raw string) string {
	if l == 0 || int(l) > len(languages) || len(raw) > 4*maxForm {
		return ""
	}
	word, ascii := foldASCII(raw)
	if !ascii {
		word = joints.Replace(strings.ToLower(norm.NFKC.String(raw)))
	}
	env := snowballstem.NewEnv(word)
	languages[l-1].stem(env)
	return Fold(strings.Clone(env.Current())) // Current's bytes are env's own
}

var joints = strings.NewReplacer(".", "", ",", "", "'", "", "’", "", "-", "", "‐", "", "‑", "")
