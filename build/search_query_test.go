package build

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"backfile/build/search/words"
)

// A found is an article of the archive that queries are tried on, with its
// words: it is gone through from the first to the last for each query.
type found struct {
	url, date   string
	title, text []string // words, "" where a phrase cannot go on
	topics      []string
}

// A claim is a part of a query, and which articles it holds for.
type claim struct {
	text  string
	holds func(a *found) bool
}

// wordsOf are the forms of a text at their positions.
func wordsOf(text string) []string {
	var list []string
	pos := 0
	for block := range strings.SplitSeq(text, "\n\n") {
		next := words.Scan(block, pos, func(t words.Token) {
			for len(list) <= t.Pos {
				list = append(list, "")
			}
			list[t.Pos] = words.Fold(t.Raw)
		})
		if next > pos {
			pos = next - 1 + words.Gap
		}
	}
	return list
}

// has reports whether a text has a word in any form of it.
func has(list []string, word string) bool {
	stem := words.LangOf("en").Stem(word)
	return slices.ContainsFunc(list, func(w string) bool { return w == word || w != "" && words.LangOf("en").Stem(w) == stem })
}

func hasPrefix(list []string, prefix string) bool {
	return slices.ContainsFunc(list, func(w string) bool { return strings.HasPrefix(w, prefix) })
}

func hasRow(list, row []string) bool {
	for i := range list {
		if i+len(row) <= len(list) && slices.Equal(list[i:i+len(row)], row) {
			return true
		}
	}
	return false
}

// A queryMaker makes random archives and queries.
type queryMaker struct {
	*rand.Rand
	stems    []string
	articles []*found
}

func (q *queryMaker) word() string {
	// Few words are in more than half of the articles: those are not asked for.
	w := q.stems[int(float64(len(q.stems))*q.Float64()*q.Float64())]
	return w + []string{"", "", "s", "ed", "ing"}[q.IntN(5)]
}

func (q *queryMaker) words(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = q.word()
	}
	return list
}

// site writes n articles.
func (q *queryMaker) site(t *testing.T, n int) *testSite {
	s := &testSite{t: t, dir: t.TempDir()}
	s.write("site.yaml", "title: Queries\nlanguage: en\n")
	for i := range n {
		a := &found{date: fmt.Sprintf("%04d-%02d-%02d", 2018+q.IntN(5), 1+q.IntN(12), 1+q.IntN(28))}
		if q.IntN(15) == 0 {
			a.date = ""
		}
		title := strings.Join(q.words(1+q.IntN(4)), " ")
		var text strings.Builder
		for k := range 5 + q.IntN(60) {
			if k > 0 {
				text.WriteString([]string{" ", " ", " ", " ", ", ", "\n\n"}[q.IntN(6)])
			}
			text.WriteString(q.word())
		}
		for range q.IntN(3) {
			if topic := fmt.Sprintf("topic %c", 'a'+rune(q.IntN(6))); !slices.Contains(a.topics, topic) {
				a.topics = append(a.topics, topic)
			}
		}
		front := fmt.Sprintf("title: %q\ntopics: [%s]\nslug: a%d\n", title, strings.Join(a.topics, ", "), i)
		a.url = fmt.Sprintf("undated/a%d.html", i)
		if a.date != "" {
			front += "date: " + a.date + "\n"
			a.url = strings.ReplaceAll(a.date, "-", "/") + fmt.Sprintf("/a%d.html", i)
		}
		a.title, a.text = wordsOf(title), wordsOf(text.String())
		q.articles = append(q.articles, a)
		s.write(fmt.Sprintf("content/a%d.md", i), "---\n"+front+"---\n"+text.String()+"\n")
	}
	s.build()
	return s
}

// known returns a word that fewer than half of the articles have, and some do.
func (q *queryMaker) known() string {
	for {
		w := q.word()
		n, exact := 0, false
		for _, a := range q.articles {
			if has(a.title, w) || has(a.text, w) {
				n++
			}
			exact = exact || slices.Contains(a.text, w)
		}
		if exact && 2*n < len(q.articles) {
			return w
		}
	}
}

