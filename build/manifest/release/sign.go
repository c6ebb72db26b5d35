package release

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
	"backfile/build/manifest/secret"
	"backfile/build/manifest/trust"
)

// Options direct a Sign.
type Options struct {
	Public string // the folder that a build made
	Keys   []*secret.Key
	Time   time.Time     // of publication
	Round  time.Duration // what the head says of Time is rounded down to this
	Next   time.Duration // until the next release at the latest; 0 promises nothing
}

// A Result says what a Sign did.
type Result struct {
	Head    manifest.Head
	Signing Signing
	Signers []trust.Fingerprint
	// Added, Changed and Withdrawn count files against the version before.
	Added, Changed, Withdrawn int
	NoDelta                   bool // copies of the version before must read shards
	Again                     bool // this list was signed already
}

// Sign signs the manifest that a build left in o.Public, and puts what is
// signed there and into the folder. When the signatures are not enough yet the
// head is kept as a draft in the folder, and public/ stays as it is.
func (f *Folder) Sign(o Options) (Result, error) {
	if f.Chain.Len() == 0 {
		return Result{}, ErrNoKeys
	}
	public := os.DirFS(o.Public)
	built, err := manifest.ReadHead(public)
	if err != nil {
		return Result{}, err
	}
	if f.Head.Signed() && f.Head.SameList(built) && f.Head.Keys == f.Chain.Len() {
		return Result{Head: f.Head, Again: true, Signing: Signing{Done: true}}, f.install(o.Public, built)
	}
	list, err := readAll(built, public)
	if err != nil {
		return Result{}, err
	}
	if err := manifest.Portable(list); err != nil {
		return Result{}, err
	}
	res, delta, err := f.next(o, built, list)
	if err != nil {
		return res, err
	}
	file, err := f.collect(&res, o.Keys)
	if err != nil {
		return res, err
	}
	if !res.Signing.Done {
		return res, f.write(headDraft, file)
	}
	if err := f.keep(res, file, delta, list); err != nil {
		return res, err
	}
	return res, f.install(o.Public, built)
}

func readAll(h manifest.Head, public fs.FS) ([]manifest.File, error) {
	list := make([]manifest.File, 0, min(h.Files, 1<<20))
	for file, err := range h.Read(public) {
		if err != nil {
			return nil, err
		}
		list = append(list, file)
	}
	return list, nil
}

// next makes the head of the next version, and the text of its delta.
func (f *Folder) next(o Options, built manifest.Head, list []manifest.File) (res Result, delta []byte, err error) {
	last := f.Head
	if last.Signed() && o.Time.Before(last.Time) {
		return res, nil, fmt.Errorf("version %d was signed at %s, after %s: one of the clocks is wrong", last.Version, last.Time.UTC().Format(time.RFC3339), o.Time.UTC().Format(time.RFC3339))
	}
	at := o.Time.UTC().Truncate(max(o.Round, time.Second))
	if at.Before(last.Time) {
		at = last.Time
	}
	s := f.Chain.Last()
	h := built
	h.Release = manifest.Release{Origin: s.Origin, Version: last.Version + 1, Time: at, Keys: s.Number, KeysSum: s.Sum()}
	if o.Next > 0 {
		h.Next = at.Add(o.Next)
	}
	res.Head, res.NoDelta = h, true
	if !last.Signed() {
		return res, nil, nil
	}
	h.Prev = last.Sum()
	res.Head = h
	old, err := f.readList()
	if err != nil {
		return res, nil, nil // without the old list there is no delta; copies read shards
	}
	d := manifest.Delta{From: last.Version, To: h.Version, FromRoot: last.Root, ToRoot: built.Root, Changes: manifest.Diff(old, list)}
	countChanges(&res, old, d.Changes)
	if last.DeltaFrom > 0 {
		d.Before = manifest.DeltaRef{From: last.DeltaFrom, Sum: last.DeltaSum, Size: last.DeltaBytes}
	}
	delta = d.Text()
	if len(delta) > manifest.MaxDelta || len(d.Changes) > 100+len(list)/2 {
		return res, nil, nil
	}
	h.DeltaFrom, h.DeltaSum, h.DeltaBytes = last.Version, digest.Plain(delta), int64(len(delta))
	res.Head, res.NoDelta = h, false
	return res, delta, nil
}

