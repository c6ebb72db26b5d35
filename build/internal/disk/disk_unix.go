//go:build unix

package disk

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Free returns how many bytes a user may still write to dir's file system, and
// how many files; -1 when the system does not say.
func Free(dir string) (bytes, files int64) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return -1, -1
	}
	files = int64(s.Ffree)
	if s.Files == 0 { // file systems without a fixed number
		files = -1
	}
	return int64(s.Bavail) * int64(s.Bsize), files
}

// Full tells whether err says that the disk is full.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// Lock takes the lock of a file, which it makes when it is not there. taken is
// false when another process has it. The system lets go of the lock when the
// process ends, however it ends.
func Lock(file string) (release func(), taken bool, err error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, false, f.Close()
	}
	return func() { f.Close() }, true, nil // a file system without locks has none to wait for
}
