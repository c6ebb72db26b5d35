package check

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"backfile/build/check/elsewhere"
)

const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'">`

// pageOf is a page without a fault, with more in its head and its body.
func pageOf(head, body string) string {
	return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">` + policy + `<title>A page</title>` + head + "</head>\n<body>\n" + body + "\n</body></html>\n"
}

// sound is an archive without a fault.
func sound() map[string]string {
	return map[string]string{
		"index.html": pageOf(`<link rel="stylesheet" href="assets/style.css"><link rel="canonical" href="https://a.example/x/index.html"><link rel="alternate" href="feed.xml">`,
			`<a href="2024/05/17/flood.html#mud">flood</a> <a href="#end">end</a> <p id="end"><a href="about.html?x=1">about</a> <a href="https://other.example/">other</a> <a href="mailto:a@b.example">write</a> <a href="#top">up</a>
<form action="about.html"></form>`),
		"about.html": pageOf("", `<a href="index.html#:~:text=end">home</a><svg><title>no title of a page</title></svg>`),
		"2024/05/17/flood.html": pageOf(`<link rel="icon" href="../../../assets/i%20con.svg"><meta property="article:published_time" content="2024-05-17T10:00:00+02:00">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"x","datePublished":"2024-05-17","isBasedOn":"https://lantern.example/flood"}</script>`,
			`<h2 id="mud">Mud</h2><img src="photo.jpg" alt="Mud." srcset="photo.jpg 2x"><a href="../../../index.html">home</a><img src="photo.jpg" alt="">`),
		"2024/05/17/photo.jpg":  "jpg",
		"assets/style.css":      "/* url(no.png) */ p{background:url(\"i%20con.svg\")}",
		"assets/i con.svg":      "<svg/>",
		"404.html":              pageOf("", `<a href="https://a.example/x/index.html">home</a>`),
		"old.html":              pageOf(`<meta http-equiv="refresh" content="0; url=2024/05/17/flood.html">`, ""),
		"feed.xml":              `<feed xmlns="http://www.w3.org/2005/Atom"><id>a</id><title>t</title><updated>2024-05-17T00:00:00Z</updated><entry><id>b</id><title>t</title><updated>2024-05-17T00:00:00Z</updated><link href="https://a.example/x/2024/05/17/flood.html"/></entry></feed>`,
		"feed.json":             `{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"a","url":"https://a.example/x/about.html","content_text":"x"}]}`,
		"sitemap.xml":           `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://a.example/x/sitemaps/pages.xml</loc></sitemap></sitemapindex>`,
		"sitemaps/pages.xml":    `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/x/about.html</loc><lastmod>2024-05-17</lastmod></url></urlset>`,
		"data/datapackage.json": `{"name":"x"}`,
	}
}

// found checks an archive and returns code, place and message of each finding.
func found(t *testing.T, files map[string]string, o Options) []string {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, p := range slices.Sorted(maps.Keys(files)) {
		fsys[p] = &fstest.MapFile{Data: []byte(files[p])}
		o.Files = append(o.Files, File{p, int64(len(files[p]))})
	}
	o.Now = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	rep, err := Run(t.Context(), fsys, o)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range rep.Findings {
		out = append(out, fmt.Sprintf("%s %s:%d:%d: %s", f.Code, f.Path, f.Line, f.Col, f.Msg))
	}
	return out
}

func TestSoundArchiveHasNoFault(t *testing.T) {
	if got := found(t, sound(), Options{}); len(got) > 0 {
		t.Errorf("found\n%s", strings.Join(got, "\n"))
	}
}

