package site

import (
	"time"

	"backfile/build/article"
)

// A year holds its articles by month and day. nodes are all of them, own
// those of which no more than the year is known.
type year struct {
	year       int
	nodes, own []*node
	months     []*month
}

type month struct {
	year, month int
	nodes, own  []*node
	days        []*day
}

type day struct {
	date  article.Date // without a time
	nodes []*node
}

// calendar groups the dated articles by year, month and day. They are sorted,
// so that each group is a stretch of the whole.
func (s *Site) calendar() {
	for _, n := range s.dated {
		d := n.date
		y := last(s.years)
		if y == nil || y.year != int(d.Year) {
			y = &year{year: int(d.Year), nodes: s.dated[n.seq:n.seq]}
			s.years = append(s.years, y)
		}
		y.nodes = y.nodes[:len(y.nodes)+1]
		if d.Month == 0 {
			y.own = append(y.own, n)
			continue
		}
		m := last(y.months)
		if m == nil || m.month != int(d.Month) {
			m = &month{year: y.year, month: int(d.Month), nodes: s.dated[n.seq:n.seq]}
			y.months = append(y.months, m)
		}
		m.nodes = m.nodes[:len(m.nodes)+1]
		if d.Day == 0 {
			m.own = append(m.own, n)
			continue
		}
		g := last(m.days)
		if g == nil || g.date.Day != d.Day {
			g = &day{date: article.Date{Year: d.Year, Month: d.Month, Day: d.Day}, nodes: s.dated[n.seq:n.seq]}
			m.days = append(m.days, g)
		}
		g.nodes = g.nodes[:len(g.nodes)+1]
	}
}

func last[T any](list []*T) *T {
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

// level is how full a cell is against the fullest: 0 for none, else 1 to 4.
func level(count, most int) int {
	if count == 0 {
		return 0
	}
	return 1 + 3*(count-1)/max(1, most-1)
}

// weekStart is the column that a week begins with, 0 for Sunday.
func (s *Site) weekStart() int {
	switch s.cfg.WeekStart {
	case "sunday":
		return 0
	case "saturday":
		return 6
	}
	return 1
}

// grid lays out a month. counts has the number of articles of each day at
// index 1 to 31, most is the busiest day to compare with, and urls names the
// page of a day. Year 0 stands for any year: every day has its page, 29
// February too, and the weeks are rows of seven without weekdays.
func (s *Site) grid(y, m int, counts *[32]int, most int, urls func(day int) string) MonthGrid {
	g := MonthGrid{Year: y, Month: m}
	first, days := 0, daysIn(y, m)
	start := s.weekStart()
	for i := range g.Weekdays {
		g.Weekdays[i] = (start + i) % 7
	}
	if y != 0 {
		first = (int(time.Date(y, time.Month(m), 1, 0, 0, 0, 0, time.UTC).Weekday()) - start + 7) % 7
	}
	for d := 1; d <= days; d++ {
		at := first + d - 1
		if at/7 == len(g.Weeks) {
			g.Weeks = append(g.Weeks, [7]Cell{})
		}
		c := Cell{Day: d, Count: counts[d], Level: level(counts[d], most)}
		if c.Count > 0 || y == 0 {
			c.URL = urls(d)
		}
		g.Weeks[at/7][at%7] = c
		g.Count += c.Count
	}
	return g
}

// daysIn is the length of a month; of February in any year, 29.
func daysIn(y, m int) int {
	if y == 0 {
		y = 4
	}
	return time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// counts of a month's days, and the busiest.
func (m *month) counts() (c [32]int, most int) {
	for _, d := range m.days {
		c[d.date.Day] = len(d.nodes)
		most = max(most, len(d.nodes))
	}
	return c, most
}
