package main

import (
	"math"
	"slices"
	"testing"
)

func body(s string) *string { return &s }

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// The figures were worked out by hand.
func TestBodiesAreMeasuredBySequencesOfFourWords(t *testing.T) {
	s := &set{ids: []string{"a", "b", "c"}, truth: map[string]truth{
		"a": {Body: body("The river fell by forty centimetres.")},
		"b": {Body: body("Rain.")},
		"c": {Body: body("Nothing was found here.")},
	}}
	got := map[string]cleaned{
		"a": {Body: "Menu. The river fell by forty centimetres"}, // 3 of 4, and all 3
		"b": {Body: "rain"},                                      // another word: case counts
		"c": {},                                                  // no text: no precision
	}
	m := bodies(s, got)
	if p, r := (0.75+0)/2, 1.0/3; m.n != 3 || !near(m.precision, p) || !near(m.recall, r) || !near(m.f1, 2*p*r/(p+r)) || m.exact != 0 {
		t.Errorf("bodies = %+v, want precision %v, recall %v", m, p, r)
	}
}

func TestSegmentsAreCountedOverAllPages(t *testing.T) {
	s := &set{ids: []string{"a"}, truth: map[string]truth{"a": {With: []string{"the river", "fell", "rose"}, Without: []string{"menu", "login"}}}}
	m := segments(s, map[string]cleaned{"a": {Body: "menu\nthe  river\nfell"}})
	if !near(m.precision, 2.0/3) || !near(m.recall, 2.0/3) || !near(m.f1, 2.0/3) {
		t.Errorf("segments = %+v, want 2/3 of each", m)
	}
}

func TestFieldsAreComparedWithoutCaseAndMarks(t *testing.T) {
	a := cleaned{Title: "“The Mill” stays", Authors: []string{"Bo Ray", "ANN LEE"}, Date: "2023-12-31T18:04:00Z"}
	b := cleaned{Title: "The mill stays!", Authors: []string{"Ann Lee", "Bo Ray"}, Date: "2023-12-31"}
	for _, field := range []string{"title", "author", "date"} {
		if !slices.Equal(a.values(field), b.values(field)) {
			t.Errorf("%s: %q is not %q", field, a.values(field), b.values(field))
		}
	}
	if b.Authors = b.Authors[:1]; slices.Equal(a.values("author"), b.values("author")) {
		t.Error("one of two authors counts as both")
	}
}

func TestPlainTextHasNoMarkupAndNoCaptions(t *testing.T) {
	src := "## A *head*\n\n1\\. Text with a [link](https://x.example \"t\") &amp; ![alt](p.jpg \"caption\").\n\n> - one[^1]\n\n| a | b |\n|---|---|\n| c | d |\n\n[^1]: note\n"
	want := []string{"A", "head", "1", "Text", "with", "a", "link", "one", "a", "b", "c", "d", "note"}
	if got := tokens(plainText(src)); !slices.Equal(got, want) {
		t.Errorf("words are %q, want %q", got, want)
	}
}
