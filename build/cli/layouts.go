package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"backfile/build/internal/diag"
	"backfile/layouts"

	"github.com/spf13/cobra"
)

func newLayouts(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "layouts",
		Short: "List the layouts, or copy them into the site to change them",
		Args:  noCommand,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(&cobra.Command{
		Use:     "list",
		Short:   "List the layouts and say which the site has replaced",
		Example: "  backfile layouts list",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return g.listLayouts() },
	}, &cobra.Command{
		Use:     "eject FILE...",
		Short:   "Copy built-in layouts into layouts/, where they can be changed",
		Example: "  backfile layouts eject article.html\n  backfile layouts eject assets/style.css",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return g.eject(args) },
	})
	return c
}

// builtIn returns the names of the built-in layouts.
func builtIn() ([]string, error) {
	var names []string
	err := fs.WalkDir(layouts.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, p)
		}
		return err
	})
	return names, err
}

func (g *globals) listLayouts() error {
	names, err := builtIn()
	if err != nil {
		return err
	}
	for _, n := range names {
		_, err := os.Stat(filepath.Join(g.Dir, "layouts", filepath.FromSlash(n)))
		own := err == nil
		if g.JSON {
			g.printJSON(line{"type": "layout", "file": n, "replaced": own})
			continue
		}
		note := ""
		if own {
			note = "\treplaced by layouts/" + n
		}
		fmt.Fprintln(g.Stdout, n+note)
	}
	return nil
}

// eject copies built-in layouts into the site. It never overwrites: a file
// that is there already is somebody's work.
func (g *globals) eject(args []string) error {
	names, err := builtIn()
	if err != nil {
		return err
	}
	for _, a := range args {
		a = path.Clean(filepath.ToSlash(a))
		if !slices.Contains(names, a) {
			hint := `"backfile layouts list" lists them`
			if near := diag.Suggest(a, names); near != "" {
				hint = fmt.Sprintf("did you mean %q? %s", near, hint)
			}
			return &usageError{fmt.Sprintf("there is no layout %q", a), hint}
		}
	}
	for _, a := range args {
		a = path.Clean(filepath.ToSlash(a))
		if err := g.ejectOne(a); err != nil {
			return err
		}
	}
	return nil
}

func (g *globals) ejectOne(name string) error {
	b, err := fs.ReadFile(layouts.FS, name)
	if err != nil {
		return err
	}
	file := filepath.Join(g.Dir, "layouts", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("layouts/%s is there already, and is left as it is", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	fmt.Fprintln(g.Stdout, "layouts/"+name)
	return nil
}
