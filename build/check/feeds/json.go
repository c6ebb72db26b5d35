package feeds

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// jsonFeed is what is looked at of a JSON Feed.
type jsonFeed struct {
	Version     string
	Title       string
	HomePageURL string `json:"home_page_url"`
	FeedURL     string `json:"feed_url"`
	NextURL     string `json:"next_url"`
	Items       []struct {
		ID        any
		URL       string
		HTML      *string `json:"content_html"`
		Text      *string `json:"content_text"`
		Published string  `json:"date_published"`
		Modified  string  `json:"date_modified"`
	}
}

// JSON reads a JSON file.
func JSON(src []byte) Doc {
	doc := Doc{Kind: Data}
	var any json.RawMessage
	if err := json.Unmarshal(src, &any); err != nil {
		var syntax *json.SyntaxError
		line := 0
		if errors.As(err, &syntax) {
			line = bytes.Count(src[:min(int(syntax.Offset), len(src))], []byte("\n")) + 1
		}
		doc.wrong(line, "it is not JSON: %v", err)
		return doc
	}
	if !bytes.Contains(src[:min(len(src), 4096)], []byte("jsonfeed.org/version/")) {
		return doc
	}
	doc.Kind = Feed
	var f jsonFeed
	if err := json.Unmarshal(src, &f); err != nil {
		doc.wrong(0, "it is not a JSON Feed: %v", err)
		return doc
	}
	doc.feed(f)
	return doc
}

// feed looks at a JSON Feed.
func (d *Doc) feed(f jsonFeed) {
	if !strings.HasPrefix(f.Version, "https://jsonfeed.org/version/") {
		d.wrong(0, "version %q is none of JSON Feed", f.Version)
	}
	if f.Title == "" {
		d.wrong(0, "the feed has no title")
	}
	if f.Items == nil {
		d.wrong(0, "the feed has no items")
	}
	d.links(f.HomePageURL, f.FeedURL, f.NextURL)
	ids := map[string]bool{}
	for i, it := range f.Items {
		id := fmt.Sprint(it.ID)
		switch {
		case it.ID == nil || id == "":
			d.wrong(0, "item %d has no id", i+1)
		case ids[id]:
			d.wrong(0, "the id %q stands here twice", id)
		}
		ids[id] = true
		if it.HTML == nil && it.Text == nil {
			d.wrong(0, "item %d has neither content_html nor content_text", i+1)
		}
		d.links(it.URL)
		for _, date := range []string{it.Published, it.Modified} {
			if date != "" {
				d.Dates = append(d.Dates, Text{0, date})
			}
		}
	}
}

func (d *Doc) links(list ...string) {
	for _, l := range list {
		if l != "" {
			d.Links = append(d.Links, Text{0, l})
		}
	}
}