// TestPlantedFaultsAreFound plants one fault after another in a sound archive.
func TestPlantedFaultsAreFound(t *testing.T) {
	const article = "2024/05/17/flood.html"
	in := func(path, old, new string) func(map[string]string) {
		return func(m map[string]string) {
			if !strings.Contains(m[path], old) {
				panic(path + " has no " + old)
			}
			m[path] = strings.Replace(m[path], old, new, 1)
		}
	}
	body := func(html string) func(map[string]string) { return in(article, "</h2>", "</h2>\n"+html) }
	set := func(path, text string) func(map[string]string) { return func(m map[string]string) { m[path] = text } }
	tests := []struct {
		plant func(map[string]string)
		want  string // how the one finding begins
	}{
		{body(`<a href="../18/dry.html">dry</a>`), `link 2024/05/17/flood.html:5:1: a link "../18/dry.html" leads to 2024/05/18/dry.html, which is not there`},
		{body(`<a href="../../../ABOUT.html">x</a>`), `link 2024/05/17/flood.html:5:1: a link "../../../ABOUT.html" leads to ABOUT.html, which is not there, but about.html is`},
		{body(`<a href="../../../about">x</a>`), `link 2024/05/17/flood.html:5:1: a link "../../../about" leads to about, which is not there, but about.html is`},
		{body(`<a href="../../../../x.html">x</a>`), `link 2024/05/17/flood.html:5:1: a link "../../../../x.html" leads out of the archive`},
		{func(m map[string]string) { delete(m, "2024/05/17/photo.jpg") }, `asset 2024/05/17/flood.html:4:22: <img> "photo.jpg" leads to 2024/05/17/photo.jpg, which is not there`},
		{func(m map[string]string) { delete(m, "assets/style.css") }, `asset index.html:1:`},
		{body(`<video poster="x.jpg"></video>`), `asset 2024/05/17/flood.html:5:1: <video> "x.jpg"`},
		{in("assets/style.css", "p{", "@import 'more.css'; p{"), `asset assets/style.css:1:19: <style sheet> "more.css" leads to assets/more.css`},
		{in("index.html", "#mud", "#sand"), `anchor index.html:3:1: a link leads to #sand of 2024/05/17/flood.html, which that page does not have`},
		{in("index.html", "#end", "#begin"), `anchor index.html:3:47: a link leads to #begin, which this page does not have`},
		{body(`<p id="mud">`), `duplicate-id 2024/05/17/flood.html:5:1: a second element with id "mud"`},
		{set("lost.html", pageOf("", "")), `orphan lost.html:0:0: no way leads here`},
		{body(`<img src="photo.jpg">`), `alt 2024/05/17/flood.html:5:1: the picture "photo.jpg" has no alt`},
		{set("2024/05/17/photo.jpg", strings.Repeat("x", 1_000_000)), `weight 2024/05/17/flood.html:0:0: the page has 1001 kB with all it loads, more than the 1000 kB of the budget`},
		{body(`<img alt="" src="https://tracker.example/p.gif">`), `third-party 2024/05/17/flood.html:5:1: <img> loads https://tracker.example/p.gif from another site`},
		{body(`<script src="//cdn.example/x.js"></script>`), `third-party 2024/05/17/flood.html:5:1: <script> loads //cdn.example/x.js`},
		{body(`<link rel="preconnect" href="https://fonts.example">`), `third-party 2024/05/17/flood.html:5:1: <link>`},
		{body(`<iframe src="https://video.example/"></iframe>`), `third-party 2024/05/17/flood.html:5:1: <iframe>`},
		{body(`<form action="https://list.example/subscribe"></form>`), `third-party 2024/05/17/flood.html:5:1: a form is sent to https://list.example/subscribe`},
		{body(`<a ping="https://t.example/" href="photo.jpg">x</a>`), `third-party 2024/05/17/flood.html:5:1: a link tells`},
		{in("assets/style.css", "p{", "@font-face{src:url(https://fonts.example/a.woff2)} p{"), `third-party assets/style.css:1:34: <style sheet> loads https://fonts.example/a.woff2`},
		{body(`<a href="/x/about.html">x</a>`), `absolute 2024/05/17/flood.html:5:1: a link "/x/about.html" begins at the top of the host`},
		{body(`<a href="https://a.example/x/about.html">x</a>`), `absolute 2024/05/17/flood.html:5:1: a link "https://a.example/x/about.html" names the archive's own address`},
		{in("index.html", `"assets/style.css"`, `"/x/assets/style.css"`), `absolute index.html:1:`},
		{body(`<base href="../">`), `absolute 2024/05/17/flood.html:5:1: a base element`},
		{body(`<a href="../../../">x</a>`), `folder 2024/05/17/flood.html:5:1: a link "../../../" names a folder: only index.html opens offline`},
		{body(`<script>alert(1)</script>`), `csp 2024/05/17/flood.html:5:9: a script in the page, which script-src forbids`},
		{body(`<style>p{}</style>`), `csp 2024/05/17/flood.html:5:8: a style in the page, which style-src forbids`},
		{body(`<p style="color:red">`), `csp 2024/05/17/flood.html:5:1: a style attribute, which style-src forbids`},
		{body(`<p onclick="x()">`), `csp 2024/05/17/flood.html:5:1: the handler onclick, which script-src forbids`},
		{body(`<a href="javascript:x()">x</a>`), `csp 2024/05/17/flood.html:5:1: a javascript: link`},
		{body(`<img alt="" src="data:image/gif;base64,R0lGOD">`), `csp 2024/05/17/flood.html:5:1: <img> loads a data: address, which img-src forbids`},
		{body(`<audio src="photo.jpg"></audio>`), `csp 2024/05/17/flood.html:5:1: <audio> loads photo.jpg, which default-src forbids`},
		{in(article, policy, ""), `csp 2024/05/17/flood.html:0:0: the page has no Content-Security-Policy`},
		{in("feed.xml", "</entry>", ""), `feed feed.xml:1:0: it is not XML: </feed> closes nothing`},
		{in("feed.xml", "<entry><id>b</id>", "<entry>"), `feed feed.xml:1:0: <entry> has no <id>`},
		{in("feed.xml", "x/2024/05/17", "x/2024/05/18"), `feed feed.xml:1:0: "https://a.example/x/2024/05/18/flood.html" leads to what is not there`},
		{in("feed.xml", "<title>t</title>", "<title>t & u</title>"), `feed feed.xml:1:0: it is not XML`},
		{in("feed.json", `"id":"a",`, ""), `feed feed.json:0:0: item 1 has no id`},
		{in("sitemaps/pages.xml", "about.html", "gone.html"), `sitemap sitemaps/pages.xml:1:0: "https://a.example/x/gone.html" leads to what is not there`},
		{in("sitemaps/pages.xml", "https://a.example", "https://b.example"), `sitemap sitemaps/pages.xml:1:0: "https://b.example/x/about.html" is not an address of this archive`},
		{in("sitemaps/pages.xml", "</loc>", "</lok>"), `sitemap sitemaps/pages.xml:1:0: it is not XML: </lok> closes nothing`},
		{in("data/datapackage.json", "}", ""), `data data/datapackage.json:1:0: it is not JSON`},
		{in(article, `"headline"`, `headline`), `json-ld 2024/05/17/flood.html:2:36: the JSON-LD cannot be read`},
		{in(article, `"datePublished":"2024-05-17"`, `"datePublished":"3024-05-17"`), `date 2024/05/17/flood.html:2:36: datePublished "3024-05-17" lies in the future`},
		{in(article, `"datePublished":"2024-05-17"`, `"datePublished":"2024-13-17"`), `date 2024/05/17/flood.html:2:36: datePublished "2024-13-17" is not a day of the calendar`},
		{in(article, `content="2024-05-17T10`, `content="0204-05-17T10`), `date 2024/05/17/flood.html:1:`},
		{in("sitemaps/pages.xml", "2024-05-17", "May 17"), `date sitemaps/pages.xml:1:0: "May 17" is not a date`},
		{in(article, `,"isBasedOn":"https://lantern.example/flood"`, ""), `provenance 2024/05/17/flood.html:2:36: the article does not say where it was taken from`},
		{in(article, "<title>A page</title>", ""), `markup 2024/05/17/flood.html:0:0: the page has no title`},
		{in(article, ` lang="en"`, ""), `markup 2024/05/17/flood.html:0:0: the page does not say what language`},
		{in(article, `<meta charset="utf-8">`, ""), `markup 2024/05/17/flood.html:0:0: the page does not say what character set`},
		{set("assets/STYLE.css", ""), `name assets/style.css:0:0: differs from assets/STYLE.css only by capitals`},
		{set("assets/con.txt", ""), `name assets/con.txt:0:0: Windows keeps the name "con.txt" for itself`},
		{set("assets/a:b.txt", ""), `name assets/a:b.txt:0:0: Windows has no names with`},
	}
	for _, tt := range tests {
		m := sound()
		tt.plant(m)
		got := found(t, m, Options{})
		if len(got) == 0 || !strings.HasPrefix(got[0], tt.want) || len(got) > 3 {
			t.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), tt.want)
		}
		code, _, _ := strings.Cut(tt.want, " ")
		if got := found(t, m, Options{Ignore: []string{code}}); slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, code+" ") }) {
			t.Errorf("with %s ignored, found %q", code, got)
		}
	}
	for _, r := range Rules() {
		if r.Code != "external" && !slices.ContainsFunc(tests, func(tt struct {
			plant func(map[string]string)
			want  string
		}) bool {
			return strings.HasPrefix(tt.want, r.Code+" ")
		}) {
			t.Errorf("no fault is planted for %s", r.Code)
		}
	}
}

