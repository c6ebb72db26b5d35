package render

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"

	"backfile/build/config"
	"backfile/build/site"
)

// drawForPrograms draws the kinds of page that programs read: feeds, sitemaps
// and data files. known is false when v is of no such kind, and then nothing
// was written.
func drawForPrograms(w io.Writer, cfg *config.Config, v *site.View, text feedText) (known bool, err error) {
	switch v.Kind {
	case "feed.xml":
		err = writeAtom(w, cfg, v, text)
	case "feed.json":
		err = writeJSONFeed(w, cfg, v, text)
	case "sitemap.xml", "sitemap-index":
		err = writeSitemap(w, cfg, v)
	case "robots.txt":
		err = writeRobots(w, cfg)
	case "opensearch.xml":
		err = writeOpenSearch(w, cfg)
	case "articles.jsonl.gz":
		err = writeArticles(w, cfg, v)
	case "articles.csv":
		err = writeCSV(w, cfg, v)
	case "datapackage.json":
		err = writeDataPackage(w, cfg, v)
	default:
		return false, nil
	}
	return true, err
}

// A dataRow is the metadata of one article, in the order in which it is
// written. The text is not in it.
type dataRow struct {
	ID          string           `json:"id"`
	URL         string           `json:"url"` // below the root of the archive
	Title       string           `json:"title"`
	Date        string           `json:"date,omitempty"` // with the precision that is known
	Approx      bool             `json:"approximate,omitempty"`
	Updated     string           `json:"updated,omitempty"`
	Lang        string           `json:"lang"`
	Topics      []string         `json:"topics,omitempty"`
	Authors     []string         `json:"authors,omitempty"`
	People      []string         `json:"people,omitempty"`
	Places      []string         `json:"places,omitempty"`
	Summary     string           `json:"summary,omitempty"`
	Source      dataSource       `json:"source,omitzero"`
	Words       int              `json:"words"`
	Corrections []dataCorrection `json:"corrections,omitempty"`
	Withdrawn   string           `json:"withdrawn,omitempty"`
	Aliases     []string         `json:"aliases,omitempty"`
}

type dataSource struct {
	Name     string `json:"name,omitempty"`
	URL      string `json:"url,omitempty"`
	Captured string `json:"captured,omitempty"`
	SHA256   string `json:"sha256,omitempty"`
}

type dataCorrection struct {
	Date string `json:"date,omitempty"`
	Note string `json:"note"`
}

// rowOf returns the row of an article. A withdrawn one has no summary, which
// may be the beginning of the text.
func rowOf(cfg *config.Config, it site.FeedItem) dataRow {
	r := dataRow{
		ID:        it.ID,
		URL:       it.URL,
		Title:     it.Title,
		Date:      it.Date.String(),
		Approx:    it.Date.Approx,
		Updated:   it.Updated.String(),
		Lang:      cmp.Or(it.Lang, cfg.Language),
		Topics:    it.Topics,
		Authors:   it.Authors,
		People:    it.People,
		Places:    it.Places,
		Summary:   it.Excerpt,
		Source:    dataSource{it.Source.Name, it.Source.URL, it.Source.Captured.String(), it.Source.SHA256},
		Words:     it.Words,
		Withdrawn: it.Withdrawn,
		Aliases:   it.Aliases,
	}
	if r.Withdrawn != "" {
		r.Summary = ""
	}
	for _, c := range it.Corrections {
		r.Corrections = append(r.Corrections, dataCorrection{c.Date.String(), c.Note})
	}
	return r
}

// writeArticles writes one JSON object a line and article, compressed. The
// compressor is the one in go.mod, not the toolchain's: its bytes must not
// change with the version of Go.
func writeArticles(w io.Writer, cfg *config.Config, v *site.View) error {
	zip := gzip.NewWriter(w)
	zip.ModTime = time.Unix(0, 0) // written as "no time"; the zero Time would be a date in 2042
	lines := bufio.NewWriterSize(zip, 64<<10)
	enc := json.NewEncoder(lines)
	enc.SetEscapeHTML(false)
	for _, it := range v.Data.Items {
		if err := enc.Encode(rowOf(cfg, it)); err != nil {
			return fmt.Errorf("%s: %w", it.Path, err)
		}
	}
	if err := lines.Flush(); err != nil {
		return err
	}
	return zip.Close()
}

