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

// list returns what stands in a folder.
func list(dir string) ([]item, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	items := make([]item, 0, len(entries))
	for _, e := range entries {
		it := item{name: e.Name(), mode: e.Type()}
		if it.mode.IsRegular() {
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed since the folder was read
			}
			if err != nil {
				return nil, err
			}
			it.stamp = StampOf(info)
		}
		items = append(items, it)
	}
	return items, nil
}