// TestSharedFaultIsToldOnce: a style that all pages lack is a few findings, not
// a hundred thousand, and always the same ones.
func TestSharedFaultIsToldOnce(t *testing.T) {
	m := sound()
	links := ""
	for i := range 500 {
		m[fmt.Sprintf("p/%03d.html", i)] = pageOf(`<link rel="stylesheet" href="../none.css">`, "")
		links += fmt.Sprintf(`<a href="p/%03d.html">x</a>`, i)
	}
	m["about.html"] = pageOf("", links)
	first := found(t, m, Options{})
	if len(first) != maxSame || !strings.HasPrefix(first[0], "asset p/000.html:") {
		t.Errorf("found %d: %q", len(first), first[0])
	}
	if again := found(t, m, Options{Workers: 1}); !slices.Equal(first, again) {
		t.Errorf("with one worker found\n%q\nwith several\n%q", again, first)
	}
}

// TestOtherSitesAreAskedOnRequest, and never else.
func TestOtherSitesAreAskedOnRequest(t *testing.T) {
	asked := make(chan string, 100)
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.URL.Path
		switch r.URL.Path {
		case "/gone":
			http.NotFound(w, r)
		case "/shy":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusMethodNotAllowed)
			}
		case "/private":
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer host.Close()
	m := sound()
	for _, p := range []string{"gone", "gone#part", "shy", "private", "there"} {
		m["about.html"] += `<a href="` + host.URL + "/" + p + `">x</a>`
	}
	m["about.html"] = strings.ReplaceAll(m["about.html"], "https://other.example/", host.URL)
	m["index.html"] = strings.ReplaceAll(m["index.html"], "https://other.example/", host.URL)
	if got := found(t, m, Options{}); len(got) > 0 || len(asked) > 0 {
		t.Fatalf("unasked, found %q, and %d questions", got, len(asked))
	}
	got := found(t, m, Options{External: &elsewhere.Options{}})
	if len(got) != 1 || !strings.HasPrefix(got[0], "external about.html:5:1: "+host.URL+"/gone is no longer there (404)") {
		t.Errorf("found %q", got)
	}
	for close(asked); ; {
		q, ok := <-asked
		if !ok {
			break
		}
		if q == "GET /there" {
			t.Error("a page was fetched whose head was enough")
		}
	}
}

// FuzzPage: no bytes bring the check down.
func FuzzPage(f *testing.F) {
	for _, text := range sound() {
		f.Add([]byte(text))
	}
	f.Add([]byte(`<a href="%zz#%zz"><a href="http://[::1"><meta http-equiv=refresh content="url="><script type=application/ld+json>[1,{"@graph":[2]}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, name := range []string{"index.html", "a.css", "feed.xml", "feed.json"} {
			fsys := fstest.MapFS{name: &fstest.MapFile{Data: b}}
			if _, err := Run(t.Context(), fsys, Options{Files: []File{{name, int64(len(b))}}, BaseURL: "https://a.example/x/"}); err != nil {
				t.Errorf("Run(%q): %v", bytes.ToValidUTF8(b, nil), err)
			}
		}
	})
}
