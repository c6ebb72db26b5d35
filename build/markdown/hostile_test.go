package markdown

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// harm returns what is dangerous in a piece of a page, or "": it looks at the
// markup as a browser does, and knows nothing of how it was made.
func harm(out []byte) string {
	z := html.NewTokenizer(bytes.NewReader(out))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return escape(out)
		case html.CommentToken, html.DoctypeToken:
			return "a comment"
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t := z.Token()
			if _, ok := elements[t.Data]; !ok {
				return "the element " + t.Data
			}
			for _, a := range t.Attr {
				if h := harmIn(t.Data, a); h != "" {
					return h
				}
			}
		}
	}
}

func harmIn(element string, a html.Attribute) string {
	v := strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, a.Val))
	scheme, _, hasScheme := strings.Cut(v, ":")
	hasScheme = hasScheme && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
	switch k := a.Key; {
	case strings.HasPrefix(k, "on"), k == "style", k == "srcdoc", k == "srcset", k == "form", k == "action", k == "formaction", k == "target", k == "ping", k == "name", strings.Contains(k, ":"):
		return "the attribute " + k
	case k == "href" || k == "cite":
		if hasScheme && !slices.Contains([]string{"http", "https", "mailto"}, scheme) {
			return "the address " + a.Val
		}
	case k == "src" || k == "poster":
		if hasScheme || strings.HasPrefix(v, "//") || strings.HasPrefix(v, "\\") {
			return "loading " + a.Val
		}
	case k == "id":
		if !ownID(a.Val) {
			return "the id " + a.Val
		}
	case k == "class":
		if !slices.Contains([]string{"left", "center", "right", "footnotes"}, a.Val) && !strings.HasPrefix(v, "language-") {
			return "the class " + a.Val
		}
	}
	return ""
}

// escape tells how out, put in a page, ends an element of the page or leaves
// one open.
func escape(out []byte) string {
	page := `<body><main id=m><div id=d>` + string(out) + `<i id=last></i></div><p id=after></p></main>`
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return ""
	}
	parents := map[string]string{}
	var walk func(*html.Node, string)
	walk = func(n *html.Node, parent string) {
		id := parent
		for _, a := range n.Attr {
			if a.Key == "id" && len(a.Val) <= 5 && !ownID(a.Val) {
				id = a.Val
				parents[id] = parent
			}
		}
		if id == parent && n.Type == html.ElementNode && n.Data != "html" && n.Data != "body" {
			id = n.Data
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, id)
		}
	}
	walk(doc, "")
	if got := fmt.Sprint(parents["d"], parents["last"], parents["after"]); got != fmt.Sprint("m", "d", "m") {
		return "elements that end or begin outside: " + got
	}
	return ""
}

// checkHostile draws src and fails when the result is dangerous, or when an
// address was looked up that Refs does not know.
func checkHostile(t *testing.T, c *Converter, src []byte) {
	t.Helper()
	refs := Refs(src)
	var out bytes.Buffer
	err := c.HTML(&out, src, Options{Resolve: func(ref string) (string, Image, bool) {
		if !slices.Contains(refs, ref) {
			t.Fatalf("HTML(%q) looks up %q, which is not in Refs: %q", src, ref, refs)
		}
		return "../x/" + fmt.Sprintf("%x", ref), Image{}, len(ref)%3 > 0
	}})
	if err != nil {
		t.Fatalf("HTML(%q): %v", src, err)
	}
	if h := harm(out.Bytes()); h != "" {
		t.Fatalf("HTML(%q) lets through %s:\n%s", src, h, out.Bytes())
	}
	for _, text := range []string{Excerpt(src, 50), PlainText(src)} {
		if strings.ContainsRune(text, 0) {
			t.Fatalf("%q gives text with NUL: %q", src, text)
		}
	}
	Words(src)
	Shortcodes(src)
}

