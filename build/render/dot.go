package render

import (
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"strings"

	"backfile/build/article"
	"backfile/build/site"

	"golang.org/x/text/language/display"

	textlang "golang.org/x/text/language"
)

// A Dot is what a layout sees: the page's View, the Site, and these methods.
// Inside range and with they are reached as $.Rel and so on.
type Dot struct {
	// The fields of View stand here one by one and not embedded: package
	// template finds them by name for each use on each page, and looking
	// through an embedded struct takes several times as long.
	Kind, Path, Title, Description, Lang string
	FeedURL                              string
	NoIndex                              bool
	Article                              *site.ArticleView
	List                                 *site.List
	Term                                 *site.Term
	Terms                                *site.Terms
	Day                                  *site.Day
	Month                                *site.Month
	Year                                 *site.Year
	Years                                *site.Years
	OnDay                                *site.OnDay
	OnDays                               []site.MonthGrid
	Home                                 *site.Home
	Titles                               *site.Titles
	Target                               string
	Text                                 *site.Text

	Site *Site
	It   any // what a partial was given by With
	// Body is the text of the article or page, drawn and cleaned.
	Body template.HTML

	l *Layouts
}

func (l *Layouts) dot(v *site.View) *Dot {
	return &Dot{
		Kind: v.Kind, Path: v.Path, Title: v.Title, Description: v.Description, Lang: v.Lang, FeedURL: v.FeedURL, NoIndex: v.NoIndex,
		Article: v.Article, List: v.List, Term: v.Term, Terms: v.Terms, Day: v.Day, Month: v.Month, Year: v.Year, Years: v.Years,
		OnDay: v.OnDay, OnDays: v.OnDays, Home: v.Home, Titles: v.Titles, Target: v.Target, Text: v.Text,
		Site: &l.site, l: l,
	}
}

// With returns the dot for a partial that is about it: {{template "x" ($.With .)}}.
func (d *Dot) With(it any) *Dot {
	with := *d
	with.It = it
	return &with
}

// Rel returns the address of a path below public/ as seen from this page,
// escaped for use in links.
func (d *Dot) Rel(path string) template.URL { return template.URL(relative(d.Path, path)) }

// Href returns the attribute href with the address that Rel gives.
func (d *Dot) Href(path string) template.HTMLAttr {
	return template.HTMLAttr(`href="` + strings.ReplaceAll(relative(d.Path, path), "&", "&amp;") + `"`)
}

// Abs returns the whole address of a path below public/, "" when site.yaml has
// no base_url.
func (d *Dot) Abs(path string) template.URL {
	if d.Site.BaseURL == "" {
		return ""
	}
	return template.URL(d.Site.BaseURL + escapePath(path))
}

// T returns a text of the interface in the site's language, with args filled
// in.
func (d *Dot) T(key string, args ...any) (string, error) { return d.l.lang.text(key, args...) }

// N returns a text for a number of things, in the right plural form.
func (d *Dot) N(key string, n int) (string, error) { return d.l.lang.count(key, n) }

// Forms returns the plural forms of a text for a number of things, by their
// CLDR category, for scripts to choose from.
func (d *Dot) Forms(key string) map[string]string { return d.l.lang.plurals[key] }

// Words returns a list of the interface: the names of the months and such.
func (d *Dot) Words(key string) []string { return d.l.lang.lists[key] }

// Num writes a number as the site's language does.
func (d *Dot) Num(n any) string {
	switch n := n.(type) {
	case int:
		return d.l.lang.number(n)
	case int16:
		return d.l.lang.digits(int(n))
	}
	return ""
}

// Date writes a date; form is "long", "short", "month", "daymonth", "datetime"
// or "iso".
func (d *Dot) Date(date article.Date, form string) string { return d.l.lang.date(date, form) }

// MonthName returns the name of a month, 1 to 12, as a heading has it.
func (d *Dot) MonthName(m any) string {
	n := 0
	switch m := m.(type) {
	case int:
		n = m
	case int16:
		n = int(m)
	}
	if n < 1 || n > 12 {
		return ""
	}
	return d.l.lang.lists["months"][n-1]
}

// WeekdayName returns the name of a weekday, 0 being Sunday.
func (d *Dot) WeekdayName(w int) string { return d.l.lang.lists["weekdays"][w%7] }

// WeekdayShort returns a weekday in two or three letters.
func (d *Dot) WeekdayShort(w int) string { return d.l.lang.lists["weekdays_short"][w%7] }

