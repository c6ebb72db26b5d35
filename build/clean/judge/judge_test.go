package judge

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"backfile/build/clean/lines"
	"backfile/build/clean/memory"
)

func unitsOf(text string) []Unit {
	var out []Unit
	for _, l := range lines.Split(text) {
		out = append(out, Unit{Line: l, Site: memory.View{Behind: -1, Before: -1, BehindShare: -1, BeforeShare: -1, Own: -1}})
	}
	return out
}

const page = `Home
News
Sport

Council votes to keep the mill

The council voted nine to four on Sunday to keep the old mill by the river, and to turn it into a library for the whole town.

Work on the roof is to begin in March, the mayor said, when the last of the snow has gone from the upper road.

"It has stood for two hundred years, and it will stand for two hundred more," said the miller, who is eighty.

More from the valley
Bear behind the bakery
Rain for the ninth day
Contact
Imprint
`

// The model that is part of the program can be read, and asks for nothing that
// the rows do not hold.
func TestModelFitsItsRows(t *testing.T) {
	f, err := ParseForest(model)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Trees) < 10 {
		t.Fatalf("the model has %d trees", len(f.Trees))
	}
	rows := Rows(unitsOf(page))
	for i, tree := range f.Trees {
		for _, n := range tree {
			if n.Feature >= len(rows[0]) {
				t.Fatalf("tree %d asks for feature %d of %d: train the model anew", i, n.Feature, len(rows[0]))
			}
		}
	}
	if got, want := f.Format(), strings.TrimSpace(model[strings.IndexByte(model, '\n')+1:])+"\n"; got != want {
		t.Errorf("read and written the model is another")
	}
}

func TestTheStoryIsFoundAmongMenus(t *testing.T) {
	units := unitsOf(page)
	keep, sure := Story(units)
	if sure < 0.9 {
		t.Errorf("the likeliest line of a story is %v likely", sure)
	}
	for i, u := range units {
		if strings.HasPrefix(u.Text, "Council votes") {
			continue // the title is for its reader to tell
		}
		if want := u.Ends; keep[i] != want {
			t.Errorf("%q: kept is %v, want %v; %v", u.Text, keep[i], want, Judge(units)[i])
		}
	}
}

func TestNothingIsJudgedWell(t *testing.T) {
	for _, text := range []string{"", "x", "\n\n"} {
		units := unitsOf(text)
		if got, _ := Story(units); len(got) != len(units) {
			t.Errorf("Story(%q) answers for %d lines", text, len(got))
		}
	}
}

// Where the line is drawn: on a clear page in the gap, on a hard one lower, so
// that as much of the story as of the rest is at risk.
func TestLeast(t *testing.T) {
	tests := []struct {
		likely []float64
		kept   int
	}{
		{[]float64{0.99, 0.98, 0.97, 0.03, 0.02}, 3},
		{[]float64{0.4, 0.38, 0.36, 0.05, 0.01}, 3},
		{[]float64{0.9, 0.9, 0.6, 0.5, 0.1}, 4},
		{nil, 0},
	}
	for _, tt := range tests {
		units := make([]Unit, len(tt.likely))
		for i := range units {
			units[i].Words = 10
		}
		least, n := Least(units, tt.likely), 0
		for _, l := range tt.likely {
			if l >= least {
				n++
			}
		}
		if n != tt.kept {
			t.Errorf("of %v were kept %d (at least %v), want %d", tt.likely, n, least, tt.kept)
		}
	}
}

// Every number of every row is one, whatever the text: a tree would send others
// astray.
func TestRowsHoldNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	parts := []string{"the river fell", ".", "\n", "\n\n", "水位下降了", "@x #y", "2023", "×", "Share", "…", "\u0000", "A", strings.Repeat("word ", 200)}
	want := 0
	for range 200 {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		units := unitsOf(b.String())
		for i := range units {
			units[i].Rule = []string{"", "", "share", "appeal", "seen on other pages"}[r.IntN(5)]
			units[i].Last, units[i].Dated = r.IntN(9) == 0, r.IntN(9) == 0
		}
		for _, row := range Rows(units) {
			if want == 0 {
				want = len(row)
			}
			if len(row) != want {
				t.Fatalf("a row of %q has %d numbers, others %d", b.String(), len(row), want)
			}
			for i, v := range row {
				if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
					t.Fatalf("number %d of a row of %q is %v", i, b.String(), v)
				}
			}
		}
	}
}

// FuzzForest: what was read is written and read as the same, and no tree sends
// a row astray.
func FuzzForest(f *testing.F) {
	for _, s := range []string{"0<1.5:1:2 =0.25 =-1", "=0", "0<1:0:0", "3<-2e9:1:1 =nan", "# x\n\n=1 =2", "1<2:9:9", "-1<2:1:2 =0 =0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		forest, err := ParseForest(src)
		if err != nil {
			return
		}
		most := 0
		for _, tree := range forest.Trees {
			for _, n := range tree {
				most = max(most, n.Feature)
			}
		}
		if most > 1000 {
			return
		}
		forest.Score(make([]float32, most+1))
		again, err := ParseForest(forest.Format())
		if err != nil {
			t.Fatalf("ParseForest(%q)\nwrote %q\nwhich is wrong: %v", src, forest.Format(), err)
		}
		if !reflect.DeepEqual(again, forest) {
			t.Fatalf("ParseForest(%q)\nread %v\nand then %v", src, forest, again)
		}
	})
}
