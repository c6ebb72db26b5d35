// Package shelf knows which articles an archive has, so that import brings in
// what is new and nothing twice.
//
//	content/2023/12/31/flood.md      an article of a day
//	content/2023/12/flood.md         of a month; content/2023/flood.md of a year
//	content/undated/flood.md         of no date
//	content/2023/12/31/flood-2.md    another one with that title and date
//
// What the archive has is read from the articles themselves: their id, the
// address and the digest of the capture they were made of. Nothing else has to
// be kept, and files may be moved and edited.
package shelf

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"backfile/build/article"
	"backfile/build/internal/digest"
	"backfile/build/internal/newfile"
	"backfile/build/internal/par"
	"backfile/build/internal/tree"
	"backfile/build/slug"
)

// A Book is what a Shelf knows of one article.
type Book struct {
	File  string // with content/ before it
	ID    string
	Title string
	From  string     // the capture it was made of in this run, or ""
	Sum   digest.Sum // of the bytes of its capture; zero when the file does not tell

	Versions int    // captures with another text that its file tells of
	Site     string // where the capture is from, see article.Source.Site

	place string // the file whose name gives the article's address
	key   uint64 // of its identity; 0 when the file does not tell
	text  digest.Sum
	date  article.Date

	versions []digest.Sum
	print    print
	printed  bool
}

// A Shelf is the content/ folder of a site. Only BySum may be called by many
// goroutines at once, and while nothing is added.
type Shelf struct {
	root  *os.Root
	byID  map[string]*Book
	bySum map[digest.Sum]*Book
	taken map[string]bool // files, in small letters: some systems know no others
	next  map[string]int  // the number to try for a file name that is taken
	links map[string]bool // folders looked at, and whether they are links

	prints prints
}

const folder = "content"

// Open reads what the site in root has. What a crash left unfinished there is
// removed when sweep is set.
func Open(ctx context.Context, root *os.Root, sweep bool) (*Shelf, error) {
	s := &Shelf{root: root, byID: map[string]*Book{}, bySum: map[digest.Sum]*Book{}, taken: map[string]bool{}, next: map[string]int{}, links: map[string]bool{}}
	if _, err := root.Stat(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not a folder of this archive: %w", folder, err)
	}
	list, err := tree.Walk(ctx, filepath.Join(root.Name(), folder), hidden)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", folder, err)
	}
	var names []string
	for _, f := range list.Files {
		name := path.Join(folder, f.Path)
		if newfile.Leftover(name) {
			if err := s.sweep(name, sweep); err != nil {
				return nil, err
			}
			continue
		}
		s.taken[strings.ToLower(name)] = true
		if strings.HasSuffix(name, ".md") || strings.HasSuffix(name, ".markdown") {
			names = append(names, name)
		}
	}
	for _, o := range list.Odd {
		s.taken[strings.ToLower(path.Join(folder, o.Path))] = true
	}
	if err := s.sweepCaptures(sweep); err != nil {
		return nil, err
	}
	return s, s.read(ctx, names)
}

// sweepCaptures looks for what a crash left beside the originals.
func (s *Shelf) sweepCaptures(sweep bool) error {
	if !sweep {
		return nil
	}
	return fs.WalkDir(s.root.FS(), "captures", func(name string, d fs.DirEntry, err error) error {
		if err != nil && name == "captures" {
			return nil // there are none, or writing one will say what is wrong
		}
		if err == nil && newfile.Leftover(name) {
			return s.sweep(name, sweep)
		}
		return err
	})
}

// hidden keeps out what no build reads, but for what newfile left.
func hidden(p string) bool {
	return strings.HasPrefix(path.Base(p), ".") && !newfile.Leftover(p)
}

func (s *Shelf) sweep(name string, sweep bool) error {
	if !sweep {
		return nil
	}
	if err := s.root.Remove(name); err != nil {
		return fmt.Errorf("removing what an interrupted import left: %w", err)
	}
	return nil
}

