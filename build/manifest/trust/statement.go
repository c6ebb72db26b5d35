// Package trust says whose signatures count: it reads the statements by which
// an archive names its keys, follows them from one to the next, and opens what
// the keys have signed.
//
//	backfile-keys/1
//	origin lantern.example
//	number 2
//	time 2026-11-26T11:00:00Z
//	threshold 2
//	key lantern.example+5ee7d2a5+AY…
//	key lantern.example+f0b2c9e1+Aa…
//	beacon lantern.example/alive+0d1c88b7+Ab…
//	revoked 0b1f-…
//	prev <sha256 of the text of statement 1>
//
// A statement is a signed note (C2SP signed-note, package
// golang.org/x/mod/sumdb/note) that as many keys of its own have signed as its
// threshold says, and as many keys of the statement before as the threshold of
// that one says. So whoever trusts the keys of one statement can find out which
// are the keys of all later ones.
package trust

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"backfile/build/internal/digest"
	"backfile/build/internal/fields"
	"backfile/build/manifest"
)

// A Statement names the keys of an archive.
type Statement struct {
	Origin    string
	Number    int // 1, 2, 3…
	Time      time.Time
	Threshold int           // how many of Keys must sign
	Keys      []string      // key lines, sorted
	Beacons   []string      // lines of keys that may say only that a version is the latest; sorted
	Revoked   []Fingerprint // keys whose signatures no longer count, also of earlier statements; sorted
	Prev      digest.Sum    // zero in number 1
}

const (
	statementFormat = "backfile-keys/1"
	maxKeys         = 50
	maxRevoked      = 200

	// BeaconSuffix ends the names of keys that sign beacons.
	BeaconSuffix = "/alive"

	// MaxNote is how long the file of a statement or a beacon can be.
	MaxNote = 64 << 10
)

// StatementPath returns where a statement stands below public/.
func StatementPath(number int) string { return fmt.Sprintf("%skeys/%d", manifest.Dir, number) }

// String returns the text of s, which the signatures are of.
func (s Statement) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\norigin %s\nnumber %d\ntime %s\nthreshold %d\n", statementFormat, s.Origin, s.Number, fields.Stamp(s.Time), s.Threshold)
	for _, k := range s.Keys {
		fmt.Fprintf(&b, "key %s\n", k)
	}
	for _, k := range s.Beacons {
		fmt.Fprintf(&b, "beacon %s\n", k)
	}
	for _, f := range s.Revoked {
		fmt.Fprintf(&b, "revoked %v\n", f)
	}
	if s.Number > 1 {
		fmt.Fprintf(&b, "prev %v\n", s.Prev)
	}
	return b.String()
}

// Sum is the digest of the text of s, by which heads and the next statement
// name it.
func (s Statement) Sum() digest.Sum { return digest.Plain([]byte(s.String())) }

// ParseStatement reads the file of a statement. It believes what the file says;
// Follow tells whether it is to be believed.
func ParseStatement(file []byte) (Statement, error) {
	s := Statement{}
	if len(file) > MaxNote {
		return s, fmt.Errorf("it is longer than %d bytes", MaxNote)
	}
	text := string(manifest.Text(file))
	if format, _, _ := strings.Cut(text, "\n"); format != statementFormat {
		return s, errors.New("it is not a statement of keys that this backfile reads")
	}
	f := fields.New(text)
	f.Skip()
	s.Origin = f.Word("origin")
	s.Number = int(f.Int("number", manifest.MaxStatements))
	s.Time = f.Time("time")
	s.Threshold = int(f.Int("threshold", maxKeys))
	for k := f.Word("key"); k != ""; k = f.Word("key") {
		s.Keys = append(s.Keys, k)
	}
	for k := f.Word("beacon"); k != ""; k = f.Word("beacon") {
		s.Beacons = append(s.Beacons, k)
	}
	for k := f.Word("revoked"); k != ""; k = f.Word("revoked") {
		fp, err := ParseFingerprint(k)
		if err != nil {
			return Statement{}, err
		}
		s.Revoked = append(s.Revoked, fp)
	}
	if prev := f.Words("prev", 1); prev != nil {
		s.Prev = f.Sum(prev, 0)
	}
	if err := f.Err(); err != nil || s.String() != text {
		return Statement{}, errors.New("it is damaged")
	}
	return s, s.check()
}

