package cli

import (
	"fmt"

	"backfile/build/config"

	"github.com/spf13/cobra"
)

func newConfig(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Check site.yaml, print it with its defaults, or its JSON Schema for editors",
		Args:  noCommand,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
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
		Short:   "Print each setting, and where its value comes from",
		Example: "  backfile config show\n  backfile config show --json | jq 'select(.origin != \"default\")'",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			settings, problems, err := config.Settings(g.Dir)
			if err != nil {
				return err
			}
			if err := problems.Err(); err != nil {
				return err
			}
			return g.showConfig(settings)
		},
	})
	return c
}

// showConfig prints each setting with its value and its origin.
func (g *globals) showConfig(settings []config.Setting) error {
	for _, s := range settings {
		origin := "default"
		if s.Line > 0 {
			origin = fmt.Sprintf("%s:%d", config.File, s.Line)
		}
		if g.JSON {
			g.printJSON(line{"type": "setting", "key": s.Key, "value": s.Value, "origin": origin})
			continue
		}
		if err := g.print("%-12s %s  # %s\n", s.Key+":", s.Value, origin); err != nil {
			return err
		}
	}
	return nil
}
