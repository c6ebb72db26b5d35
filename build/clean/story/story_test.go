package story

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"backfile/build/clean/page"
)

func TestABlockIsAParagraphAsReadersSeeIt(t *testing.T) {
	doc, err := html.Parse(strings.NewReader(`<div>One <b>two</b><br>three<br><br>four<p>five <a href=x>six</a></p>seven<script>x</script><span hidden>no</span></div>`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range cut(doc) {
		got = append(got, b.text)
	}
	if want := "One two three|four|five six|seven"; strings.Join(got, "|") != want {
		t.Errorf("blocks are %q, want %q", strings.Join(got, "|"), want)
	}
}

func TestEachLineDroppedHasARule(t *testing.T) {
	p, err := page.Parse(`<title>Mill to be kept</title><nav><a href=/>Home</a></nav><h1>Mill to be kept</h1><article><p>The council voted nine to four on Sunday to keep the old mill by the river.</p><p>Read more: <a href=/x>The flood</a></p><p>Work begins in spring, the mayor said, and the town expects to pay for three years.</p></article>`, "")
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]string{}
	for _, l := range Find(p).Lines {
		if l.Kept == (l.Rule != "") {
			t.Errorf("%q: kept %t, rule %q", l.Text, l.Kept, l.Rule)
		}
		rules[l.Text] = l.Rule
	}
	for text, want := range map[string]string{"Mill to be kept": "title", "Read more: The flood": "read more"} {
		if rules[text] != want {
			t.Errorf("%q goes by the rule %q, want %q", text, rules[text], want)
		}
	}
}

func TestWeightsAreThoseOfTheFeatures(t *testing.T) {
	if len(weights) != len(Features()) {
		t.Errorf("%d weights for %d features: train anew", len(weights), len(Features()))
	}
}

func TestRulesArePlainWords(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/clean.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Features() {
		if r := rule(f); !strings.Contains(string(doc), "`"+r+"`") {
			t.Errorf("the rule %q of feature %q is not explained in docs/clean.md", r, f)
		}
	}
	for feature, want := range map[string]string{"none": "outside the story", "behind": "after the story", "gap ahead": "before the story", "class frame": "menu", "log words": "too short", "p": "unlike the story"} {
		if got := rule(feature); got != want {
			t.Errorf("the rule of %q is %q, want %q", feature, got, want)
		}
	}
}
