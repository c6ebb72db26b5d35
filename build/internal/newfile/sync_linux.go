package newfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncAll waits until the disk has all that was written to dir's file system,
// and reports whether the system has a call for that.
func syncAll(dir string) (done bool, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return true, err
	}
	defer f.Close()
	return true, unix.Syncfs(int(f.Fd()))
}
