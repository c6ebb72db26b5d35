package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"backfile/build/manifest/release"
	"backfile/build/manifest/secret"
	"backfile/build/manifest/trust"

	"github.com/spf13/cobra"
)

func newKeysRotate(g *globals) *cobra.Command {
	var n newKeyFlags
	var add, addBeacon, remove, with []string
	var threshold int
	c := &cobra.Command{
		Use:   "rotate",
		Short: "Change the archive's keys: a new key for an old one, more keys, another threshold",
		Long: "Without flags, rotate makes a new key that takes the place of yours; or, when a change waits for\n" +
			"signatures, it adds yours. Old and new keys both sign the change, so that copies can follow it.",
		Example: "  backfile keys rotate\n  backfile keys rotate --add anna.pub --add ben.pub --threshold 2",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := release.Open(g.Dir)
			if err != nil {
				return err
			}
			ch := release.KeyChange{Threshold: threshold, Time: now()}
			if ch.Add, err = keyLines(add); err != nil {
				return err
			}
			if ch.Beacons, err = keyLines(addBeacon); err != nil {
				return err
			}
			if ch.Remove, err = fingerprints(remove); err != nil {
				return err
			}
			plain := len(add)+len(addBeacon)+len(remove)+threshold == 0
			return g.changeKeys(f, keyChange{ch, with, n, plain})
		},
	}
	n.add(c)
	fl := c.Flags()
	fl.StringArrayVar(&add, "add", nil, "a key to add: its line as \"keys new\" prints it, or a file that holds it")
	fl.StringArrayVar(&addBeacon, "add-beacon", nil, "a beacon key to add")
	fl.StringArrayVar(&remove, "remove", nil, "the fingerprint of a key to remove; what it signed stays good")
	fl.IntVar(&threshold, "threshold", 0, "how many of the keys must sign")
	fl.StringArrayVar(&with, "key", nil, "a file with a secret key to sign with (default: those in the folder of your settings)")
	return c
}

func newKeysRevoke(g *globals) *cobra.Command {
	var n newKeyFlags
	var with []string
	c := &cobra.Command{
		Use:     "revoke FINGERPRINT…",
		Short:   "Say that signatures of a key no longer count, because it was lost or stolen",
		Example: "  backfile keys revoke 9f31-0c4e-77aa-1b02-5d6e-8f90-a1b2-c3d4",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := release.Open(g.Dir)
			if err != nil {
				return err
			}
			revoke, err := fingerprints(args)
			if err != nil {
				return err
			}
			return g.changeKeys(f, keyChange{release.KeyChange{Revoke: revoke, Time: now()}, with, n, false})
		},
	}
	n.add(c)
	c.Flags().StringArrayVar(&with, "key", nil, "a file with a secret key to sign with (default: those in the folder of your settings)")
	return c
}

// A keyChange is what rotate or revoke was asked to do.
type keyChange struct {
	release.KeyChange
	with  []string // files of secret keys
	fresh newKeyFlags
	plain bool // nothing was asked for: a new key for mine
}

// changeKeys makes the next statement and signs it.
func (g *globals) changeKeys(f *release.Folder, ch keyChange) error {
	if f.Chain.Len() == 0 {
		return fmt.Errorf("%w: \"backfile keys new\" makes the first", release.ErrNoKeys)
	}
	v := &vault{g: g}
	last := f.Chain.Last()
	draft, waiting := f.Draft()
	lines := slices.Concat(last.Keys, draft.Keys, ch.Add)
	mine, err := v.keys(ch.with, lines)
	if err != nil {
		return err
	}
	if ch.plain && waiting {
		return g.agree(f, draft, mine)
	}
	left := len(last.Keys) + len(ch.Add)
	for _, r := range slices.Concat(ch.Remove, ch.Revoke) {
		if last.Has(r) {
			left--
		}
	}
	if ch.plain || left < max(last.Threshold, ch.Threshold) { // a new key takes the place of the old
		if len(mine) == 0 {
			return release.ErrNoKeyAtHand
		}
		k, file, err := g.makeKey(v, last.Origin, ch.fresh)
		if err != nil {
			return err
		}
		g.sayKey("key", k.Line, file)
		ch.Add = append(ch.Add, k.Line)
		if ch.plain {
			ch.Remove = append(ch.Remove, mine[0].Fingerprint())
		}
		mine = append(mine, k)
	}
	s, err := f.Next(ch.KeyChange)
	if err != nil {
		return err
	}
	return g.agree(f, s, mine)
}

// agree signs a statement and says how far it has come.
func (g *globals) agree(f *release.Folder, s trust.Statement, mine []*secret.Key) error {
	state, err := f.Agree(s, mine)
	if err != nil {
		return err
	}
	if !state.Done {
		fmt.Fprintf(g.Stderr, "backfile: statement %d has %d of %d signatures; it waits in %s/ for \"backfile keys rotate\" by the holders of the other keys\n", s.Number, state.Have, state.Want, release.Name)
		return nil
	}
	fmt.Fprintf(g.Stderr, "backfile: statement %d is in force; \"backfile sign\" publishes it with the next version\n", s.Number)
	if !g.JSON {
		g.showKeys(f)
	}
	return nil
}

// keyLines reads keys that are given as lines or as files that hold one.
func keyLines(given []string) ([]string, error) {
	var out []string
	for _, text := range given {
		if strings.Count(text, "+") < 2 {
			b, err := os.ReadFile(text)
			if err != nil {
				return nil, &usageError{fmt.Sprintf("%q is neither a key nor a file with one", text), "\"backfile keys new\" prints the line of a key: name+digits+letters"}
			}
			if f, err := secret.Parse(text, b); err == nil {
				b = []byte(f.Line) // the file of the secret says which it is
			}
			text = string(b)
		}
		text = strings.TrimSpace(text)
		if _, err := trust.KeyFingerprint(text); err != nil {
			return nil, &usageError{err.Error(), ""}
		}
		out = append(out, text)
	}
	return out, nil
}

// fingerprints reads fingerprints; a mistake in one is a mistake of usage.
func fingerprints(given []string) ([]trust.Fingerprint, error) {
	var out []trust.Fingerprint
	for _, text := range given {
		f, err := trust.ParseFingerprint(text)
		if err != nil {
			return nil, &usageError{err.Error(), "\"backfile keys show\" prints them"}
		}
		out = append(out, f)
	}
	return out, nil
}
