// Package generator knows the folders of other generators of static sites:
// which of their files are articles, at which addresses they were published,
// and where the pictures are that they show.
//
//	Hugo       hugo.toml, config.yaml …   content/ static/ assets/
//	Zola       config.toml with base_url  content/ static/
//	Jekyll     _config.yml, _posts/       everything but the folders with _
//	Eleventy   eleventy.config.js …       everything but what its config calls so
//	Pelican    pelicanconf.py             content/
//
// No program is ever run: of settings that are one, the plain values are read.
package generator

import (
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"backfile/build/article/front"
)

// A Kind is a generator.
type Kind string

// The generators.
const (
	Hugo     Kind = "Hugo"
	Zola     Kind = "Zola"
	Jekyll   Kind = "Jekyll"
	Eleventy Kind = "Eleventy"
	Pelican  Kind = "Pelican"
)

// A Site is the folder of one. The nil Site is a folder that is none.
type Site struct {
	Kind Kind
	Root string // the folder, below the file system it was found in

	fsys    fs.FS
	content string // the folder of articles below Root, or "."
	static  []string
	base    string // the address of the site, without a slash at its end, or ""
	set     *front.Node
	program string // the settings of those that are programs
}

// Find returns the site whose folder dir is, or nil.
func Find(fsys fs.FS, dir string) *Site {
	s := &Site{fsys: fsys, Root: dir, content: "content"}
	names := []string{"hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "zola.toml", "config.toml", "config.yaml", "config.yml", "config.json", "config/_default/hugo.toml", "config/_default/config.toml", "config/_default/hugo.yaml", "config/_default/config.yaml"}
	for _, name := range names {
		if text := s.read(name); text != nil && s.isDir("content") {
			s.set = settings(name, text)
			if strings.HasPrefix(name, "config") && !strings.Contains(name, "/") && s.set.Get("baseURL", "baseurl", "BaseURL", "base_url", "title", "languageCode", "theme") == nil {
				continue // the settings of something else, beside a folder that happens to be called so
			}
			s.Kind, s.static = Hugo, []string{"static", "assets", "content"}
			if s.set.Get("base_url") != nil && s.set.Get("baseURL") == nil || name == "zola.toml" {
				s.Kind, s.static = Zola, []string{"static", "content"}
			}
			if dir := textOf(s.set, "contentDir", "contentdir"); dir != "" {
				s.content = path.Clean(dir)
			}
			s.base = textOf(s.set, "baseURL", "base_url", "baseurl", "BaseURL")
			return s.done()
		}
	}
	return s.others()
}

// others finds the generators whose settings are no plain values, or may be
// missing.
func (s *Site) others() *Site {
	if text := s.read("pelicanconf.py"); text != nil {
		s.Kind, s.program = Pelican, string(text)
		s.content = path.Clean(s.variable("PATH", "content"))
		s.static, s.base = []string{s.content, "."}, s.variable("SITEURL", "")
		if s.base == "" {
			s.base = valueOf(string(s.read("publishconf.py")), "SITEURL", "")
		}
		return s.done()
	}
	if text := s.read("_config.yml"); text != nil || s.isDir("_posts") {
		s.Kind, s.content, s.static = Jekyll, ".", []string{"."}
		s.set = settings("_config.yml", text)
		s.base = textOf(s.set, "url")
		if s.base != "" {
			s.base = strings.TrimSuffix(s.base, "/") + textOf(s.set, "baseurl")
		}
		return s.done()
	}
	for _, name := range []string{".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts"} {
		if text := s.read(name); text != nil {
			s.Kind, s.program, s.content = Eleventy, string(text), "."
			if m := elevenInput.FindStringSubmatch(s.program); m != nil {
				s.content = path.Clean(strings.TrimPrefix(m[1], "./"))
			}
			s.static = []string{s.content, ".", "public", "static", path.Join(s.content, "static"), path.Join(s.content, "public")}
			return s.done()
		}
	}
	return nil
}

var elevenInput = regexp.MustCompile(`(?:\binput\s*:\s*|setInputDirectory\(\s*)["']([\w./-]+)["']`)

func (s *Site) done() *Site {
	s.base = strings.TrimSuffix(s.base, "/")
	if !strings.HasPrefix(s.base, "http") || strings.Contains(s.base, "localhost") {
		s.base = ""
	}
	return s
}

const maxSettings = 1 << 20

// read returns a file of settings, or nil.
func (s *Site) read(name string) []byte {
	f, err := s.fsys.Open(path.Join(s.Root, name))
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSettings))
	if err != nil {
		return nil
	}
	return append([]byte{}, text...)
}

