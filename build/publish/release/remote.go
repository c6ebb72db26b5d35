package release

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
)

// There lists what a host's copy holds, by its own manifest, which is read
// through host. Of the manifest's shards only those are fetched that r does
// not have itself. It returns nothing when the host has no manifest. A host
// whose manifest is damaged gives an error: then a full listing is needed.
func (r *Release) There(host fs.FS) ([]File, error) {
	m := &mixed{r: r, host: host}
	head, err := manifest.ReadHead(m)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []File
	for f, err := range head.Read(m) {
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	for _, p := range []string{manifest.HeadPath, manifest.ReadmePath} {
		f, err := sumOf(host, p)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	for _, p := range m.shards {
		f, _ := r.Find(p) // the same name is the same text; what r lacks is to go
		files = append(files, File{Path: p, Size: f.Size, Sum: f.Sum})
	}
	return files, nil
}

// maxOwn is more than mirror/head and mirror/README.txt ever have.
const maxOwn = 64 << 10

func sumOf(host fs.FS, path string) (File, error) {
	f, err := host.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxOwn))
	return File{Path: path, Size: int64(len(b)), Sum: digest.Plain(b)}, err
}

// A mixed is a host's copy whose shards are read from the release where that
// has them. It notes the shards that were asked for.
type mixed struct {
	r      *Release
	host   fs.FS
	shards []string
}

func (m *mixed) Open(path string) (fs.File, error) {
	if !strings.HasPrefix(path, manifest.Dir) || path == manifest.HeadPath {
		return m.host.Open(path)
	}
	if !slices.Contains(m.shards, path) {
		m.shards = append(m.shards, path)
	}
	if m.r.Has(path) {
		return m.r.fs().Open(path)
	}
	return m.host.Open(path)
}
