package cli

import (
	"fmt"

	"backfile/build/config"

	"github.com/spf13/cobra"
)

func newConfig(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Check site.yaml, or print its JSON Schema for editors",
	}
	c.AddCommand(&cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of site.yaml",
		Example: "  backfile config schema > .backfile/site.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := g.Stdout.Write(config.Schema())
			return err
		},
	}, &cobra.Command{
		Use:     "validate",
		Short:   "Check site.yaml",
		Example: "  backfile config validate",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, problems, err := config.Load(g.Dir)
			if err != nil {
				return err
			}
			if len(problems) > 0 {
				g.problems(problems)
			}
			if problems.Err() != nil {
				return errQuiet
			}
			fmt.Fprintln(g.Stderr, "backfile: site.yaml is right")
			return nil
		},
	}, &cobra.Command{
		Use:     "show",
		Short:   "Print what site.yaml says, defaults filled in",
		Example: "  backfile config show",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, problems, err := config.Load(g.Dir)
			if err != nil {
				return err
			}
			if err := problems.Err(); err != nil {
				return err
			}
			g.printJSON(cfg)
			return nil
		},
	})
	return c
}
