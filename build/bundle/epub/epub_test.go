package epub

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"backfile/build/article"
	"backfile/build/bundle"
	"backfile/build/publish/release"
)

// bookOf makes a book of one page whose article holds body.
func bookOf(t *testing.T, body string, more map[string][]byte) (map[string]string, Report) {
	t.Helper()
	files := map[string][]byte{
		"2024/05/17/a.html": []byte("<!DOCTYPE html><html lang=en><head><title>x</title></head><body><nav>menu</nav><article>" + body + "</article></body></html>"),
		"2024/05/17/b.html": []byte("<!DOCTYPE html><html lang=en><body><article>other</article></body></html>"),
	}
	for name, b := range more {
		files[name] = b
	}
	r := (&release.Release{}).Part(nil, files)
	date, _ := article.ParseDate("2024-05-17")
	src := &bundle.Source{Release: r, Site: bundle.Site{Title: "T & T", Language: "en", BaseURL: "https://x.example/y/"}, Articles: []bundle.Article{
		{URL: "2024/05/17/a.html", Title: "A < B", Date: date, Lang: "en"}, {URL: "2024/05/17/b.html", Title: "", Date: date, Lang: "ar"},
	}}
	book, rep, err := Make(t.Context(), src, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range book.Files {
		b, err := book.Read(f)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Path] = string(b)
	}
	return out, rep
}

// TestPagesBecomeXHTML: what stands in pages of the web, and what becomes of it.
func TestPagesBecomeXHTML(t *testing.T) {
	pictures := map[string][]byte{"2024/05/17/p.png": []byte("png"), "2024/05/17/q.avif": []byte("avif"), "img/ü.jpg": []byte("jpg")}
	for _, tt := range []struct{ name, body, want string }{
		{"text", "<p>a &amp; b &lt; c<br>d\x0b</p>", "<p>a &amp; b &lt; c<br/>d</p>"},
		{"script, style, forms", "<p>a<script>x()</script><style>p{}</style><button>b</button></p>", "<p>a</p>"},
		{"events and unknown attributes", `<p onclick="x()" data-x=1 class=c hidden>a</p>`, `<p class="c">a</p>`},
		{"what folds", "<details open><summary><p>more</p></summary>text</details>", `<div><div class="summary"><p>more</p></div>text</div>`},
		{"tasks", `<ul><li><input type=checkbox checked disabled> done<li><input type=checkbox> not</ul>`, `<ul><li>☑ done</li><li>☐ not</li></ul>`},
		{"link within the book", `<a href="b.html#x">b</a>`, `<a href="b.xhtml">b</a>`},
		{"link to the archive", `<a href="../../index.html">y</a>`, `<a href="https://x.example/y/2024/index.html">y</a>`},
		{"link out of the archive", `<a href="../../../../z">y</a><a href="javascript:x()">z</a>`, `<span>y</span><span>z</span>`},
		{"link to another script's host", `<a href="https://ёж.example/a b?c d">h</a>`, `<a href="https://xn--f1a7c.example/a%20b?c%20d">h</a>`},
		{"footnotes", `<a href="#fn-1">1</a><a href="#gone">2</a><p id="fn-1">n</p><p id="fn-1">twice</p>`, `<a href="#fn-1">1</a><span>2</span><p id="fn-1">n</p><p>twice</p>`},
		{"picture", `<img src="p.png" alt="p" loading=lazy width=3>`, `<img src="p.png" alt="p" width="3"/>`},
		{"picture of a name in letters", `<img src="../../../img/%C3%BC.jpg">`, `<img src="../../../img/x1.jpg" alt=""/>`},
		{"picture that books do not have", `<img src="q.avif" alt="q">`, `<span class="lacking">[q]</span>`},
		{"picture of another site", `<img src="https://t.example/x.png">`, ``},
		{"item without list", `<li>a</li>`, `<div>a</div>`},
		{"text in a list", `<ul>a<li>b</ul>`, `<ul><li>a</li><li>b</li></ul>`},
		{"meaning without term", `<dl><dd>a</dl>`, `<div><div>a</div></div>`},
		{"block in a word", `<em>a<div>b</div></em>`, `a<div>b</div>`},
		{"block in a heading", `<h2><div>b</div></h2>`, `<div><div>b</div></div>`},
		{"cells", `<table><tr><td align=right colspan=0>1</table>`, `<table><tbody><tr><td class="right">1</td></tr></tbody></table>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files, _ := bookOf(t, tt.body, pictures)
			_, got, _ := strings.Cut(files["2024/05/17/a.xhtml"], "<body>\n")
			got, _, _ = strings.Cut(got, "\n</body>")
			if got != tt.want {
				t.Errorf("article of %s\n got %s\nwant %s", tt.body, got, tt.want)
			}
		})
	}
}

// wellFormed reads XML to its end.
func wellFormed(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestEveryDocumentIsXML(t *testing.T) {
	files, rep := bookOf(t, `<p>a<img src="p.svg"><video src=v.mp4></video></p>`, map[string][]byte{"2024/05/17/p.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><text paint-order="stroke" style="fill:red;">x</text></svg>`)})
	for name, text := range files {
		if strings.HasSuffix(name, "ml") || strings.HasSuffix(name, ".opf") || strings.HasSuffix(name, ".svg") {
			if err := wellFormed(text); err != nil {
				t.Errorf("%s is no XML: %v\n%s", name, err, text)
			}
		}
	}
	if rep != (Report{Articles: 2, Pictures: 1, LeftOut: 1}) {
		t.Errorf("report = %+v, want 2 articles, 1 picture and 1 left out", rep)
	}
	if want := `<text style="fill:red;paint-order:stroke">`; !strings.Contains(files["2024/05/17/p.svg"], want) {
		t.Errorf("SVG = %s, want %s in it", files["2024/05/17/p.svg"], want)
	}
	for _, want := range []string{"<dc:title>T &amp; T</dc:title>", "<dc:language>en</dc:language>\n<dc:language>ar</dc:language>", `href="2024/05/17/p.svg" media-type="image/svg+xml"`} {
		if !strings.Contains(files["package.opf"], want) {
			t.Errorf("package.opf has no %s:\n%s", want, files["package.opf"])
		}
	}
}

// FuzzDraw: whatever stands in a page, what comes out is XML.
func FuzzDraw(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "<ul><dl><li><dt>x<dd></ul>", "<a href='#&'><img alt=\"<\" src=x>", "<ruby>a<rt>b<div>c</ruby>", "<svg><a href=x><p>y</svg>", "<header><footer><header>a", "<table>a<p>b<td>c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		b := &book{src: &bundle.Source{Release: (&release.Release{}).Part(nil, nil)}, byPage: map[string]string{}, pictures: map[string]string{}, names: map[string]bool{}, made: map[string][]byte{}}
		out, err := b.draw(chapter{bundle.Article{URL: "a.html"}, "a.xhtml"}, []byte("<html lang=en><article>"+body))
		if err != nil {
			t.Fatal(err)
		}
		if err := wellFormed(string(bytes.ToValidUTF8(out, nil))); err != nil {
			t.Errorf("draw(%q) is no XML: %v\n%s", body, err, out)
		}
	})
}
