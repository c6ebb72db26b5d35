// Package state is what a copy remembers from one sync to the next, in a
// folder that only its owner can read:
//
//	lock              held while a sync is at work
//	pins              fingerprints of keys that must have signed
//	keys/1 …          the key statements that are trusted
//	head              the newest head seen, also when its files never came
//	etags             what sources called that head
//	staging/          files on their way, each named for its SHA-256
//	removed/12/       files that left the archive after version 12
//	evidence/         heads that contradict one another
package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"backfile/build/internal/digest"
	"backfile/build/internal/disk"
	"backfile/build/manifest/release"
	"backfile/build/manifest/trust"
	"backfile/build/mirror/offer"
)

// Name is what the folder is called in a copy. Nothing at the top of a copy
// whose name begins with a dot is part of the archive.
const Name = ".backfile-sync"

// A Folder is the state of a copy.
type Folder struct {
	Dir     string
	Known   offer.Known       // without ETag
	etags   map[string]string // by source
	release func()
}

// ErrBusy says that another sync is at work.
var ErrBusy = errors.New("another sync is at work on this copy")

// Open makes or reads the folder and takes its lock.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, err
	}
	release, taken, err := disk.Lock(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	if !taken {
		return nil, ErrBusy
	}
	s := &Folder{Dir: dir, etags: map[string]string{}, release: release}
	if err := s.read(); err != nil {
		release()
		return nil, err
	}
	return s, nil
}

// Close lets go of the lock.
func (s *Folder) Close() { s.release() }

// Path returns where something stands in the folder.
func (s *Folder) Path(parts ...string) string {
	return filepath.Join(append([]string{s.Dir}, parts...)...)
}

func (s *Folder) read() error {
	pins, err := s.optional("pins")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(pins)) {
		f, err := trust.ParseFingerprint(line)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Path("pins"), err)
		}
		s.Known.Pins = append(s.Known.Pins, f)
	}
	for n := 1; ; n++ {
		text, err := s.optional(filepath.Join("keys", strconv.Itoa(n)))
		if err != nil {
			return err
		}
		if text == nil {
			break
		}
		s.Known.Statements = append(s.Known.Statements, text)
	}
	if s.Known.Head, err = s.optional("head"); err != nil {
		return err
	}
	tags, err := s.optional("etags")
	for line := range strings.Lines(string(tags)) {
		if name, tag, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			s.etags[name] = tag
		}
	}
	return err
}

// optional reads a small file that need not be there.
func (s *Folder) optional(name string) ([]byte, error) {
	b, err := os.ReadFile(s.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// For returns what is known, as a source is to be asked. The tag of the newest
// head counts only while its files are all in place.
func (s *Folder) For(source string, complete bool) offer.Known {
	k := s.Known
	if complete {
		k.ETag = s.etags[source]
	}
	return k
}

func (s *Folder) write(name string, text []byte) error {
	file := s.Path(name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return release.Replace(file, text)
}

// Pin remembers keys that must have signed.
func (s *Folder) Pin(pins []trust.Fingerprint) error {
	var b strings.Builder
	for _, f := range pins {
		fmt.Fprintln(&b, f)
	}
	s.Known.Pins = pins
	return s.write("pins", []byte(b.String()))
}

// See remembers an offer that was found good: from now on nothing older is, also
// if the sync ends before its files are here.
func (s *Folder) See(o *offer.Offer) error {
	for i, text := range o.Statements {
		if i < len(s.Known.Statements) {
			continue
		}
		if err := s.write(filepath.Join("keys", strconv.Itoa(i+1)), text); err != nil {
			return err
		}
	}
	s.Known.Statements = o.Statements
	if string(s.Known.Head) == string(o.File) {
		return nil
	}
	s.Known.Head = o.File
	s.etags = map[string]string{}
	return s.write("head", o.File)
}

// Tag remembers what sources call the newest head.
func (s *Folder) Tag(tags map[string]string) error {
	same := len(tags) == len(s.etags)
	var b strings.Builder
	for name, tag := range tags {
		same = same && s.etags[name] == tag
		if !strings.ContainsAny(name+tag, "\t\n") {
			fmt.Fprintf(&b, "%s\t%s\n", name, tag)
		}
	}
	if same {
		return nil
	}
	s.etags = tags
	return s.write("etags", []byte(b.String()))
}

// Evidence keeps heads that contradict one another, and returns the folder.
func (s *Folder) Evidence(at time.Time, heads ...[]byte) (string, error) {
	dir := filepath.Join("evidence", at.UTC().Format("20060102T150405Z"))
	for _, h := range heads {
		if err := s.write(filepath.Join(dir, digest.Plain(h).String()[:16]+".head"), h); err != nil {
			return "", err
		}
	}
	return s.Path(dir), nil
}

// Staged returns where the file of a digest is staged.
func (s *Folder) Staged(sum digest.Sum) string {
	name := sum.String()
	return s.Path("staging", name[:2], name)
}
