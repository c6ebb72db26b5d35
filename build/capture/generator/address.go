package generator

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"backfile/build/article"
	"backfile/build/article/front"
)

// File is the path of an article as its generator sees it: below the folder of
// articles.
func (s *Site) File(rel string) string {
	if s == nil {
		return rel
	}
	name := s.below(rel)
	if s.content != "." {
		name = strings.TrimPrefix(strings.TrimPrefix(name, s.content), "/")
	}
	return name
}

// Address returns where the generator published an article, from the root of
// the site, and the whole address when the site's is known. Both are "" when
// that cannot be told. A front matter that names the address itself is not
// looked at.
func (s *Site) Address(rel string, src []byte) (below, whole string) {
	if s == nil {
		return "", ""
	}
	a, _ := article.Parse(rel, src)
	text := front.Text(src)
	root, err := front.Cut(text).Read(text)
	if err != nil || root == nil {
		root = &front.Node{}
	}
	p := post{site: s, file: s.File(rel), a: &a, front: root}
	below = p.told()
	if below == "" {
		switch s.Kind {
		case Hugo:
			below = p.hugo()
		case Zola:
			below = p.zola()
		case Jekyll:
			below = p.jekyll()
		case Eleventy:
			below = "/" + strings.TrimPrefix(p.stem(true)+"/", "/")
		case Pelican:
			below = p.pelican()
		}
	}
	if below == "" || strings.ContainsAny(below, "{}:<>") {
		return "", ""
	}
	below = path.Clean("/"+below) + map[bool]string{true: "/"}[strings.HasSuffix(below, "/") && path.Clean("/"+below) != "/"]
	if s.base != "" {
		whole = s.base + below
	}
	return below, whole
}

type post struct {
	site  *Site
	file  string
	a     *article.Article
	front *front.Node
}

// told is the address that the front matter gives.
func (p *post) told() string {
	names := map[Kind][]string{Hugo: {"url", "Url", "URL"}, Zola: {"path"}, Jekyll: {"permalink"}, Eleventy: {"permalink"}, Pelican: {"url", "save_as", "Url"}}[p.site.Kind]
	s := textOf(p.front, names...)
	if strings.Contains(s, ":") && p.site.Kind == Jekyll {
		return p.fill(s)
	}
	if strings.HasPrefix(s, "http") || strings.ContainsAny(s, "{}") {
		return ""
	}
	if p.site.Kind == Zola && s != "" {
		return strings.TrimSuffix(s, "/") + "/"
	}
	return s
}

// stem is the path of the file without ending, and without the date before its
// name when dates go; of a bundle, its folder.
func (p *post) stem(dates bool) string {
	dir, base := path.Split(p.file)
	base = strings.TrimSuffix(base, path.Ext(base))
	if lang := path.Ext(base); len(lang) == 3 {
		base = strings.TrimSuffix(base, lang) // post.fr.md
	}
	if base == "index" || base == "_index" {
		dir, base = path.Split(strings.TrimSuffix(dir, "/"))
	}
	if m := dated.FindString(base); m != "" && dates && len(m) < len(base) {
		base = base[len(m):]
	}
	return path.Join(dir, base)
}

