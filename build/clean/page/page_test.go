package page

import (
	"strings"
	"testing"
)

func parse(t *testing.T, src, address string) *Page {
	t.Helper()
	p, err := Parse(src, address)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTitleIsTheHeadlineThatTheDataAgreeOn(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"h1", `<title>Mill to be kept - Dale Herald</title><h1>Dale Herald</h1><h1>Mill to be kept!</h1>`, "Mill to be kept!"},
		{"data agree", `<meta property="og:title" content="Flood: Mill to be kept"><script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood: Mill to be kept"}</script><h1>Mill to be kept</h1>`, "Flood: Mill to be kept"},
		{"line above", `<meta property="og:title" content="Mill to be kept"><h1>Flood in Dale: Mill to be kept</h1>`, "Mill to be kept"},
		{"name of the site in the data", `<meta property="og:title" content="Mill to be kept - dale.example"><script type="application/ld+json">{"@type":"NewsArticle","headline":"Mill to be kept - dale.example"}</script><h1>Mill to be kept</h1>`, "Mill to be kept"},
		{"a dash in the headline", `<title>Mill to be kept - Dale glad - Dale Herald</title><meta property="og:title" content="Mill to be kept - Dale glad"><h1>Mill to be kept - Dale glad</h1>`, "Mill to be kept - Dale glad"},
		{"no space after the line above", `<meta property="og:title" content="Flood / Mill to be kept"><h1><span>Flood</span><b>Mill to be kept</b></h1>`, "Flood / Mill to be kept"},
		{"other lines above", `<meta property="og:title" content="After the flood: Council votes to keep the mill"><h1>Dale news - Council votes to keep the mill</h1>`, "Council votes to keep the mill"},
		{"line above, by the data", `<title>Saving the mill in Dale | Dale Herald</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"Here is how it goes"}</script><h1>Saving the mill in Dale Here is how it goes</h1>`, "Here is how it goes"},
		{"first headline", `<link rel=canonical href="https://dale.example/news/muehle-bleibt-fuer-immer-stehen,12345.html"><title>Council in uproar</title><meta property="og:title" content="Council in uproar"><script type="application/ld+json">{"@type":"NewsArticle","headline":"Mühle bleibt für immer stehen"}</script><h1>Council in uproar</h1>`, "Mühle bleibt für immer stehen"},
		{"site cut off", `<title>Mill will be kept after all | Dale Herald</title>`, "Mill will be kept after all"},
	}
	for _, tt := range tests {
		if got := parse(t, tt.src, "").Title(); got != tt.want {
			t.Errorf("%s: title is %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestDateIsThePapersOwnDay(t *testing.T) {
	meta := `<meta property="article:published_time" content="2023-11-09T03:28:35Z">`
	tests := []struct{ name, src, address, want string }{
		{"instant", meta, "https://dale.example/mill", "2023-11-09T03:28:35Z"},
		{"day in the address", meta, "https://dale.example/2023/11/08/mill", "2023-11-08"},
		{"another day in the address", meta, "https://dale.example/2023/01/08/mill", "2023-11-09T03:28:35Z"},
		{"address only", "<p>x", "https://dale.example/2023/11/08/mill", "2023-11-08"},
		{"time element", `<time class="published" datetime="2023-11-08">`, "", "2023-11-08"},
		{"an hour that no zone makes the day before", `<meta property="article:published_time" content="2023-11-09T13:04:04Z">`, "https://dale.example/2023/11/08/mill", "2023-11-09T13:04:04Z"},
		{"day printed in the paper's zone", meta + `<title>Mill to be kept</title><h1>Mill to be kept</h1><span>November 8, 2023</span>`, "", "2023-11-08"},
		{"another day printed", meta + `<title>Mill to be kept</title><h1>Mill to be kept</h1><span>November 2, 2023</span>`, "", "2023-11-09T03:28:35Z"},
		{"day first at the end of the address", "<p>x", "https://dale.example/news/08-11-2023", "2023-11-08"},
		{"a year is no day", `<meta name="citation_publication_date" content="1988"><meta name="dc.date" content="2023-11-08">`, "", "2023-11-08"},
		{"near the headline, not the clock of the page", `<title>Mill to be kept</title><p>Friday, 10 November 2023</p><ul><li>Home<li>News from the whole valley<li>Sport<li>Weather for the week</ul><h1>Mill to be kept</h1><p>Ann Lee</p><p>8 November 2023</p>`, "", "2023-11-08"},
		{"with a name behind it", `<title>Mill to be kept</title><h1>Mill to be kept</h1><p>8. November 2023, Ann Lee</p>`, "", "2023-11-08"},
		{"years of two digits", `<title>Mill to be kept</title><h1>Mill to be kept</h1><p>8.11.23</p>`, "", "2023-11-08"},
		{"printed before weak metas", `<meta name="date" content="2023-11-10"><title>Mill to be kept</title><h1>Mill to be kept</h1><p>8. 11. 2023.</p>`, "", "2023-11-08"},
		{"not the day of a change", `<meta name="date" content="2023-11-07"><title>Mill to be kept</title><h1>Mill to be kept</h1><p>Updated: 8 November 2023</p>`, "", "2023-11-07"},
		{"the label in an element of its own", `<title>Mill to be kept</title><h1>Mill to be kept</h1><b>Letzte Änderung:</b> <i>10.11.2023</i> <b>Erschienen am:</b> <i>8.11.2023</i>`, "", "2023-11-08"},
		{"not that of a comment", `<title>Mill to be kept</title><h1>Mill to be kept</h1><div class="comments"><time datetime="2023-11-10">10 November</time></div><p>Опубликовано: 8 ноября 2023</p>`, "", "2023-11-08"},
		{"the day that is said to be it, not the nearest", `<title>Mill to be kept</title><h1>Mill to be kept</h1><p>10 November 2023</p><p>The flood in pictures</p><p>Published: Nov. 8, 2023</p>`, "", "2023-11-08"},
		{"not the day of a post", `<title>Mill to be kept</title><h1>Mill to be kept</h1><blockquote>The bridge is open <a href="/1">November 10, 2023</a></blockquote>`, "", ""},
		{"linked data", `<script type="application/ld+json">[{"@graph":[{"@type":["NewsArticle"],"datePublished":"2023-11-08T10:00:00+01:00"}]}]</script>`, "", "2023-11-08T10:00:00+01:00"},
	}
	for _, tt := range tests {
		if got := parse(t, tt.src, tt.address).Date().String(); got != tt.want {
			t.Errorf("%s: date is %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAuthorsAreNames(t *testing.T) {
	tests := []struct{ name, src, found, want string }{
		{"linked data", `<script type="application/ld+json">{"@type":"NewsArticle","author":[{"name":"By Ann Lee"},{"name":"Bo Ray and Cy Doe"}]}</script>`, "", "Ann Lee; Bo Ray; Cy Doe"},
		{"an address is no name", `<meta name="author" content="https://dale.example/authors/ann"><a rel="author" href="/a">Ann Lee</a>`, "", "Ann Lee"},
		{"the paper is the last resort", `<meta property="og:site_name" content="Dale Herald"><meta name="author" content="Dale Herald"><a rel="author" href="/a">Ann Lee</a>`, "", "Ann Lee"},
		{"nobody else", `<meta property="og:site_name" content="Dale Herald"><meta name="author" content="Dale Herald">`, "", "Dale Herald"},
		{"found in the text", "<p>x", "Ann Lee; Bo Ray", "Ann Lee; Bo Ray"},
		{"a sentence is no name", "<p>x", "Ann Lee writes about the river", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(parse(t, tt.src, "").Authors(tt.found), "; "); got != tt.want {
			t.Errorf("%s: authors are %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPaywallsAreTold(t *testing.T) {
	for src, want := range map[string]bool{
		`<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script>`: true,
		`<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":true}</script>`:    false,
		`<meta property="article:content_tier" content="locked">`:                                           true,
		`<p>x`: false,
	} {
		if got := parse(t, src, "").Paywalled(); got != want {
			t.Errorf("Paywalled of %q is %t, want %t", src, got, want)
		}
	}
}
