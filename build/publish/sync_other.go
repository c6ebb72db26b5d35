//go:build !linux

package publish

// syncAll does nothing where there is no call that covers a whole file system;
// an interrupted build is then told by the stamps of its files.
func syncAll(string) error { return nil }
