// Package lines cuts a text that was copied off a page into its lines, and
// measures them.
//
//	The mill stays                     a line alone
//
//	The council voted nine to four     a paragraph that was broken to a
//	on Sunday to keep the old mill.    width is one line again
package lines

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Line is a paragraph or a line of a text.
type Line struct {
	No    int // its first line, from 1
	Text  string
	Words int
	Alone bool // blank lines stand before and after it
	Ends  bool // with the end of a sentence
	Block int  // the same for lines that no blank line parts
}

var sentenceEnd = regexp.MustCompile(`[.!?…。！？؟।]["'”’»)\]」』]*$`)

// Of returns a line by itself, with what is to be known of it alone.
func Of(no int, text string) Line {
	return Line{No: no, Text: text, Words: Words(text), Ends: sentenceEnd.MatchString(text)}
}

// Split cuts a text into its lines, and puts hard-wrapped paragraphs together
// again. Blank lines are left out.
func Split(text string) []Line {
	var out, block []Line
	blocks := 0
	flush := func() {
		if wrapped(block) {
			parts := make([]string, len(block))
			for i, l := range block {
				parts[i] = l.Text
			}
			block = []Line{Of(block[0].No, strings.Join(parts, " "))}
		}
		for i := range block {
			block[i].Alone = len(block) == 1
			block[i].Block = blocks
		}
		out = append(out, block...)
		block = nil
		blocks++
	}
	no := 0
	for line := range strings.Lines(text) {
		no++
		if line = strings.Join(strings.Fields(line), " "); line == "" {
			flush()
			continue
		}
		block = append(block, Of(no, line))
	}
	flush()
	return out
}

// wrapped reports whether the lines of a block are one paragraph broken to a
// width, as in mail and in dumps of text browsers: all but the last are nearly
// as long as the longest, and few end a sentence.
func wrapped(block []Line) bool {
	if len(block) < 2 {
		return false
	}
	longest, ends := 0, 0
	for _, l := range block {
		longest = max(longest, utf8.RuneCountInString(l.Text))
	}
	if longest < 45 || longest > 110 {
		return false
	}
	for _, l := range block[:len(block)-1] {
		if utf8.RuneCountInString(l.Text) < longest-22 { // the next word did not fit; few have more letters
			return false
		}
		if l.Ends {
			ends++
		}
	}
	return ends*2 < len(block) || len(block) == 2 && ends == 0
}

// Words counts the words of a text. A clause of Chinese, Japanese or Thai has
// no spaces: there two letters count as a word.
func Words(s string) int {
	n, half, in := 0, 0, false
	for _, r := range s {
		switch {
		case Spaceless(r):
			half++
			in = false
		case unicode.IsLetter(r) || unicode.IsDigit(r) || in && (r == '\'' || r == '’' || r == '-' || unicode.IsMark(r)):
			if !in {
				n++
			}
			in = true
		default:
			in = false
		}
	}
	return n + (half+1)/2
}

// Spaceless reports whether r belongs to a script written without spaces.
func Spaceless(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// Fold returns a text without case and marks, its words parted by one space:
// lines that say the same fold to the same.
func Fold(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}), " ")
}

// Stems returns the beginnings of the words that carry meaning: five letters
// leave most endings off. Of scripts without spaces it returns pairs.
func Stems(line string) []string {
	var out []string
	for w := range strings.FieldsSeq(Fold(line)) {
		letters := []rune(w)
		if Spaceless(letters[0]) {
			for i := 0; i+1 < len(letters); i++ {
				out = append(out, string(letters[i:i+2]))
			}
			continue
		}
		if len(letters) >= 4 {
			out = append(out, string(letters[:min(len(letters), 5)]))
		}
	}
	return out
}
