package build

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestBadInputIsToldOrTamed: whatever stands in content/, each file is
// published under a safe name or listed with the reason why not.
func TestBadInputIsToldOrTamed(t *testing.T) {
	s := &testSite{t: t, dir: t.TempDir()}
	s.write("site.yaml", "title: Bad input\n")
	front := func(rest string) string { return "---\ntitle: T\n" + rest + "\n---\nText.\n" }
	long := strings.Repeat("long ", 60)
	good := map[string]string{
		"year9999.md": front("date: 9999-12-31"),
		"leap.md":     front("date: 2024-02-29"),
		"bom.md":      "\ufeff" + front("date: 2020-01-01"),
		"crlf.md":     strings.ReplaceAll(front("date: 2020-01-01"), "\n", "\r\n"),
		"topics.md":   front(`topics: [con, "..", "a/b", "` + long + `", "🙂", "北京", "../../etc/passwd", "AUX.txt", " ", "<script>"]`),
		"🙂.md":        front("date: 2020-01-02"),
		"北京.md":       front("date: 2020-01-02"),
		"con.md":      front("date: 2020-01-02"),
		"index.md":    front("date: 2020-01-02"),
		"page-1.md":   front("date: 2020-01-02"),
		"path.md":     "---\ntitle: ../../etc/passwd\nslug: ../../etc/passwd\ndate: 2020-01-03\n---\n",
		"emoji.md":    "---\ntitle: 🙂🙃\ndate: 2020-01-03\n---\n",
		"aliases.md":  front("aliases: [../../../../etc/cron.d/x, /2020/index.html, 'C:\\\\x', '/?p=1']"),
		"deep/" + strings.Repeat("d/", 30) + "x.md": front("date: 2020-01-04"),
		"deep.md": front("") + strings.Repeat("> ", 5000) + "x\n" + strings.Repeat("[", 20000) + strings.Repeat("*a **b ", 5000),
	}
	bad := map[string]string{
		"empty.md":    "the file is empty",
		"unclosed.md": "never closed",
		"year0.md":    `date "0000-01-01" is not a date`,
		"feb30.md":    `date "2023-02-30" is not a date`,
		"nul.md":      "not UTF-8 text",
		"utf8.md":     "not UTF-8 text",
		"binary.md":   "not UTF-8 text",
		"big.md":      "an article has at most",
		"anchor.md":   "anchor.md:2",
		"twice.md":    "twice.md:3",
	}
	texts := map[string]string{
		"empty.md": "", "unclosed.md": "---\ntitle: x\n", "year0.md": front("date: 0000-01-01"), "feb30.md": front("date: 2023-02-30"),
		"nul.md": front("") + "a\x00b", "utf8.md": front("") + "caf\xe9", "binary.md": "\x7fELF\x00\x01\x02", "big.md": strings.Repeat("x", 50<<20),
		"anchor.md": "---\ntitle: &a x\nsummary: *a\n---\n", "twice.md": "---\ntitle: x\ntitle: y\n---\n",
	}
	for p, text := range good {
		s.write("content/"+p, text)
	}
	for p, text := range texts {
		s.write("content/"+p, text)
	}
	rep, err := s.run(Options{KeepGoing: true})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Articles != len(good) || rep.LeftOut != len(bad) {
		t.Errorf("%d articles and %d left out, want %d and %d:\n%s", rep.Articles, rep.LeftOut, len(good), len(bad), rep.Problems)
	}
	for p, want := range bad {
		found := false
		for _, problem := range rep.Problems {
			found = found || problem.File == "content/"+p && strings.Contains(problem.Error(), want)
		}
		if !found {
			t.Errorf("no problem of content/%s says %q:\n%s", p, want, rep.Problems)
		}
	}
	checkNames(t, s)
}

