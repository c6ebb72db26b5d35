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

// String names k as programs read it.
func (k Kind) String() string {
	return [...]string{"altered", "missing", "extra", "irregular", "unreadable"}[k]
}

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
// Whether the head is signed is not looked at.
func Verify(ctx context.Context, public fs.FS) (*Report, error) {
	head, err := ReadHead(public)
	if err != nil {
		return nil, err
	}
	list, err := head.List(public)
	if err != nil {
		return nil, err
	}
	findings, err := Compare(ctx, public, Lists{Now: list})
	return &Report{head, findings}, err
}

// List returns the files that Read yields.
func (h Head) List(public fs.FS) ([]File, error) {
	list := make([]File, 0, min(h.Files, 1<<18)) // a false head must not cost memory
	for f, err := range h.Read(public) {
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// Lists are what Compare compares with.
type Lists struct {
	Now []File
	// Next is the list of a version that is being put in place, nil when none
	// is: each file may be as the one or the other list says.
	Next []File
	// Own are files that stand at the top and are none of the archive's.
	Own []string
}

// Compare compares every file of public with lists, and returns what differs,
// sorted by path.
func Compare(ctx context.Context, public fs.FS, l Lists) ([]Finding, error) {
	c := comparison{public: public, want: byPath(l.Now), moving: l.Next != nil, own: l.Own, dots: map[string]bool{}}
	if c.moving {
		c.next = byPath(l.Next)
	}
	for _, list := range [][]File{l.Now, l.Next} {
		for _, f := range list {
			if f.Path[0] == '.' {
				name, _, _ := strings.Cut(f.Path, "/")
				c.dots[name] = true
			}
		}
	}
	if err := fs.WalkDir(public, ".", c.visit); err != nil {
		return nil, fmt.Errorf("verifying: %w", err)
	}
	for p := range c.want { // visit took out those that are there
		if _, stays := c.next[p]; stays || !c.moving {
			c.found(Finding{Path: p, Kind: Missing})
		}
	}
	err := par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(c.there), c.compare)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(c.findings, func(a, b Finding) int { return cmp.Compare(a.Path, b.Path) })
	return c.findings, nil
}

func byPath(list []File) map[string]File {
	m := make(map[string]File, len(list))
	for _, f := range list {
		m[f.Path] = f
	}
	return m
}

// A comparison is a Verify under way.
type comparison struct {
	public fs.FS
	want   map[string]File // listed and not met yet
	next   map[string]File // of the list that is being put in place
	moving bool
	own    []string
	dots   map[string]bool // names at the top that are listed, or hold what is
	there  []pair          // listed and met, to be compared

	buffers sync.Pool // of *[]byte, to read with

	mu       sync.Mutex
	findings []Finding
}

// A pair is a file as the list says that it is, and as the next one does.
type pair struct{ now, next File }

func (c *comparison) found(f Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings = append(c.findings, f)
}

// visit looks at one name in public.
func (c *comparison) visit(p string, d fs.DirEntry, err error) error {
	now, listed := c.want[p]
	next, coming := c.next[p]
	switch {
	case err != nil:
		c.found(Finding{Path: p, Kind: Unreadable, Cause: err})
		return nil
	case p != "." && p[0] == '.' && !strings.Contains(p, "/") && !c.dots[p] && p != ".nojekyll":
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
	case listed || coming:
		if !listed {
			now = next
		} else if !coming {
			next = now
		}
		c.there = append(c.there, pair{now, next})
	case !ownFile(p) && !slices.Contains(c.own, p):
		c.found(Finding{Path: p, Kind: Extra})
	}
	return nil
}

// ownFile tells whether p is a file of the manifest itself, by its name. Shards
// that an earlier manifest left are.
func ownFile(p string) bool { return OwnKind(p) != "" }

// CosignaturePath returns where the holder of a copy, whose key has this name,
// vouches for it.
func CosignaturePath(name string) string {
	return Dir + "cosig/" + strings.ReplaceAll(name, "/", "-")
}

// OwnKind tells by its name which file of the manifest p is: "head", "next",
// "readme", "shard", "delta", "history" (an earlier head), "keys", "beacon",
// "part" (what a copy claims to hold), "status", "cosignature" (of who holds it), or "" when it is none.
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
	case Dir + "cosig/":
		if p == CosignaturePath(name) && ValidOrigin(name) {
			return "cosignature"
		}
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
func (c *comparison) compare(want pair) error {
	got, err := c.hash(want.now)
	if err == nil && got != want.now && want.next != want.now {
		var other File
		if other, err = c.hash(want.next); other == want.next {
			return err
		}
	}
	switch {
	case err != nil:
		c.found(Finding{Path: want.now.Path, Kind: Unreadable, Cause: err})
	case got != want.now:
		c.found(Finding{Path: want.now.Path, Kind: Altered, Want: want.now, Got: got})
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
