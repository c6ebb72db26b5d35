package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"backfile/build/bundle"
	"backfile/build/bundle/epub"
	"backfile/build/bundle/torrent"
	"backfile/build/bundle/warc"
	"backfile/build/config"
	"backfile/build/internal/progress"
	zipped "backfile/build/publish/bundle"

	"github.com/spf13/cobra"
)

// monthFlag adds --month.
func (e *export) monthFlag(c *cobra.Command) {
	c.Flags().StringSliceVar(&e.months, "month", nil, "only articles of these months: 2023-05")
}

func newExportEPUB(e *export) *cobra.Command {
	c := &cobra.Command{
		Use:   "epub",
		Short: "Articles as an e-book (EPUB 3)",
		Long: `The articles of a topic, of months or of years as an e-book (EPUB 3), with
their pictures and a table of contents. --topic together with --year or --month
takes the articles that are of both.`,
		Example: "  backfile export epub --topic flood\n  backfile export epub --month 2021-11 -o november.epub",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return e.withSource(c.Context(), func(src *bundle.Source) error { return e.epub(c.Context(), src) })
		},
	}
	e.monthFlag(c)
	return c
}

// manyArticles is more than the table of contents of a book can be used with.
const manyArticles = 3000

// epub makes the book of src.
func (e *export) epub(ctx context.Context, src *bundle.Source) error {
	t := e.target(src, "an EPUB", ".epub", epub.Is)
	if err := t.Check(); err != nil {
		return err
	}
	bar := progress.New(e.Stderr, "articles")
	book, rep, err := epub.Make(ctx, src, bar.Set)
	bar.Done()
	if err != nil {
		return err
	}
	n, err := zipped.Write(ctx, book, t.Name, zipped.Options{Time: src.Newest, First: epub.Mimetype})
	if err != nil {
		return err
	}
	if rep.Articles > manyArticles {
		fmt.Fprintf(e.Stderr, "backfile: %d articles are more than most reading systems open well; --year, --month and --topic take fewer\n", rep.Articles)
	}
	if rep.LeftOut > 0 {
		fmt.Fprintf(e.Stderr, "backfile: %s could not be taken into the book; what they show is told in words where the article has some\n", count(rep.LeftOut, "picture or recording"))
	}
	return e.sayMade(made{
		form: "epub", name: t.Name, size: n, what: count(rep.Articles, "article") + ", " + count(rep.Pictures, "picture"),
		more: line{"articles": rep.Articles, "pictures": rep.Pictures, "left_out": rep.LeftOut},
	})
}

func newExportWARC(e *export) *cobra.Command {
	c := &cobra.Command{
		Use:   "warc",
		Short: "The captures that articles were made of, for libraries (WARC 1.1)",
		Long: `The captures that the published articles were made of, as they are kept in
captures/, as WARC 1.1: each with its address and the time of capture, and a
record that leads to its article. A capture that is not what its article says it
was made of is refused.`,
		Example: "  backfile export warc -o lantern.warc.gz\n  backfile export warc --topic flood --year 2021",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return e.withSource(c.Context(), func(src *bundle.Source) error { return e.warc(c.Context(), src) })
		},
	}
	e.monthFlag(c)
	return c
}

// warc writes the captures of src.
func (e *export) warc(ctx context.Context, src *bundle.Source) error {
	t := e.target(src, "compressed with gzip, as a WARC is", ".warc.gz", warc.Is)
	var rep warc.Report
	n, err := t.Create(func(w io.Writer) (err error) {
		rep, err = warc.Write(ctx, src, os.DirFS(filepath.Join(e.Dir, "captures")), w)
		return err
	})
	if errors.Is(err, warc.ErrNone) {
		return fmt.Errorf("%w: backfile import keeps pages there, and with --captures all all captures", err)
	}
	if err != nil {
		return err
	}
	var lacking []string
	for _, s := range []string{few(rep.Without, "name none"), few(rep.NotKept, "have theirs not in captures/")} {
		if s != "" {
			lacking = append(lacking, s)
		}
	}
	if len(lacking) > 0 {
		fmt.Fprintf(e.Stderr, "backfile: not all of %s have a capture here: %s\n", count(len(src.Articles), "article"), strings.Join(lacking, ", "))
	}
	return e.sayMade(made{
		form: "warc", name: t.Name, size: n, what: count(rep.Captures, "capture"),
		more: line{"captures": rep.Captures, "articles": len(src.Articles), "without": rep.Without, "not_kept": rep.NotKept},
	})
}

