package memory

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// File is the name of a Book in a site's folder.
const File = "furniture.txt"

const head = `# Lines that recur on the pages of a site, and are no part of its stories.
# backfile import leaves them out of texts that were copied off its pages, and
# adds to the list what it learns. The list is yours to edit:
#
#   - 12 Support us      seen on 12 pages: it goes
#   - Support us         written in by you: it goes
#   + Support us         it stays, wherever it is found
#   - 0 7 days           written in by you, and begins with a number
#   # a remark
#
# Above the lines of a site stands its [host], or the [name] that import was
# given as --source; [] holds those of captures that name neither.
`

// Format writes a Book as a file: what is always the same for the same Book.
func (b *Book) Format() []byte {
	var out bytes.Buffer
	out.WriteString(head)
	for _, name := range slices.Sorted(maps.Keys(b.sites)) {
		s := b.sites[name]
		if len(s.lines) == 0 {
			continue
		}
		fmt.Fprintf(&out, "\n[%s]\n", name)
		list := slices.SortedFunc(maps.Values(s.lines), func(a, b *entry) int {
			return cmp.Or(cmp.Compare(b.seen(), a.seen()), cmp.Compare(a.text, b.text))
		})
		for _, e := range list {
			switch {
			case e.keep:
				fmt.Fprintf(&out, "+ %s\n", guarded(e.text))
			case e.drop:
				fmt.Fprintf(&out, "- %s\n", guarded(e.text))
			default:
				fmt.Fprintf(&out, "- %d %s\n", e.pages, e.text)
			}
		}
	}
	return out.Bytes()
}

// seen orders the lines: first those of a person, then the most frequent.
func (e *entry) seen() int {
	if e.keep || e.drop {
		return math.MaxInt
	}
	return e.pages
}

// guarded sets a line apart from a count when it begins like one.
func guarded(text string) string {
	if n, _, ok := strings.Cut(text, " "); ok {
		if _, err := strconv.Atoi(n); err == nil {
			return "0 " + text
		}
	}
	return text
}

// A Fault is a line of a file that cannot be read.
type Fault struct {
	Line int
	Msg  string
}

const longest = 1 << 20 // bytes of a line; a page's text is shorter

// Parse reads a Book. Lines that cannot be read are told and passed over.
func Parse(src []byte) (*Book, []Fault) {
	b := &Book{sites: map[string]*Site{}}
	var faults []Fault
	var site *Site
	scan := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(src, []byte("\uFEFF"))))
	scan.Buffer(nil, longest)
	no := 0
	for scan.Scan() {
		no++
		line := strings.TrimSpace(scan.Text())
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[' && line[len(line)-1] == ']':
			name := strings.TrimSpace(line[1 : len(line)-1])
			if site = b.sites[name]; site == nil {
				site = &Site{lines: map[uint64]*entry{}}
				b.sites[name] = site
			}
		case line[0] != '+' && line[0] != '-':
			faults = append(faults, Fault{no, `a line begins with "-" when it goes and with "+" when it stays`})
		case site == nil:
			faults = append(faults, Fault{no, "no [host] stands above this line"})
		default:
			site.read(line)
		}
	}
	if err := scan.Err(); err != nil {
		faults = append(faults, Fault{no + 1, "the line is too long"})
	}
	for _, s := range b.sites {
		s.index()
	}
	return b, faults
}

// read takes in one line of the file.
func (s *Site) read(line string) {
	e := &entry{keep: line[0] == '+', text: strings.Join(strings.Fields(line[1:]), " ")}
	if n, rest, ok := strings.Cut(e.text, " "); ok {
		if pages, err := strconv.Atoi(n); err == nil && pages >= 0 {
			e.text, e.pages = rest, pages
		}
	}
	e.drop = !e.keep && e.pages == 0
	if e.text != "" {
		s.lines[key(e.text)] = e
	}
}
