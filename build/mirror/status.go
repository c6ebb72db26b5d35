package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"backfile/build/internal/digest"
	"backfile/build/internal/fields"
	"backfile/build/manifest"
	"backfile/build/mirror/fault"
)

// A Status is what a copy says of itself in mirror/status, for "mirror status"
// at other places. It is not signed: a copy may say what it likes.
//
//	backfile-status/1
//	version 13
//	checked 2026-11-26T11:00:00Z
//	result 0
type Status struct {
	Version int
	Checked time.Time // of the last sync
	Result  int       // its exit status
}

const (
	statusFormat = "backfile-status/1"

	// MaxStatus is how long the file can be.
	MaxStatus = 1 << 10
)

// String is what stands in the file.
func (s Status) String() string {
	return fmt.Sprintf("%s\nversion %d\nchecked %s\nresult %d\n", statusFormat, s.Version, fields.Stamp(s.Checked), s.Result)
}

// ParseStatus reads what String wrote.
func ParseStatus(text []byte) (Status, error) {
	f := fields.New(string(text))
	f.Skip()
	s := Status{Version: int(f.Int("version", 1e9)), Checked: f.Time("checked"), Result: int(f.Int("result", 255))}
	if f.Err() != nil || !bytes.Equal([]byte(s.String()), text) {
		return Status{}, errors.New("it is no status of a copy")
	}
	return s, nil
}

// writeStatus notes how a sync ended. Of what went wrong it tells the kind
// only: the rest is nobody's business.
func (c *copyOf) writeStatus(failed error) error {
	h, err := manifest.ParseHead(c.state.Known.Head)
	if err != nil {
		return nil // nothing to speak of yet
	}
	s := Status{Version: h.Version, Checked: c.o.Now, Result: int(fault.Of(failed))}
	if failed != nil {
		if s.Result == 0 {
			s.Result = 1
		}
		s.Version = c.oldVersion()
	}
	if s.Version == 0 {
		return nil
	}
	return diskFault(c.replace(manifest.StatusPath, []byte(s.String())))
}

// oldVersion is the version that is in place; 0 when none is.
func (c *copyOf) oldVersion() int {
	h, err := manifest.ReadHead(dirFS(c.tree))
	if err != nil {
		return 0
	}
	return h.Version
}

// A Cosignature is what the holder of a copy vouches for with a key of his own,
// in mirror/cosig/NAME: that he holds a version whole. Whoever knows his key
// can check it like any signed note.
//
//	backfile-copy/1
//	origin lantern.example
//	version 13
//	head <sha256 of the text of the head>
//	part all
//	time 2026-11-26T11:00:00Z
type Cosignature struct {
	Origin  string
	Version int
	Head    digest.Sum
	Part    string // as part.Part writes it, without spaces
	Time    time.Time
}

const cosignatureFormat = "backfile-copy/1"

// String returns the text of c, which the signature is of.
func (c Cosignature) String() string {
	return fmt.Sprintf("%s\norigin %s\nversion %d\nhead %v\npart %s\ntime %s\n", cosignatureFormat, c.Origin, c.Version, c.Head, c.Part, fields.Stamp(c.Time))
}

// ParseCosignature reads the file of a cosignature. It must be signed, by
// whomever.
func ParseCosignature(file []byte) (Cosignature, error) {
	text := manifest.Text(file)
	f := fields.New(string(text))
	f.Skip()
	c := Cosignature{Origin: f.Word("origin"), Version: int(f.Int("version", 1e9))}
	c.Head = f.Sum(f.Words("head", 1), 0)
	c.Part, c.Time = f.Word("part"), f.Time("time")
	if f.Err() != nil || c.String() != string(text) {
		return Cosignature{}, errors.New("it is no cosignature of a copy")
	}
	_, err := note.Open(file, note.VerifierList())
	if _, ok := errors.AsType[*note.UnverifiedNoteError](err); !ok {
		return Cosignature{}, errors.New("it is not signed")
	}
	return c, nil
}

// cosign vouches for what is in place, unless that was done already.
func (c *copyOf) cosign(h manifest.Head) error {
	k := c.o.Cosign
	if k == nil {
		return nil
	}
	p := manifest.CosignaturePath(k.Name())
	want := Cosignature{h.Origin, h.Version, h.Sum(), strings.ReplaceAll(c.o.Only.String(), " ", ""), c.o.Now}
	if file, err := os.ReadFile(c.file(p)); err == nil {
		have, err := ParseCosignature(file)
		want2 := want
		want2.Time = have.Time
		if err == nil && have == want2 {
			return nil
		}
	}
	file, err := k.Sign([]byte(want.String()))
	if err != nil {
		return err
	}
	return diskFault(c.replace(p, file))
}
