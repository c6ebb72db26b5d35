package render

import (
	"bytes"
	"io/fs"
	"maps"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"backfile/build/article"
	"backfile/build/config"
	"backfile/build/content"
	"backfile/build/internal/diag"
	"backfile/build/site"
	"backfile/layouts"
)

// load loads the built-in layouts with a site's own files over them.
func load(t testing.TB, own map[string]string, lang string) (*Layouts, diag.List) {
	t.Helper()
	var over fs.FS
	if own != nil {
		m := fstest.MapFS{}
		for name, text := range own {
			m[name] = &fstest.MapFile{Data: []byte(text)}
		}
		over = m
	}
	return Load(layouts.FS, over, &config.Config{Title: "The Test & Courier", Language: lang, Canonical: "self", PageSize: 50}, nil)
}

func mustLoad(t testing.TB, own map[string]string, lang string) *Layouts {
	t.Helper()
	l, problems := load(t, own, lang)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return l
}

func draw(t *testing.T, l *Layouts, v *site.View, body string) string {
	t.Helper()
	var b strings.Builder
	if err := l.Draw(&b, v, Input{Body: []byte(body)}); err != nil {
		t.Fatalf("drawing %s: %v", v.Kind, err)
	}
	return b.String()
}

// articleView is an article that has everything.
func articleView() *site.View {
	date := article.Date{Year: 2023, Month: 12, Day: 31, Hour: 18, Minute: 4, HasTime: true, HasOffset: true}
	other := site.Item{Title: "Other <b>", URL: "2023/12/30/other.html", Lang: "ru", Date: date, Summary: "S", Source: "Courier"}
	return &site.View{
		Kind: "article", Path: "2023/12/31/a.html", Title: `River & "bed" <x>`, Description: "D", Lang: "en",
		Article: &site.ArticleView{
			Entry: &content.Entry{Words: 440, Excerpt: "E", Meta: article.Meta{
				ID: "7hq2k9x4m1", Title: `River & "bed" <x>`, Date: date, Updated: date, Summary: "S",
				Source:      article.Source{Name: "Courier", URL: "https://courier.example/a?b=1&c=2", Captured: date, SHA256: strings.Repeat("a", 64), Cleaner: 2},
				Corrections: []article.Correction{{Date: date, Note: "N"}},
			}},
			URL: "2023/12/31/a.html", When: date, DayURL: "2023/12/31/index.html",
			Topics:  []site.Link{{Label: "Flood & co", URL: "topics/flood/index.html"}},
			Authors: []site.Link{{Label: "Ada", URL: "authors/ada/index.html"}}, SourceLink: site.Link{Label: "Courier", URL: "sources/courier/index.html"},
			Prev: &other, Next: &other, Related: []site.Item{other},
		},
	}
}

// everyView has a bare page of each kind.
func everyView() []*site.View {
	date := article.Date{Year: 2023, Month: 12, Day: 31}
	item := site.Item{Title: "A story", URL: "2023/12/31/a.html", Date: date}
	list := &site.List{Groups: []site.Group{{Date: date, URL: "2023/12/31/index.html", Items: []site.Item{item}}}, Older: "x/page-1.html"}
	term := site.Term{Kind: "topics", Label: "Flood", Slug: "flood", URL: "topics/flood/index.html", Count: 3, First: date, Last: date}
	grid := site.MonthGrid{Year: 2023, Month: 12, URL: "2023/12/index.html", Count: 1, Weeks: [][7]site.Cell{{{Day: 1, Count: 2, Level: 4, URL: "2023/12/01/index.html"}}}}
	link := site.Link{Label: "2023-12", URL: "2023/12/index.html"}
	day := site.Link{Label: "12-31", URL: "on-this-day/12-31.html"}
	return []*site.View{
		{Kind: "home", Path: "index.html", Home: &site.Home{Latest: list.Groups, OnDay: &site.OnDay{Month: 12, Day: 31}, OnURL: day.URL, OnItems: list.Groups, Topics: []site.Term{term}, Total: 3, First: date, Last: date}},
		articleView(),
		{Kind: "day", Path: "2023/12/31/index.html", List: list, Day: &site.Day{Date: date, Prev: &site.Link{Label: "2023-12-30", URL: "2023/12/30/index.html"}, Month: link, Year: link, OnDay: day, Count: 1, AlsoMonth: 1}},
		{Kind: "month", Path: "2023/12/index.html", List: list, Month: &site.Month{Grid: grid, Prev: &link, Year: link, Count: 1}},
		{Kind: "year", Path: "2023/index.html", List: list, Year: &site.Year{Year: 2023, Next: &site.Link{Label: "2024", URL: "2024/index.html"}, Months: []site.MonthGrid{grid}, Count: 1}},
		{Kind: "years", Path: "years/index.html", Years: &site.Years{All: []site.YearLine{{Link: site.Link{Label: "2023", URL: "2023/index.html", Count: 2}}}, Total: 2}},
		{Kind: "on-this-day", Path: "on-this-day/12-31.html", List: list, OnDay: &site.OnDay{Month: 12, Day: 31, Prev: day, Next: day}},
		{Kind: "on-this-day-index", Path: "on-this-day/index.html", OnDays: []site.MonthGrid{grid}},
		{Kind: "terms", Path: "topics/index.html", Terms: &site.Terms{Kind: "topics", All: []site.Term{term}}},
		{Kind: "term", Path: "topics/flood/index.html", List: list, Term: &term, FeedURL: "topics/flood/feed.xml"},
		{Kind: "titles", Path: "titles/h.html", Titles: &site.Titles{
			Label: "H", Up: []site.Link{link}, Prev: &link, Next: &link, Branches: []site.Link{{Label: "Ha", URL: "titles/ha.html"}}, Groups: []site.TitleGroup{{Label: "He", Items: []site.Item{item}}},
		}},
		{Kind: "undated", Path: "undated/index.html", List: &site.List{}},
		{Kind: "page", Path: "about.html", Title: "About", Text: &site.Text{Entry: &content.Entry{Meta: article.Meta{Title: "About"}}, URL: "about.html"}},
		{Kind: "redirect", Path: "old/index.html", Target: "2023/12/31/a.html", NoIndex: true},
		{Kind: "404", Path: "404.html"},
		{Kind: "search", Path: "search/index.html"},
		{Kind: "verify", Path: "verify.html"},
	}
}

