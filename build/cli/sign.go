package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"backfile/build/manifest"
	"backfile/build/manifest/release"

	"github.com/spf13/cobra"
)

// signFlags are those of "backfile sign".
type signFlags struct {
	with        []string
	round, next string
	alive       bool
	check       bool
	noVerify    bool
}

func newSign(g *globals) *cobra.Command {
	var s signFlags
	c := &cobra.Command{
		Use:   "sign",
		Short: "Sign what the last build made, as the next version of the archive",
		Long: "sign looks whether public/ is what its manifest says, and signs the manifest's head. What is signed\n" +
			"is kept in releases/: a later build of the same articles, also on another machine, publishes it again.",
		Example: "  backfile build && backfile sign\n  backfile sign --round 1d --next 30d\n  backfile sign --alive --key beacon.key",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f, err := release.Open(g.Dir)
			if err != nil {
				return err
			}
			public := g.public()
			switch {
			case s.check:
				return g.checkSigned(f, public)
			case s.alive:
				return g.signAlive(f, public, s.with)
			}
			if f.Chain.Len() == 0 {
				return fmt.Errorf("%w: \"backfile keys new\" makes the first", release.ErrNoKeys)
			}
			if !s.noVerify {
				if err := g.verifyBuilt(c, public); err != nil {
					return err
				}
			}
			return g.sign(f, public, s)
		},
	}
	fl := c.Flags()
	fl.StringVarP(&g.Out, "output", "o", "", "what to sign (default: public/ in the archive's folder)")
	fl.StringArrayVar(&s.with, "key", nil, "a file with a secret key (default: those of the archive in the folder of your settings)")
	fl.StringVar(&s.round, "round-time", "1s", "round the time of publication down, so that it does not tell when you work: 1h, 1d")
	fl.StringVar(&s.next, "next", "30d", "until when a next version is promised at the latest; copies then warn that this one is stale. 0 promises nothing")
	fl.BoolVar(&s.alive, "alive", false, "sign with a beacon key that the newest version is still the latest")
	fl.BoolVar(&s.check, "check", false, "sign nothing: status 1 when what the last build made is not signed")
	fl.BoolVar(&s.noVerify, "no-verify", false, "do not look first whether public/ is what its manifest says")
	return c
}

// verifyBuilt refuses to sign for a public/ that is not as a build left it.
func (g *globals) verifyBuilt(c *cobra.Command, public string) error {
	if _, err := os.Stat(filepath.Join(public, filepath.FromSlash(manifest.HeadPath))); err != nil {
		return fmt.Errorf("%s: nothing is built there (backfile build)", public)
	}
	rep, err := manifest.Verify(c.Context(), os.DirFS(public))
	if err != nil {
		return err
	}
	if len(rep.Findings) == 0 {
		return nil
	}
	for i, f := range rep.Findings {
		if i == maxShown {
			fmt.Fprintf(g.Stderr, "backfile: and %d more\n", len(rep.Findings)-i)
			break
		}
		fmt.Fprintln(g.Stderr, "backfile:", f)
	}
	fmt.Fprintf(g.Stderr, "backfile: %s is not as a build left it; nothing was signed (backfile build)\n", public)
	return errQuiet
}

func (g *globals) sign(f *release.Folder, public string, s signFlags) error {
	o := release.Options{Public: public, Time: now()}
	var err error
	if o.Round, err = duration("round-time", s.round); err != nil {
		return err
	}
	if o.Next, err = duration("next", s.next); err != nil {
		return err
	}
	if o.Keys, err = (&vault{g: g}).keys(s.with, f.Chain.Last().Keys); err != nil {
		return err
	}
	res, err := f.Sign(o)
	if errors.Is(err, release.ErrNoKeyAtHand) {
		return fmt.Errorf("%w (--key FILE names one)", err)
	}
	if err != nil {
		return err
	}
	g.signed(res)
	return nil
}

// signed says what a signing did.
func (g *globals) signed(res release.Result) {
	h := res.Head
	if g.JSON {
		signers := []string{}
		for _, f := range res.Signers {
			signers = append(signers, f.String())
		}
		g.printJSON(map[string]any{
			"type": "sign", "origin": h.Origin, "version": h.Version, "time": h.Time, "files": h.Files, "bytes": h.Bytes, "root": h.Root.String(),
			"added": res.Added, "changed": res.Changed, "withdrawn": res.Withdrawn, "done": res.Signing.Done, "again": res.Again, "signers": signers,
		})
		return
	}
	switch {
	case res.Again:
		fmt.Fprintf(g.Stdout, "version %d of %s is signed already: %s, %s\n", h.Version, h.Origin, count(h.Files, "file"), size(h.Bytes))
	case !res.Signing.Done:
		fmt.Fprintf(g.Stdout, "version %d of %s has %d of %d signatures; it waits in %s/ for \"backfile sign\" by the holders of the other keys\n",
			h.Version, h.Origin, res.Signing.Have, res.Signing.Want, release.Name)
	default:
		change := ""
		if h.Version > 1 {
			change = fmt.Sprintf("; %d added, %d changed, %d withdrawn", res.Added, res.Changed, res.Withdrawn)
		}
		fmt.Fprintf(g.Stdout, "version %d of %s signed by %s: %s, %s%s\n", h.Version, h.Origin, count(len(res.Signers), "key"), count(h.Files, "file"), size(h.Bytes), change)
	}
	if h.Version > 1 && res.NoDelta && res.Signing.Done && !res.Again {
		fmt.Fprintln(g.Stderr, "backfile: without a delta: too much changed, or the earlier list is gone; copies read the list in pieces")
	}
}

// checkSigned tells whether the newest signed version is what is built.
func (g *globals) checkSigned(f *release.Folder, public string) error {
	h, err := manifest.ReadHead(os.DirFS(public))
	if err != nil {
		return err
	}
	if !h.Signed() || h.Sum() != f.Head.Sum() {
		return fmt.Errorf("%s is not signed: what is built is not version %d (backfile sign)", public, f.Head.Version)
	}
	fmt.Fprintf(g.Stdout, "version %d of %s, signed %s\n", h.Version, h.Origin, h.Time.Format(time.RFC3339))
	return nil
}

func (g *globals) signAlive(f *release.Folder, public string, with []string) error {
	if f.Chain.Len() == 0 {
		return fmt.Errorf("%w: \"backfile keys new\" makes the first", release.ErrNoKeys)
	}
	keys, err := (&vault{g: g}).keys(with, f.Chain.Last().Beacons)
	if err != nil {
		return err
	}
	b, err := f.Alive(public, keys, now())
	if err != nil {
		return err
	}
	fmt.Fprintf(g.Stdout, "version %d of %s is the latest at %s\n", b.Version, b.Origin, b.Time.Format(time.RFC3339))
	return nil
}

// duration reads a length of time, in Go's units or in days.
func duration(flag, text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n <= 36500 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, &usageError{fmt.Sprintf("--%s %s is not a length of time", flag, text), "write it as 12h or 30d"}
	}
	return d, nil
}
