package render

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"backfile/build/article"
	"backfile/build/config"
	"backfile/build/content"
	"backfile/build/site"
)

// day returns a date without a time.
func day(y, m, d int16) article.Date { return article.Date{Year: y, Month: m, Day: d} }

// at returns an instant of 2023-12-31 in a zone.
func at(hour int8, offset int16) article.Date {
	return article.Date{Year: 2023, Month: 12, Day: 31, Hour: hour, Offset: offset, HasTime: true, HasOffset: true}
}

// lantern is the configuration of an invented newspaper's archive.
func lantern(base string) *config.Config {
	return &config.Config{
		Title: "The Harrow Quay Lantern", Description: "News from the quay & the hills", Language: "en",
		BaseURL: base, License: "CC BY 4.0", LicenseURL: "https://license.example/by",
		Publisher: "Friends of the Lantern", Contact: "desk@lantern.example",
	}
}

// ferry and council are two articles; the newer has everything.
func ferry() site.FeedItem {
	return site.FeedItem{
		Entry: &content.Entry{
			Path: "2023/12/31/ferry.md", Excerpt: "The last ferry <left> at dusk.", Words: 412,
			Meta: article.Meta{
				ID: "7hq2k9x4m1", Title: "Ferry & tide: “no more”", Date: at(18, 0), Lang: "en-GB",
				Authors: []string{"Ada Brook", "Jo O'Hara"}, People: []string{"Mia Quill"}, Places: []string{"Harrow Quay"},
				Summary: "The last ferry <left> at dusk.",
				Source: article.Source{Name: "Quay Post", URL: "https://post.example/a?b=1&c=2", Captured: day(2024, 1, 1),
					SHA256: strings.Repeat("ab", 32)},
				Corrections: []article.Correction{{Date: day(2024, 1, 2), Note: "The tide was low; not high."}},
				Aliases:     []string{"/old/ferry.html"},
			},
		},
		URL: "2023/12/31/ferry.html", Topics: []string{"The ferry", "Tides; weather"}, Full: true,
	}
}

func council() site.FeedItem {
	return site.FeedItem{
		Entry: &content.Entry{
			Path: "2023/11/council.md", Excerpt: "A vote.", Words: 7,
			Meta: article.Meta{Title: "Совет голосует", Date: article.Date{Year: 2023, Month: 11}, Lang: "ru"},
		},
		URL: "2023/11/совет 1.html",
	}
}

func feedView(items ...site.FeedItem) *site.View {
	return &site.View{Kind: "feed.xml", Path: "topics/ferry/feed.xml", Lang: "en", Feed: &site.Feed{
		Title: "The ferry", HTML: "topics/ferry/index.html", Current: "topics/ferry/feed.xml",
		Prev: "topics/ferry/feed-3.xml", Items: items,
	}}
}

// markup is a text as the Markdown converter gives it.
func markup(it site.FeedItem) (string, error) {
	return "<p>The text of “" + it.Title + "”</p>\n", nil
}

// drawn returns what is drawn for v.
func drawn(t testing.TB, cfg *config.Config, v *site.View, text feedText) string {
	t.Helper()
	var b bytes.Buffer
	if known, err := drawForPrograms(&b, cfg, v, text); !known || err != nil {
		t.Fatalf("drawing %s: known %v, %v", v.Kind, known, err)
	}
	return b.String()
}

// equal reports the first line in which got differs from want.
func equal(t testing.TB, what, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		a, b := "(end)", "(end)"
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("%s, line %d\n got %s\nwant %s", what, i+1, a, b)
			return
		}
	}
}