var hostile = []string{
	"<script>alert(1)</script>", "a <ScRiPt src=//x.example/a.js> b", "<script\n>alert(1)</script\n>", "<script><!--\n\n<script>alert(1)</script>",
	"[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](java&#115;cript:alert(1))", "[a](javascript&colon;alert(1))", "[a](<java\tscript:alert(1)>)",
	"[a](java\\\nscript:alert(1))", "[a](&#x01;javascript:alert(1))", "[a][b]\n\n[b]: javascript:alert(1)", "<javascript:alert(1)>", "[a](vbscript:x)",
	"[a](data:text/html,x)", "[a](file:///etc/passwd)", "![a](javascript:alert(1))", "![a](data:image/svg+xml,x)", "[a](ht\ttp://x)", "[a](\\\\x.example)", "[a](/\\x.example)",
	"<a href=javascript:alert(1)>a</a>", "<a href=' java\nscript:alert(1)'>a</a>", "<a href=\"java&Tab;script:alert(1)\">a</a>", "<a href=x onclick=alert(1)>a</a>",
	"<img src=x onerror=alert(1)>", "<img src=\"x\"onerror=alert(1)>", "<img/src=x/onerror=alert(1)>", "<img src=https://t.example/1.gif>", "<img srcset='https://t.example/1.gif 2x'>",
	"<svg onload=alert(1)>", "<svg><a xlink:href=javascript:alert(1)>x</a></svg>", "<math><mi xlink:href=javascript:alert(1)>x</mi></math>", "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
	"<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<iframe src=javascript:alert(1)>", "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>", "<base href=//x.example/>",
	"<form action=//x.example><input name=a><button formaction=javascript:alert(1)>b</button></form>", "<meta http-equiv=refresh content='0;url=//x.example'>", "<link rel=stylesheet href=//x.example/a.css>",
	"<p style='position:fixed'>a</p>", "<style>*{display:none}</style>", "<b id=main name=main>a</b>", "<details open ontoggle=alert(1)>", "<video src=x onerror=alert(1) poster=//x.example>", "<source src=//x>",
	"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<textarea></p><img src=x onerror=alert(1)></textarea>", "<title><img src=x onerror=alert(1)></title>", "<plaintext>a\n\nb", "<xmp><script></xmp>",
	"</div></main></body></html><h1>x", "<table><div></table></div><p>", "<table><td><p></table>x", "<b><i><p></b></i>", "<a href=x><table><tr><td><a href=y></table>", "<select><option></select><p>", "<!--><script>alert(1)</script>-->",
	"<![CDATA[<script>]]>", "<?php echo 1 ?>", "<!DOCTYPE html>", "<a\nhref\n=\njavascript:alert(1)\n>x</a>", "`<script>`", "```<img onerror=1>\n<script>\n```", "# <script> {onclick=x}", "|a|\n|-|\n|<script>|",
	"[a]: <javascript:x> 'onclick'\n[a]", "[^1]\n\n[^1]: <script>x</script>", "![x](y \"<script>\")", "![a\"onerror=\"x](y)", "[a](b \"\\\" onclick=\\\"x\")", "{{< img src=\"javascript:x\" >}}", "{{% youtube \"<script>\" %}}", "<a href=\"{{< ref \"x\" >}}\">",
	"https://x.example/\"onclick=alert(1)", "www.x.example/<script>", "a@b.c\"onclick=x", "> [a](\n> b)", "> [r]:\n>> c\n\n[r]", "<img\nsrc=\"a\nb\">", "> <img src=\"a\n> b\">",
}

func TestHostileTextsAreHarmless(t *testing.T) {
	c := New()
	for _, src := range hostile {
		checkHostile(t, c, []byte(src))
		checkHostile(t, c, []byte("a <b>b</b>\n\n"+src+"\n\nc"))
	}
}

// Pieces of hostile texts in any order are harmless too.
func TestMixedHostileTextsAreHarmless(t *testing.T) {
	pieces := strings.Fields("< > </ /> \" ' = [ ] ( ) ]( ![ ]: [^ * ** _ ` ~~ | # > - : & &#58; &colon; &Tab; {{< >}} {% %} {{ }} <b> </b> <div> </div> <p> </p> <table> </table> <tr> <td> <li> <a <img <iframe> <script> </script> <svg> </svg> <style <title> <!-- --> <details> <summary> <video <source <h1> </h2> href= src= onclick=x style=y id=m javascript: data: https://x.example x y.md z")
	pieces = append(pieces, "\n", "\n", "\n\n", " ", " ", "    ", "\t", "|-|-|\n")
	r := rand.New(rand.NewPCG(3, 4))
	c := New()
	for range 20000 {
		var src []byte
		for range 1 + r.IntN(25) {
			src = append(src, pieces[r.IntN(len(pieces))]...)
			if r.IntN(3) == 0 {
				src = append(src, ' ')
			}
		}
		checkHostile(t, c, src)
	}
}

func FuzzHTML(f *testing.F) {
	for _, src := range hostile {
		f.Add([]byte(src))
	}
	c := New()
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) < 1<<14 {
			checkHostile(t, c, src)
		}
	})
}

