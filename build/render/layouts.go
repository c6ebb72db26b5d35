// Package render makes the bytes of pages: by layouts for people, by writers of
// its own for programs (feeds, sitemaps, data files).
//
// Layouts are html/template files. A site's own replace the built-in ones of
// the same name, file by file:
//
//	layouts/base.html           the document around every page
//	layouts/article.html        one for each kind of page; defines "main"
//	layouts/partials/list.html  shared pieces
//	layouts/assets/style.css    published as it is
//	layouts/search/match.js     a part of the search page's program
//	layouts/i18n/en.yaml        texts of one language
//
// What a layout sees is a Dot. A mistake in a layout is a diag.Problem with
// its place, whether it is met in reading or in drawing.
package render

import (
	"bytes"
	"errors"
	"html"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"backfile/build/config"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/markdown"
	"backfile/build/render/compiled"
	"backfile/build/site"
)

// Kinds are the kinds of page that have a layout, KIND.html.
var kinds = [...]string{
	"home", "article", "day", "month", "year", "years", "on-this-day", "on-this-day-index",
	"terms", "term", "titles", "undated", "page", "redirect", "404", "search", "verify",
}

// Layouts are all layouts of a site. They are safe for concurrent use.
type Layouts struct {
	cfg    *config.Config
	files  map[string][]byte // as they were written
	site   Site
	sets   map[string]*template.Template      // by kind
	quick  map[string]func() *compiled.Layout // the same, compiled when first asked for; nil when they cannot be
	lang   *language
	conv   *markdown.Converter
	assets map[string][]byte
	digest digest.Sum

	buffers sync.Pool
	frames  sync.Map // template.HTML by frameKey
}

// Site is what every layout sees of the archive.
type Site struct {
	Title, Description, Lang, Dir, BaseURL  string
	License, LicenseURL, Publisher, Contact string
	Canonical                               string
	NoIndex                                 bool
	Search                                  bool        // whether there is a search index
	Pages                                   []site.Link // "About" and the like
	Mirrors                                 []config.Mirror
}

// Load reads the built-in layouts and those of the site that replace them; own
// may be nil. Mistakes are returned as problems of files below "layouts/".
func Load(builtIn, own fs.FS, cfg *config.Config, pages []site.Link) (*Layouts, diag.List) {
	files, problems := gather(builtIn, own)
	if problems.Err() != nil {
		return nil, problems
	}
	l := &Layouts{cfg: cfg, files: files, conv: markdown.New(), sets: map[string]*template.Template{}, quick: map[string]func() *compiled.Layout{}, assets: map[string][]byte{}}
	l.buffers.New = func() any { return new(buffers) }
	lang, langProblems := loadLanguage(files, cfg.Language)
	problems = append(problems, langProblems...)
	l.lang = lang
	h := digest.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(name, "assets/") {
			l.assets[name] = files[name]
			continue
		}
		if strings.HasPrefix(name, "search/") {
			continue // no page is drawn from these
		}
		h.String(name)
		h.Bytes(files[name])
	}
	l.digest = h.Sum()
	if !cfg.Search.Off {
		script, clientProblems := client(files)
		l.assets[clientPath] = script
		problems = append(problems, clientProblems...)
	}
	problems = append(problems, l.parse(files)...)
	if problems.Err() != nil {
		return nil, problems
	}
	l.site = Site{
		Title: cfg.Title, Description: cfg.Description, Lang: cfg.Language, Dir: direction(cfg.Language), BaseURL: cfg.BaseURL,
		License: cfg.License, LicenseURL: cfg.LicenseURL, Publisher: cfg.Publisher, Contact: cfg.Contact,
		Canonical: cfg.Canonical, NoIndex: cfg.NoIndex, Search: !cfg.Search.Off, Pages: pages, Mirrors: cfg.Mirrors,
	}
	return l, problems
}

// Digest covers all that pages are drawn with, assets aside.
func (l *Layouts) Digest() digest.Sum { return l.digest }

// Assets returns the files that are published as they are, by their path below
// public/.
func (l *Layouts) Assets() map[string][]byte { return l.assets }

// gather reads the layouts, the site's own in place of the built-in ones. It
// follows no symbolic link, and passes over files that are none of these.
func gather(builtIn, own fs.FS) (map[string][]byte, diag.List) {
	files := map[string][]byte{}
	var problems diag.List
	for i, fsys := range []fs.FS{builtIn, own} {
		if fsys == nil {
			continue
		}
		err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !d.Type().IsRegular() || !isLayout(p) {
				return err
			}
			b, err := fs.ReadFile(fsys, p)
			if problem := misnamed(p, i == 1); problem != nil {
				problems = append(problems, problem)
			}
			if i == 1 && strings.HasPrefix(p, "i18n/") {
				p = ownTexts + p // a site may change a few texts and keep the others
			}
			files[p] = b
			return err
		})
		if err != nil {
			problems = append(problems, &diag.Problem{File: "layouts", Msg: "cannot be read: " + err.Error()})
		}
	}
	return files, problems
}

// ownTexts stands before the names of a site's own i18n files.
const ownTexts = "own/"

