package trust

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"backfile/build/internal/digest"
	"backfile/build/internal/fields"
	"backfile/build/manifest"
)

// A Chain is the statements of one archive from number 1 on, each following
// from the one before.
type Chain struct {
	list []Statement
}

// Follow reads the files of the statements 1, 2, 3… and returns them when each
// follows from the one before. It does not say that the first is to be trusted:
// that is for Anchor.
func Follow(files [][]byte) (*Chain, error) {
	c := &Chain{}
	for _, file := range files {
		if err := c.Add(file); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Add appends the next statement, when it follows from the last.
func (c *Chain) Add(file []byte) error {
	number := len(c.list) + 1
	wrong := func(err error) error { return fmt.Errorf("%s: %w", StatementPath(number), err) }
	s, err := ParseStatement(file)
	if err != nil {
		return wrong(err)
	}
	if s.Number != number {
		return wrong(fmt.Errorf("it is statement %d", s.Number))
	}
	if err := enough(file, s.Keys, s.Threshold); err != nil {
		return wrong(err)
	}
	if number > 1 {
		last := c.list[number-2]
		if s.Origin != last.Origin || s.Prev != last.Sum() {
			return wrong(errors.New("it does not follow from the one before"))
		}
		if err := enough(file, last.Keys, last.Threshold); err != nil {
			return wrong(fmt.Errorf("the keys before it do not vouch for it: %w", err))
		}
		for _, f := range last.Revoked {
			if !slices.Contains(s.Revoked, f) {
				return wrong(fmt.Errorf("it takes back the revocation of %s", f))
			}
		}
	}
	c.list = append(c.list, s)
	return nil
}

// enough returns nil when as many of keys as threshold says have signed file.
func enough(file []byte, keys []string, threshold int) error {
	signers, err := Signers(file, keys)
	if err != nil {
		return err
	}
	if len(signers) < threshold {
		return fmt.Errorf("it has %d of the %d signatures that it needs", len(signers), threshold)
	}
	return nil
}

// Len is how many statements c has.
func (c *Chain) Len() int { return len(c.list) }

// At returns the statement of a number from 1 to Len.
func (c *Chain) At(number int) Statement { return c.list[number-1] }

// Last returns the newest statement.
func (c *Chain) Last() Statement { return c.list[len(c.list)-1] }

// Anchor tells whether the chain has all of the pinned keys together in a
// statement, which is what makes it one to trust, when files are what Follow
// has read: each pinned key must have signed the statement that lists it, so
// that nobody else can put it there.
func (c *Chain) Anchor(files [][]byte, pinned []Fingerprint) error {
	for i, s := range c.list {
		if !slices.ContainsFunc(pinned, func(f Fingerprint) bool { return !s.Has(f) }) {
			signers, err := Signers(files[i], s.Keys)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(pinned, func(f Fingerprint) bool { return !slices.Contains(signers, f) }) {
				return nil
			}
		}
	}
	var names []string
	for _, f := range pinned {
		names = append(names, f.String())
	}
	return fmt.Errorf("the archive %s is not signed by %s: it is another's, or an imitation", c.Last().Origin, strings.Join(names, " and "))
}

// Head opens the file of a signed head. The signatures must be of keys of the
// statement that the head names; keys that any statement of c revokes do not
// count.
func (c *Chain) Head(file []byte) (manifest.Head, []Fingerprint, error) {
	h, err := manifest.ParseHead(file)
	if err != nil {
		return h, nil, err
	}
	if !h.Signed() {
		return h, nil, errors.New("it is not signed")
	}
	if h.Keys > c.Len() {
		return h, nil, fmt.Errorf("%s is missing", StatementPath(h.Keys))
	}
	s := c.At(h.Keys)
	if h.Origin != s.Origin || h.KeysSum != s.Sum() {
		return h, nil, fmt.Errorf("it names other keys than %s", StatementPath(h.Keys))
	}
	signers, err := Signers(file, s.Keys)
	if err != nil {
		return h, nil, err
	}
	revoked := c.Last().Revoked
	good := slices.DeleteFunc(slices.Clone(signers), func(f Fingerprint) bool { return slices.Contains(revoked, f) })
	switch {
	case len(good) < s.Threshold && len(good) < len(signers):
		return h, nil, fmt.Errorf("it is signed by a key that was revoked (%d of %d signatures count)", len(good), s.Threshold)
	case len(good) < s.Threshold:
		return h, nil, fmt.Errorf("it has %d of the %d signatures that it needs", len(good), s.Threshold)
	}
	return h, good, nil
}

// A Beacon says that a version is still the latest at some time. It is signed
// by a key that can say nothing else, and can be kept where it is less safe.
//
//	backfile-alive/1
//	origin lantern.example
//	version 12
//	head <sha256 of the text of the head>
//	time 2026-11-27T06:00:00Z
type Beacon struct {
	Origin  string
	Version int
	Head    digest.Sum
	Time    time.Time
}

const (
	beaconFormat = "backfile-alive/1"

	// BeaconPath is where the beacon stands below public/.
	BeaconPath = manifest.Dir + "alive"
)

// String returns the text of b, which the signature is of.
func (b Beacon) String() string {
	return fmt.Sprintf("%s\norigin %s\nversion %d\nhead %v\ntime %s\n", beaconFormat, b.Origin, b.Version, b.Head, fields.Stamp(b.Time))
}

// Beacon opens the file of a beacon, which one of the beacon keys of the last
// statement must have signed.
func (c *Chain) Beacon(file []byte) (Beacon, error) {
	var b Beacon
	if len(file) > MaxNote {
		return b, fmt.Errorf("it is longer than %d bytes", MaxNote)
	}
	text := string(manifest.Text(file))
	f := fields.New(text)
	f.Skip()
	b.Origin, b.Version = f.Word("origin"), int(f.Int("version", 1e9))
	b.Head = f.Sum(f.Words("head", 1), 0)
	b.Time = f.Time("time")
	if err := f.Err(); err != nil || b.String() != text {
		return Beacon{}, errors.New("it is damaged")
	}
	last := c.Last()
	if b.Origin != last.Origin {
		return Beacon{}, fmt.Errorf("it is of the archive %s", b.Origin)
	}
	return b, enough(file, last.Beacons, 1)
}
