package bundle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"backfile/build/article"
	"backfile/build/internal/diag"
	"backfile/build/mirror/part"
)

// A Site is what public/ tells of the archive.
type Site struct {
	Title, Description string
	Language           string // BCP 47
	BaseURL            string // with a slash at the end, or ""
	Publisher          string
	License            string // name or address, or ""
}

// An Article is one article as public/ tells of it.
type Article struct {
	ID, URL, Title string // URL is that of its page, below public/
	Date, Updated  article.Date
	Lang           string
	Authors        []string
	Summary        string
	Source         article.Source
}

func (a Article) year() int    { return int(a.Date.Year) }
func (a Article) month() Month { return Month{int(a.Date.Year), int(a.Date.Month)} }

// changed is when a appeared or was changed; zero when nothing tells.
func (a Article) changed() time.Time {
	newest := time.Time{}
	for _, d := range []article.Date{a.Date, a.Updated} {
		if t := Instant(d); t.After(newest) {
			newest = t
		}
	}
	return newest
}

// Instant returns the beginning of d in UTC, or the zero Time for no date.
func Instant(d article.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, d.RFC3339())
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Where public/ tells of itself.
const (
	dataDir     = "data/"
	packagePath = dataDir + "datapackage.json"
)

// A dataPackage is what is read of datapackage.json.
type dataPackage struct {
	Title        string
	Description  string
	Homepage     string
	Licenses     []struct{ Name, Path, Title string }
	Contributors []struct{ Title string }
	Resources    []struct{ Path, Format string }
}

var langAttr = regexp.MustCompile(`(?i)<html[^>]*\slang="([A-Za-z0-9-]+)"`)

// readSite finds out what the archive is called, and so on.
func (s *Source) readSite() error {
	d, err := s.readPackage()
	if err != nil {
		return err
	}
	s.Site = Site{Title: d.Title, Description: d.Description, BaseURL: d.Homepage, Language: "en"}
	if len(d.Contributors) > 0 {
		s.Site.Publisher = d.Contributors[0].Title
	}
	if len(d.Licenses) > 0 {
		l := d.Licenses[0]
		s.Site.License = firstOf(l.Name, l.Title, l.Path)
	}
	home, ok := s.Find("index.html")
	if !ok {
		return errors.New("index.html is not in public/: backfile build makes it")
	}
	text, err := s.Read(home)
	if err != nil {
		return err
	}
	if m := langAttr.FindSubmatch(text); m != nil {
		s.Site.Language = string(m[1])
	}
	return nil
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (s *Source) readPackage() (d dataPackage, err error) {
	f, ok := s.Find(packagePath)
	if !ok {
		return d, fmt.Errorf("%s is not in public/: backfile build makes it", packagePath)
	}
	text, err := s.Read(f)
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", packagePath, err)
	}
	return d, err
}

// readArticles reads the list of all articles.
func (s *Source) readArticles() error {
	d, err := s.readPackage()
	if err != nil {
		return err
	}
	for _, r := range d.Resources {
		if r.Format != "jsonl" {
			continue
		}
		f, ok := s.Find(path.Join(dataDir, r.Path))
		if !ok {
			return fmt.Errorf("%s%s is not in public/: backfile build makes it", dataDir, r.Path)
		}
		text, err := s.Read(f)
		if err == nil {
			err = s.readRows(text)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return nil
}

// maxList is more than the list of a million articles has.
const maxList = 4 << 30

func (s *Source) readRows(zipped []byte) error {
	zip, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bufio.NewReader(io.LimitReader(zip, maxList)))
	for {
		var row struct {
			ID, URL, Title, Date, Updated, Lang, Summary string
			Approximate                                  bool
			Authors                                      []string
			Source                                       struct{ Name, URL, Captured, SHA256 string }
		}
		err := dec.Decode(&row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		a := Article{ID: row.ID, URL: row.URL, Title: row.Title, Lang: row.Lang, Authors: row.Authors, Summary: row.Summary}
		a.Source = article.Source{Name: row.Source.Name, URL: row.Source.URL, SHA256: row.Source.SHA256}
		for _, d := range []struct {
			text string
			to   *article.Date
		}{{row.Date, &a.Date}, {row.Updated, &a.Updated}, {row.Source.Captured, &a.Source.Captured}} {
			if d.text == "" {
				continue
			}
			if *d.to, err = article.ParseDate(d.text); err != nil {
				return fmt.Errorf("%s: %w", row.URL, err)
			}
		}
		a.Date.Approx = row.Approximate
		s.Articles = append(s.Articles, a)
	}
}

var heading = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
var element = regexp.MustCompile(`<[^>]*>`)

// chooseTopics leaves the articles that the pages of the topics list.
func (s *Source) chooseTopics() error {
	for _, t := range s.Choice.Topics {
		f, ok := s.Find("topics/" + t + "/index.html")
		if !ok {
			return s.noTopic(t)
		}
		text, err := s.Read(f)
		if err != nil {
			return err
		}
		label := t
		if m := heading.FindSubmatch(text); m != nil {
			label = strings.TrimSpace(html.UnescapeString(string(element.ReplaceAll(m[1], nil))))
		}
		s.Topics = append(s.Topics, label)
	}
	files, err := s.files(part.Part{Topics: s.Choice.Topics})
	if err != nil {
		return err
	}
	listed := make(map[string]bool, len(files))
	for _, f := range files {
		listed[f.Path] = true
	}
	s.Articles = slices.DeleteFunc(s.Articles, func(a Article) bool { return !listed[a.URL] })
	return nil
}

// noTopic says that there is no such topic, and which may have been meant.
func (s *Source) noTopic(t string) error {
	var slugs []string
	for _, f := range s.Files {
		if rest, ok := strings.CutPrefix(f.Path, "topics/"); ok {
			if slug, file, _ := strings.Cut(rest, "/"); file == "index.html" {
				slugs = append(slugs, slug)
			}
		}
	}
	if near := diag.Suggest(t, slugs); near != "" {
		return fmt.Errorf("%w: there is no topic %q: did you mean %q?", ErrNothing, t, near)
	}
	return fmt.Errorf("%w: there is no topic %q (backfile topics lists them)", ErrNothing, t)
}
