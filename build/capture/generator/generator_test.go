package generator

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func files(list ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(list); i += 2 {
		out[list[i]] = &fstest.MapFile{Data: []byte(list[i+1]), Mode: 0o644}
	}
	return out
}

func TestWhereArticlesWerePublished(t *testing.T) {
	const plain = "---\ntitle: The Ferry\ndate: 2024-01-02\n---\n"
	tests := []struct {
		name     string
		settings string
		text     string
		file     string
		article  string
		want     string
	}{
		{"Hugo", "hugo.toml", "baseURL = 'https://a.example/'", "content/posts/My Ferry.md", plain, "/posts/my-ferry/ https://a.example/posts/my-ferry/"},
		{"Hugo, a bundle", "hugo.yaml", "baseURL: https://a.example/", "content/posts/ferry/index.md", plain, "/posts/ferry/ https://a.example/posts/ferry/"},
		{"Hugo, a slug", "config.toml", "title = 'x'", "content/posts/x.md", "---\ntitle: F\nslug: other\n---\n", "/posts/other/ "},
		{"Hugo, permalinks", "hugo.toml", "[permalinks]\nposts = '/:year/:month/:title/'", "content/posts/x.md", plain, "/2024/01/the-ferry/ "},
		{"Hugo, permalinks of pages", "hugo.toml", "[permalinks.page]\nposts = '/:sections/:slug'", "content/posts/x.md", plain, "/posts/the-ferry "},
		{"Hugo, ugly", "hugo.json", `{"uglyURLs": true}`, "content/posts/x.md", plain, "/posts/x.html "},
		{"Hugo, another language", "hugo.toml", "", "content/posts/x.fr.md", plain, "/posts/x/ "},
		{"Hugo, told", "hugo.toml", "", "content/posts/x.md", "---\ntitle: F\nurl: /here/\n---\n", "/here/ "},
		{"Zola", "config.toml", "base_url = 'https://a.example'", "content/blog/2024-01-02-ferry.md", "+++\ntitle = 'F'\n+++\n", "/blog/ferry/ https://a.example/blog/ferry/"},
		{"Zola, told", "zola.toml", "", "content/x.md", "+++\ntitle = 'F'\npath = 'a/b'\n+++\n", "/a/b/ "},
		{"Jekyll", "_config.yml", "url: https://a.example\nbaseurl: /b", "_posts/2024-01-02-ferry.md", "---\ntitle: F\ncategories: Town Hall\n---\n", "/town/hall/2024/01/02/ferry.html https://a.example/b/town/hall/2024/01/02/ferry.html"},
		{"Jekyll, pretty", "_config.yml", "permalink: pretty", "town/_posts/2024-01-02-ferry.md", "---\ntitle: F\n---\n", "/town/2024/01/02/ferry/ "},
		{"Jekyll, a form", "_config.yml", "permalink: /:year/:y_day/:title", "_posts/2024-02-02-ferry.md", "---\ntitle: F\n---\n", "/2024/033/ferry "},
		{"Jekyll, a form nobody knows", "_config.yml", "permalink: /:moon/:title", "_posts/2024-02-02-ferry.md", "---\ntitle: F\n---\n", " "},
		{"Jekyll, a page", "_config.yml", "", "about.md", "---\ntitle: F\n---\n", "/about.html "},
		{"Eleventy", ".eleventy.js", "dir: {input: 'src'}", "src/posts/2024-01-02-ferry.md", plain, "/posts/ferry/ "},
		{"Pelican", "pelicanconf.py", "PATH = 'content'\nSITEURL = 'https://a.example'", "content/x.md", "Title: The Ferry\nDate: 2024-01-02\n\nx", "/the-ferry.html https://a.example/the-ferry.html"},
		{"Pelican, a form", "pelicanconf.py", "ARTICLE_URL = \"{date:%Y}/{date:%b}/{category}/{slug}/\"", "content/town/x.md", "Title: F\nSlug: ferry\nDate: 2024-01-02\n\nx", "/2024/Jan/town/ferry/ "},
		{"front matter that is broken", "hugo.toml", "", "content/x.md", "---\n: [\n---\n", "/x/ "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Find(files(tt.settings, tt.text, tt.file, tt.article), ".")
			if s == nil {
				t.Fatalf("Find of a folder with %s found no site", tt.settings)
			}
			below, whole := s.Address(tt.file, []byte(tt.article))
			if got := below + " " + whole; got != tt.want {
				t.Errorf("%s: Address(%s) = %q, want %q", s.Kind, tt.file, got, tt.want)
			}
		})
	}
}

