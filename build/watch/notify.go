package watch

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

const (
	errNoWatches   = syscall.ENOSPC // of inotify_add_watch: the limit, not the disk
	errNoInstances = syscall.EMFILE
)

// A notifier has the system tell about changes. The system watches single
// folders, so it keeps one watch for each.
type notifier struct {
	*Watcher
	fs   *fsnotify.Watcher
	dirs map[string]bool // that are watched
}

// notify starts a notifier.
func (w *Watcher) notify(ctx context.Context) error {
	fsw, err := fsnotify.NewWatcher()
	if err != nil {
		return explain(err)
	}
	n := &notifier{Watcher: w, fs: fsw, dirs: map[string]bool{}}
	err = fsw.Add(w.Dir)
	for _, name := range w.Names {
		if err == nil {
			err = n.add(filepath.Join(w.Dir, name))
		}
	}
	if err != nil {
		return errors.Join(explain(err), fsw.Close())
	}
	w.wg.Go(func() {
		err := n.listen(ctx)
		_ = fsw.Close() // nobody listens any more
		if ctx.Err() == nil {
			w.fallback(explain(err))
			w.note("") // what happened meanwhile
			w.poll(ctx)
		}
	})
	return nil
}

// listen notes what the system tells, until it cannot go on.
func (n *notifier) listen(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-n.fs.Events:
			if !ok {
				return fsnotify.ErrClosed
			}
			if err := n.event(e); err != nil {
				return err
			}
		case _, ok := <-n.fs.Errors:
			if !ok {
				return fsnotify.ErrClosed
			}
			n.note("") // more has happened than the system could remember
		}
	}
}

// event notes one event. A change of rights or times alone is passed over:
// indexers and virus scanners cause them all the time.
func (n *notifier) event(e fsnotify.Event) error {
	rel := n.rel(e.Name)
	if rel == "" || e.Op == fsnotify.Chmod {
		return nil
	}
	if e.Has(fsnotify.Rename) || e.Has(fsnotify.Remove) {
		n.forget(e.Name)
	}
	if e.Has(fsnotify.Create) {
		// Whatever is made in the folder before it is watched is found by
		// whoever looks at it now.
		if err := n.add(e.Name); err != nil {
			return err
		}
	}
	n.note(rel)
	return nil
}

// add watches a folder and those below it. What is no folder, or is gone
// again, is passed over. The folder itself may be a link, as Dir/content may.
func (n *notifier) add(dir string) error {
	info, err := os.Lstat(dir)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 && filepath.Dir(dir) == filepath.Clean(n.Dir) {
		info, err = os.Stat(dir)
	}
	if err != nil || !info.IsDir() {
		return nil
	}
	if err := n.fs.Add(dir); err != nil {
		return gone(err)
	}
	n.dirs[dir] = true
	entries, err := os.ReadDir(dir)
	if err != nil {
		return gone(err)
	}
	for _, e := range entries {
		if e.IsDir() && !noise(e.Name()) {
			if err := n.add(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// gone returns nil for the error of a folder that is not there any more or may
// not be read, as the build will tell.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	return err
}

// forget ends the watching of a folder that has gone or moved, and of those
// below it. After a move they would tell of paths that are no more.
func (n *notifier) forget(dir string) {
	if !n.dirs[dir] {
		return
	}
	for d := range n.dirs {
		if d == dir || strings.HasPrefix(d, dir+string(filepath.Separator)) {
			_ = n.fs.Remove(d) // the system may have ended it already
			delete(n.dirs, d)
		}
	}
}
