package site

import (
	"fmt"
	"slices"

	"backfile/build/internal/digest"
)

// headlines is how many articles a month's page lists below its calendar;
// in a fuller month the days' pages have them.
const headlines = 300

// dates yields the pages of days, months, years, all years, and undated.
func (s *Site) dates(yield func(stretch) bool) bool {
	var days []*day
	var months []*month
	for _, y := range s.years {
		for _, m := range y.months {
			months = append(months, m)
			days = append(days, m.days...)
		}
	}
	return spread(yield, len(days), someDays, func(p *pager, i int) bool { return p.day(days, i) }) &&
		spread(yield, len(months), someMonths, func(p *pager, i int) bool { return p.month(months, i) }) &&
		spread(yield, len(s.years), someMonths, (*pager).year) &&
		yield(func(p *pager) bool { return p.allYears() && p.undatedList() })
}

func (d *day) url() string   { return d.date.Path() + "/index.html" }
func (m *month) url() string { return fmt.Sprintf("%04d/%02d/index.html", m.year, m.month) }
func (y *year) url() string  { return fmt.Sprintf("%04d/index.html", y.year) }

func (d *day) link() *Link { return &Link{Label: d.date.String(), URL: d.url()} }
func (m *month) link() *Link {
	return &Link{Label: fmt.Sprintf("%04d-%02d", m.year, m.month), URL: m.url()}
}
func (y *year) link() *Link { return &Link{Label: fmt.Sprintf("%04d", y.year), URL: y.url()} }

// beside returns the links of the items before and after place i.
func beside[T interface{ link() *Link }](list []T, i int) (prev, next *Link) {
	if i > 0 {
		prev = list[i-1].link()
	}
	if i+1 < len(list) {
		next = list[i+1].link()
	}
	return prev, next
}

func onDayURL(m, d int) string { return fmt.Sprintf("on-this-day/%02d-%02d.html", m, d) }

func (p *pager) day(days []*day, i int) bool {
	d := days[i]
	prev, next := beside(days, i)
	dir := d.date.Path()
	y, m := int(d.date.Year), int(d.date.Month)
	alsoMonth, alsoYear := p.alsoIn(y, m)
	return p.list(listing{
		layout: "day", index: d.url(), page: dir + "/page-%d.html", nodes: d.nodes,
		digest: func(h *digest.Hasher) {
			p.links(prev, next)
			h.Int(alsoMonth)
			h.Int(alsoYear)
		},
		view: func(v *View) {
			v.Title = d.date.String()
			v.Day = &Day{
				Date: d.date, Count: v.List.Total,
				Month: *(&month{year: y, month: m}).link(), Year: *(&year{year: y}).link(),
				OnDay: Link{Label: fmt.Sprintf("%02d-%02d", m, d.date.Day), URL: onDayURL(m, int(d.date.Day))},
			}
			if v.List.Number == 0 {
				v.Day.Prev, v.Day.Next = prev, next
				v.Day.AlsoMonth, v.Day.AlsoYear = alsoMonth, alsoYear
			}
		},
	})
}

// alsoIn counts the articles of a year and a month of which no more is known.
func (s *Site) alsoIn(y, m int) (inMonth, inYear int) {
	i, _ := slices.BinarySearchFunc(s.years, y, func(a *year, y int) int { return a.year - y })
	for _, of := range s.years[i].months {
		if of.month == m {
			inMonth = len(of.own)
		}
	}
	return inMonth, len(s.years[i].own)
}

func (p *pager) month(months []*month, i int) bool {
	m := months[i]
	prev, next := beside(months, i)
	counts, most := m.counts()
	nodes, size := m.nodes, 2*headlines
	if len(nodes) > headlines {
		nodes, size = m.own, 0
	}
	return p.list(listing{
		layout: "month", index: m.url(), page: fmt.Sprintf("%04d/%02d/", m.year, m.month) + "page-%d.html", nodes: nodes, size: size,
		digest: func(h *digest.Hasher) {
			p.links(prev, next)
			h.Int(len(m.nodes))
			for _, c := range counts {
				h.Int(c)
			}
		},
		view: func(v *View) {
			v.Title = fmt.Sprintf("%04d-%02d", m.year, m.month)
			v.Month = &Month{Year: *(&year{year: m.year}).link(), Grid: MonthGrid{Year: m.year, Month: m.month, URL: m.url()}}
			if v.List.Number > 0 {
				return
			}
			v.Month.Prev, v.Month.Next, v.Month.Count = prev, next, len(m.nodes)
			v.Month.Grid = p.grid(m.year, m.month, &counts, most, func(d int) string {
				return fmt.Sprintf("%04d/%02d/%02d/index.html", m.year, m.month, d)
			})
			v.Month.Grid.URL = m.url()
		},
	})
}

func (p *pager) year(i int) bool {
	y := p.years[i]
	prev, next := beside(p.years, i)
	return p.list(listing{
		layout: "year", index: y.url(), page: fmt.Sprintf("%04d/", y.year) + "page-%d.html", nodes: y.own,
		digest: func(h *digest.Hasher) {
			p.links(prev, next)
			h.Int(len(y.nodes))
			for _, m := range y.months {
				h.Int(m.month)
				h.Int(len(m.nodes))
				for _, d := range m.days {
					h.Int(int(d.date.Day))
					h.Int(len(d.nodes))
				}
			}
		},
		view: func(v *View) {
			v.Title = fmt.Sprintf("%04d", y.year)
			v.Year = &Year{Year: y.year}
			if v.List.Number == 0 {
				v.Year = &Year{Year: y.year, Prev: prev, Next: next, Count: len(y.nodes), Months: p.yearGrids(y)}
			}
		},
	})
}

