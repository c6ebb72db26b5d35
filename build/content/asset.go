package content

import (
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // for their sizes
	_ "image/jpeg" // for their sizes
	_ "image/png"  // for their sizes
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"backfile/build/internal/diag"
)

// assetTypes are the kinds of files that may stand beside articles. Pages and
// scripts are not among them: content/ often comes from others, and a page of
// theirs would run under this site's name.
var assetTypes = map[string]bool{
	".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".webp": true, ".avif": true, ".svg": true,
	".mp3": true, ".m4a": true, ".ogg": true, ".oga": true, ".opus": true, ".flac": true, ".wav": true,
	".mp4": true, ".m4v": true, ".webm": true, ".ogv": true, ".mov": true, ".vtt": true, ".srt": true,
	".pdf": true, ".epub": true, ".csv": true, ".tsv": true, ".geojson": true, ".zip": true, ".gz": true,
}

// asset fills in the record of a file that is published as it is.
func (s *scanner) asset(r *Record) error {
	ext := strings.ToLower(path.Ext(r.Path))
	if !s.o.AssetsOnly && !assetTypes[ext] {
		s.leave(r, diag.LeftOut, "neither an article (.md) nor a picture, sound, film or document", "files of any kind can be published from static/")
		return nil
	}
	f, err := os.Open(s.file(r.Path))
	if err != nil {
		s.unreadable(r, err)
		return nil
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		s.unreadable(r, err)
		return nil
	}
	h.Sum(r.Digest[:0])
	r.Asset = &Asset{Path: r.Path, Digest: r.Digest, Size: n}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading %s: %w", r.Path, err)
	}
	switch ext {
	case ".png", ".jpg", ".jpeg", ".gif":
		if c, _, err := image.DecodeConfig(f); err == nil {
			r.Asset.Width, r.Asset.Height = c.Width, c.Height
		}
	case ".svg":
		s.drawing(r, f)
	}
	return nil
}

// drawing reads the size of an SVG, and refuses one of content/ that could run
// a program when it is opened by itself.
func (s *scanner) drawing(r *Record, f io.Reader) {
	w, h, active, err := readSVG(io.LimitReader(f, maxArticle))
	if !s.o.AssetsOnly && (active != "" || err != nil) {
		r.Asset = nil
		msg := "the drawing holds " + active
		if err != nil {
			msg = "is not an SVG drawing: " + err.Error()
		}
		s.leave(r, diag.LeftOut, msg, "save it as plain SVG, or as PNG")
		return
	}
	r.Asset.Width, r.Asset.Height = w, h
}

// readSVG returns the size of a drawing in pixels, when it gives one, and the
// first thing in it that can run a program or call elsewhere, or "".
func readSVG(r io.Reader) (width, height int, active string, err error) {
	dec := xml.NewDecoder(r)
	for first := true; ; {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return width, height, active, nil
		}
		if err != nil {
			return width, height, active, err
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if first {
			width, height = svgSize(el)
			first = false
		}
		if bad := activeSVG(el); bad != "" && active == "" {
			active = bad
		}
	}
}

// svgSize reads width and height, else the third and fourth number of viewBox
// (SVG 2, section 8.2).
func svgSize(el xml.StartElement) (w, h int) {
	var box string
	for _, a := range el.Attr {
		switch a.Name.Local {
		case "width":
			w, _ = strconv.Atoi(strings.TrimSuffix(a.Value, "px"))
		case "height":
			h, _ = strconv.Atoi(strings.TrimSuffix(a.Value, "px"))
		case "viewBox":
			box = a.Value
		}
	}
	if n := strings.FieldsFunc(box, func(c rune) bool { return c == ' ' || c == ',' }); (w == 0 || h == 0) && len(n) == 4 {
		fw, _ := strconv.ParseFloat(n[2], 64)
		fh, _ := strconv.ParseFloat(n[3], 64)
		w, h = int(fw), int(fh)
	}
	return w, h
}

// activeSVG names what is active in an element, or returns "".
func activeSVG(el xml.StartElement) string {
	switch strings.ToLower(el.Name.Local) {
	case "script", "foreignobject", "iframe", "embed", "object", "handler", "listener":
		return "a <" + el.Name.Local + ">"
	}
	for _, a := range el.Attr {
		name, value := strings.ToLower(a.Name.Local), strings.ToLower(strings.Join(strings.Fields(a.Value), ""))
		if strings.HasPrefix(name, "on") {
			return "the event attribute " + a.Name.Local
		}
		if (name == "href" || name == "src" || name == "attributename" || name == "to" || name == "values") && strings.Contains(value, "script:") {
			return "a script address"
		}
		if (name == "href" || name == "src") && strings.Contains(value, "//") && el.Name.Local != "a" {
			return "a reference to another site"
		}
	}
	return ""
}
