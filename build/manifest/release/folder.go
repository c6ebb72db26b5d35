// Package release is the folder releases/ of a site: what was signed, kept with
// the archive so that a build can publish it again and the next release can
// follow from it.
//
//	releases/keys/1          key statements, as they stand in public/mirror/keys/
//	releases/heads/12        signed heads, as they stand in public/mirror/h/
//	releases/deltas/11-12.gz what changed, as it stands in public/mirror/d/
//	releases/list.gz         the files of some version not long ago
//	releases/alive           the beacon
//	releases/head.draft      a head that lacks signatures
//	releases/keys/draft      a key statement that lacks signatures
//
// No secret is in it. The list of the newest version is that of list.gz with
// the deltas after it applied, so that a release adds kilobytes to the site and
// not the whole list again.
package release

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
	"backfile/build/manifest/trust"
)

// Name is what the folder is called.
const Name = "releases"

const (
	keysDir   = "keys"
	headsDir  = "heads"
	deltasDir = "deltas"
	listFile  = "list.gz"
	aliveFile = "alive"
	headDraft = "head.draft"
	keysDraft = "keys/draft"

	keptDeltas = 30 // releases that a copy may be behind and still need no shards

	maxSmall = 64 << 10 // of a head, a statement, a beacon
)

// A Folder is releases/ as it was when it was opened.
type Folder struct {
	dir        string
	Statements [][]byte // the files of the key statements
	Chain      *trust.Chain
	Head       manifest.Head // the newest; the zero Head when nothing was signed yet
	deltas     []int         // the versions that the published deltas begin at, rising
	alive      []byte        // nil when there is none
}

// Open reads the releases/ of the site in dir. That there is none is no error.
func Open(dir string) (*Folder, error) {
	f := &Folder{dir: filepath.Join(dir, Name), Chain: &trust.Chain{}}
	statements, err := f.numbers(keysDir)
	if err != nil {
		return nil, err
	}
	for i, n := range statements {
		if n != i+1 {
			return nil, fmt.Errorf("%s/%s/%d is missing", Name, keysDir, i+1)
		}
		text, err := f.read(filepath.Join(keysDir, strconv.Itoa(n)))
		if err != nil {
			return nil, err
		}
		f.Statements = append(f.Statements, text)
		if err := f.Chain.Add(text); err != nil {
			return nil, fmt.Errorf("%s/: %w", Name, err)
		}
	}
	if err := f.openHead(); err != nil {
		return nil, err
	}
	if f.alive, err = f.read(aliveFile); errors.Is(err, fs.ErrNotExist) {
		f.alive = nil
	} else if err != nil {
		return nil, err
	}
	return f, nil
}

// openHead reads the newest head.
func (f *Folder) openHead() error {
	versions, err := f.numbers(headsDir)
	if err != nil || len(versions) == 0 {
		return err
	}
	newest := versions[len(versions)-1]
	name := filepath.Join(headsDir, strconv.Itoa(newest))
	text, err := f.read(name)
	if err != nil {
		return err
	}
	f.Head, _, err = f.Chain.Head(text)
	// A key that was revoked since does not undo what is published already.
	if err != nil && !f.signedBefore(text) {
		return fmt.Errorf("%s/%s: %w", Name, filepath.ToSlash(name), err)
	}
	if f.Head.Version != newest {
		return fmt.Errorf("%s/%s: it is version %d", Name, filepath.ToSlash(name), f.Head.Version)
	}
	f.deltas, err = f.openDeltas()
	return err
}

// signedBefore tells whether a head was good by the statement that it names,
// whatever later ones revoke.
func (f *Folder) signedBefore(text []byte) bool {
	h, err := manifest.ParseHead(text)
	if err != nil || h.Keys < 1 || h.Keys > len(f.Statements) {
		return false
	}
	then, err := trust.Follow(f.Statements[:h.Keys])
	if err != nil {
		return false
	}
	_, _, err = then.Head(text)
	return err == nil
}

// openDeltas lists the deltas that lead to the newest version without a gap,
// keptDeltas of them at most.
func (f *Folder) openDeltas() ([]int, error) {
	var out []int
	for to := f.Head.Version; to > 1 && len(out) < keptDeltas; to-- {
		_, err := os.Stat(f.path(deltaFile(to - 1)))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return nil, err
		}
		out = append(out, to-1)
	}
	slices.Reverse(out)
	return out, nil
}

