// Package mirror keeps a copy of the archive: it brings a folder up to date
// from other copies that nobody needs to trust.
//
//	sources ──► offers        the signed head of each source, judged (offer)
//	              │
//	              ▼
//	            list          what the newest head lists: by delta, else by
//	              │           shards; its root is always computed anew
//	              ▼
//	            plan          against what is on the disk; told before any byte
//	              │
//	              ▼
//	            fetch         to staging, by digest, from any source (source)
//	              │
//	              ▼
//	            publish       in place: files, then the head
//
// Promises: nothing is put in place that was not verified. An error or a kill,
// at any instant, leaves the old files, the new ones, or, between the first
// and the last rename, some of both, with mirror/next saying so; whatever is
// in place is what the author signed. The next sync completes it.
package mirror

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"backfile/build/manifest"
	"backfile/build/manifest/secret"
	"backfile/build/manifest/trust"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/offer"
	"backfile/build/mirror/part"
	"backfile/build/mirror/source"
	"backfile/build/mirror/state"
)

// Options direct a Sync. Sources and Dir must be set.
type Options struct {
	Sources []source.Source
	Dir     string              // the copy
	State   string              // what it remembers; in the copy when ""
	Pins    []trust.Fingerprint // keys that must have signed; none keeps those of before
	Only    part.Part           // which part of the archive to hold
	Jobs    int                 // requests at once; 0 is 8
	MaxDisk int64               // refuse an archive of more bytes; 0 does not limit
	// MaxDelete is how many files may leave the copy at once; 0 is a twentieth
	// of them or a thousand, whichever is more.
	MaxDelete   int
	DropRemoved bool          // do not keep files that left the archive
	DryRun      bool          // stop after the plan
	Atomic      bool          // make a whole new tree and change over by a symbolic link
	Check       bool          // hash all files that are here, and mend them
	Wait        time.Duration // when caches serve old files: try again for this long
	NoSync      bool          // do not wait for the disk
	Cosign      *secret.Key   // of whoever holds the copy, to vouch for it; nil does not
	Now         time.Time     // for tests; the zero time asks the clock

	Planned  func(Plan)                   // told the plan before any file is fetched
	Progress func(files, of int, b int64) // told now and then
}

// A Report says what a Sync did.
type Report struct {
	Origin         string
	From, To       int // versions; From is 0 for a new copy
	Time           time.Time
	Signers        []trust.Fingerprint
	Current        bool // there was nothing to do
	Plan           Plan
	Withdrawn      []string // pages that left the archive, the first few
	WithdrawnPages int      // how many there are
	Notes          []string // what a person should know
	Delta          bool     // the list came as a delta
	First          bool     // the keys were trusted because they came first
	Requests       int64
	Bytes          int64 // that came from sources
	Stale          bool
	Files          int // of the copy
	FilesBytes     int64
	MovedForeign   int // files that are not the archive's, moved out of the copy
	ForeignFolders string
}

// Sync brings the copy in o.Dir up to date.
func Sync(ctx context.Context, o Options) (Report, error) {
	c, err := open(o)
	if err != nil {
		return Report{}, err
	}
	defer c.state.Close()
	err = c.run(ctx)
	c.rep.Requests, c.rep.Bytes = c.meter.Requests.Load(), c.meter.Bytes.Load()
	if c.o.DryRun {
		return c.rep, err
	}
	return c.rep, errors.Join(err, c.writeStatus(err))
}

// A copyOf is one Sync under way.
type copyOf struct {
	o       Options
	tree    string // where files are put in place
	state   *state.Folder
	meter   source.Meter
	rep     Report
	sources []source.Source // those that have the newest head before others
}

