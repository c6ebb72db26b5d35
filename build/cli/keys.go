package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"backfile/build/config"
	"backfile/build/manifest"
	"backfile/build/manifest/release"
	"backfile/build/manifest/secret"
	"backfile/build/manifest/trust"

	"github.com/spf13/cobra"
)

func newKeys(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "keys",
		Short: "Make, show and change the keys that sign the archive",
		Args:  noCommand,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newKeysNew(g), newKeysShow(g), newKeysRotate(g), newKeysRevoke(g))
	return c
}

// newKeyFlags are those of commands that can make a key.
type newKeyFlags struct {
	file         string
	noPassphrase bool
}

func (n *newKeyFlags) add(c *cobra.Command) {
	c.Flags().StringVarP(&n.file, "output", "o", "", "the file of the new key (default: in the folder of your settings)")
	c.Flags().BoolVar(&n.noPassphrase, "no-passphrase", false, "make a key that whoever has its file can sign with")
}

func newKeysNew(g *globals) *cobra.Command {
	var n newKeyFlags
	var name string
	var beacon bool
	c := &cobra.Command{
		Use:     "new",
		Short:   "Make a key; the first becomes the archive's",
		Example: "  backfile keys new\n  backfile keys new --beacon --no-passphrase -o beacon.key",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := release.Open(g.Dir)
			if err != nil {
				return err
			}
			origin, err := g.origin(f, name)
			if err != nil {
				return err
			}
			if beacon {
				origin += trust.BeaconSuffix
			}
			v := &vault{g: g}
			k, file, err := g.makeKey(v, origin, n)
			if err != nil {
				return err
			}
			g.sayKey("key", k.Line, file)
			switch {
			case beacon:
				fmt.Fprintf(g.Stderr, "backfile: to put it in force: backfile keys rotate --add-beacon '%s'\n", k.Line)
			case f.Chain.Len() > 0:
				fmt.Fprintf(g.Stderr, "backfile: to put it in force: backfile keys rotate --add '%s'\n", k.Line)
			case !g.hasSite():
				fmt.Fprintln(g.Stderr, "backfile: there is no site.yaml here, so the key is not any archive's yet")
			default:
				if _, err := f.First(k, now()); err != nil {
					return err
				}
				fmt.Fprintf(g.Stderr, "backfile: this is now the key of %s (%s/keys/1); \"backfile sign\" signs with it\n", origin, release.Name)
			}
			fmt.Fprintln(g.Stderr, "backfile: keep a copy of the file where no one else finds it: without it nobody can sign a later version")
			return nil
		},
	}
	n.add(c)
	c.Flags().StringVar(&name, "name", "", "the archive's name in the key, for good (default: from base_url or title)")
	c.Flags().BoolVar(&beacon, "beacon", false, "make a key that can say only which version is the latest")
	return c
}

func (g *globals) hasSite() bool {
	_, err := os.Stat(filepath.Join(g.Dir, config.File))
	return err == nil
}

// origin is the name of the archive: as its keys have it, as it is given, or
// as site.yaml proposes it.
func (g *globals) origin(f *release.Folder, given string) (string, error) {
	if f.Chain.Len() > 0 {
		have := f.Chain.Last().Origin
		if given != "" && given != have {
			return "", &usageError{fmt.Sprintf("the archive's name is %s already, not %s", have, given), "leave out --name"}
		}
		return have, nil
	}
	if given != "" {
		if !manifest.ValidOrigin(given) {
			return "", &usageError{fmt.Sprintf("%q cannot be the name of an archive", given), "a name has small letters, digits, dots, dashes and slashes"}
		}
		return given, nil
	}
	if !g.hasSite() {
		return "", &usageError{"there is no site.yaml here or above", "stand in the archive's folder, or give its name with --name"}
	}
	cfg, problems, err := config.Load(g.Dir)
	if err != nil {
		return "", err
	}
	if err := problems.Err(); err != nil {
		return "", err
	}
	return release.Origin(cfg.BaseURL, cfg.Title), nil
}