// check returns what is wrong with what s says.
func (s Statement) check() error {
	switch {
	case !manifest.ValidOrigin(s.Origin) || s.Number < 1:
		return errors.New("it is damaged")
	case s.Threshold < 1 || s.Threshold > len(s.Keys):
		return fmt.Errorf("it wants %d signatures of %d keys", s.Threshold, len(s.Keys))
	case len(s.Keys) > maxKeys || len(s.Beacons) > maxKeys || len(s.Revoked) > maxRevoked:
		return errors.New("it has more keys than an archive can have")
	}
	seen := map[Fingerprint]bool{}
	for i, list := range [][]string{s.Keys, s.Beacons} {
		if !slices.IsSorted(list) {
			return errors.New("its keys are not in order")
		}
		name := s.Origin + []string{"", BeaconSuffix}[i]
		for _, k := range list {
			f, err := KeyFingerprint(k)
			if err != nil {
				return err
			}
			if !strings.HasPrefix(k, name+"+") {
				return fmt.Errorf("the key %s has another name than %s", f, name)
			}
			if seen[f] {
				return fmt.Errorf("the key %s is in it twice", f) // it would count twice
			}
			seen[f] = true
		}
	}
	for i, f := range s.Revoked {
		if seen[f] {
			return fmt.Errorf("the key %s is in it and revoked", f)
		}
		if i > 0 && slices.Compare(s.Revoked[i-1][:], f[:]) >= 0 {
			return errors.New("its revoked keys are not in order")
		}
	}
	return nil
}

// Has tells whether one of the keys (not a beacon's) has this fingerprint.
func (s Statement) Has(f Fingerprint) bool {
	return slices.ContainsFunc(s.Keys, func(k string) bool {
		have, err := KeyFingerprint(k)
		return err == nil && have == f
	})
}

// Fingerprints returns those of the keys, in their order.
func (s Statement) Fingerprints() []Fingerprint {
	var out []Fingerprint
	for _, k := range s.Keys {
		if f, err := KeyFingerprint(k); err == nil {
			out = append(out, f)
		}
	}
	return out
}

// Signers returns the fingerprints of those of keys that have signed file. It
// is an error when a signature that is said to be of one of them is bad, or
// when there are no signatures at all.
func Signers(file []byte, keys []string) ([]Fingerprint, error) {
	var known []note.Verifier
	prints := map[string]Fingerprint{}
	id := func(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, fmt.Errorf("%q is not a key", shorten(k))
		}
		// Two keys can have the same short hash; then neither can be told.
		if _, twice := prints[id(v.Name(), v.KeyHash())]; twice {
			return nil, fmt.Errorf("two keys have the same short name %s", id(v.Name(), v.KeyHash()))
		}
		f, err := KeyFingerprint(k)
		if err != nil {
			return nil, err
		}
		known = append(known, v)
		prints[id(v.Name(), v.KeyHash())] = f
	}
	n, err := note.Open(file, note.VerifierList(known...))
	if _, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		return nil, nil
	}
	if bad, ok := errors.AsType[*note.InvalidSignatureError](err); ok {
		return nil, fmt.Errorf("the signature of %s is false", prints[id(bad.Name, bad.Hash)])
	}
	if err != nil {
		return nil, errors.New("it is not signed")
	}
	var out []Fingerprint
	for _, sig := range n.Sigs {
		if f := prints[id(sig.Name, sig.Hash)]; !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out, nil
}
