package site

import (
	"cmp"
	"slices"
	"strings"

	"backfile/build/article"
)

const (
	latest    = 20 // articles on the home page
	topTopics = 40 // topics on the home page, those with most articles
	onHome    = 6  // articles of earlier years on the home page
)

// home yields the front page. It knows no clock: "on this day" is the calendar
// day of the newest article.
func (p *pager) home() bool {
	newest := p.dated[max(0, len(p.dated)-latest):]
	day, earlier := p.newestDay()
	topics := p.busiest()
	h := p.start("home", "index.html")
	cards(h, newest)
	cards(h, earlier)
	p.countYears()
	for _, t := range topics {
		h.String(t.slug)
		h.String(t.label)
		h.Int(len(t.nodes))
		h.Add(t.nodes[0].Card)
		h.Add(t.nodes[len(t.nodes)-1].Card)
	}
	h.Int(len(p.terms[0].all))
	return p.page("home", "index.html", func(v *View) {
		v.FeedURL = "feed.xml"
		v.Description = p.cfg.Description
		v.Home = &Home{
			Latest: groups(newest), Years: p.yearLines(), AllTopics: len(p.terms[0].all),
			Total: len(p.dated) + len(p.undated), OnItems: groups(earlier),
		}
		if len(p.dated) > 0 {
			v.Home.First, v.Home.Last = p.dated[0].date, p.dated[len(p.dated)-1].date
		}
		if day != nil {
			v.Home.OnDay = &OnDay{Month: int(day.Month), Day: int(day.Day)}
			v.Home.OnURL = onDayURL(int(day.Month), int(day.Day))
		}
		for _, t := range topics {
			v.Home.Topics = append(v.Home.Topics, *t.view(true))
		}
	})
}

// newestDay returns the day of the newest article whose day is known, and the
// articles of that calendar day in earlier years, a few, oldest first.
func (s *Site) newestDay() (*article.Date, []*node) {
	i := len(s.dated) - 1
	for i >= 0 && s.dated[i].date.Day == 0 {
		i--
	}
	if i < 0 {
		return nil, nil
	}
	d := s.dated[i].date
	var earlier []*node
	for _, n := range slices.Backward(s.dated[:i]) {
		if n.date.Month == d.Month && n.date.Day == d.Day && n.date.Year != d.Year {
			earlier = append(earlier, n)
		}
		if len(earlier) == onHome {
			break
		}
	}
	slices.Reverse(earlier)
	return &d, earlier
}

// busiest returns the topics with most articles, by label.
func (s *Site) busiest() []*term {
	topics := slices.Clone(s.terms[0].all)
	slices.SortStableFunc(topics, func(a, b *term) int { return len(b.nodes) - len(a.nodes) })
	topics = topics[:min(topTopics, len(topics))]
	slices.SortFunc(topics, func(a, b *term) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.label), strings.ToLower(b.label)), strings.Compare(a.slug, b.slug))
	})
	return topics
}
