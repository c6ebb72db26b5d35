package generator

import (
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"backfile/build/article"
	"backfile/build/markdown"
)

// An Asset is a file that an article shows or links to.
type Asset struct {
	Ref  string // as it stands in the text
	Path string // of the file, below the file system
	To   string // what it is to be called beside the article
}

// shown are the endings of what articles show or hand out. Settings, programs
// and other articles are none of it.
var shown = []string{
	".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".ico", ".tif", ".tiff", ".jxl", ".heic",
	".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav", ".flac", ".mp4", ".m4v", ".webm", ".mov", ".ogv", ".vtt", ".srt",
	".pdf", ".epub", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".csv", ".tsv", ".geojson", ".kml", ".zip", ".gz", ".txt", ".asc",
}

const maxAsset = 64 << 20 // hosts of pages take no files of more than 100 MB

var prefixes = regexp.MustCompile(`^(\{\{\s*(site|page)\.(base)?url\s*\}\}|\{(static|filename|attach|photo)\}|\|(filename|static)\||@/)`)

// Assets returns the files in fsys that the text of an article leads to, each
// under a name of its own. Links to other articles are none. s may be nil.
func Assets(s *Site, fsys fs.FS, rel string, src []byte) []Asset {
	if fsys == nil {
		return nil
	}
	var out []Asset
	for _, ref := range markdown.Refs(article.Body(src)) {
		file := s.find(fsys, rel, ref)
		if file == "" || slices.ContainsFunc(out, func(a Asset) bool { return a.Ref == ref }) {
			continue
		}
		to := strings.TrimPrefix(file, path.Dir(rel)+"/")
		if path.Dir(rel) == "." {
			to = file
		}
		if to == file && path.Dir(rel) != "." || strings.HasPrefix(ref, "/") {
			to = path.Base(file)
		}
		out = append(out, Asset{Ref: ref, Path: file, To: apart(out, to, file)})
	}
	return out
}

// apart returns a name that no other file in the list has.
func apart(list []Asset, to, file string) string {
	ending := path.Ext(to)
	stem := strings.TrimSuffix(to, ending)
	for n := 2; slices.ContainsFunc(list, func(a Asset) bool { return strings.EqualFold(a.To, to) && a.Path != file }); n++ {
		to = fmt.Sprintf("%s-%d%s", stem, n, ending)
	}
	return to
}

// find returns the file that a reference leads to, or "".
func (s *Site) find(fsys fs.FS, rel, ref string) string {
	p := ref
	rooted := false
	if m := prefixes.FindString(p); m != "" {
		p, rooted = "/"+strings.TrimLeft(p[len(m):], "/"), true
	}
	u, err := url.Parse(p)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || strings.HasSuffix(u.Path, "/") {
		return ""
	}
	var tries []string
	if strings.HasPrefix(u.Path, "/") || rooted {
		if s == nil {
			return ""
		}
		for _, dir := range s.static {
			tries = append(tries, path.Join(s.Root, dir, u.Path))
		}
	} else {
		tries = append(tries, path.Join(path.Dir(rel), u.Path))
		if s != nil { // beside the address of the article, as browsers resolve it
			for _, dir := range s.static {
				tries = append(tries, path.Join(s.Root, dir, u.Path))
			}
		}
	}
	for _, t := range tries {
		if !fs.ValidPath(t) {
			continue
		}
		if !slices.Contains(shown, strings.ToLower(path.Ext(t))) || linked(fsys, t) {
			continue
		}
		if info, err := fs.Stat(fsys, t); err == nil && info.Mode().IsRegular() && info.Size() <= maxAsset {
			return t
		}
	}
	return ""
}

// linked reports whether a file, or a folder on the way to it, is a symbolic
// link: what is behind one may be any file of the disk.
func linked(fsys fs.FS, name string) bool {
	for p := name; p != "." && p != "/"; p = path.Dir(p) {
		info, err := fs.Lstat(fsys, p)
		if err != nil || info.Mode()&fs.ModeSymlink != 0 {
			return true
		}
	}
	return false
}
