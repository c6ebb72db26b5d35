package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// oldest is the year of the first newspaper.
const oldest = 1605

var (
	dateStart = regexp.MustCompile(`^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$`)
	layouts   = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "2006-01", "2006"}
)

// date says what is wrong with a date, or "".
func (c *checker) date(text string) string {
	for _, l := range layouts {
		t, err := time.Parse(l, text)
		if err != nil {
			continue
		}
		switch {
		case t.Year() < oldest:
			return "is older than any newspaper"
		case t.After(c.Now.AddDate(0, 0, 1)): // somewhere it is tomorrow
			return "lies in the future"
		}
		return ""
	}
	if dateStart.MatchString(text) {
		return "is not a day of the calendar"
	}
	return "is not a date"
}

// jsonLD looks at the description of a page for programs.
func (w *worker) jsonLD(src []byte) {
	var v any
	dec := json.NewDecoder(bytes.NewReader(src))
	err := dec.Decode(&v)
	if err == nil && dec.More() {
		err = fmt.Errorf("something follows it")
	}
	if err != nil {
		w.say("json-ld", "the JSON-LD cannot be read: %v", err)
		return
	}
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	for _, item := range list {
		o, ok := item.(map[string]any)
		if !ok {
			w.say("json-ld", "the JSON-LD describes nothing")
			continue
		}
		if o["@context"] == nil {
			w.say("json-ld", "the JSON-LD has no @context")
		}
		if graph, ok := o["@graph"].([]any); ok {
			for _, part := range graph {
				if o, ok := part.(map[string]any); ok {
					w.thing(o)
				}
			}
			continue
		}
		w.thing(o)
	}
}

// articles are the types of schema.org that an article can have.
var articles = []string{"NewsArticle", "Article", "ReportageNewsArticle", "OpinionNewsArticle", "BlogPosting", "AnalysisNewsArticle"}

// thing looks at one thing that is described.
func (w *worker) thing(o map[string]any) {
	kind, _ := o["@type"].(string)
	if o["@type"] == nil {
		w.say("json-ld", "the JSON-LD has no @type")
	}
	for _, key := range []string{"dateCreated", "datePublished", "dateModified"} {
		v, there := o[key]
		text, _ := v.(string)
		if wrong := w.c.date(text); there && wrong != "" {
			w.say("date", "%s %q %s", key, fmt.Sprint(v), wrong)
		}
	}
	if slices.Contains(articles, kind) && o["isBasedOn"] == nil && o["publisher"] == nil && o["citation"] == nil {
		w.say("provenance", "the article does not say where it was taken from: give it a source in its front matter")
	}
}

// canonical returns the address that a page gives itself, or "".
func canonical(src []byte) string {
	z := html.NewTokenizer(bytes.NewReader(src))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			rel, href := "", ""
			for _, a := range t.Attr {
				switch a.Key {
				case "rel":
					rel = a.Val
				case "href":
					href = a.Val
				}
			}
			if t.Data == "body" {
				return ""
			}
			if t.Data == "link" && strings.EqualFold(rel, "canonical") {
				return href
			}
		}
	}
}
