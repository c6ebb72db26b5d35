package build

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backfile/build/manifest/release"
	"backfile/build/manifest/secret"
)

// A signedSite is a site whose keys have changed once: two must sign.
type signedSite struct {
	*testSite
	folder *release.Folder
	keys   []*secret.Key
	at     time.Time
}

func newSignedSite(t *testing.T, next time.Duration) *signedSite {
	s := &signedSite{testSite: newTestSite(t, 12), at: time.Unix(1772366400, 0)}
	s.build()
	for range 2 {
		key, err := secret.New("courier.example")
		if err != nil {
			t.Fatal(err)
		}
		s.keys = append(s.keys, key)
	}
	var err error
	if s.folder, err = release.Open(s.dir); err != nil {
		t.Fatal(err)
	}
	if _, err := s.folder.First(s.keys[0], s.at); err != nil {
		t.Fatal(err)
	}
	statement, err := s.folder.Next(release.KeyChange{Add: []string{s.keys[1].Line}, Threshold: 2, Time: s.at})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.folder.Agree(statement, s.keys); err != nil {
		t.Fatal(err)
	}
	if _, err := s.folder.Sign(release.Options{Public: s.path("public"), Keys: s.keys, Time: s.at, Next: next}); err != nil {
		t.Fatal(err)
	}
	return s
}

// copy copies public/, with some files changed.
func (s *signedSite) copy(change func(files map[string]string)) (dir string) {
	s.t.Helper()
	files := s.published()
	change(files)
	c := &testSite{t: s.t, dir: s.t.TempDir()}
	for p, text := range files {
		c.write(p, text)
	}
	return c.dir
}

