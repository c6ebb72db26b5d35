package watch

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"os"
	"path"
	"path/filepath"
	"time"

	"backfile/build/internal/tree"
)

const (
	pollEvery = time.Second
	pollShare = 20 // a look takes at most this part of the time
)

// poll starts to look at all files now and then.
func (w *Watcher) poll(ctx context.Context) {
	seed := maphash.MakeSeed()
	start := time.Now()
	last := w.snapshot(ctx, seed)
	if w.every == 0 {
		w.every = pollEvery
	}
	pause := max(w.every, pollShare*time.Since(start))
	w.wg.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			start := time.Now()
			now := w.snapshot(ctx, seed)
			pause = max(w.every, pollShare*time.Since(start))
			if now != last && ctx.Err() == nil {
				last = now
				w.note("")
			}
		}
	})
}

// snapshot is a hash of all paths and stamps. What cannot be read is left out:
// the build tells of it.
func (w *Watcher) snapshot(ctx context.Context, seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	stamp := func(p string, s tree.Stamp) {
		_, _ = h.WriteString(p) // a Hash takes everything
		_ = h.WriteByte(0)
		_ = binary.Write(&h, binary.LittleEndian, s)
	}
	for _, name := range w.Names {
		top := filepath.Join(w.Dir, name)
		info, err := os.Stat(top)
		if err != nil {
			continue
		}
		if !info.IsDir() {
			stamp(name, tree.StampOf(info))
			continue
		}
		l, err := tree.Walk(ctx, top, func(p string) bool { return noise(path.Base(p)) })
		if err != nil {
			continue
		}
		for _, f := range l.Files {
			stamp(name+"/"+f.Path, f.Stamp)
		}
		for _, o := range l.Odd {
			stamp(name+"/"+o.Path, tree.Stamp{})
		}
	}
	return h.Sum64()
}
