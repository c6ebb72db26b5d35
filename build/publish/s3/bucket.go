package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"backfile/build/manifest"
	"backfile/build/publish/release"

	"github.com/minio/minio-go/v7"
)

// A bucket is the place as an fs.FS, to read its manifest.
type bucket struct {
	ctx context.Context
	p   *publication
}

// maxShard is more than a file of a manifest has.
const maxShard = 4 << 20

func (b *bucket) Open(name string) (fs.File, error) {
	fail := func(err error) (fs.File, error) {
		if answer := minio.ToErrorResponse(err); answer.Code == "NoSuchKey" || answer.StatusCode == http.StatusNotFound && answer.Code != "NoSuchBucket" {
			err = fs.ErrNotExist
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	obj, err := b.p.client.GetObject(b.ctx, b.p.Bucket, b.p.Prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return fail(err)
	}
	defer obj.Close()
	text, err := io.ReadAll(io.LimitReader(obj, maxShard))
	if err != nil {
		return fail(err)
	}
	return &object{bytes.NewReader(text), name}, nil
}

// An object is a file that has been read.
type object struct {
	*bytes.Reader
	name string
}

func (o *object) Stat() (fs.FileInfo, error) { return o, nil }
func (o *object) Close() error               { return nil }
func (o *object) Name() string               { return path.Base(o.name) }
func (o *object) Mode() fs.FileMode          { return 0o444 }
func (o *object) ModTime() time.Time         { return time.Time{} }
func (o *object) IsDir() bool                { return false }
func (o *object) Sys() any                   { return nil }

// list lists what the bucket holds. A file whose size and MD5 are those of the
// release has its digest; the others have none.
func (p *publication) list(ctx context.Context) ([]release.File, error) {
	var files []release.File
	for obj := range p.client.ListObjects(ctx, p.Bucket, minio.ListObjectsOptions{Prefix: p.Prefix, Recursive: true}) {
		if obj.Err != nil {
			return nil, fmt.Errorf("listing %v: %w", p.Target, obj.Err)
		}
		name := strings.TrimPrefix(obj.Key, p.Prefix)
		if name == "" || strings.HasSuffix(name, "/") {
			continue // what some programs make for a folder
		}
		f := release.File{Path: name, Size: obj.Size}
		if want, ok := p.r.Find(name); ok && want.Size == obj.Size {
			b, err := p.r.Read(want)
			if err != nil {
				return nil, err
			}
			if sum := md5.Sum(b); strings.EqualFold(strings.Trim(obj.ETag, `"`), hex.EncodeToString(sum[:])) {
				f.Sum = want.Sum
			}
		}
		files = append(files, f)
	}
	return files, nil
}

// types are the media types of what an archive holds.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".xml": "application/xml; charset=utf-8", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
	".csv": "text/csv; charset=utf-8", ".svg": "image/svg+xml", ".gz": "application/gzip", ".jsonl": "application/jsonl",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon",
	".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf", ".pdf": "application/pdf", ".zip": "application/zip", ".epub": "application/epub+zip",
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt; charset=utf-8",
	".webmanifest": "application/manifest+json", ".torrent": "application/x-bittorrent",
}

// kind returns the media type of a file and, of one that is another file
// compressed beforehand, how.
func (p *publication) kind(name string) (kind, encoding string) {
	for ending, how := range map[string]string{".gz": "gzip", ".br": "br"} {
		if plain, ok := strings.CutSuffix(name, ending); ok && p.r.Has(plain) {
			kind, _ := p.kind(plain)
			return kind, how
		}
	}
	if t := types[strings.ToLower(path.Ext(name))]; t != "" {
		return t, ""
	}
	if strings.HasPrefix(name, manifest.Dir) {
		return "text/plain; charset=utf-8", ""
	}
	return "application/octet-stream", ""
}

// cacheControl says how long browsers may keep a file: what is named by its
// digest for good, the head of the manifest for a minute, and the rest as long
// as GitHub Pages has it.
func cacheControl(name string) string {
	switch {
	case name == manifest.HeadPath:
		return "max-age=60"
	case strings.HasPrefix(name, manifest.Dir+"m/"), strings.HasPrefix(name, manifest.Dir+"d/"):
		return "public, max-age=31536000, immutable"
	}
	return "max-age=600"
}