// TestEveryKindIsDrawn draws a bare page of each kind with the built-in
// layouts in every direction of writing.
func TestEveryKindIsDrawn(t *testing.T) {
	views := everyView()
	if len(views) != len(kinds) {
		t.Errorf("%d views for %d kinds", len(views), len(kinds))
	}
	for _, lang := range []string{"en", "ar", "zh", "xx"} {
		l := mustLoad(t, nil, lang)
		for _, v := range views {
			v.Lang = lang
			page := draw(t, l, v, "Some *text*.")
			if !strings.HasPrefix(page, "<!DOCTYPE html>") || !strings.HasSuffix(page, "</html>\n") {
				t.Errorf("%s in %s is no whole page: %.60q", v.Kind, lang, page)
			}
			if want := `<html lang="` + lang + `" dir="` + direction(lang) + `">`; !strings.Contains(page, want) {
				t.Errorf("%s lacks %s", v.Kind, want)
			}
		}
	}
}

// TestCompiledLayoutsDrawTheSame: the built-in layouts can be compiled, and
// then draw to the byte what html/template draws.
func TestCompiledLayoutsDrawTheSame(t *testing.T) {
	withdrawn := articleView()
	withdrawn.Article.Withdrawn = "Wrong & <gone>"
	bare := articleView()
	bare.Lang = "fa"
	bare.Article = &site.ArticleView{Entry: &content.Entry{Meta: article.Meta{Source: article.Source{URL: "javascript:alert(1)"}}}, URL: bare.Path, DayURL: "undated/index.html"}
	for _, lang := range []string{"en", "ar", "fr"} {
		l := mustLoad(t, nil, lang)
		l.site.BaseURL, l.site.License, l.site.Contact = "https://archive.example/a b/", "CC0 & <co>", "a+b@archive.example"
		for _, v := range append(everyView(), withdrawn, bare) {
			d := l.dot(v)
			d.Body = "<p>Some <b>text</b>."
			var got, want bytes.Buffer
			quick := l.quick[v.Kind]()
			if quick == nil {
				if v.Kind != "search" { // one page of an archive, which html/template draws as quickly as need be
					t.Errorf("the layout of %s is not compiled", v.Kind)
				}
				continue
			}
			if err := l.sets[v.Kind].ExecuteTemplate(&want, "base", d); err != nil {
				t.Fatal(err)
			}
			if !quick.Draw(&got, d) {
				t.Errorf("the compiled layout of %s gave up", v.Kind)
			} else if got.String() != want.String() {
				t.Errorf("a page of kind %s\n got %s\nwant %s", v.Kind, got.String(), want.String())
			}
		}
	}
}