// claim makes one part of a query.
func (q *queryMaker) claim() claim {
	w := q.known()
	switch q.IntN(6) {
	case 0:
		a := q.articles[q.IntN(len(q.articles))]
		list := a.text
		if q.IntN(3) == 0 {
			list = a.title
		}
		from := q.IntN(len(list))
		row := list[from:min(len(list), from+2+q.IntN(2))]
		if slices.Contains(row, "") || len(row) == 0 {
			break
		}
		return claim{`"` + strings.Join(row, " ") + `"`, func(a *found) bool { return hasRow(a.title, row) || hasRow(a.text, row) }}
	case 1:
		prefix := w[:3]
		return claim{prefix + "*", func(a *found) bool { return hasPrefix(a.title, prefix) || hasPrefix(a.text, prefix) }}
	case 2:
		return claim{"title:" + w, func(a *found) bool { return has(a.title, w) }}
	case 3:
		o := q.known()
		return claim{w + " OR " + o, func(a *found) bool { return has(a.title, w) || has(a.text, w) || has(a.title, o) || has(a.text, o) }}
	case 4:
		topic := fmt.Sprintf("topic %c", 'a'+rune(q.IntN(6)))
		return claim{`topic:"` + topic + `"`, func(a *found) bool { return slices.Contains(a.topics, topic) }}
	}
	return claim{w, func(a *found) bool { return has(a.title, w) || has(a.text, w) }}
}

// query makes a whole query of several claims, some of them denied.
func (q *queryMaker) query() (text string, holds func(a *found) bool) {
	claims := []claim{q.claim()}
	for range q.IntN(3) {
		c := q.claim()
		if q.IntN(3) == 0 && !strings.Contains(c.text, " OR ") {
			claims = append(claims, claim{"-" + c.text, func(a *found) bool { return !c.holds(a) }})
			continue
		}
		claims = append(claims, c)
	}
	if q.IntN(3) == 0 {
		from := 2018 + q.IntN(5)
		month := fmt.Sprintf("%d-%02d", from, 1+q.IntN(12))
		claims = append(claims, []claim{
			{fmt.Sprintf("date:%d..%d", from, from+1), func(a *found) bool { return a.date >= fmt.Sprint(from) && a.date < fmt.Sprint(from+2) }},
			{"date:" + month, func(a *found) bool { return strings.HasPrefix(a.date, month) }},
			{"date:.." + month + "-15", func(a *found) bool { return a.date != "" && a.date <= month+"-15" }},
		}[q.IntN(3)])
	}
	var texts []string
	for _, c := range claims {
		texts = append(texts, c.text)
	}
	return strings.Join(texts, " ") + " ", func(a *found) bool {
		return !slices.ContainsFunc(claims, func(c claim) bool { return !c.holds(a) })
	}
}

// find asks the page's search for the articles that a query finds strictly.
const find = `(async () => {
	const index = window.backfileSearch, r = await index.search(%s, {});
	const cards = await index.cards(Array.from(r.docs.slice(0, r.strict)));
	return { urls: cards.map((c) => c.url), total: r.total, corrections: r.corrections, unknown: r.unknown, ignored: r.ignored };
})()`

func TestSearchFindsWhatAScanOfTheTextsFinds(t *testing.T) {
	b := newBrowser(t)
	for seed := range uint64(3) {
		q := &queryMaker{Rand: rand.New(rand.NewPCG(seed, 8))}
		for i := range 60 + 40*int(seed) {
			q.stems = append(q.stems, word(uint64(1000+37*i))+"t")
		}
		n := []int{40, 300, 1300}[seed] // the last one has three segments
		s := q.site(t, n)
		b.open(serve(t, s.path("public")) + "search/index.html")
		b.until("window.backfileSearch && window.backfileSearch.n === " + fmt.Sprint(n))
		for range 80 {
			text, holds := q.query()
			var got struct {
				URLs        []string
				Total       int
				Corrections []any
				Unknown     []string
				Ignored     []string
			}
			b.eval(fmt.Sprintf(find, quote(text)), &got)
			var want []string
			for _, a := range q.articles {
				if holds(a) {
					want = append(want, a.url)
				}
			}
			slices.Sort(got.URLs)
			slices.Sort(want)
			if !slices.Equal(got.URLs, want) || got.Total != len(want) {
				t.Errorf("search of %q among %d articles\n got %d %v\nwant %d %v\n%+v", text, n, got.Total, got.URLs, len(want), want, got)
			}
		}
		b.quiet()
		if t.Failed() {
			return
		}
	}
}
