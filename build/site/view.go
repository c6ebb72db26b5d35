package site

import (
	"cmp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"backfile/build/article"
	"backfile/build/content"
)

// The types in this file are what a layout sees. They hold no pointers into
// the model, so that a page's inputs can be told from its view alone.
//
// Addresses (URL) are paths below public/ with slashes, never escaped:
// "2023/12/31/slug.html". The layouts' rel function makes them relative to the
// page and escapes them.

// A View is the dot of a layout. Common fields first; then one field for each
// kind of page, nil on the others.
type View struct {
	Kind        string // the layout's name: "article", "day", "month", …
	Path        string // of this page, below public/
	Title       string // of this page, plain text; "" on the home page
	Description string // plain text, or ""
	Lang        string // of this page's content
	FeedURL     string // of the page's own Atom feed, or ""
	NoIndex     bool

	Article *ArticleView // article, withdrawn
	List    *List        // day, month, topic …, undated: the articles shown
	Term    *Term        // one topic, person, place, author, source
	Terms   *Terms       // all topics, all people, …
	Day     *Day         // day
	Month   *Month       // month
	Year    *Year        // year
	Years   *Years       // all years
	OnDay   *OnDay       // on this day
	OnDays  []MonthGrid  // the 366 days: 12 grids
	Home    *Home        // home
	Titles  *Titles      // the index of titles
	Target  string       // redirect: where to
	Text    *Text        // a page such as "About"

	Feed    *Feed    // feed.xml, feed-3.xml, feed.json
	Sitemap *Sitemap // sitemap.xml, sitemaps/2023-12.xml
	Data    *Data    // data/articles.jsonl.gz, data/articles.csv, data/datapackage.json
}

// A Link is a labelled address.
type Link struct {
	Label string
	URL   string
	Count int // articles behind it; 0 when not told
}

// An Item is an article as lists show it.
type Item struct {
	Title, URL, Lang string
	Date             article.Date
	Summary, Source  string
	Withdrawn        bool
}

// An ArticleView is an article on its own page.
type ArticleView struct {
	*content.Entry              // front matter and digests
	URL            string       // of the page
	When           article.Date // in the archive's time zone
	DayURL         string       // the day's, month's or year's page, or undated/index.html
	Topics, People,
	Places, Authors []Link // with labels from site.yaml
	SourceLink Link
	Prev, Next *Item  // the article before and after in time; nil at the ends
	Related    []Item // earlier articles only
}

// A List is one page of a list of articles, the oldest list page being
// page-1.html and the newest index.html. Within a page the newest is first.
type List struct {
	Groups []Group
	// Number is the page's number from 1; 0 for index.html.
	Number int
	// Older and Newer are the addresses of the neighbouring pages, or "".
	Older, Newer string
	// Index is the address of the newest page, "" when this is it.
	Index string
	Total int // articles in the whole list; only on index.html, else 0
}

// A Group is the articles of one day, month or year within a list.
type Group struct {
	Date  article.Date // precision says what it is; zero for undated
	URL   string       // its page
	Items []Item
}

// A Term is a topic, person, place, author or source.
type Term struct {
	Kind  string // "topics", "people", "places", "authors", "sources"
	Label string
	Slug  string
	URL   string
	About string
	Count int
	First article.Date // of its oldest dated article
	Last  article.Date
}

// Terms is the page of all terms of one kind, ordered by label.
type Terms struct {
	Kind string
	All  []Term
}

// A Day is the head of a day's page; the articles are in View.List.
type Day struct {
	Date                article.Date
	Prev, Next          *Link // the days with articles before and after; Label is "2023-12-31"
	Month, Year, OnDay  Link
	Count               int
	AlsoMonth, AlsoYear int // articles of this month or year whose day is not known
}

// A Month is a month's page: a calendar, and the articles in View.List.
type Month struct {
	Grid       MonthGrid
	Prev, Next *Link // months with articles
	Year       Link
	Count      int
}

// A MonthGrid is a calendar of a month in weeks of seven cells.
type MonthGrid struct {
	Year, Month int // Year is 0 in the calendar of "on this day"
	URL         string
	Count       int
	Weekdays    [7]int // 0 is Sunday; in the order of the columns
	Weeks       [][7]Cell
}

// A Cell is a day in a calendar; Day is 0 outside the month.
type Cell struct {
	Day   int
	Count int
	Level int    // 0 none to 4 most, against the busiest day shown
	URL   string // "" when Count is 0
}

// A Year is a year's page.
type Year struct {
	Year       int
	Prev, Next *Link // years with articles
	Months     []MonthGrid
	Count      int
}

// Years is the page of all years, newest first.
type Years struct {
	All     []YearLine
	Undated Link // Count is 0 when every article has a date
	Total   int
}