func countChanges(res *Result, old []manifest.File, changes []manifest.Change) {
	for _, c := range changes {
		_, had := slices.BinarySearchFunc(old, c.Path, func(f manifest.File, p string) int { return bytes.Compare([]byte(f.Path), []byte(p)) })
		switch {
		case c.Removed:
			res.Withdrawn++
		case had:
			res.Changed++
		default:
			res.Added++
		}
	}
}

// collect signs the head of res, or the draft of it that others have signed,
// and counts the signatures.
func (f *Folder) collect(res *Result, keys []*secret.Key) ([]byte, error) {
	s := f.Chain.Last()
	file := []byte(res.Head.String())
	if draft, err := f.read(headDraft); err == nil {
		h, err := manifest.ParseHead(draft)
		// The draft has another time, and all must sign one text.
		if err == nil && h.SameList(res.Head) && h.Version == res.Head.Version && h.Prev == res.Head.Prev && h.KeysSum == res.Head.KeysSum {
			file, res.Head = draft, h
		}
	}
	signed := false
	for _, k := range keys {
		if !slices.Contains(s.Keys, k.Line) {
			continue
		}
		var err error
		if file, err = k.Sign(file); err != nil {
			return nil, err
		}
		signed = true
	}
	if !signed {
		return nil, ErrNoKeyAtHand
	}
	signers, err := trust.Signers(file, s.Keys)
	if err != nil {
		return nil, err
	}
	res.Signers = signers
	res.Signing = Signing{Have: len(signers), Want: s.Threshold, Done: len(signers) >= s.Threshold}
	return file, nil
}

// ErrNoKeyAtHand says that none of the secret keys given is one of the archive.
var ErrNoKeyAtHand = errors.New("none of the secret keys at hand is one of the archive's")

// keep puts a release into the folder, its head last.
func (f *Folder) keep(res Result, file, delta []byte, list []manifest.File) error {
	if res.Head.DeltaFrom > 0 {
		if digest.Plain(delta) != res.Head.DeltaSum {
			return errors.New("the draft was made from another list of the version before: remove " + Name + "/" + headDraft)
		}
		if err := f.writeZip(deltaFile(res.Head.DeltaFrom), delta); err != nil {
			return err
		}
	}
	if err := f.write(headsDir+"/"+strconv.Itoa(res.Head.Version), file); err != nil {
		return err
	}
	f.Head = res.Head
	if err := f.tidy(list); err != nil {
		return err
	}
	if err := f.drop(headDraft); err != nil {
		return err
	}
	var err error
	f.deltas, err = f.openDeltas()
	return err
}

// install puts what is signed into public/, the head last.
func (f *Folder) install(public string, built manifest.Head) error {
	return f.Publish(built, func(file File) error {
		name := filepath.Join(public, filepath.FromSlash(file.Path))
		if have, err := os.ReadFile(name); err == nil && bytes.Equal(have, file.Bytes) {
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		return Replace(name, file.Bytes)
	})
}

// Alive signs a beacon for the newest version with the first of keys that is a
// beacon key, and puts it into the folder and into public/, when that is there.
func (f *Folder) Alive(public string, keys []*secret.Key, at time.Time) (trust.Beacon, error) {
	if !f.Head.Signed() {
		return trust.Beacon{}, errors.New("nothing is signed yet that a beacon could be of")
	}
	b := trust.Beacon{Origin: f.Head.Origin, Version: f.Head.Version, Head: f.Head.Sum(), Time: at}
	for _, k := range keys {
		if !slices.Contains(f.Chain.Last().Beacons, k.Line) {
			continue
		}
		file, err := k.Sign([]byte(b.String()))
		if err != nil {
			return b, err
		}
		f.alive = file
		if err := f.write(aliveFile, file); err != nil {
			return b, err
		}
		if _, err := os.Stat(filepath.Join(public, filepath.FromSlash(manifest.HeadPath))); err != nil {
			return b, nil // nothing is built here
		}
		return b, Replace(filepath.Join(public, filepath.FromSlash(trust.BeaconPath)), file)
	}
	return b, errors.New("none of the secret keys at hand is a beacon key of the archive")
}
