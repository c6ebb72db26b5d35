// Package wxr reads exports of WordPress (WXR 1.0 to 1.2): an RSS feed that
// holds everything of a site.
//
//	<item>
//	  <title>The mill is kept</title>
//	  <link>https://dale.example/2023/12/mill/</link>
//	  <wp:post_date>2023-12-31 18:04:00</wp:post_date>
//	  <wp:status>publish</wp:status>
//	  <wp:post_type>post</wp:post_type>
//	  <content:encoded><![CDATA[<!-- wp:paragraph --><p>The council …]]></content:encoded>
//	</item>
//
// Exports are made on servers that break: warnings of PHP stand before and
// inside of them, letters are no UTF-8, sections are not closed. What is behind
// a broken place is found again at the next item. One post is held at a time.
package wxr

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// A Post is an item of an export that a reader of the site saw.
type Post struct {
	Line                                   int // of the file, at which the item begins
	Title, Link, Slug, HTML, Excerpt, Type string
	Date, Updated                          string // RFC 3339, without a zone when that is not told, or ""
	Topics, Authors                        []string
	OldSlugs                               []string
	Site                                   Site
}

// A Site is what an export says of the whole.
type Site struct {
	Title, Lang string
	Exported    string // when the export was made: 2024-06-10 12:29, or ""
}

// A Fault is an item that is left out (Left), or cannot be read.
type Fault struct {
	Line int
	Msg  string
	Left bool
}

// Error returns what is wrong, without the place.
func (f *Fault) Error() string { return f.Msg }

// Read yields the posts of an export. It reads src twice: pictures are shown
// by posts that may stand before them. An error is a *Fault.
func Read(src io.ReadSeeker) iter.Seq2[Post, error] {
	return func(yield func(Post, error) bool) {
		files := map[string]attachment{}
		first := &reader{files: files, looking: true}
		first.run(newText(src), func(Post, error) bool { return true })
		if _, err := src.Seek(0, io.SeekStart); err != nil {
			yield(Post{}, &Fault{Msg: err.Error()})
			return
		}
		second := &reader{files: files, authors: map[string]string{}}
		second.run(newText(src), yield)
	}
}

type attachment struct{ url, title, caption, alt string }

// reader goes over an export once.
type reader struct {
	files   map[string]attachment
	authors map[string]string // by login
	site    Site
	looking bool // for files alone
	d       *xml.Decoder
	text    *text
}

const (
	maxPost  = 32 << 20 // bytes of an item
	maxFiles = 1 << 20  // attachments that are remembered
)

// run reads all items.
func (r *reader) run(t *text, yield func(Post, error) bool) {
	r.text = t
	r.decode("")
	for {
		err := r.channel(yield)
		switch {
		case err == nil || errors.Is(err, errEnough):
			return
		case errors.Is(err, errBomb):
			yield(Post{}, &Fault{Line: t.line, Msg: err.Error()})
			return
		}
		at := t.line
		if errors.Is(err, io.EOF) || t.ended {
			if !r.looking && !errors.Is(err, io.EOF) {
				yield(Post{}, &Fault{Line: at, Msg: "breaks off here: " + words(err)})
			}
			return
		}
		if !r.looking && !yield(Post{}, &Fault{Line: at, Msg: "an item cannot be read: " + words(err)}) {
			return
		}
		if !errors.Is(err, errNested) && !t.seek("<item>") {
			return
		}
		r.decode(`<rss xmlns:wp="wp" xmlns:content="content" xmlns:excerpt="excerpt" xmlns:dc="dc"><channel><item>`)
	}
}

var (
	errEnough = errors.New("no more is wanted")
	errNested = errors.New("it is not closed before the next one")
	errBomb   = errors.New("declares entities of its own, which no export does")
)

// words puts the decoder's words in ours.
func words(err error) string {
	if e, ok := errors.AsType[*xml.SyntaxError](err); ok {
		if strings.Contains(e.Msg, "EOF") {
			return "the end is missing"
		}
		return e.Msg
	}
	return err.Error()
}

// decode begins to decode behind what head says.
func (r *reader) decode(head string) {
	r.text.back = append(r.text.back, head...)
	r.text.budget = maxPost
	r.d = xml.NewDecoder(r.text)
	r.d.Strict = false
	r.d.Entity = xml.HTMLEntity
	r.d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // the text is UTF-8 already
}

// channel reads what stands around the items, and the items.
func (r *reader) channel(yield func(Post, error) bool) error {
	for {
		r.text.budget = maxPost
		tok, err := r.d.Token()
		if err != nil {
			if errors.Is(err, io.EOF) || r.text.ended && r.text.calm() {
				return nil
			}
			return err
		}
		switch t := tok.(type) {
		case xml.Directive:
			if strings.Contains(string(t), "<!ENTITY") {
				return errBomb
			}
		case xml.Comment:
			if _, made, ok := strings.Cut(string(t), `created="`); ok && r.site.Exported == "" {
				r.site.Exported, _, _ = strings.Cut(made, `"`)
			}
		case xml.StartElement:
			if err := r.element(t, yield); err != nil {
				return err
			}
		}
	}
}

