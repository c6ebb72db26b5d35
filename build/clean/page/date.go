package page

import (
	"time"

	"github.com/markusmobius/go-htmldate"

	"backfile/build/article"
)

// publicationDates are the names that pages give the date under, the surest first.
var publicationDates = []string{
	"article:published_time", "og:article:published_time", "datepublished", "og:published_time", "published_time", "article:published", "parsely-pub-date", "sailthru.date", "publishdate", "publish-date",
	"pubdate", "publication_date", "article.published", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.created", "dcterms.issued", "dc.date", "dc.date.created", "citation_publication_date", "citation_date", "originalpublicationdate", "article_date_original", "date", "datecreated",
}

// Date returns when the article was published, by the page's data, else by its
// address and marks that go-htmldate knows.
func (p *Page) Date() article.Date {
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