func (f *Folder) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// deltaFile is the file of the delta that begins at a version.
func deltaFile(from int) string { return fmt.Sprintf("%s/%d-%d.gz", deltasDir, from, from+1) }

// read reads a small file of the folder.
func (f *Folder) read(name string) ([]byte, error) {
	info, err := os.Stat(f.path(name))
	if err != nil {
		return nil, err
	}
	if info.Size() > maxSmall {
		return nil, fmt.Errorf("%s/%s: it is longer than %d bytes", Name, filepath.ToSlash(name), maxSmall)
	}
	return os.ReadFile(f.path(name))
}

// numbers returns the files of a folder whose names are numbers, rising.
func (f *Folder) numbers(name string) ([]int, error) {
	entries, err := os.ReadDir(f.path(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && n > 0 && strconv.Itoa(n) == e.Name() {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Digest is of all that the folder adds to public/. It is quick: files that
// never change are known by their names.
func (f *Folder) Digest() digest.Sum {
	h := digest.New()
	h.Int(len(f.Statements))
	for _, s := range f.Statements {
		h.Bytes(s)
	}
	h.String(f.Head.String())
	h.Int(len(f.deltas))
	h.Bytes(f.alive)
	return h.Sum()
}

// A File is one that the folder adds to public/.
type File struct {
	Path  string // below public/
	Bytes []byte
}

// Publish calls put for each file that the folder adds to a public/ whose
// unsigned head is built, the head last. The head is the newest signed one when
// that is of the same files, and else built as it is.
func (f *Folder) Publish(built manifest.Head, put func(File) error) error {
	for i, s := range f.Statements {
		if err := put(File{trust.StatementPath(i + 1), s}); err != nil {
			return err
		}
	}
	versions, err := f.numbers(headsDir)
	if err != nil {
		return err
	}
	var newest []byte
	for _, v := range versions {
		text, err := f.read(filepath.Join(headsDir, strconv.Itoa(v)))
		if err != nil {
			return err
		}
		newest = text
		if err := put(File{HeadPath(v), text}); err != nil {
			return err
		}
	}
	for _, from := range f.deltas {
		text, err := os.ReadFile(f.path(deltaFile(from)))
		if err != nil {
			return err
		}
		if err := put(File{manifest.DeltaPath(from, from+1), text}); err != nil {
			return err
		}
	}
	if f.alive != nil {
		if err := put(File{trust.BeaconPath, f.alive}); err != nil {
			return err
		}
	}
	if !f.Head.Signed() || !f.Head.SameList(built) {
		newest = []byte(manifest.Head{Files: built.Files, Bytes: built.Bytes, Root: built.Root, RootSize: built.RootSize}.String())
	}
	return put(File{manifest.HeadPath, newest})
}

// HeadPath returns where the head of a version is kept below public/.
func HeadPath(version int) string { return fmt.Sprintf("%sh/%d", manifest.Dir, version) }

// write puts a file of the folder in place, whole or not at all.
func (f *Folder) write(name string, text []byte) error {
	file := f.path(name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return replace(file, text, true)
}

// Replace puts a file in place whole: a reader sees the old bytes or the new.
// It does not wait for the disk.
func Replace(file string, text []byte) error { return replace(file, text, false) }

func replace(file string, text []byte, sync bool) error {
	temp, err := os.CreateTemp(filepath.Dir(file), ".new-*.part")
	if err != nil {
		return err
	}
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Chmod(0o644))
	if sync {
		err = errors.Join(err, temp.Sync())
	}
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// Origin proposes a name for an archive: its address without the scheme, or
// else its title, in letters that can stand in a key's name.
func Origin(baseURL, title string) string {
	_, name, found := strings.Cut(baseURL, "://")
	if !found {
		name = title
	}
	var b strings.Builder
	for _, r := range strings.ToLower(strings.Trim(name, "/ ")) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '/':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name = strings.Trim(b.String(), "-/")
	if !manifest.ValidOrigin(name) {
		return "archive"
	}
	return name
}