// isLayout reports whether a file of layouts/ is of a kind that is read.
func isLayout(p string) bool {
	dir, _, found := strings.Cut(p, "/")
	switch {
	case strings.HasPrefix(path.Base(p), "."):
		return false
	case !found:
		return path.Ext(p) == ".html"
	case dir == "partials":
		return path.Ext(p) == ".html"
	case dir == "i18n":
		return path.Ext(p) == ".yaml"
	case dir == "search":
		return path.Ext(p) == ".js"
	}
	return dir == "assets"
}

// misnamed warns of a site's own layout that no page would ever use.
func misnamed(p string, own bool) *diag.Problem {
	kind := strings.TrimSuffix(p, ".html")
	if !own || strings.Contains(p, "/") || kind == "base" || slices.Contains(kinds[:], kind) {
		return nil
	}
	help := `"backfile layouts list" lists the names`
	if near := diag.Suggest(kind, kinds[:]); near != "" {
		help = "did you mean " + near + ".html?"
	}
	return &diag.Problem{File: "layouts/" + p, Severity: diag.Warning, Msg: "no page is drawn with this layout", Help: help}
}

// parse makes a template set of each kind: base, partials, and its own layout,
// each file under its own name, so that errors tell where they are.
func (l *Layouts) parse(files map[string][]byte) diag.List {
	var problems diag.List
	shared := template.New("layouts").Option("missingkey=error")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name != "base.html" && !strings.HasPrefix(name, "partials/") {
			continue
		}
		if _, err := shared.New(name).Parse(string(l.fillIn(files[name]))); err != nil {
			problems = append(problems, l.problem(err))
		}
	}
	if problems != nil {
		return problems
	}
	for _, kind := range kinds {
		set, err := shared.Clone()
		if err == nil {
			_, err = set.New(kind + ".html").Parse(string(l.fillIn(files[kind+".html"])))
		}
		if err == nil && set.Lookup("main") == nil {
			problems = append(problems, &diag.Problem{File: "layouts/" + kind + ".html", Line: 1, Msg: `the layout does not define "main"`, Help: `put it between {{define "main"}} and {{end}}`})
			continue
		}
		if err != nil {
			problems = append(problems, l.problem(err))
			continue
		}
		l.sets[kind] = set
		l.quick[kind] = sync.OnceValue(func() *compiled.Layout {
			quick, err := compiled.New(set, "base")
			if err != nil {
				return nil // and html/template tells what is wrong, if anything
			}
			return quick
		})
	}
	return problems
}

var (
	// constantText is a text of the interface without arguments.
	constantText = regexp.MustCompile(`\{\{\$?\.T "([a-z0-9_]+)"\}\}`)
	// plainLink is a link to a page of the archive.
	plainLink = regexp.MustCompile(`href="\{\{(\$?\.)Rel ([^{}|]*)\}\}"`)
)

// fillIn prepares a layout for being parsed. It puts in the texts of the
// interface: a page has some forty, and looking them up on each of a hundred
// thousand pages would be a fifth of the work. And it lets links be written
// whole by Href, which knows them to be safe, where package template would
// pass each through three filters.
func (l *Layouts) fillIn(src []byte) []byte {
	src = plainLink.ReplaceAll(src, []byte("{{${1}Href $2}}"))
	return constantText.ReplaceAllFunc(src, func(call []byte) []byte {
		key := constantText.FindSubmatch(call)[1]
		text, err := l.lang.text(string(key))
		if err != nil || strings.ContainsAny(text, "{}\n") {
			return call
		}
		return []byte(html.EscapeString(text))
	})
}

// templateError takes apart the errors of package template, whose places and
// words are in their text alone.
var templateError = regexp.MustCompile(`(?s)^(?:html/)?template: ?([^:\s]+):(\d+)(?::(\d+))?: (.*)$`)

// problem turns an error of package template into a problem with its place.
func (l *Layouts) problem(err error) *diag.Problem {
	// What a layout calls may itself have met a problem.
	if p, ok := errors.AsType[*diag.Problem](err); ok {
		return p
	}
	m := templateError.FindStringSubmatch(err.Error())
	if m == nil {
		return &diag.Problem{File: "layouts", Msg: err.Error()}
	}
	p := &diag.Problem{File: "layouts/" + m[1], Msg: m[4]}
	p.Line, _ = strconv.Atoi(m[2])
	p.Col, _ = strconv.Atoi(m[3])
	if p.Col > 0 {
		p.Col++ // text/template counts bytes from 0
	}
	if i := strings.Index(p.Msg, ": can't evaluate field "); i >= 0 {
		field, _, _ := strings.Cut(p.Msg[i+len(": can't evaluate field "):], " ")
		p.Msg = "there is no field " + strconv.Quote(field) + " here"
		p.Help = `"backfile layouts eject" copies a layout that shows how it is done`
	} else if i := strings.Index(p.Msg, ">: "); i >= 0 && strings.HasPrefix(p.Msg, "executing ") {
		p.Msg = p.Msg[i+3:]
	}
	src := l.files[m[1]]
	if p.Col > 0 && !bytes.Equal(line(src, p.Line), line(l.fillIn(src), p.Line)) {
		p.Col = 0 // it was counted in the prepared line
	}
	p.Excerpt = diag.Excerpt(src, p.Line, p.Col, 1)
	return p
}

// line returns a line of a text, from 1.
func line(src []byte, n int) []byte {
	lines := bytes.SplitN(src, []byte{'\n'}, n+1)
	if n < 1 || n > len(lines) {
		return nil
	}
	return lines[n-1]
}
