package cli

import (
	"errors"
	"fmt"

	exported "backfile/build/bundle"
	"backfile/build/internal/progress"
	"backfile/build/publish/bundle"
	"backfile/build/publish/folder"
	"backfile/build/publish/release"

	"github.com/spf13/cobra"
)

func newPublishDir(g *globals) *cobra.Command {
	var o folder.Options
	c := &cobra.Command{
		Use:         "dir PATH",
		Annotations: map[string]string{stopped: "run it again to go on", dropped: "run it again to go on"},
		Short:       "Make a folder hold just what public/ holds",
		Long: `Make a folder hold just what public/ holds: that of a web server, of a USB
stick, or one that rsync or rclone takes further.

Only files that differ are written, whole and with the time of the original,
lists after what they lead to and the manifest's head last; what is no longer in
the archive is removed after that. A folder that backfile did not make is
refused, unless it is empty.`,
		Example: "  backfile publish dir /var/www/archive\n  backfile publish dir --dry-run /media/stick/archive",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			bar := progress.New(g.Stderr, "files")
			o.Progress = bar.Set
			o.Plan = func(p *release.Plan) { g.sayPlan(p, args[0]) }
			return g.withRelease(c.Context(), func(r *release.Release) error {
				rep, err := folder.Publish(c.Context(), r, args[0], o)
				bar.Done()
				if errors.Is(err, folder.ErrForeign) {
					return fmt.Errorf("%w: choose another folder, or empty this one", err)
				}
				d := done{what: "dir", where: args[0], put: rep.Written, bytes: rep.Bytes, removed: rep.Removed, total: len(r.Files), dry: o.DryRun}
				return g.ended(c.Context(), d, err)
			})
		},
	}
	c.Flags().BoolVarP(&o.DryRun, "dry-run", "n", false, "say what would be written and removed, and do nothing")
	deleteFlag(c, &o.MaxDelete)
	return c
}

func newPublishZip(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:         "zip FILE",
		Annotations: map[string]string{stopped: "no ZIP was made", dropped: "no ZIP was made"},
		Short:       "Make one ZIP that opens offline from index.html",
		Long: `Make one ZIP of public/. Unpacked anywhere, it opens from index.html, search
included, without a network. The same public/ always gives the same ZIP.`,
		Example: "  backfile publish zip courier.zip",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			bar := progress.New(g.Stderr, "files")
			return g.withRelease(c.Context(), func(r *release.Release) error {
				all, err := exported.Open(r, exported.Choice{}) // the same ZIP as "export zip"
				if err != nil {
					return err
				}
				n, err := bundle.Write(c.Context(), r, args[0], bundle.Options{Progress: bar.Set, Time: all.Newest})
				bar.Done()
				if err != nil {
					return err
				}
				if g.JSON {
					g.printJSON(line{"type": "publish", "to": "zip", "target": args[0], "files": len(r.Files), "bytes": n})
					return nil
				}
				return g.print("%s: %s, %s\n", args[0], count(len(r.Files), "file"), size(n))
			})
		},
	}
}
