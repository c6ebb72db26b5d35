package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A measure is what a set comes to. f1 is the share that is right where there
// is no F1.
type measure struct {
	n                            int
	f1, precision, recall, exact float64
}

// tokens cuts a text into words: letters, figures and the underscore.
func tokens(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_'
	})
}

// shingles counts the sequences of four words; a shorter text is one sequence.
func shingles(text string) map[string]int {
	const size = 4
	words, out := tokens(text), map[string]int{}
	if len(words) > 0 && len(words) < size {
		out[strings.Join(words, " ")]++
	}
	for i := 0; i+size <= len(words); i++ {
		out[strings.Join(words[i:i+size], " ")]++
	}
	return out
}

// overlap returns how many sequences two texts share, and how many only the
// one and only the other has.
func overlap(want, got string) (both, more, less int) {
	w, g := shingles(want), shingles(got)
	for k, n := range w {
		both += min(n, g[k])
		less += max(0, n-g[k])
	}
	for k, n := range g {
		more += max(0, n-w[k])
	}
	return both, more, less
}

// share is a/(a+b); two empty texts agree wholly.
func share(a, b, other int) float64 {
	switch {
	case b == 0 && other == 0:
		return 1
	case a == 0:
		return 0
	}
	return float64(a) / float64(a+b)
}

// bodies is the mean precision over pages with a text, the mean recall, and
// the F1 of the two.
func bodies(s *set, got map[string]cleaned) measure {
	var p, r, exact float64
	var texts, known int
	m := measure{}
	for _, id := range s.ids {
		if s.truth[id].Body == nil {
			continue
		}
		want, have := *s.truth[id].Body, got[id].Body
		m.n++
		both, more, less := overlap(want, have)
		if both+more > 0 {
			texts++
			p += share(both, more, less)
		}
		if both+less > 0 {
			known++
			r += share(both, less, more)
		}
		if slices.Equal(tokens(want), tokens(have)) {
			exact++
		}
	}
	m.precision, m.recall, m.exact = p/float64(max(texts, 1)), r/float64(max(known, 1)), exact/float64(max(m.n, 1))
	if m.precision+m.recall > 0 {
		m.f1 = 2 * m.precision * m.recall / (m.precision + m.recall)
	}
	return m
}

// segments counts pieces that must and must not be in the text.
func segments(s *set, got map[string]cleaned) measure {
	var found, missed, wrong int
	m := measure{}
	for _, id := range s.ids {
		t := s.truth[id]
		if t.With == nil {
			continue
		}
		m.n++
		with, without := pieces(t, got[id].Body)
		found += with
		missed += len(t.With) - with
		wrong += without
	}
	m.precision, m.recall = share(found, wrong, missed), share(found, missed, wrong)
	if found > 0 {
		m.f1 = float64(2*found) / float64(2*found+wrong+missed)
	}
	return m
}

// pieces counts the pieces of a truth that stand in a text.
func pieces(t truth, text string) (with, without int) {
	text = squeeze(text)
	for _, piece := range t.With {
		if strings.Contains(text, squeeze(piece)) {
			with++
		}
	}
	for _, piece := range t.Without {
		if strings.Contains(text, squeeze(piece)) {
			without++
		}
	}
	return with, without
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// fields is the share of pages whose title, author or date is the true one
// (f1, of those where it is known), and of those given (precision).
func fields(s *set, got map[string]cleaned, field string) measure {
	m := measure{}
	right, given := 0, 0
	for _, id := range s.ids {
		want := s.truth[id].values(field)
		if len(want) == 0 {
			continue
		}
		m.n++
		have := got[id].values(field)
		if len(have) > 0 {
			given++
		}
		if slices.Equal(have, want) {
			right++
		}
	}
	m.f1 = float64(right) / float64(max(m.n, 1))
	m.precision, m.recall = float64(right)/float64(max(given, 1)), float64(given)/float64(max(m.n, 1))
	return m
}

func (t truth) values(field string) []string {
	return cleaned{Title: t.Title, Authors: t.Author, Date: t.Date}.values(field)
}

// values returns a field in the form in which it is compared: case and marks
// do not count, nor the order of names, nor the hour.
func (c cleaned) values(field string) []string {
	var raw, out []string
	switch field {
	case "title":
		raw = []string{c.Title}
	case "author":
		raw = c.Authors
	case "date":
		raw = []string{c.Date[:min(len(c.Date), len("2024-05-17"))]}
	}
	for _, s := range raw {
		if s = strings.Join(tokens(cases.Fold().String(norm.NFKC.String(s))), " "); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// A pageRow is the measure of one page; key puts the worst first.
type pageRow struct{ id, text, key string }

func pageRows(s *set, got map[string]cleaned) []pageRow {
	var out []pageRow
	for _, id := range s.ids {
		t, c := s.truth[id], got[id]
		worth, text := 1.0, ""
		if t.Body != nil {
			both, more, less := overlap(*t.Body, c.Body)
			p, r := share(both, more, less), share(both, less, more)
			worth, text = p+r, fmt.Sprintf("P %.3f R %.3f", p, r)
		} else if t.With != nil {
			with, without := pieces(t, c.Body)
			worth = float64(with - without - len(t.With))
			text = fmt.Sprintf("%d of %d, %d of %d", with, len(t.With), without, len(t.Without))
		}
		for _, field := range []string{"title", "author", "date"} {
			if want, have := t.values(field), c.values(field); len(want) > 0 && !slices.Equal(want, have) {
				text += fmt.Sprintf(" · %s %q, want %q", field, have, want)
			}
		}
		out = append(out, pageRow{id, text, fmt.Sprintf("%09.4f", worth+1000)})
	}
	return out
}
