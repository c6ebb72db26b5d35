package render

import (
	"encoding/json"
	"encoding/xml"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"backfile/build/site"
)

// Another program's reader must find in both formats what the view holds.
func TestFeedReadersReadTheFeeds(t *testing.T) {
	for _, kind := range []string{"feed.xml", "feed.json"} {
		v := feedView(ferry(), council())
		v.Kind = kind
		feed, err := gofeed.NewParser().ParseString(drawn(t, lantern("https://lantern.example/"), v, markup))
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if feed.Title != "The Harrow Quay Lantern: The ferry" || feed.Language != "en" || len(feed.Items) != 2 {
			t.Errorf("%s has title %q, language %q, %d items", kind, feed.Title, feed.Language, len(feed.Items))
			continue
		}
		it := feed.Items[0]
		text, _ := markup(ferry())
		if it.Title != "Ferry & tide: “no more”" || it.Link != "https://lantern.example/2023/12/31/ferry.html" ||
			strings.TrimSpace(it.Content) != strings.TrimSpace(text) || it.Description != "The last ferry <left> at dusk." {
			t.Errorf("%s: the first item is %q at %s, %q, %q", kind, it.Title, it.Link, it.Description, it.Content)
		}
		if it.PublishedParsed == nil || it.PublishedParsed.Format("2006-01-02T15:04") != "2023-12-31T18:00" ||
			it.UpdatedParsed == nil || it.UpdatedParsed.Format("2006-01-02") != "2024-01-02" {
			t.Errorf("%s: the first item is of %s, updated %s", kind, it.Published, it.Updated)
		}
		if len(it.Authors) != 2 || it.Authors[1].Name != "Jo O'Hara" || !slices.Equal(it.Categories, []string{"The ferry", "Tides; weather"}) {
			t.Errorf("%s: the first item is by %v, under %q", kind, it.Authors, it.Categories)
		}
		if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(it.GUID) {
			t.Errorf("%s: the id %q is no UUID of version 8", kind, it.GUID)
		}
	}
}

func TestAddressesThatReadersFollowAreWebAddresses(t *testing.T) {
	tests := []struct{ address, want string }{
		{"https://post.example/a?b=1&c=2", "https://post.example/a?b=1&c=2"},
		{" http://post.example/a b ", "http://post.example/a%20b"},
		{"javascript:alert(1)", ""},
		{"data:text/html,x", ""},
		{"//post.example/a", ""},
		{"https:", ""},
		{"post.example/a", ""},
		{"https://post.example/\x01", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := webAddress(tt.address); got != tt.want {
			t.Errorf("webAddress(%q) = %q, want %q", tt.address, got, tt.want)
		}
	}
}

func TestRelativeAddresses(t *testing.T) {
	tests := []struct{ from, to, want string }{
		{"feed.xml", "2023/12/31/a.html", "2023/12/31/a.html"},
		{"topics/ferry/feed.xml", "topics/ferry/feed-1.xml", "feed-1.xml"},
		{"topics/ferry/feed.xml", "topics/council/index.html", "../council/index.html"},
		{"topics/ferry/feed.xml", "2023/a.html", "../../2023/a.html"},
		{"topics/ferry/feed.xml", "topics/ferry.html", "../ferry.html"},
		{"2023/12/a.html", "2023/12x/a.html", "../12x/a.html"},
		{"a.html", "a.html", "a.html"},
		{"feed.xml", "12:30/a b.html", "./12:30/a%20b.html"},
		{"x/feed.xml", "q?#%.html", "../q%3F%23%25.html"},
	}
	for _, tt := range tests {
		if got := relative(tt.from, tt.to); got != tt.want {
			t.Errorf("relative(%q, %q) = %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
}

// xmlText is what an XML reader must find where s was written.
func xmlText(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return s
}

// FuzzFeeds draws feeds of hostile articles: both stay well-formed, and a
// reader finds the very text.
func FuzzFeeds(f *testing.F) {
	f.Add("Ferry & tide", "Ada <ada@lantern.example>", "A \"quoted\" line\r\nand more", "https://post.example/")
	f.Add("\x00\x01\x1b[31m]]>", "\xff\xfe", "&#0;&amp;\uFFFE\uFFFF\u0085\u2028", "javascript:alert(1)")
	f.Add("</title><script>", "' onload='", "<![CDATA[ x ]]>", "https://a\"><b")
	f.Fuzz(func(t *testing.T, title, author, summary, address string) {
		it := ferry()
		it.Title, it.Authors, it.Excerpt, it.URL, it.Source.URL, it.Lang = title, []string{author}, summary, address, address, author
		it.Topics = []string{title}
		text := func(site.FeedItem) (string, error) { return summary, nil }
		out := drawn(t, lantern(""), feedView(it), text)
		var got struct {
			Entry struct {
				Title    string `xml:"title"`
				Summary  string `xml:"summary"`
				Content  string `xml:"content"`
				Name     string `xml:"author>name"`
				Category struct {
					Term string `xml:"term,attr"`
				} `xml:"category"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("the feed is not well-formed: %v\n%s", err, out)
		}
		e := got.Entry
		if e.Title != xmlText(title) || e.Category.Term != xmlText(title) || e.Name != xmlText(author) ||
			e.Summary != xmlText(summary) || e.Content != xmlText(summary) {
			t.Errorf("of %q, %q, %q a reader finds %+v", title, author, summary, e)
		}
		v := feedView(it)
		v.Kind = "feed.json"
		var j jsonFeed
		out = drawn(t, lantern(""), v, text)
		if err := json.Unmarshal([]byte(out), &j); err != nil || !utf8.ValidString(out) {
			t.Fatalf("the JSON Feed is not well-formed: %v\n%s", err, out)
		}
		if utf8.ValidString(title) && j.Items[0].Title != title {
			t.Errorf("of the title %q a reader finds %q", title, j.Items[0].Title)
		}
	})
}

func BenchmarkAtom(b *testing.B) {
	items := make([]site.FeedItem, 50)
	for i := range items {
		items[i] = ferry()
		items[i].Full = false
		items[i].Excerpt = strings.Repeat("The last ferry left at dusk, they say. ", 6)
	}
	for b.Loop() {
		drawn(b, lantern("https://lantern.example/"), feedView(items...), nil)
	}
}
