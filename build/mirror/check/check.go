// Package check finds out whether a copy of the archive is whole and unaltered:
// one on the disk or in a ZIP file completely, one on the web by samples or
// completely. It needs no network for the former, and no clock to be right: a
// copy of long ago is as good as it was.
package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"backfile/build/manifest"
	"backfile/build/manifest/release"
	"backfile/build/manifest/trust"
	"backfile/build/mirror"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/offer"
	"backfile/build/mirror/part"
	"backfile/build/mirror/source"
)

// Options direct a Copy.
type Options struct {
	Pins    []trust.Fingerprint // keys that must have signed; none takes any
	AtLeast int                 // the version that a copy must have at least
	Since   time.Time           // the time that its version must have at least
	Sample  int                 // files of a web copy to look at; 0 looks at all
	Source  source.Options
	Now     time.Time // for tests; the zero time asks the clock

	Progress func(files, of int)
}

// A Report is what was found out about a copy.
type Report struct {
	Name     string
	Offer    *offer.Offer // nil when the copy is not signed
	Head     manifest.Head
	Part     part.Part
	Next     int // the version that is being put in place; 0 when none is
	Files    int // that the copy should hold
	Bytes    int64
	Looked   int // at this many of them
	Findings []error
	Notes    []string
	Stale    bool
}

// Copy finds out about the copy that name names: a folder, a ZIP file, or a
// URL. The error is a Fault when the copy cannot be believed at all; what
// differs from a list that can be believed is in the Report's Findings.
func Copy(ctx context.Context, name string, o Options) (*Report, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	s, err := source.Open(name, o.Source)
	if err != nil {
		return nil, openFault(name, err)
	}
	defer s.Close()
	r := &Report{Name: name}
	if err := r.identify(ctx, s, o); err != nil {
		return r, err
	}
	if err := r.recent(o); err != nil {
		return r, err
	}
	if source.IsWeb(name) {
		return r, r.web(ctx, s, o)
	}
	files, closer, err := source.Files(name)
	if err != nil {
		return r, openFault(name, err)
	}
	defer closer.Close()
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		files = os.DirFS(name) // the walk follows no links, and this is quicker
	}
	return r, r.local(ctx, files, o)
}

// openFault tells a copy that is not there from one that cannot be read.
func openFault(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Unreachable, "%s: there is no such file or folder", name)
	}
	return &fault.Fault{Kind: fault.Incomplete, Err: err}
}

// identify reads the head and finds out who signed it.
func (r *Report) identify(ctx context.Context, s source.Source, o Options) error {
	file, _, err := source.Read(ctx, s, source.Request{Path: manifest.HeadPath, Limit: manifest.MaxHead})
	if err != nil {
		if errors.Is(err, source.ErrNotFound) {
			return fault.New(fault.Incomplete, "%s: there is no %s: it is no copy of an archive, or its manifest was taken away", r.Name, manifest.HeadPath)
		}
		return &fault.Fault{Kind: fault.Unreachable, Err: err}
	}
	h, err := manifest.ParseHead(file)
	if err == nil && !h.Signed() && len(o.Pins) == 0 && !hasKeys(ctx, s) {
		r.Head = h // never signed: the list can be compared with, and that is all
		return nil
	}
	r.Offer, err = offer.Read(ctx, s, offer.Known{Pins: o.Pins})
	if r.Offer != nil {
		r.Head = r.Offer.Head
	}
	return err
}

// hasKeys tells whether a copy names keys, so that its head should be signed.
func hasKeys(ctx context.Context, s source.Source) bool {
	_, _, err := source.Read(ctx, s, source.Request{Path: trust.StatementPath(1), Limit: trust.MaxNote})
	return !errors.Is(err, source.ErrNotFound)
}

// recent compares version and time with what was asked for, and tells whether
// a newer version was promised.
func (r *Report) recent(o Options) error {
	h := r.Head
	if o.AtLeast > h.Version {
		return fault.New(fault.Rollback, "%s: it has version %d, and %d was asked for at least", r.Name, h.Version, o.AtLeast)
	}
	if !o.Since.IsZero() && h.Time.Before(o.Since) {
		return fault.New(fault.Rollback, "%s: version %d is of %s, before %s", r.Name, h.Version, h.Time.Format(time.DateOnly), o.Since.Format(time.DateOnly))
	}
	if h.Signed() && h.Time.After(o.Now.Add(48*time.Hour)) {
		r.Notes = append(r.Notes, fmt.Sprintf("version %d is of %s, which is in the future: the clock here or the author's is wrong", h.Version, h.Time.Format(time.DateOnly)))
	}
	if !h.Next.IsZero() && o.Now.After(h.Next) {
		r.Stale = true
		r.Notes = append(r.Notes, fmt.Sprintf("stale: the version after %d was due %s; either nothing was published, or it is not here", h.Version, h.Next.Format(time.DateOnly)))
	}
	return nil
}

// local compares all files of a copy with its list.
func (r *Report) local(ctx context.Context, files fs.FS, o Options) error {
	list, err := r.Head.List(files)
	if err != nil {
		return &fault.Fault{Kind: fault.Incomplete, Err: err}
	}
	if err := manifest.Portable(list); err != nil {
		r.Findings = append(r.Findings, err)
	}
	next, err := r.next(files)
	if err != nil {
		return err
	}
	want, err := r.choose(files, list)
	if err != nil {
		return err
	}
	if next != nil {
		if next, err = r.choose(files, next); err != nil {
			return err
		}
	}
	r.count(want)
	r.Looked = len(want)
	findings, err := manifest.Compare(ctx, files, manifest.Lists{Now: want, Next: next, Own: []string{"CNAME"}})
	if err != nil {
		return err
	}
	for _, f := range findings {
		r.Findings = append(r.Findings, f)
	}
	return r.own(files)
}

