// Package par does bounded work side by side.
package par

import (
	"context"
	"iter"
	"sync"
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