// A YearLine is a year with its twelve months.
type YearLine struct {
	Link
	Level  int
	Months [12]Cell // Day is the month, 1 to 12
}

// An OnDay is every year's articles of one calendar day; they are in View.List.
type OnDay struct {
	Month, Day int
	Prev, Next Link // the calendar days around it, Label "12-30"
}

// A Home is the front page.
type Home struct {
	Latest      []Group
	OnDay       *OnDay  // the newest article's calendar day
	OnItems     []Group // its articles of earlier years, newest year first
	OnURL       string
	Years       []YearLine
	Topics      []Term // those with most articles, by label
	AllTopics   int
	Total       int
	First, Last article.Date
}

// Titles is a page of the index of titles: with links to pages of titles that
// go on in more letters, with articles, or with both. Where too many titles
// are the same to stand on one page, they are in View.List.
type Titles struct {
	Label      string // what the titles begin with, "" on the first page
	Up         []Link // pages above, the first page left out
	Prev, Next *Link  // the pages beside this one, below the same page
	Branches   []Link
	Groups     []TitleGroup
}

// A TitleGroup is articles whose titles begin with the same, in their order.
// There are very many of them: to be quick to draw, an item has no language
// when it is the site's, and no source when it is the publisher.
type TitleGroup struct {
	Label string // "" when it is the page's
	Items []Item
}

// A Text is a page of the site's own, such as "About".
type Text struct {
	*content.Entry
	URL string
}

// A Feed is a feed document: the current one, which changes, or an archive
// document of RFC 5005 section 4, which never changes again.
type Feed struct {
	Title   string
	HTML    string // address of the page that it follows
	Current string // address of the current document
	Prev    string // address of the archive document before this one, or ""
	Archive bool
	Items   []FeedItem // newest first
}

// A FeedItem is an article in a feed.
type FeedItem struct {
	*content.Entry
	URL    string
	Topics []string // labels
	Full   bool     // the text goes in, not the summary alone
}

// A Sitemap is an index of sitemaps or a list of addresses
// (sitemaps.org protocol 0.9).
type Sitemap struct {
	Index []string // addresses of sitemaps
	URLs  []SitemapURL
}

// A SitemapURL is an address and the date of its last known change.
type SitemapURL struct {
	URL     string
	Updated article.Date // zero when not known
}

// A Data is the archive's metadata for programs, or a part of it.
type Data struct {
	Items []FeedItem // in order of time
	Parts []DataPart // datapackage.json: all files
}

// A DataPart is one data file.
type DataPart struct {
	URL   string
	Count int
}

// leapYear stands in dates that mean a day of every year.
const leapYear = 2000

// Date is a day of g's month, or the month itself for day 0.
func (g MonthGrid) Date(day int) article.Date {
	return article.Date{Year: int16(cmp.Or(g.Year, leapYear)), Month: int16(g.Month), Day: int16(day)}
}

// Weekday is the day of the week of a group whose day is known, 0 for Sunday.
func (g Group) Weekday() int { return weekday(g.Date) }

// Weekday is the day of the week, 0 for Sunday.
func (d Day) Weekday() int { return weekday(d.Date) }

func weekday(d article.Date) int {
	return int(time.Date(int(d.Year), time.Month(d.Month), int(d.Day), 0, 0, 0, 0, time.UTC).Weekday())
}

// Date is the day of every year that o is about.
func (o OnDay) Date() article.Date {
	return article.Date{Year: leapYear, Month: int16(o.Month), Day: int16(o.Day)}
}

// Date is the year itself.
func (y Year) Date() article.Date { return article.Date{Year: int16(y.Year)} }

// Date is the day, month or year that l's label names: "2023-12-31", "2023-12",
// "2023", or "12-31" of any year. It is zero for other labels.
func (l Link) Date() article.Date {
	var n [3]int16
	parts := strings.Split(l.Label, "-")
	for i, p := range parts {
		v, err := strconv.ParseInt(p, 10, 16)
		if err != nil || i == len(n) {
			return article.Date{}
		}
		n[i] = int16(v)
	}
	if len(parts) == 2 && len(parts[0]) == 2 {
		return article.Date{Year: leapYear, Month: n[0], Day: n[1]}
	}
	return article.Date{Year: n[0], Month: n[1], Day: n[2]}
}

// Month is the given month of y's year.
func (y YearLine) Month(m int) article.Date {
	d := y.Date()
	d.Month = int16(m)
	return d
}

// Letter is what t stands under in an index: the first letter of its label, or
// "0–9" for figures and "" when it begins with neither.
func (t Term) Letter() string {
	for _, r := range t.Label {
		if unicode.IsDigit(r) {
			return "0–9"
		}
		if unicode.IsLetter(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return ""
}
