package render

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"backfile/build/article"
	"backfile/build/site"
)

func TestSitemap(t *testing.T) {
	list := &site.View{Kind: "sitemap.xml", Path: "sitemaps/2023-12.xml", Sitemap: &site.Sitemap{URLs: []site.SitemapURL{
		{URL: "2023/12/31/ferry.html", Updated: at(18, 90)},
		{URL: "people/o'hara & sons/index.html", Updated: day(2023, 12, 31)},
		{URL: "2023/паром.html"},
	}}}
	index := &site.View{Kind: "sitemap-index", Path: "sitemap.xml", Sitemap: &site.Sitemap{Index: []string{"sitemaps/pages.xml", "sitemaps/2023-12.xml"}}}
	tests := []struct {
		view *site.View
		want string
	}{
		{list, `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url>
<loc>https://x.example/a/2023/12/31/ferry.html</loc>
<lastmod>2023-12-31T18:00:00+01:30</lastmod>
</url>
<url>
<loc>https://x.example/a/people/o%27hara%20&amp;%20sons/index.html</loc>
<lastmod>2023-12-31</lastmod>
</url>
<url>
<loc>https://x.example/a/2023/%D0%BF%D0%B0%D1%80%D0%BE%D0%BC.html</loc>
</url>
</urlset>
`},
		{index, `<?xml version="1.0" encoding="utf-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap>
<loc>https://x.example/a/sitemaps/pages.xml</loc>
</sitemap>
<sitemap>
<loc>https://x.example/a/sitemaps/2023-12.xml</loc>
</sitemap>
</sitemapindex>
`},
	}
	for _, tt := range tests {
		equal(t, tt.view.Path, drawn(t, lantern("https://x.example/a/"), tt.view, nil), tt.want)
	}
}

// Google and Bing take a date as precise as it is known, and no other form.
func TestSitemapDatesKeepTheirPrecision(t *testing.T) {
	noZone := at(18, 0)
	noZone.HasOffset = false
	tests := []struct {
		date article.Date
		want string
	}{
		{article.Date{}, ""},
		{article.Date{Year: 1912}, "1912"},
		{article.Date{Year: 987, Month: 3}, "0987-03"},
		{day(2023, 12, 31), "2023-12-31"},
		{at(18, -210), "2023-12-31T18:00:00-03:30"},
		{noZone, "2023-12-31"},
	}
	for _, tt := range tests {
		if got := w3cDate(tt.date); got != tt.want {
			t.Errorf("w3cDate(%+v) = %q, want %q", tt.date, got, tt.want)
		}
	}
}

func TestSitemapLimits(t *testing.T) {
	long := strings.Repeat("x", 1100)
	tests := []struct {
		name, url string
		n         int
		want      string
	}{
		{"as many as allowed", "a.html", maxSitemapURLs, ""},
		{"too many", "a.html", maxSitemapURLs + 1, "sitemaps/x.xml: 50001 addresses are more than the 50000 a sitemap may hold"},
		{"too long", long, 49_000, "sitemaps/x.xml: 56007110 bytes are more than the 52428800 a sitemap may have"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := &site.View{Kind: "sitemap.xml", Path: "sitemaps/x.xml", Sitemap: &site.Sitemap{URLs: make([]site.SitemapURL, tt.n)}}
			for i := range v.Sitemap.URLs {
				v.Sitemap.URLs[i].URL = tt.url
			}
			_, err := drawForPrograms(io.Discard, lantern("https://x.example/"), v, nil)
			if got := fmt.Sprint(err); err != nil && got != tt.want || err == nil && tt.want != "" {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestFilesOfAbsoluteAddressesNeedABaseURL(t *testing.T) {
	for _, kind := range []string{"sitemap.xml", "sitemap-index", "opensearch.xml"} {
		_, err := drawForPrograms(io.Discard, lantern(""), &site.View{Kind: kind, Sitemap: &site.Sitemap{}}, nil)
		if !errors.Is(err, errNoBaseURL) {
			t.Errorf("%s without base_url: got %v, want %v", kind, err, errNoBaseURL)
		}
	}
}

func TestRobots(t *testing.T) {
	tests := []struct {
		name, base string
		noIndex    bool
		want       string
	}{
		{"with a sitemap", "https://x.example/a/", false, "User-agent: *\nAllow: /\n\nSitemap: https://x.example/a/sitemap.xml\n"},
		{"no base_url", "", false, "User-agent: *\nAllow: /\n"},
		{"noindex", "https://x.example/a/", true, "User-agent: *\nDisallow: /\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := lantern(tt.base)
			cfg.NoIndex = tt.noIndex
			equal(t, "robots.txt", drawn(t, cfg, &site.View{Kind: "robots.txt"}, nil), tt.want)
		})
	}
}

func TestOpenSearch(t *testing.T) {
	cfg := lantern("https://x.example/a/")
	const want = `<?xml version="1.0" encoding="utf-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>The Harrow Quay…</ShortName>
<LongName>The Harrow Quay Lantern</LongName>
<Description>News from the quay &amp; the hills</Description>
<InputEncoding>UTF-8</InputEncoding>
<Language>en</Language>
<Url type="text/html" template="https://x.example/a/search/index.html?q={searchTerms}"/>
</OpenSearchDescription>
`
	equal(t, "opensearch.xml", drawn(t, cfg, &site.View{Kind: "opensearch.xml"}, nil), want)
}

func TestShorten(t *testing.T) {
	tests := []struct {
		text string
		n    int
		want string
	}{
		{"Sixteen letters!", 16, "Sixteen letters!"},
		{"The Harrow Quay Lantern", 16, "The Harrow Quay…"},
		{"Фонарь Харроу-Кей", 16, "Фонарь…"},
		{"Überlandleitungsbote", 16, "Überlandleitung…"},
		{"灯笼", 16, "灯笼"},
	}
	for _, tt := range tests {
		if got := shorten(tt.text, tt.n); got != tt.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

// FuzzSitemap puts hostile paths into addresses: what a reader finds is an
// address that leads back to the path.
func FuzzSitemap(f *testing.F) {
	f.Add("2023/12/31/ferry.html")
	f.Add("a&b/<c>/\"d'\x00\xff?#%41\n.html")
	f.Fuzz(func(t *testing.T, path string) {
		v := &site.View{Kind: "sitemap.xml", Sitemap: &site.Sitemap{URLs: []site.SitemapURL{{URL: path}}}}
		out := drawn(t, lantern("https://x.example/"), v, nil)
		var got struct {
			Loc string `xml:"url>loc"`
		}
		if err := xml.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("the sitemap is not well-formed: %v\n%s", err, out)
		}
		u, err := parseAddress(got.Loc)
		if err != nil || u != "/"+path {
			t.Errorf("the path %q became %q, which leads to %q (%v)", path, got.Loc, u, err)
		}
	})
}
