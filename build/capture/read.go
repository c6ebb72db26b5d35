package capture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"backfile/build/internal/diag"
)

// Endings are the file names that Read takes.
const Endings = ".txt .html .htm .jsonl .jsonl.gz"

// Options direct Read.
type Options struct {
	Stdin io.Reader // what "-" reads
	// Taken is told how many bytes were read since it was last called, for a
	// progress bar. It may be nil.
	Taken func(n int)
	// Except names folders that are left out where they are met below another
	// one, by their absolute path: those that are the site's own.
	Except []string
}

// Read yields the captures of all sources in turn: files, folders with all
// below them in sorted order, and "-" for standard input, whose form is told
// by its first bytes. A file that cannot be read yields a *diag.Problem, and
// so does one that is passed over, with the severity LeftOut; only the end of
// ctx yields another error, the last.
//
// A symbolic link is followed where it is named as a source, never below one.
func Read(ctx context.Context, sources []string, o Options) iter.Seq2[Capture, error] {
	return func(yield func(Capture, error) bool) {
		r := &reader{Options: o, yield: func(c Capture, err error) bool {
			if ctx.Err() != nil {
				yield(Capture{}, context.Cause(ctx))
				return false
			}
			return yield(c, err)
		}}
		for _, s := range sources {
			if !r.source(filepath.ToSlash(s)) {
				return
			}
		}
	}
}

// reader holds what a reading shares; its functions return false when no more
// is wanted.
type reader struct {
	Options
	yield func(Capture, error) bool
}

func (r *reader) source(name string) bool {
	if name == "-" {
		if r.Stdin == nil {
			return r.refuse(name, "there is no standard input", "")
		}
		return r.stream("-", r.Stdin)
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return r.refuse(name, reason(err), "")
	case info.IsDir():
		return r.items(name)
	case info.Mode().IsRegular():
		return r.file(name, true)
	}
	f, err := os.Open(name) // a pipe, such as the shell's <(command)
	if err != nil {
		return r.refuse(name, reason(err), "")
	}
	defer f.Close()
	return r.stream(name, f)
}

// dir reads a folder that was met in another one.
func (r *reader) dir(name string) bool {
	if abs, err := filepath.Abs(name); err == nil && slices.Contains(r.Except, abs) {
		return r.skip(name, "a folder of the archive itself")
	}
	return r.items(name)
}

// items reads a folder and all below it.
func (r *reader) items(name string) bool {
	items, err := os.ReadDir(name) // sorted by name
	if err != nil {
		return r.refuse(name, reason(err), "")
	}
	for _, it := range items {
		path := filepath.ToSlash(filepath.Join(name, it.Name()))
		var more bool
		switch {
		case strings.HasPrefix(it.Name(), "."):
			more = r.skip(path, "hidden")
		case it.IsDir() && partsOfPage(items, it.Name()):
			more = r.skip(path, "the parts of a saved page")
		case it.IsDir():
			more = r.dir(path)
		case it.Type()&fs.ModeSymlink != 0:
			more = r.skip(path, "a symbolic link, which is not followed")
		case !it.Type().IsRegular():
			more = r.skip(path, "neither a file nor a folder")
		default:
			more = r.file(path, false)
		}
		if !more {
			return false
		}
	}
	return true
}

// partsOfPage reports whether a folder is what browsers save beside a page:
// "Flood.html" and "Flood_files".
func partsOfPage(items []fs.DirEntry, folder string) bool {
	for _, tail := range []string{"_files", ".files", "_data"} {
		if stem, ok := strings.CutSuffix(folder, tail); ok && slices.ContainsFunc(items, func(it fs.DirEntry) bool {
			return it.Name() == stem+".html" || it.Name() == stem+".htm"
		}) {
			return true
		}
	}
	return false
}

// file reads one file by its ending. One that was named is refused when its
// ending tells nothing, one that was met in a folder is passed over.
func (r *reader) file(name string, named bool) bool {
	kind, ok := formOf(name)
	if !ok {
		if named {
			return r.refuse(name, "has none of the endings "+Endings, "give it one, or let its form be told by its content: backfile import - < FILE")
		}
		return r.skip(name, "has none of the endings "+Endings)
	}
	f, err := os.Open(name)
	if err != nil {
		return r.refuse(name, reason(err), "")
	}
	defer f.Close()
	if kind == Record {
		return r.lines(name, f, strings.HasSuffix(strings.ToLower(name), ".gz"))
	}
	return r.whole(name, kind, f)
}