// A column is a column of articles.csv and a field of datapackage.json.
type column struct {
	name, kind, about string
	cell              func(*dataRow) string
}

const listOf = ", separated by semicolons"

// columns returns the columns in order.
func columns() []column {
	list := func(list []string) string { return strings.Join(list, "; ") }
	return []column{
		{"id", "string", "permanent and unique; empty when the file names none", func(r *dataRow) string { return r.ID }},
		{"url", "string", "address below the root of the archive", func(r *dataRow) string { return r.URL }},
		{"title", "string", "", func(r *dataRow) string { return r.Title }},
		{"date", "string", "2023-12-31T18:04:00Z, 2023-12-31, 2023-12 or 2023: as precise as it is known",
			func(r *dataRow) string { return r.Date }},
		{"approximate", "boolean", "true when the date is that of the capture", func(r *dataRow) string {
			return strconv.FormatBool(r.Approx)
		}},
		{"updated", "string", "as date", func(r *dataRow) string { return r.Updated }},
		{"lang", "string", "BCP 47", func(r *dataRow) string { return r.Lang }},
		{"topics", "string", "labels" + listOf, func(r *dataRow) string { return list(r.Topics) }},
		{"authors", "string", "names" + listOf, func(r *dataRow) string { return list(r.Authors) }},
		{"people", "string", "names" + listOf, func(r *dataRow) string { return list(r.People) }},
		{"places", "string", "names" + listOf, func(r *dataRow) string { return list(r.Places) }},
		{"summary", "string", "", func(r *dataRow) string { return r.Summary }},
		{"source_name", "string", "the publication", func(r *dataRow) string { return r.Source.Name }},
		{"source_url", "string", "", func(r *dataRow) string { return r.Source.URL }},
		{"source_captured", "string", "as date", func(r *dataRow) string { return r.Source.Captured }},
		{"source_sha256", "string", "of the bytes of the capture", func(r *dataRow) string { return r.Source.SHA256 }},
		{"words", "integer", "of the text", func(r *dataRow) string { return strconv.Itoa(r.Words) }},
		{"corrections", "string", "date: note" + listOf, func(r *dataRow) string {
			var notes []string
			for _, c := range r.Corrections {
				notes = append(notes, strings.TrimPrefix(c.Date+": "+c.Note, ": "))
			}
			return list(notes)
		}},
		{"withdrawn", "string", "why the article was withdrawn; empty when it was not", func(r *dataRow) string { return r.Withdrawn }},
		{"aliases", "string", "earlier addresses" + listOf, func(r *dataRow) string { return list(r.Aliases) }},
	}
}

// writeCSV writes the same rows as comma-separated values (RFC 4180, UTF-8
// without a byte order mark, which would become part of the first heading).
func writeCSV(w io.Writer, cfg *config.Config, v *site.View) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	cols := columns()
	cells := make([]string, len(cols))
	for i, c := range cols {
		cells[i] = c.name
	}
	if err := out.Write(cells); err != nil {
		return err
	}
	for _, it := range v.Data.Items {
		row := rowOf(cfg, it)
		for i, c := range cols {
			cells[i] = safeCell(c.cell(&row))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// formulaNote tells users of the data what safeCell does.
const formulaNote = "A cell that begins with =, +, -, @, a tab or a line break, " +
	"also in their wide forms, has an apostrophe before it, so that no spreadsheet runs it as a formula. " +
	"One that so begins after apostrophes has one apostrophe more."

// safeCell returns text as a cell that a spreadsheet takes for text, never
// for a formula. Articles come from strangers.
func safeCell(text string) string {
	text = strings.Map(cellRune, strings.ToValidUTF8(text, "\uFFFD"))
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, "'"))
	if text != "" && strings.ContainsRune("=+-@\t\n＝＋－＠", first) {
		return "'" + text
	}
	return text
}

// cellRune drops the control characters that readers of CSV stumble over, and
// the carriage return, which encoding/csv would drop later.
func cellRune(r rune) rune {
	if unicode.IsControl(r) && r != '\t' && r != '\n' {
		return -1
	}
	return r
}