// deviceName is what Windows takes for a device, whatever follows the dot.
var deviceName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)`)

// checkNames fails for files of public/ whose names do not work everywhere.
func checkNames(t *testing.T, s *testSite) {
	t.Helper()
	seen := map[string]string{}
	for p := range s.published() {
		for part := range strings.SplitSeq(p, "/") {
			if part == "" || part == ".." || len(part) > 150 || deviceName.MatchString(part) || strings.ContainsAny(part, `<>:"\|?*`) || strings.HasSuffix(part, " ") || strings.HasSuffix(part, ".") {
				t.Errorf("public/%s has a name that does not work everywhere", p)
			}
		}
		if other, ok := seen[strings.ToLower(p)]; ok {
			t.Errorf("public/%s and public/%s are one file on many systems", p, other)
		}
		seen[strings.ToLower(p)] = p
	}
	if outside, err := filepath.Glob(filepath.Join(filepath.Dir(s.dir), "etc*")); err != nil || len(outside) > 0 {
		t.Errorf("files outside the site: %v, %v", outside, err)
	}
}

// TestUnreadableFileIsTold: also to somebody who may read everything else.
func TestUnreadableFileIsTold(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root can read everything")
	}
	s := newTestSite(t, 3)
	if err := os.Chmod(s.path(articleFile(1)), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.run(Options{}); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

// TestNoScriptOfAnArticleReachesAPage, in text, title or feed.
func TestNoScriptOfAnArticleReachesAPage(t *testing.T) {
	s := &testSite{t: t, dir: t.TempDir()}
	s.write("site.yaml", "title: Hostile\nbase_url: https://h.example/\n")
	hostile := []string{
		"<script>alert(1)</script>", `<img src=x onerror="alert(1)">`, "[x](javascript:alert(1))", "[x](JaVa&#10;Script:alert(1))",
		`<a href="java	script:alert(1)">x</a>`, "![x](data:text/html;base64,PHNjcmlwdD4=)", `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
		`<svg onload="alert(1)"><script>alert(1)</script></svg>`, `<style>@import url(https://evil.example/x.css)</style>`, `<form action="https://evil.example"><input></form>`,
		`<p style="background:url(https://evil.example/x)">x</p>`, "<https://ok.example/><script\n>alert(1)</script\n>", `<base href="https://evil.example/">`, `<meta http-equiv="refresh" content="0;url=https://evil.example">`,
	}
	for i, h := range hostile {
		s.write(fmt.Sprintf("content/2020/01/02/h%d.md", i), fmt.Sprintf("---\ntitle: %q\nsummary: %q\n---\nBefore.\n\n%s\n\nAfter.\n", "T "+h, h, h))
	}
	s.build()
	for p, text := range s.published() {
		if !strings.HasSuffix(p, ".html") {
			continue
		}
		for z := html.NewTokenizer(strings.NewReader(text)); z.Next() != html.ErrorToken; {
			if what := active(z.Token()); what != "" && what != script(p) {
				t.Errorf("%s holds %s", p, what)
			}
		}
	}
}

// script is the one script that a page loads, or "".
func script(page string) string {
	switch page {
	case "search/index.html":
		return `<script src="client.js" defer="">`
	case "verify.html":
		return `<script src="assets/verify.js" defer="">`
	}
	return ""
}

// active names what in a token of a page could run or load something, or "".
func active(tok html.Token) string {
	if tok.Type != html.StartTagToken && tok.Type != html.SelfClosingTagToken {
		return ""
	}
	attrs := map[string]string{}
	for _, a := range tok.Attr {
		attrs[a.Key] = a.Val
		scheme, _, found := strings.Cut(strings.ToLower(strings.Join(strings.Fields(a.Val), "")), ":")
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
			return "the attribute " + a.Key + " in " + tok.String()
		case a.Key == "src" && found, a.Key == "action" && found:
			return "a request elsewhere: " + tok.String()
		case a.Key == "href" && found && scheme != "http" && scheme != "https" && scheme != "mailto":
			return "the address " + a.Val
		}
	}
	switch tok.Data {
	case "script":
		if attrs["type"] != "application/ld+json" {
			return tok.String()
		}
	case "iframe", "object", "embed", "base", "style", "svg", "math", "applet":
		return tok.String()
	case "meta":
		if strings.EqualFold(attrs["http-equiv"], "refresh") {
			return tok.String()
		}
	}
	return ""
}
