package source

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

var (
	errSilent = errors.New("it stopped answering")
	errSlow   = errors.New("it sends too slowly")
)

// A watchdog ends a request that goes silent, or that takes longer than its
// bytes at the slowest speed allowed.
type watchdog struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	idle   time.Duration
	silent *time.Timer
	whole  *time.Timer
}

func newWatchdog(ctx context.Context, idle, whole time.Duration) *watchdog {
	d := &watchdog{idle: idle}
	d.ctx, d.cancel = context.WithCancelCause(ctx)
	d.silent = time.AfterFunc(idle, func() { d.cancel(errSilent) })
	d.whole = time.AfterFunc(whole, func() { d.cancel(errSlow) })
	return d
}

// alive says that bytes have come.
func (d *watchdog) alive() { d.silent.Reset(d.idle) }

func (d *watchdog) stop() {
	d.silent.Stop()
	d.whole.Stop()
	d.cancel(nil)
}

// watched reads under a watchdog, no faster than the bucket allows.
type watched struct {
	from   io.Reader
	dog    *watchdog
	bucket *bucket
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if n > 0 {
		w.dog.alive()
	}
	if err != nil && err != io.EOF {
		if cause := context.Cause(w.dog.ctx); cause != nil {
			err = cause
		}
	}
	if w.bucket != nil && n > 0 {
		w.dog.silent.Stop() // waiting is our doing
		w.bucket.take(w.dog.ctx, n)
		w.dog.alive()
	}
	return n, err
}

// A bucket limits how many bytes all readers together take in a second.
type bucket struct {
	rate int64
	mu   sync.Mutex
	next time.Time // when the bytes taken so far are paid for
}

// newBucket returns nil when there is no limit.
func newBucket(rate int64) *bucket {
	if rate <= 0 {
		return nil
	}
	return &bucket{rate: rate}
}

// take waits until n more bytes fit.
func (b *bucket) take(ctx context.Context, n int) {
	b.mu.Lock()
	now := time.Now()
	if b.next.Before(now) {
		b.next = now
	}
	b.next = b.next.Add(time.Duration(n) * time.Second / time.Duration(b.rate))
	wait := b.next.Sub(now)
	b.mu.Unlock()
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}
