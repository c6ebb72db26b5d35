package build

import (
	"iter"

	"backfile/build/article"
	"backfile/build/content"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/internal/tree"
	"backfile/build/internal/wire"
	"backfile/build/publish"
)

// Each write… has its read… beside it, with the same fields in the same order.

func writeRecords(w *wire.Writer, records []*content.Record) {
	w.Int(int64(len(records)))
	var packed wire.Writer
	for _, r := range records {
		w.String(r.Path)
		writeStamp(w, r.Stamp)
		w.Bool(r.Settled)
		w.Raw(r.Digest[:])
		w.Bool(r.Entry != nil && r.Entry.Page)
		if r.Packed != "" {
			w.String(r.Packed)
		} else {
			packed.B = packed.B[:0]
			if r.Entry != nil {
				writeEntry(&packed, r.Entry)
			}
			w.Bytes(packed.B)
		}
		w.Bool(r.Asset != nil)
		if r.Asset != nil {
			w.Int(r.Asset.Size)
			w.Int(int64(r.Asset.Width))
			w.Int(int64(r.Asset.Height))
		}
		w.Int(int64(len(r.Problems)))
		for _, p := range r.Problems {
			writeProblem(w, p)
		}
	}
}

// readRecords leaves the entries packed, but for those of pages that every
// other page shows: a build that finds nothing changed needs no others.
func readRecords(r *wire.Reader) []*content.Record {
	n := r.Len()
	records := make([]*content.Record, n)
	all := make([]content.Record, n)
	for i := range all {
		rec := &all[i]
		records[i] = rec
		rec.Path = r.String()
		rec.Stamp = readStamp(r)
		rec.Settled = r.Bool()
		rec.Digest = readSum(r)
		page := r.Bool()
		rec.Packed = r.String()
		if r.Bool() {
			rec.Asset = &content.Asset{Path: rec.Path, Digest: rec.Digest, Size: r.Int(), Width: int(r.Int()), Height: int(r.Int())}
		}
		for range r.Len() {
			rec.Problems = append(rec.Problems, readProblem(r))
		}
		if page {
			rec.Entry = new(content.Entry)
			unpack(rec, rec.Entry)
		}
		if r.Err != nil {
			return nil
		}
	}
	return records
}

// unpack fills in e from the packed entry of rec.
func unpack(rec *content.Record, e *content.Entry) {
	e.Path, e.Digest = rec.Path, rec.Digest
	readEntry(&wire.Reader{S: rec.Packed}, e)
}

// unpackAll sets the entries of all articles among records.
func unpackAll(records []*content.Record) {
	var packed []*content.Record
	for _, r := range records {
		if r.Packed != "" && r.Entry == nil {
			packed = append(packed, r)
		}
	}
	const some = 1000 // at once, in one allocation
	par.Spread(len(packed), some, func(from, to int) {
		entries := make([]content.Entry, to-from)
		for i, r := range packed[from:to] {
			r.Entry = &entries[i]
			unpack(r, r.Entry)
		}
	})
}

func writeStamp(w *wire.Writer, s tree.Stamp) {
	w.Int(s.Size)
	w.Int(s.MTime)
	w.Int(s.CTime - s.MTime)
	w.Int(int64(s.Inode))
}

func readStamp(r *wire.Reader) (s tree.Stamp) {
	s.Size = r.Int()
	s.MTime = r.Int()
	s.CTime = s.MTime + r.Int()
	s.Inode = uint64(r.Int())
	return s
}

func writeEntry(w *wire.Writer, e *content.Entry) {
	w.Raw(e.Card[:])
	w.String(e.ID)
	w.String(e.Title)
	w.String(e.Slug)
	writeDate(w, e.Date)
	writeDate(w, e.Updated)
	w.String(e.Lang)
	for _, list := range [...][]string{e.Topics, e.Authors, e.People, e.Places, e.Aliases, e.Refs} {
		w.Strings(list)
	}
	w.String(e.Summary)
	w.String(e.Source.Name)
	w.String(e.Source.URL)
	writeDate(w, e.Source.Captured)
	w.String(e.Source.SHA256)
	w.Int(int64(e.Source.Cleaner))
	w.String(e.Withdrawn)
	w.Int(int64(len(e.Corrections)))
	for _, c := range e.Corrections {
		writeDate(w, c.Date)
		w.String(c.Note)
	}
	w.Int(int64(len(e.Versions)))
	for _, v := range e.Versions {
		writeDate(w, v.Captured)
		w.String(v.SHA256)
	}
	w.Bool(e.Partial)
	w.Bool(e.Draft)
	w.Bool(e.Page)
	w.Bool(e.Excerpt == e.Summary)
	if e.Excerpt != e.Summary {
		w.String(e.Excerpt)
	}
	w.Int(int64(e.Words))
}

