package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"crypto/sha256"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/source"
)

const (
	attempts = 4 // of one source, when it fails and does not refuse
	backoff  = 100 * time.Millisecond

	// maxPatience is how long a source may make us wait by Retry-After.
	maxPatience = 30 * time.Second

	// large is from where on a file is written as it comes, and a broken
	// transfer is taken up where it broke.
	large = 1 << 20
)

// errWrong says that a source sent other bytes than the list says.
var errWrong = errors.New("other bytes than the signed list says")

// try calls do for one source after another until one has what is wanted,
// beginning with the n-th. A source that sends wrong bytes is asked once more
// past all caches: they may still hold what was there before.
func (c *copyOf) try(ctx context.Context, n int, do func(s source.Source, fresh bool) error) error {
	end := c.o.Now.Add(c.o.Wait)
	for {
		wrong, err := c.tryAll(ctx, n, do)
		if err == nil {
			return nil
		}
		kind := fault.Unreachable
		if wrong {
			kind = fault.Incomplete
		}
		if fault.Of(err) != 0 || ctx.Err() != nil {
			return err // the disk's, or an end
		}
		if !wrong || c.o.Wait == 0 || time.Now().After(end) {
			return &fault.Fault{Kind: kind, Err: err}
		}
		if err := pause(ctx, min(c.o.Wait, time.Minute)); err != nil {
			return err
		}
	}
}

// tryAll is one round of try. wrong tells whether some source answered with
// something else than what was asked for.
func (c *copyOf) tryAll(ctx context.Context, n int, do func(s source.Source, fresh bool) error) (wrong bool, err error) {
	if len(c.sources) == 0 {
		return false, errors.New("there is no source to ask")
	}
	for i := range c.sources {
		s := c.sources[(n+i)%len(c.sources)]
		fresh := false
		for attempt := 1; attempt <= attempts; attempt++ {
			err = do(s, fresh)
			if err == nil || ctx.Err() != nil || fault.Of(err) != 0 {
				return wrong, err
			}
			if errors.Is(err, errWrong) || errors.Is(err, source.ErrLong) || errors.Is(err, source.ErrNotFound) {
				wrong = true
				if fresh {
					break
				}
				fresh = true
				continue
			}
			if err := pause(ctx, wait(err, attempt)); err != nil {
				return wrong, err
			}
		}
	}
	return wrong, err
}

// wait is how long to wait after a failure: as long as the source says, or
// twice as long each time, and never quite the same.
func wait(err error, attempt int) time.Duration {
	if status, ok := errors.AsType[*source.StatusError](err); ok && status.After > 0 {
		return min(status.After, maxPatience)
	}
	d := backoff << attempt
	return d/2 + rand.N(d)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// small gets a small file that check finds right.
func (c *copyOf) small(ctx context.Context, n int, r source.Request, check func([]byte) error) (b []byte, err error) {
	err = c.try(ctx, n, func(s source.Source, fresh bool) error {
		r.Fresh = fresh
		if b, _, err = source.Read(ctx, s, r); err != nil {
			return err
		}
		if err := check(b); err != nil {
			return fmt.Errorf("%s from %s: %w", r.Path, s.Name(), err)
		}
		return nil
	})
	return b, err
}

// fetch gets the bytes of f from some source into staging.
func (c *copyOf) fetch(ctx context.Context, n int, f manifest.File) error {
	staged := c.state.Staged(f.Sum)
	if err := os.MkdirAll(filepath.Dir(staged), 0o700); err != nil {
		return diskFault(err)
	}
	if f.Size > large {
		return c.try(ctx, n, func(s source.Source, fresh bool) error { return c.stream(ctx, s, f, fresh) })
	}
	b, err := c.small(ctx, n, source.Request{Path: f.Path, Limit: f.Size}, func(b []byte) error {
		if digest.Plain(b) != f.Sum {
			return errWrong
		}
		return nil
	})
	if err != nil {
		return err
	}
	return diskFault(os.WriteFile(staged, b, 0o644))
}

// stream gets a large file, from where an earlier try ended.
func (c *copyOf) stream(ctx context.Context, s source.Source, f manifest.File, fresh bool) error {
	part := c.state.Staged(f.Sum) + ".part"
	w, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return diskFault(err)
	}
	defer w.Close()
	h := sha256.New()
	have, err := io.Copy(h, io.LimitReader(w, f.Size))
	if err != nil {
		return diskFault(err)
	}
	if have == f.Size { // whole, and wrong, or it would have its name
		have = 0
	}
	reply, err := s.Open(ctx, source.Request{Path: f.Path, Limit: f.Size, Offset: have, Fresh: fresh})
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if reply.Offset != have {
		have = reply.Offset
	}
	if have == 0 {
		h.Reset()
	}
	if err := errors.Join(w.Truncate(have), seek(w, have)); err != nil {
		return diskFault(err)
	}
	n, err := io.Copy(io.MultiWriter(diskWriter{w}, h), reply.Body)
	if err != nil {
		if fault.Of(err) != 0 {
			return err
		}
		return fmt.Errorf("%s from %s: %w", f.Path, s.Name(), err)
	}
	if have+n != f.Size || digest.Sum(h.Sum(nil)) != f.Sum {
		if have+n < f.Size {
			return fmt.Errorf("%s from %s: it ended after %d of %d bytes", f.Path, s.Name(), have+n, f.Size)
		}
		return errors.Join(fmt.Errorf("%s from %s: %w", f.Path, s.Name(), errWrong), diskFault(os.Remove(part)))
	}
	if err := w.Close(); err != nil {
		return diskFault(err)
	}
	return diskFault(os.Rename(part, c.state.Staged(f.Sum)))
}

func seek(f *os.File, to int64) error { _, err := f.Seek(to, io.SeekStart); return err }

// A diskWriter tells errors of the disk from those of a source.
type diskWriter struct{ w io.Writer }

func (d diskWriter) Write(p []byte) (int, error) {
	n, err := d.w.Write(p)
	return n, diskFault(err)
}

// sumOf returns the digest of a file on the disk, "" and no error when its
// size is another.
func sumOf(file string, size int64) (sum digest.Sum, ok bool, err error) {
	f, err := os.Open(file)
	if err != nil {
		return sum, false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != size {
		return sum, false, err
	}
	sum, err = digest.Reader(io.LimitReader(f, size+1))
	return sum, err == nil, err
}