// open takes the lock of a copy and looks whether it is one.
func open(o Options) (*copyOf, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = filepath.Clean(dir)
	if o.Jobs == 0 {
		o.Jobs = 8
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.State == "" {
		o.State = filepath.Join(o.Dir, state.Name)
		if o.Atomic {
			o.State = o.Dir + ".sync"
		}
	}
	if err := checkDir(o); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(o.State), 0o755); err != nil {
		return nil, diskFault(err)
	}
	s, err := state.Open(o.State)
	if err != nil {
		if errors.Is(err, state.ErrBusy) {
			return nil, fmt.Errorf("%s: %w", o.Dir, err)
		}
		return nil, diskFault(err)
	}
	c := &copyOf{o: o, tree: o.Dir, state: s}
	c.o.Sources = nil
	for _, src := range o.Sources {
		c.o.Sources = append(c.o.Sources, c.meter.Of(src))
	}
	return c, nil
}

// ErrForeign says that a folder holds files and is no copy.
var ErrForeign = errors.New("holds files, and is no copy of an archive")

// checkDir refuses a folder that is neither empty nor a copy: its files would
// be taken for planted ones.
func checkDir(o Options) error {
	if o.Atomic {
		info, err := os.Lstat(o.Dir)
		if err == nil && info.Mode()&os.ModeSymlink == 0 {
			return fmt.Errorf("%s is a folder, and --atomic needs a symbolic link in its place: move the folder away, or leave out --atomic", o.Dir)
		}
		return nil
	}
	entries, err := os.ReadDir(o.Dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return diskFault(err)
	}
	if _, err := os.Stat(filepath.Join(o.State, "lock")); err == nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(o.Dir, filepath.FromSlash(manifest.HeadPath))); err == nil {
		return nil
	}
	if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() != state.Name && e.Name() != "lost+found" }) {
		return fmt.Errorf("%s %w: choose another folder", o.Dir, ErrForeign)
	}
	return nil
}

// run is the list of stages.
func (c *copyOf) run(ctx context.Context) error {
	if err := c.recover(ctx); err != nil {
		return err
	}
	if len(c.o.Pins) > 0 {
		if err := c.state.Pin(c.o.Pins); err != nil {
			return diskFault(err)
		}
	}
	complete := c.complete()
	best, tags, err := c.offers(ctx, complete)
	if err != nil {
		return err
	}
	c.rep.Origin, c.rep.To, c.rep.Time, c.rep.Signers, c.rep.First = best.Head.Origin, best.Head.Version, best.Head.Time, best.Signers, best.First
	c.rep.Files, c.rep.FilesBytes = best.Head.Files, best.Head.Bytes
	if !c.o.DryRun {
		if err := c.state.See(best); err != nil {
			return diskFault(err)
		}
	}
	if complete && best.Unchanged && !c.o.Check {
		c.rep.From, c.rep.Current = best.Head.Version, true
	} else if err := c.update(ctx, best); err != nil {
		return err
	}
	if c.o.DryRun {
		return nil
	}
	c.freshness(ctx, best)
	if err := c.cosign(best.Head); err != nil {
		return err
	}
	return diskFault(c.state.Tag(tags))
}

// complete tells whether the files of the newest head seen are in place, as
// far as heads say.
func (c *copyOf) complete() bool {
	head, err := os.ReadFile(c.file(manifest.HeadPath))
	if err != nil || c.state.Known.Head == nil || string(head) != string(c.state.Known.Head) {
		return false
	}
	if _, err := os.Lstat(c.file(manifest.NextPath)); err == nil {
		return false
	}
	have, err := c.part()
	return err == nil && have.String() == c.o.Only.String()
}

// part returns which part of the archive the copy says that it is.
func (c *copyOf) part() (part.Part, error) {
	text, err := os.ReadFile(c.file(manifest.PartPath))
	if errors.Is(err, os.ErrNotExist) {
		return part.Part{}, nil
	}
	if err != nil {
		return part.Part{}, err
	}
	return part.ParseFile(text)
}

// file returns where a path of the archive stands in the copy.
func (c *copyOf) file(p string) string { return filepath.Join(c.tree, filepath.FromSlash(p)) }

