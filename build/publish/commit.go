package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"backfile/build/internal/tree"
)

// A Change is what a Commit did.
type Change struct {
	Written, Removed int
	WrittenBytes     int64
}

// Commit moves what was staged into place, then removes files that this build
// did not put. last are paths that are moved after all else, in their order:
// whoever sees them sees what they list. When sync is set the disk has the
// files before it has the last ones.
func (o *Out) Commit(last []string, sync bool) (Change, error) {
	if err := o.makeDirs(); err != nil {
		return Change{}, err
	}
	if sync {
		if err := syncAll(o.dir); err != nil {
			return Change{}, fmt.Errorf("writing %s to disk: %w", o.dir, err)
		}
	}
	var c Change
	late := map[string]staged{}
	for _, s := range o.staged {
		if slices.Contains(last, s.path) {
			late[s.path] = s
			continue
		}
		if err := o.move(s, &c); err != nil {
			return c, err
		}
	}
	if err := o.sweep(&c); err != nil {
		return c, err
	}
	for _, p := range last {
		if s, ok := late[p]; ok {
			if err := o.move(s, &c); err != nil {
				return c, err
			}
		}
	}
	return c, o.Discard()
}

// makeDirs makes the folders of all staged files, so that the disk cannot run
// full between two moves. A stale file that stands where a folder must be is
// removed.
func (o *Out) makeDirs() error {
	made := map[string]bool{".": true}
	for _, s := range o.staged {
		dir := path.Dir(s.path)
		if made[dir] {
			continue
		}
		made[dir] = true
		err := os.MkdirAll(o.file(dir), 0o755)
		for up := dir; err != nil && up != "."; up = path.Dir(up) {
			if o.files.get(up).there {
				if err = os.Remove(o.file(up)); err == nil {
					o.files.change(up, func(e *entry) { e.there = false })
					err = os.MkdirAll(o.file(dir), 0o755)
				}
			}
		}
		if err != nil {
			return fmt.Errorf("writing %s: %w", s.path, err)
		}
	}
	return nil
}

// move puts one staged file into place.
func (o *Out) move(s staged, c *Change) error {
	from, to := o.file(stagePath(s.n)), o.file(s.path)
	err := os.Rename(from, to)
	if err != nil {
		if info, statErr := os.Lstat(to); statErr == nil && info.IsDir() { // left by an earlier site
			err = errors.Join(os.RemoveAll(to), os.Rename(from, to))
		}
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", s.path, err)
	}
	// The move changes the inode's own time, which the stamp holds.
	info, err := os.Lstat(to)
	if err != nil {
		return fmt.Errorf("writing %s: %w", s.path, err)
	}
	o.files.change(s.path, func(e *entry) { e.stamp.File = tree.StampOf(info) })
	c.Written++
	c.WrittenBytes += info.Size()
	return nil
}

// sweep removes what this build did not put, and folders that are empty then.
func (o *Out) sweep(c *Change) error {
	dirs := map[string]bool{}
	for e := range o.files.all() {
		if e.put || !e.there {
			continue
		}
		// A file may be gone with its folder, whose place a new file has taken.
		if err := os.Remove(o.file(e.path)); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return fmt.Errorf("removing %s: %w", e.path, err)
		}
		c.Removed++
		dirs[path.Dir(e.path)] = true
	}
	for dir := range dirs {
		for ; dir != "."; dir = path.Dir(dir) {
			info, err := os.Lstat(o.file(dir))
			if err != nil || !info.IsDir() || os.Remove(o.file(dir)) != nil { // not empty
				break
			}
		}
	}
	return nil
}

// Inside reports whether the folder inner is outer or lies below it.
func Inside(outer, inner string) bool {
	rel, err := filepath.Rel(outer, inner)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
