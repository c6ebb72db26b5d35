// Command train grows the forest of package judge from pages whose story is
// known, and writes them to standard output:
//
//	cd DIR && train aeb/text aeb/text-w3m:0.5 funduseval/text:1.5 fundus/text trafeval/html >model.txt
//
// A number behind a folder is how much its pages count. The folder holds texts
// or pages, ID.txt or ID.html.gz, and beside it lies a truth.json:
//
//	{"ID": {"articleBody": "the story", "site": "its host"}}
//	{"ID": {"with": ["pieces of the story"], "without": ["and of the rest"], "site": …}}
//
// What it prints to standard error is measured on sites that the forest which
// judges them has not seen.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"

	"backfile/build/clean/judge"
)

const folds = 5

var trees = settings{forests: 2, trees: 90, depth: 5, rate: 0.09, least: 8, features: 0.3, rows: 0.6, soften: 4}

func main() {
	measure := flag.Bool("measure", true, "measure on sites that were not seen; takes five times as long")
	write := flag.Bool("write", true, "write the model")
	flag.Parse()
	if err := run(flag.Args(), *measure, *write); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(folders []string, measure, write bool) error {
	var docs []*doc
	for _, folder := range folders {
		name, weight, _ := strings.Cut(folder, ":")
		w := 1.0
		if _, err := fmt.Sscan(cmp.Or(weight, "1"), &w); err != nil {
			return err
		}
		list, err := readSet(name, w)
		if err != nil {
			return err
		}
		docs = append(docs, list...)
	}
	rows := make([][][]float32, len(docs))
	for i, d := range docs {
		rows[i] = judge.Rows(d.units)
	}
	if measure {
		report(docs, perfect(docs), "the labels")
		report(docs, unseen(docs, rows), "unseen sites")
	}
	if !write {
		return nil
	}
	forest := grow(all(docs, rows, -1), trees)
	_, err := fmt.Print("# The forest of package judge, made by ./train: see Forest.Format.\n" + forest.Format())
	return err
}

// foldOf deals sites out to folds.
func foldOf(site string) int {
	h := fnv.New32a()
	h.Write([]byte(site))
	return int(h.Sum32() % folds)
}

// all returns the examples of all docs but those of one fold.
func all(docs []*doc, rows [][][]float32, but int) []example {
	var out []example
	for i, d := range docs {
		if f := foldOf(d.site); f != but {
			out = append(out, d.examples(rows[i], f)...)
		}
	}
	return out
}

// unseen judges every doc by a forest that was grown without its fold.
func unseen(docs []*doc, rows [][][]float32) [][]float64 {
	out := make([][]float64, len(docs))
	for f := range folds {
		forest := grow(all(docs, rows, f), trees)
		for i, d := range docs {
			if foldOf(d.site) != f {
				continue
			}
			for _, r := range rows[i] {
				out[i] = append(out[i], forest.Score(r))
			}
		}
	}
	return out
}

// perfect judges every line as it is labelled: no choice of lines does better.
func perfect(docs []*doc) [][]float64 {
	out := make([][]float64, len(docs))
	for i, d := range docs {
		out[i] = make([]float64, len(d.keep))
		for k, keep := range d.keep {
			if keep {
				out[i][k] = 1
			}
		}
	}
	return out
}

// report prints what was found of each set's stories.
func report(docs []*doc, likely [][]float64, what string) {
	var sets []string
	for _, d := range docs {
		sets = append(sets, d.set)
	}
	slices.Sort(sets)
	for _, set := range slices.Compact(sets) {
		p, r, np, n := 0.0, 0.0, 0, 0
		for i, d := range docs {
			if d.set != set || d.known != nil {
				continue
			}
			n++
			dp, dr, kept := d.score(likely[i], judge.Least(d.units, likely[i]))
			r += dr
			if kept {
				p += dp
				np++
			}
		}
		p, r = p/float64(max(np, 1)), r/float64(n)
		fmt.Fprintf(os.Stderr, "%s  %-30s n=%d  F1 %.4f  P %.4f  R %.4f\n", what, set, n, 2*p*r/(p+r), p, r)
	}
}
