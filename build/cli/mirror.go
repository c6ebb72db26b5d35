package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"backfile/build/internal/progress"
	"backfile/build/manifest/trust"
	"backfile/build/mirror"
	"backfile/build/mirror/part"
	"backfile/build/mirror/source"

	"github.com/spf13/cobra"
)

func newMirror(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "mirror",
		Short: "Keep, check and watch copies of an archive",
		Long: "Exit status: 0 all is well; 10 rollback, an older version than seen before; 11 fork, two versions that\n" +
			"contradict each other; 12 not signed as it should be; 13 incomplete or altered; 14 the disk; 15 unreachable.",
		Args: noCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			debug.SetGCPercent(50) // a mirror is often a small machine
			return nil
		},
	}
	c.AddCommand(newMirrorInit(g), newMirrorSync(g), newMirrorVerify(g), newMirrorStatus(g))
	return c
}

// webFlags are those of commands that ask the web.
type webFlags struct {
	keys  []string
	proxy string
	rate  string
	jobs  int
}

func (w *webFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&w.keys, "key", nil, "the fingerprint of the publisher's key, in digits or words; several must all have signed")
	f.StringVar(&w.proxy, "proxy", "", "a proxy, such as socks5://127.0.0.1:9050 for Tor")
	f.IntVarP(&w.jobs, "jobs", "j", 8, "requests at once")
}

// options returns the flags as package source and trust know them.
func (w *webFlags) options() (source.Options, []trust.Fingerprint, error) {
	o := source.Options{Proxy: w.proxy, Jobs: w.jobs}
	if w.jobs < 1 || w.jobs > 100 {
		return o, nil, &usageError{fmt.Sprintf("--jobs %d is out of range", w.jobs), "1 to 100"}
	}
	var err error
	if o.Rate, err = byteCount("rate", w.rate); err != nil {
		return o, nil, err
	}
	pins, err := fingerprints(w.keys)
	return o, pins, err
}

// byteCount reads a number of bytes: 500k, 20MB, 1.5 GB.
func byteCount(flag, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	number := strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(text, " ", "")), "b")
	unit := 1.0
	for i, letter := range "kmgt" {
		if n, ok := strings.CutSuffix(number, string(letter)); ok {
			number = n
			for range i + 1 {
				unit *= 1000
			}
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n <= 0 || n*unit > 1e18 {
		return 0, &usageError{fmt.Sprintf("--%s %s is not a number of bytes", flag, text), "write it as 500k, 20M or 1.5G"}
	}
	return int64(n * unit), nil
}

// syncFlags are those of "backfile mirror sync".
type syncFlags struct {
	web      webFlags
	only     string
	maxDisk  string
	wait     string
	drop     bool
	dry      bool
	atomic   bool
	check    bool
	maxDel   int
	stateDir string
	cosign   string
}

func newMirrorSync(g *globals) *cobra.Command {
	var s syncFlags
	c := &cobra.Command{
		Use:   "sync SOURCE… DIR",
		Short: "Bring the copy in DIR up to date from other copies",
		Long: "A SOURCE is an https, http or file URL, a folder, or a ZIP file. Several may be given: none is trusted, and\n" +
			"each file comes from whichever has it. Nothing is put in place that was not verified; files that leave the\n" +
			"archive are kept aside.",
		Example: "  backfile mirror sync https://lantern.example/ /srv/www/lantern\n" +
			"  backfile mirror sync --proxy socks5://127.0.0.1:9050 http://lanternabc.onion/ /media/usb/lantern.zip /srv/www/lantern\n" +
			"  backfile mirror sync --only 2019-2024,china --max-disk 20G https://lantern.example/ copy",
		Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return g.sync(c.Context(), s, args) },
	}
	s.web.add(c)
	f := c.Flags()
	f.StringVar(&s.web.rate, "rate", "", "bytes a second at most, for all requests together: 500k, 2M")
	f.StringVar(&s.only, "only", "", "hold a part of the archive: years and topics, such as 2019-2024,china")
	f.StringVar(&s.maxDisk, "max-disk", "", "refuse an archive that is larger: 20G")
	f.IntVar(&s.maxDel, "max-delete", 0, "how many files may leave the copy at once (default: 1,000 or a twentieth of them)")
	f.BoolVar(&s.drop, "drop-removed", false, "do not keep files that left the archive")
	f.BoolVar(&s.dry, "dry-run", false, "say what would be done")
	f.BoolVar(&s.atomic, "atomic", false, "make DIR a symbolic link, and turn it to a whole new tree for each version")
	f.BoolVar(&s.check, "check", false, "read all files that are here, and mend what is altered")
	f.StringVar(&s.wait, "wait", "0", "when sources send old files with a new list, try again for so long: 15m")
	f.StringVar(&s.cosign, "cosign", "", "the file of a key of yours, with which to vouch for the copy")
	f.StringVar(&s.stateDir, "state", "", "the folder of what the copy remembers (default: "+".backfile-sync in DIR)")
	return c
}