// read takes in the articles that are there. The first file, in order, that
// claims an id has it.
func (s *Shelf) read(ctx context.Context, names []string) error {
	books := map[string]*Book{}
	var mu sync.Mutex
	err := par.Each(ctx, runtime.GOMAXPROCS(0), slices.Values(names), func(name string) error {
		src, err := s.root.ReadFile(name)
		if err != nil {
			return nil // a build says what is wrong with it; here it is a name that is taken
		}
		b := open(name, src)
		mu.Lock()
		defer mu.Unlock()
		books[name] = b
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		if b := books[name]; b != nil {
			s.put(b)
			s.taken[b.place] = true
		}
	}
	return nil
}

// open reads what an article's file says of where it comes from.
func open(name string, src []byte) *Book {
	a, _ := article.Parse(name, src)
	b := &Book{File: name, ID: a.ID, Title: a.Title, Site: a.Source.Site()}
	b.place = placeOf(name, &a)
	b.Sum, _ = digest.Parse(a.Source.SHA256)
	b.print, b.printed = printOf(a.Body)
	for _, v := range a.Versions {
		if sum, ok := digest.Parse(v.SHA256); ok {
			b.versions = append(b.versions, sum)
		}
	}
	b.Versions = len(a.Versions)
	if a.Source.URL != "" {
		b.key = key(Identity(&a))
	}
	if b.ID == "" && a.Source.URL != "" {
		b.ID = id(Identity(&a), 0)
	}
	return b
}

// placeOf returns the file that an article would be, had it the name of its
// address: two articles cannot share that either.
func placeOf(name string, a *article.Article) string {
	last := a.Slug
	if last == "" {
		_, last = article.NameDate(name)
	}
	return path.Join(folder, a.Date.Path(), slug.Of(last)+".md")
}

// put makes b known.
func (s *Shelf) put(b *Book) {
	if b.ID != "" && s.byID[b.ID] == nil {
		s.byID[b.ID] = b
	}
	for _, sum := range append(b.versions, b.Sum) {
		if sum != (digest.Sum{}) && s.bySum[sum] == nil {
			s.bySum[sum] = b
		}
	}
	b.versions = nil
	if b.printed {
		s.prints.add(b.print, b)
	}
}

// AddVersion makes known that the capture with this digest is another version
// of b.
func (s *Shelf) AddVersion(b *Book, sum digest.Sum) {
	b.Versions++
	if s.bySum[sum] == nil {
		s.bySum[sum] = b
	}
}

// Alike returns another article with the text of a, or nearly so, or nil. same
// is true when it is the same but for how its lines are broken.
func (s *Shelf) Alike(a *article.Article) (b *Book, same bool) {
	p, ok := printOf(a.Body)
	if !ok {
		return nil, false
	}
	if b = s.prints.find(&p); b == nil {
		return nil, false
	}
	return b, b.print == p
}

// BySum returns the article that was made of a capture with this digest, or
// nil.
func (s *Shelf) BySum(sum digest.Sum) *Book { return s.bySum[sum] }

// Find returns the article with this identity, and nil when there is none. The
// id is the one that it has, or that it is to have.
func (s *Shelf) Find(identity string) (*Book, string) {
	for n := 0; ; n++ {
		id := id(identity, n)
		b := s.byID[id]
		if b == nil || b.key == 0 || b.key == key(identity) {
			return b, id
		}
	}
}

// Has reports whether b has the text of a, and the date that a's capture
// tells, if it tells one.
func (s *Shelf) Has(b *Book, a *article.Article, told article.Date) (bool, error) {
	if b.text == (digest.Sum{}) {
		src, err := s.root.ReadFile(b.File)
		if err != nil {
			return false, fmt.Errorf("reading %s: %w", b.File, err)
		}
		there, _ := article.Parse(b.File, src)
		b.text, b.date = textSum(&there), there.Date
	}
	return b.text == textSum(a) && (told.IsZero() || told.Compare(b.date) == 0), nil
}

// Add makes an article known that is about to be written and was made of the
// capture at from.
func (s *Shelf) Add(a *article.Article, file, from, identity string) *Book {
	b := &Book{File: file, ID: a.ID, Title: a.Title, Site: a.Source.Site(), From: from, key: key(identity), text: textSum(a), date: a.Date}
	b.Sum, _ = digest.Parse(a.Source.SHA256)
	b.print, b.printed = printOf(a.Body)
	s.put(b)
	return b
}

// Place returns a file for a new article that no other has, and the one that
// has its first choice, or "". The file is taken from then on.
// An article with files of its own gets a folder, with an index.md in it.
func (s *Shelf) Place(a *article.Article, own bool) (file, twin string) {
	dir, name := path.Join(folder, a.Date.Path()), slug.Of(a.Title)
	if name == "" {
		name = a.ID
	}
	if d, _ := article.NameDate(path.Join(dir, name+".md")); a.Date.IsZero() && !d.IsZero() {
		name = a.ID + "-" + name // else the title's digits would be its date
	}
	first := fit(dir, name, "")
	file = first + ".md"
	for s.taken[file] || s.taken[placeOf(file, a)] {
		twin = first + ".md"
		n := max(s.next[first], 2)
		s.next[first] = n + 1
		file = fit(dir, name, fmt.Sprintf("-%d", n)) + ".md"
	}
	s.taken[file], s.taken[placeOf(file, a)] = true, true
	if own {
		file = strings.TrimSuffix(file, ".md") + "/index.md"
		s.taken[file] = true
	}
	return file, twin
}

// maxName is as long as a slug gets: of a longer name, an article's address has
// only the beginning.
const maxName = 80

// fit puts head before tail in a path, and cuts head when both are too long.
func fit(dir, head, tail string) string {
	for len(head)+len(tail) > maxName {
		cut := strings.LastIndexByte(head, '-')
		if cut <= 0 {
			cut = maxName - len(tail)
		}
		head = head[:cut]
	}
	return path.Join(dir, head+tail)
}

// Linked returns the folder on the way to a file's that is a symbolic link, or
// "". What lies behind one is none of the site's: no build reads it.
func (s *Shelf) Linked(file string) string {
	parts := strings.Split(path.Dir(file), "/")
	for i := 2; i <= len(parts); i++ {
		p := path.Join(parts[:i]...)
		link, known := s.links[p]
		if !known {
			info, err := s.root.Lstat(p)
			link = err == nil && info.Mode()&fs.ModeSymlink != 0
			s.links[p] = link
		}
		if link {
			return p
		}
	}
	return ""
}

// Identity is what makes a story the same when it is met again: its address,
// or else what is printed.
func Identity(a *article.Article) string {
	if a.Source.URL != "" {
		return "url\n" + address(a.Source.URL)
	}
	return strings.Join([]string{"text", a.Date.String(), a.Title, a.Body}, "\n")
}

// id makes the short name of an identity: 50 bits of its digest, in Crockford's
// base 32. Of a million articles some pair has the same with one chance in
// 2,000; then n is counted up.
func id(identity string, n int) string {
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	if n > 0 {
		identity = fmt.Sprintf("%s\n%d", identity, n)
	}
	bits := key(identity) >> 14
	var out [10]byte
	for i := range out {
		out[len(out)-1-i] = digits[bits&31]
		bits >>= 5
	}
	return string(out[:])
}

// key is the beginning of the digest of an identity.
func key(identity string) uint64 {
	sum := sha256.Sum256([]byte(identity))
	return binary.BigEndian.Uint64(sum[:8])
}

// textSum is the digest of an article's title and text, however its lines are
// broken.
func textSum(a *article.Article) digest.Sum {
	return digest.Of([]byte(a.Title), bytes.Join(bytes.Fields([]byte(a.Body)), []byte(" ")))
}