// forge returns what a stranger can do: a second statement that follows from
// the first and names his keys, and a head that they sign.
func (s *signedSite) forge(t *testing.T, keys []*secret.Key) func(files map[string]string) {
	statement, head := s.folder.Chain.At(2), s.folder.Head
	statement.Threshold, statement.Keys = 1, []string{keys[0].Line}
	head.KeysSum = statement.Sum()
	files := map[string]string{}
	for p, text := range map[string]string{"mirror/keys/2": statement.String(), "mirror/head": head.String()} {
		note, err := keys[0].Sign([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		files[p] = string(note)
	}
	return func(f map[string]string) { maps.Copy(f, files) }
}

// verdict opens the page and returns the sentences shown, by their names, and
// the file that is said to be wrong.
func (b *browser) verdict(url string) string {
	b.t.Helper()
	b.open(url)
	b.until(`document.querySelector("#verdict:not([hidden]) [data-state]:not([hidden])") && document.querySelector("#verdict [data-state=busy]").hidden`)
	var says string
	b.eval(`[...document.querySelectorAll("#verdict [data-state]:not([hidden])")].map(p => p.dataset.state).join(" ") + " " + document.querySelector("#where:not([hidden]), #verdict").querySelector("code").textContent`, &says)
	return strings.TrimSpace(says)
}

// checkOne asks the page about one file.
func (b *browser) checkOne(path string) string {
	b.t.Helper()
	b.eval(`(document.getElementById("path").value = `+quote(path)+`, document.querySelector("#one button").click(), true)`, new(bool))
	b.until(`document.querySelector("#one-verdict:not([hidden]) [data-state]:not([hidden])") && document.querySelector("#one-verdict [data-state=busy]").hidden`)
	var says string
	b.eval(`document.querySelector("#one-verdict [data-state]:not([hidden])").dataset.state`, &says)
	return says
}

// flip changes one letter of a file, at the first place of a text in it.
func flip(t *testing.T, files map[string]string, path, at string) {
	t.Helper()
	i := strings.Index(files[path], at)
	if i < 0 {
		t.Fatalf("%s has no %q", path, at)
	}
	i += len(at)
	c := byte('0')
	if files[path][i] == c {
		c = '1'
	}
	files[path] = files[path][:i] + string(c) + files[path][i+1:]
}

func TestVerifyPageTellsWhetherTheHeadIsAsSigned(t *testing.T) {
	b := newBrowser(t)
	s := newSignedSite(t, 0)
	if got := b.verdict(serve(t, s.path("public")) + "verify.html"); got != "good" {
		t.Errorf("of a good copy the page says %q, want good", got)
	}
	b.quiet()
	var facts, want []string
	b.eval(`["origin", "version", "time", "next"].map(x => document.getElementById(x).textContent).concat([...document.querySelectorAll("#keys div")].map(x => x.textContent).sort())`, &facts)
	want = []string{s.keys[0].Fingerprint().String(), s.keys[1].Fingerprint().String()}
	slices.Sort(want)
	want = append([]string{"courier.example", "1", "2026-03-01T12:00:00Z", "–"}, want...)
	if !slices.Equal(facts, want) {
		t.Errorf("the page shows %q, want %q", facts, want)
	}
	for name, text := range s.published() {
		if strings.Contains(text, "verify.js") && name != "verify.html" && !strings.HasPrefix(name, "mirror/m/") {
			t.Errorf("%s loads verify.js too", name)
		}
	}
}

func TestVerifyPageFindsWhatIsNotAsSigned(t *testing.T) {
	b := newBrowser(t)
	s := newSignedSite(t, 0)
	root := strings.Fields(s.read("public/mirror/head")[strings.Index(s.read("public/mirror/head"), "\nroot "):])[1]
	stranger := newSignedSite(t, 0)
	tests := []struct {
		name, want string
		change     func(files map[string]string)
	}{
		{"a letter of the head", "bad mirror/head", func(f map[string]string) { flip(t, f, "mirror/head", "\nbytes ") }},
		{"a letter of a signature", "bad mirror/head", func(f map[string]string) {
			at := f["mirror/head"][:strings.LastIndex(f["mirror/head"], " ")+20]
			flip(t, f, "mirror/head", at)
		}},
		{"one signature of two", "bad mirror/head", func(f map[string]string) {
			f["mirror/head"] = f["mirror/head"][:strings.LastIndex(f["mirror/head"], "\u2014")]
		}},
		{"no signature", "bad mirror/head", func(f map[string]string) { f["mirror/head"], _, _ = strings.Cut(f["mirror/head"], "\n\n") }},
		{"a head without end", "bad mirror/head", func(f map[string]string) { f["mirror/head"] += strings.Repeat("x", 20000) }},
		{"a host's own page", "bad mirror/head", func(f map[string]string) { f["mirror/head"] = "<h1>Blocked</h1>\n" }},
		{"the threshold", "bad mirror/keys/2", func(f map[string]string) {
			f["mirror/keys/2"] = strings.Replace(f["mirror/keys/2"], "threshold 2", "threshold 1", 1)
		}},
		{"another's head and keys", "bad mirror/keys/2", func(f map[string]string) {
			for _, p := range []string{"mirror/head", "mirror/keys/2"} {
				f[p] = stranger.read("public/" + p)
			}
		}},
		{"keys that those before do not vouch for", "bad mirror/keys/2", s.forge(t, stranger.keys)},
		{"other keys than the head says", "bad mirror/keys/2", func(f map[string]string) {
			statement := s.folder.Chain.At(2)
			statement.Time = statement.Time.Add(time.Hour)
			note := []byte(statement.String())
			for _, key := range s.keys {
				note, _ = key.Sign(note)
			}
			f["mirror/keys/2"] = string(note)
		}},
		{"the root, packed well", "bad mirror/m/" + root + ".gz", func(f map[string]string) {
			p := "mirror/m/" + root + ".gz"
			z, err := gzip.NewReader(strings.NewReader(f[p]))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			text[2] = "01"[(text[2]+1)&1]
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			w.Write(text)
			w.Close()
			f[p] = b.String()
		}},
		{"the root", "bad mirror/m/" + root + ".gz", func(f map[string]string) {
			p := "mirror/m/" + root + ".gz"
			f[p] = f[p][:40] + string(f[p][40]^1) + f[p][41:]
		}},
		{"a statement missing", "unread mirror/keys/1", func(f map[string]string) { delete(f, "mirror/keys/1") }},
		{"not signed", "unsigned", func(f map[string]string) {
			f["mirror/head"] = fmt.Sprintf("backfile-manifest/1\nfiles 1\nbytes 1\nroot %s 1\nunsigned\n", root)
		}},
	}
	for _, tt := range tests {
		if got := b.verdict(serve(t, s.copy(tt.change)) + "verify.html"); got != tt.want {
			t.Errorf("%s: the page says %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := b.verdict(serve(t, newSignedSite(t, time.Hour).path("public")) + "verify.html"); got != "good stale" {
		t.Errorf("of a copy that is overdue the page says %q, want good stale", got)
	}
	plain := strings.Replace(serve(t, s.path("public")), "127.0.0.1", plainHost, 1)
	if got := b.verdict(plain + "verify.html"); got != "insecure" {
		t.Errorf("of a copy that came over plain http the page says %q, want insecure", got)
	}
	if got := b.verdict("file://" + filepath.ToSlash(s.path("public/verify.html"))); got != "file" {
		t.Errorf("of a copy opened as a file the page says %q, want file", got)
	}
	var shown bool
	if b.eval(`document.getElementById("path").checkVisibility()`, &shown); shown {
		t.Error("the form that checks one file is shown where it cannot work")
	}
}

// TestVerifyPageChecksOneFile goes down the list to files that are as signed,
// altered, unlisted and missing.
func TestVerifyPageChecksOneFile(t *testing.T) {
	b := newBrowser(t)
	s := newSignedSite(t, 0)
	var articles []string
	for p := range s.published() {
		if strings.Contains(p, "/story-") {
			articles = append(articles, p)
		}
	}
	slices.Sort(articles)
	dir := s.copy(func(f map[string]string) {
		f[articles[0]] = strings.Replace(f[articles[0]], "Nothing", "Nothinq", 1)
		f[articles[1]] += "<script src=x.js></script>"
		delete(f, articles[2])
		f["planted.html"] = "x"
	})
	if got := b.verdict(serve(t, dir) + "verify.html"); got != "good" {
		t.Fatalf("the page says %q, want good: the head is as it was", got)
	}
	for path, want := range map[string]string{
		"index.html": "good", "verify.html": "good", "assets/verify.js": "good", articles[3]: "good", articles[len(articles)-1]: "good", ".nojekyll": "good",
		articles[0]: "bad", articles[1]: "bad", articles[2]: "unread", "planted.html": "none", "": "none", "../secret": "none", "zzz": "none",
	} {
		if got := b.checkOne(path); got != want {
			t.Errorf("of %q the page says %q, want %q", path, got, want)
		}
	}
}

// TestMirrorsStandOnThreePagesOnly: an article's page does not change when a
// mirror comes or goes, and without the key no page tells of mirrors.
func TestMirrorsStandOnThreePagesOnly(t *testing.T) {
	s := newTestSite(t, 12)
	s.build()
	before := s.published()
	s.write("site.yaml", s.read("site.yaml")+"mirrors:\n  - https://copy.example/a\n  - {url: https://b.example, name: Dale <b>, onion: 'http://"+strings.Repeat("abcdefg", 8)+".onion'}\n")
	s.build()
	var changed []string
	for p, text := range s.published() {
		if text != before[p] && !strings.HasPrefix(p, "mirror/") {
			changed = append(changed, p)
		}
		if strings.Contains(before[p], "Other copies") {
			t.Errorf("without mirrors, %s tells of other copies", p)
		}
	}
	slices.Sort(changed)
	if want := []string{"404.html", "search/index.html", "verify.html"}; !slices.Equal(changed, want) {
		t.Errorf("mirrors change %q, want %q", changed, want)
	}
	page := s.read("public/search/index.html")
	for _, want := range []string{`<a href="https://copy.example/a/search/index.html">`, `<a href="https://b.example/search/index.html"><bdi>Dale &lt;b&gt;</bdi></a> · <a href="http://abcdefg`} {
		if !strings.Contains(page, want) {
			t.Errorf("search/index.html has no %s", want)
		}
	}
}