// offers asks all sources and returns the newest offer, and what each source
// that has it calls its head.
func (c *copyOf) offers(ctx context.Context, complete bool) (*offer.Offer, map[string]string, error) {
	type answer struct {
		offer *offer.Offer
		err   error
	}
	answers := make([]chan answer, len(c.o.Sources))
	for i, s := range c.o.Sources {
		answers[i] = make(chan answer, 1)
		go func() {
			o, err := offer.Read(ctx, s, c.state.For(s.Name(), complete))
			answers[i] <- answer{o, err}
		}()
	}
	var good []*offer.Offer
	var worst error
	for i := range answers {
		a := <-answers[i]
		if a.err == nil {
			good = append(good, a.offer)
			continue
		}
		if ctx.Err() != nil {
			worst = context.Cause(ctx)
			continue
		}
		if fault.Of(a.err) == fault.Fork {
			return nil, nil, c.evidence(a.err, a.offer)
		}
		c.rep.Notes = append(c.rep.Notes, a.err.Error())
		if worst == nil || severity(a.err) > severity(worst) {
			worst = a.err
		}
	}
	if len(good) == 0 {
		c.rep.Notes = slices.DeleteFunc(c.rep.Notes, func(n string) bool { return n == worst.Error() })
		return nil, nil, worst
	}
	best, err := offer.Newest(ctx, good)
	if err != nil {
		if fault.Of(err) == fault.Fork {
			return nil, nil, c.evidence(err, good...)
		}
		return nil, nil, err
	}
	tags := map[string]string{}
	var late []source.Source
	for _, o := range good {
		if o.Head.Sum() == best.Head.Sum() {
			c.sources = append(c.sources, o.Source)
			if o.ETag != "" {
				tags[o.Source.Name()] = o.ETag
			}
			continue
		}
		late = append(late, o.Source)
		c.rep.Notes = append(c.rep.Notes, fmt.Sprintf("%s has version %d still", o.Source.Name(), o.Head.Version))
	}
	c.sources = append(c.sources, late...)
	return best, tags, nil
}

// severity orders faults: what nobody should overlook is highest.
func severity(err error) int {
	return slices.Index([]fault.Kind{0, fault.Unreachable, fault.Disk, fault.Incomplete, fault.Signature, fault.Rollback, fault.Fork}, fault.Of(err))
}

// evidence keeps heads that contradict what was seen or one another.
func (c *copyOf) evidence(err error, offers ...*offer.Offer) error {
	heads := [][]byte{}
	if c.state.Known.Head != nil {
		heads = append(heads, c.state.Known.Head)
	}
	for _, o := range offers {
		if o != nil && o.File != nil {
			heads = append(heads, o.File)
		}
	}
	dir, saveErr := c.state.Evidence(c.o.Now, heads...)
	if saveErr != nil {
		return errors.Join(err, saveErr)
	}
	return &fault.Fault{Kind: fault.Fork, Err: fmt.Errorf("%w (kept in %s)", err, dir)}
}

// freshness finds out whether the copy may be older than it should.
func (c *copyOf) freshness(ctx context.Context, best *offer.Offer) {
	h := best.Head
	if h.Next.IsZero() || c.o.Now.Before(h.Next) {
		return
	}
	due := h.Next.Format(time.DateOnly)
	if len(best.Chain.Last().Beacons) > 0 {
		file, _, err := source.Read(ctx, best.Source, source.Request{Path: trust.BeaconPath, Limit: trust.MaxNote, Fresh: true})
		if err == nil {
			b, err := best.Chain.Beacon(file)
			if err == nil && b.Head == h.Sum() && c.o.Now.Sub(b.Time) < maxBeaconAge {
				return
			}
			if err == nil {
				due += fmt.Sprintf("; the archive said last on %s that version %d is the latest", b.Time.Format(time.DateOnly), b.Version)
			}
		}
	}
	c.rep.Stale = true
	c.rep.Notes = append(c.rep.Notes, fmt.Sprintf("stale: the version after %d was due %s; either nothing was published, or it is kept from us", h.Version, due))
}

// maxBeaconAge is how long a beacon says that nothing newer is there.
const maxBeaconAge = 8 * 24 * time.Hour

// diskFault makes an error of the disk a Fault.
func diskFault(err error) error {
	if err == nil || fault.Of(err) != 0 {
		return err
	}
	return &fault.Fault{Kind: fault.Disk, Err: err}
}