// sync runs "mirror sync".
func (g *globals) sync(ctx context.Context, s syncFlags, args []string) error {
	o := mirror.Options{
		Dir: args[len(args)-1], State: s.stateDir, Jobs: s.web.jobs, MaxDelete: s.maxDel,
		DropRemoved: s.drop, DryRun: s.dry, Atomic: s.atomic, Check: s.check, Planned: g.planned,
	}
	web, pins, err := s.web.options()
	if err != nil {
		return err
	}
	o.Pins = pins
	if o.MaxDisk, err = byteCount("max-disk", s.maxDisk); err != nil {
		return err
	}
	if o.Wait, err = duration("wait", s.wait); err != nil {
		return err
	}
	if s.only != "" {
		if o.Only, err = part.Parse(s.only); err != nil {
			return &usageError{"--only: " + err.Error(), "years and topics are parted by commas"}
		}
	}
	if source.IsWeb(o.Dir) {
		return &usageError{fmt.Sprintf("the copy is to stand in %s, which is no folder", o.Dir), "name the folder last"}
	}
	if s.cosign != "" {
		keys, err := (&vault{g: g}).keys([]string{s.cosign}, nil)
		if err != nil {
			return err
		}
		o.Cosign = keys[0]
	}
	for _, name := range args[:len(args)-1] {
		src, err := source.Open(name, web)
		if err != nil {
			return unreachable(err)
		}
		defer src.Close()
		o.Sources = append(o.Sources, src)
	}
	bar := progress.New(g.Stderr, "files")
	o.Progress = func(n, of int, _ int64) { bar.Set(n, of) }
	rep, err := mirror.Sync(ctx, o)
	bar.Done()
	g.synced(rep, s, err)
	return err
}

// planned tells what a sync is about to do.
func (g *globals) planned(p mirror.Plan) {
	if g.JSON {
		g.printJSON(line{"type": "plan", "from": p.From, "to": p.To, "fetch_files": p.Fetch, "fetch_bytes": p.FetchBytes, "added": p.Added,
			"changed": p.Changed, "withdrawn": p.Withdrawn, "foreign": p.Foreign, "files": p.Files, "bytes": p.Bytes, "free": p.Free, "part": p.Part})
		return
	}
	from := "nothing"
	if p.From > 0 {
		from = fmt.Sprintf("version %d", p.From)
	}
	fmt.Fprintf(g.Stderr, "backfile: from %s to version %d: %s, %s to fetch; %d added, %d changed, %d withdrawn", from, p.To, count(p.Fetch, "file"), size(p.FetchBytes), p.Added, p.Changed, p.Withdrawn)
	if p.Free >= 0 {
		fmt.Fprintf(g.Stderr, "; %s free", size(p.Free))
	}
	fmt.Fprintln(g.Stderr)
}

// synced says what a sync did.
func (g *globals) synced(rep mirror.Report, s syncFlags, err error) {
	if g.JSON {
		if err == nil {
			g.printJSON(line{"type": "sync", "origin": rep.Origin, "from": rep.From, "to": rep.To, "time": rep.Time, "current": rep.Current, "stale": rep.Stale,
				"requests": rep.Requests, "bytes": rep.Bytes, "files": rep.Files, "total_bytes": rep.FilesBytes, "withdrawn": rep.Withdrawn, "withdrawn_pages": rep.WithdrawnPages,
				"notes": rep.Notes, "first": rep.First, "signers": texts(rep.Signers), "dry_run": s.dry})
		}
		return
	}
	for _, n := range rep.Notes {
		fmt.Fprintln(g.Stderr, "backfile:", n)
	}
	if err != nil {
		return
	}
	if rep.First {
		fmt.Fprintf(g.Stderr, "backfile: FIRST CONTACT: the key that signs %s is trusted from now on, because nothing else is known:\n", rep.Origin)
		for _, f := range rep.Signers {
			fmt.Fprintf(g.Stderr, "backfile:   %s\nbackfile:   %s\n", f, f.Words())
		}
		fmt.Fprintln(g.Stderr, "backfile: compare it with what the publisher says elsewhere, or name it with --key")
	}
	for _, p := range rep.Withdrawn {
		fmt.Fprintln(g.Stderr, "backfile: withdrawn:", p)
	}
	if n := rep.WithdrawnPages - len(rep.Withdrawn); n > 0 {
		fmt.Fprintf(g.Stderr, "backfile: and %s more withdrawn\n", count(n, "page"))
	}
	if rep.MovedForeign > 0 {
		fmt.Fprintf(g.Stderr, "backfile: moved to %s, being none of the archive's: %s\n", rep.ForeignFolders, count(rep.MovedForeign, "file"))
	}
	traffic := fmt.Sprintf("%s, %s", count(int(rep.Requests), "request"), size(rep.Bytes))
	switch {
	case s.dry:
		fmt.Fprintf(g.Stdout, "version %d of %s; nothing was changed (%s)\n", rep.To, rep.Origin, traffic)
	case rep.Current:
		fmt.Fprintf(g.Stdout, "version %d of %s is here already (%s)\n", rep.To, rep.Origin, traffic)
	default:
		fmt.Fprintf(g.Stdout, "version %d of %s, signed %s: %s, %s%s; fetched %s, %s (%s)\n", rep.To, rep.Origin, rep.Time.Format(time.RFC3339),
			count(rep.Files, "file"), size(rep.FilesBytes), partText(rep.Plan.Part), count(rep.Plan.Fetch, "file"), size(rep.Plan.FetchBytes), traffic)
	}
}

// partText says which part of the archive a copy is of.
func partText(p string) string {
	if p == "" || p == "all" {
		return ""
	}
	return ", of " + p + " only"
}

func texts(list []trust.Fingerprint) []string {
	out := []string{}
	for _, f := range list {
		out = append(out, f.String())
	}
	slices.Sort(out)
	return out
}
