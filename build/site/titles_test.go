package site

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"backfile/build/config"
	"backfile/build/content"
	"backfile/build/internal/digest"
)

// titlesOnPage is how many titles a page holds in these tests.
const titlesOnPage = 4 * 10

// titledEntries is an article for each title, one a day, some without a date.
func titledEntries(titles ...string) []*content.Entry {
	var list []*content.Entry
	for i, title := range titles {
		e := entry(fmt.Sprintf("%06d.md", i), fmt.Sprintf("%04d-%02d-%02d", 1901+i/336, 1+i/28%12, 1+i%28))
		if i%17 == 3 {
			e = entry(e.Path, "")
		}
		e.Title = title
		e.Card = digest.Of([]byte(e.Path), []byte(title))
		list = append(list, e)
	}
	return list
}

// titlePages returns the views of the index of titles, by path.
func titlePages(t *testing.T, entries []*content.Entry) map[string]*View {
	t.Helper()
	pages := map[string]*View{}
	for p := range newSite(t, config.Config{}, entries).Pages() {
		if p.Layout == "titles" {
			if pages[p.Path] != nil {
				t.Errorf("%s is there twice", p.Path)
			}
			pages[p.Path] = p.View()
		}
	}
	return pages
}

// titleItems returns the articles of a page of the index.
func titleItems(v *View) []Item {
	var items []Item
	for _, g := range v.Titles.Groups {
		items = append(items, g.Items...)
	}
	if v.List != nil {
		for _, g := range v.List.Groups {
			items = append(items, g.Items...)
		}
	}
	return items
}

func repeat(n int, title func(i int) string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = title(i)
	}
	return list
}

// headlines makes n titles as newspapers have them: few words begin many.
func someHeadlines(n int, seed uint64) []string {
	rnd := rand.New(rand.NewPCG(seed, 1))
	words := strings.Fields("The ferry council votes river Harbour bridge flood mayor says Börse steigt Éléphant öffnet İstanbul'da Ярмарка открылась ёлка Йемен выборы в городе المدينة النهر علی دولت 洪水 河川 大橋 서울 도쿄 부산 かもめ ガス 1984 7 days “Quoted” <tag> U.S. x y z")
	han := func() string {
		return string(rune(0x4E00+rnd.IntN(20000))) + string(rune(0x4E00+rnd.IntN(20000))) + "新聞"
	}
	return repeat(n, func(int) string {
		if rnd.IntN(4) == 0 {
			return han()
		}
		var title []string
		for range 1 + rnd.IntN(5) {
			title = append(title, words[min(rnd.IntN(len(words)), rnd.IntN(len(words)))])
		}
		return strings.Join(title, " ")
	})
}

// titleSets are archives that strain the tree.
func titleSets() map[string][]string {
	return map[string][]string{
		"nothing":          nil,
		"one":              {"Flood"},
		"a page full":      someHeadlines(titlesOnPage, 1),
		"one more":         someHeadlines(titlesOnPage+1, 1),
		"headlines":        someHeadlines(6000, 2),
		"all the same":     repeat(793, func(int) string { return "News" }),
		"no letters":       repeat(450, func(i int) string { return strings.Repeat("?", 1+i%7) }),
		"figures":          repeat(900, func(i int) string { return fmt.Sprint(i) }),
		"a long beginning": repeat(700, func(i int) string { return fmt.Sprintf("Campaign assessment, day %d", i) }),
		"too long to tell": repeat(450, func(i int) string { return strings.Repeat("Word ", 40) + fmt.Sprint(i) }),
		"each in the next": repeat(400, func(i int) string { return strings.Repeat("a", i) }),
		"same, and more":   append(repeat(500, func(int) string { return "News" }), repeat(500, func(i int) string { return fmt.Sprintf("News %d", i%9) })...),
		"of devices": repeat(900, func(i int) string {
			return []string{"Con", "Aux", "Nul", "Index", "Com1", "Page 1"}[i%6] + []string{"", " ", "s", " a"}[i/6%4]
		}),
		"signs":               repeat(3000, func(i int) string { return string(rune(0x4E00+i*7)) + "新聞" }),
		"signs after a sign":  repeat(900, func(i int) string { return "中" + string(rune(0x4E00+i*20)) }),
		"signs after letters": repeat(900, func(i int) string { return "U " + string(rune(0x4E00+i*20)) + "r" }),
	}
}

