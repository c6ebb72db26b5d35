package markdown

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// files is a Resolve for tests: it knows two articles and a picture.
func files(ref string) (href string, img Image, ok bool) {
	switch ref {
	case "flood.md", "/2023/12/31/flood.html":
		return "../31/flood.html", Image{}, true
	case "spring.jpg", "a b.jpg":
		return "spring.jpg", Image{800, 600}, true
	case "talk.mp3":
		return "talk.mp3", Image{}, true
	case "report.pdf":
		return "report.pdf", Image{}, true
	}
	return "", Image{}, false
}

func draw(t *testing.T, c *Converter, src string) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.HTML(&b, []byte(src), Options{Resolve: files}); err != nil {
		t.Fatalf("HTML(%q): %v", src, err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestHTML(t *testing.T) {
	const out = ` rel="external noreferrer"`
	tests := []struct{ name, src, want string }{
		{"paragraphs", "The river\nrose.\n\nIt fell.", "<p>The river\nrose.</p>\n<p>It fell.</p>"},
		{"characters", `R&D "5 > 4" it's`, `<p>R&amp;D &quot;5 &gt; 4&quot; it's</p>`},
		{"no typographer", "*a* -- b...", "<p><em>a</em> -- b...</p>"},
		{"Chinese lines join", "洪水\n来了", "<p>洪水来了</p>"},
		{"Chinese lines join beside markup", "**洪**水\n来了", "<p><strong>洪</strong>水来了</p>"},
		{"a line before emphasis ends in a space", "a\n*b*", "<p>a\n<em>b</em></p>"},
		{"hard break", "a  \nb", "<p>a<br>\nb</p>"},
		{"strikethrough", "~~a~~", "<p><del>a</del></p>"},
		{"task list", "- [x] a\n- [ ] b", "<ul>\n<li>☑ a</li>\n<li>☐ b</li>\n</ul>"},
		{"table", "|a|b|c|\n|:-|:-:|-:|\n|1|2|3|\n", "<table>\n<thead>\n<tr>\n<th class=\"left\">a</th>\n<th class=\"center\">b</th>\n<th class=\"right\">c</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td class=\"left\">1</td>\n<td class=\"center\">2</td>\n<td class=\"right\">3</td>\n</tr>\n</tbody>\n</table>"},
		{"code", "```go\na < b\n```", "<pre><code class=\"language-go\">a &lt; b\n</code></pre>"},

		{"headings stay", "## A\n\n### B", "<h2 id=\"h-a\">A</h2>\n<h3 id=\"h-b\">B</h3>"},
		{"headings move down together", "# A\n\n## B", "<h2 id=\"h-a\">A</h2>\n<h3 id=\"h-b\">B</h3>"},
		{"never an h1", "> # A", "<blockquote>\n<h2 id=\"h-a\">A</h2>\n</blockquote>"},
		{"ids are unique", "## A\n\n## A\n\n## A 1", "<h2 id=\"h-a\">A</h2>\n<h2 id=\"h-a-1\">A</h2>\n<h2 id=\"h-a-1-1\">A 1</h2>"},
		{"ids are ASCII", "## Über «Ёлки»\n\n## 洪水\n\n## !", "<h2 id=\"h-uber-iolki\">Über «Ёлки»</h2>\n<h2 id=\"h-hong-shui\">洪水</h2>\n<h2 id=\"h-x\">!</h2>"},
		{"no attributes from braces", "## A {#main .x onclick=y}", "<h2 id=\"h-a-main-x-onclick-y\">A {#main .x onclick=y}</h2>"},
		{"fragments find headings", "[a](#über-uns) [b](#%C3%BCber-uns) [c](#h-uber-uns) [top](#)\n\n## Über uns", "<p><a href=\"#h-uber-uns\">a</a> <a href=\"#h-uber-uns\">b</a> <a href=\"#h-uber-uns\">c</a> <a href=\"#\">top</a></p>\n<h2 id=\"h-uber-uns\">Über uns</h2>"},
		{"footnotes", "a[^n] b[^n]\n\n[^n]: note", "<p>a<sup><a id=\"fnref-1\" href=\"#fn-1\" role=\"doc-noteref\">1</a></sup> b<sup><a id=\"fnref-1-2\" href=\"#fn-1\" role=\"doc-noteref\">1</a></sup></p>\n<section class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n<li id=\"fn-1\">\n<p>note <a href=\"#fnref-1\" role=\"doc-backlink\">↩︎</a> <a href=\"#fnref-1-2\" role=\"doc-backlink\">↩︎</a></p>\n</li>\n</ol>\n</section>"},

		{"link elsewhere", "[a](https://example.org/ä?b=c&d \"t\")", `<p><a href="https://example.org/%C3%A4?b=c&amp;d" title="t"` + out + `>a</a></p>`},
		{"link without a scheme", "[a](//example.org/)", `<p><a href="https://example.org/"` + out + `>a</a></p>`},
		{"mail", "<editor@example.org> or [us](mailto:a@example.org)", `<p><a href="mailto:editor@example.org">editor@example.org</a> or <a href="mailto:a@example.org">us</a></p>`},
		{"bare address beside a link", "[a](https://x.example/) https://y.example/", `<p><a href="https://x.example/"` + out + `>a</a> <a href="https://y.example/"` + out + `>https://y.example/</a></p>`},
		{"address in parentheses", "a (https://x.example/) [b] (me@x.example)", `<p>a (<a href="https://x.example/"` + out + `>https://x.example/</a>) [b] (<a href="mailto:me@x.example">me@x.example</a>)</p>`},
		{"bare address", "see https://example.org/a, or www.example.org.", `<p>see <a href="https://example.org/a"` + out + `>https://example.org/a</a>, or <a href="http://www.example.org"` + out + `>www.example.org</a>.</p>`},
		{"link to an article", "[a](flood.md#Rain) [b][r]\n\n[r]: /2023/12/31/flood.html", `<p><a href="../31/flood.html#h-rain">a</a> <a href="../31/flood.html">b</a></p>`},
		{"link to a file", "[a](report.pdf#page=3)", `<p><a href="report.pdf#page=3">a</a></p>`},
		{"link to nowhere", "see [the *flood*](lost.md \"t\").", `<p>see the <em>flood</em>.</p>`},
		{"other schemes", "[a](ftp://x) [b](tel:1) <gopher://y>", `<p>a b gopher://y</p>`},

		{"picture", "![Spring](spring.jpg) in the park", `<p><img src="spring.jpg" alt="Spring" width="800" height="600" loading="lazy" decoding="async"> in the park</p>`},
		{"picture with a caption", "![Spring](spring.jpg \"The \\\"park\\\" & lake\")", "<figure><img src=\"spring.jpg\" alt=\"Spring\" width=\"800\" height=\"600\" loading=\"lazy\" decoding=\"async\">\n<figcaption>The &quot;park&quot; &amp; lake</figcaption></figure>"},
		{"picture from elsewhere", "![Spring](https://example.org/s.jpg)\n\n![](//example.org/t.jpg)", `<p><a href="https://example.org/s.jpg"` + out + ">Spring</a></p>\n<p><a href=\"https://example.org/t.jpg\"" + out + ">image</a></p>"},
		{"picture from elsewhere in a link", "[![Spring](https://example.org/s.jpg)](https://example.org/)", `<p><a href="https://example.org/"` + out + `>Spring</a></p>`},
		{"lost picture", "![Spring](lost.jpg)\n\n![](lost.jpg)\n\na", "<p>Spring</p>\n<p>a</p>"},
		{"data picture", "![Dot](data:image/png;base64,AAAA)", "<p>Dot</p>"},

		{"comments vanish", "a<!-- b -->c\n\n<!-- more -->\n\nd", "<p>ac</p>\n<p>d</p>"},
		{"NUL and broken UTF-8", "a\x00b\xffc", "<p>a\uFFFDb\uFFFDc</p>"},
		{"CRLF", "a\r\nb\r\n\r\nc", "<p>a\nb</p>\n<p>c</p>"},
	}
	c := New()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := draw(t, c, tt.src); got != tt.want {
				t.Errorf("HTML(%q)\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

func TestHTMLInText(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"kept", "H<sub>2</sub>O <kbd>x</kbd> <q cite=\"https://a.example/\">y</q>", `<p>H<sub>2</sub>O <kbd>x</kbd> <q cite="https://a.example/">y</q></p>`},
		{"Markdown beside it", "<b>x</b> ![Spring](spring.jpg) [a](flood.md) [b](lost.md) [c](#d)", `<p><b>x</b> <img src="spring.jpg" alt="Spring" width="800" height="600" loading="lazy" decoding="async"> <a href="../31/flood.html">a</a> b <a href="#h-d">c</a></p>`},
		{"figure", "<figure class=x><img src='spring.jpg' onerror=alert(1) alt=S><figcaption>T</figcaption></figure>", `<figure><img src="spring.jpg" alt="S" width="800" height="600" loading="lazy" decoding="async"><figcaption>T</figcaption></figure>`},
		{"frame", `<iframe src="https://video.example/1" title="A film"></iframe>`, `<p><a href="https://video.example/1" rel="external noreferrer">A film</a></p>`},
		{"object", `a <object data="https://x.example/y">z</object>`, `<p>a <a href="https://x.example/y" rel="external noreferrer">x.example/y</a></p>`},
		{"sound", `<audio src=talk.mp3 autoplay>no sound</audio>`, `<p><audio controls="" preload="none"><source src="talk.mp3"></audio></p>`},
		{"film from elsewhere", `<video controls><source src="https://x.example/y.mp4" type="video/mp4">no film</video>`, `<p><a href="https://x.example/y.mp4" rel="external noreferrer">video</a></p>`},
		{"heading", "<h1 id=main>A</h1>", `<h2 id="h-main">A</h2>`},
		{"old anchor", `<a name="b"></a>B [up](#b)`, `<p><a id="h-b"></a>B <a href="#h-b">up</a></p>`},
		{"page elements", "<main><nav>a</nav></main>", "<div><div>a</div></div>"},
		{"table", "<table><tr><td align=right style=color:red>1<td>2</table>", `<table><tr><td class="right">1</td><td>2</td></tr></table>`},
		{"unclosed", "<div>\n\n<b>a\n\nc", "<div>\n<p><b>a</b></p>\n<p>c</p>\n</div>"},
		{"never opened", "a</div></article></b>c", "<p>ac</p>"},
		{"list items", "<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"},
		{"block in a paragraph", "a <div>b</div> c", "<p>a </p><div>b</div> c"},
		{"careless tag", "The <script> and <title> elements matter.", "<p>The  and  elements matter.</p>"},
		{"script", "a <script>alert('<b>')</script> b", "<p>a  b</p>"},
		{"style", "<style>\np {color: red}\n\nb {}\n</style>\n\na", "<p>a</p>"},
		{"footnote survives", "<b>a</b>[^1]\n\n[^1]: n", "<p><b>a</b><sup><a id=\"fnref-1\" href=\"#fn-1\" role=\"doc-noteref\">1</a></sup></p>\n<section class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n<li id=\"fn-1\">\n<p>n <a href=\"#fnref-1\" role=\"doc-backlink\">↩︎</a></p>\n</li>\n</ol>\n</section>"},
	}
	c := New()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.TrimSpace(draw(t, c, tt.src)); got != tt.want {
				t.Errorf("HTML(%q)\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

// The way for texts without markup writes what the parser leads to.
func TestPlainTextIsDrawnAsByTheParser(t *testing.T) {
	pieces := strings.Split(`a|word|7|12|.|)| | |  |`+"\n|\n|\n\n|"+`[|]|(|:|;|@|&|amp|&amp;|#|"|'|>|-|=|!|www|www.|http:|//|^|x@y.z|,|é|洪|。|—|…|{|}|%|+|`+"\u00a0|\u3000|\u200b|\ufeff|Ω|🚀|e\u0301", "|")
	c := New()
	r := rand.New(rand.NewPCG(1, 2))
	drawn := 0
	for range 30000 {
		var src []byte
		for range 1 + r.IntN(12) {
			src = append(src, pieces[r.IntN(len(pieces))]...)
		}
		drawn += samePlain(t, c, src)
	}
	if drawn < 5000 {
		t.Errorf("only %d of 30000 texts were drawn as plain ones", drawn)
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"a b\nc\n\nd", "a: b", "@x y", "x@y.z", "[a] [b]", "a & b &amp; &x", "1987 was\n12. x", "汉字\n漢字\nabc", "a  \nb", "http:x", "(www.a.b)", "![a] b"} {
		f.Add([]byte(s))
	}
	c := New()
	f.Fuzz(func(t *testing.T, src []byte) { samePlain(t, c, src) })
}

// samePlain compares the two ways where both are open, and counts that.
func samePlain(t *testing.T, c *Converter, src []byte) int {
	var plain, parsed buffer
	body := valid(src)
	if !drawPlain(&plain, body) {
		return 0
	}
	if !c.draw(&parsed, body, Options{}) {
		t.Fatalf("the parser gave up on %q", src)
	}
	if !bytes.Equal(plain.Bytes(), parsed.Bytes()) {
		t.Fatalf("%q\nas plain text %q\n    as parsed %q", src, plain.Bytes(), parsed.Bytes())
	}
	return 1
}
