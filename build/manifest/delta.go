package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"backfile/build/internal/digest"
	"backfile/build/internal/fields"
)

// A Delta is what changed from one release to the next. It is a hint: whoever
// applies it computes the root of the new list and compares it with the signed
// one. Its text is
//
//	backfile-delta/1
//	from 11 <root>
//	to 12 <root>
//	before 10 <sha256> <size>
//	f <sha256> <size> <path>
//	x <path>
//
// where "f" lines are files that were added or changed and "x" lines those that
// were withdrawn, together sorted by path. The line "before" names the delta
// that ends where this one begins, by the version that it begins at; it may be
// missing.
type Delta struct {
	From, To         int
	FromRoot, ToRoot digest.Sum
	Before           DeltaRef
	Changes          []Change
}

// A DeltaRef names a delta by the version it begins at, and by its text.
type DeltaRef struct {
	From int // 0 when there is none
	Sum  digest.Sum
	Size int64
}

// A Change is a file that was added or changed, or, when Removed is set, a path
// that was withdrawn.
type Change struct {
	File
	Removed bool
}

const (
	deltaFormat = "backfile-delta/1"

	// MaxDelta is the longest text of a delta that is worth having: the list
	// of 300,000 files.
	MaxDelta = 32 << 20
)

// DeltaPath returns where the delta between two versions stands below public/.
func DeltaPath(from, to int) string { return fmt.Sprintf("%sd/%d-%d.gz", Dir, from, to) }

// Diff returns what turns the list old into the list now, both sorted by path.
func Diff(old, now []File) []Change {
	var out []Change
	for len(old) > 0 || len(now) > 0 {
		switch {
		case len(now) == 0 || len(old) > 0 && old[0].Path < now[0].Path:
			out = append(out, Change{File{Path: old[0].Path}, true})
			old = old[1:]
		case len(old) == 0 || now[0].Path < old[0].Path:
			out = append(out, Change{now[0], false})
			now = now[1:]
		default:
			if old[0] != now[0] {
				out = append(out, Change{now[0], false})
			}
			old, now = old[1:], now[1:]
		}
	}
	return out
}

// Apply returns the list that changes make of old, both sorted by path.
// Withdrawing what is not there is an error; the rest shows in the root.
func Apply(old []File, changes []Change) ([]File, error) {
	out := make([]File, 0, len(old)+len(changes))
	for _, c := range changes {
		for len(old) > 0 && old[0].Path < c.Path {
			out = append(out, old[0])
			old = old[1:]
		}
		there := len(old) > 0 && old[0].Path == c.Path
		if there {
			old = old[1:]
		}
		if c.Removed && !there {
			return nil, fmt.Errorf("the delta withdraws %q, which is not in the list", c.Path)
		}
		if !c.Removed {
			out = append(out, c.File)
		}
	}
	return append(out, old...), nil
}

// Text returns the delta as its digest is of.
func (d Delta) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nfrom %d %v\nto %d %v\n", deltaFormat, d.From, d.FromRoot, d.To, d.ToRoot)
	if d.Before.From > 0 {
		fmt.Fprintf(&b, "before %d %v %d\n", d.Before.From, d.Before.Sum, d.Before.Size)
	}
	text := b.Bytes()
	for _, c := range d.Changes {
		if c.Removed {
			text = append(append(append(text, "x "...), c.Path...), '\n')
		} else {
			text = appendLine(text, 'f', c.File)
		}
	}
	return text
}

// ParseDelta reads what Text wrote.
func ParseDelta(text []byte) (Delta, error) {
	var d Delta
	headText, lines := cutDelta(text)
	f := fields.New(headText)
	f.Skip()
	from, to := f.Words("from", 2), f.Words("to", 2)
	d.From, d.FromRoot = int(f.Number(from, 0, maxVersion)), f.Sum(from, 1)
	d.To, d.ToRoot = int(f.Number(to, 0, maxVersion)), f.Sum(to, 1)
	if before := f.Words("before", 3); before != nil {
		d.Before = DeltaRef{int(f.Number(before, 0, maxVersion)), f.Sum(before, 1), f.Number(before, 2, maxBytes)}
	}
	if err := f.Err(); err != nil || d.To <= d.From || d.Before.From >= d.From {
		return Delta{}, errors.New("not a delta of a manifest")
	}
	last := ""
	for n := 1; len(lines) > 0; n++ {
		line, rest, _ := bytes.Cut(lines, []byte("\n"))
		lines = rest
		c, ok := parseChange(line)
		if !ok {
			return Delta{}, fmt.Errorf("change %d: not a line of a delta", n)
		}
		if err := CheckPath(c.Path); err != nil {
			return Delta{}, fmt.Errorf("change %d: %w", n, err)
		}
		if c.Path <= last {
			return Delta{}, fmt.Errorf("change %d: %q comes after %q", n, c.Path, last)
		}
		last = c.Path
		d.Changes = append(d.Changes, c)
	}
	if !bytes.Equal(d.Text(), text) { // one way to write it
		return Delta{}, errors.New("not a delta of a manifest")
	}
	return d, nil
}

// cutDelta parts the lines at the top from those of the changes.
func cutDelta(text []byte) (top string, changes []byte) {
	at := 0
	for _, key := range []string{deltaFormat, "from ", "to ", "before "} {
		if bytes.HasPrefix(text[at:], []byte(key)) {
			line, _, _ := bytes.Cut(text[at:], []byte("\n"))
			at = min(at+len(line)+1, len(text))
		}
	}
	return string(text[:at]), text[at:]
}

func parseChange(line []byte) (c Change, ok bool) {
	if p, ok := strings.CutPrefix(string(line), "x "); ok {
		return Change{File{Path: p}, true}, true
	}
	f, ok := parseLine(line)
	return Change{f, false}, ok && line[0] == 'f'
}

// Compress writes the text of a delta as it stands on disk.
func Compress(w io.Writer, text []byte) error { return compressAs(w, text, 9) }
