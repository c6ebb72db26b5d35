// Package par does bounded work side by side.
package par

import (
	"context"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for every item of seq, on at most workers goroutines at once,
// and returns when all calls have returned. The first error stops the handing
// out of further items and is returned; so does the end of ctx.
func Each[T any](ctx context.Context, workers int, seq iter.Seq[T], do func(T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	items := make(chan T, 4*workers)
	var wg sync.WaitGroup
	for range max(1, workers) {
		wg.Go(func() {
			for item := range items {
				if ctx.Err() != nil {
					continue // drain, so that the sender is never stuck
				}
				if err := do(item); err != nil {
					cancel(err)
				}
			}
		})
	}
	for item := range seq {
		if ctx.Err() != nil {
			break
		}
		items <- item
	}
	close(items)
	wg.Wait()
	return context.Cause(ctx)
}

// Map yields do(item) for every item of seq, in the order of seq, while the
// next are being done: at most workers at once. Whoever ranges may stop at any
// time; no call of do outlives the range.
func Map[T, R any](workers int, seq iter.Seq[T], do func(T) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		workers := max(1, workers)
		var wg sync.WaitGroup
		defer wg.Wait()
		done := make(chan chan R, workers-1) // in order; each holds one result
		stop := make(chan struct{})
		defer close(stop)
		wg.Go(func() {
			defer close(done)
			for item := range seq {
				result := make(chan R, 1)
				select {
				case done <- result:
				case <-stop:
					return
				}
				wg.Go(func() { result <- do(item) })
			}
		})
		for result := range done {
			if !yield(<-result) {
				return
			}
		}
	}
}

// Spread calls do for the numbers from 0 to n in stretches of some, as many at
// once as there are cores, and returns when all calls have returned.
func Spread(n, some int, do func(from, to int)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for from := int(next.Add(int64(some))) - some; from < n; from = int(next.Add(int64(some))) - some {
				do(from, min(from+some, n))
			}
		})
	}
	wg.Wait()
}