// yearGrids lays out the twelve months of a year, heat measured against the
// year's busiest day.
func (p *pager) yearGrids(y *year) []MonthGrid {
	var by [13]*month
	most := 0
	for _, m := range y.months {
		by[m.month] = m
		_, busiest := m.counts()
		most = max(most, busiest)
	}
	var grids []MonthGrid
	for i := 1; i <= 12; i++ {
		var counts [32]int
		if by[i] != nil {
			counts, _ = by[i].counts()
		}
		g := p.grid(y.year, i, &counts, most, func(d int) string {
			return fmt.Sprintf("%04d/%02d/%02d/index.html", y.year, i, d)
		})
		if by[i] != nil {
			g.URL = by[i].url()
			g.Count = len(by[i].nodes)
		}
		grids = append(grids, g)
	}
	return grids
}

// yearLines are all years, newest first.
func (s *Site) yearLines() []YearLine {
	most, mostInMonth := 0, 0
	for _, y := range s.years {
		most = max(most, len(y.nodes))
		for _, m := range y.months {
			mostInMonth = max(mostInMonth, len(m.nodes))
		}
	}
	lines := make([]YearLine, 0, len(s.years))
	for i := len(s.years) - 1; i >= 0; i-- {
		y := s.years[i]
		line := YearLine{Link: *y.link(), Level: level(len(y.nodes), most)}
		line.Count = len(y.nodes)
		for k := range line.Months {
			line.Months[k].Day = k + 1
		}
		for _, m := range y.months {
			line.Months[m.month-1] = Cell{Day: m.month, Count: len(m.nodes), Level: level(len(m.nodes), mostInMonth), URL: m.url()}
		}
		lines = append(lines, line)
	}
	return lines
}

// countYears adds the counts of all years and months to the inputs.
func (p *pager) countYears() {
	for _, y := range p.years {
		p.h.Int(y.year)
		p.h.Int(len(y.nodes))
		for _, m := range y.months {
			p.h.Int(m.month)
			p.h.Int(len(m.nodes))
		}
	}
	p.h.Int(len(p.undated))
}

func (p *pager) undatedLink() Link {
	return Link{Label: "undated", URL: "undated/index.html", Count: len(p.undated)}
}

func (p *pager) allYears() bool {
	p.start("years", "years/index.html")
	p.countYears()
	return p.page("years", "years/index.html", func(v *View) {
		v.Years = &Years{All: p.yearLines(), Undated: p.undatedLink(), Total: len(p.dated) + len(p.undated)}
	})
}

// undatedList yields the list of undated articles, to which nothing leads when
// there are none.
func (p *pager) undatedList() bool {
	if len(p.undated) == 0 {
		return true
	}
	return p.list(listing{
		layout: "undated", index: "undated/index.html", page: "undated/page-%d.html", nodes: p.undated,
		view: func(*View) {},
	})
}

// onThisDay yields a page for each of the 366 calendar days and their index.
func (p *pager) onThisDay() bool {
	var by [13][32][]*node
	for _, n := range p.dated {
		if n.date.Day != 0 {
			by[n.date.Month][n.date.Day] = append(by[n.date.Month][n.date.Day], n)
		}
	}
	for m := 1; m <= 12; m++ {
		for d := 1; d <= daysIn(0, m); d++ {
			if !p.onDay(m, d, by[m][d]) {
				return false
			}
		}
	}
	p.start("on-this-day-index", "on-this-day/index.html")
	var counts [13][32]int
	most := 0
	for m := range by {
		for d := range by[m] {
			counts[m][d] = len(by[m][d])
			most = max(most, counts[m][d])
			p.h.Int(counts[m][d])
		}
	}
	return p.page("on-this-day-index", "on-this-day/index.html", func(v *View) {
		for m := 1; m <= 12; m++ {
			v.OnDays = append(v.OnDays, p.grid(0, m, &counts[m], most, func(d int) string { return onDayURL(m, d) }))
		}
	})
}

func (p *pager) onDay(m, d int, nodes []*node) bool {
	pm, pd := m, d-1
	if pd == 0 {
		pm = (m+10)%12 + 1
		pd = daysIn(0, pm)
	}
	nm, nd := m, d+1
	if nd > daysIn(0, m) {
		nm, nd = m%12+1, 1
	}
	return p.list(listing{
		layout: "on-this-day", index: onDayURL(m, d), page: fmt.Sprintf("on-this-day/%02d-%02d-", m, d) + "page-%d.html", nodes: nodes,
		view: func(v *View) {
			v.Title = fmt.Sprintf("%02d-%02d", m, d)
			v.OnDay = &OnDay{
				Month: m, Day: d,
				Prev: Link{Label: fmt.Sprintf("%02d-%02d", pm, pd), URL: onDayURL(pm, pd)},
				Next: Link{Label: fmt.Sprintf("%02d-%02d", nm, nd), URL: onDayURL(nm, nd)},
			}
		},
	})
}
