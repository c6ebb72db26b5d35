package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"backfile/build"

	"github.com/spf13/cobra"
)

func newStats(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "stats",
		Short:   "Count articles by year, language and source, and measure public/",
		Example: "  backfile stats",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := g.look(c.Context())
			if err != nil {
				return err
			}
			s := measure(v)
			if g.JSON {
				g.printJSON(s)
				return nil
			}
			g.sayStats(s)
			return nil
		},
	}
}

// stats are the counts that "backfile stats" prints.
type stats struct {
	Type      string         `json:"type"`
	Articles  int            `json:"articles"`
	Days      int            `json:"days"`
	Words     int            `json:"words"`
	Undated   int            `json:"undated"`
	Withdrawn int            `json:"withdrawn"`
	LeftOut   int            `json:"left_out"`
	Terms     map[string]int `json:"terms"`
	Years     map[string]int `json:"years"`
	Languages map[string]int `json:"languages"`
	Files     int            `json:"files"`
	Bytes     int64          `json:"bytes"`
}

func measure(v build.Overview) stats {
	s := stats{Type: "stats", LeftOut: len(v.LeftOut), Files: v.Files, Bytes: v.Bytes, Terms: map[string]int{}, Years: map[string]int{}, Languages: map[string]int{}}
	s.Articles, s.Days, _ = v.Site.Counts()
	for it := range v.Site.Articles() {
		s.Words += it.Words
		s.Languages[cmp.Or(it.Lang, "not given")]++
		if it.Withdrawn != "" {
			s.Withdrawn++
		}
		if it.Date.IsZero() {
			s.Undated++
			continue
		}
		s.Years[fmt.Sprintf("%04d", it.Date.Year)]++
	}
	for _, kind := range []string{"topics", "people", "places", "authors", "sources"} {
		s.Terms[kind] = len(v.Site.Terms(kind))
	}
	return s
}

func (g *globals) sayStats(s stats) {
	out := func(format string, args ...any) { fmt.Fprintf(g.Stdout, format+"\n", args...) }
	out("%10d  articles on %s, %d undated, %d withdrawn", s.Articles, count(s.Days, "day"), s.Undated, s.Withdrawn)
	out("%10d  files left out", s.LeftOut)
	out("%10d  words", s.Words)
	for _, kind := range slices.Sorted(maps.Keys(s.Terms)) {
		out("%10d  %s", s.Terms[kind], kind)
	}
	for _, lang := range slices.Sorted(maps.Keys(s.Languages)) {
		out("%10d  in language %s", s.Languages[lang], lang)
	}
	for _, y := range slices.Sorted(maps.Keys(s.Years)) {
		out("%10d  in %s", s.Years[y], y)
	}
	if s.Files > 0 {
		out("%10d  files in public/, %s, %s of GitHub Pages' 1 GB", s.Files, size(s.Bytes), percent(s.Bytes))
	}
}