// TestIndexOfTitlesHoldsEveryArticleOnce, on pages that are not too long, to
// each of which a link leads.
func TestIndexOfTitlesHoldsEveryArticleOnce(t *testing.T) {
	for name, titles := range titleSets() {
		t.Run(name, func(t *testing.T) {
			pages := titlePages(t, titledEntries(titles...))
			seen := map[string]int{}
			reached := map[string]bool{titlesIndex: true}
			for p, v := range pages {
				items := titleItems(v)
				if len(items) > titlesOnPage {
					t.Errorf("%s has %d titles, want at most %d", p, len(items), titlesOnPage)
				}
				if len(items)+len(v.Titles.Branches) == 0 && len(titles) > 0 {
					t.Errorf("%s has nothing", p)
				}
				under := v.Titles.Label
				if len(v.Titles.Up) > 0 {
					under = v.Titles.Up[0].Label
				}
				for _, it := range items {
					seen[it.URL]++
					first, _ := utf8.DecodeRuneInString(keyOf(it.Title))
					if utf8.RuneCountInString(under) == 1 && under != "…" && keyLabel(string(first)) != under {
						t.Errorf("%s has %q, which does not begin with %s", p, it.Title, under)
					}
				}
				for _, l := range v.Titles.Branches {
					reached[l.URL] = true
				}
				for _, to := range addresses(v) {
					if strings.HasPrefix(to, "titles/") && pages[to] == nil && !strings.Contains(to, "_page-") {
						t.Errorf("%s leads to %s, which is not there", p, to)
					}
				}
				if !v.NoIndex {
					t.Errorf("%s does not say noindex", p)
				}
			}
			if len(seen) != len(titles) {
				t.Errorf("%d of %d articles are in the index", len(seen), len(titles))
			}
			for url, n := range seen {
				if n != 1 {
					t.Errorf("%s is in the index %d times", url, n)
				}
			}
			for p := range pages {
				if !reached[p] && !strings.Contains(p, "_page-") {
					t.Errorf("no page leads to %s", p)
				}
			}
		})
	}
}

// TestPagesOfTitlesHaveNamesForEveryDisk: no two are the same, in whatever
// case, and none is one that some system keeps for itself.
func TestPagesOfTitlesHaveNamesForEveryDisk(t *testing.T) {
	plain := regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	device := regexp.MustCompile(`^(con|prn|aux|nul|com.|lpt.)$`)
	for set, titles := range titleSets() {
		for p := range titlePages(t, titledEntries(titles...)) {
			name := strings.TrimSuffix(path.Base(p), ".html")
			if path.Dir(p) != "titles" || !plain.MatchString(name) || device.MatchString(name) || len(name) > 120 {
				t.Errorf("%s: %s is no name for every disk", set, p)
			}
		}
	}
	names := map[string]string{}
	for _, prefix := range []string{
		"a", "a b", "ab", "a 4e00", "u", "u 44f", "u44f", "я", "яр", "я р", "con", "con end", "index", "index end", "0 9", "09", "r", "r 4e00", "other signs", "x",
		strings.Repeat("a", 100), strings.Repeat("a", 101), strings.Repeat("я", 50), strings.Repeat("я", 51), "中", "中 中",
	} {
		for _, name := range []string{keyName(prefix), keyName(prefix) + "_end", keyName(prefix) + "_page-1", keyName(prefix) + "_r_4e00-4eff", keyName(prefix) + "_s_4e00-4eff"} {
			if other, ok := names[name]; ok {
				t.Errorf("%q and %q have the name %s", prefix, other, name)
			}
			names[name] = prefix
		}
	}
	for _, own := range []string{"0_9", "other_signs", "r_4e00-4eff", "s_4e00-4eff"} {
		if prefix, ok := names[own]; ok {
			t.Errorf("%q has the name %s, which is taken", prefix, own)
		}
	}
}

// TestNewArticleChangesOnePageOfTitles, but where another page is needed.
func TestNewArticleChangesOnePageOfTitles(t *testing.T) {
	const articles = 40
	entries := titledEntries(someHeadlines(8000, 3)...)
	total := 0
	after := titleInputs(t, 50, entries[:len(entries)-articles])
	for n := len(entries) - articles + 1; n <= len(entries); n++ {
		before := after
		after = titleInputs(t, 50, entries[:n])
		changed := 0
		for p, sum := range after {
			if before[p] != sum {
				changed++
			}
		}
		if total += changed; changed == 0 {
			t.Errorf("article %q changes no page of the index", entries[n-1].Title)
		}
	}
	if total > articles*3/2 {
		t.Errorf("%d articles change %d pages, want about one each", articles, total)
	}
}

// titleInputs returns the digest of what each page of the index is drawn from.
func titleInputs(t *testing.T, pageSize int, entries []*content.Entry) map[string]digest.Sum {
	t.Helper()
	m := map[string]digest.Sum{}
	p := &pager{Site: newSite(t, config.Config{PageSize: pageSize}, entries), h: digest.New(), yield: func(p Page) bool {
		m[p.Path] = p.Inputs
		return true
	}}
	p.titles()
	return m
}

