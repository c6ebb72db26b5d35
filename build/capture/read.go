package capture

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"backfile/build/capture/form"
	"backfile/build/capture/generator"
	"backfile/build/internal/diag"
)

// Endings are names by which files are taken whose content alone would not
// tell what they are.
const Endings = ".txt .md .html .csv .tsv"

// Options direct Read.
type Options struct {
	Stdin io.Reader // what "-" reads
	// Taken is told how many bytes were read since it was last called, for a
	// progress bar. It may be nil.
	Taken func(n int)
	// Except names folders that are left out where they are met below another
	// one, by their absolute path: those that are the site's own.
	Except []string
	// Map says which key or column holds a field: "title" -> "headline".
	Map map[string]string
}

// Read yields the captures of all sources in turn: files, folders with all
// below them in sorted order, and "-" for standard input. What a file is, its
// content tells. A file that cannot be read yields a *diag.Problem, and so
// does one that is passed over, with the severity LeftOut; only the end of ctx
// yields another error, the last.
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
		return r.open(input{name: "-", src: bufio.NewReaderSize(r.counted(r.Stdin), form.HeadSize)})
	}
	info, err := os.Stat(name)
	if err != nil {
		return r.refuse(name, reason(err), "")
	}
	if info.IsDir() {
		return r.items(area{fsys: os.DirFS(name), name: name, native: true}, ".")
	}
	f, err := os.Open(name) // a file, or a pipe such as the shell's <(command)
	if err != nil {
		return r.refuse(name, reason(err), "")
	}
	defer f.Close()
	in := input{name: name, src: bufio.NewReaderSize(r.counted(f), form.HeadSize)}
	if info.Mode().IsRegular() {
		in.file = f
		dir, base := filepath.Split(name)
		if dir == "" {
			dir = "."
		}
		in.place, in.path = area{fsys: os.DirFS(dir), name: path.Clean(filepath.ToSlash(dir)), native: true}, base
	}
	return r.open(in)
}

// An area is a folder with all below it: of the disk or of an archive.
type area struct {
	fsys   fs.FS
	name   string // as the person would type it
	native bool   // a folder of the disk
	site   *generator.Site
	wacz   bool // a crawl in a ZIP: its lists of pages repeat what the crawl has
	depth  int  // how many archives it is in
}

func (p *area) at(rel string) string { return path.Join(p.name, rel) }

// items reads a folder and all below it.
func (r *reader) items(p area, dir string) bool {
	items, err := fs.ReadDir(p.fsys, dir) // sorted by name
	if err != nil {
		return r.refuse(p.at(dir), reason(err), "")
	}
	if p.site == nil {
		if p.site = generator.Find(p.fsys, dir); p.site != nil {
			p.site.Root = dir
		}
	}
	for _, it := range items {
		rel := path.Join(dir, it.Name())
		if !r.item(p, rel, it, items) {
			return false
		}
	}
	return true
}

// item reads what is met in a folder.
func (r *reader) item(p area, rel string, it fs.DirEntry, items []fs.DirEntry) bool {
	name := p.at(rel)
	switch {
	case strings.HasPrefix(it.Name(), "."):
		return r.skip(name, "hidden")
	case it.IsDir() && partsOfPage(items, it.Name()):
		return r.skip(name, "the parts of a saved page")
	case it.IsDir():
		if p.native {
			if abs, err := filepath.Abs(name); err == nil && slices.Contains(r.Except, abs) {
				return r.skip(name, "a folder of the archive itself")
			}
		}
		if why := p.site.Skip(rel); why != "" {
			return r.skip(name, why)
		}
		return r.items(p, rel)
	case it.Type()&fs.ModeSymlink != 0:
		return r.skip(name, "a symbolic link, which is not followed")
	case !it.Type().IsRegular():
		return r.skip(name, "neither a file nor a folder")
	}
	if why := p.site.Skip(rel); why != "" {
		return r.skip(name, why)
	}
	if p.wacz && !strings.HasPrefix(rel, "archive/") {
		return r.skip(name, "a list of a WACZ, which repeats what its crawls have")
	}
	f, err := p.fsys.Open(rel)
	if err != nil {
		return r.refuse(name, reason(err), "")
	}
	defer f.Close()
	in := input{name: name, place: p, path: rel, met: true, depth: p.depth}
	if disk, ok := f.(*os.File); ok {
		in.file = disk
	}
	var src io.Reader = f
	if p.native {
		src = r.counted(f)
	}
	in.src = bufio.NewReaderSize(src, form.HeadSize)
	return r.open(in)
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
		filepath.WalkDir(s, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			if p != s && strings.HasPrefix(d.Name(), ".") && d.IsDir() {
				return fs.SkipDir
			}
			if d.Type().IsRegular() {
				if info, err := d.Info(); err == nil {
					total += info.Size()
				}
			}
			return nil
		})
	}
	return total
}

// folder says what surrounds a Markdown file.
func (r *reader) folder(in *input, text string) Folder {
	p := in.place
	out := Folder{Path: in.path}
	if out.Path == "" {
		out.Path = "article.md" // of standard input: no name that tells anything
	}
	if p.fsys == nil {
		return out
	}
	out.Path = p.site.File(in.path)
	if !in.met {
		out.Path = in.name // whoever names a file names the folders that may tell its date
	}
	below, whole := p.site.Address(in.path, []byte(text))
	if below != "" {
		out.Aliases, out.URL = []string{below}, whole
	}
	for _, a := range generator.Assets(p.site, p.fsys, in.path, []byte(text)) {
		out.Assets = append(out.Assets, Asset{Ref: a.Ref, To: a.To, Open: func() (io.ReadCloser, error) { return p.fsys.Open(a.Path) }})
	}
	return out
}