func TestAtomIsDrawnFromTheViewAlone(t *testing.T) {
	const want = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" xml:lang="en">
<id>urn:uuid:ffd9e2c2-0c56-8f70-b22a-f0df98a12f6b</id>
<title>The Harrow Quay Lantern: The ferry</title>
<updated>2024-01-02T00:00:00Z</updated>
<link rel="self" type="application/atom+xml" href="https://lantern.example/a%20b/topics/ferry/feed.xml"/>
<link rel="alternate" type="text/html" href="https://lantern.example/a%20b/topics/ferry/index.html"/>
<link rel="prev-archive" type="application/atom+xml" href="https://lantern.example/a%20b/topics/ferry/feed-3.xml"/>
<link rel="license" href="https://license.example/by"/>
<author>
<name>Friends of the Lantern</name>
<email>desk@lantern.example</email>
</author>
<rights>CC BY 4.0</rights>
<generator>backfile</generator>
<entry xml:lang="en-GB">
<id>urn:uuid:515ff577-dc86-8403-a0e7-f1adbdaf1bae</id>
<title>Ferry &amp; tide: “no more”</title>
<link rel="alternate" type="text/html" href="https://lantern.example/a%20b/2023/12/31/ferry.html"/>
<link rel="via" href="https://post.example/a?b=1&amp;c=2"/>
<published>2023-12-31T18:00:00Z</published>
<updated>2024-01-02T00:00:00Z</updated>
<author>
<name>Ada Brook</name>
</author>
<author>
<name>Jo O'Hara</name>
</author>
<category term="The ferry"/>
<category term="Tides; weather"/>
<summary>The last ferry &lt;left&gt; at dusk.</summary>
<content type="html">&lt;p&gt;The text of “Ferry &amp; tide: “no more””&lt;/p&gt;
</content>
</entry>
<entry xml:lang="ru">
<id>urn:uuid:0b1497e5-158d-81ec-a5e8-8380d4af467f</id>
<title>Совет голосует</title>
<link rel="alternate" type="text/html" href="https://lantern.example/a%20b/2023/11/%D1%81%D0%BE%D0%B2%D0%B5%D1%82%201.html"/>
<published>2023-11-01T00:00:00Z</published>
<updated>2023-11-01T00:00:00Z</updated>
<summary>A vote.</summary>
</entry>
</feed>
`
	equal(t, "feed.xml", drawn(t, lantern("https://lantern.example/a%20b/"), feedView(ferry(), council()), markup), want)
}

// The links by which a reader walks back through the whole archive: RFC 5005,
// section 4. Without a base_url they are relative to the document, and there
// is no "self".
func TestArchiveDocumentsAreLinked(t *testing.T) {
	links := func(v *site.View, base string) []string {
		out := drawn(t, lantern(base), v, nil)
		head, _, _ := strings.Cut(out, "<author>")
		var list []string
		for _, m := range regexp.MustCompile(`<link rel="([a-z-]+)"[^>]* href="([^"]*)"|<fh:archive/>`).FindAllStringSubmatch(head, -1) {
			list = append(list, strings.TrimSpace(m[1]+" "+m[2]))
		}
		return list
	}
	archive := feedView(ferry())
	archive.Path, archive.Feed.Archive, archive.Feed.Prev = "topics/ferry/feed-3.xml", true, "topics/ferry/feed-2.xml"
	first := feedView(ferry())
	first.Path, first.Feed.Archive, first.Feed.Prev = "topics/ferry/feed-1.xml", true, ""
	tests := []struct {
		name, base string
		view       *site.View
		want       []string
	}{
		{"current", "https://x.example/", feedView(), []string{"self https://x.example/topics/ferry/feed.xml",
			"alternate https://x.example/topics/ferry/index.html", "prev-archive https://x.example/topics/ferry/feed-3.xml",
			"license https://license.example/by"}},
		{"current, relative", "", feedView(), []string{"alternate index.html", "prev-archive feed-3.xml", "license https://license.example/by"}},
		{"archive", "https://x.example/", archive, []string{"self https://x.example/topics/ferry/feed-3.xml",
			"alternate https://x.example/topics/ferry/index.html", "current https://x.example/topics/ferry/feed.xml",
			"prev-archive https://x.example/topics/ferry/feed-2.xml", "license https://license.example/by", ""}},
		{"first archive, relative", "", first, []string{"alternate index.html", "current feed.xml", "license https://license.example/by", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := links(tt.view, tt.base); !slices.Equal(got, tt.want) {
				t.Errorf("links of %s\n got %q\nwant %q", tt.view.Path, got, tt.want)
			}
		})
	}
	id := regexp.MustCompile(`<id>.*?</id>`)
	if a, b := id.FindString(drawn(t, lantern(""), archive, nil)), id.FindString(drawn(t, lantern("https://x.example/"), feedView(), nil)); a != b {
		t.Errorf("the archive document has %s and the current one %s, want one feed", a, b)
	}
}

