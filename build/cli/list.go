package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"backfile/build"
	"backfile/build/internal/diag"
	"backfile/build/internal/progress"
	"backfile/build/site"

	"github.com/spf13/cobra"
)

// lists are what "backfile list" can list, in the order of its help.
var lists = []string{"articles", "undated", "untagged", "withdrawn", "left-out", "drafts", "warnings"}

func newList(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:       "list [" + strings.Join(lists, "|") + "]",
		Short:     "List articles, or the files that are left out and why",
		Example:   "  backfile list left-out\n  backfile list undated --json",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: lists,
		RunE: func(c *cobra.Command, args []string) error {
			what := "articles"
			if len(args) > 0 {
				what = args[0]
			}
			if !slices.Contains(lists, what) {
				hint := "it can list " + strings.Join(lists, ", ")
				if near := diag.Suggest(what, lists); near != "" {
					hint = fmt.Sprintf("did you mean %q?", near)
				}
				return &usageError{fmt.Sprintf("list does not know %q", what), hint}
			}
			v, err := g.look(c.Context())
			if err != nil {
				return err
			}
			g.list(what, v)
			return nil
		},
	}
}

// look reads the archive, and shows that it does when that takes a while.
func (g *globals) look(ctx context.Context) (build.Overview, error) {
	bar := progress.New(g.Stderr, "reading the archive")
	bar.Start()
	defer bar.Done()
	return build.Look(ctx, g.options())
}

// list prints one of the lists.
func (g *globals) list(what string, v build.Overview) {
	switch what {
	case "left-out":
		g.listProblems(v.LeftOut)
		return
	case "warnings":
		g.listProblems(v.Warnings)
		return
	case "drafts":
		g.listProblems(slices.DeleteFunc(v.LeftOut, func(p *diag.Problem) bool { return p.Severity != diag.LeftOut || p.Msg != "draft" }))
		return
	}
	for it := range v.Site.Articles() {
		if !listed(what, it) {
			continue
		}
		if g.JSON {
			g.printJSON(line{"type": "article", "file": "content/" + it.Path, "url": it.URL, "date": it.Date.String(), "title": it.Title, "topics": it.Topics, "lang": it.Lang})
			continue
		}
		date := it.Date.String()
		if date == "" {
			date = "undated"
		}
		fmt.Fprintf(g.Stdout, "%-25s content/%s\t%s\n", date, it.Path, it.Title)
	}
}

func listed(what string, it site.FeedItem) bool {
	switch what {
	case "undated":
		return it.Date.IsZero()
	case "untagged":
		return len(it.Topics) == 0
	case "withdrawn":
		return it.Withdrawn != ""
	}
	return true
}

func (g *globals) listProblems(list diag.List) {
	for _, p := range list {
		if g.JSON {
			g.printJSON(problemLine(p))
			continue
		}
		fmt.Fprintln(g.Stdout, p.Error())
	}
}
