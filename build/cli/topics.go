package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newTopics(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "topics",
		Short:   "List the topics with their number of articles",
		Example: "  backfile topics",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := g.look(c.Context())
			if err != nil {
				return err
			}
			for _, t := range v.Site.Terms("topics") {
				if g.JSON {
					g.printJSON(line{"type": "topic", "slug": t.Slug, "label": t.Label, "articles": t.Count, "first": t.First.String(), "last": t.Last.String()})
					continue
				}
				fmt.Fprintf(g.Stdout, "%6d  %-30s %s\n", t.Count, t.Slug, t.Label)
			}
			return nil
		},
	}
}
