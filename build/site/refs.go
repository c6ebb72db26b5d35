package site

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"backfile/build/content"
	"backfile/build/internal/diag"
)

// A Ref is a file of the site that an address in an article's text leads to.
type Ref struct {
	URL           string // below public/
	Width, Height int    // of a picture
}

// resolve finds what an address in n's text leads to: a file beside it or
// elsewhere in content/ or static/, or another article by its file, by its
// address, or by an earlier one. ok is false when it leads to none of them.
func (s *Site) resolve(n *node, ref string) (r Ref, ok bool) {
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" {
		return r, false
	}
	p := path.Join(path.Dir(n.Path), u.Path)
	candidates := []string{p, p + ".md", p + "/index.md"}
	if strings.HasPrefix(u.Path, "/") {
		p = strings.TrimPrefix(path.Clean(u.Path), "/")
		candidates = []string{p, p + ".md", p + "/index.md"}
	}
	for _, c := range candidates {
		if o := s.byPath[c]; o != nil {
			r.URL = o.url
			return r, true
		}
	}
	for _, set := range []map[string]*content.Asset{s.assets, s.static} {
		if a := set[p]; a != nil {
			r.URL, r.Width, r.Height = p, a.Width, a.Height
			return r, true
		}
	}
	for _, c := range []string{p, p + ".html", p + "/index.html"} {
		if s.byURL[c] != nil {
			r.URL = c
			return r, true
		}
		if i, found := slices.BinarySearchFunc(s.aliases, c, func(a alias, path string) int { return strings.Compare(a.path, path) }); found {
			r.URL = s.aliases[i].to.url
			return r, true
		}
	}
	return r, false
}

// An alias is an earlier address of an article.
type alias struct {
	path string
	to   *node
}

// redirects collects the aliases. One that cannot be a file of a static site
// is reported; of two articles that claim one, the earlier in order keeps it.
func (s *Site) redirects() diag.List {
	var problems diag.List
	for _, list := range [][]*node{s.dated, s.undated, s.texts} {
		for _, n := range list {
			for _, a := range n.Aliases {
				p, why := aliasPath(a)
				if why != "" {
					problems = append(problems, &diag.Problem{File: "content/" + n.Path, Line: 1, Severity: diag.Warning, Msg: "the alias " + a + " " + why})
					continue
				}
				if s.byURL[p] == nil {
					s.aliases = append(s.aliases, alias{p, n})
				}
			}
		}
	}
	slices.SortStableFunc(s.aliases, func(a, b alias) int { return strings.Compare(a.path, b.path) })
	s.aliases = slices.CompactFunc(s.aliases, func(a, b alias) bool {
		if a.path == b.path && a.to != b.to {
			problems = append(problems, &diag.Problem{File: "content/" + b.to.Path, Line: 1, Severity: diag.Warning, Msg: "the alias " + b.path + " is already that of content/" + a.to.Path})
		}
		return a.path == b.path
	})
	return problems
}

// aliasPath turns an alias as people write it into a file below public/, or
// says why it cannot.
func aliasPath(a string) (p, why string) {
	u, err := url.Parse(a)
	if err != nil || u.Path == "" {
		return "", "is not an address"
	}
	if u.RawQuery != "" {
		return "", "has a question mark, and a static site cannot answer it"
	}
	p = strings.TrimPrefix(path.Clean("/"+u.Path), "/")
	for part := range strings.SplitSeq(p, "/") {
		if len(part) > 200 || strings.HasPrefix(part, ".") || strings.ContainsFunc(part, func(c rune) bool { return c < ' ' || strings.ContainsRune(`<>:"\|?*`, c) }) {
			return "", "has a part that is no file name everywhere"
		}
	}
	if p == "" || p == "index.html" {
		return "", "is the home page"
	}
	if ext := strings.ToLower(path.Ext(p)); ext != ".html" && ext != ".htm" {
		p += "/index.html"
	}
	return p, ""
}
