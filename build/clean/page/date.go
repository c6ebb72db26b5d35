package page

import (
	"regexp"
	"time"

	"github.com/markusmobius/go-htmldate"

	"backfile/build/article"
)

// sureDates are the names of metas that hold the date of publication, and
// weakDates those that often hold another: of a change, of an edition, of the
// making of the page.
var (
	sureDates = []string{
		"article:published_time", "og:article:published_time", "datepublished", "og:published_time", "published_time", "article:published", "parsely-pub-date", "sailthru.date", "publishdate", "publish-date",
		"pubdate", "publication_date", "article.published", "cxenseparse:recs:publishtime", "citation_publication_date", "citation_online_date", "originalpublicationdate", "article_date_original",
	}
	weakDates = []string{"dc.date.issued", "dcterms.created", "dcterms.issued", "dc.date", "dc.date.created", "citation_date", "date", "dcterms.date", "datecreated"}
)

// inPath is a day in an address: /2023/12/31/ or /20231231/ or /2023-12-31-.
var inPath = regexp.MustCompile(`/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?:[/_.-]|$)`)

// endsPath is the same at the end of one, the day first: /29-10-2021.
var endsPath = regexp.MustCompile(`[/_-](0[1-9]|[12]\d|3[01])[._-](0[1-9]|1[0-2])[._-]((?:19|20)\d\d)(?:\.\w{2,5})?/?$`)

// pathDay returns the day in the address of the page, or the zero Date.
func (p *Page) pathDay() article.Date {
	for _, s := range []string{p.URL(), p.saved} {
		if m := inPath.FindStringSubmatch(s); m != nil {
			d, _ := article.ParseDate(m[1] + "-" + m[2] + "-" + m[3])
			return d
		}
		if m := endsPath.FindStringSubmatch(s); m != nil {
			d, _ := article.ParseDate(m[3] + "-" + m[2] + "-" + m[1])
			return d
		}
	}
	return article.Date{}
}

// Date returns the day or instant of publication, or the zero Date: what the
// data of the page say, else what its address says, else what is printed near
// the headline, else what the weaker marks of the page say. An instant in UTC
// that is the day before or after the one in the address, or the one printed,
// is that day in the paper's own zone, and the paper's day counts.
func (p *Page) Date() article.Date {
	tries := []string{p.data.published}
	for _, key := range sureDates {
		tries = append(tries, p.meta[key])
	}
	day, told := p.pathDay(), firstDay(tries)
	if !told.IsZero() {
		return p.ownDay(told, day)
	}
	if !day.IsZero() {
		return day
	}
	if d := p.printed(); !d.IsZero() {
		return d
	}
	tries = tries[:0]
	for _, t := range p.times {
		if t.published {
			tries = append(tries, t.value)
		}
	}
	for _, key := range weakDates {
		tries = append(tries, p.meta[key])
	}
	if told = firstDay(tries); !told.IsZero() {
		return told
	}
	return p.guessed()
}

// ownDay returns the day of the paper for an instant that its data tell.
func (p *Page) ownDay(told, day article.Date) article.Date {
	if !told.HasTime || !told.HasOffset || told.Offset != 0 {
		return told
	}
	if day.IsZero() {
		day = p.printed()
	}
	if !day.IsZero() && told.Path() != day.Path() {
		day.HasTime = false
		if apart := instant(told).Sub(instant(day)); apart > -14*time.Hour && apart < 34*time.Hour {
			return day
		}
	}
	return told
}

func instant(d article.Date) time.Time {
	return time.Date(int(d.Year), time.Month(d.Month), int(d.Day), int(d.Hour), int(d.Minute), 0, 0, time.UTC)
}

// firstDay returns the first of several dates that is one, to the day.
func firstDay(tries []string) article.Date {
	for _, s := range tries {
		if d, err := article.ParseDate(s); s != "" && err == nil && d.Year > 1600 && d.Day != 0 {
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
