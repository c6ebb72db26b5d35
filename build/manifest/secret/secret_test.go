package secret

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"backfile/build/manifest/trust"
)

func TestAKeyIsOpenedByItsPassphraseOnly(t *testing.T) {
	k, err := New("x.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, pass := range []string{"", "correct horse"} {
		text, err := k.Seal(pass)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "keys", k.FileName())
		if err := Write(file, text); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("the file has the mode %v, want 0600", info.Mode())
		}
		f, err := Read(file)
		if err != nil {
			t.Fatal(err)
		}
		if f.Locked() != (pass != "") {
			t.Errorf("with the passphrase %q the key is locked: %v", pass, f.Locked())
		}
		got, err := f.Open(pass)
		if err != nil || got.Line != k.Line || !bytes.Equal(got.seed, k.seed) {
			t.Errorf("Open: %v, %v", got, err)
		}
		if pass != "" {
			if bytes.Contains(text, []byte("open ")) {
				t.Error("the secret stands in the file")
			}
			if _, err := f.Open("wrong"); !errors.Is(err, ErrPassphrase) {
				t.Errorf("Open with another passphrase: %v, want %v", err, ErrPassphrase)
			}
		}
		if err := Write(file, text); !errors.Is(err, os.ErrExist) {
			t.Errorf("a second Write: %v, want it refused: a secret would be lost", err)
		}
	}
}

func TestAKeyThatOthersCanReadIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes")
	}
	k, err := New("x.example")
	if err != nil {
		t.Fatal(err)
	}
	text, err := k.Seal("")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.key")
	if err := errors.Join(Write(file, text), os.Chmod(file, 0o640)); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file); err == nil || !strings.Contains(err.Error(), "others can read") {
		t.Errorf("Read: %v", err)
	}
}

// Nobody can change the name or the cost of a sealed key unseen.
func TestASealedKeyIsOneWhole(t *testing.T) {
	k, err := New("x.example")
	if err != nil {
		t.Fatal(err)
	}
	text, err := k.Seal("p")
	if err != nil {
		t.Fatal(err)
	}
	other, err := New("x.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{k.Line, other.Line}, {"scrypt 17", "scrypt 16"}} {
		f, err := Parse("x", []byte(strings.Replace(string(text), change[0], change[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Open("p"); err == nil {
			t.Errorf("with %q for %q the key opens", change[1], change[0])
		}
	}
}

func TestSignaturesAreAdded(t *testing.T) {
	a, err := New("x.example")
	if err != nil {
		t.Fatal(err)
	}
	b, err := New("x.example")
	if err != nil {
		t.Fatal(err)
	}
	file := []byte("a text\nof two lines\n")
	for _, k := range []*Key{a, b, a} {
		if file, err = k.Sign(file); err != nil {
			t.Fatal(err)
		}
	}
	signers, err := trust.Signers(file, []string{a.Line, b.Line})
	if err != nil || len(signers) != 2 || strings.Count(string(file), "\n— ") != 2 {
		t.Errorf("the note has the signers %v, %v:\n%s", signers, err, file)
	}
	if _, err := a.Sign(bytes.Replace(file, []byte("two"), []byte("six"), 1)); err == nil {
		t.Error("a note with a false signature was signed")
	}
}

func FuzzParse(f *testing.F) {
	k, err := New("x.example")
	if err != nil {
		f.Fatal(err)
	}
	for _, pass := range []string{"", "p"} {
		text, err := k.Seal(pass)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("x", text)
		if err != nil || file.Locked() {
			return // opening takes half a second
		}
		if k, err := file.Open(""); err == nil && k.Line != file.Line {
			t.Errorf("the file of %s opens as %s", file.Line, k.Line)
		}
	})
}
