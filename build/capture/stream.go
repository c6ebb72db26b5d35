package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"backfile/build/article"
	"backfile/build/capture/container"
	"backfile/build/capture/form"
	"backfile/build/capture/generator"
	"backfile/build/capture/unpack"
	"backfile/build/internal/diag"
)

// An input is a stream of bytes and what is known of it.
type input struct {
	name  string
	src   *bufio.Reader
	file  *os.File // what src reads, when that is a whole file of the disk
	met   bool     // in a folder or an archive, and not named
	depth int      // how many archives it is in
	place area     // the folder it stands in, if any
	path  string   // below it
}

// maxDepth is how many archives may be in one another: a crawl in a WACZ in a
// ZIP in a tar.gz.
const maxDepth = 5

// open reads an input by its content.
func (r *reader) open(in input) bool {
	head, err := in.src.Peek(form.HeadSize)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return r.refuse(in.name, "breaks off: "+reason(err), "")
	}
	if n := in.unpackedName(); strings.HasSuffix(strings.ToLower(in.name), ".gz") && unpack.FormOf(head) == unpack.None && in.depth == 0 && n != in.name {
		if len(head) == 0 {
			return r.refuse(in.name, "the file is empty", "")
		}
		return r.refuse(in.name, "is not gzip, as its name says: it does not begin as gzip does", "")
	}
	switch f := form.Of(in.unpackedName(), head); f {
	case form.Packed:
		return r.packed(in, head)
	case form.Zip:
		return r.zip(in)
	case form.Tar:
		return r.tar(in)
	case form.Crawl:
		return r.crawl(in)
	case form.Lines:
		return r.lines(in)
	case form.JSON:
		return r.values(in)
	case form.Table:
		return r.rows(in, head)
	case form.Export:
		return r.export(in)
	case form.XML:
		return r.leave(in, "is XML, and no page, feed or export")
	case form.Binary:
		return r.leave(in, "is neither text nor one of the formats that import reads")
	default:
		return r.whole(in, f)
	}
}

// leave refuses a file that was named and passes over one that was met.
func (r *reader) leave(in input, why string) bool {
	if in.met {
		return r.skip(in.name, why)
	}
	return r.refuse(in.name, why, "backfile help import lists the formats")
}

// unpackedName is the name without the endings of what packs.
func (in *input) unpackedName() string {
	name := in.name
	for {
		ending := strings.ToLower(path.Ext(name))
		switch ending {
		case ".gz", ".zst", ".bz2", ".zstd":
			name = name[:len(name)-len(ending)]
		case ".tgz":
			return name[:len(name)-len(ending)] + ".tar"
		default:
			return name
		}
	}
}

// packed reads what is compressed.
func (r *reader) packed(in input, head []byte) bool {
	how := unpack.FormOf(head)
	if how == unpack.Xz || how == unpack.Lz4 {
		return r.refuse(in.name, fmt.Sprintf("is compressed with %s, which is not read", how), fmt.Sprintf("%s -dc FILE | backfile import -", how))
	}
	if in.depth >= maxDepth {
		return r.refuse(in.name, fmt.Sprintf("is packed more than %d times", maxDepth), "")
	}
	z, err := unpack.Open(in.src, how)
	if err != nil {
		return r.refuse(in.name, fmt.Sprintf("is not %s, as it seems: %s", how, reason(err)), "")
	}
	defer z.Close()
	inner := in
	inner.file, inner.depth, inner.src = nil, in.depth+1, bufio.NewReaderSize(z, form.HeadSize)
	if start, _ := inner.src.Peek(16); bytes.HasPrefix(start, []byte("WARC/")) || bytes.HasPrefix(start, []byte("filedesc:")) {
		z.Resume(func(int64, error) {}) // the record that is cut is told by the reader of crawls
	}
	return r.open(inner)
}

