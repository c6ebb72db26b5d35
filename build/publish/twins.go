package publish

import (
	"fmt"

	"backfile/build/internal/digest"
	"backfile/build/publish/twin"
)

// freshTwins reports whether the twins of the file at p, which has so many
// bytes, are those that were made with key, and takes them over into this
// build when they are. The caller holds o.files.mu.
func (o *Out) freshTwins(p string, key digest.Sum, size int64) bool {
	if !twin.Has(p, size) {
		return true
	}
	for _, t := range twin.Paths(p) {
		if e := o.files.find(t); e == nil || !e.fresh(key) {
			return false
		}
	}
	for _, t := range twin.Paths(p) {
		o.files.find(t).put = true
	}
	return true
}

// putTwins stages the twins of a file.
func (o *Out) putTwins(p string, key digest.Sum, b []byte) error {
	twins, err := o.maker.Of(p, b)
	if err != nil {
		return fmt.Errorf("compressing %s: %w", p, err)
	}
	for _, t := range twins {
		if err := o.put(t.Path, key, t.Bytes); err != nil {
			return err
		}
	}
	return nil
}
