// Package part says which files of the archive a copy of a part holds, so that
// it can be proved whole for what it claims.
//
// A part is years and topics: "2019-2024,china". It has the pages of these
// years, the pages of these topics and the articles that those link to, what
// such pages show (pictures, styles), and the files at the top of the archive.
// Which files these are follows from the signed list and from signed pages
// alone: whoever has the copy can find out again.
package part

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"backfile/build/internal/fields"
	"backfile/build/manifest"
)

// A Part is years and topics; the zero Part is the whole archive.
type Part struct {
	Years  []int    // rising
	Topics []string // slugs, sorted
}

// Parse reads a part as a person writes it: years, spans of years and topics,
// parted by commas.
func Parse(text string) (Part, error) {
	var p Part
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		first, last, span := strings.Cut(word, "-")
		if !span {
			last = first
		}
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		switch {
		case err1 == nil && err2 == nil && len(first) == 4 && len(last) == 4:
			if from > to {
				return Part{}, fmt.Errorf("%q is no span of years: the first comes first", word)
			}
			for y := from; y <= to; y++ {
				p.Years = append(p.Years, y)
			}
		case word == "" || strings.ContainsAny(word, "/\\ \n") || manifest.CheckPath("topics/"+word) != nil:
			return Part{}, fmt.Errorf("%q is neither a year (2019), nor years (2019-2024), nor a topic as in its address (china)", word)
		default:
			p.Topics = append(p.Topics, word)
		}
	}
	slices.Sort(p.Years)
	slices.Sort(p.Topics)
	p.Years, p.Topics = slices.Compact(p.Years), slices.Compact(p.Topics)
	return p, nil
}

// Whole tells whether p is the whole archive.
func (p Part) Whole() bool { return len(p.Years)+len(p.Topics) == 0 }

// String writes p for people: "2019-2021, 2024, china".
func (p Part) String() string {
	if p.Whole() {
		return "all"
	}
	var out []string
	for i := 0; i < len(p.Years); {
		j := i
		for j+1 < len(p.Years) && p.Years[j+1] == p.Years[j]+1 {
			j++
		}
		if i == j {
			out = append(out, fmt.Sprintf("%04d", p.Years[i]))
		} else {
			out = append(out, fmt.Sprintf("%04d-%04d", p.Years[i], p.Years[j]))
		}
		i = j + 1
	}
	return strings.Join(append(out, p.Topics...), ", ")
}

const (
	format = "backfile-part/1"

	// MaxFile is how long the file that says which part a copy is can be.
	MaxFile = 64 << 10
)

// File is what stands in manifest.PartPath of a copy.
func (p Part) File() []byte {
	var b bytes.Buffer
	b.WriteString(format + "\n")
	for _, y := range p.Years {
		fmt.Fprintf(&b, "year %04d\n", y)
	}
	for _, t := range p.Topics {
		fmt.Fprintf(&b, "topic %s\n", t)
	}
	return b.Bytes()
}

// ParseFile reads what File wrote.
func ParseFile(text []byte) (Part, error) {
	var p Part
	wrong := errors.New("it does not say which part of the archive this is")
	if len(text) > MaxFile || !bytes.HasPrefix(text, []byte(format+"\n")) {
		return p, wrong
	}
	f := fields.New(string(text))
	f.Skip()
	for y := f.Int("year", 9999); y != 0; y = f.Int("year", 9999) {
		p.Years = append(p.Years, int(y))
	}
	for t := f.Word("topic"); t != ""; t = f.Word("topic") {
		p.Topics = append(p.Topics, t)
	}
	if f.Err() != nil || p.Whole() || !bytes.Equal(p.File(), text) {
		return Part{}, wrong
	}
	return p, nil
}

// A Selection finds out which files of a list a part has. Some pages must be
// seen for that: Pending names them, and Look is given their bytes, until there
// are none.
type Selection struct {
	part    Part
	list    []manifest.File
	chosen  map[string]bool
	pending []manifest.File
}

// Select begins a Selection of a list that is sorted by path.
func Select(p Part, list []manifest.File) *Selection {
	s := &Selection{part: p, list: list, chosen: map[string]bool{}}
	for _, f := range list {
		if p.has(f.Path) {
			s.choose(f)
		}
	}
	return s
}

// feedPages are the older parts of the archive's feed, at its top. A thousand
// of them belong to no year.
var feedPages = regexp.MustCompile(`^feed-[0-9]+\.xml$`)

// has tells whether a path is in p whatever pages say.
func (p Part) has(name string) bool {
	top, rest, below := strings.Cut(name, "/")
	switch {
	case p.Whole():
		return true
	case !below:
		return !feedPages.MatchString(name)
	case top == "assets" || name == "topics/index.html" || name == "years/index.html":
		return true
	case top == "topics":
		slug, _, _ := strings.Cut(rest, "/")
		return slices.Contains(p.Topics, slug)
	}
	year, err := strconv.Atoi(top)
	return err == nil && len(top) == 4 && slices.Contains(p.Years, year)
}

func (s *Selection) choose(f manifest.File) {
	if s.chosen[f.Path] {
		return
	}
	s.chosen[f.Path] = true
	if !s.part.Whole() && strings.HasSuffix(f.Path, ".html") {
		s.pending = append(s.pending, f)
	}
}

// Pending returns the pages that Look must be given before Files is right.
func (s *Selection) Pending() []manifest.File {
	out := s.pending
	s.pending = nil
	return out
}

var links = regexp.MustCompile(`(?i)\b(href|src|poster)\s*=\s*["']?([^"'\s>#?]+)`)

// Look reads a page of the part: a topic's page brings in the articles that it
// links to, any page what it shows.
func (s *Selection) Look(page string, text []byte) {
	topic := strings.HasPrefix(page, "topics/") && strings.Count(page, "/") > 1
	for _, m := range links.FindAllSubmatch(text, -1) {
		link, err := url.PathUnescape(html.UnescapeString(string(m[2])))
		if err != nil {
			continue
		}
		target := path.Join(path.Dir(page), link)
		i, found := slices.BinarySearchFunc(s.list, target, func(f manifest.File, p string) int { return strings.Compare(f.Path, p) })
		if !found {
			continue // another site, or one that is not in the list
		}
		switch ext := path.Ext(target); ext {
		case ".xml", ".json":
		case ".html":
			if topic && dated(target) {
				s.choose(s.list[i])
			}
		default:
			s.choose(s.list[i])
		}
	}
}

// dated tells whether a path is below a year, or undated.
func dated(p string) bool {
	top, rest, below := strings.Cut(p, "/")
	if !below || path.Base(rest) == "index.html" {
		return false
	}
	_, err := strconv.Atoi(top)
	return err == nil && len(top) == 4 || top == "undated"
}

// Files returns the files of the part, sorted by path.
func (s *Selection) Files() []manifest.File {
	if s.part.Whole() {
		return s.list
	}
	out := make([]manifest.File, 0, len(s.chosen))
	for _, f := range s.list {
		if s.chosen[f.Path] {
			out = append(out, f)
		}
	}
	return out
}