// zip reads a ZIP as a folder. Of a WACZ only the crawls in it are captures;
// its lists of pages repeat them.
func (r *reader) zip(in input) bool {
	if in.depth >= maxDepth {
		return r.refuse(in.name, fmt.Sprintf("is in more than %d archives", maxDepth), "")
	}
	f := in.file
	if f == nil {
		var err error
		if f, err = container.Spool(in.src); err != nil {
			return r.refuse(in.name, reason(err), "")
		}
		defer container.Drop(f)
	}
	info, err := f.Stat()
	if err != nil {
		return r.refuse(in.name, reason(err), "")
	}
	folder, err := container.Zip(f, info.Size())
	if err != nil {
		return r.refuse(in.name, "is a ZIP, and "+err.Error(), "")
	}
	return r.inside(in, folder)
}

// inside reads what an archive holds.
func (r *reader) inside(in input, folder *container.Folder) bool {
	for _, p := range folder.Problems {
		if !r.refuse(in.name+"/"+p.Name, p.Msg, "") {
			return false
		}
	}
	p := area{fsys: folder.FS, name: in.name, depth: in.depth + 1}
	if crawls, err := fs.ReadDir(folder.FS, "archive"); err == nil && len(crawls) > 0 {
		_, err := fs.Stat(folder.FS, "datapackage.json")
		p.wacz = err == nil
	}
	return r.items(p, ".")
}

// tar reads a tar file as a folder.
func (r *reader) tar(in input) bool {
	if in.depth >= maxDepth {
		return r.refuse(in.name, fmt.Sprintf("is in more than %d archives", maxDepth), "")
	}
	folder, err := container.Tar(in.src, maxFile, func(name string, src io.Reader) bool {
		return r.open(input{name: in.name + "/" + name, src: bufio.NewReaderSize(src, form.HeadSize), met: true, depth: in.depth + 1})
	})
	if errors.Is(err, container.ErrEnough) {
		_ = folder.Close() // nobody is left to be told
		return false
	}
	if folder == nil {
		return r.refuse(in.name, reason(err), "")
	}
	more := true
	if err != nil {
		more = r.refuse(in.name, "breaks off: "+err.Error(), "the files before the break are read")
	}
	more = more && r.inside(in, folder)
	if err := folder.Close(); err != nil {
		return r.refuse(in.name, "what was unpacked cannot be removed: "+reason(err), "") && more
	}
	return more
}

// whole reads what is one file in memory: a text, a page, Markdown, a feed.
func (r *reader) whole(in input, f form.Form) bool {
	if f == form.Text && in.met && !takenByName(in.name) {
		return r.skip(in.name, "has none of the endings "+Endings+", and its content tells no other format")
	}
	if f == form.Markdown && in.met && generator.Ignored(in.path) {
		return r.skip(in.name, "a file about a project, and no article")
	}
	raw, err := io.ReadAll(io.LimitReader(in.src, maxFile+1))
	if err != nil {
		return r.refuse(in.name, "breaks off: "+reason(err), "")
	}
	if len(raw) > maxFile {
		return r.refuse(in.name, fmt.Sprintf("has more than %d MB; an article has not", maxFile>>20), "JSON lines may be larger: one object a line, named .jsonl")
	}
	c := Capture{Name: in.name, Raw: raw}
	switch f {
	case form.Page:
		c.Kind, c.Ending = HTML, ".html"
	case form.Mail:
		return r.mail(&c)
	case form.Feed:
		return r.feed(&c)
	case form.Markdown:
		c.Kind, c.Ending = Markdown, ".md"
	default:
		c.Kind, c.Ending = Text, ".txt"
	}
	if err := c.decode(""); err != nil {
		return r.yield(Capture{}, err)
	}
	if f == form.Markdown {
		c.Folder = r.folder(&in, c.Text)
	}
	return r.yield(c, nil)
}

func takenByName(name string) bool {
	return slices.Contains([]string{".txt", ".text"}, strings.ToLower(path.Ext(name)))
}

// date reads the first of several spellings that is a date.
func date(tries ...string) (article.Date, bool) {
	for _, s := range tries {
		if d, err := article.ParseDate(strings.TrimSpace(s)); err == nil && s != "" {
			return d, true
		}
	}
	return article.Date{}, false
}

func (r *reader) problem(in *input, line int, msg string) bool {
	return r.yield(Capture{}, &diag.Problem{File: in.name, Line: line, Msg: msg})
}
