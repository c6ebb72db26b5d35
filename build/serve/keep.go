package serve

import (
	"context"
	"time"
)

// Quiet returns how long nothing must happen before a look at the files: editors
// write a file in several steps, and a checkout writes thousands.
func Quiet() time.Duration { return 50 * time.Millisecond }

const (
	// longest is how long a build is put off while things keep happening.
	longest = 5 * time.Second

	// maxStopped is how many builds in a row are stopped for newer edits; the
	// next is let end, so that steady edits cannot keep the preview from ever
	// showing any.
	maxStopped = 3
)

// Keep calls build each time that wake receives, when nothing more has come for
// as long as quiet says. Only one build runs at a time. One that runs when wake receives is stopped
// by its context, and the next follows when it has returned. Keep returns when
// ctx ends and no build runs.
func Keep(ctx context.Context, wake <-chan struct{}, quiet func() time.Duration, build func(context.Context)) {
	stopped := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		}
		for again := true; again; {
			rest(ctx, wake, quiet())
			if ctx.Err() != nil {
				return
			}
			again = once(ctx, wake, stopped < maxStopped, build)
			if again {
				stopped++
			} else {
				stopped = 0
			}
			if stopped > maxStopped {
				stopped = 0
			}
		}
	}
}

// rest returns when wake has not received for a while.
func rest(ctx context.Context, wake <-chan struct{}, quiet time.Duration) {
	until := time.Now().Add(longest)
	for time.Now().Before(until) {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-time.After(quiet):
			return
		}
	}
}

// once runs one build to its end, and reports whether something has happened
// meanwhile. When stop is set the build is told to stop then.
func once(ctx context.Context, wake <-chan struct{}, stop bool, build func(context.Context)) (again bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		build(ctx)
	}()
	for {
		select {
		case <-done:
			return again
		case <-wake:
			again = true
			if stop {
				cancel()
			}
		}
	}
}
