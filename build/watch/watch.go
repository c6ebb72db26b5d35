// Package watch tells when something in a site may have changed.
//
// It watches the folders that a build reads, with all that is below them, also
// those made later, and site.yaml. Where the system cannot do that, and on
// drives of other machines, whose changes the system does not tell, it looks
// at all files every second or more instead.
//
// What it says is when to look, and where to begin. It never says what to
// build: a build finds out by itself what has changed.
package watch

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Options direct a Watcher.
type Options struct {
	Dir string // the site
	// Names are the files and folders in Dir that are watched.
	Names []string
	// Poll looks at all files now and then, without asking the system.
	Poll bool
	// Fallback, when set, is told why the watcher has begun to poll although
	// Poll is not set. It must not call the Watcher.
	Fallback func(why error)

	every time.Duration // between two looks; pollEvery when 0
}

// A Watcher watches a site until it is closed.
type Watcher struct {
	Options
	wake   chan struct{}
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu   sync.Mutex
	seen Change
}

// A Change is where something has happened.
type Change struct {
	// Paths are files and folders, below Dir and with slashes; of a folder,
	// all below it may have changed.
	Paths []string
	// All means that there may be more than Paths.
	All bool
}

const (
	maxPaths = 2000 // more are no hint any more
	maxNoted = 8 * maxPaths
)

// New starts to watch. What changes from its return on is told.
func New(o Options) *Watcher {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watcher{Options: o, wake: make(chan struct{}, 1), cancel: cancel}
	if !o.Poll {
		err := remote(o.Dir)
		if err == nil {
			err = w.notify(ctx)
		}
		if err == nil {
			return w
		}
		w.fallback(err)
	}
	w.poll(ctx)
	return w
}

// Close ends the watching.
func (w *Watcher) Close() {
	w.cancel()
	w.wg.Wait()
}

// Wake receives when something has happened since the last Take. Several
// happenings may be one receipt.
func (w *Watcher) Wake() <-chan struct{} { return w.wake }

// Take returns what has happened since the last Take.
func (w *Watcher) Take() Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.seen
	w.seen = Change{}
	slices.Sort(c.Paths)
	c.Paths = slices.Compact(c.Paths)
	if c.All || len(c.Paths) > maxPaths {
		return Change{All: true}
	}
	return c
}

// note remembers that something has happened at a path, anywhere when it is
// "", and wakes whoever waits.
func (w *Watcher) note(p string) {
	w.mu.Lock()
	switch {
	case p == "" || len(w.seen.Paths) >= maxNoted:
		w.seen = Change{All: true}
	case !w.seen.All:
		w.seen.Paths = append(w.seen.Paths, p)
	}
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // there is a wake to be received already
	}
}

func (w *Watcher) fallback(why error) {
	if w.Fallback != nil {
		w.Fallback(why)
	}
}

// rel is the path below Dir of what an event names, "" when it is none that is
// watched.
func (w *Watcher) rel(name string) string {
	rel, err := filepath.Rel(w.Dir, name)
	if err != nil {
		return ""
	}
	rel = filepath.ToSlash(rel)
	top, _, _ := strings.Cut(rel, "/")
	if !slices.Contains(w.Names, top) || noise(path.Base(rel)) {
		return ""
	}
	return rel
}

// noise reports whether a name is that of a file which editors make and take
// away again while they save another, or of version control.
func noise(name string) bool {
	return strings.HasPrefix(name, ".") && name != ".well-known" && name != ".nojekyll" || strings.HasSuffix(name, "~") ||
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#")
}

// explain puts an error of the system's watching into words that help.
func explain(err error) error {
	switch {
	case errors.Is(err, errNoWatches):
		return errors.New("the system lets a user watch no more folders than that; raise it with: sudo sysctl fs.inotify.max_user_watches=524288")
	case errors.Is(err, errNoInstances):
		return errors.New("the system lets a user watch or open no more files than that; raise it with: sudo sysctl fs.inotify.max_user_instances=1024, or ulimit -n 65536")
	case errors.Is(err, fsnotify.ErrClosed):
		return errors.New("the watch was closed")
	}
	return err
}