var dated = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(T[\d:Z+-]+)?[-_]`)

// hugo: the path, in small letters, or what the settings say of its section.
func (p *post) hugo() string {
	stem := p.stem(false)
	section, _, _ := strings.Cut(stem, "/")
	if !strings.Contains(stem, "/") {
		section = ""
	}
	form := ""
	if set := p.site.set.Get("permalinks", "Permalinks"); set != nil {
		if inner := set.Get("page"); inner != nil && inner.Kind == front.Table {
			set = inner
		}
		if section != "" {
			form = cmp.Or(textOf(set, section), textOf(set, "/"))
		}
	}
	ugly := strings.EqualFold(textOf(p.site.set, "uglyURLs", "uglyurls"), "true")
	if form == "" {
		form = "/" + path.Join(path.Dir(stem), cmp.Or(p.a.Slug, path.Base(stem))) + "/"
	} else {
		form = p.fill(form)
	}
	form = urlized(form)
	if ugly {
		return strings.TrimSuffix(form, "/") + ".html"
	}
	return form
}

// urlized writes an address as Hugo does.
func urlized(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), strings.ContainsRune("/._-+~#:", r):
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func (p *post) zola() string {
	stem := p.stem(true)
	return "/" + path.Join(path.Dir(stem), cmp.Or(p.a.Slug, path.Base(stem))) + "/"
}

// jekyll fills in the form of its settings; pages stay where they are.
func (p *post) jekyll() string {
	if !strings.Contains("/"+p.file, "/_posts/") {
		if strings.HasPrefix(p.file, "_") {
			return ""
		}
		stem := p.stem(false)
		if textOf(p.site.set, "permalink") == "pretty" {
			return "/" + stem + "/"
		}
		return "/" + stem + ".html"
	}
	form := cmp.Or(textOf(p.site.set, "permalink"), "date")
	switch form {
	case "date":
		form = "/:categories/:year/:month/:day/:title.html"
	case "pretty":
		form = "/:categories/:year/:month/:day/:title/"
	case "ordinal":
		form = "/:categories/:year/:y_day/:title.html"
	case "weekdate":
		form = "/:categories/:year/W:week/:short_day/:title.html"
	case "none":
		form = "/:categories/:title.html"
	}
	return p.fill(form)
}

// categories are what Jekyll makes folders of.
func (p *post) categories() string {
	var out []string
	before, _, found := strings.Cut(p.file, "/_posts/")
	if found {
		out = append(out, strings.Split(before, "/")...)
	}
	n := p.front.Get("categories", "category")
	switch {
	case n == nil:
	case n.Kind == front.List:
		for _, it := range n.Items {
			out = append(out, it.Text)
		}
	case n.Kind == front.Scalar:
		out = append(out, strings.Fields(n.Text)...)
	}
	for i, s := range out {
		out[i] = strings.ToLower(strings.Join(strings.Fields(s), "%20"))
	}
	return strings.Join(slices.Compact(out), "/")
}

var placeholder = regexp.MustCompile(`:([a-z_]+)(\[[^\]]*\])?`)

// fill puts the values of an article into the form of an address. What is not
// known stays with its colon, and the address is none.
func (p *post) fill(form string) string {
	d := p.a.Date
	if d.IsZero() {
		d, _ = article.NameDate(p.file)
	}
	day := time.Date(int(d.Year), time.Month(max(1, d.Month)), max(1, int(d.Day)), int(d.Hour), int(d.Minute), int(d.Sec), 0, time.UTC)
	stem := path.Base(p.stem(true))
	name := path.Base(p.stem(false))
	week, weekday := 0, int(day.Weekday())
	_, week = day.ISOWeek()
	values := map[string]string{
		"year": day.Format("2006"), "short_year": day.Format("06"), "month": day.Format("01"), "i_month": day.Format("1"), "monthname": day.Format("January"), "short_month": day.Format("Jan"),
		"long_month": day.Format("January"), "day": day.Format("02"), "i_day": day.Format("2"), "y_day": fmt.Sprintf("%03d", day.YearDay()), "yearday": fmt.Sprint(day.YearDay()),
		"hour": day.Format("15"), "minute": day.Format("04"), "second": day.Format("05"), "week": fmt.Sprintf("%02d", week), "short_day": day.Format("Mon"), "weekday": fmt.Sprint(weekday), "weekdayname": day.Format("Monday"),
		"categories": p.categories(), "slugified_categories": p.categories(), "title": stem, "slug": cmp.Or(p.a.Slug, stem), "name": name, "filename": name, "contentbasename": name,
		"slugorfilename": cmp.Or(p.a.Slug, name), "slugorcontentbasename": cmp.Or(p.a.Slug, name), "section": strings.Split(p.stem(false), "/")[0], "sections": path.Dir(p.stem(false)), "path": path.Dir(p.file), "output_ext": ".html",
	}
	if p.site.Kind == Hugo {
		values["title"], values["slug"] = p.a.Title, cmp.Or(p.a.Slug, p.a.Title)
	} else if p.a.Slug != "" {
		values["title"] = p.a.Slug
	}
	out := placeholder.ReplaceAllStringFunc(form, func(s string) string {
		m := placeholder.FindStringSubmatch(s)
		if v, ok := values[m[1]]; ok && m[2] == "" && (d.Month != 0 || !strings.Contains(m[1], "month") && !strings.Contains(m[1], "day")) {
			return v
		}
		return s
	})
	for strings.Contains(out, "//") {
		out = strings.ReplaceAll(out, "//", "/")
	}
	return out
}

var (
	strftime = strings.NewReplacer("%Y", "2006", "%m", "01", "%d", "02", "%b", "Jan", "%B", "January", "%H", "15", "%M", "04", "%y", "06", "%-d", "2", "%-m", "1")
	braces   = regexp.MustCompile(`\{(\w+)(?::([^}]*))?\}`)
)

// pelican fills in the form of its settings.
func (p *post) pelican() string {
	d := p.a.Date
	slug := cmp.Or(p.a.Slug, slugOf(p.a.Title))
	if slug == "" {
		return ""
	}
	category, _, inside := strings.Cut(p.file, "/")
	category = cmp.Or(textOf(p.front, "category", "Category"), map[bool]string{true: category, false: "misc"}[inside])
	form := p.site.variable("ARTICLE_URL", "{slug}.html")
	return "/" + braces.ReplaceAllStringFunc(form, func(s string) string {
		m := braces.FindStringSubmatch(s)
		switch {
		case m[1] == "slug":
			return slug
		case m[1] == "lang":
			return cmp.Or(p.a.Lang, p.site.variable("DEFAULT_LANG", "en"))
		case m[1] == "category":
			return slugOf(category)
		case m[1] == "date" && d.Month != 0:
			return time.Date(int(d.Year), time.Month(d.Month), max(1, int(d.Day)), int(d.Hour), int(d.Minute), 0, 0, time.UTC).Format(strftime.Replace(m[2]))
		}
		return s
	})
}

// slugOf makes an address of a title as Pelican does.
func slugOf(title string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(title) {
		switch {
		case unicode.IsLetter(r) && r < 0x80, unicode.IsDigit(r), r == '_':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.IsSpace(r) || r == '-':
			gap = true
		case r >= 0x80 && unicode.IsLetter(r):
			return "" // written in other letters by rules of its own
		}
	}
	return b.String()
}
