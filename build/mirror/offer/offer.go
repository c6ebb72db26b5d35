// Package offer reads what a source offers, the signed head and what goes with
// it, and tells whether it is to be believed.
//
// A copy remembers what it has seen: the keys it trusts and the newest head.
// An offer must be signed by those keys or their successors, must not be older,
// and must follow from what was seen, or it is refused with a Fault.
package offer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backfile/build/internal/par"
	"backfile/build/manifest"
	"backfile/build/manifest/release"
	"backfile/build/manifest/trust"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/source"
)

// Known is what was seen before. The zero Known has seen nothing.
type Known struct {
	Pins       []trust.Fingerprint // keys that must have signed together; none trusts the first that come
	Statements [][]byte            // files of the key statements
	Head       []byte              // file of the newest head; nil when none was seen
	ETag       string              // that the source gave the newest head
}

// An Offer is what a source offers, found good.
type Offer struct {
	Source     source.Source
	Head       manifest.Head
	File       []byte // of the head
	Statements [][]byte
	Chain      *trust.Chain
	Signers    []trust.Fingerprint
	History    map[int][]byte // earlier heads, by version, that lead to this one
	ETag       string
	Unchanged  bool // it is what is known; the rest but ETag is of what is known
	First      bool // nothing was known, and no keys were pinned
}

// Read reads the head that s offers and judges it by what is known.
func Read(ctx context.Context, s source.Source, k Known) (*Offer, error) {
	file, reply, err := source.ReadPatiently(ctx, s, source.Request{Path: manifest.HeadPath, Limit: manifest.MaxHead, ETag: k.ETag})
	if err != nil {
		return nil, &fault.Fault{Kind: fault.Unreachable, Err: err}
	}
	o := &Offer{Source: s, File: file, Statements: k.Statements, ETag: reply.ETag}
	if reply.Unchanged || k.Head != nil && bytes.Equal(file, k.Head) {
		o.Unchanged, o.File = true, k.Head
		if reply.Unchanged {
			o.ETag = k.ETag
		}
	}
	return o, o.judge(ctx, k)
}

// unreachable makes an error of a source a Fault.
func unreachable(err error) error {
	if errors.Is(err, source.ErrNotFound) {
		return &fault.Fault{Kind: fault.Incomplete, Err: err}
	}
	return &fault.Fault{Kind: fault.Unreachable, Err: err}
}

// judge finds out whether the head of o is to be believed.
func (o *Offer) judge(ctx context.Context, k Known) error {
	wrong := func(kind fault.Kind, format string, args ...any) error {
		return fault.New(kind, "%s: "+format, append([]any{o.Source.Name()}, args...)...)
	}
	h, err := manifest.ParseHead(o.File)
	if err != nil {
		return wrong(fault.Signature, "%s: %w", manifest.HeadPath, err)
	}
	if !h.Signed() {
		return wrong(fault.Signature, "%s is not signed: what was built there was not published by its author", manifest.HeadPath)
	}
	if err := o.statements(ctx, h.Keys); err != nil {
		return err
	}
	if o.Chain, err = trust.Follow(o.Statements); err != nil {
		return wrong(fault.Signature, "%w", err)
	}
	if len(k.Pins) > 0 {
		if err := o.Chain.Anchor(o.Statements, k.Pins); err != nil {
			return wrong(fault.Signature, "%w", err)
		}
	}
	o.First = len(k.Pins) == 0 && len(k.Statements) == 0
	if o.Head, o.Signers, err = o.Chain.Head(o.File); err != nil {
		return wrong(fault.Signature, "%s: %w", manifest.HeadPath, err)
	}
	if o.Unchanged || k.Head == nil {
		return nil
	}
	seen, err := manifest.ParseHead(k.Head)
	if err != nil {
		return fmt.Errorf("the head that was seen before: %w", err)
	}
	return o.follows(ctx, seen)
}

// statements gets the key statements up to number n that are not known.
func (o *Offer) statements(ctx context.Context, n int) error {
	o.Statements = slices.Clone(o.Statements)
	for i := len(o.Statements) + 1; i <= n; i++ {
		file, _, err := source.ReadPatiently(ctx, o.Source, source.Request{Path: trust.StatementPath(i), Limit: trust.MaxNote})
		if err != nil {
			return unreachable(err)
		}
		o.Statements = append(o.Statements, file)
		// Each is followed before the next is asked for: a false head cannot
		// make us fetch a thousand.
		if _, err := trust.Follow(o.Statements); err != nil {
			return fault.New(fault.Signature, "%s: %w", o.Source.Name(), err)
		}
	}
	return nil
}