func (r *Report) count(want []manifest.File) {
	r.Files, r.Bytes = len(want), 0
	for _, f := range want {
		r.Bytes += f.Size
	}
}

// next returns the list that is being put in place, when a sync has said so and
// was broken off or is at work.
func (r *Report) next(files fs.FS) ([]manifest.File, error) {
	text, err := readSmall(files, manifest.NextPath, manifest.MaxHead)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	wrong := func(err error) error {
		return &fault.Fault{Kind: fault.Signature, Err: fmt.Errorf("%s: %w", manifest.NextPath, err)}
	}
	if err != nil {
		return nil, wrong(err)
	}
	if r.Offer == nil {
		return nil, wrong(errors.New("it stands beside a head that is not signed"))
	}
	chain, err := statements(files)
	if err != nil {
		return nil, wrong(err)
	}
	h, _, err := chain.Head(text)
	if err != nil {
		return nil, wrong(err)
	}
	if h.Version < r.Head.Version || h.Version == r.Head.Version && h.Sum() != r.Head.Sum() {
		return nil, wrong(fmt.Errorf("it is of version %d, and the head of version %d", h.Version, r.Head.Version))
	}
	list, err := h.List(files)
	if err != nil {
		return nil, &fault.Fault{Kind: fault.Incomplete, Err: err}
	}
	r.Next = h.Version
	r.Notes = append(r.Notes, fmt.Sprintf("version %d is being put in place: a sync is at work or was broken off, and the next completes it", h.Version))
	return list, nil
}

// statements follows all key statements of a copy.
func statements(files fs.FS) (*trust.Chain, error) {
	c := &trust.Chain{}
	for n := 1; n <= manifest.MaxStatements; n++ {
		text, err := readSmall(files, trust.StatementPath(n), trust.MaxNote)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err == nil {
			err = c.Add(text)
		}
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// choose returns the files that a copy of a part should hold.
func (r *Report) choose(files fs.FS, list []manifest.File) ([]manifest.File, error) {
	text, err := readSmall(files, manifest.PartPath, part.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return list, nil
	}
	if err == nil {
		r.Part, err = part.ParseFile(text)
	}
	if err != nil {
		return nil, &fault.Fault{Kind: fault.Incomplete, Err: fmt.Errorf("%s: %w", manifest.PartPath, err)}
	}
	s := part.Select(r.Part, list)
	for pages := s.Pending(); len(pages) > 0; pages = s.Pending() {
		for _, f := range pages {
			// A page that is missing or altered is found so by Compare; what
			// it would have brought in is then not asked for.
			if text, err := readSmall(files, f.Path, f.Size); err == nil && sumIs(text, f) {
				s.Look(f.Path, text)
			}
		}
	}
	return s.Files(), nil
}

// own looks into the files of the manifest that no list names: a planted file
// could stand there under a name of theirs.
func (r *Report) own(files fs.FS) error {
	var chain *trust.Chain
	want := r.Head.Prev
	for v := r.Head.Version - 1; v > 0; v-- {
		text, err := readSmall(files, release.HeadPath(v), manifest.MaxHead)
		if err != nil {
			break
		}
		h, err := manifest.ParseHead(text)
		if err != nil || h.Sum() != want {
			r.Findings = append(r.Findings, fmt.Errorf("%s is not the head that the one after it names", release.HeadPath(v)))
			break
		}
		want = h.Prev
	}
	if r.Offer != nil {
		var err error
		if chain, err = statements(files); err != nil {
			r.Findings = append(r.Findings, err)
			return nil
		}
		// A statement that came after the head may revoke its keys.
		if _, _, err := chain.Head(r.Offer.File); err != nil {
			return fault.New(fault.Signature, "%s: %s: %w", r.Name, manifest.HeadPath, err)
		}
	}
	return fs.WalkDir(files, strings.TrimSuffix(manifest.Dir, "/"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if wrong := r.ownFile(files, p, chain); wrong != nil {
			r.Findings = append(r.Findings, fmt.Errorf("%s: %w", p, wrong))
		}
		return nil
	})
}

// ownFile returns what is wrong with a file of the manifest.
func (r *Report) ownFile(files fs.FS, p string, chain *trust.Chain) error {
	limit := int64(trust.MaxNote)
	kind := manifest.OwnKind(p)
	switch kind {
	case "shard":
		return shardIsWhole(files, p)
	case "delta":
		return deltaIsWhole(files, p)
	}
	text, err := readSmall(files, p, limit)
	if err != nil {
		return err
	}
	switch kind {
	case "readme":
		if !strings.HasPrefix(string(text), manifest.Mark) {
			return errors.New("it is not the text that belongs there")
		}
	case "history":
		h, err := manifest.ParseHead(text)
		if err != nil {
			return err
		}
		if !h.Signed() || p != release.HeadPath(h.Version) || h.Version > max(r.Head.Version, r.Next) {
			return fmt.Errorf("it is the head of version %d", h.Version)
		}
		if h.Version == r.Head.Version && h.Sum() != r.Head.Sum() {
			return errors.New("it is another head of the same version")
		}
	case "keys":
		s, err := trust.ParseStatement(text)
		if err != nil {
			return err
		}
		if chain == nil || s.Number > chain.Len() || chain.At(s.Number).Sum() != s.Sum() {
			return errors.New("it does not follow from those before")
		}
	case "beacon":
		if chain == nil {
			return errors.New("it stands beside a head that is not signed")
		}
		_, err := chain.Beacon(text)
		return err
	case "cosignature":
		_, err := mirror.ParseCosignature(text)
		return err
	case "status":
		_, err := mirror.ParseStatus(text)
		return err
	}
	return nil // of other names, Compare has told already
}