// makeKey makes a key and its file.
func (g *globals) makeKey(v *vault, name string, n newKeyFlags) (*secret.Key, string, error) {
	k, err := secret.New(name)
	if err != nil {
		return nil, "", err
	}
	pass := ""
	if !n.noPassphrase {
		if pass, err = v.fresh(); err != nil {
			return nil, "", err
		}
	}
	text, err := k.Seal(pass)
	if err != nil {
		return nil, "", err
	}
	file := n.file
	if file == "" {
		dir, err := keysDir()
		if err != nil {
			return nil, "", err
		}
		file = filepath.Join(dir, k.FileName())
	}
	return k, file, secret.Write(file, text)
}

// sayKey prints a key.
func (g *globals) sayKey(kind, line, file string) {
	f, err := trust.KeyFingerprint(line)
	if err != nil {
		panic(err) // it was read or made by us
	}
	if g.JSON {
		g.printJSON(map[string]any{"type": kind, "fingerprint": f.String(), "words": f.Words(), "key": line, "file": file})
		return
	}
	fmt.Fprintf(g.Stdout, "%-11s %s\n            %s\n            %s\n", kind, f, f.Words(), line)
	if file != "" {
		fmt.Fprintf(g.Stdout, "            secret in %s\n", file)
	}
}

func newKeysShow(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "Show the archive's keys with their fingerprints",
		Example: "  backfile keys show\n  backfile keys show --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := release.Open(g.Dir)
			if err != nil {
				return err
			}
			if f.Chain.Len() == 0 {
				return fmt.Errorf("%w: \"backfile keys new\" makes the first", release.ErrNoKeys)
			}
			g.showKeys(f)
			return nil
		},
	}
}

// showKeys prints the newest statement.
func (g *globals) showKeys(f *release.Folder) {
	s := f.Chain.Last()
	held := map[string]string{}
	files, _ := (&vault{g: g}).files(nil, slices.Concat(s.Keys, s.Beacons)) // showing works without the secrets
	for _, file := range files {
		held[file.Line] = file.Path
	}
	if g.JSON {
		g.printJSON(map[string]any{"type": "keys", "origin": s.Origin, "statement": s.Number, "threshold": s.Threshold, "time": s.Time, "version": f.Head.Version})
	} else {
		fmt.Fprintf(g.Stdout, "archive     %s\nstatement   %d of %s: %d of %s must sign\n", s.Origin, s.Number, s.Time.Format(time.DateOnly), s.Threshold, count(len(s.Keys), "key"))
		fmt.Fprintf(g.Stdout, "version     %s\n", signedVersion(f))
	}
	for _, k := range s.Keys {
		g.sayKey("key", k, held[k])
	}
	for _, k := range s.Beacons {
		g.sayKey("beacon", k, held[k])
	}
	for _, r := range s.Revoked {
		if g.JSON {
			g.printJSON(map[string]any{"type": "revoked", "fingerprint": r.String()})
			continue
		}
		fmt.Fprintf(g.Stdout, "%-11s %s\n", "revoked", r)
	}
	if draft, ok := f.Draft(); ok {
		fmt.Fprintf(g.Stderr, "backfile: statement %d waits for signatures: \"backfile keys rotate\" adds yours\n", draft.Number)
	}
}

func signedVersion(f *release.Folder) string {
	if !f.Head.Signed() {
		return "none is signed yet"
	}
	return fmt.Sprintf("%d, signed %s", f.Head.Version, f.Head.Time.Format(time.RFC3339))
}

// now is the time that signatures bear: that of SOURCE_DATE_EPOCH when it is
// set, so that a run can be repeated.
func now() time.Time {
	if n, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(n, 0).UTC()
	}
	return time.Now().UTC().Truncate(time.Second)
}
