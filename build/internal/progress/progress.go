// Package progress shows how far a long run has come, on one line of a
// terminal. It shows nothing when standard error is not a terminal, and
// nothing in the first quarter of a second.
package progress

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	patience = 250 * time.Millisecond // before the first line
	tick     = 100 * time.Millisecond // between two lines
)

// A Bar is the progress of one run. It is safe for concurrent use. The nil Bar
// shows nothing.
type Bar struct {
	w    io.Writer
	what string

	mu    sync.Mutex
	next  time.Time // when to write again
	shown bool
	ended bool // Start is not to show anything any more
}

// New returns a Bar that counts things called what on w, or nil when w is not
// a terminal that can rewrite a line.
func New(w io.Writer, what string) *Bar {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &Bar{w: w, what: what, next: time.Now().Add(patience)}
}

// Set says that done things are done, of total when that is known and not 0.
func (b *Bar) Set(done, total int) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if now.Before(b.next) {
		return
	}
	b.next, b.shown = now.Add(tick), true
	if total > 0 {
		fmt.Fprintf(b.w, "\r\x1b[K%d of %d %s", done, total, b.what)
		return
	}
	fmt.Fprintf(b.w, "\r\x1b[K%d %s", done, b.what)
}

// Start shows what is being done, without a number, once the run has taken a
// quarter of a second: for work that cannot be counted. Set replaces it and
// Done ends it.
func (b *Bar) Start() {
	if b == nil {
		return
	}
	time.AfterFunc(patience, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if !b.shown && !b.ended {
			b.shown = true
			fmt.Fprintf(b.w, "\r\x1b[K%s …", b.what)
		}
	})
}

// Done wipes the line.
func (b *Bar) Done() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
	b.shown, b.ended = false, true
}
