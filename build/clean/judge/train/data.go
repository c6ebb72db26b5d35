package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"backfile/build/clean"
	"backfile/build/clean/judge"
	"backfile/build/clean/memory"
)

// A doc is a text whose story is known.
type doc struct {
	set, id, site string
	story         string
	units         []judge.Unit
	keep          []bool
	known         []bool  // the lines whose answer is known; nil when all are
	weight        float64 // of the whole doc
}

// A page is one entry of truth.json.
type page struct {
	ArticleBody string   `json:"articleBody"`
	With        []string `json:"with"`    // pieces that are the story, where the whole is not known
	Without     []string `json:"without"` // and pieces that are not
	Site        string   `json:"site"`
}

// readSet reads DIR/truth.json and the texts or pages of the folder below it,
// such as aeb/text. A page of a site with others comes twice: with what is known of
// the site and without.
func readSet(folder string, weight float64) ([]*doc, error) {
	src, err := os.ReadFile(filepath.Join(filepath.Dir(folder), "truth.json"))
	if err != nil {
		return nil, err
	}
	var truth map[string]page
	if err := json.Unmarshal(src, &truth); err != nil {
		return nil, fmt.Errorf("reading truth.json of %s: %w", folder, err)
	}
	var ids []string
	for id := range truth {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	texts, sites := map[string]string{}, map[string]int{}
	var pages []memory.Page
	for _, id := range ids {
		text, err := readText(filepath.Join(folder, id))
		if err != nil {
			return nil, err
		}
		texts[id] = text
		sites[truth[id].Site]++
		pages = append(pages, memory.Open(truth[id].Site, texts[id]))
	}
	book := memory.Learn(pages, nil)
	var out []*doc
	for _, id := range ids {
		t := truth[id]
		if len(t.With)+len(t.Without) > 0 {
			d := &doc{set: folder, id: id, site: t.Site, weight: weight, units: clean.Units(texts[id], book.Site(t.Site))}
			d.pieces(t)
			out = append(out, d)
			continue
		}
		share := weight
		if sites[t.Site] > 1 {
			share = weight / 2
			out = append(out, newDoc(&doc{set: folder, id: id, site: t.Site, story: t.ArticleBody, weight: share}, clean.Units(texts[id], nil)))
		}
		out = append(out, newDoc(&doc{set: folder + "+", id: id, site: t.Site, story: t.ArticleBody, weight: share}, clean.Units(texts[id], book.Site(t.Site))))
	}
	return out, nil
}

func newDoc(d *doc, units []judge.Unit) *doc {
	d.units = units
	d.label()
	return d
}

var token = regexp.MustCompile(`[\p{L}\p{N}\p{M}_]+`)

func tokens(s string) []string { return token.FindAllString(s, -1) }

// shingles counts the runs of four words, as the article-extraction-benchmark
// does.
func shingles(s string) map[string]int {
	t, out := tokens(s), map[string]int{}
	for i := range max(1, len(t)-3) {
		if run := t[i:min(i+4, len(t))]; len(run) > 0 {
			out[strings.Join(run, " ")]++
		}
	}
	return out
}

// pieces labels the lines that hold a piece of the truth.
func (d *doc) pieces(t page) {
	d.keep, d.known = make([]bool, len(d.units)), make([]bool, len(d.units))
	for i, u := range d.units {
		text := " " + strings.Join(tokens(u.Text), " ") + " "
		holds := func(list []string) bool {
			return slices.ContainsFunc(list, func(s string) bool {
				return s != "" && strings.Contains(text, " "+strings.Join(tokens(s), " ")+" ")
			})
		}
		with, without := holds(t.With), holds(t.Without)
		d.keep[i], d.known[i] = with, with != without
	}
}

// label finds the lines that are the story: long ones by their runs of words,
// short ones by the lines beside them.
func (d *doc) label() {
	d.keep = make([]bool, len(d.units))
	runs := shingles(d.story)
	whole := " " + strings.Join(tokens(d.story), " ") + " "
	alone := map[string]bool{}
	for line := range strings.Lines(d.story) {
		alone[strings.Join(tokens(line), " ")] = true
	}
	for i, u := range d.units {
		t := tokens(u.Text)
		if len(t) < 4 {
			continue
		}
		n := 0
		for k := 0; k+4 <= len(t); k++ {
			if runs[strings.Join(t[k:k+4], " ")] > 0 {
				n++
			}
		}
		d.keep[i] = n*10 >= (len(t)-3)*6
	}
	for i, u := range d.units {
		t := strings.Join(tokens(u.Text), " ")
		if t == "" || strings.Count(t, " ") >= 3 {
			continue
		}
		d.keep[i] = alone[t] && d.near(i) || d.joins(i, t, whole)
	}
	d.once(whole)
}

// near reports whether a line of the story stands close by.
func (d *doc) near(i int) bool {
	return slices.Contains(d.keep[max(0, i-4):min(len(d.keep), i+5)], true)
}

// joins reports whether a line follows in the story on the line above it, or
// the line below on it.
func (d *doc) joins(i int, t, whole string) bool {
	for k := i - 1; k >= max(0, i-3); k-- {
		if above := tokens(d.units[k].Text); d.keep[k] && len(above) > 0 {
			if strings.Contains(whole, " "+strings.Join(above[max(0, len(above)-2):], " ")+" "+t+" ") {
				return true
			}
		}
	}
	for k := i + 1; k <= min(len(d.keep)-1, i+3); k++ {
		if below := tokens(d.units[k].Text); d.keep[k] && len(below) > 0 {
			if strings.Contains(whole, " "+t+" "+strings.Join(below[:min(2, len(below))], " ")+" ") {
				return true
			}
		}
	}
	return false
}

// once leaves of a line that stands in the text more often than in the story
// those that have most of the story around them.
func (d *doc) once(whole string) {
	places := map[string][]int{}
	for i, u := range d.units {
		if t := strings.Join(tokens(u.Text), " "); d.keep[i] && t != "" {
			places[t] = append(places[t], i)
		}
	}
	around := func(i int) int {
		n := 0
		for k := max(0, i-12); k < min(len(d.keep), i+13); k++ {
			if d.keep[k] && d.units[k].Text != d.units[i].Text {
				n += d.units[k].Words
			}
		}
		return n
	}
	for t, list := range places {
		if n := max(1, strings.Count(whole, " "+t+" ")); len(list) > n {
			slices.SortStableFunc(list, func(a, b int) int { return around(b) - around(a) })
			for _, i := range list[n:] {
				d.keep[i] = false
			}
		}
	}
}

// examples returns the lines of a doc; a line weighs as much as it would cost
// to misjudge it.
func (d *doc) examples(rows [][]float32, fold int) []example {
	if d.known != nil {
		const one = 6 // about what a paragraph weighs
		var out []example
		for i, r := range rows {
			if d.known[i] {
				out = append(out, example{row: r, keep: d.keep[i], fold: fold, weight: d.weight * one})
			}
		}
		return out
	}
	story, rest := 0, 0
	for i, u := range d.units {
		if d.keep[i] {
			story += u.Words
		} else {
			rest += u.Words
		}
	}
	if story == 0 {
		return nil // the text does not hold the story
	}
	whole := float64(max(story, 60)) + 0.3*float64(rest)
	const every = 4 // of the many short lines that are none of the story, so many are left out but one
	out := make([]example, 0, len(rows))
	for i, r := range rows {
		w := d.weight * 100 * (float64(d.units[i].Words) + 1.5) / whole
		if !d.keep[i] && d.units[i].Words <= 5 {
			if i%every != 0 {
				continue
			}
			w *= every
		}
		out = append(out, example{row: r, keep: d.keep[i], fold: fold, weight: w})
	}
	return out
}

// score returns what of a story was found: hits, and what was kept or lost
// beside it, as shares.
func (d *doc) score(likely []float64, least float64) (precision, recall float64, kept bool) {
	var out []string
	for i, u := range d.units {
		if likely[i] >= least {
			out = append(out, u.Text)
		}
	}
	got, want := shingles(strings.Join(out, "\n")), shingles(d.story)
	tp, ng, nw := 0, 0, 0
	for k, n := range got {
		tp += min(n, want[k])
		ng += n
	}
	for _, n := range want {
		nw += n
	}
	return float64(tp) / float64(max(ng, 1)), float64(tp) / float64(max(nw, 1)), ng > 0
}
