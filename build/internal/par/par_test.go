package par

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
)

func count(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestEachDoesEveryItemOnce(t *testing.T) {
	var done [1000]atomic.Int32
	err := Each(t.Context(), 7, count(len(done)), func(i int) error {
		done[i].Add(1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range done {
		if n := done[i].Load(); n != 1 {
			t.Fatalf("item %d was done %d times", i, n)
		}
	}
}

func TestEachReturnsTheFirstErrorAndStops(t *testing.T) {
	boom := errors.New("boom")
	var did atomic.Int32
	err := Each(t.Context(), 2, count(100000), func(i int) error {
		did.Add(1)
		if i == 10 {
			return boom
		}
		return nil
	})
	if !errors.Is(err, boom) {
		t.Errorf("Each returned %v, want %v", err, boom)
	}
	if n := did.Load(); n > 1000 {
		t.Errorf("%d items were done after the error of the 11th", n)
	}
}

func TestEachEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := Each(ctx, 2, count(100000), func(i int) error {
		if i == 5 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Each returned %v, want %v", err, context.Canceled)
	}
}

func TestEachOfNothing(t *testing.T) {
	if err := Each(t.Context(), 0, slices.Values([]int{}), func(int) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestMapKeepsTheOrder(t *testing.T) {
	var running, most atomic.Int32
	next := 0
	for got := range Map(3, count(1000), func(i int) int {
		most.Store(max(most.Load(), running.Add(1)))
		defer running.Add(-1)
		return 2 * i
	}) {
		if got != 2*next {
			t.Fatalf("result %d is %d, want %d", next, got, 2*next)
		}
		next++
	}
	if next != 1000 {
		t.Errorf("there were %d results, want 1000", next)
	}
	if most.Load() > 3 {
		t.Errorf("%d items were done at once, want 3 at most", most.Load())
	}
}

func TestMapStopsWithTheRange(t *testing.T) {
	var began, ended atomic.Int32
	for got := range Map(2, count(100000), func(i int) int {
		began.Add(1)
		defer ended.Add(1)
		return i
	}) {
		if got == 10 {
			break
		}
	}
	if b, e := began.Load(), ended.Load(); b != e || b > 20 {
		t.Errorf("%d items were begun and %d ended, want the same, and few more than the 11 that were asked for", b, e)
	}
}

func TestSpreadCoversEveryNumberOnce(t *testing.T) {
	for _, n := range []int{0, 1, 10, 1001} {
		done := make([]atomic.Int32, n)
		Spread(n, 10, func(from, to int) {
			for i := from; i < to; i++ {
				done[i].Add(1)
			}
		})
		for i := range done {
			if did := done[i].Load(); did != 1 {
				t.Errorf("of %d numbers, %d was done %d times", n, i, did)
			}
		}
	}
}
