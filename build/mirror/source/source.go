// Package source reads copies of the archive wherever they are: on the web, in
// a folder, in a ZIP file. Nothing that it returns is to be believed.
//
// Whatever a source does, a call ends: answers are bounded by what the caller
// expects at most, and must come at some speed.
package source

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"backfile/build/manifest"
)

// A Source is a copy of the archive. It is safe for concurrent use.
type Source interface {
	// Name is how people call the source.
	Name() string
	// Open asks for a file. The caller closes the Reply's Body.
	Open(ctx context.Context, r Request) (*Reply, error)
	Close() error
}

// A Request asks for a file.
type Request struct {
	Path   string // below the archive's folder
	Limit  int64  // more than these bytes are not read
	Offset int64  // where to go on, if the source can
	Fresh  bool   // pass by caches
	ETag   string // of the bytes that the caller has
}

// A Reply is a file that is about to be read.
type Reply struct {
	Body      io.ReadCloser // at most Limit+1 bytes
	Offset    int64         // where Body begins
	ETag      string
	Type      string // Content-Type, from the web
	Unchanged bool   // the caller has it; there is no Body
}

// Options direct how sources are read. The zero value is good for tests and
// fast networks.
type Options struct {
	Proxy   string        // socks5://host:port or http://host:port; "" asks the environment
	Rate    int64         // bytes a second for all together; 0 does not limit
	Jobs    int           // requests at once, for one source
	Idle    time.Duration // how long a source may say nothing; 0 is 30 s
	Slowest int64         // bytes a second that a source must send; 0 is 2,000
	Browser bool          // ask as a browser does
}

// ErrNotFound says that a source has no such file.
var ErrNotFound = errors.New("not there")

// ErrLong says that a source sends more than a file can have.
var ErrLong = errors.New("longer than it may be")

// Open returns the source of a name: a URL (https, http, file), a folder, or a
// ZIP file.
func Open(name string, o Options) (Source, error) {
	u, err := url.Parse(name)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return newWeb(u, o)
	}
	file := name
	if err == nil && u.Scheme == "file" {
		file = filepath.FromSlash(u.Path)
	} else if strings.Contains(name, "://") {
		return nil, fmt.Errorf("%s: a source is an https, http or file URL, a folder, or a ZIP file", name)
	}
	files, closer, err := Files(file)
	if err != nil {
		return nil, err
	}
	return &local{name, files, closer}, nil
}

// IsWeb tells whether Open would ask the web for a name.
func IsWeb(name string) bool {
	return strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")
}

// Files opens a folder or a ZIP file. In a ZIP, the archive may stand in a
// folder of its own.
func Files(name string) (fs.FS, io.Closer, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name) // links out of it are not followed
		if err != nil {
			return nil, nil, err
		}
		return root.FS(), root, nil
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s: neither a folder nor a file", name)
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	top, err := checkZip(&z.Reader)
	if err == nil {
		var below fs.FS
		if below, err = fs.Sub(z, top); err == nil {
			return below, z, nil
		}
	}
	return nil, nil, errors.Join(fmt.Errorf("%s: %w", name, err), z.Close())
}

// checkZip refuses a ZIP that programs read in different ways, and returns the
// folder in it that the archive stands in.
func checkZip(z *zip.Reader) (top string, err error) {
	top = "."
	seen := make(map[string]bool, len(z.File))
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		if !fs.ValidPath(name) || strings.Contains(name, `\`) {
			return "", fmt.Errorf("it holds the path %q, which leads out of it", f.Name)
		}
		if seen[name] {
			return "", fmt.Errorf("it holds %q twice", f.Name)
		}
		seen[name] = true
		if dir, found := strings.CutSuffix(name, "/"+manifest.HeadPath); found && !strings.Contains(dir, "/") {
			top = dir
		}
	}
	if seen[manifest.HeadPath] {
		top = "."
	}
	return top, nil
}

// local is a folder or a ZIP file.
type local struct {
	name   string
	files  fs.FS
	closer io.Closer
}

func (l *local) Name() string { return l.name }

func (l *local) Close() error { return l.closer.Close() }

// Open opens a file, which must be a regular one.
func (l *local) Open(ctx context.Context, r Request) (*Reply, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	info, err := fs.Lstat(l.files, r.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s in %s: %w", r.Path, l.name, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s in %s: %w: it is not a file", r.Path, l.name, ErrNotFound)
	}
	f, err := l.files.Open(r.Path)
	if err != nil {
		return nil, err
	}
	reply := &Reply{}
	if s, ok := f.(io.Seeker); ok && r.Offset > 0 {
		if _, err := s.Seek(r.Offset, io.SeekStart); err == nil {
			reply.Offset = r.Offset
		}
	}
	reply.Body = body{io.LimitReader(f, r.Limit-reply.Offset+1), f}
	return reply, nil
}

// A body reads from one thing and closes another.
type body struct {
	io.Reader
	io.Closer
}

// ReadPatiently is Read, but asks up to three times when the source breaks off
// or is too busy.
func ReadPatiently(ctx context.Context, s Source, r Request) (b []byte, reply *Reply, err error) {
	for n := range 3 {
		b, reply, err = Read(ctx, s, r)
		status, refused := errors.AsType[*StatusError](err)
		busy := refused && (status.Code >= 500 || status.Code == http.StatusTooManyRequests)
		broken := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
		if !busy && !broken {
			break
		}
		select {
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		case <-time.After(200 * time.Millisecond << n):
		}
	}
	return b, reply, err
}

// Read asks for a small file and returns its bytes.
func Read(ctx context.Context, s Source, r Request) ([]byte, *Reply, error) {
	reply, err := s.Open(ctx, r)
	if err != nil || reply.Unchanged {
		return nil, reply, err
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err == nil && int64(len(b)) > r.Limit {
		err = fmt.Errorf("%s from %s: %w, %d bytes", r.Path, s.Name(), ErrLong, r.Limit)
	}
	return b, reply, err
}