// follows returns nil when the head of o follows from one that was seen.
func (o *Offer) follows(ctx context.Context, seen manifest.Head) error {
	h, name := o.Head, o.Source.Name()
	switch {
	case h.Origin != seen.Origin:
		return fault.New(fault.Signature, "%s: it is a copy of %s, and here is one of %s", name, h.Origin, seen.Origin)
	case h.Version < seen.Version:
		return fault.New(fault.Rollback, "%s: it has version %d, and version %d was seen already", name, h.Version, seen.Version)
	case h.Version == seen.Version && h.Sum() != seen.Sum():
		return o.fork(seen)
	case h.Version == seen.Version:
		o.Unchanged = true // with other signatures
		return nil
	case h.Keys < seen.Keys:
		return fault.New(fault.Signature, "%s: version %d is signed by keys that others had replaced in version %d", name, h.Version, seen.Version)
	}
	if err := o.ReadHistory(ctx, seen.Version); err != nil {
		return err
	}
	before := h.Prev
	if h.Version > seen.Version+1 {
		first, err := manifest.ParseHead(o.History[seen.Version+1])
		if err != nil {
			return fault.New(fault.Incomplete, "%s: %s is missing, so that nobody can tell whether version %d follows from version %d, which was seen",
				name, release.HeadPath(seen.Version+1), h.Version, seen.Version)
		}
		before = first.Prev
	}
	if before != seen.Sum() {
		return o.fork(seen)
	}
	return nil
}

func (o *Offer) fork(seen manifest.Head) error {
	return fault.New(fault.Fork, "%s: its version %d does not follow from the version %d that was seen, and both are signed: the keys may be stolen, or their owner coerced; keep both heads, they are evidence",
		o.Source.Name(), o.Head.Version, seen.Version)
}

// ReadHistory gets the heads after a version that lead to the one offered, as
// far back as the source has them, and checks each by the next.
func (o *Offer) ReadHistory(ctx context.Context, after int) error {
	o.History = map[int][]byte{}
	from := max(after+1, o.Head.Version-maxHistory)
	type got struct {
		version int
		file    []byte
		err     error
	}
	versions := func(yield func(int) bool) {
		for v := o.Head.Version - 1; v >= from && yield(v); v-- {
		}
	}
	want := o.Head.Prev
	for g := range par.Map(8, versions, func(v int) got {
		file, _, err := source.ReadPatiently(ctx, o.Source, source.Request{Path: release.HeadPath(v), Limit: manifest.MaxHead})
		return got{v, file, err}
	}) {
		if errors.Is(g.err, source.ErrNotFound) {
			return nil // older ones are of no use without it
		}
		if g.err != nil {
			return unreachable(g.err)
		}
		h, err := manifest.ParseHead(g.file)
		if err != nil || h.Version != g.version || h.Sum() != want {
			return fault.New(fault.Incomplete, "%s: %s is not the head that the one after it names", o.Source.Name(), release.HeadPath(g.version))
		}
		o.History[g.version] = g.file
		want = h.Prev
	}
	return nil
}

// maxHistory is the longest way back to what was seen: a release a day for
// thirty years.
const maxHistory = 11_000

// Newest chooses the offer of the highest version. Two offers of which neither
// follows from the other are a fork.
func Newest(ctx context.Context, offers []*Offer) (*Offer, error) {
	sorted := slices.Clone(offers)
	slices.SortStableFunc(sorted, func(a, b *Offer) int { return b.Head.Version - a.Head.Version })
	best := sorted[0]
	for _, o := range sorted[1:] {
		if o.Head.Sum() == best.Head.Sum() {
			continue
		}
		if o.Head.Origin != best.Head.Origin {
			return best, fault.New(fault.Signature, "%s is a copy of %s, and %s of %s", best.Source.Name(), best.Head.Origin, o.Source.Name(), o.Head.Origin)
		}
		if o.First && best.First && o.Chain.At(1).Sum() != best.Chain.At(1).Sum() {
			return best, fault.New(fault.Signature, "%s and %s are signed by different keys: name the right ones with --key", best.Source.Name(), o.Source.Name())
		}
		history := best.History
		if err := best.follows(ctx, o.Head); err != nil {
			return best, fmt.Errorf("compared with %s: %w", o.Source.Name(), err)
		}
		if len(best.History) < len(history) {
			best.History = history
		}
	}
	return best, nil
}

// Signed names the keys that have signed o, for people.
func (o *Offer) Signed() string {
	var names []string
	for _, f := range o.Signers {
		names = append(names, f.String())
	}
	return strings.Join(names, " and ")
}
