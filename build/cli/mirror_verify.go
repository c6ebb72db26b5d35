package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"text/tabwriter"
	"time"

	"backfile/build/internal/progress"
	"backfile/build/manifest"
	"backfile/build/mirror/check"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/offer"
	"backfile/build/mirror/source"

	"github.com/spf13/cobra"
)

// unreachable makes the error of opening a source a Fault.
func unreachable(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return &fault.Fault{Kind: fault.Unreachable, Err: err}
	}
	return &usageError{err.Error(), "a source is an https, http or file URL, a folder, or a ZIP file"}
}

// verifyFlags are those of "backfile mirror verify".
type verifyFlags struct {
	web     webFlags
	sample  int
	atLeast int
	since   string
	browser bool
}

func newMirrorVerify(g *globals) *cobra.Command {
	var v verifyFlags
	c := &cobra.Command{
		Use:   "verify DIR|URL|FILE.zip…",
		Short: "Check that a copy is whole and unaltered",
		Long: "A folder or a ZIP file is checked completely, without a network; of a copy on the web, files are drawn at\n" +
			"random. Several copies are compared with one another too.",
		Example: "  backfile mirror verify /srv/www/lantern\n  backfile mirror verify --key 9f31-0c4e-77aa-1b02-5d6e-8f90-a1b2-c3d4 lantern.zip\n" +
			"  backfile mirror verify https://lantern.example/ https://mirror.example/lantern/",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return g.verify(c.Context(), v, args) },
	}
	v.web.add(c)
	f := c.Flags()
	f.IntVar(&v.sample, "sample", 200, "how many files of a copy on the web to look at; 0 looks at all")
	f.IntVar(&v.atLeast, "at-least", 0, "the version that a copy must have at least")
	f.StringVar(&v.since, "since", "", "the date that a copy's version must have at least: 2026-11-26")
	f.BoolVar(&v.browser, "as-browser", false, "ask as a browser does, to find out whether browsers are sent something else")
	return c
}

// verify runs "mirror verify".
func (g *globals) verify(ctx context.Context, v verifyFlags, args []string) error {
	web, pins, err := v.web.options()
	if err != nil {
		return err
	}
	web.Browser = v.browser
	o := check.Options{Pins: pins, AtLeast: v.atLeast, Sample: max(v.sample, 0), Source: web}
	if v.since != "" {
		if o.Since, err = time.Parse(time.DateOnly, v.since); err != nil {
			return &usageError{fmt.Sprintf("--since %s is not a date", v.since), "write it as 2026-11-26"}
		}
	}
	var worst error
	var offers []*offer.Offer
	for _, name := range args {
		bar := progress.New(g.Stderr, "files")
		o.Progress = bar.Set
		rep, err := check.Copy(ctx, name, o)
		bar.Done()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err = g.verified(rep, pins != nil, err); err != nil {
			if worst != nil {
				fmt.Fprintln(g.Stderr, "backfile:", worst)
			}
			worst = err
		}
		if rep != nil && rep.Offer != nil && rep.Offer.Chain != nil && rep.Head.Signed() {
			offers = append(offers, rep.Offer)
		}
	}
	if len(offers) > 1 {
		if err := g.compareOffers(ctx, offers, web); err != nil {
			if worst != nil {
				fmt.Fprintln(g.Stderr, "backfile:", worst)
			}
			return err
		}
	}
	return worst
}

// compareOffers looks whether copies contradict one another.
func (g *globals) compareOffers(ctx context.Context, offers []*offer.Offer, web source.Options) error {
	for _, o := range offers { // those that Copy used are closed
		s, err := source.Open(o.Source.Name(), web)
		if err != nil {
			return err
		}
		defer s.Close()
		o.Source = s
	}
	best, err := offer.Newest(ctx, offers)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.Head.Version < best.Head.Version {
			fmt.Fprintf(g.Stderr, "backfile: %s has version %d, behind version %d of %s, which follows from it\n", o.Source.Name(), o.Head.Version, best.Head.Version, best.Source.Name())
		}
	}
	return nil
}

// verified says what was found out about a copy, and returns what is wrong.
func (g *globals) verified(rep *check.Report, pinned bool, err error) error {
	if rep == nil {
		return err
	}
	if err == nil && len(rep.Findings) > 0 {
		err = fault.New(fault.Incomplete, "%s is not whole and unaltered: %s", rep.Name, count(len(rep.Findings), "difference"))
	}
	if g.JSON {
		g.verifiedJSON(rep, err)
		return err
	}
	for i, f := range rep.Findings {
		if i == maxShown {
			fmt.Fprintf(g.Stderr, "backfile: and %d more\n", len(rep.Findings)-i)
			break
		}
		fmt.Fprintln(g.Stderr, "backfile:", f)
	}
	for _, n := range rep.Notes {
		fmt.Fprintln(g.Stderr, "backfile:", n)
	}
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s, %s", count(rep.Files, "file"), size(rep.Bytes))
	if rep.Looked < rep.Files {
		what = fmt.Sprintf("%d of %s looked at, none altered", rep.Looked, count(rep.Files, "file"))
	}
	whole := "whole and unaltered"
	switch {
	case source.IsWeb(rep.Name) && rep.Looked < rep.Files:
		whole = "as signed, where it was looked at"
	case !rep.Part.Whole():
		whole = fmt.Sprintf("whole and unaltered for %s, and no more than that", rep.Part)
	}
	if !rep.Head.Signed() {
		fmt.Fprintf(g.Stdout, "%s: agrees with its list: %s; NOT SIGNED, so nothing tells whose list that is\n", rep.Name, what)
		return nil
	}
	h := rep.Head
	fmt.Fprintf(g.Stdout, "%s: %s: version %d of %s, signed %s by %s: %s\n", rep.Name, whole, h.Version, h.Origin, h.Time.Format(time.RFC3339), rep.Offer.Signed(), what)
	if !pinned {
		fmt.Fprintln(g.Stderr, "backfile: this proves who signed only if the key is the publisher's: compare its fingerprint with one from elsewhere, or give that with --key")
	}
	return nil
}