// TestTitlesAreInOrder: within a page, and from page to page as they are
// linked.
func TestTitlesAreInOrder(t *testing.T) {
	pages := titlePages(t, titledEntries(someHeadlines(3000, 4)...))
	for p, v := range pages {
		if v.List != nil {
			continue
		}
		var keys []string
		for _, it := range titleItems(v) {
			keys = append(keys, keyOf(it.Title))
		}
		if p != titlesIndex && !slices.IsSorted(keys) {
			t.Errorf("%s has %q, which are not in order", p, keys)
		}
	}
	small := titlePages(t, titledEntries("Zebra", "“Ärger” im Hafen", "The ferry", "7 days", "apple", "the Ferry", "???", "Ёлка", "洪水", "U.S. votes", "US Steel", "Flood"))
	var got []string
	for _, g := range small[titlesIndex].Titles.Groups {
		got = append(got, "["+g.Label+"]")
		for _, it := range g.Items {
			got = append(got, it.Title)
		}
	}
	want := "[0–9] 7 days [A] apple “Ärger” im Hafen [F] Flood [T] The ferry the Ferry [U] US Steel U.S. votes [Z] Zebra [Е] Ёлка [洪] 洪水 […] ???"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("a small archive has\n %s\nwant\n %s", s, want)
	}
}

// TestTitlesThatAreTheSameStandOnNumberedPages, of which full ones stay.
func TestTitlesThatAreTheSameStandOnNumberedPages(t *testing.T) {
	titles := append(repeat(300, func(int) string { return "Editorial" }), repeat(300, func(i int) string { return fmt.Sprintf("Flood %d", i) })...)
	pages := titlePages(t, titledEntries(titles...))
	first := pages["titles/e_page-1.html"]
	if first == nil || pages["titles/e.html"] == nil || len(titleItems(first)) != 10 {
		t.Fatalf("300 titles that are the same have the pages %v", slices.Sorted(maps.Keys(pages)))
	}
	before := titleInputs(t, 10, titledEntries(titles...))
	after := titleInputs(t, 10, titledEntries(append(titles, "Editorial", "Great storm")...))
	for p, sum := range before {
		if strings.HasPrefix(p, "titles/e_page-") && after[p] != sum {
			t.Errorf("two new articles change %s", p)
		}
	}
}

func TestKeysOfTitles(t *testing.T) {
	for title, want := range map[string]string{
		"The Ferry":                "the ferry",
		"  “Don't  —  go!”":        "dont go",
		"Don’t":                    "dont",
		"U.S. 10.5%":               "us 105",
		"ÉLÉPHANT":                 "elephant",
		"E\u0301le\u0301phant":     "elephant",
		"Straße, Ærø, Łódź, Iğdır": "strasse aero lodz igdir",
		"İstanbul":                 "istanbul",
		"Đặng Tiểu Bình":           "dang tieu binh",
		"Ёлки, Йемен и за\u0301мок": "елки йемен и замок",
		"Її":                           "її",
		"Ὀδυσσεύς":                     "οδυσσευσ",
		"أُمَّة آخر":                   "امة اخر",
		"شـــهر ١٩٨٤":                  "شهر 1984",
		"می\u200cرود":                  "میرود",
		"שָׁלוֹם":                      "שלום",
		"हिन्दी":                       "हिन्दी",
		"서울 각":                         "\u1109\u1165\u110b\u116e\u11af \u1100\u1161\u11a8",
		"ガス":                           "かす",
		"ﬁne Ⅳ ①":                      "fine iv 1",
		"习近平：讲话":                       "习近平 讲话",
		"???":                          "",
		"":                             "",
		"\u0301":                       "",
		"<b>x</b>":                     "b x b",
		"😀 Smile":                      "smile",
		strings.Repeat("я", 300):       strings.Repeat("я", maxKey/2),
		"x" + strings.Repeat("я", 300): "x" + strings.Repeat("я", (maxKey-1)/2),
	} {
		if got := keyOf(title); got != want {
			t.Errorf("keyOf(%q) = %q, want %q", title, got, want)
		}
	}
}

func BenchmarkTitles(b *testing.B) {
	s, _ := New(&config.Config{PageSize: 50, Language: "en"}, Sources{Entries: titledEntries(someHeadlines(100_000, 5)...)})
	for b.Loop() {
		p := &pager{Site: s, h: digest.New(), yield: func(Page) bool { return true }}
		p.titles()
	}
}