func (r *reader) element(t xml.StartElement, yield func(Post, error) bool) error {
	switch name := nameOf(t.Name); name {
	case "item":
		return r.item(yield)
	case "title", "language":
		s, err := r.content()
		switch {
		case name == "title" && r.site.Title == "":
			r.site.Title = s
		case name == "language" && r.site.Lang == "":
			r.site.Lang = s
		}
		return err
	case "wp:author":
		f, _, err := r.fields()
		if err == nil && r.authors != nil {
			r.authors[f["wp:author_login"]] = f["wp:author_display_name"]
		}
		return err
	case "image", "wp:category", "wp:tag", "wp:term":
		return r.d.Skip()
	}
	return nil
}

// nameOf returns a name with the prefix that exports give it, however the file
// at hand declares its prefixes.
func nameOf(n xml.Name) string {
	space := n.Space
	switch {
	case strings.Contains(space, "wordpress.org/export") && strings.Contains(space, "excerpt"), space == "excerpt":
		return "excerpt:" + n.Local
	case strings.Contains(space, "wordpress.org/export"), space == "wp":
		return "wp:" + n.Local
	case strings.Contains(space, "rss/1.0/modules/content"), space == "content":
		return "content:" + n.Local
	case strings.Contains(space, "purl.org/dc/"), space == "dc":
		return "dc:" + n.Local
	case space != "" && !strings.Contains(space, "backend.userland.com"):
		return space + ":" + n.Local
	}
	return n.Local
}

// content returns the text of the element that was entered.
func (r *reader) content() (string, error) {
	var b strings.Builder
	for {
		tok, err := r.d.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			if nameOf(t.Name) == "item" {
				return "", errNested
			}
			s, err := r.content()
			if err != nil {
				return "", err
			}
			b.WriteString(s)
		case xml.EndElement:
			return strings.TrimSpace(b.String()), nil
		}
	}
}

// A term is a category or tag of an item; a meta is one of its settings.
type parts struct {
	terms []term
	metas map[string]string
	old   []string
}

type term struct{ domain, name, nice string }

// fields returns the texts of the elements inside of the one entered.
func (r *reader) fields() (map[string]string, *parts, error) {
	f, p := map[string]string{}, &parts{metas: map[string]string{}}
	for {
		tok, err := r.d.Token()
		if err != nil {
			return nil, nil, err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return f, p, nil
		case xml.StartElement:
			if err := r.field(t, f, p); err != nil {
				return nil, nil, err
			}
		}
	}
}

// field reads one element of an item.
func (r *reader) field(t xml.StartElement, f map[string]string, p *parts) error {
	name := nameOf(t.Name)
	switch name {
	case "item":
		return errNested
	case "wp:comment":
		return r.d.Skip()
	case "wp:postmeta":
		m, _, err := r.fields()
		if err != nil {
			return err
		}
		switch key := m["wp:meta_key"]; key {
		case "_wp_old_slug":
			p.old = append(p.old, m["wp:meta_value"])
		case "_thumbnail_id", "_wp_attachment_image_alt":
			p.metas[key] = m["wp:meta_value"]
		}
		return nil
	}
	s, err := r.content()
	if err != nil {
		return err
	}
	if name == "category" {
		c := term{name: s}
		for _, a := range t.Attr {
			switch a.Name.Local {
			case "domain":
				c.domain = a.Value
			case "nicename":
				c.nice = a.Value
			}
		}
		p.terms = append(p.terms, c)
		return nil
	}
	if f[name] == "" {
		f[name] = s
	}
	return nil
}

// item reads an item.
func (r *reader) item(yield func(Post, error) bool) error {
	line := r.text.line
	f, p, err := r.fields()
	if err != nil {
		return err
	}
	kind := f["wp:post_type"]
	if r.looking {
		if kind == "attachment" && len(r.files) < maxFiles {
			r.files[f["wp:post_id"]] = attachment{f["wp:attachment_url"], f["title"], f["excerpt:encoded"], p.metas["_wp_attachment_image_alt"]}
		}
		return nil
	}
	post := r.post(f, p)
	post.Line = line
	if why := leftOut(kind, f); why != "" {
		if !yield(post, &Fault{line, fmt.Sprintf("%q %s", shorten(post.Title), why), true}) {
			return errEnough
		}
		return nil
	}
	if !yield(post, nil) {
		return errEnough
	}
	return nil
}

// leftOut says why an item is no article that readers saw, or "".
func leftOut(kind string, f map[string]string) string {
	switch kind {
	case "attachment":
		return "is a file, which is not in the export"
	case "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache", "user_request", "acf-field", "acf-field-group", "wpcf7_contact_form", "shop_order", "feedback":
		return "is a " + kind + ", no post"
	}
	if strings.HasPrefix(kind, "wp_") || strings.HasPrefix(kind, "elementor_") {
		return "is a " + kind + ", no post"
	}
	switch s := f["wp:status"]; s {
	case "", "publish", "inherit", "archive":
	case "future":
		return "was to be published later"
	default:
		return "is " + map[string]string{"draft": "a draft", "auto-draft": "a draft", "private": "private", "pending": "waiting for review", "trash": "in the trash"}[s] + strange(s)
	}
	if f["wp:post_password"] != "" {
		return "is protected by a password"
	}
	return ""
}

func strange(status string) string {
	switch status {
	case "draft", "auto-draft", "private", "pending", "trash":
		return ""
	}
	return fmt.Sprintf("not published: its status is %q", shorten(status))
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
