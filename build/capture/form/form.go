// Package form tells what a file is by its first bytes.
//
// The name decides only between forms that look alike: text, Markdown, tables.
package form

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"backfile/build/capture/table"
	"backfile/build/capture/unpack"
)

// A Form is what a file is by its content.
type Form uint8

// The forms.
const (
	Text   Form = iota // whatever is none of the others
	Binary             // bytes that are no text
	Packed             // gzip, zstd, bzip2
	Zip                // ZIP, WACZ
	Tar
	Crawl    // WARC, ARC
	Export   // WXR
	Feed     // RSS, Atom, RDF, JSON Feed
	Lines    // JSON lines
	JSON     // other JSON
	Table    // CSV, TSV
	Mail     // MHTML
	Page     // HTML
	XML      // that is none of these
	Markdown // with front matter, or by its name
)

// HeadSize is how much of a file is looked at to tell its form: the warnings
// that PHP puts before an export may fill some of it.
const HeadSize = 64 << 10

var (
	looksHTML    = regexp.MustCompile(`(?i)^\s*(<\?xml[^>]*>\s*)?(<!--|<(!doctype html|html|head|body|title|meta|link|base|style|script|header|nav|article|main|section|div|figure|blockquote|table|ul|ol|p|h[1-6]|a|b|i|em|strong|span|img|br)[\s/>])`)
	looksFeed    = regexp.MustCompile(`(?i)<(?:\w+:)?(rss|feed|rdf|rdf:rdf|channel)(\s|>)`)
	looksExport  = regexp.MustCompile(`(?i)<rss[\s>]`)
	looksMail    = regexp.MustCompile(`(?i)^(From|Subject|Date|MIME-Version|Content-Type|Content-Location|Snapshot-Content-Location|Message-ID|X-[\w-]+|To|Received|Content-Transfer-Encoding):`)
	looksRelated = regexp.MustCompile(`(?i)\nContent-Type:\s*(multipart/related|multipart/mixed|multipart/alternative|text/html)`)
	looksMatter  = regexp.MustCompile(`^(---[ \t]*\r?\n(.*\r?\n){0,400}?(---|\.\.\.)[ \t]*(\r?\n|$)|\+\+\+[ \t]*\r?\n)`)
	rootHTML     = regexp.MustCompile(`(?i)<html[\s>]`)
)

// named are the endings of texts, which may hold a zero byte by mistake.
var named = []string{".txt", ".html", ".htm", ".xhtml"}

// Of tells the form of a file by its first bytes. The name decides between
// forms that are alike: text, tables and Markdown.
func Of(name string, head []byte) Form {
	switch {
	case bytes.HasPrefix(head, []byte("WARC/")), bytes.HasPrefix(head, []byte("filedesc:")):
		return Crawl
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return Zip
	case unpack.FormOf(head) != unpack.None && !(bytes.HasPrefix(head, []byte("BZh")) && utf8.Valid(head[:min(len(head), 64)])):
		return Packed
	case isTar(head):
		return Tar
	}
	ending := strings.ToLower(path.Ext(name))
	start := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF")))
	if bytes.IndexByte(head, 0) >= 0 && !UTF16(head) && !slices.Contains(named, ending) {
		return Binary
	}
	if UTF16(head) && ending != ".txt" && ending != ".csv" && ending != ".tsv" {
		start = narrow(head)
	}
	switch ending {
	case ".md", ".markdown":
		return Markdown
	case ".txt":
		return Text
	case ".html", ".htm", ".xhtml":
		if looksMatter.Match(start) {
			return Markdown // of Jekyll and Hugo, whose articles may be written in HTML
		}
		return Page
	case ".csv", ".tsv":
		return Table
	case ".jsonl", ".ndjson":
		return Lines
	}
	return ofText(start)
}

// ofText tells forms that are text.
func ofText(start []byte) Form {
	switch {
	case len(start) == 0:
		return Text
	case start[0] == '{' || start[0] == '[':
		return ofJSON(start)
	case bytes.Contains(start, []byte("wordpress.org/export/")) && looksExport.Match(start) && !rootHTML.Match(start[:min(len(start), 1024)]):
		return Export
	case start[0] == '<':
		return ofMarkup(start)
	case looksMail.Match(start) && looksRelated.Match(append([]byte("\n"), start...)):
		return Mail
	case looksMatter.Match(start):
		return Markdown
	case looksFeed.Match(start) && bytes.Contains(start, []byte("<?xml")) && bytes.IndexByte(start, '<') < 4096:
		return Feed // with a warning of the program that made it before
	case table.Is(start):
		return Table
	}
	return Text
}

func ofMarkup(start []byte) Form {
	opening := start[:min(len(start), 4096)]
	if loc := looksFeed.FindIndex(start); loc != nil && !rootHTML.Match(start[:loc[0]]) && !bytes.Contains(bytes.ToLower(start[:loc[0]]), []byte("<!doctype html")) {
		if bytes.Contains(start, []byte("wordpress.org/export/")) {
			return Export
		}
		return Feed
	}
	if looksHTML.Match(opening) {
		return Page
	}
	if bytes.HasPrefix(start, []byte("<?xml")) {
		if rootHTML.Match(opening) {
			return Page
		}
		return XML
	}
	return Text
}

// ofJSON parts JSON lines from lists, from objects over many lines, and
// from feeds.
func ofJSON(start []byte) Form {
	if bytes.Contains(start, []byte("jsonfeed.org/version")) {
		return Feed
	}
	if start[0] == '[' {
		rest := bytes.TrimSpace(start[1:])
		if len(rest) > 0 && rest[0] != '{' && rest[0] != ']' {
			return Text // a text that opens with a place: [Dale]
		}
		return JSON
	}
	line, rest, ended := bytes.Cut(start, []byte("\n"))
	line, rest = bytes.TrimSpace(line), bytes.TrimSpace(rest)
	if !ended || bytes.HasSuffix(line, []byte("}")) || len(rest) > 0 && rest[0] == '{' && string(line) != "{" {
		return Lines
	}
	if rest := bytes.TrimSpace(line[1:]); len(rest) > 0 && rest[0] != '"' {
		return Text
	}
	return JSON
}

// UTF16 reports whether a file begins with a mark of UTF-16.
func UTF16(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xFE\xFF")) || bytes.HasPrefix(head, []byte("\xFF\xFE"))
}

// narrow drops the zeros between the letters of UTF-16.
func narrow(head []byte) []byte {
	return bytes.TrimSpace(bytes.ReplaceAll(head[2:], []byte{0}, nil))
}

func isTar(head []byte) bool {
	return len(head) >= 512 && bytes.Equal(head[257:262], []byte("ustar"))
}
