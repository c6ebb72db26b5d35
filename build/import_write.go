package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/internal/digest"
	"backfile/build/internal/newfile"
	"backfile/build/internal/par"
)

// write puts the captures and articles of a batch on the disk. They get their
// names when the disk has them all, and captures first, so that no article
// names an original that is not there.
func (im *importer) write(ctx context.Context, batch []*work) error {
	err := par.Each(ctx, im.Workers, slices.Values(batch), func(w *work) error {
		if w.done {
			return nil
		}
		return im.put(w)
	})
	if err == nil {
		var all []*newfile.File
		for _, w := range batch {
			all = append(all, w.put...)
		}
		err = im.files.Sync(all)
	}
	for _, w := range batch {
		if err != nil {
			for _, f := range w.put {
				err = errors.Join(err, f.Drop())
			}
			continue
		}
		err = w.settle()
		w.done = w.done || err == nil
	}
	return err
}

// put writes what is new of a capture.
func (im *importer) put(w *work) error {
	if err := im.putCapture(w); err != nil || w.item.Status != Imported {
		return err
	}
	if err := im.putAssets(w); err != nil {
		return err
	}
	f, err := im.files.Put(w.item.File, fileOf(w.article))
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.item.File, err)
	}
	w.put = append(w.put, f)
	return nil
}

// fileOf is the file of an article. What a cleaner made is sealed, so that it
// can be told later whether somebody edited it.
func fileOf(a article.Article) []byte {
	if a.Source.Cleaner > 0 {
		return article.Seal(a)
	}
	return article.Format(a)
}

// putAssets writes the files that an article shows beside it, and has its text
// lead to them.
func (im *importer) putAssets(w *work) error {
	list := w.capture.Folder.Assets
	for i, a := range list {
		w.article.Body = led(w.article.Body, a.Ref, a.To)
		name := path.Join(path.Dir(w.item.File), a.To)
		if slices.ContainsFunc(list[:i], func(b capture.Asset) bool { return b.To == a.To }) {
			continue
		}
		data, err := bytesOf(a)
		if err != nil {
			w.item.Notes = append(slices.Clip(w.item.Notes), fmt.Sprintf("%s cannot be read: %s", a.Ref, err))
			continue
		}
		switch had, err := im.root.ReadFile(name); {
		case err == nil && !bytes.Equal(had, data):
			w.item.Notes = append(slices.Clip(w.item.Notes), name+" is there with other bytes, and stays")
			continue
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("reading %s: %w", name, err)
		}
		f, err := im.files.Put(name, data)
		if err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		w.put = append(w.put, f)
	}
	return nil
}

const maxAsset = 64 << 20 // as package capture looks for them

func bytesOf(a capture.Asset) ([]byte, error) {
	f, err := a.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxAsset+1))
	if err == nil && len(data) > maxAsset {
		err = fmt.Errorf("has more than %d MB", maxAsset>>20)
	}
	return data, err
}

// baseURL is how Jekyll and Eleventy write the root of their site.
var baseURL = regexp.MustCompile(`(?:\{\{-?\s*(?:site|page)\.(?:base)?url\s*-?\}\})+$`)

// led returns a text in which one address is another one, where it stands as
// addresses do: in brackets, in quotes, behind a colon.
func led(body, from, to string) string {
	if from == to {
		return body
	}
	if strings.ContainsAny(to, " ()") {
		to = (&url.URL{Path: to}).EscapedPath()
	}
	var b strings.Builder
	for {
		i := strings.Index(body, from)
		if i < 0 {
			return b.String() + body
		}
		end := i + len(from)
		before, after := byte(' '), byte(' ')
		if i > 0 {
			before = body[i-1]
		}
		if end < len(body) {
			after = body[end]
		}
		head := body[:i]
		if m := baseURL.FindString(head[max(0, i-100):]); m != "" && from[0] == '/' { // {{ site.baseurl }}/img/a.jpg
			head = head[:i-len(m)]
			before = ' '
			if head != "" {
				before = head[len(head)-1]
			}
		}
		b.WriteString(head)
		if strings.IndexByte("(\"'<= ", before) >= 0 && strings.IndexByte(")\"'> \n\t#?", after) >= 0 {
			b.WriteString(to)
		} else {
			b.WriteString(from)
		}
		body = body[end:]
	}
}

// putCapture writes the bytes of a capture under their digest, unless they are
// there. Other bytes in that place are not written over.
func (im *importer) putCapture(w *work) error {
	if w.keep == "" {
		return nil
	}
	had, err := im.root.ReadFile(w.keep)
	switch {
	case err == nil && digest.Plain(had) != w.sum:
		w.item.File, w.item.ID = "", ""
		w.item.Status, w.item.Reason = Refused, w.keep+" holds other bytes than its name says (move it away)"
		return nil
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("reading %s: %w", w.keep, err)
	}
	f, err := im.files.Put(w.keep, w.capture.Raw)
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.keep, err)
	}
	w.put = append(w.put, f)
	return nil
}

// settle gives the files of a capture their names.
func (w *work) settle() error {
	for i, f := range w.put {
		err := f.Settle()
		if errors.Is(err, fs.ErrExist) && f.Name() == w.keep {
			continue // the same bytes came twice in this batch
		}
		if err != nil {
			for _, rest := range w.put[i+1:] {
				err = errors.Join(err, rest.Drop())
			}
			return fmt.Errorf("writing %s: %w", f.Name(), err)
		}
	}
	return nil
}