// What a withdrawn article said must not live on in feeds and data files.
func TestAWithdrawnArticleShowsItsNoticeAlone(t *testing.T) {
	it := ferry()
	it.Withdrawn = "At the request of the family."
	for _, kind := range []string{"feed.xml", "feed.json"} {
		v := feedView(it)
		v.Kind = kind
		got := drawn(t, lantern(""), v, markup)
		if !strings.Contains(got, it.Withdrawn) || strings.Contains(got, "dusk") || strings.Contains(got, "The text of") {
			t.Errorf("%s of a withdrawn article is\n%s", kind, got)
		}
	}
	for _, kind := range []string{"articles.jsonl.gz", "articles.csv"} {
		got := drawn(t, lantern(""), &site.View{Kind: kind, Data: &site.Data{Items: []site.FeedItem{it}}}, nil)
		if kind == "articles.jsonl.gz" {
			got = unzipped(t, got)
		}
		if !strings.Contains(got, it.Withdrawn) || strings.Contains(got, "dusk") {
			t.Errorf("%s of a withdrawn article is\n%s", kind, got)
		}
	}
}

func TestAnUndatedArticleIsRefusedByFeeds(t *testing.T) {
	it := ferry()
	it.Date = article.Date{}
	for _, kind := range []string{"feed.xml", "feed.json"} {
		v := feedView(it)
		v.Kind = kind
		_, err := drawForPrograms(io.Discard, lantern(""), v, nil)
		if want := "2023/12/31/ferry.md has no date and cannot stand in a feed"; err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", kind, err, want)
		}
	}
}

func TestAFeedNamesTheArticleWhoseTextFails(t *testing.T) {
	gone := errors.New("gone")
	_, err := drawForPrograms(io.Discard, lantern(""), feedView(ferry()), func(site.FeedItem) (string, error) { return "", gone })
	if !errors.Is(err, gone) || !strings.HasPrefix(err.Error(), "2023/12/31/ferry.md: ") {
		t.Errorf("got %v, want 2023/12/31/ferry.md: gone", err)
	}
}

func TestTheDateOfAFeedIsThatOfItsNewestChange(t *testing.T) {
	with := func(date, updated article.Date, corrections ...article.Date) site.FeedItem {
		it := site.FeedItem{Entry: &content.Entry{Path: "a.md", Meta: article.Meta{Date: date, Updated: updated}}, URL: "a.html"}
		for _, d := range corrections {
			it.Corrections = append(it.Corrections, article.Correction{Date: d})
		}
		return it
	}
	tests := []struct {
		name  string
		items []site.FeedItem
		want  string
	}{
		{"no entries", nil, "1970-01-01T00:00:00Z"},
		{"date", []site.FeedItem{with(day(2023, 1, 2), article.Date{})}, "2023-01-02T00:00:00Z"},
		{"updated", []site.FeedItem{with(day(2023, 1, 2), day(2023, 2, 1))}, "2023-02-01T00:00:00Z"},
		{"updated before its date", []site.FeedItem{with(day(2023, 1, 2), day(2022, 2, 1))}, "2023-01-02T00:00:00Z"},
		{"correction", []site.FeedItem{with(day(2023, 1, 2), day(2023, 2, 1), day(2023, 4, 1), day(2023, 3, 1))}, "2023-04-01T00:00:00Z"},
		{"correction without a date", []site.FeedItem{with(day(2023, 1, 2), article.Date{}, article.Date{})}, "2023-01-02T00:00:00Z"},
		{"year alone", []site.FeedItem{with(article.Date{Year: 1912}, article.Date{})}, "1912-01-01T00:00:00Z"},
		{"instants, not wall clocks", []site.FeedItem{with(at(20, 0), article.Date{}), with(at(21, 120), article.Date{})}, "2023-12-31T20:00:00Z"},
		{"an older article corrected", []site.FeedItem{with(day(2023, 1, 2), article.Date{}), with(day(2020, 1, 2), article.Date{}, day(2023, 5, 1))},
			"2023-05-01T00:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := drawn(t, lantern(""), feedView(tt.items...), nil)
			if got := regexp.MustCompile(`<updated>(.*?)</updated>`).FindStringSubmatch(out)[1]; got != tt.want {
				t.Errorf("updated is %s, want %s", got, tt.want)
			}
		})
	}
}

