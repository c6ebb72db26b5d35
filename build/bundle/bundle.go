// Package bundle opens public/ for those who make one file of it: an archive
// to unpack, a book, captures for a library, a torrent of these.
//
//	src, err := bundle.Open(release, bundle.Choice{Years: …})
//	src.Release    // the files of the bundle: all, or the part that was chosen
//	src.Articles   // what stands in it, oldest first
//	src.Newest     // the time that all files of a bundle bear
//
// Everything comes out of public/ alone, which has been compared with its
// manifest before: a stranger's copy makes the same bundles as its author's.
// The same public/ always gives the same bytes, on any day and machine.
//
// The packages below write one form each: tarball, epub, warc, zim, torrent,
// unixfs (IPFS). The ZIP's writer is publish/bundle, which publish uses too.
package bundle

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"backfile/build/manifest"
	"backfile/build/mirror/part"
	"backfile/build/publish/release"
)

// A Choice says which articles a bundle has. The zero Choice is all. Of years
// or months, and of topics, an article must have one each.
type Choice struct {
	Years  []int
	Months []Month
	Topics []string // slugs, as in the address of the topic's page
}

// A Month is a month of a year.
type Month struct{ Year, Month int }

// All tells whether c is the whole archive.
func (c Choice) All() bool { return len(c.Years)+len(c.Months)+len(c.Topics) == 0 }

// Name names c within the name of a file: "2019-2021", "2023-05", "flood"; ""
// for all.
func (c Choice) Name() string {
	var names []string
	if len(c.Years) > 0 {
		names = append(names, strings.ReplaceAll(part.Part{Years: c.Years}.String(), ", ", "-"))
	}
	for _, m := range c.Months {
		names = append(names, m.String())
	}
	return strings.Join(append(names, c.Topics...), "-")
}

// String writes m as 2023-05.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, m.Month) }

// A Source is what a bundle is made of.
type Source struct {
	// Release has the files of the bundle. Those of a part are followed by the
	// manifest's own, so that the part can be proved whole.
	*release.Release
	Site     Site
	Articles []Article // those chosen; the oldest first, the undated last
	Newest   time.Time // when the newest of them appeared or was changed
	Choice   Choice
	Topics   []string // labels of Choice.Topics
}

// ErrNothing is wrapped by errors that say that no article was chosen.
var ErrNothing = errors.New("there is nothing to export")

// Open chooses from a release, which must be a whole public/.
func Open(r *release.Release, c Choice) (*Source, error) {
	s := &Source{Release: r, Choice: c}
	if err := s.readSite(); err != nil {
		return nil, err
	}
	if err := s.readArticles(); err != nil {
		return nil, err
	}
	for _, y := range c.Years {
		if !slices.ContainsFunc(s.Articles, func(a Article) bool { return a.year() == y }) {
			return nil, fmt.Errorf("%w: no article is of %d", ErrNothing, y)
		}
	}
	if len(c.Topics) > 0 {
		if err := s.chooseTopics(); err != nil {
			return nil, err
		}
	}
	if len(c.Years)+len(c.Months) > 0 {
		s.Articles = slices.DeleteFunc(s.Articles, func(a Article) bool { return !c.hasDate(a) })
	}
	if len(s.Articles) == 0 && !c.All() {
		return nil, fmt.Errorf("%w: no article is of %s", ErrNothing, c.words())
	}
	s.sort()
	return s, nil
}

// words writes c for a message.
func (c Choice) words() string {
	var dates []string
	if len(c.Years) > 0 {
		dates = append(dates, part.Part{Years: c.Years}.String())
	}
	for _, m := range c.Months {
		dates = append(dates, m.String())
	}
	words := strings.Join(dates, " or ")
	if len(c.Topics) > 0 {
		if words != "" {
			words += " and "
		}
		words += "topic " + strings.Join(c.Topics, " or ")
	}
	return words
}

func (c Choice) hasDate(a Article) bool {
	return slices.Contains(c.Years, a.year()) || slices.Contains(c.Months, a.month())
}

// sort puts Articles in order and finds the newest.
func (s *Source) sort() {
	slices.SortStableFunc(s.Articles, func(a, b Article) int {
		switch {
		case a.Date.IsZero() != b.Date.IsZero():
			if a.Date.IsZero() {
				return 1
			}
			return -1
		default:
			return a.Date.Compare(b.Date)
		}
	})
	for _, a := range s.Articles {
		if t := a.changed(); t.After(s.Newest) {
			s.Newest = t
		}
	}
	if s.Newest.IsZero() {
		s.Newest = time.Unix(0, 0).UTC() // no article has a date
	}
}

// Whole tells whether s has all of public/.
func (s *Source) Whole() bool { return s.Choice.All() }

// ErrBoth is returned by Narrow for a choice of both dates and topics.
var ErrBoth = errors.New("pages are of a year or of a topic: choose one of the two")

// Narrow leaves the pages of the years or topics that were chosen in
// s.Release, with what they show and the manifest, so that whoever has them
// can prove that none is missing. It is the part that "mirror sync --only"
// keeps.
func (s *Source) Narrow() error {
	if s.Whole() {
		return nil
	}
	if len(s.Choice.Months) > 0 || len(s.Choice.Years) > 0 && len(s.Choice.Topics) > 0 {
		return ErrBoth
	}
	p := part.Part{Years: slices.Clone(s.Choice.Years), Topics: slices.Clone(s.Choice.Topics)}
	slices.Sort(p.Years)
	slices.Sort(p.Topics)
	files, err := s.files(p)
	if err != nil {
		return err
	}
	for _, f := range s.Files {
		if strings.HasPrefix(f.Path, manifest.Dir) && f.Path != manifest.PartPath {
			files = append(files, f)
		}
	}
	s.Release = s.Part(files, map[string][]byte{manifest.PartPath: p.File()})
	return nil
}

// files returns the pages of a part and what they show.
func (s *Source) files(p part.Part) ([]release.File, error) {
	list := make([]release.File, 0, len(s.Files))
	for _, f := range s.Files {
		if !strings.HasPrefix(f.Path, manifest.Dir) {
			list = append(list, f)
		}
	}
	chosen := part.Select(p, list)
	for pending := chosen.Pending(); len(pending) > 0; pending = chosen.Pending() {
		for _, f := range pending {
			text, err := s.Read(f)
			if err != nil {
				return nil, err
			}
			chosen.Look(f.Path, text)
		}
	}
	return chosen.Files(), nil
}
