package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"backfile/build/manifest/secret"

	"golang.org/x/term"
)

// passphraseEnv names the variable that can hold the passphrase, for programs
// that sign.
const passphraseEnv = "BACKFILE_PASSPHRASE"

// A vault opens secret keys, asking for each passphrase once.
type vault struct {
	g     *globals
	asked bool
	last  string // the passphrase that worked last
}

// keysDir is where secret keys are kept: outside of the site, which is shared.
func keysDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder for secret keys: %w (name a key with --key FILE)", err)
	}
	return filepath.Join(dir, "backfile", "keys"), nil
}

// files reads the key files named, or, when none is, those in keysDir. Those
// that are not among lines are left out.
func (v *vault) files(named, lines []string) ([]*secret.File, error) {
	if len(named) > 0 {
		var out []*secret.File
		for _, name := range named {
			f, err := secret.Read(name)
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
		return out, nil
	}
	dir, err := keysDir()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []*secret.File
	for _, e := range entries {
		if filepath.Ext(e.Name()) != secret.Ext {
			continue
		}
		f, err := secret.Read(filepath.Join(dir, e.Name()))
		if err != nil { // perhaps of another archive
			fmt.Fprintln(v.g.Stderr, "backfile:", err)
			continue
		}
		if slices.Contains(lines, f.Line) {
			out = append(out, f)
		}
	}
	return out, nil
}

// keys opens the secret keys that are among lines: those in the files named,
// or, when none is, those in keysDir.
func (v *vault) keys(named, lines []string) ([]*secret.Key, error) {
	files, err := v.files(named, lines)
	if err != nil {
		return nil, err
	}
	var out []*secret.Key
	for _, f := range files {
		k, err := v.open(f)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// open opens a key file, with the passphrase that opened the last one if that
// fits.
func (v *vault) open(f *secret.File) (*secret.Key, error) {
	if !f.Locked() {
		return f.Open("")
	}
	if v.last != "" {
		if k, err := f.Open(v.last); err == nil {
			return k, nil
		}
		if !v.terminal() {
			return nil, fmt.Errorf("%s: %w", f.Path, secret.ErrPassphrase)
		}
	}
	pass, err := v.ask("passphrase of " + f.Path)
	if err != nil {
		return nil, err
	}
	k, err := f.Open(pass)
	if err == nil {
		v.last = pass
	}
	return k, err
}

func (v *vault) terminal() bool {
	f, ok := v.g.Stdin.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// ask gets a passphrase: from the environment, from the terminal, or from the
// first line of standard input.
func (v *vault) ask(what string) (string, error) {
	if pass := os.Getenv(passphraseEnv); pass != "" {
		return pass, nil
	}
	if f, ok := v.g.Stdin.(*os.File); ok && v.terminal() {
		fmt.Fprintf(v.g.Stderr, "%s: ", what)
		pass, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(v.g.Stderr)
		return string(pass), err
	}
	text := v.last // one passphrase for all keys of this run
	if !v.asked && v.g.Stdin != nil {
		v.asked = true
		text, _ = bufio.NewReader(v.g.Stdin).ReadString('\n')
	}
	if text = strings.TrimRight(text, "\r\n"); text == "" {
		return "", &usageError{"no " + what, "give it on a terminal, as the first line of standard input, or in " + passphraseEnv}
	}
	v.last = text
	return text, nil
}

// fresh gets the passphrase of a new key, twice from a terminal.
func (v *vault) fresh() (string, error) {
	pass, err := v.ask("passphrase for the new key")
	if usage, ok := errors.AsType[*usageError](err); ok {
		usage.hint += "; or say --no-passphrase, and whoever has the file can sign"
	}
	if err != nil || os.Getenv(passphraseEnv) != "" || !v.terminal() {
		return pass, err
	}
	if pass == "" {
		return "", &usageError{"the passphrase is empty", "--no-passphrase makes a key without one"}
	}
	again, err := v.ask("the same again")
	if err == nil && again != pass {
		err = errors.New("the two passphrases differ")
	}
	return pass, err
}
