package page

import (
	"regexp"
	"time"

	"github.com/markusmobius/go-htmldate"

	"backfile/build/article"
)

// publicationDates are the names that pages give the date under, the surest first.
var publicationDates = []string{
	"article:published_time", "og:article:published_time", "datepublished", "og:published_time", "published_time", "article:published", "parsely-pub-date", "sailthru.date", "publishdate", "publish-date",
	"pubdate", "publication_date", "article.published", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.created", "dcterms.issued", "dc.date", "dc.date.created", "citation_publication_date", "citation_date", "originalpublicationdate", "article_date_original", "date", "datecreated",
}

// inPath is a day in an address: /2023/12/31/ or /20231231/ or /2023-12-31-.
var inPath = regexp.MustCompile(`/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?:[/_.-]|$)`)

// pathDay returns the day in the address of the page, or the zero Date.
func (p *Page) pathDay() article.Date {
	for _, s := range []string{p.URL(), p.saved} {
		if m := inPath.FindStringSubmatch(s); m != nil {
			d, _ := article.ParseDate(m[1] + "-" + m[2] + "-" + m[3])
			return d
		}
	}
	return article.Date{}
}

// Date returns the day or instant of publication, or the zero Date. An instant
// in UTC that is the day before or after the one in the address is that day in
// the paper's own zone, and the paper's day counts.
func (p *Page) Date() article.Date {
	told, day := p.told(), p.pathDay()
	if told.IsZero() {
		if !day.IsZero() {
			return day
		}
		return p.guessed()
	}
	if !day.IsZero() && told.HasTime && told.HasOffset && told.Offset == 0 && told.Path() != day.Path() {
		if apart := instant(told).Sub(instant(day)); apart > -14*time.Hour && apart < 38*time.Hour {
			return day
		}
	}
	return told
}

func instant(d article.Date) time.Time {
	return time.Date(int(d.Year), time.Month(d.Month), int(d.Day), int(d.Hour), int(d.Minute), 0, 0, time.UTC)
}

// told returns when the article was published, by the data and marks of the page.
func (p *Page) told() article.Date {
	tries := []string{p.data.published}
	for _, key := range publicationDates {
		tries = append(tries, p.meta[key])
	}
	for _, t := range p.times {
		if t.published && t.value != "" {
			tries = append(tries, t.value)
		}
	}
	for _, s := range tries {
		if d, err := article.ParseDate(s); s != "" && err == nil && d.Year > 1600 {
			return d
		}
	}
	return article.Date{}
}

// guessed returns the date that go-htmldate finds in marks of the page.
func (p *Page) guessed() article.Date {
	r, err := htmldate.FromDocument(p.Doc, htmldate.Options{
		UseOriginalDate: true, SkipExtensiveSearch: true, URL: p.URL(),
		MaxDate: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), // the default is the clock's
	})
	if err != nil || r.DateTime.IsZero() {
		return article.Date{}
	}
	d, _ := article.ParseDate(r.DateTime.Format(time.DateOnly))
	return d
}

// Updated returns when the article was changed last, if that was later than
// the day d.
func (p *Page) Updated(d article.Date) article.Date {
	for _, s := range []string{p.data.modified, p.meta["article:modified_time"], p.meta["og:updated_time"], p.meta["datemodified"], p.meta["last-modified"]} {
		if u, err := article.ParseDate(s); s != "" && err == nil {
			if !d.IsZero() && u.Compare(d) > 0 && u.Path() != d.Path() {
				return u
			}
			return article.Date{}
		}
	}
	return article.Date{}
}
