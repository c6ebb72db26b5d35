package release

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"backfile/build/manifest"
	"backfile/build/manifest/secret"
	"backfile/build/manifest/trust"
)

// A KeyChange is what the next key statement says that the last did not.
type KeyChange struct {
	Add       []string            // key lines
	Beacons   []string            // lines of beacon keys to add
	Remove    []trust.Fingerprint // of keys or beacon keys
	Revoke    []trust.Fingerprint // whose signatures no longer count; removed too
	Threshold int                 // 0 keeps it
	Time      time.Time
}

// A Signing tells how far a note has come.
type Signing struct {
	Have, Want int  // signatures
	Done       bool // there are enough, and it is in force
}

// First makes the statement that an archive begins with: one key.
func (f *Folder) First(key *secret.Key, at time.Time) (trust.Statement, error) {
	if f.Chain.Len() > 0 {
		return trust.Statement{}, errors.New("the archive has keys already")
	}
	s := trust.Statement{Origin: key.Name(), Number: 1, Time: at, Threshold: 1, Keys: []string{key.Line}}
	_, err := f.agree(s, []*secret.Key{key})
	return s, err
}

// Next returns the statement that c makes of the last, without signatures.
func (f *Folder) Next(c KeyChange) (trust.Statement, error) {
	if f.Chain.Len() == 0 {
		return trust.Statement{}, ErrNoKeys
	}
	s := f.Chain.Last()
	s.Prev = s.Sum()
	s.Number++
	s.Time = c.Time
	if c.Threshold > 0 {
		s.Threshold = c.Threshold
	}
	s.Keys, s.Beacons, s.Revoked = slices.Clone(s.Keys), slices.Clone(s.Beacons), slices.Clone(s.Revoked)
	for _, out := range slices.Concat(c.Remove, c.Revoke) {
		is := func(line string) bool {
			have, err := trust.KeyFingerprint(line)
			return err == nil && have == out
		}
		n := len(s.Keys) + len(s.Beacons)
		s.Keys, s.Beacons = slices.DeleteFunc(s.Keys, is), slices.DeleteFunc(s.Beacons, is)
		known := len(s.Keys)+len(s.Beacons) < n || slices.Contains(c.Revoke, out) && f.ever(out)
		if !known {
			return s, fmt.Errorf("the archive has no key %s", out)
		}
	}
	s.Keys, s.Beacons = append(s.Keys, c.Add...), append(s.Beacons, c.Beacons...)
	s.Revoked = append(s.Revoked, c.Revoke...)
	slices.Sort(s.Keys)
	slices.Sort(s.Beacons)
	slices.SortFunc(s.Revoked, func(a, b trust.Fingerprint) int { return bytes.Compare(a[:], b[:]) })
	s.Keys, s.Beacons, s.Revoked = slices.Compact(s.Keys), slices.Compact(s.Beacons), slices.Compact(s.Revoked)
	_, err := trust.ParseStatement([]byte(s.String())) // says what is wrong with it
	return s, err
}

// ever tells whether some statement has a key.
func (f *Folder) ever(key trust.Fingerprint) bool {
	for n := 1; n <= f.Chain.Len(); n++ {
		if f.Chain.At(n).Has(key) {
			return true
		}
	}
	return false
}

// ErrNoKeys says that nothing can be signed yet.
var ErrNoKeys = errors.New("the archive has no keys yet")

// Agree signs a statement with keys and puts it in force when the signatures
// are enough; until then it is kept as a draft, which others can sign.
func (f *Folder) Agree(s trust.Statement, keys []*secret.Key) (Signing, error) {
	return f.agree(s, keys)
}

// Draft returns the statement that lacks signatures; ok is false when there is
// none, or when it no longer follows from the last.
func (f *Folder) Draft() (s trust.Statement, ok bool) {
	text, err := f.read(keysDraft)
	if err != nil {
		return s, false
	}
	s, err = trust.ParseStatement(text)
	return s, err == nil && s.Number == f.Chain.Len()+1 && (s.Number == 1 || s.Prev == f.Chain.Last().Sum())
}

func (f *Folder) agree(s trust.Statement, keys []*secret.Key) (Signing, error) {
	file := []byte(s.String())
	if have, err := f.read(keysDraft); err == nil && string(manifest.Text(have)) == s.String() {
		file = have
	}
	before := trust.Statement{}
	if s.Number > 1 {
		before = f.Chain.Last()
	}
	signed := bytes.Contains(file, []byte("\n\n"))
	for _, k := range keys {
		if !slices.Contains(s.Keys, k.Line) && !slices.Contains(before.Keys, k.Line) {
			continue
		}
		var err error
		if file, err = k.Sign(file); err != nil {
			return Signing{}, err
		}
		signed = true
	}
	if !signed {
		return Signing{}, errors.New("none of the keys at hand may sign this")
	}
	state := Signing{Want: s.Threshold}
	signers, err := trust.Signers(file, s.Keys)
	if err != nil {
		return state, err
	}
	state.Have = len(signers)
	if s.Number > 1 {
		old, err := trust.Signers(file, before.Keys)
		if err != nil {
			return state, err
		}
		if before.Threshold-len(old) > state.Want-state.Have {
			state = Signing{Have: len(old), Want: before.Threshold}
		}
	}
	if state.Have < state.Want {
		return state, f.write(keysDraft, file)
	}
	state.Done = true
	if err := f.Chain.Add(file); err != nil {
		return state, err
	}
	f.Statements = append(f.Statements, file)
	if err := f.write(fmt.Sprintf("%s/%d", keysDir, s.Number), file); err != nil {
		return state, err
	}
	return state, f.drop(keysDraft)
}

// drop removes a file of the folder, if it is there.
func (f *Folder) drop(name string) error {
	if err := os.Remove(f.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