func newExportTorrent(e *export) *cobra.Command {
	var o torrent.Options
	c := &cobra.Command{
		Use:   "torrent [BUNDLE…]",
		Short: "A torrent of bundles, with the archive's hosts as web seeds",
		Long: `A torrent (BitTorrent v1) of bundles that were exported before. Without one, the
ZIP of the pages is made first, beside the torrent. Web seeds are the addresses
that --web-seed names; without it, the base_url of the archive with the bundle's
name. Put the bundle there, and whoever fetches it helps to share it.`,
		Example: "  backfile export torrent --web-seed https://lantern.example/bundles/ lantern-2021.zip\n  backfile export torrent --year 2021 -o lantern-2021.torrent",
		RunE: func(c *cobra.Command, args []string) error {
			for _, u := range append(append([]string{}, o.WebSeeds...), o.Trackers...) {
				if err := checkURL(u); err != nil {
					return err
				}
			}
			if len(args) > 0 {
				return e.torrent(c.Context(), args, o)
			}
			return e.withPages(c.Context(), func(src *bundle.Source) error {
				name := strings.TrimSuffix(e.name(src, ".torrent"), ".torrent")
				t := bundle.Target{Name: name + ".zip", Public: e.public(), What: "a ZIP", Is: isZIP}
				n, err := e.zip(c.Context(), src, t)
				if err != nil {
					return err
				}
				if err := e.sayMade(made{form: "zip", name: t.Name, size: n, what: count(len(src.Files), "file"), more: line{"files": len(src.Files)}}); err != nil {
					return err
				}
				o.Comment = src.Site.Title
				if len(o.WebSeeds) == 0 && src.Site.BaseURL != "" {
					o.WebSeeds = []string{src.Site.BaseURL}
				}
				return e.torrent(c.Context(), []string{t.Name}, o)
			})
		},
	}
	c.Flags().StringArrayVar(&o.WebSeeds, "web-seed", nil, "an address of the bundle; with a slash at the end, of the folder where it is")
	c.Flags().StringArrayVar(&o.Trackers, "tracker", nil, "a tracker; without one, peers find each other by the DHT")
	return c
}

// checkURL refuses what is no address of the web.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "udp" {
		return &usageError{fmt.Sprintf("%q is no address", text), "an address begins with https:// or http://; that of a tracker also with udp://"}
	}
	return nil
}

// torrent makes the torrent of files.
func (e *export) torrent(ctx context.Context, files []string, o torrent.Options) error {
	if len(o.WebSeeds) == 0 && e.isSite() {
		if cfg, _, err := config.Load(e.Dir); err == nil && cfg != nil && cfg.BaseURL != "" {
			o.WebSeeds = []string{cfg.BaseURL}
		}
	}
	name := e.out
	if name == "" {
		name = strings.TrimSuffix(files[0], filepath.Ext(files[0])) + ".torrent"
	}
	o.Name = strings.TrimSuffix(filepath.Base(name), ".torrent")
	bar := progress.New(e.Stderr, "MB")
	o.Progress = bar.Set
	tor, err := torrent.Make(ctx, files, o)
	bar.Done()
	if err != nil {
		return err
	}
	t := bundle.Target{Name: name, What: "a torrent", Is: torrent.Is}
	n, err := t.Create(func(w io.Writer) error {
		_, err := w.Write(tor.Bytes)
		return err
	})
	if err != nil {
		return err
	}
	if len(o.WebSeeds) == 0 {
		fmt.Fprintln(e.Stderr, "backfile: the torrent has no web seed: someone has to share the bundle all the time, or name its address with --web-seed")
	}
	err = e.sayMade(made{
		form: "torrent", name: name, size: n, what: fmt.Sprintf("%s of %s in %s", tor.Name, size(tor.Size), count(tor.Pieces, "piece")),
		more: line{"info_hash": fmt.Sprintf("%x", tor.Info), "magnet": tor.Magnet(o), "web_seeds": o.WebSeeds, "pieces": tor.Pieces},
	})
	if err != nil || e.JSON {
		return err
	}
	return e.print("%s\n", tor.Magnet(o))
}