func readEntry(r *wire.Reader, e *content.Entry) {
	e.Card = readSum(r)
	e.ID = r.String()
	e.Title = r.String()
	e.Slug = r.String()
	e.Date = readDate(r)
	e.Updated = readDate(r)
	e.Lang = r.String()
	for _, list := range [...]*[]string{&e.Topics, &e.Authors, &e.People, &e.Places, &e.Aliases, &e.Refs} {
		*list = r.Strings()
	}
	e.Summary = r.String()
	e.Source.Name = r.String()
	e.Source.URL = r.String()
	e.Source.Captured = readDate(r)
	e.Source.SHA256 = r.String()
	e.Source.Cleaner = int(r.Int())
	e.Withdrawn = r.String()
	for range r.Len() {
		e.Corrections = append(e.Corrections, article.Correction{Date: readDate(r), Note: r.String()})
	}
	for range r.Len() {
		e.Versions = append(e.Versions, article.Version{Captured: readDate(r), SHA256: r.String()})
	}
	e.Partial = r.Bool()
	e.Draft = r.Bool()
	e.Page = r.Bool()
	e.Excerpt = e.Summary
	if !r.Bool() {
		e.Excerpt = r.String()
	}
	e.Words = int(r.Int())
}

// writeDate packs a date into a length of 0 for none, or its fields.
func writeDate(w *wire.Writer, d article.Date) {
	w.Bool(d != article.Date{})
	if d == (article.Date{}) {
		return
	}
	for _, n := range [...]int{int(d.Year), int(d.Month), int(d.Day), int(d.Hour), int(d.Minute), int(d.Sec), int(d.Offset)} {
		w.Int(int64(n))
	}
	w.Bool(d.HasTime)
	w.Bool(d.HasOffset)
	w.Bool(d.Approx)
}

func readDate(r *wire.Reader) (d article.Date) {
	if !r.Bool() {
		return d
	}
	d.Year, d.Month, d.Day = int16(r.Int()), int16(r.Int()), int16(r.Int())
	d.Hour, d.Minute, d.Sec = int8(r.Int()), int8(r.Int()), int8(r.Int())
	d.Offset = int16(r.Int())
	d.HasTime, d.HasOffset, d.Approx = r.Bool(), r.Bool(), r.Bool()
	return d
}

func writeProblem(w *wire.Writer, p *diag.Problem) {
	w.String(p.File)
	w.Int(int64(p.Line))
	w.Int(int64(p.Col))
	w.Int(int64(p.Severity))
	w.String(p.Msg)
	w.String(p.Help)
	w.String(p.Excerpt)
}

func readProblem(r *wire.Reader) *diag.Problem {
	return &diag.Problem{
		File: r.String(), Line: int(r.Int()), Col: int(r.Int()), Severity: diag.Severity(r.Int()),
		Msg: r.String(), Help: r.String(), Excerpt: r.String(),
	}
}

// writeFiles writes n files.
func writeFiles(w *wire.Writer, n int, files iter.Seq[publish.File]) {
	w.Int(int64(n))
	for f := range files {
		w.String(f.Path)
		w.Raw(f.Key[:])
		w.Raw(f.Sum[:])
		writeStamp(w, f.File)
	}
}

func readFiles(r *wire.Reader) []publish.File {
	files := make([]publish.File, r.Len())
	for i := range files {
		files[i] = publish.File{Path: r.String(), Stamp: publish.Stamp{Key: readSum(r), Sum: readSum(r), File: readStamp(r)}}
		if r.Err != nil {
			return nil
		}
	}
	return files
}

func readSum(r *wire.Reader) (s digest.Sum) {
	copy(s[:], r.Raw(len(s)))
	return s
}

// writeReport keeps the counts, which a build that changes nothing says again.
func writeReport(w *wire.Writer, rep Report) {
	for _, n := range [...]int{rep.Articles, rep.Days, rep.Topics, rep.Files} {
		w.Int(int64(n))
	}
	w.Int(rep.Bytes)
}

func readReport(r *wire.Reader) (rep Report) {
	for _, n := range [...]*int{&rep.Articles, &rep.Days, &rep.Topics, &rep.Files} {
		*n = int(r.Int())
	}
	rep.Bytes = r.Int()
	return rep
}