func (s *Site) isDir(name string) bool {
	info, err := fs.Stat(s.fsys, path.Join(s.Root, name))
	return err == nil && info.IsDir()
}

// settings reads a file of settings as front matter is read.
func settings(name string, text []byte) *front.Node {
	mark := "---\n"
	switch path.Ext(name) {
	case ".toml":
		mark = "+++\n"
	case ".json":
		mark = ""
	}
	src := front.Text([]byte(mark + strings.TrimPrefix(string(text), "\uFEFF") + "\n" + mark))
	root, err := front.Cut(src).Read(src)
	if err != nil || root == nil {
		return &front.Node{}
	}
	return root
}

func textOf(n *front.Node, names ...string) string {
	if n == nil {
		return ""
	}
	if v := n.Get(names...); v != nil && v.Kind == front.Scalar {
		return strings.TrimSpace(v.Text)
	}
	return ""
}

// variable returns a text that the settings of Pelican hold.
func (s *Site) variable(name, other string) string { return valueOf(s.program, name, other) }

func valueOf(program, name, other string) string {
	m := regexp.MustCompile(`(?m)^\s*` + name + `\s*=\s*["']([^"'\n]*)["']`).FindStringSubmatch(program)
	if m == nil {
		return other
	}
	return m[1]
}

// below returns the path of a file below Root.
func (s *Site) below(rel string) string {
	if s.Root == "." {
		return rel
	}
	return strings.TrimPrefix(strings.TrimPrefix(rel, s.Root), "/")
}

// never are folders that hold no articles whichever generator made them.
var never = []string{"node_modules", "vendor", "themes", "layouts", "_layouts", "_includes", "_sass", "_data", "_plugins", "_site", "archetypes", "i18n", "resources", "public", "output", "bower_components"}

// Skip says why a file or folder of the site holds no article, or "".
func (s *Site) Skip(rel string) string {
	if s == nil {
		return ""
	}
	name := s.below(rel)
	first, rest, _ := strings.Cut(name, "/")
	content := s.content
	switch {
	case slices.Contains(never, first) && first != content:
		return "a folder of " + string(s.Kind)
	case s.Kind == Jekyll && (name == "_drafts" || strings.HasSuffix(name, "/_drafts")):
		return "drafts"
	case content != "." && name != content && !strings.HasPrefix(name, content+"/") && !strings.HasPrefix(content, name+"/"):
		return "is outside of the articles of this " + string(s.Kind) + " site"
	}
	ending := strings.ToLower(path.Ext(name))
	switch {
	case ending == ".rst" || ending == ".adoc" || ending == ".org" || ending == ".textile":
		return "is written in " + map[string]string{".rst": "reStructuredText", ".adoc": "AsciiDoc", ".org": "Org", ".textile": "Textile"}[ending] + ", which is not read"
	case ending == "" || ending == ".md" || ending == ".markdown" || strings.HasPrefix(ending, ".") && s.isDirBelow(rel):
		return ""
	case (ending == ".html" || ending == ".htm") && (s.Kind == Jekyll && strings.Contains("/"+name, "/_posts/") || s.Kind == Hugo && rest != ""):
		return ""
	}
	return "is no article; files that articles show are copied with them"
}

func (s *Site) isDirBelow(rel string) bool {
	info, err := fs.Stat(s.fsys, rel)
	return err == nil && info.IsDir()
}

// Ignored reports whether a Markdown file is about a project, as those are that
// people put into every folder, and no article.
func Ignored(rel string) bool {
	base := path.Base(rel)
	name := strings.ToUpper(strings.TrimSuffix(base, path.Ext(base)))
	return slices.Contains([]string{"CONTRIBUTING", "LICENSE", "LICENCE", "CHANGELOG", "CODE_OF_CONDUCT", "SECURITY", "PULL_REQUEST_TEMPLATE", "ISSUE_TEMPLATE"}, name) || name == "README" && !strings.Contains(rel, "/")
}
