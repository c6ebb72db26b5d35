package build

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/clean/memory"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/internal/newfile"
	"backfile/build/shelf"
)

// sites is what is known of the pages of each site: what the file furniture.txt
// says, and what is learned from the texts that are kept and those at hand.
type sites struct {
	root    *os.Root
	siteOf  func(digest.Sum) string // of a capture that is kept
	src     []byte                  // of the file, nil when there is none
	said    *memory.Book            // by the file
	book    *memory.Book            // nil until it was learned
	pages   []memory.Page
	had     map[digest.Sum]bool
	learned int // pages that book knows
}

func newSites(root *os.Root, siteOf func(digest.Sum) string) *sites {
	return &sites{root: root, siteOf: siteOf, had: map[digest.Sum]bool{}}
}

// siteOf returns the site of a capture that there is an article of.
func (im *importer) siteOf(sum digest.Sum) string {
	if b := im.shelf.BySum(sum); b != nil {
		return b.Site
	}
	return ""
}

// remember adds the texts of a batch to what is known, before they are cleaned.
func (im *importer) remember(ctx context.Context, batch []*work) error {
	texts := false
	for _, w := range batch {
		if w.done || w.capture.Kind != capture.Text {
			continue
		}
		if !texts {
			if err := im.sites.open(ctx); err != nil {
				return err
			}
			texts = true
		}
		im.sites.add(digest.Plain(w.capture.Raw), siteName(&w.capture, im.Source), w.capture.Text)
	}
	if texts {
		im.sites.learn(false)
	}
	return nil
}

// siteName is the site that a capture is from.
func siteName(c *capture.Capture, source string) string {
	s := article.Source{URL: cmp.Or(c.URL, c.Fields.URL), Name: c.Fields.Source}
	if s.Name == "" {
		s.Name = source
	}
	return s.Site()
}

// of returns what is known of the site of a capture.
func (s *sites) of(c *capture.Capture, source string) *memory.Site {
	return s.book.Site(siteName(c, source))
}

// open reads the file and the texts that are kept, the first time.
func (s *sites) open(ctx context.Context) error {
	if s.said != nil {
		return nil
	}
	if err := s.read(); err != nil {
		return err
	}
	files, err := s.kept()
	if err != nil {
		return err
	}
	for c, err := range capture.Read(ctx, files, capture.Options{}) {
		if err != nil {
			if _, odd := errors.AsType[*diag.Problem](err); odd {
				continue // import --again tells of it
			}
			return err
		}
		if c.Kind == capture.Text {
			sum := digest.Plain(c.Raw)
			s.add(sum, s.siteOf(sum), c.Text)
		}
	}
	return nil
}

// read takes in the file.
func (s *sites) read() error {
	src, err := s.root.ReadFile(memory.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.said = &memory.Book{}
		return nil
	case err != nil:
		return fmt.Errorf("reading %s: %w", memory.File, err)
	}
	var faults []memory.Fault
	s.said, faults = memory.Parse(src)
	s.src, s.book = src, s.said
	if len(faults) == 0 {
		return nil
	}
	var list diag.List
	for _, f := range faults {
		list = append(list, &diag.Problem{File: filepath.Join(s.root.Name(), memory.File), Line: f.Line, Col: 1, Msg: f.Msg})
	}
	return list
}

// kept lists the texts below captures/.
func (s *sites) kept() ([]string, error) {
	var out []string
	err := fs.WalkDir(s.root.FS(), "captures", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && name == "captures":
			return fs.SkipAll
		case err != nil:
			return fmt.Errorf("reading %s: %w", name, err)
		case d.Type().IsRegular() && path.Ext(name) == ".txt" && !strings.HasPrefix(d.Name(), "."):
			out = append(out, filepath.Join(s.root.Name(), filepath.FromSlash(name)))
		}
		return nil
	})
	return out, err
}

// look returns a function that knows the sites of captures by their articles,
// which are read the first time it is asked.
func (s *sites) look(ctx context.Context) func(digest.Sum) string {
	var books *shelf.Shelf
	return func(sum digest.Sum) string {
		if books == nil {
			var err error
			if books, err = shelf.Open(ctx, s.root, false); err != nil {
				books = &shelf.Shelf{} // the content/ folder is another command's to judge
			}
		}
		if b := books.BySum(sum); b != nil {
			return b.Site
		}
		return ""
	}
}

// add takes in a text.
func (s *sites) add(sum digest.Sum, site, text string) {
	if s.had[sum] {
		return
	}
	s.had[sum] = true
	s.pages = append(s.pages, memory.Open(site, text))
}

// learn makes the book of all that was added. In the course of a long import it
// is made anew when a fifth was added; at the end, always.
func (s *sites) learn(end bool) {
	if n := len(s.pages); n > s.learned && (end || s.learned == 0 || n*5 >= s.learned*6) {
		s.book, s.learned = memory.Learn(s.pages, s.said), n
	}
}

// write puts what was learned into the file, if it is anything new.
func (s *sites) write(files *newfile.Folder) error {
	if s.said == nil {
		return nil // there were no texts
	}
	s.learn(true)
	if s.book == nil || s.book.Empty() {
		return nil
	}
	src := s.book.Format()
	if bytes.Equal(src, s.src) {
		return nil
	}
	if now, _ := s.root.ReadFile(memory.File); !bytes.Equal(now, s.src) {
		return nil // somebody edits it this moment; the next import adds to it
	}
	f, err := files.Put(memory.File, src)
	if err == nil {
		err = f.Replace()
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", memory.File, err)
	}
	return nil
}
