package build

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/markdown"
	"backfile/build/shelf"
)

// elsewhere says that an address is not at one of the hosts that are wanted, or
// "".
func (im *importer) elsewhere(address string) string {
	if len(im.Hosts) == 0 {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return "is from no host, and --only-host asks for one"
	}
	host := strings.ToLower(u.Hostname())
	for _, h := range im.Hosts {
		if host == h || strings.HasSuffix(host, "."+h) {
			return ""
		}
	}
	return "is from " + host + ", which --only-host leaves out"
}

// fewWords is how many words a page of a crawl has at least that names neither
// its date nor its author.
const fewWords = 20

// unfit settles a capture that makes no article, or none that is wanted.
func (im *importer) unfit(w *work) bool {
	a, r := &w.article, &w.cleaned
	if r.Refused == "" && a.Title == "" {
		r.Refused = "has no title and no words to make one of"
	}
	if r.Refused != "" {
		status := Refused
		if r.Left || w.capture.Crawled {
			status = Skipped // a crawl holds much that is no story
		}
		w.end(status, nil, r.Refused)
		return true
	}
	if w.capture.Crawled && a.Date.IsZero() && len(a.Authors) == 0 && markdown.Words([]byte(a.Body)) < fewWords {
		w.end(Skipped, nil, "has too few words to be an article")
		return true
	}
	if why := im.elsewhere(a.Source.URL); why != "" {
		w.end(Skipped, nil, why)
		return true
	}
	if im.Since.IsZero() {
		return false
	}
	date := a.Date
	if date.IsZero() {
		date = im.Date
	}
	switch {
	case date.IsZero():
		w.end(Skipped, nil, "has no date, and --since asks for one")
	case date.Compare(im.Since) < 0:
		w.end(Skipped, nil, fmt.Sprintf("is of %s, before --since", date))
	default:
		return false
	}
	return true
}

// revisit settles a record of a crawl that says that a page was fetched again
// and had the same bytes.
func (im *importer) revisit(w *work) {
	var a article.Article
	a.Source.URL = w.capture.URL
	if b, _ := im.shelf.Find(shelf.Identity(&a)); b != nil {
		w.end(Unchanged, b, "")
		return
	}
	w.end(Skipped, nil, "says that the bytes are those of an earlier capture, of which there is no article: "+w.capture.URL)
}

// maxVersions is how many versions an article's file tells of.
const maxVersions = 200

// version records another text of a story in the article that was made of an
// earlier capture. One that somebody edited stays as it is: its seal is broken.
func (im *importer) version(w *work, b *shelf.Book) bool {
	captured, first := w.article.Source.Captured, im.fresh[b]
	if captured.IsZero() || w.capture.Kind != capture.HTML || b.Versions >= maxVersions {
		return false
	}
	if first == nil && b.From == "" {
		src, err := im.root.ReadFile(b.File)
		if err != nil || !article.Sealed(src) {
			return false
		}
	}
	v := article.Version{Captured: captured, SHA256: w.sum.String()}
	if first != nil {
		first.article.Versions = append(first.article.Versions, v)
	} else {
		im.later[b] = append(im.later[b], v)
	}
	im.shelf.AddVersion(b, w.sum)
	w.end(Version, b, fmt.Sprintf("another text of %s, captured %s; recorded there, and kept", b.File, captured))
	w.keep = im.kept(w)
	w.done = im.DryRun || w.keep == ""
	return true
}

// writeVersions writes anew the articles that are on the disk already and have
// other versions in this batch.
func (im *importer) writeVersions() error {
	books := make([]*shelf.Book, 0, len(im.later))
	for b := range im.later {
		books = append(books, b)
	}
	slices.SortFunc(books, func(a, b *shelf.Book) int { return strings.Compare(a.File, b.File) })
	for _, b := range books {
		src, err := im.root.ReadFile(b.File)
		if err != nil {
			return fmt.Errorf("reading %s: %w", b.File, err)
		}
		if !article.Sealed(src) {
			continue // somebody edited it at this moment; the captures are kept
		}
		a, _ := article.Parse(b.File, src)
		a.Versions = append(a.Versions, im.later[b]...)
		f, err := im.files.Put(b.File, fileOf(a))
		if err == nil {
			err = f.Replace()
		}
		if err != nil {
			return fmt.Errorf("writing %s: %w", b.File, err)
		}
	}
	return nil
}

// twins tells when the archive has the text of a new article under another
// address. It is brought in all the same: which of the two is to go, or both
// are to stay, is for a person to say.
func (im *importer) twins(w *work) {
	b, same := im.shelf.Alike(&w.article)
	if b == nil {
		return
	}
	w.item.Duplicate = b.File
	how := "nearly the same text as "
	if same {
		how = "the same text as "
	}
	note := how + b.File
	if b.From != "" {
		note += ", of " + b.From
	}
	w.item.Notes = append(slices.Clip(w.item.Notes), note)
}
