package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"time"

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