func (g *globals) verifiedJSON(rep *check.Report, err error) {
	for _, f := range rep.Findings {
		l := line{"type": "finding", "copy": rep.Name, "message": f.Error()}
		if found, ok := errors.AsType[manifest.Finding](f); ok {
			l["path"], l["kind"] = found.Path, found.Kind.String()
		}
		g.printJSON(l)
	}
	l := line{"type": "verify", "copy": rep.Name, "ok": err == nil, "signed": rep.Head.Signed(), "files": rep.Files, "bytes": rep.Bytes, "looked_at": rep.Looked,
		"stale": rep.Stale, "notes": rep.Notes, "part": rep.Part.String(), "findings": len(rep.Findings), "status": int(fault.Of(err))}
	if rep.Head.Signed() {
		l["origin"], l["version"], l["time"] = rep.Head.Origin, rep.Head.Version, rep.Head.Time
	}
	if rep.Offer != nil {
		l["signers"] = texts(rep.Offer.Signers)
	}
	g.printJSON(l)
}

func newMirrorStatus(g *globals) *cobra.Command {
	var w webFlags
	c := &cobra.Command{
		Use:     "status URL…",
		Short:   "Show which version each copy has, how old it is, and what is wrong",
		Example: "  backfile mirror status https://lantern.example/ https://mirror.example/lantern/",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			web, pins, err := w.options()
			if err != nil {
				return err
			}
			rows, err := check.Board(c.Context(), args, check.Options{Pins: pins, Source: web})
			g.board(rows)
			for _, r := range rows {
				if err == nil {
					err = r.Err
				}
			}
			return err
		},
	}
	w.add(c)
	return c
}

// board prints the rows of "mirror status".
func (g *globals) board(rows []check.Row) {
	w := tabwriter.NewWriter(g.Stdout, 0, 0, 2, ' ', 0)
	if !g.JSON {
		fmt.Fprintln(w, "VERSION\tSIGNED\tALIVE\tSYNCED\tSTATE\tCOPY")
	}
	for _, r := range rows {
		if g.JSON {
			g.printJSON(rowLine(r))
			continue
		}
		if r.Err != nil {
			fmt.Fprintf(w, "-\t-\t-\t-\t%s\t%s\n", stateText(r), r.Name)
			continue
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", r.Offer.Head.Version, age(r.Offer.Head.Time), age(r.Beacon.Time), age(r.Status.Checked), stateText(r), r.Name)
	}
	_ = w.Flush() // standard output; its errors show nowhere
}

// stateText says in a word or two how a copy is.
func stateText(r check.Row) string {
	switch kind := fault.Of(r.Err); {
	case kind == fault.Unreachable:
		return "unreachable"
	case kind == fault.Signature:
		return "not signed as it should be"
	case r.Err != nil:
		return "broken"
	case r.Behind > 0:
		return fmt.Sprintf("%d behind", r.Behind)
	case r.Overdue && r.Beacon.Time.IsZero():
		return "stale"
	case r.Status.Result != 0:
		return fmt.Sprintf("its last sync ended with %d", r.Status.Result)
	case !r.Part.Whole():
		return "of " + r.Part.String()
	}
	return "current"
}

// age is how long ago something was, roughly.
func age(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	d := time.Since(t)
	switch {
	case d < -time.Hour:
		return t.Format(time.DateOnly)
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", max(0, int(d.Minutes())))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

func rowLine(r check.Row) line {
	l := line{"type": "copy", "copy": r.Name, "state": stateText(r), "status": int(fault.Of(r.Err))}
	if r.Err != nil {
		l["error"] = r.Err.Error()
		return l
	}
	h := r.Offer.Head
	l["origin"], l["version"], l["time"], l["behind"], l["files"], l["bytes"], l["part"] = h.Origin, h.Version, h.Time, r.Behind, h.Files, h.Bytes, r.Part.String()
	if !r.Beacon.Time.IsZero() {
		l["alive"] = r.Beacon.Time
	}
	if !r.Status.Checked.IsZero() {
		l["synced"], l["sync_result"] = r.Status.Checked, r.Status.Result
	}
	return l
}