// TestNothingOfAnArticleIsTakenForMarkup: what comes from articles is escaped.
func TestNothingOfAnArticleIsTakenForMarkup(t *testing.T) {
	page := draw(t, mustLoad(t, nil, "en"), articleView(), "Text <script>alert(1)</script> [x](javascript:alert(1))")
	for _, bad := range []string{"<x>", "<b>", "<script>alert", "javascript:", "&c=2\""} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, want := range []string{"River &amp; &#34;bed&#34; &lt;x&gt;", `href="../30/other.html"`, `lang="ru" dir="ltr"`, "application/ld+json"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestWithdrawnArticleShowsNoText.
func TestWithdrawnArticleShowsNoText(t *testing.T) {
	v := articleView()
	v.Article.Withdrawn = "at the family's request"
	page := draw(t, mustLoad(t, nil, "en"), v, "Her words.")
	if strings.Contains(page, "Her words") || !strings.Contains(page, "at the family") {
		t.Error("a withdrawn article shows its text, or not the reason")
	}
}

// TestArticleTellsWhichCaptureItWasCleanedFrom, in the language of the site,
// and articles that were not say nothing of it.
func TestArticleTellsWhichCaptureItWasCleanedFrom(t *testing.T) {
	tests := []struct{ lang, want string }{
		{"en", "<p>Cleaned from a capture of 31 December 2023</p>"}, {"ru", "<p>Очищено из копии, сделанной 31 декабря 2023"}, {"tr", "<p>31 Aralık 2023 tarihli bir kopyadan temizlendi</p>"},
	}
	for _, tt := range tests {
		v := articleView()
		v.Lang = tt.lang
		page := draw(t, mustLoad(t, nil, tt.lang), v, "Her words.")
		for _, want := range []string{tt.want, strings.Repeat("a", 64), "https://courier.example/a?b=1&amp;c=2"} {
			if !strings.Contains(page, want) {
				t.Errorf("a cleaned article in %s lacks %q", tt.lang, want)
			}
		}
	}
	v := articleView()
	v.Article.Entry.Source.Cleaner, v.Article.Entry.Source.Captured = 2, article.Date{}
	if page := draw(t, mustLoad(t, nil, "en"), v, ""); !strings.Contains(page, "<p>Cleaned from a capture</p>") {
		t.Error("a cleaned article whose capture has no date does not say that it was cleaned")
	}
	v.Article.Entry.Source.Cleaner = 0
	if page := draw(t, mustLoad(t, nil, "en"), v, ""); strings.Contains(page, "Cleaned from") {
		t.Error("an article that was not cleaned says that it was")
	}
}

// TestOwnLayoutsReplaceBuiltInOnes, file by file, and change the digest.
func TestOwnLayoutsReplaceBuiltInOnes(t *testing.T) {
	plain := mustLoad(t, nil, "en")
	own := mustLoad(t, map[string]string{
		"404.html": `{{define "main"}}Lost: {{.Site.Title}}{{end}}`, "assets/style.css": "body{}", "assets/own.txt": "x",
		"i18n/en.yaml": "skip: Jump", "layouts.go": "not a layout",
	}, "en")
	page := draw(t, own, &site.View{Kind: "404", Path: "404.html", Lang: "en"}, "")
	if !strings.Contains(page, "Lost: The Test &amp; Courier") {
		t.Error("a layout of the site's own is not used")
	}
	if !strings.Contains(page, ">Jump</a>") || !strings.Contains(page, ">Topics</a>") {
		t.Error("a text of the site's own does not stand beside the built-in ones")
	}
	if plain.Digest() == own.Digest() {
		t.Error("other layouts have the same digest")
	}
	if string(own.Assets()["assets/style.css"]) != "body{}" || own.Assets()["assets/own.txt"] == nil {
		t.Errorf("assets are %v", maps.Keys(own.Assets()))
	}
}

// TestMistakesInLayoutsHaveTheirPlace, in reading and in drawing.
func TestMistakesInLayoutsHaveTheirPlace(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"syntax", "404.html", "{{define \"main\"}}\n{{if}}x{{end}}{{end}}", "layouts/404.html:2: missing value for if"},
		{"no main", "404.html", "hello", `layouts/404.html:1: the layout does not define "main"`},
		{"field", "404.html", "{{define \"main\"}}\n\n{{.Sight}}{{end}}", `layouts/404.html:3:3: there is no field "Sight" here`},
		{"field in a partial", "partials/masthead.html", "{{define \"masthead\"}}{{.Nope}}{{end}}", `there is no field "Nope" here`},
		{"text", "404.html", "{{define \"main\"}}{{.T \"nosuch\"}}{{end}}", `there is no text "nosuch"`},
		{"script", "search/page.js", "var a = 1;\nvar b = ;\n", "layouts/search/page.js:2:9: is no JavaScript: unexpected ;"},
		{"scripts together", "search/zzz.js", "});", "layouts/search/zzz.js:2:1: is no JavaScript"},
		{"yaml", "i18n/en.yaml", "skip: [", "layouts/i18n/en.yaml: is not YAML"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, problems := load(t, map[string]string{tt.file: tt.text}, "en")
			err := problems.Err()
			if err == nil {
				err = l.Draw(&strings.Builder{}, &site.View{Kind: "404", Path: "404.html"}, Input{})
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// TestLayoutThatNoPageUsesIsToldOf: a slip in a file's name.
func TestLayoutThatNoPageUsesIsToldOf(t *testing.T) {
	_, problems := load(t, map[string]string{"artikle.html": "x"}, "en")
	if len(problems) != 1 || problems[0].Severity != diag.Warning || !strings.Contains(problems[0].Error(), "did you mean article.html?") {
		t.Errorf("problems are %v", problems)
	}
}

// TestDotHasEveryFieldOfItsView: Dot repeats the fields of View.
func TestDotHasEveryFieldOfItsView(t *testing.T) {
	forPrograms := map[string]bool{"Feed": true, "Sitemap": true, "Data": true} // drawn without layouts
	v := &site.View{}
	rv := reflect.ValueOf(v).Elem()
	for i := range rv.NumField() {
		switch f := rv.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		}
	}
	rd := reflect.ValueOf((&Layouts{}).dot(v)).Elem()
	for i := range rv.NumField() {
		name := rv.Type().Field(i).Name
		f := rd.FieldByName(name)
		if !forPrograms[name] && (!f.IsValid() || f.IsZero()) {
			t.Errorf("a layout does not see View.%s", name)
		}
	}
}

// TestFrameShowsNothingOfOnePageOnAnother: it is drawn once for many pages.
func TestFrameShowsNothingOfOnePageOnAnother(t *testing.T) {
	l := mustLoad(t, map[string]string{"partials/masthead.html": `{{define "masthead"}}[{{.Title}}{{with .Article}}{{.Title}}{{end}}]<a href="{{.Rel "index.html"}}">x</a>{{end}}`}, "en")
	page := draw(t, l, articleView(), "")
	if !strings.Contains(page, `[]<a href="../../../index.html">x</a>`) {
		t.Errorf("the masthead of an article is %.80q", page[strings.Index(page, "<body>"):])
	}
	home := draw(t, l, &site.View{Kind: "404", Path: "404.html", Lang: "en"}, "")
	if !strings.Contains(home, `[]<a href="index.html">x</a>`) {
		t.Error("the masthead of a page at the top leads elsewhere than to index.html")
	}
}

func TestRelative(t *testing.T) {
	tests := []struct{ from, to, want string }{
		{"2023/12/31/a.html", "topics/index.html", "../../../topics/index.html"},
		{"2023/12/31/a.html", "2023/12/31/b.html", "b.html"},
		{"2023/12/31/a.html", "2023/12/index.html", "../index.html"},
		{"index.html", "a b%?#é.html", "a%20b%25%3F%23%C3%A9.html"},
		{"index.html", "a:b.html", "./a:b.html"},
	}
	for _, tt := range tests {
		if got := Relative(tt.from, tt.to); got != tt.want {
			t.Errorf("Relative(%q, %q) = %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
}

func TestNumbersDatesAndPlurals(t *testing.T) {
	d := article.Date{Year: 2023, Month: 12, Day: 3, Hour: 8, Minute: 5, HasTime: true}
	tests := []struct {
		lang, what, want string
		got              func(*language) string
	}{
		{"en", "number", "12,408", func(l *language) string { return l.number(12408) }},
		{"en", "year", "1987", func(l *language) string { return l.number(1987) }},
		{"en", "long", "3 December 2023", func(l *language) string { return l.date(d, "long") }},
		{"en", "datetime", "3 December 2023, 08:05", func(l *language) string { return l.date(d, "datetime") }},
		{"en", "month", "December 2023", func(l *language) string { return l.date(article.Date{Year: 2023, Month: 12}, "long") }},
		{"en", "year alone", "2023", func(l *language) string { return l.date(article.Date{Year: 2023}, "long") }},
		{"ru", "long", "3 декабря 2023", func(l *language) string { return l.date(d, "long") }},
		{"ru", "month", "Декабрь 2023", func(l *language) string { return l.date(d, "month") }},
		{"ru", "one", "21 статья", func(l *language) string { s, _ := l.count("articles", 21); return s }},
		{"ru", "few", "22 статьи", func(l *language) string { s, _ := l.count("articles", 22); return s }},
		{"ru", "many", "25 статей", func(l *language) string { s, _ := l.count("articles", 25); return s }},
		{"fa", "digits", "۱۲", func(l *language) string { return l.number(12) }},
	}
	for _, tt := range tests {
		l := mustLoad(t, nil, tt.lang)
		if got := tt.got(l.lang); got != tt.want {
			t.Errorf("%s in %s: got %q, want %q", tt.what, tt.lang, got, tt.want)
		}
	}
}
