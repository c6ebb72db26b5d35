// Package clean turns a capture into an article: it finds the story in the
// page and drops the rest.
//
//	Text      lines are judged one by one and in runs; banners go by families of phrases
//	HTML      page reads what it tells of itself, story finds the story, markup writes it
//	Record    the fields are taken as they are, text becomes Markdown
//	Markdown  is an article already
//
// Clean is pure: the same capture always gives the same article, whatever was
// cleaned before it, whenever and wherever. That lets a better cleaner be run
// over old captures and its output compared file by file.
package clean

import (
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/clean/memory"
)

// A Report says how an article came out of its capture.
type Report struct {
	Refused   string   // why there is no article; "" when there is one
	Notes     []string // what a person should look at
	Dropped   []Line   // what of a text was left out
	Guessed   bool     // the language was told by the letters of the text
	Left      bool     // Refused tells of what was never meant to be published, such as a draft
	Line      int      // of the capture, that Refused is about, or 0
	Paywalled bool     // the page says that not all of it is free to read
}

// A Line is a piece of a capture that is not in the article.
type Line struct {
	No   int // from 1
	Text string
	Rule string // the name of the rule that dropped it
}

// Clean returns the article in c. Its ID and the digest of its source are left
// to the caller. It may be called by many goroutines at once.
func Clean(c capture.Capture) (article.Article, Report) { return With(c, nil) }

// With is Clean with what is known of the site that the capture is from: lines
// that stand on its other pages are dropped from a text. Nil knows nothing.
func With(c capture.Capture, site *memory.Site) (article.Article, Report) {
	var a article.Article
	var r Report
	switch c.Kind {
	case capture.Text:
		a, r = fromText(c.Text, site)
	case capture.HTML:
		a, r = fromHTML(&c)
	case capture.Record:
		a, r = fromRecord(&c.Fields)
	case capture.Markdown:
		a, r = fromMarkdown(&c)
	}
	r.Notes = append(c.Notes[:len(c.Notes):len(c.Notes)], r.Notes...)
	a.Title = strings.Join(strings.Fields(plain(a.Title)), " ")
	if r.Refused == "" && a.Title == "" {
		a.Title = titleFrom(a.Body)
	}
	a.Summary = strings.TrimSpace(plain(a.Summary))
	a.Lang = canonical(a.Lang)
	if a.Lang == "" {
		a.Lang = detect(a.Body)
		r.Guessed = a.Lang != ""
	}
	return a, r
}

// canonical returns a language in the form of BCP 47, or "".
func canonical(lang string) string {
	if lang = strings.TrimSpace(lang); lang == "" {
		return ""
	}
	tag, err := language.Parse(strings.ReplaceAll(lang, "_", "-"))
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}

// plain drops what no text should hold: control characters, soft hyphens,
// marks that only steer a browser. Line ends and tabs stay; no-break spaces
// become spaces.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\t':
			return r
		case '\u00A0', '\u202F', '\u2007':
			return ' '
		case '\u00AD', '\u200B', '\u2060', '\uFEFF', '\uFFFC':
			return -1
		}
		if unicode.IsControl(r) || r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE {
			return -1
		}
		return r
	}, s)
}

// titleFrom makes a title of the beginning of a text.
func titleFrom(body string) string {
	const most = 80 // letters: two lines on a phone
	first := strings.TrimLeft(body, "\\#>*_-+ `\n")
	first, _, _ = strings.Cut(first, "\n")
	first = strings.ReplaceAll(first, `\`, "")
	if end := strings.IndexAny(first, ".!?。！？"); end > 20 {
		first = first[:end]
	}
	letters := []rune(strings.TrimSpace(first))
	if len(letters) <= most {
		return string(letters)
	}
	cut := string(letters[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return cut + "…"
}
