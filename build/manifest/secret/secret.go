// Package secret keeps secret keys in files: one key a file, readable by its
// owner only, under a passphrase.
//
//	backfile-secret-key/1
//	key lantern.example+5ee7d2a5+AY…
//	scrypt 17 <salt>
//	sealed <nonce, and the secret under XChaCha20-Poly1305, in base64>
//
// or, without a passphrase, "open <the secret in base64>" for the last two
// lines. The passphrase is stretched by scrypt (N = 2 to the number given,
// r = 8, p = 1), and the lines before the last are authenticated with the
// secret.
package secret

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/scrypt"
	"golang.org/x/mod/sumdb/note"

	"backfile/build/internal/fields"
	"backfile/build/manifest/trust"
)

// A Key is a secret key.
type Key struct {
	Line string // the public half: "name+hash+base64"
	seed []byte
}

const (
	format = "backfile-secret-key/1"

	// Ext ends the names of key files.
	Ext = ".key"

	maxFile = 4 << 10

	// cost is scrypt's N as a power of two: 128 MB and half a second.
	cost    = 17
	maxCost = 20 // a gigabyte; a file that asks for more is an attack
)

// ErrPassphrase says that a passphrase is not the one of the key.
var ErrPassphrase = errors.New("the passphrase is another one")

// New makes a key of a name.
func New(name string) (*Key, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := rand.Read(seed); err != nil {
		return nil, err
	}
	return fromSeed(name, seed)
}

// fromSeed returns the key that a seed makes.
func fromSeed(name string, seed []byte) (*Key, error) {
	line, err := note.NewEd25519VerifierKey(name, ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	if err != nil {
		return nil, fmt.Errorf("making a key called %q: %w", name, err)
	}
	return &Key{line, seed}, nil
}

// Fingerprint returns the fingerprint of the public half.
func (k *Key) Fingerprint() trust.Fingerprint {
	f, err := trust.KeyFingerprint(k.Line)
	if err != nil {
		panic(err) // fromSeed has made the line
	}
	return f
}

// Name returns the name in the key's line.
func (k *Key) Name() string { return Name(k.Line) }

// Name returns the name in a key line.
func Name(line string) string { name, _, _ := strings.Cut(line, "+"); return name }

// Sign adds the key's signature to a note: a text that ends with a line break,
// or a note with signatures of others already. A signature that is there is not
// added again.
func (k *Key) Sign(file []byte) ([]byte, error) {
	v, err := note.NewVerifier(k.Line)
	if err != nil {
		return nil, err
	}
	n := &note.Note{Text: string(file)}
	if have, err := note.Open(file, note.VerifierList(v)); err == nil {
		return file, nil // signed already
	} else if u, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		n = u.Note
	} else if have != nil || strings.Contains(string(file), "\n\n") {
		return nil, fmt.Errorf("adding a signature: %w", err)
	}
	signer, err := note.NewSigner(k.skey())
	if err != nil {
		return nil, err
	}
	return note.Sign(n, signer)
}

// skey is the secret in the form that package note reads.
func (k *Key) skey() string {
	name, rest, _ := strings.Cut(k.Line, "+")
	hash, _, _ := strings.Cut(rest, "+")
	return fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, hash, base64.StdEncoding.EncodeToString(append([]byte{1}, k.seed...)))
}

// Seal returns the file of the key under a passphrase, or without one when it
// is "".
func (k *Key) Seal(passphrase string) ([]byte, error) {
	head := format + "\nkey " + k.Line + "\n"
	if passphrase == "" {
		return []byte(head + "open " + base64.StdEncoding.EncodeToString(k.seed) + "\n"), nil
	}
	salt := make([]byte, 16)
	nonce := make([]byte, chacha20poly1305.NonceSizeX)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	head += fmt.Sprintf("scrypt %d %s\n", cost, base64.StdEncoding.EncodeToString(salt))
	wrap, err := stretch(passphrase, salt, cost)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(wrap)
	if err != nil {
		return nil, err
	}
	sealed := aead.Seal(nonce, nonce, k.seed, []byte(head))
	return []byte(head + "sealed " + base64.StdEncoding.EncodeToString(sealed) + "\n"), nil
}

func stretch(passphrase string, salt []byte, cost int) ([]byte, error) {
	return scrypt.Key([]byte(passphrase), salt, 1<<cost, 8, 1, chacha20poly1305.KeySize)
}

// A File is a key file that has been read and not opened.
type File struct {
	Path string
	Line string // the public half
	open []byte // the seed, when there is no passphrase

	head         string
	cost         int
	salt, sealed []byte
}

// Parse reads a key file.
func Parse(path string, text []byte) (*File, error) {
	wrong := fmt.Errorf("%s: it is not a secret key of backfile, or damaged", path)
	if len(text) > maxFile || !strings.HasPrefix(string(text), format+"\n") {
		return nil, wrong
	}
	f := fields.New(string(text))
	f.Skip()
	k := &File{Path: path, Line: f.Word("key")}
	if _, err := trust.KeyFingerprint(k.Line); err != nil {
		return nil, wrong
	}
	decode := func(text string) []byte {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil
		}
		return b
	}
	if open := f.Word("open"); open != "" {
		k.open = decode(open)
		if f.Err() != nil || len(k.open) != ed25519.SeedSize {
			return nil, wrong
		}
		return k, nil
	}
	words := f.Words("scrypt", 2)
	if words == nil {
		return nil, wrong
	}
	k.cost, k.salt = int(f.Number(words, 0, maxCost)), decode(words[1])
	k.head, _, _ = strings.Cut(string(text), "sealed ")
	k.sealed = decode(f.Word("sealed"))
	if f.Err() != nil || k.cost < 1 || len(k.salt) < 8 || len(k.sealed) <= chacha20poly1305.NonceSizeX {
		return nil, wrong
	}
	return k, nil
}

// Locked tells whether opening f takes a passphrase.
func (f *File) Locked() bool { return f.open == nil }

// Open returns the key in f.
func (f *File) Open(passphrase string) (*Key, error) {
	seed := f.open
	if f.Locked() {
		wrap, err := stretch(passphrase, f.salt, f.cost)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		aead, err := chacha20poly1305.NewX(wrap)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		nonce, sealed := f.sealed[:aead.NonceSize()], f.sealed[aead.NonceSize():]
		if seed, err = aead.Open(nil, nonce, sealed, []byte(f.head)); err != nil || len(seed) != ed25519.SeedSize {
			return nil, fmt.Errorf("%s: %w", f.Path, ErrPassphrase)
		}
	}
	k, err := fromSeed(Name(f.Line), seed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	if k.Line != f.Line {
		return nil, fmt.Errorf("%s: the secret is not the one of the key that the file names", f.Path)
	}
	return k, nil
}

// Write makes the file of a key, which must not be there yet. Only its owner
// can read it.
func Write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// Read reads the key file at path. A file that others can read is refused: who
// has read it may sign.
func Read(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s: it is not a secret key of backfile", path)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s: others can read this secret key (chmod 600 %s)", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text)
}

// FileName is what the file of a key is called: its archive's name, and the
// beginning of its fingerprint.
func (k *Key) FileName() string {
	name := strings.ReplaceAll(k.Name(), "/", "_")
	f := k.Fingerprint()
	return fmt.Sprintf("%.60s-%x%s", name, f[:4], Ext)
}
