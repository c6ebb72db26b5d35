package capture

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"backfile/build/capture/table"
	"backfile/build/capture/unpack"
	"backfile/build/capture/warc"
)

// A form is what a file is by its content.
type form uint8

const (
	unknown  form = iota
	binaries      // bytes that are no text
	packed        // gzip, zstd, bzip2
	zipped        // ZIP, WACZ
	tarred
	crawl    // WARC, ARC
	export   // WXR
	feeds    // RSS, Atom, RDF, JSON Feed
	objects  // JSON lines
	nested   // other JSON
	rows     // CSV, TSV
	mail     // MHTML
	page     // HTML
	otherXML // XML that is none of these
	markdown // Markdown with front matter
	words    // text
)

// headSize is how much of a file is looked at to tell its form: the warnings
// that PHP puts before an export may fill some of it.
const headSize = 64 << 10

var (
	looksHTML    = regexp.MustCompile(`(?i)^\s*(<\?xml[^>]*>\s*)?(<!--|<(!doctype html|html|head|body|title|meta|link|base|style|script|header|nav|article|main|section|div|figure|blockquote|table|ul|ol|p|h[1-6]|a|b|i|em|strong|span|img|br)[\s/>])`)
	looksFeed    = regexp.MustCompile(`(?i)<(?:\w+:)?(rss|feed|rdf|rdf:rdf|channel)(\s|>)`)
	looksExport  = regexp.MustCompile(`(?i)<rss[\s>]`)
	looksMail    = regexp.MustCompile(`(?i)^(From|Subject|Date|MIME-Version|Content-Type|Content-Location|Snapshot-Content-Location|Message-ID|X-[\w-]+|To|Received|Content-Transfer-Encoding):`)
	looksRelated = regexp.MustCompile(`(?i)\nContent-Type:\s*(multipart/related|multipart/mixed|multipart/alternative|text/html)`)
	looksMatter  = regexp.MustCompile(`^(---[ \t]*\r?\n(.*\r?\n){0,400}?(---|\.\.\.)[ \t]*(\r?\n|$)|\+\+\+[ \t]*\r?\n)`)
	rootHTML     = regexp.MustCompile(`(?i)<html[\s>]`)
)

// formOf tells the form of a file by its first bytes. The name decides between
// forms that are alike: text, tables and Markdown.
func formOf(name string, head []byte) form {
	switch {
	case warc.Is(head):
		return crawl
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipped
	case unpack.FormOf(head) != unpack.None && !(bytes.HasPrefix(head, []byte("BZh")) && utf8.Valid(head[:min(len(head), 64)])):
		return packed
	case isTar(head):
		return tarred
	}
	ending := strings.ToLower(path.Ext(name))
	start := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF")))
	if bytes.IndexByte(head, 0) >= 0 && !utf16(head) {
		return binaries
	}
	if utf16(head) && ending != ".txt" && ending != ".csv" && ending != ".tsv" {
		start = narrow(head)
	}
	switch ending {
	case ".md", ".markdown":
		return markdown
	case ".txt":
		return words
	case ".html", ".htm", ".xhtml":
		return page
	case ".csv", ".tsv":
		return rows
	case ".jsonl", ".ndjson":
		return objects
	}
	return formOfText(start)
}

// formOfText tells forms that are text.
func formOfText(start []byte) form {
	switch {
	case len(start) == 0:
		return words
	case start[0] == '{' || start[0] == '[':
		return formOfJSON(start)
	case bytes.Contains(start, []byte("wordpress.org/export/")) && looksExport.Match(start) && !rootHTML.Match(start[:min(len(start), 1024)]):
		return export
	case start[0] == '<':
		return formOfMarkup(start)
	case looksMail.Match(start) && looksRelated.Match(append([]byte("\n"), start...)):
		return mail
	case looksMatter.Match(start):
		return markdown
	case looksFeed.Match(start) && bytes.Contains(start, []byte("<?xml")) && bytes.IndexByte(start, '<') < 4096:
		return feeds // with a warning of the program that made it before
	case table.Is(start):
		return rows
	}
	return words
}

func formOfMarkup(start []byte) form {
	opening := start[:min(len(start), 4096)]
	if loc := looksFeed.FindIndex(start); loc != nil && !rootHTML.Match(start[:loc[0]]) && !bytes.Contains(bytes.ToLower(start[:loc[0]]), []byte("<!doctype html")) {
		if bytes.Contains(start, []byte("wordpress.org/export/")) {
			return export
		}
		return feeds
	}
	if looksHTML.Match(opening) {
		return page
	}
	if bytes.HasPrefix(start, []byte("<?xml")) {
		if rootHTML.Match(opening) {
			return page
		}
		return otherXML
	}
	return words
}

// formOfJSON parts JSON lines from lists, from objects over many lines, and
// from feeds.
func formOfJSON(start []byte) form {
	if bytes.Contains(start, []byte("jsonfeed.org/version")) {
		return feeds
	}
	if start[0] == '[' {
		rest := bytes.TrimSpace(start[1:])
		if len(rest) > 0 && rest[0] != '{' && rest[0] != ']' {
			return words // a text that opens with a place: [Dale]
		}
		return nested
	}
	line, rest, ended := bytes.Cut(start, []byte("\n"))
	line, rest = bytes.TrimSpace(line), bytes.TrimSpace(rest)
	if !ended || bytes.HasSuffix(line, []byte("}")) || len(rest) > 0 && rest[0] == '{' && string(line) != "{" {
		return objects
	}
	if rest := bytes.TrimSpace(line[1:]); len(rest) > 0 && rest[0] != '"' {
		return words
	}
	return nested
}

func utf16(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xFE\xFF")) || bytes.HasPrefix(head, []byte("\xFF\xFE"))
}

// narrow drops the zeros between the letters of UTF-16.
func narrow(head []byte) []byte {
	return bytes.TrimSpace(bytes.ReplaceAll(head[2:], []byte{0}, nil))
}

func isTar(head []byte) bool {
	return len(head) >= 512 && bytes.Equal(head[257:262], []byte("ustar"))
}
