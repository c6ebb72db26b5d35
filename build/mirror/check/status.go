package check

import (
	"context"
	"errors"
	"time"

	"backfile/build/manifest"
	"backfile/build/manifest/trust"
	"backfile/build/mirror"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/offer"
	"backfile/build/mirror/part"
	"backfile/build/mirror/source"
)

// A Row is what a copy says of itself and what can be told of it at a glance.
type Row struct {
	Name    string
	Offer   *offer.Offer // nil when the copy could not be believed
	Beacon  trust.Beacon // the zero Beacon when there is none
	Status  mirror.Status
	Part    part.Part
	Behind  int // versions behind the newest that was seen
	Overdue bool
	Err     error
}

// Board looks at several copies and compares them. The error is a Fault when
// two of them contradict each other; the rows are there nevertheless.
func Board(ctx context.Context, names []string, o Options) ([]Row, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	rows := make([]Row, len(names))
	done := make(chan struct{})
	for i, name := range names {
		go func() {
			rows[i] = look1(ctx, name, o)
			done <- struct{}{}
		}()
	}
	for range names {
		<-done
	}
	var offers []*offer.Offer
	newest := 0
	for _, r := range rows {
		if r.Err == nil {
			offers = append(offers, r.Offer)
			newest = max(newest, r.Offer.Head.Version)
		}
	}
	for i := range rows {
		if rows[i].Err == nil {
			rows[i].Behind = newest - rows[i].Offer.Head.Version
		}
	}
	if len(offers) < 2 {
		return rows, nil
	}
	_, err := offer.Newest(ctx, offers)
	return rows, err
}

// look1 makes the row of one copy.
func look1(ctx context.Context, name string, o Options) Row {
	r := Row{Name: name}
	s, err := source.Open(name, o.Source)
	if err != nil {
		r.Err = &fault.Fault{Kind: fault.Unreachable, Err: err}
		return r
	}
	if r.Offer, r.Err = offer.Read(ctx, s, offer.Known{Pins: o.Pins}); r.Err != nil {
		return r
	}
	if len(r.Offer.Chain.Last().Beacons) > 0 {
		if file, _, err := source.Read(ctx, s, source.Request{Path: trust.BeaconPath, Limit: trust.MaxNote}); err == nil {
			if b, err := r.Offer.Chain.Beacon(file); err == nil && b.Version >= r.Offer.Head.Version {
				r.Beacon = b
			}
		}
	}
	if text, _, err := source.Read(ctx, s, source.Request{Path: manifest.StatusPath, Limit: mirror.MaxStatus}); err == nil {
		if st, err := mirror.ParseStatus(text); err == nil {
			r.Status = st
		}
	}
	text, _, err := source.Read(ctx, s, source.Request{Path: manifest.PartPath, Limit: part.MaxFile})
	if err == nil {
		r.Part, err = part.ParseFile(text)
	}
	if err != nil && !errors.Is(err, source.ErrNotFound) {
		r.Err = &fault.Fault{Kind: fault.Incomplete, Err: err}
	}
	next := r.Offer.Head.Next
	r.Overdue = !next.IsZero() && o.Now.After(next)
	return r
}
