// Package judge tells which lines of a text that was copied off a page are its
// story.
//
//	units ──Rows──► numbers ──forest──► how likely each is ──Least──► kept or not
//
// The forest is made of decision trees, learned by ./train from pages whose
// story is known. It is data: model.txt is read, and nothing is learned when a
// text is cleaned. The same text always gets the same judgement.
package judge

import (
	"cmp"
	_ "embed"
	"slices"
	"sync"
)

//go:embed model.txt
var model string

// load reads the model once; it does not change.
var load = sync.OnceValue(func() Forest {
	f, err := ParseForest(model)
	if err != nil {
		panic("judge: model.txt: " + err.Error()) // it is part of the program, and a test reads it
	}
	return f
})

// Judge returns for each line how likely it is part of the story, from 0 to 1.
func Judge(units []Unit) []float64 {
	f := load()
	likely := make([]float64, len(units))
	for i, r := range Rows(units) {
		likely[i] = f.Score(r)
	}
	return likely
}

// fewLines is what a text has that somebody copied by hand, from about the
// beginning of the story to about its end; whole pages have hundreds. More of
// it is story, and a paragraph lost weighs more than a caption kept.
const fewLines = 60

// Story says which lines are part of the story. The line is drawn where most
// of the words that are, and fewest of those that are not, can be expected
// above it; on a page that is hard to judge that is lower than on others. How
// likely the likeliest line is tells whether there is a story at all.
func Story(units []Unit) (keep []bool, sure float64) {
	likely := Judge(units)
	least := Least(units, likely)
	if len(units) < fewLines {
		least = min(least, 0.3)
	}
	keep = make([]bool, len(units))
	for i, l := range likely {
		keep[i] = l >= least
		sure = max(sure, l)
	}
	return keep, sure
}

// Least returns how likely the lines must be that are kept, so that the measure
// F1 can be expected to be largest.
func Least(units []Unit, likely []float64) float64 {
	order := make([]int, len(units))
	total := 0.0
	for i := range units {
		order[i] = i
		total += likely[i] * float64(units[i].Words)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(likely[b], likely[a]) })
	best, least, chosen, right := 0.0, 0.5, 0.0, 0.0
	for _, i := range order {
		w := float64(units[i].Words)
		chosen, right = chosen+w, right+w*likely[i]
		if f := 2 * right / (chosen + total); f > best {
			best, least = f, likely[i]
		}
	}
	return least
}

// Rows returns what the forest is asked with: a row of numbers for each line.
func Rows(units []Unit) [][]float32 { return survey(units).features() }
