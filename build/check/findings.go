package check

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// A Finding is one fault.
type Finding struct {
	Code  string // of its Rule
	Path  string // of the file
	Line  int    // from 1; 0 for the file as a whole
	Col   int    // from 1, in bytes
	Msg   string
	Count int // places with this same fault, this one among them
}

const (
	maxFindings = 10_000 // kept one by one
	maxSame     = 20     // places kept of a fault that all pages share, such as a missing style
)

// findings gathers what is found by several goroutines. Whatever their order,
// the same places are kept.
type findings struct {
	ignore []string

	mu    sync.Mutex
	total int
	kinds map[string]*kind
	held  int
}

// A kind is all findings that say the same.
type kind struct {
	count int
	list  []Finding // the first by place
}

func newFindings(ignore []string) *findings {
	return &findings{ignore: ignore, kinds: map[string]*kind{}}
}

func compare(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Msg, b.Msg))
}

// add takes a finding, unless its rule is ignored.
func (f *findings) add(x Finding) {
	if slices.Contains(f.ignore, x.Code) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.total++
	// Faults that many pages share are told by what is missing, not by where.
	key := x.Code + "\x00" + x.Msg
	k := f.kinds[key]
	if k == nil {
		if f.held >= maxFindings {
			key = x.Code
			if k = f.kinds[key]; k == nil {
				k = &kind{}
			}
		} else {
			k = &kind{}
		}
		f.kinds[key] = k
	}
	k.count++
	most := maxSame
	if !shared(x.Code) {
		most = maxFindings
	}
	i, _ := slices.BinarySearchFunc(k.list, x, compare)
	if i >= most {
		return
	}
	k.list = slices.Insert(k.list, i, x)
	f.held++
	if len(k.list) > most {
		k.list = k.list[:most]
		f.held--
	}
}

// shared reports whether findings of a rule that say the same have one cause.
func shared(code string) bool {
	switch code {
	case "link", "asset", "third-party", "csp", "absolute", "folder", "external":
		return true
	}
	return false
}

// list returns the findings by place, and the number of all.
func (f *findings) list() ([]Finding, int) {
	var out []Finding
	for _, k := range f.kinds {
		for i, x := range k.list {
			x.Count = 1
			if i == len(k.list)-1 { // the last one stands for those that are not kept
				x.Count = k.count - len(k.list) + 1
			}
			out = append(out, x)
		}
	}
	slices.SortFunc(out, compare)
	if len(out) > maxFindings {
		out = out[:maxFindings]
	}
	return out, f.total
}

// place turns an offset in b into a line and a column.
func place(b []byte, off int) (line, col int) {
	before := string(b[:min(off, len(b))])
	return strings.Count(before, "\n") + 1, len(before) - strings.LastIndex(before, "\n")
}