func formOf(name string) (Kind, bool) {
	lower := strings.ToLower(name)
	for _, e := range []struct {
		ending string
		kind   Kind
	}{{".txt", Text}, {".html", HTML}, {".htm", HTML}, {".jsonl", Record}, {".jsonl.gz", Record}} {
		if strings.HasSuffix(lower, e.ending) {
			return e.kind, true
		}
	}
	return 0, false
}

// whole reads a text or a page.
func (r *reader) whole(name string, kind Kind, src io.Reader) bool {
	raw, err := io.ReadAll(io.LimitReader(r.counted(src), maxFile+1))
	if err != nil {
		return r.refuse(name, "breaks off: "+reason(err), "")
	}
	if len(raw) > maxFile {
		return r.refuse(name, fmt.Sprintf("has more than %d MB; an article has not", maxFile>>20), "JSON lines may be larger: one object a line, named .jsonl")
	}
	c := Capture{Name: name, Kind: kind, Raw: raw}
	if err := c.decode(); err != nil {
		return r.yield(Capture{}, err)
	}
	return r.yield(c, nil)
}

// lines reads JSON lines.
func (r *reader) lines(name string, src io.Reader, zipped bool) bool {
	src = r.counted(src)
	if zipped {
		z, err := gzip.NewReader(bufio.NewReaderSize(src, 1<<16))
		if errors.Is(err, io.EOF) {
			return r.refuse(name, "the file is empty", "")
		}
		if err != nil {
			return r.refuse(name, "is not gzip, as its name says: "+reason(err), "")
		}
		src = z
	}
	for c, err := range ReadLines(name, src) {
		if !r.yield(c, err) {
			return false
		}
	}
	return true
}

var looksHTML = regexp.MustCompile(`(?i)^\s*(\x{FEFF}\s*)?(<\?xml|<!doctype html|<!--|<(html|head|body|title|meta|link|base|style|script|header|nav|article|main|section|div|figure|blockquote|table|ul|ol|p|h[1-6]|a|b|i|em|strong|span|img|br)[\s/>])`)

// stream reads what has no name, by its first bytes.
func (r *reader) stream(name string, src io.Reader) bool {
	b := bufio.NewReaderSize(src, 1<<16)
	head, _ := b.Peek(4096)
	zipped := bytes.HasPrefix(head, []byte("\x1f\x8b"))
	if zipped {
		return r.lines(name, b, true)
	}
	switch start := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF"))); {
	case bytes.HasPrefix(start, []byte("{")), bytes.HasPrefix(start, []byte("[{")), bytes.HasPrefix(start, []byte("[\n")):
		return r.lines(name, b, false)
	case looksHTML.Match(start):
		return r.whole(name, HTML, b)
	}
	return r.whole(name, Text, b)
}

func (r *reader) counted(src io.Reader) io.Reader {
	if r.Taken == nil {
		return src
	}
	return &counter{src, r.Taken}
}

// counter tells how much is read.
type counter struct {
	io.Reader
	taken func(int)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.taken(n)
	return n, err
}

func (r *reader) refuse(name, msg, help string) bool {
	return r.yield(Capture{}, &diag.Problem{File: name, Msg: msg, Help: help})
}

func (r *reader) skip(name, why string) bool {
	return r.yield(Capture{}, &diag.Problem{File: name, Severity: diag.LeftOut, Msg: why})
}

// reason takes the path out of an error that is shown behind it.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the end is missing"
	case errors.Is(err, gzip.ErrHeader):
		return "it does not begin as gzip does"
	case errors.Is(err, gzip.ErrChecksum):
		return "its checksum is wrong, so the bytes were damaged on the way"
	}
	return err.Error()
}

// Size returns how many bytes Read will take from the sources, as far as can
// be told beforehand.
func Size(sources []string) int64 {
	var total int64
	for _, s := range sources {
		filepath.WalkDir(s, func(_ string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			if _, ok := formOf(d.Name()); ok {
				if info, err := d.Info(); err == nil {
					total += info.Size()
				}
			}
			return nil
		})
	}
	return total
}
