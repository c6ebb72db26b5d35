// Package remote reads an archive where it is published, file by file, over
// HTTP. What files there are the archive's own manifest says.
package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"backfile/build/manifest"
)

// A Site is an archive somewhere. It is an fs.FS, and safe for concurrent use.
type Site struct {
	ctx    context.Context
	base   *url.URL
	client *http.Client
}

const (
	patience = 30 * time.Second // for one answer
	maxFile  = 64 << 20
	tries    = 3
)

// ErrNoManifest is returned for a site that backfile did not make.
var ErrNoManifest = errors.New("there is no mirror/head: only archives that backfile made can be read by their address")

// Open returns the archive at address and what its manifest lists, with the
// manifest's own head.
func Open(ctx context.Context, address string, client *http.Client) (*Site, []manifest.File, error) {
	base, err := url.Parse(strings.TrimSuffix(address, "index.html"))
	if err != nil || base.Host == "" {
		return nil, nil, fmt.Errorf("%q is not the address of a web site", address)
	}
	base = base.JoinPath("/")
	base.RawQuery, base.Fragment = "", ""
	if client == nil {
		client = &http.Client{Timeout: patience}
	}
	s := &Site{ctx, base, client}
	head, err := manifest.ReadHead(s)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%s: %w", base, ErrNoManifest)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", base, err)
	}
	var files []manifest.File
	for f, err := range head.Read(s) {
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", base, err)
		}
		files = append(files, f)
	}
	for _, own := range []string{manifest.HeadPath, manifest.ReadmePath} {
		files = append(files, manifest.File{Path: own})
	}
	return s, files, nil
}

// Base is the address of the archive, with a slash at the end.
func (s *Site) Base() string { return s.base.String() }

// Open fetches a file.
func (s *Site) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	var b []byte
	var err error
	for try := range tries {
		if try > 0 {
			select {
			case <-s.ctx.Done():
			case <-time.After(time.Duration(try) * time.Second):
			}
		}
		var again bool
		if b, again, err = s.get(name); err == nil || !again || s.ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{bytes.NewReader(b), info{name, int64(len(b))}}, nil
}

// get fetches a file once, and tells whether to try again.
func (s *Site) get(name string) (b []byte, again bool, err error) {
	req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.base.String()+(&url.URL{Path: name}).EscapedPath(), nil)
	if err != nil {
		return nil, false, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, true, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		return nil, false, fs.ErrNotExist
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		return nil, true, fmt.Errorf("the host answers %s", resp.Status)
	case resp.StatusCode != http.StatusOK:
		return nil, false, fmt.Errorf("the host answers %s", resp.Status)
	}
	b, err = io.ReadAll(io.LimitReader(resp.Body, maxFile+1))
	if err == nil && len(b) > maxFile {
		return nil, false, fmt.Errorf("it has more than %d MB", maxFile>>20)
	}
	return b, true, err
}

// A file is one that has been fetched.
type file struct {
	*bytes.Reader
	info info
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type info struct {
	name string
	size int64
}

func (i info) Name() string       { return path.Base(i.name) }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
