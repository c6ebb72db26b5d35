package clean

import (
	"cmp"
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/clean/dateline"
	"backfile/build/clean/markup"
	"backfile/build/clean/page"
	"backfile/build/clean/story"
)

// fewest is how many words make a story.
const fewest = 5

// fromHTML finds the story in a page.
func fromHTML(c *capture.Capture) (a article.Article, r Report) {
	defer func() {
		// The extractors meet whatever the web holds; a page that breaks one
		// of them is refused like any other that cannot be read.
		if broken := recover(); broken != nil {
			a, r = article.Article{}, Report{Refused: fmt.Sprintf("the page cannot be read: %v", broken)}
		}
	}()
	p, err := page.Parse(plain(c.Text), cmp.Or(c.URL, c.Fields.URL))
	if err != nil {
		return a, Report{Refused: "the page cannot be read: " + err.Error()}
	}
	s := story.Find(p)
	for i, l := range s.Lines {
		if !l.Kept {
			r.Dropped = append(r.Dropped, Line{i + 1, l.Text, l.Rule})
		}
	}
	body, err := markup.Story(p.Doc, markup.Choice{Texts: s.Texts, Pictures: s.Pictures, Embeds: s.Embeds}, p.URL())
	if err != nil || wordsOf(s) < fewest {
		return a, Report{Refused: "no story was found in the page", Dropped: r.Dropped}
	}
	a.Body = settled(body)
	a.Title = p.Title()
	if a.Date = p.Date(); a.Date.IsZero() {
		a.Date = printedDate(s.Lines)
	}
	a.Updated = p.Updated(a.Date)
	a.Authors = p.Authors(s.Author)
	a.Summary = summary(p.Summary(), &a)
	a.Lang = languageOf(p.Languages(), a.Body)
	if section := p.Section(); section != "" {
		a.Topics = []string{section}
	}
	a.Source = article.Source{Name: p.Site(), URL: p.URL(), Captured: p.Captured}
	if a.Source.Captured.IsZero() {
		a.Source.Captured = c.Fields.Captured
	}
	if p.Paywalled() {
		r.Paywalled = true
		r.Notes = append(r.Notes, "the page says that not all of it is free to read; the text may be cut short")
	}
	return a, r
}

// printedDate is the date that stands alone on a line of the page: the last one
// above the story, else the first one in it or below.
func printedDate(lines []story.Line) article.Date {
	const most = 16 // words
	var above article.Date
	begun := false
	for _, l := range lines {
		if begun && !above.IsZero() {
			return above
		}
		if l.Kept && words(l.Text) > most {
			begun = true
		}
		if words(l.Text) > most {
			continue
		}
		if d, ok := dateline.Read(l.Text); ok && d.Year > 1600 {
			if begun {
				return d
			}
			above = d
		}
	}
	return above
}

func wordsOf(s *story.Story) int {
	n := 0
	for _, l := range s.Lines {
		if l.Kept {
			n += words(l.Text)
		}
	}
	return n
}

// settled is a body as it is read again from an article's file.
func settled(body string) string {
	for range 2 {
		body = string(article.Body(article.Format(article.Article{Meta: article.Meta{Title: "x"}, Body: body})))
	}
	return body
}

// summary is what the page says it is about when that adds to title and text.
func summary(s string, a *article.Article) string {
	start := fold(strings.TrimRight(s, ".… "))
	if words(s) < 5 || start == fold(a.Title) || strings.HasPrefix(fold(a.Body[:min(len(a.Body), 2*len(s)+200)]), start) {
		return ""
	}
	return s
}

// languageOf is the one that the page declares. Many declare English, being made
// with tools that do, and are in another.
func languageOf(declared []string, body string) string {
	told := ""
	for _, l := range declared {
		told = cmp.Or(told, canonical(l))
	}
	if told == "" || told == "en" || strings.HasPrefix(told, "en-") {
		if found := detect(body); found != "" && !strings.HasPrefix(told, found) {
			return found
		}
		if !latin(body) {
			return ""
		}
	}
	return told
}

// convert writes a fragment or page of HTML as Markdown, whole.
func convert(src, address string) (string, error) {
	doc, err := html.Parse(strings.NewReader(plain(src)))
	if err != nil {
		return "", err
	}
	return markup.Text(doc, address)
}
