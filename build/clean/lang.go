package clean

import (
	"strings"
	"unicode"

	"github.com/RadhiFadlillah/whatlanggo"

	"backfile/build/clean/lines"
)

// Below this many letters the guess of a language is not worth having.
const enoughLetters = 200

// detect returns the language of a text, or "" when it is short or doubtful.
func detect(text string) string {
	const most = 8 << 10 // bytes; more text makes the guess slower, not better
	if len(text) > most {
		text = text[:most]
	}
	letters := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
		if spaceless(r) {
			letters += 2
		}
	}
	if letters < enoughLetters {
		return ""
	}
	if info := whatlanggo.Detect(text); info.IsReliable() {
		return info.Lang.Iso6391()
	}
	return cyrillic(text)
}

// cyrillic tells the languages that share the most letters, which the guess by
// groups of letters mixes up in short texts, by those they do not share.
func cyrillic(text string) string {
	has := func(letters string) bool { return strings.ContainsAny(text, letters) }
	switch {
	case has("әөүқңғҳұһҙҡҫ") || has("ђћџљњѓќѕ"):
		return ""
	case has("ў") && has("і"):
		return "be"
	case has("їєґ"):
		return "uk"
	case has("ы") && !has("іў"):
		return "ru"
	}
	return ""
}

// latin reports whether most letters of a text are Latin.
func latin(text string) bool {
	all, ours := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			all++
			if unicode.Is(unicode.Latin, r) {
				ours++
			}
		}
	}
	return ours*2 >= all
}

// words counts the words of a text; see lines.Words.
func words(s string) int { return lines.Words(s) }

// spaceless reports whether r belongs to a script written without spaces.
func spaceless(r rune) bool { return lines.Spaceless(r) }