// Whatever the text, drawing and reading it takes time and memory that grow
// with its length. Each of these texts once took minutes, or would without the
// limits in limits.go. What is allowed is measured against an ordinary text of
// the same length on the same machine at the same time, so that a slow day
// slows down both: the worst of these needs some 70 times as long as that, and
// without limits thousands of times.
func TestNoTextTakesLong(t *testing.T) {
	many := func(unit string, bytes int) string { return strings.Repeat(unit, bytes/len(unit)) }
	counted := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	const size = 1 << 17
	texts := map[string]string{}
	for _, unit := range []string{"[", "]", "*", "_", "`", "<", "![", "[a](", "[a](<", "[a](b \"\n", "*a ", "**x *y_ ", "~~a ~b ", "> ", "- ", "1. ", "[^a]: ", "<div>", "<b>", "<a href=x title=", "<i title=a>\n\n", "|", "\\", "&", "{{", "{%", "{{< x >}}", "<!--", "</p>", "- a\n", "> a\n\n", "[a]: b\n", "[^a]", "a\n-\n", "# a\n", "\n", " ", "\t", "a\x00", "(((a@", "www.", "http://a.b/(", "\xff", "<svg>", "<script>", "<video>", "`` ` ", "| a | b\n"} {
		texts[unit] = many(unit, size)
	}
	texts["brackets in brackets"] = many("[", size/2) + many("]", size/2)
	texts["pictures in pictures"] = many("![", size/4) + many("](a)", size/2)
	texts["backticks"] = strings.Join(strings.Split(many("`", 2000), ""), "e") + counted("e%0*d", 0)
	texts["deep list, then blank"] = many("- ", 500) + "a\n" + many("\n", size)
	texts["deep list, then text"] = many("- ", 500) + "a\n" + many("b\n", size)
	texts["wide table"] = many("|a", 2000) + "|\n" + many("|-", 2000) + "|\n" + many("a\n", size)
	texts["pipes in code"] = "|a|b|\n|-|-|\n" + many("|`a\\|b`|b|\n", size)
	texts["footnotes"] = counted("[^%d]: b\n\n", 50000) + counted("[^%d] ", 50000)
	texts["definitions"] = counted("[a%d]: b\n", 80000)
	texts["one address, many links"] = "[a]: https://x.example/" + many("b", size/2) + "\n\n" + many("[a] ", size/2)
	texts["one title, many links"] = "[a]: x '" + many("b", size/2) + "'\n\n<b>" + many("[a] ", size/2)
	texts["one long word"] = many("a", size) + "@"
	texts["open tags in paragraphs"] = counted("<b title=%d>", 600) + many("a\n\n", size)
	c := New()
	var ordinary time.Duration
	for range 3 {
		start := time.Now()
		if err := c.HTML(io.Discard, []byte(many("The *river* rose [again](a.md). ", size)), Options{Resolve: files}); err != nil {
			t.Fatal(err)
		}
		ordinary = max(ordinary, time.Since(start))
	}
	allowed := 20*time.Second + 300*ordinary
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		src := texts[name]
		start := time.Now()
		var out bytes.Buffer
		if err := c.HTML(&out, []byte(src), Options{Resolve: files}); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		drawn := time.Since(start)
		Excerpt([]byte(src), 240)
		PlainText([]byte(src))
		Refs([]byte(src))
		Words([]byte(src))
		Shortcodes([]byte(src))
		if all := time.Since(start); all > allowed {
			t.Errorf("%q, %d bytes: drawn in %v, read in %v; an ordinary text takes %v", name, len(src), drawn, all-drawn, ordinary)
		} else {
			t.Logf("%6d ms drawn, %6d ms read, %4d kB  %q", drawn.Milliseconds(), (all - drawn).Milliseconds(), out.Len()>>10, name)
		}
		if out.Len() > 40*size {
			t.Errorf("%q: %d MB of HTML from one of text", name, out.Len()>>20)
		}
	}
}

func TestVeryLongTextsAreShown(t *testing.T) {
	src := strings.Repeat("The *river* rose & fell <b>again</b>.\n\n", 50<<20/38)
	var out bytes.Buffer
	start := time.Now()
	if err := New().HTML(&out, []byte(src), Options{}); err != nil {
		t.Fatal(err)
	}
	if want := "<p>The *river* rose &amp; fell &lt;b&gt;again&lt;/b&gt;.</p>\n"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("a text of 50 MB begins %.80q, want %q", out.String(), want)
	}
	if n := strings.Count(out.String(), "<p>"); n != 50<<20/38 {
		t.Errorf("a text of %d paragraphs is drawn in %d", 50<<20/38, n)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("a text of 50 MB took %v", took)
	}
}
