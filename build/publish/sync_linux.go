package publish

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncAll waits until the disk has all that was written to dir's file system.
// One call for a hundred thousand files is far quicker than an fsync of each.
func syncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
