package search

import (
	"strings"
	"testing"
)

// TestASentenceMoreLeavesOtherWordsAsTheyWere: or each word of an article that
// was mended would have its files drawn again.
func TestASentenceMoreLeavesOtherWordsAsTheyWere(t *testing.T) {
	sums := func(text string) map[string]uint64 {
		g := newGatherer()
		g.add("The river", text, "en")
		out := map[string]uint64{}
		for p := range g.posted {
			out[p.form] = p.sum
		}
		return out
	}
	text := strings.Repeat("Water stood in the lower streets again. ", 60)
	before, after := sums(text), sums(text+"\n\nA boat brought bread.")
	for form, sum := range before {
		if after[form] != sum {
			t.Errorf("the postings of %q are others after a sentence without it", form)
		}
	}
	if _, ok := after["boat"]; !ok || len(after) != len(before)+4 {
		t.Errorf("the sentence added %d forms to %d, want 4", len(after)-len(before), len(before))
	}
	if longer := sums(text + text); longer["river"] == before["river"] {
		t.Error(`twice the text, and "river" in the title weighs the same`)
	}
}
