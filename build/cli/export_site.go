package cli

import (
	"context"
	"io"
	"path/filepath"

	"backfile/build/bundle"
	"backfile/build/bundle/tarball"
	"backfile/build/bundle/unixfs"
	"backfile/build/bundle/zim"
	"backfile/build/internal/progress"
	zipped "backfile/build/publish/bundle"

	"github.com/spf13/cobra"
)

func newExportZip(e *export) *cobra.Command {
	return &cobra.Command{
		Use:   "zip",
		Short: "All pages as one ZIP that opens offline from index.html",
		Long: `All pages, or those of some years or of a topic, as one ZIP. Unpacked into an
empty folder, it opens from index.html without a network. "backfile mirror
verify FILE.zip" and "mirror sync" read it as it is; a part of the archive can be
proved whole for what it is.`,
		Example: "  backfile export zip\n  backfile export zip --year 2021 -o lantern-2021.zip",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return e.withPages(c.Context(), func(src *bundle.Source) error {
				t := e.target(src, "a ZIP", ".zip", isZIP)
				n, err := e.zip(c.Context(), src, t)
				if err != nil {
					return err
				}
				return e.sayMade(made{form: "zip", name: t.Name, size: n, what: count(len(src.Files), "file"), more: line{"files": len(src.Files)}})
			})
		},
	}
}

func isZIP(begins []byte) bool { return len(begins) > 2 && string(begins[:2]) == "PK" }

// zip makes the ZIP of src.
func (e *export) zip(ctx context.Context, src *bundle.Source, t bundle.Target) (int64, error) {
	if err := t.Check(); err != nil {
		return 0, err
	}
	bar := progress.New(e.Stderr, "files")
	defer bar.Done()
	return zipped.Write(ctx, src.Release, t.Name, zipped.Options{Progress: bar.Set, Time: src.Newest})
}

func newExportTar(e *export) *cobra.Command {
	return &cobra.Command{
		Use:     "tar.zst",
		Aliases: []string{"tar"},
		Short:   "All pages as a tar, compressed with Zstandard, smaller than the ZIP",
		Long: `All pages, or those of some years or of a topic, as a tar compressed with
Zstandard. There is no folder around them: unpack it into an empty one, with
"tar --zstd -xf FILE -C FOLDER".`,
		Example: "  backfile export tar.zst -o lantern.tar.zst",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return e.withPages(c.Context(), func(src *bundle.Source) error {
				t := e.target(src, "compressed with Zstandard", ".tar.zst", tarball.Is)
				bar := progress.New(e.Stderr, "files")
				n, err := t.Create(func(w io.Writer) error { return tarball.Write(c.Context(), src, w, bar.Set) })
				bar.Done()
				if err != nil {
					return err
				}
				return e.sayMade(made{form: "tar.zst", name: t.Name, size: n, what: count(len(src.Files), "file"), more: line{"files": len(src.Files)}})
			})
		},
	}
}

func newExportZIM(e *export) *cobra.Command {
	return &cobra.Command{
		Use:   "zim",
		Short: "All pages as a ZIM, which Kiwix reads offline",
		Long: `All pages, or those of some years or of a topic, as a ZIM, which Kiwix reads
offline. zimwriterfs makes it and has to be installed; it is in the package
zim-tools of Debian and Ubuntu.`,
		Example: "  backfile export zim -o lantern.zim",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := zim.Find(); err != nil {
				return err
			}
			return e.withPages(c.Context(), func(src *bundle.Source) error {
				t := e.target(src, "a ZIM", ".zim", zim.Is)
				bar := progress.New(e.Stderr, "files")
				n, err := t.Create(func(w io.Writer) error {
					return zim.Write(c.Context(), src, w, filepath.Dir(t.Name), zim.Options{Name: baseName(src), Progress: bar.Set, Warn: e.warn})
				})
				bar.Done()
				if err != nil {
					return err
				}
				return e.sayMade(made{form: "zim", name: t.Name, size: n, what: count(len(src.Files), "file"), more: line{"files": len(src.Files)}})
			})
		},
	}
}

func newExportCAR(e *export) *cobra.Command {
	return &cobra.Command{
		Use:   "car-cid",
		Short: "The address that all pages have in IPFS, and with -o their blocks as a CAR",
		Long: `Print the address (root CID) that public/ has in IPFS, without a daemon: that
of "ipfs add -r -H --cid-version=1 --chunker=size-262144 public". With -o, its
blocks are written as a CAR, which "ipfs dag import" takes.`,
		Example: "  backfile export car-cid\n  backfile export car-cid -o lantern.car",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return e.withPages(c.Context(), func(src *bundle.Source) error {
				root, err := unixfs.Add(c.Context(), src, nil)
				if err != nil {
					return err
				}
				l := line{"type": "export", "form": "car-cid", "cid": root.CID.String(), "blocks": root.Blocks, "size": root.Size}
				if e.out != "" {
					t := e.target(src, "a CAR", ".car", unixfs.Is)
					n, err := t.Create(func(w io.Writer) error { return unixfs.WriteCAR(c.Context(), src, w, root.CID) })
					if err != nil {
						return err
					}
					l["file"], l["bytes"] = t.Name, n
				}
				if e.JSON {
					e.printJSON(l)
					return nil
				}
				return e.print("%s\n", root.CID)
			})
		},
	}
}
