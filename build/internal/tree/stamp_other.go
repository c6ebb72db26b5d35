//go:build !linux

package tree

import (
	"errors"
	"io/fs"
	"os"
)

// StampOf returns the stamp in info: size and time of change, which every
// system has.
func StampOf(info fs.FileInfo) Stamp {
	return Stamp{Size: info.Size(), MTime: info.ModTime().UnixNano()}
}

// list hands out what stands in a folder, each by prefix and name.
func list(dir, prefix string, _ []byte, add func(item)) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		it := item{path: prefix + e.Name(), mode: e.Type()}
		if it.mode.IsRegular() {
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed since the folder was read
			}
			if err != nil {
				return err
			}
			it.stamp = StampOf(info)
		}
		add(it)
	}
	return nil
}
