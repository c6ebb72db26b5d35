package manifest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"backfile/build/internal/digest"
	"backfile/build/internal/par"
)

// A Report is what Verify found.
type Report struct {
	Head     Head
	Findings []Finding // sorted by path; none when the copy is whole and unaltered
}

// A Kind says how a file differs from the manifest.
type Kind uint8

const (
	Altered    Kind = iota // its bytes are not those listed
	Missing                // listed, and not there
	Extra                  // there, and not listed
	Irregular              // a symbolic link, a device: never a file of an archive
	Unreadable             // there, but reading it fails
)

// A Finding is one difference between the manifest and the files. It is an
// error, and its text is one line for people.
type Finding struct {
	Path      string
	Kind      Kind
	Want, Got File        // of an Altered file
	Mode      fs.FileMode // of an Irregular one
	Cause     error       // of an Unreadable one
}

// Error says what is wrong.
func (f Finding) Error() string {
	switch f.Kind {
	case Missing:
		return f.Path + " is missing"
	case Extra:
		return f.Path + " is not in the manifest"
	case Irregular:
		return fmt.Sprintf("%s is not a file (%v)", f.Path, f.Mode)
	case Unreadable:
		return f.Path + ": " + f.Cause.Error()
	}
	if f.Want.Size != f.Got.Size {
		return fmt.Sprintf("%s differs from the manifest (%d bytes, not %d)", f.Path, f.Got.Size, f.Want.Size)
	}
	return fmt.Sprintf("%s differs from the manifest (sha256 %v, not %v)", f.Path, f.Got.Sum, f.Want.Sum)
}

// Unwrap returns the cause of an unreadable file.
func (f Finding) Unwrap() error { return f.Cause }

// Verify compares every file of public with its manifest, which must be sound
// itself: a missing or damaged shard is an error. Files below mirror/ and what
// begins with a dot at the top of public are not in a manifest; the former
// must be the manifest's own, the latter (.git and its like) are passed over.
func Verify(ctx context.Context, public fs.FS) (*Report, error) {
	head, err := ReadHead(public)
	if err != nil {
		return nil, err
	}
	c := comparison{
		public: public,
		want:   make(map[string]File, min(head.Files, 1<<16)), // a false head must not cost memory
	}
	for f, err := range head.Read(public) {
		if err != nil {
			return nil, err
		}
		c.want[f.Path] = f
	}
	if err := fs.WalkDir(public, ".", c.visit); err != nil {
		return nil, fmt.Errorf("verifying: %w", err)
	}
	for p := range c.want { // visit took out those that are there
		c.found(Finding{Path: p, Kind: Missing})
	}
	err = par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(c.there), c.compare)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(c.findings, func(a, b Finding) int { return cmp.Compare(a.Path, b.Path) })
	return &Report{head, c.findings}, nil
}

// A comparison is a Verify under way.
type comparison struct {
	public fs.FS
	want   map[string]File // listed and not met yet
	there  []File          // listed and met, to be compared

	buffers sync.Pool // of *[]byte, to read with

	mu       sync.Mutex
	findings []Finding
}

func (c *comparison) found(f Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings = append(c.findings, f)
}

// visit looks at one name in public.
func (c *comparison) visit(p string, d fs.DirEntry, err error) error {
	want, listed := c.want[p]
	switch {
	case err != nil:
		c.found(Finding{Path: p, Kind: Unreadable, Cause: err})
		return nil
	case p != "." && p[0] == '.' && !strings.Contains(p, "/") && !listed && p != ".nojekyll":
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	case d.IsDir():
		return nil
	}
	delete(c.want, p)
	switch {
	case !d.Type().IsRegular():
		c.found(Finding{Path: p, Kind: Irregular, Mode: d.Type()})
	case listed:
		c.there = append(c.there, want)
	case !ownFile(p):
		c.found(Finding{Path: p, Kind: Extra})
	}
	return nil
}

// ownFile tells whether p is a file of the manifest itself, by its name. Shards
// that an earlier manifest left are.
func ownFile(p string) bool { return OwnKind(p) != "" }

// OwnKind tells by its name which file of the manifest p is: "head", "next",
// "readme", "shard", "delta", "history" (an earlier head), "keys", "beacon",
// "part" (what a copy claims to hold), "status", or "" when it is none.
func OwnKind(p string) string {
	switch p {
	case HeadPath:
		return "head"
	case NextPath:
		return "next"
	case ReadmePath:
		return "readme"
	case Dir + "alive":
		return "beacon"
	case PartPath:
		return "part"
	case StatusPath:
		return "status"
	}
	dir, name := path.Split(p)
	switch dir {
	case Dir + "m/":
		if sum, ok := digest.Parse(strings.TrimSuffix(name, ".gz")); ok && p == shardPath(sum) {
			return "shard"
		}
	case Dir + "d/":
		var from, to int
		if n, err := fmt.Sscanf(name, "%d-%d.gz", &from, &to); err == nil && n == 2 && p == DeltaPath(from, to) {
			return "delta"
		}
	case Dir + "h/", Dir + "keys/":
		if n, err := strconv.Atoi(name); err == nil && n > 0 && strconv.Itoa(n) == name {
			return map[string]string{Dir + "h/": "history", Dir + "keys/": "keys"}[dir]
		}
	}
	return ""
}

// compare hashes one file.
func (c *comparison) compare(want File) error {
	got, err := c.hash(want)
	switch {
	case err != nil:
		c.found(Finding{Path: want.Path, Kind: Unreadable, Cause: err})
	case got != want:
		c.found(Finding{Path: want.Path, Kind: Altered, Want: want, Got: got})
	}
	return nil
}

// hash returns size and digest of the file at want.Path; the digest is left
// out when the size tells enough.
func (c *comparison) hash(want File) (File, error) {
	f, err := c.public.Open(want.Path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return File{}, err
	}
	got := File{Path: want.Path, Size: info.Size()}
	if got.Size != want.Size {
		return got, nil
	}
	buf, _ := c.buffers.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
		*buf = make([]byte, 64<<10)
	}
	defer c.buffers.Put(buf)
	h := sha256.New()
	// The file may grow while it is read.
	got.Size, err = io.CopyBuffer(h, io.LimitReader(f, want.Size+1), *buf)
	h.Sum(got.Sum[:0])
	return got, err
}
