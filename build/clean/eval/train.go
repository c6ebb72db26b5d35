package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"go/format"
	"math"
	"math/rand/v2"
	"os"
	"strings"

	"backfile/build/clean/page"
	"backfile/build/clean/story"
)

// An example is a block with what is true of it.
type example struct {
	features []float64
	truth    float64 // the share of it that is part of the story
	weight   float64
}

// A lesson is the blocks of one page.
type lesson struct {
	Set, ID, Site string
	Truth         truth
	Blocks        []story.Example
}

// train finds the weights of the features of blocks by the sets that know the
// text or pieces of it, and writes them as Go. The same sets always give the
// same weights.
func train(dir string, o options) error {
	var lessons []lesson
	for _, name := range []string{"aeb", "fundus", "funduseval", "trafeval"} {
		s, err := readSet(dir, name)
		if err != nil {
			return err
		}
		if s == nil {
			return fmt.Errorf("training needs the set %s, which %s does not have", name, dir)
		}
		s.keep(o.half)
		part := make([]lesson, len(s.ids))
		each(len(s.ids), o.workers, func(i int) { part[i] = s.lesson(s.ids[i]) })
		lessons = append(lessons, part...)
	}
	if o.dump != "" {
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(lessons); err != nil {
			return err
		}
		if err := os.WriteFile(o.dump, b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	var pages [][]example
	for _, l := range lessons {
		pages = append(pages, l.examples())
	}
	src, err := format.Source(weightsFile(fit(pages, len(story.Features()))))
	if err != nil {
		return err
	}
	return os.WriteFile(o.train, src, 0o644)
}

func (s *set) lesson(id string) lesson {
	l := lesson{Set: s.name, ID: id, Site: s.site(id), Truth: s.truth[id]}
	c, err := s.read("html", id)
	if err != nil {
		return l
	}
	if p, err := page.Parse(c.Text, ""); err == nil {
		l.Blocks = story.Examples(p)
	}
	return l
}

func (l *lesson) examples() []example {
	if l.Truth.Body == nil {
		return l.pieces()
	}
	words := tokens(*l.Truth.Body)
	whole := " " + strings.Join(words, " ") + " "
	left := shingles(*l.Truth.Body)
	var out []example
	for _, b := range l.Blocks {
		own := tokens(b.Text)
		if len(own) == 0 {
			continue
		}
		// Every page counts alike; a long block at most as half of one.
		e := example{features: b.Features, weight: min(0.5, float64(len(own)+2)/float64(len(words)+60))}
		if len(own) < 4 {
			if strings.Contains(whole, " "+strings.Join(own, " ")+" ") {
				e.truth = 0.8 // a short one may stand there by chance
			}
			out = append(out, e)
			continue
		}
		hit, mine := 0, shingles(b.Text)
		for k, n := range mine {
			hit += min(n, left[k])
		}
		e.truth = float64(hit) / float64(len(own)-3)
		if e.truth > 0.5 {
			for k, n := range mine {
				left[k] = max(0, left[k]-n)
			}
		}
		out = append(out, e)
	}
	return out
}

// pieces are the blocks of which only is known that they hold a piece that
// must be in the text, or must not.
func (l *lesson) pieces() []example {
	const weight = 0.05
	var out []example
	for _, b := range l.Blocks {
		text := squeeze(b.Text)
		known, truth := false, 0.0
		for _, piece := range l.Truth.With {
			piece = squeeze(piece)
			if strings.Contains(text, piece) || len(text) > 60 && strings.Contains(piece, text) {
				known, truth = true, 1
			}
		}
		for _, piece := range l.Truth.Without {
			if piece = squeeze(piece); strings.Contains(text, piece) && len(piece)*5 > len(text)*2 {
				known, truth = true, 0
			}
		}
		if known {
			out = append(out, example{b.Features, truth, weight})
		}
	}
	return out
}

// fit is logistic regression by Adam, a few pages a step.
func fit(pages [][]example, n int) []float64 {
	const (
		epochs, batch = 40, 4
		ridge         = 1e-3 // of 1e-5 to 3e-3 the best on pages of sites not trained with
		b1, b2        = 0.9, 0.999
	)
	w, mean, square := make([]float64, n), make([]float64, n), make([]float64, n)
	r := rand.New(rand.NewPCG(1, 1))
	step := 0.0
	for epoch := range epochs {
		rate := 0.03
		if epoch >= 25 {
			rate = 0.01
		}
		if epoch >= 34 {
			rate = 0.003
		}
		order := r.Perm(len(pages))
		for at := 0; at < len(order); at += batch {
			slope := make([]float64, n)
			for _, i := range order[at:min(at+batch, len(order))] {
				for _, e := range pages[i] {
					e.slope(w, slope, 1.0/batch)
				}
			}
			step++
			for k := range w {
				g := slope[k] + ridge*w[k]
				mean[k] = b1*mean[k] + (1-b1)*g
				square[k] = b2*square[k] + (1-b2)*g*g
				w[k] -= rate * mean[k] / (1 - math.Pow(b1, step)) / (math.Sqrt(square[k]/(1-math.Pow(b2, step))) + 1e-8)
			}
		}
	}
	return w
}

// slope adds how the loss of an example changes with each weight.
func (e *example) slope(w, slope []float64, share float64) {
	z := 0.0
	for k, x := range e.features {
		z += x * w[k]
	}
	d := (1/(1+math.Exp(-z)) - e.truth) * e.weight * share
	for k, x := range e.features {
		if x != 0 {
			slope[k] += d * x
		}
	}
}

func weightsFile(w []float64) []byte {
	var b bytes.Buffer
	b.WriteString("package story\n\n// weights say how much each feature speaks for a block being part of the story.\n// Made by go run ./build/clean/eval -train build/clean/story/weights.go DIR.\nvar weights = [...]float64{\n")
	for i, name := range story.Features() {
		fmt.Fprintf(&b, "\t%.3f, // %s\n", w[i], name)
	}
	b.WriteString("}\n")
	return b.Bytes()
}
