package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"backfile/build/clean/judge"
)

// An example is a line whose answer is known.
type example struct {
	row    []float32
	keep   bool
	weight float64
	fold   int // pages of one site are in one fold
}

// settings direct how trees are grown.
type settings struct {
	forests      int
	trees, depth int     // of each forest
	rate         float64 // how much of its answer each tree gives
	least        float64 // weight that a leaf holds at least
	features     float64 // share of the features that each tree sees
	rows         float64 // share of the examples that each tree sees
	soften       float64 // holds back the answers of small leaves
}

const bins = 48 // values that a feature is told apart by

// A booster grows trees, each on what the ones before it left wrong.
type booster struct {
	settings
	list   []example
	cuts   [][]float32 // of each feature, the values between its bins
	binned [][]uint8   // by feature, then example
	score  []float64
	grad   []float64
	hess   []float64
	random *rand.Rand
}

// grow learns a forest: several that see other examples and features, which
// together err less than each. The same examples always give the same forest.
func grow(list []example, s settings) judge.Forest {
	b := &booster{settings: s, list: list}
	b.bin()
	var f judge.Forest
	for seed := range s.forests {
		b.random = rand.New(rand.NewPCG(1, uint64(seed)))
		b.score, b.grad, b.hess = make([]float64, len(list)), make([]float64, len(list)), make([]float64, len(list))
		for range s.trees {
			t := b.tree()
			for i := range t {
				if t[i].Feature < 0 {
					t[i].Value = round(float64(t[i].Value) / float64(s.forests))
				}
			}
			f.Trees = append(f.Trees, t)
		}
	}
	return f
}

// bin sorts the values of every feature into bins that hold about as many
// examples each.
func (b *booster) bin() {
	n := len(b.list[0].row)
	b.cuts, b.binned = make([][]float32, n), make([][]uint8, n)
	for f := range n {
		values := make([]float32, len(b.list))
		for i, e := range b.list {
			values[i] = e.row[f]
		}
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		distinct := slices.Compact(slices.Clone(sorted))
		var cuts []float32
		if len(distinct) <= bins {
			for i := 1; i < len(distinct); i++ {
				cuts = append(cuts, (distinct[i-1]+distinct[i])/2)
			}
		} else {
			for k := 1; k < bins; k++ {
				cuts = append(cuts, sorted[len(sorted)*k/bins])
			}
			cuts = slices.Compact(cuts)
		}
		b.cuts[f] = cuts
		b.binned[f] = make([]uint8, len(values))
		for i, v := range values {
			at, _ := slices.BinarySearchFunc(cuts, v, func(c, v float32) int {
				if c <= v {
					return -1
				}
				return 1
			})
			b.binned[f][i] = uint8(at)
		}
	}
}

// tree grows one tree and adds its answers to the scores.
func (b *booster) tree() judge.Tree {
	var seen []int
	for i, e := range b.list {
		p := 1 / (1 + math.Exp(-b.score[i]))
		y := 0.0
		if e.keep {
			y = 1
		}
		b.grad[i], b.hess[i] = (p-y)*e.weight, math.Max(p*(1-p), 1e-6)*e.weight
		if b.random.Float64() < b.rows {
			seen = append(seen, i)
		}
	}
	var features []int
	for f := range b.cuts {
		if b.random.Float64() < b.features && len(b.cuts[f]) > 0 {
			features = append(features, f)
		}
	}
	var t judge.Tree
	b.split(&t, seen, features, b.depth)
	one := judge.Forest{Trees: []judge.Tree{t}}
	for i, e := range b.list {
		p := one.Score(e.row)
		b.score[i] += math.Log(p / (1 - p))
	}
	return t
}

// A choice is a way to part examples in two.
type choice struct {
	feature, bin int
	gain         float64
}

// split grows the node that the examples come to, and returns its place.
func (b *booster) split(t *judge.Tree, list, features []int, depth int) int {
	at := len(*t)
	g, h := 0.0, 0.0
	for _, i := range list {
		g += b.grad[i]
		h += b.hess[i]
	}
	*t = append(*t, judge.Node{Feature: -1, Value: round(-b.rate * g / (h + b.soften))})
	if depth == 0 || h < 2*b.least {
		return at
	}
	c := b.best(list, features, g, h)
	if c.gain <= 1e-3 {
		return at
	}
	var yes, no []int
	for _, i := range list {
		if int(b.binned[c.feature][i]) <= c.bin {
			yes = append(yes, i)
		} else {
			no = append(no, i)
		}
	}
	left := b.split(t, yes, features, depth-1)
	right := b.split(t, no, features, depth-1)
	(*t)[at] = judge.Node{Feature: c.feature, Value: b.cuts[c.feature][c.bin], Left: left, Right: right}
	return at
}

// round keeps the model short; the fourth digit of an answer changes nothing.
func round(v float64) float32 { return float32(math.Round(v*1e4) / 1e4) }

// best looks for the question that parts the examples best.
func (b *booster) best(list, features []int, g, h float64) choice {
	found := make([]choice, len(features))
	var wg sync.WaitGroup
	next := make(chan int)
	for range 2 {
		wg.Go(func() {
			for k := range next {
				found[k] = b.bestOf(features[k], list, g, h)
			}
		})
	}
	for k := range features {
		next <- k
	}
	close(next)
	wg.Wait()
	return slices.MaxFunc(found, func(a, b choice) int {
		return cmp.Or(cmp.Compare(a.gain, b.gain), cmp.Compare(b.feature, a.feature))
	})
}

func (b *booster) bestOf(f int, list []int, g, h float64) choice {
	var gs, hs [bins + 1]float64
	column := b.binned[f]
	for _, i := range list {
		gs[column[i]] += b.grad[i]
		hs[column[i]] += b.hess[i]
	}
	c := choice{feature: f}
	gl, hl := 0.0, 0.0
	for k := range b.cuts[f] {
		gl, hl = gl+gs[k], hl+hs[k]
		gr, hr := g-gl, h-hl
		if hl < b.least || hr < b.least {
			continue
		}
		if gain := gl*gl/(hl+b.soften) + gr*gr/(hr+b.soften) - g*g/(h+b.soften); gain > c.gain {
			c.gain, c.bin = gain, k
		}
	}
	return c
}
