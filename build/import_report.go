package build

import (
	"fmt"
	"time"

	"backfile/build/internal/diag"
)

// A Status says what became of a capture.
type Status string

const (
	Imported  Status = "imported"
	Unchanged Status = "unchanged" // the archive has it already
	Changed   Status = "changed"   // the archive has another text of it, which stays
	Version   Status = "version"   // another text of a story that the same run brought in, recorded with it
	Refused   Status = "refused"   // it cannot be read, or holds no story
	Skipped   Status = "skipped"   // it is none of the files that import reads
)

// An ImportItem says what became of one capture.
type ImportItem struct {
	Status  Status `json:"status"`
	Capture string `json:"capture"` // the file, as the person would type it; "-" is standard input
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	File    string `json:"file,omitempty"` // the article's, such as content/2023/12/31/flood.md
	ID      string `json:"id,omitempty"`
	Title   string `json:"title,omitempty"`
	SHA256  string `json:"sha256,omitempty"` // of the capture's bytes
	Undated bool   `json:"undated,omitempty"`

	Duplicate string   `json:"duplicate_of,omitempty"` // another article with nearly this text
	Reason    string   `json:"reason,omitempty"`
	Notes     []string `json:"notes,omitempty"` // what a person should look at
}

// Place returns the capture as a person can find it.
func (i *ImportItem) Place() string {
	switch {
	case i.Column > 0:
		return fmt.Sprintf("%s:%d:%d", i.Capture, i.Line, i.Column)
	case i.Line > 0:
		return fmt.Sprintf("%s:%d", i.Capture, i.Line)
	}
	return i.Capture
}

// fault is the item of a capture that was not read.
func fault(p *diag.Problem) ImportItem {
	it := ImportItem{Status: Refused, Capture: p.File, Line: p.Line, Column: p.Col, Reason: p.Msg}
	if p.Severity == diag.LeftOut {
		it.Status = Skipped
	}
	if p.Help != "" {
		it.Reason += " (" + p.Help + ")"
	}
	return it
}

// An ImportReport counts what became of the captures.
type ImportReport struct {
	Imported, Unchanged, Changed, Versions, Refused, Skipped int

	Undated    int // of the imported ones
	Duplicates int // of the imported ones: the archive has their text under another address
	Elapsed    time.Duration
}

func (r *ImportReport) count(i *ImportItem) {
	switch i.Status {
	case Imported:
		r.Imported++
		if i.Undated {
			r.Undated++
		}
		if i.Duplicate != "" {
			r.Duplicates++
		}
	case Unchanged:
		r.Unchanged++
	case Changed:
		r.Changed++
	case Version:
		r.Versions++
	case Refused:
		r.Refused++
	case Skipped:
		r.Skipped++
	}
}

// tell reports what has been done.
func (im *importer) tell(batch []*work) {
	for _, w := range batch {
		if !w.done {
			continue
		}
		im.seen++
		im.report.count(&w.item)
		if im.Each != nil {
			im.Each(w.item)
		}
	}
	if im.Progress == nil {
		return
	}
	total := 0
	if im.taken*20 > im.size && im.taken > 0 { // earlier, the guess jumps about
		total = max(im.seen, int(float64(im.seen)*float64(im.size)/float64(im.taken)))
	}
	im.Progress(im.seen, total)
}
