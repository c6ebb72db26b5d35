// Package epub makes an e-book (EPUB 3) of articles: of a topic, a month, some
// years.
//
//	mimetype
//	META-INF/container.xml
//	package.opf             what the book is, and what is in it
//	nav.xhtml               contents: years, months, articles
//	title.xhtml             the first page
//	style.css
//	2023/12/31/slug.xhtml   an article, where its page stands in public/
//	2023/12/31/flood.jpg    a picture of one, likewise
//
// An article is taken from its page in public/: all within <article>, as the
// layout drew it, without what only a site needs. Links between articles of
// the book stay; those to other pages lead to the archive where site.yaml
// names its base_url, and become plain words where it does not.
package epub

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"backfile/build/bundle"
	"backfile/build/publish/release"
)

// Mimetype is the path of the file that stands first in an EPUB.
const Mimetype = "mimetype"

const mimetype = "application/epub+zip"

// Is tells by its first bytes whether a file is an EPUB.
func Is(begins []byte) bool {
	return len(begins) >= 58 && string(begins[:2]) == "PK" && string(begins[30:58]) == Mimetype+mimetype
}

// A Report says what is in a book.
type Report struct {
	Articles, Pictures int
	LeftOut            int // pictures and sounds that are of a form that books do not have
}

// A book is one being made.
type book struct {
	src      *bundle.Source
	chapters []chapter
	byPage   map[string]string // file in the book of an article's page
	pictures map[string]string // file in the book of a picture of public/
	names    map[string]bool   // taken, in small letters
	files    []release.File    // pictures that keep their paths
	made     map[string][]byte
	leftOut  int
}

// A chapter is one article.
type chapter struct {
	bundle.Article
	file string // in the book
}

// Make makes the files of the book of src's articles. Those of the result are
// in order but for Mimetype, which is to stand first.
func Make(ctx context.Context, src *bundle.Source, progress func(done, total int)) (*release.Release, Report, error) {
	b := &book{
		src: src, byPage: map[string]string{}, pictures: map[string]string{}, made: map[string][]byte{},
		names: map[string]bool{Mimetype: true, "meta-inf/container.xml": true, "package.opf": true, "nav.xhtml": true, "title.xhtml": true, "style.css": true},
	}
	for _, a := range src.Articles {
		file := b.name(strings.TrimSuffix(a.URL, path.Ext(a.URL)) + ".xhtml")
		b.byPage[a.URL] = file
		b.chapters = append(b.chapters, chapter{a, file})
	}
	if len(b.chapters) == 0 {
		return nil, Report{}, fmt.Errorf("%w: the archive has no articles", bundle.ErrNothing)
	}
	for i, c := range b.chapters {
		if ctx.Err() != nil {
			return nil, Report{}, context.Cause(ctx)
		}
		page, ok := src.Find(c.URL)
		if !ok {
			return nil, Report{}, fmt.Errorf("%s is not in public/: backfile build makes it", c.URL)
		}
		text, err := src.Read(page)
		if err != nil {
			return nil, Report{}, err
		}
		if b.made[c.file], err = b.draw(c, text); err != nil {
			return nil, Report{}, err
		}
		if progress != nil && i%64 == 0 {
			progress(i, len(b.chapters))
		}
	}
	b.made[Mimetype] = []byte(mimetype)
	b.made["META-INF/container.xml"] = []byte(container)
	b.made["style.css"] = []byte(style)
	b.made["title.xhtml"] = b.titlePage()
	b.made["nav.xhtml"] = b.nav()
	b.made["package.opf"] = b.opf()
	return src.Part(b.files, b.made), Report{len(b.chapters), len(b.pictures), b.leftOut}, nil
}

// name returns a name in the book for a file of public/, if it can, the same:
// letters that reading systems stumble over are written otherwise.
func (b *book) name(p string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-", r) {
			return r
		}
		return -1
	}, p)
	ext := path.Ext(clean)
	stem := strings.TrimSuffix(clean, ext)
	if clean != p || strings.HasSuffix(stem, "/") {
		stem = strings.TrimRight(stem, "-./") + "/x"
	}
	for i := 1; ; i++ {
		try := stem + ext
		if i > 1 || strings.HasSuffix(stem, "/x") {
			try = fmt.Sprintf("%s%d%s", stem, i, ext)
		}
		if low := strings.ToLower(try); !b.names[low] {
			b.names[low] = true
			return try
		}
	}
}

// media are the forms of pictures that every reading system shows (EPUB 3.3).
var media = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".svg": "image/svg+xml", ".webp": "image/webp",
}

// picture takes a picture of public/ into the book and returns its file there,
// or "" when it cannot be had.
func (b *book) picture(p string) (string, error) {
	if file, known := b.pictures[p]; known {
		return file, nil
	}
	f, ok := b.src.Find(p)
	if !ok || media[strings.ToLower(path.Ext(p))] == "" {
		b.leftOut++
		return "", nil
	}
	file := b.name(p)
	b.pictures[p] = file
	svg := strings.ToLower(path.Ext(p)) == ".svg"
	if file == p && !svg {
		b.files = append(b.files, f) // read when the book is written
		return file, nil
	}
	bytes, err := b.src.Read(f)
	if svg {
		bytes = drawing(bytes)
	}
	b.made[file] = bytes
	return file, err
}

// pictureFiles returns the pictures' files in the book, sorted.
func (b *book) pictureFiles() (files []string) {
	for _, f := range b.pictures {
		files = append(files, f)
	}
	slices.Sort(files)
	return files
}
