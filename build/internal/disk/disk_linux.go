package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// Sync waits until the disk has all that was written to dir's file system.
func Sync(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
