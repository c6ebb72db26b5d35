// Command eval scores the cleaner against pages whose true text is known.
//
//	go run ./build/clean/eval [flags] DIR
//
// DIR holds aeb.tar, fundus.tar, funduseval.tar, trafeval.tar and dates.tar, or
// folders of these names; what is missing is left out. A set has truth.json,
// and its captures in html/ID.html, text/ID.txt and text-w3m/ID.txt, which may be packed
// with gzip (ID.html.gz):
//
//	{"ID": {"articleBody": "…", "title": "…", "author": […], "date": "2024-05-17",
//	        "with": ["…"], "without": ["…"], "url": "…", "site": "…"}}
//
// Standard output has one row a set, form and measure. Bodies are measured as
// the article-extraction-benchmark does, by sequences of four words; "with"
// and "without" as trafilatura's own evaluation does, by the share of pieces
// that are there and are not.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// options are the flags.
type options struct {
	sets    string // comma-separated; "" means all
	forms   string
	half    string
	pages   bool
	dump    string
	train   string
	alone   bool
	workers int
}

func main() {
	var o options
	flag.StringVar(&o.sets, "sets", "aeb,fundus,funduseval,trafeval,dates", "score only these `sets`")
	flag.StringVar(&o.forms, "forms", "html,text,text-w3m", "score only captures of these `forms`")
	flag.StringVar(&o.half, "half", "", "score only one half of each set, `a or b`, to choose rules on one and try them on the other")
	flag.BoolVar(&o.pages, "pages", false, "print the measure of every page as well")
	flag.StringVar(&o.dump, "dump", "", "write what was cleaned to `FILE` as JSON")
	flag.StringVar(&o.train, "train", "", "do not score, but choose the weights of package story and write them to `FILE`")
	flag.BoolVar(&o.alone, "alone", false, "clean each text by itself, without what its site's other captures tell")
	flag.IntVar(&o.workers, "workers", 1, "pages cleaned at once; the cost of a page is told for 1 only")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: eval [flags] DIR")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	do := run
	if o.train != "" {
		do = train
	}
	if err := do(flag.Arg(0), o); err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

// run scores each form of each set, and prints a row for each measure.
func run(dir string, o options) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer out.Flush()
	fmt.Fprintln(out, "set\tform\tmeasure\tpages\tvalue\tprecision\trecall\texact\tCPU ms/page: mean\tmedian\tmost")
	all := map[string]map[string]cleaned{}
	for _, name := range strings.Split(o.sets, ",") {
		s, err := readSet(dir, name)
		if err != nil {
			return err
		}
		if s == nil {
			fmt.Fprintf(os.Stderr, "eval: no set %s in %s\n", name, dir)
			continue
		}
		s.keep(o.half)
		for _, form := range strings.Split(o.forms, ",") {
			if !s.has(form) {
				continue
			}
			got, cost := cleanAll(s, form, o)
			all[name+"/"+form] = got
			printRows(out, s, form, got, cost)
			if o.pages {
				printPages(out, s, got)
			}
			out.Flush()
		}
	}
	return dump(o.dump, all)
}

func printRows(out *tabwriter.Writer, s *set, form string, got map[string]cleaned, c cost) {
	head := func(measure string, n int, value float64) string {
		return fmt.Sprintf("%s\t%s\t%s\t%d\t%.4f", s.name, form, measure, n, value)
	}
	spent := c.String()
	if s.tells(func(t truth) bool { return t.Body != nil }) {
		m := bodies(s, got)
		fmt.Fprintf(out, "%s\t%.4f\t%.4f\t%.3f\t%s\n", head("body F1", m.n, m.f1), m.precision, m.recall, m.exact, spent)
		spent = ""
	}
	if s.tells(func(t truth) bool { return t.With != nil }) {
		m := segments(s, got)
		fmt.Fprintf(out, "%s\t%.4f\t%.4f\t\t%s\n", head("segments F1", m.n, m.f1), m.precision, m.recall, spent)
		spent = ""
	}
	for _, field := range []string{"title", "author", "date"} {
		if m := fields(s, got, field); m.n > 0 {
			fmt.Fprintf(out, "%s\t%.4f\t%.4f\t\t%s\n", head(field, m.n, m.f1), m.precision, m.recall, spent)
			spent = ""
		}
	}
}

// printPages prints the shares of each page, the worst first.
func printPages(out *tabwriter.Writer, s *set, got map[string]cleaned) {
	rows := pageRows(s, got)
	slices.SortFunc(rows, func(a, b pageRow) int { return bytes.Compare([]byte(a.key), []byte(b.key)) })
	for _, r := range rows {
		fmt.Fprintf(out, "\t%s\t%s\n", r.id, r.text)
	}
}

func dump(file string, all map[string]map[string]cleaned) error {
	if file == "" {
		return nil
	}
	b, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return os.WriteFile(file, b, 0o644)
}
