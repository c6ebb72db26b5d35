package site

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"backfile/build/article"
	"backfile/build/config"
	"backfile/build/content"
	"backfile/build/internal/digest"
)

// entry is an article of a day, with the digests that a scan would give it.
func entry(path, date string, topics ...string) *content.Entry {
	d, err := article.ParseDate(date)
	if err != nil && date != "" {
		panic(err)
	}
	sum := digest.Of([]byte(path), []byte(date), []byte(strings.Join(topics, ",")))
	return &content.Entry{Path: path, Digest: sum, Card: sum, Meta: article.Meta{Title: "T " + path, Date: d, Topics: topics}}
}

// archive is n articles, one every other day, on two topics.
func archive(n int) []*content.Entry {
	var list []*content.Entry
	for i := range n {
		date := fmt.Sprintf("%04d-%02d-%02d", 2001+i/336, 1+i/28%12, 1+i%28)
		list = append(list, entry(fmt.Sprintf("%05d.md", i), date, "all", fmt.Sprint("t", i%3)))
	}
	return list
}

func newSite(t *testing.T, cfg config.Config, entries []*content.Entry) *Site {
	t.Helper()
	if cfg.PageSize == 0 {
		cfg.PageSize = 10
	}
	cfg.Language = "en"
	s, problems := New(&cfg, Sources{Entries: entries})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// inputs returns the digest of what each page is drawn from.
func inputs(s *Site) map[string]digest.Sum {
	m := map[string]digest.Sum{}
	for p := range s.Pages() {
		m[p.Path] = p.Inputs
	}
	return m
}

// TestNewestArticleLeavesFrozenPagesAlone: lists are cut from the oldest, so
// that page 1 never changes again once it is full; nor do article pages, but
// for the one that had been the newest and now has a next.
func TestNewestArticleLeavesFrozenPagesAlone(t *testing.T) {
	entries := archive(400)
	for range 30 {
		before := inputs(newSite(t, config.Config{}, entries))
		i := len(entries)
		entries = append(entries, archive(i + 1)[i])
		after := inputs(newSite(t, config.Config{}, entries))
		articles := 0
		for p, sum := range before {
			if after[p] == sum {
				continue
			}
			if strings.Contains(p, "/page-") && after[p] != (digest.Sum{}) && !isStub(t, entries[:i], p) {
				t.Errorf("article %d changes %s, a full page of a list", i, p)
			}
			if strings.Contains(p, "feed-") {
				t.Errorf("article %d changes %s, an archive document of a feed", i, p)
			}
			if strings.HasSuffix(p, fmt.Sprintf("/%05d.html", i-1)) {
				articles++
			} else if regexp.MustCompile(`/\d{5}\.html$`).MatchString(p) {
				t.Errorf("article %d changes %s, an article's page", i, p)
			}
		}
		if articles != 1 {
			t.Errorf("article %d changes the page of the one before it %d times, want once: it has a next now", i, articles)
		}
	}
}

// isStub reports whether p was the redirect that stands where the next full
// page will be.
func isStub(t *testing.T, entries []*content.Entry, path string) bool {
	for p := range newSite(t, config.Config{}, entries).Pages() {
		if p.Path == path {
			return p.Layout == "redirect"
		}
	}
	return false
}

// TestListsHoldEveryArticleOnce walks all pages of a list.
func TestListsHoldEveryArticleOnce(t *testing.T) {
	for _, n := range []int{0, 1, 4, 5, 10, 14, 15, 16, 99, 100, 101} {
		s := newSite(t, config.Config{}, archive(n))
		seen := map[string]int{}
		pages := map[string]*View{}
		for p := range s.Pages() {
			if strings.HasPrefix(p.Path, "topics/all/") && p.Layout == "term" {
				pages[p.Path] = p.View()
			}
		}
		for path, v := range pages {
			for _, g := range v.List.Groups {
				for _, it := range g.Items {
					seen[it.URL]++
				}
			}
			for _, to := range []string{v.List.Older} {
				if to != "" && pages[to] == nil {
					t.Errorf("of %d articles, %s leads to %s, which is not there", n, path, to)
				}
			}
		}
		if len(seen) != n {
			t.Errorf("of %d articles the list shows %d", n, len(seen))
		}
		for url, times := range seen {
			if times != 1 {
				t.Errorf("of %d articles the list shows %s %d times", n, url, times)
			}
		}
	}
}

// TestEveryLinkHasItsPage follows every address in every view.
func TestEveryLinkHasItsPage(t *testing.T) {
	entries := append(archive(130), entry("u.md", "", "all"), entry("m.md", "2001-03", "all"), entry("y.md", "2001", "t1"))
	s := newSite(t, config.Config{BaseURL: "https://x.example/"}, entries)
	there := map[string]bool{}
	for p := range s.Pages() {
		there[p.Path] = true
	}
	for p := range s.Pages() {
		for _, to := range addresses(p.View()) {
			if to != "" && !there[to] {
				t.Errorf("%s leads to %s, which is not there", p.Path, to)
			}
		}
	}
}

// addresses returns the links of a view.
func addresses(v *View) []string {
	out := []string{v.Target, v.FeedURL}
	link := func(l *Link) {
		if l != nil {
			out = append(out, l.URL)
		}
	}
	list := func(groups []Group) {
		for _, g := range groups {
			out = append(out, g.URL)
			for _, it := range g.Items {
				out = append(out, it.URL)
			}
		}
	}
	grid := func(g MonthGrid) {
		out = append(out, g.URL)
		for _, w := range g.Weeks {
			for _, c := range w {
				out = append(out, c.URL)
			}
		}
	}
	if v.List != nil {
		out = append(out, v.List.Older, v.List.Newer, v.List.Index)
		list(v.List.Groups)
	}
	if a := v.Article; a != nil {
		out = append(out, a.DayURL)
		for _, l := range slices.Concat(a.Topics, a.People, a.Places, a.Authors, []Link{a.SourceLink}) {
			out = append(out, l.URL)
		}
		for _, it := range a.Related {
			out = append(out, it.URL)
		}
	}
	if v.Day != nil {
		link(v.Day.Prev)
		link(v.Day.Next)
		out = append(out, v.Day.Month.URL, v.Day.Year.URL, v.Day.OnDay.URL)
	}
	if v.Month != nil {
		link(v.Month.Prev)
		link(v.Month.Next)
		grid(v.Month.Grid)
	}
	if v.Year != nil {
		for _, g := range v.Year.Months {
			grid(g)
		}
	}
	for _, g := range v.OnDays {
		grid(g)
	}
	if v.Home != nil {
		list(v.Home.Latest)
		list(v.Home.OnItems)
		out = append(out, v.Home.OnURL)
	}
	if n := v.Titles; n != nil {
		link(n.Prev)
		link(n.Next)
		for _, l := range slices.Concat(n.Up, n.Branches) {
			out = append(out, l.URL)
		}
		for _, g := range n.Groups {
			for _, it := range g.Items {
				out = append(out, it.URL)
			}
		}
	}
	if v.OnDay != nil {
		out = append(out, v.OnDay.Prev.URL, v.OnDay.Next.URL)
	}
	return out
}

// TestOnThisDayHas366Pages: one for each calendar day, 29 February too.
func TestOnThisDayHas366Pages(t *testing.T) {
	s := newSite(t, config.Config{}, []*content.Entry{entry("a.md", "2020-02-29", "x"), entry("b.md", "2024-02-29", "x"), entry("c.md", "2023-02-28", "x")})
	days := map[string]*View{}
	for p := range s.Pages() {
		if p.Layout == "on-this-day" {
			days[p.Path] = p.View()
		}
	}
	if len(days) != 366 {
		t.Errorf("%d pages, want 366", len(days))
	}
	leap := days["on-this-day/02-29.html"]
	if leap == nil || len(leap.List.Groups) != 2 || leap.List.Groups[0].Date.Year != 2024 {
		t.Errorf("29 February has %+v, want 2024 and then 2020", leap)
	}
	if next := days["on-this-day/12-31.html"].OnDay.Next.URL; next != "on-this-day/01-01.html" {
		t.Errorf("after 31 December comes %s", next)
	}
	if prev := days["on-this-day/03-01.html"].OnDay.Prev.URL; prev != "on-this-day/02-29.html" {
		t.Errorf("before 1 March comes %s", prev)
	}
}

// TestRelatedLooksBackOnly: no article names a later one, and one that shares
// more comes first.
func TestRelatedLooksBackOnly(t *testing.T) {
	s := newSite(t, config.Config{}, []*content.Entry{
		entry("a.md", "2020-01-01", "flood", "bridge"),
		entry("b.md", "2020-01-02", "flood"),
		entry("c.md", "2020-01-03", "flood", "bridge"),
		entry("d.md", "2020-01-04", "chess"),
	})
	for i, n := range s.dated {
		for _, r := range n.related {
			if r.seq >= i {
				t.Errorf("%s has the later %s as related", n.Path, r.Path)
			}
		}
	}
	if c := s.dated[2].related; len(c) != 2 || c[0].Path != "a.md" {
		t.Errorf("related to c.md: %d, first %s; want 2, a.md first, which shares two topics", len(c), c[0].Path)
	}
	if d := s.dated[3].related; len(d) != 0 {
		t.Errorf("an article of its own topic has %d related", len(d))
	}
}

// TestDatesKeepTheirPrecision: a month is not its first day.
func TestDatesKeepTheirPrecision(t *testing.T) {
	s := newSite(t, config.Config{Timezone: ""}, []*content.Entry{
		entry("y.md", "2019", "x"), entry("m.md", "2019-03", "x"), entry("d.md", "2019-03-01", "x"),
		entry("late.md", "2019-03-01T23:30:00-05:00", "x"), entry("none.md", "", "x"),
	})
	for path, want := range map[string]string{
		"y.md": "2019/y.html", "m.md": "2019/03/m.html", "d.md": "2019/03/01/d.html", "late.md": "2019/03/01/late.html", "none.md": "undated/none.html",
	} {
		if got := s.byPath[path].url; got != want {
			t.Errorf("%s is at %s, want %s", path, got, want)
		}
	}
	if _, days, _ := s.Counts(); days != 1 {
		t.Errorf("%d days, want 1", days)
	}
}

// TestAddresses covers names that could lead astray.
func TestAddresses(t *testing.T) {
	tests := []struct{ path, date, want string }{
		{"2023/12/31/flood.md", "2023-12-31", "2023/12/31/flood.html"},
		{"posts/2023-12-31-flood.md", "2023-12-31", "2023/12/31/flood.html"},
		{"articles/flood/index.md", "2023-12-31", "2023/12/31/flood.html"},
		{"2023-12-31.md", "2023-12-31", "2023/12/31/2023-12-31.html"},
		{"x/con.md", "2023-12-31", ""},
		{"x/index.md", "2023-12-31", "2023/12/31/x.html"},
		{"Москва.md", "2023-12-31", ""},
		{"🙂.md", "2023-12-31", ""},
		{"page-1.md", "2023-12-31", ""},
	}
	for _, tt := range tests {
		n := &node{Entry: entry(tt.path, tt.date)}
		n.date = n.Date
		got := address(n)
		if tt.want != "" && got != tt.want {
			t.Errorf("%s is published at %s, want %s", tt.path, got, tt.want)
		}
		last := got[strings.LastIndex(got, "/")+1:]
		if !strings.HasPrefix(got, "2023/12/31/") || last == ".html" || strings.HasPrefix(last, "page-1.") || last == "con.html" || last == "index.html" || strings.ContainsFunc(last, func(r rune) bool { return r > 126 || r <= ' ' }) {
			t.Errorf("%s is published at %q, which is no safe name", tt.path, got)
		}
	}
}

// TestAliasPath covers addresses of other generators, and hostile ones.
func TestAliasPath(t *testing.T) {
	for in, want := range map[string]string{
		"/old/story/": "old/story/index.html", "old/story.html": "old/story.html", "/2020/01/x": "2020/01/x/index.html",
		"/releases/1.58.0": "releases/1.58.0/index.html", "../../etc/passwd": "etc/passwd/index.html", "/a/%D0%BC/": "a/м/index.html",
	} {
		if got, why := aliasPath(in); got != want || why != "" {
			t.Errorf("aliasPath(%q) = %q, %q; want %q", in, got, why, want)
		}
	}
	for _, in := range []string{"/?p=12", "/", "", "/.git/config", "/a\x00b", "/" + strings.Repeat("x", 300), `/a\b`} {
		if got, why := aliasPath(in); why == "" {
			t.Errorf("aliasPath(%q) = %q, want it refused", in, got)
		}
	}
}