// A date taken from the capture says nothing of when the article came out.
func TestAnApproximateDateIsNotPublished(t *testing.T) {
	it := ferry()
	it.Date.Approx = true
	if out := drawn(t, lantern(""), feedView(it), nil); strings.Contains(out, "<published>") {
		t.Errorf("an approximate date is in\n%s", out)
	}
	v := feedView(it)
	v.Kind = "feed.json"
	if out := drawn(t, lantern(""), v, nil); strings.Contains(out, "date_published") || !strings.Contains(out, `"approximate": true`) {
		t.Errorf("an approximate date is in\n%s", out)
	}
}

func TestJSONFeed(t *testing.T) {
	v := feedView(ferry(), council())
	v.Kind, v.Path, v.Feed.Title, v.Feed.Current, v.Feed.Prev, v.Feed.HTML = "feed.json", "feed.json", "The Harrow Quay Lantern", "feed.xml", "feed-3.xml", "index.html"
	const want = `{
  "version": "https://jsonfeed.org/version/1.1",
  "title": "The Harrow Quay Lantern",
  "home_page_url": "https://lantern.example/index.html",
  "feed_url": "https://lantern.example/feed.json",
  "description": "News from the quay & the hills",
  "language": "en",
  "authors": [
    {
      "name": "Friends of the Lantern"
    }
  ],
  "items": [
    {
      "id": "urn:uuid:515ff577-dc86-8403-a0e7-f1adbdaf1bae",
      "url": "https://lantern.example/2023/12/31/ferry.html",
      "external_url": "https://post.example/a?b=1&c=2",
      "title": "Ferry & tide: “no more”",
      "content_html": "<p>The text of “Ferry & tide: “no more””</p>\n",
      "summary": "The last ferry <left> at dusk.",
      "date_published": "2023-12-31T18:00:00Z",
      "date_modified": "2024-01-02T00:00:00Z",
      "authors": [
        {
          "name": "Ada Brook"
        },
        {
          "name": "Jo O'Hara"
        }
      ],
      "tags": [
        "The ferry",
        "Tides; weather"
      ],
      "language": "en-GB",
      "_backfile": {
        "date": "2023-12-31T18:00:00Z"
      }
    },
    {
      "id": "urn:uuid:0b1497e5-158d-81ec-a5e8-8380d4af467f",
      "url": "https://lantern.example/2023/11/%D1%81%D0%BE%D0%B2%D0%B5%D1%82%201.html",
      "title": "Совет голосует",
      "content_text": "A vote.",
      "date_published": "2023-11-01T00:00:00Z",
      "date_modified": "2023-11-01T00:00:00Z",
      "language": "ru",
      "_backfile": {
        "date": "2023-11"
      }
    }
  ]
}
`
	equal(t, "feed.json", drawn(t, lantern("https://lantern.example/"), v, markup), want)
	empty := feedView()
	empty.Kind = "feed.json"
	if got := drawn(t, lantern(""), empty, nil); !strings.Contains(got, `"items": []`) {
		t.Errorf("a JSON Feed without items must have an empty list, and is\n%s", got)
	}
}
