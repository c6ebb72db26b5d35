package cli

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"backfile/build/mirror/source"

	"github.com/spf13/cobra"
)

//go:embed mirror_init.txt
var mirrorInit string

func newMirrorInit(g *globals) *cobra.Command {
	var keys []string
	var minutes int
	c := &cobra.Command{
		Use:   "init [SOURCE… DIR]",
		Short: "Print what keeps a copy up to date: lines for cron, systemd, nginx and Caddy",
		Long:  "init changes nothing on the machine; it prints what to put where.",
		Example: "  backfile mirror init https://lantern.example/ /srv/www/lantern\n" +
			"  backfile mirror init --key 9f31-0c4e-77aa-1b02-5d6e-8f90-a1b2-c3d4 https://lantern.example/ /srv/www/lantern",
		RunE: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				args = []string{"https://archive.example/", "/srv/www/archive"}
			case 1:
				return &usageError{"init wants a source and the folder of the copy", "backfile mirror init https://lantern.example/ /srv/www/lantern"}
			}
			if _, err := fingerprints(keys); err != nil {
				return err
			}
			if minutes < 5 || minutes > 24*60 {
				return &usageError{fmt.Sprintf("--every %d is out of range", minutes), "5 to 1440 minutes"}
			}
			dir, err := filepath.Abs(args[len(args)-1])
			if err != nil {
				return err
			}
			if source.IsWeb(args[len(args)-1]) {
				return &usageError{fmt.Sprintf("the copy is to stand in %s, which is no folder", args[len(args)-1]), "name the folder last"}
			}
			exe, err := os.Executable()
			if err != nil {
				exe = "/usr/local/bin/backfile"
			}
			sync := []string{exe, "mirror", "sync"}
			for _, k := range keys {
				sync = append(sync, "--key", quote(k))
			}
			for _, s := range append(args[:len(args)-1:len(args)-1], dir) {
				sync = append(sync, quote(s))
			}
			t, err := template.New("init").Parse(mirrorInit)
			if err != nil {
				return err
			}
			return t.Execute(g.Stdout, map[string]any{"Sync": strings.Join(sync, " "), "Dir": dir, "Every": minutes, "Exe": exe, "Cron": cronTimes(minutes)})
		},
	}
	c.Flags().StringArrayVar(&keys, "key", nil, "the fingerprint of the publisher's key")
	c.Flags().IntVar(&minutes, "every", 60, "minutes between two syncs")
	return c
}

// cronTimes is when cron is to start a sync: never at the full hour, when all
// do.
func cronTimes(minutes int) string {
	if minutes < 60 {
		return fmt.Sprintf("7-59/%d * * * *", minutes)
	}
	return fmt.Sprintf("17 */%d * * *", max(1, min(23, minutes/60)))
}

// quote writes a word for a shell.
func quote(word string) string {
	plain := strings.IndexFunc(word, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@+,=~", r))
	}) < 0
	if plain && word != "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
