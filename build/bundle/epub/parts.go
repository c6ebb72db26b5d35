package epub

import (
	"bytes"
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"backfile/build/article"
	"backfile/build/bundle"
	"backfile/build/internal/digest"
	"backfile/build/render"
)

//go:embed style.css
var style string

const container = `<?xml version="1.0" encoding="UTF-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles>
<rootfile full-path="package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
`

// A document is the head of one of the book's XHTML files.
type document struct {
	title, lang, dir, file string
	kind                   string // epub:type of the body, or ""
}

// head writes everything before the content of <body>.
func head(w *bytes.Buffer, d document) {
	w.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<!DOCTYPE html>\n" + `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"`)
	if d.lang != "" {
		fmt.Fprintf(w, ` lang="%s" xml:lang="%[1]s"`, escape(d.lang))
	}
	if d.dir == "rtl" {
		w.WriteString(` dir="rtl"`)
	}
	fmt.Fprintf(w, ">\n<head>\n<meta charset=\"utf-8\"/>\n<title>%s</title>\n<link rel=\"stylesheet\" type=\"text/css\" href=\"%s\"/>\n</head>\n<body", escape(notEmpty(d.title)), escape(render.Relative(d.file, "style.css")))
	if d.kind != "" {
		fmt.Fprintf(w, ` epub:type="%s"`, d.kind)
	}
	w.WriteString(">\n")
}

func notEmpty(s string) string {
	if strings.TrimSpace(s) == "" {
		return "…"
	}
	return s
}

// dir is the way the site's language is written.
func (b *book) dir() string {
	script, _ := language.Make(b.src.Site.Language).Script()
	if slices.Contains([]string{"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"}, script.String()) {
		return "rtl"
	}
	return "ltr"
}

// part names what the book has of the archive: "The flood, 2019–2021"; "" when
// that is all.
func (b *book) part() string {
	c := b.src.Choice
	names := slices.Clone(b.src.Topics)
	dates := bundle.Choice{Years: c.Years, Months: c.Months}.Name()
	if dates != "" {
		names = append(names, dates)
	}
	return strings.Join(names, ", ")
}

func (b *book) title() string {
	if part := b.part(); part != "" {
		return b.src.Site.Title + ": " + part
	}
	return b.src.Site.Title
}

// span is the days of the first and the last article that have one.
func (b *book) span() string {
	var first, last article.Date
	for _, c := range b.chapters {
		if c.Date.IsZero() {
			continue
		}
		if first.IsZero() {
			first = c.Date
		}
		last = c.Date
	}
	if first.IsZero() {
		return ""
	}
	from, to := day(first), day(last)
	if from == to {
		return from
	}
	return from + " – " + to
}

// day writes a date without the time.
func day(d article.Date) string {
	text, _, _ := strings.Cut(d.String(), "T")
	return text
}

// titlePage is the first page of the book. It has no words of its own, so that
// it is in the archive's language.
func (b *book) titlePage() []byte {
	var w bytes.Buffer
	s := b.src.Site
	head(&w, document{title: b.title(), lang: s.Language, dir: b.dir(), file: "title.xhtml", kind: "frontmatter"})
	w.WriteString("<section class=\"title\" epub:type=\"titlepage\">\n<h1>" + escape(s.Title) + "</h1>\n")
	for _, line := range []string{b.part(), b.span(), s.Description, s.Publisher, s.License} {
		if line != "" && line != s.Title {
			w.WriteString("<p>" + escape(line) + "</p>\n")
		}
	}
	if s.BaseURL != "" {
		w.WriteString(`<p><a href="` + escape(s.BaseURL) + `">` + escape(s.BaseURL) + "</a></p>\n")
	}
	w.WriteString("</section>\n</body>\n</html>\n")
	return w.Bytes()
}

// nav is the table of contents. Years and months divide it where there is more
// than one.
func (b *book) nav() []byte {
	var w bytes.Buffer
	s := b.src.Site
	head(&w, document{title: b.title(), lang: s.Language, dir: b.dir(), file: "nav.xhtml"})
	w.WriteString("<nav epub:type=\"toc\" id=\"toc\">\n<h1>" + escape(b.title()) + "</h1>\n")
	levels := []func(article.Date) string{
		func(d article.Date) string { return article.Date{Year: d.Year}.String() },
		func(d article.Date) string { return article.Date{Year: d.Year, Month: d.Month}.String() },
	}
	levels = slices.DeleteFunc(levels, func(of func(article.Date) string) bool {
		return !slices.ContainsFunc(b.chapters, func(c chapter) bool { return of(c.Date) != of(b.chapters[0].Date) })
	})
	if len(b.chapters) < 30 {
		levels = levels[:min(1, len(levels))] // months of two articles each help nobody
	}
	writeLevel(&w, b.chapters, levels)
	w.WriteString("</nav>\n<nav epub:type=\"landmarks\" hidden=\"hidden\">\n<ol>\n<li><a epub:type=\"toc\" href=\"#toc\">" + escape(b.title()) + "</a></li>\n")
	w.WriteString(`<li><a epub:type="bodymatter" href="` + escape(render.Relative("nav.xhtml", b.chapters[0].file)) + `">` + escape(notEmpty(b.chapters[0].Title)) + "</a></li>\n</ol>\n</nav>\n</body>\n</html>\n")
	return w.Bytes()
}

// writeLevel writes chapters as a list, divided by the first of levels.
func writeLevel(w *bytes.Buffer, chapters []chapter, levels []func(article.Date) string) {
	w.WriteString("<ol>\n")
	defer w.WriteString("</ol>\n")
	if len(levels) == 0 {
		for _, c := range chapters {
			fmt.Fprintf(w, "<li><a href=\"%s\"", escape(render.Relative("nav.xhtml", c.file)))
			if c.Lang != "" {
				fmt.Fprintf(w, ` lang="%s" xml:lang="%[1]s"`, escape(c.Lang))
			}
			fmt.Fprintf(w, ">%s</a></li>\n", escape(notEmpty(c.Title)))
		}
		return
	}
	for len(chapters) > 0 {
		name := levels[0](chapters[0].Date)
		n := slices.IndexFunc(chapters, func(c chapter) bool { return levels[0](c.Date) != name })
		if n < 0 {
			n = len(chapters)
		}
		fmt.Fprintf(w, "<li><span>%s</span>\n", escape(notEmpty(name)))
		writeLevel(w, chapters[:n], levels[1:])
		w.WriteString("</li>\n")
		chapters = chapters[n:]
	}
}

// languages are those of the book, the archive's first.
func (b *book) languages() []string {
	list := []string{b.src.Site.Language}
	var others []string
	for _, c := range b.chapters {
		if c.Lang != "" && c.Lang != list[0] {
			others = append(others, c.Lang)
		}
	}
	slices.Sort(others)
	return append(list, slices.Compact(others)...)
}

// identifier is the same for every edition of the book: that of one archive
// and one choice.
func (b *book) identifier() string {
	s := b.src.Site
	h := digest.New()
	h.String("epub")
	h.String(s.BaseURL)
	h.String(s.Title)
	h.String(b.src.Choice.Name())
	u := h.Sum()
	u[6] = u[6]&0x0f | 0x80 // a UUID of version 8, which RFC 9562 leaves to us
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// opf is the package document.
func (b *book) opf() []byte {
	var w bytes.Buffer
	s := b.src.Site
	fmt.Fprintf(&w, `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="%s">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">%s</dc:identifier>
<dc:title>%s</dc:title>
`, escape(s.Language), b.identifier(), escape(b.title()))
	element := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&w, "<dc:%s>%s</dc:%[1]s>\n", name, escape(value))
		}
	}
	for _, l := range b.languages() {
		element("language", l)
	}
	element("creator", s.Publisher)
	element("publisher", s.Publisher)
	element("description", s.Description)
	element("rights", s.License)
	element("source", s.BaseURL)
	for _, t := range b.src.Topics {
		element("subject", t)
	}
	element("date", b.src.Newest.Format("2006-01-02T15:04:05Z"))
	fmt.Fprintf(&w, "<meta property=\"dcterms:modified\">%s</meta>\n", b.src.Newest.Format("2006-01-02T15:04:05Z"))
	for _, m := range [][2]string{{"accessMode", "textual"}, {"accessModeSufficient", "textual"}, {"accessibilityFeature", "structuralNavigation"}, {"accessibilityFeature", "tableOfContents"}, {"accessibilityHazard", "unknown"}} {
		fmt.Fprintf(&w, "<meta property=\"schema:%s\">%s</meta>\n", m[0], m[1])
	}
	w.WriteString("</metadata>\n<manifest>\n<item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>\n" +
		"<item id=\"title\" href=\"title.xhtml\" media-type=\"application/xhtml+xml\"/>\n<item id=\"style\" href=\"style.css\" media-type=\"text/css\"/>\n")
	for i, c := range b.chapters {
		fmt.Fprintf(&w, "<item id=\"a%d\" href=\"%s\" media-type=\"application/xhtml+xml\"/>\n", i+1, escape(render.Relative("", c.file)))
	}
	for i, p := range b.pictureFiles() {
		fmt.Fprintf(&w, "<item id=\"p%d\" href=\"%s\" media-type=\"%s\"/>\n", i+1, escape(render.Relative("", p)), media[strings.ToLower(path.Ext(p))])
	}
	fmt.Fprintf(&w, "</manifest>\n<spine page-progression-direction=\"%s\">\n<itemref idref=\"title\"/>\n<itemref idref=\"nav\"/>\n", b.dir())
	for i := range b.chapters {
		fmt.Fprintf(&w, "<itemref idref=\"a%d\"/>\n", i+1)
	}
	w.WriteString("</spine>\n</package>\n")
	return w.Bytes()
}