func TestWhichFilesAreArticles(t *testing.T) {
	site := files("s/hugo.toml", "", "s/content/a.md", "", "s/content/b.org", "", "s/content/c.jpg", "", "s/static/d.md", "", "s/themes/x/e.md", "", "s/README.md", "")
	s := Find(site, "s")
	if s == nil {
		t.Fatal("no site")
	}
	for rel, want := range map[string]string{
		"s/content/a.md": "", "s/content": "", "s/content/b.org": "is written in Org, which is not read", "s/content/c.jpg": "is no article; files that articles show are copied with them",
		"s/static": "is outside of the articles of this Hugo site", "s/themes": "a folder of Hugo", "s/README.md": "is outside of the articles of this Hugo site",
	} {
		if got := s.Skip(rel); got != want {
			t.Errorf("Skip(%s) = %q, want %q", rel, got, want)
		}
	}
	if Find(files("a.md", ""), ".") != nil {
		t.Error("a folder of Markdown is taken for a site")
	}
	if Find(files("config.json", `{"debug": true}`, "content/a.md", ""), ".") != nil {
		t.Error("a folder with the settings of a program is taken for a site")
	}
}

func TestFilesThatAnArticleShows(t *testing.T) {
	site := files("hugo.toml", "", "content/p/a.md", "", "content/p/x.jpg", "1", "content/p/in/y.jpg", "2", "content/z.jpg", "3", "static/i/x.jpg", "4", "static/doc.pdf", "5", "content/p/b.md", "6")
	site["content/p/link.jpg"] = &fstest.MapFile{Data: []byte("x.jpg"), Mode: fs.ModeSymlink}
	text := "---\ntitle: A\n---\n![](x.jpg) ![](in/y.jpg) ![](../z.jpg) ![](/i/x.jpg) [d](/doc.pdf) [b](b.md) ![](gone.jpg) ![](https://a.example/x.jpg) ![](link.jpg) ![](../../../etc/passwd) ![](../../hugo.toml)\n"
	var got []string
	for _, a := range Assets(Find(site, "."), site, "content/p/a.md", []byte(text)) {
		got = append(got, fmt.Sprintf("%s=%s>%s", a.Ref, a.Path, a.To))
	}
	want := "x.jpg=content/p/x.jpg>x.jpg in/y.jpg=content/p/in/y.jpg>in/y.jpg ../z.jpg=content/z.jpg>z.jpg /i/x.jpg=static/i/x.jpg>x-2.jpg /doc.pdf=static/doc.pdf>doc.pdf"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("the article shows\n%s\nwant\n%s", s, want)
	}
}

// FuzzAddress: whatever settings and articles hold, nothing breaks, and an
// address begins at the root.
func FuzzAddress(f *testing.F) {
	f.Add("hugo.toml", "[permalinks]\nposts='/:year/:slug'", "---\ntitle: x\ndate: 2024\n---\n![](/a.jpg)")
	f.Add("_config.yml", "permalink: /:categories/:week/:title", "---\ntitle: x\ncategories: [a, {b: c}]\n---\n")
	f.Add("pelicanconf.py", "ARTICLE_URL='{date:%Q}{lang}'", "Title: x\nDate: 2024-01-02\n\n")
	f.Add("zola.toml", "base_url = 'https://a.example'", "+++\npath='../..//x'\n+++\n")
	f.Fuzz(func(t *testing.T, name, settings, text string) {
		if !fs.ValidPath(name) || strings.HasPrefix(name, "content") {
			return
		}
		site := files(name, settings, "content/posts/2024-01-02-a.md", text)
		s := Find(site, ".")
		below, _ := s.Address("content/posts/2024-01-02-a.md", []byte(text))
		if below != "" && (!strings.HasPrefix(below, "/") || strings.Contains(below, "..") && strings.Contains(below, "/../")) {
			t.Errorf("Address = %q with %q and %q", below, settings, text)
		}
		Assets(s, site, "content/posts/2024-01-02-a.md", []byte(text))
	})
}