// LangAttr returns the attributes that say in which language an element is,
// with a space before them, where that is not the site's language:
// <li{{$.LangAttr .Lang}}>.
func (d *Dot) LangAttr(lang string) template.HTMLAttr {
	if lang == "" || lang == d.Site.Lang {
		return ""
	}
	return template.HTMLAttr(` lang="` + template.HTMLEscapeString(lang) + `" dir="` + direction(lang) + `"`)
}

// Dir returns the way a language is written, "ltr" or "rtl".
func (d *Dot) Dir(lang string) string { return direction(lang) }

// LangName returns what a language calls itself.
func (d *Dot) LangName(lang string) string {
	tag, err := textlang.Parse(lang)
	if err != nil {
		return lang
	}
	if name := display.Self.Name(tag); name != "" {
		return name
	}
	return lang
}

// wordsAMinute is a usual speed of reading on a screen.
const wordsAMinute = 220

// Minutes is the time that the article takes to read.
func (d *Dot) Minutes() int {
	if d.Article == nil {
		return 0
	}
	return max(1, (d.Article.Words+wordsAMinute/2)/wordsAMinute)
}

// basis names what an article was made of: the address of its capture or, where
// there is none, the digest of its bytes (a URI of RFC 6920).
func basis(s article.Source) string {
	sum, err := hex.DecodeString(s.SHA256)
	if s.URL != "" || err != nil || len(sum) == 0 {
		return s.URL
	}
	return "ni:///sha-256;" + base64.RawURLEncoding.EncodeToString(sum)
}

// JSONLD describes the article for programs that read pages
// (schema.org/NewsArticle).
func (d *Dot) JSONLD() any {
	a := d.Article
	if a == nil {
		return nil
	}
	v := newsArticle{
		Context: "https://schema.org", Type: "NewsArticle", Headline: a.Title, InLanguage: d.Lang,
		DatePublished: d.Date(a.When, "iso"), DateModified: d.Date(a.Updated, "iso"),
		Description: a.Excerpt, URL: string(d.Abs(a.URL)), Identifier: a.ID,
		IsPartOf:  thing{Type: "Collection", Name: d.Site.Title},
		Free:      true,
		IsBasedOn: basis(a.Source), License: d.Site.LicenseURL,
	}
	if a.Date.Approx {
		v.DatePublished = ""
	}
	if a.Withdrawn != "" {
		v.Description, v.Status = "", "Withdrawn"
	}
	for _, l := range a.Authors {
		v.Author = append(v.Author, thing{Type: "Person", Name: l.Label})
	}
	for _, l := range a.Topics {
		v.Keywords = append(v.Keywords, l.Label)
	}
	for _, l := range a.People {
		v.Mentions = append(v.Mentions, thing{Type: "Person", Name: l.Label})
	}
	for _, l := range a.Places {
		v.Mentions = append(v.Mentions, thing{Type: "Place", Name: l.Label})
	}
	if name := a.SourceLink.Label; name != "" {
		v.Publisher = &thing{Type: "NewsMediaOrganization", Name: name}
	}
	for _, c := range a.Corrections {
		v.Correction = append(v.Correction, correction{Type: "CorrectionComment", Text: c.Note, DatePublished: d.Date(c.Date, "iso")})
	}
	return v
}

type newsArticle struct {
	Context       string       `json:"@context"`
	Type          string       `json:"@type"`
	Headline      string       `json:"headline"`
	Description   string       `json:"description,omitempty"`
	InLanguage    string       `json:"inLanguage"`
	DatePublished string       `json:"datePublished,omitempty"`
	DateModified  string       `json:"dateModified,omitempty"`
	Author        []thing      `json:"author,omitempty"`
	Publisher     *thing       `json:"publisher,omitempty"`
	IsPartOf      thing        `json:"isPartOf"`
	Keywords      []string     `json:"keywords,omitempty"`
	Mentions      []thing      `json:"mentions,omitempty"`
	Identifier    string       `json:"identifier,omitempty"`
	URL           string       `json:"url,omitempty"`
	IsBasedOn     string       `json:"isBasedOn,omitempty"`
	License       string       `json:"license,omitempty"`
	Status        string       `json:"creativeWorkStatus,omitempty"`
	Correction    []correction `json:"correction,omitempty"`
	Free          bool         `json:"isAccessibleForFree"`
}

type thing struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

type correction struct {
	Type          string `json:"@type"`
	Text          string `json:"text"`
	DatePublished string `json:"datePublished,omitempty"`
}
