// Package mhtml reads a page that a browser saved with all its parts in one
// file, as a mail (RFC 2557).
//
//	From: <Saved by Blink>
//	Snapshot-Content-Location: https://dale.example/mill
//	Subject: The mill is kept
//	Date: Mon, 1 Jan 2024 12:00:00 -0000
//	Content-Type: multipart/related; boundary="--x"; type="text/html"
//
// Of the parts the page alone is taken: the first that is HTML.
package mhtml

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
)

// A Page is the page in such a file.
type Page struct {
	URL, Date, Charset string // "" when the file does not tell
	Body               []byte
	Cut                bool // the file ends before the page does
}

const maxDepth = 4 // parts inside of parts

// Read returns the page in a file.
func Read(src []byte) (Page, error) {
	src = bytes.TrimLeft(bytes.TrimPrefix(src, []byte("\uFEFF")), "\r\n ")
	if bytes.HasPrefix(src, []byte("From ")) { // of a mail box
		_, src, _ = bytes.Cut(src, []byte("\n"))
	}
	m, err := mail.ReadMessage(bufio.NewReader(bytes.NewReader(src)))
	if err != nil {
		return Page{}, errors.New("its headers cannot be read: " + strings.TrimPrefix(err.Error(), "mail: "))
	}
	h := textproto.MIMEHeader(m.Header)
	p, ok := part(h, m.Body, 0)
	if !ok {
		return Page{}, errors.New("holds no page")
	}
	p.URL = cmp.Or(h.Get("Snapshot-Content-Location"), p.URL, h.Get("Content-Location"))
	if strings.HasPrefix(p.URL, "cid:") || strings.HasPrefix(p.URL, "file:") {
		p.URL = ""
	}
	p.Date = h.Get("Date")
	return p, nil
}

// part finds the page in a part.
func part(h textproto.MIMEHeader, body io.Reader, depth int) (Page, bool) {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind, _, _ = strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
		kind = strings.TrimSpace(kind)
	}
	switch {
	case kind == "text/html" || kind == "application/xhtml+xml":
		out, err := io.ReadAll(decoded(h.Get("Content-Transfer-Encoding"), body))
		return Page{URL: h.Get("Content-Location"), Charset: strings.ToLower(params["charset"]), Body: out, Cut: err != nil}, len(out) > 0
	case strings.HasPrefix(kind, "multipart/") && depth < maxDepth && params["boundary"] != "":
		parts := multipart.NewReader(body, params["boundary"])
		for {
			next, err := parts.NextRawPart()
			if err != nil {
				return Page{}, false
			}
			if p, ok := part(next.Header, next, depth+1); ok {
				return p, true
			}
		}
	}
	return Page{}, false
}

// decoded undoes the coding of a part.
func decoded(coding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}
