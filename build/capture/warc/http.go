package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"strconv"
	"strings"

	"backfile/build/capture/unpack"
)

// A Page is what a server answered.
type Page struct {
	Status  int
	Mime    string // in small letters, without parameters
	Charset string // that the server told, or ""
	Body    []byte // as a browser would have had it
	Notes   []string
}

// Page reads the answer in a record: of a response what the server sent, of
// a resource the bytes themselves. ok is false when the record is neither.
func (rec *Record) Page() (p Page, ok bool, err error) {
	mime := strings.ToLower(rec.Mime)
	switch {
	case rec.Type == "response" && (strings.HasPrefix(mime, "application/http") || bytes.HasPrefix(rec.Block, []byte("HTTP/"))):
		err = p.answer(rec.Block)
		return p, true, err
	case rec.Type == "resource" || rec.Type == "response":
		p.Status, p.Body = 200, rec.Block
		p.mime(rec.Mime)
		return p, true, nil
	}
	return p, false, nil
}

// answer reads an HTTP answer.
func (p *Page) answer(block []byte) error {
	head, body := cutHead(block)
	lines := strings.Split(head, "\n")
	f := strings.Fields(lines[0])
	if len(f) < 2 || !strings.HasPrefix(f[0], "HTTP/") {
		p.Status, p.Body = 200, block // of old crawls that kept no headers
		return nil
	}
	p.Status, _ = strconv.Atoi(f[1])
	var codings []string
	chunked := false
	for _, l := range lines[1:] {
		name, value, _ := strings.Cut(l, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "content-type":
			p.mime(value)
		case "content-encoding":
			codings = append(codings, value)
		case "transfer-encoding":
			chunked = chunked || strings.Contains(strings.ToLower(value), "chunked")
		}
	}
	p.Body = body
	if p.Status != 200 || !p.IsHTML() {
		return nil
	}
	if chunked {
		p.unchunk()
	}
	out, err := unpack.Body(strings.Join(codings, ","), p.Body, MaxBlock)
	switch {
	case errors.Is(err, unpack.ErrLong):
		return fmt.Errorf("its body unpacks to more than %d MB, and no article has that", MaxBlock>>20)
	case err != nil && len(out) > 0: // a page that was cut is better than none
		p.Notes = append(p.Notes, "the body breaks off: "+reason(err))
	case err != nil:
		return fmt.Errorf("its body cannot be unpacked: %s", reason(err))
	}
	p.Body = out
	return nil
}

func reason(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "the end is missing"
	}
	return err.Error()
}

// cutHead parts the headers from the body.
func cutHead(block []byte) (head string, body []byte) {
	at, skip := -1, 0
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(block, []byte(end)); i >= 0 && (at < 0 || i < at) {
			at, skip = i, len(end)
		}
	}
	if at < 0 {
		return string(block[:min(len(block), maxHeader)]), nil
	}
	return strings.ReplaceAll(string(block[:min(at, maxHeader)]), "\r", ""), block[at+skip:]
}

// unchunk joins the chunks of a body. One that is not chunked although its
// header says so is left: crawlers join chunks and keep the header.
func (p *Page) unchunk() {
	line, _, ok := bytes.Cut(p.Body[:min(len(p.Body), 64)], []byte("\n"))
	size, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
	if _, err := strconv.ParseUint(strings.TrimSpace(size), 16, 63); err != nil || !ok {
		return
	}
	out, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(p.Body)))
	if err != nil {
		if len(out) == 0 {
			return
		}
		p.Notes = append(p.Notes, "its chunks break off")
	}
	p.Body = out
}

// mime takes a content type apart.
func (p *Page) mime(value string) {
	kind, params, _ := strings.Cut(value, ";")
	p.Mime = strings.ToLower(strings.TrimSpace(kind))
	for part := range strings.SplitSeq(params, ";") {
		name, set, _ := strings.Cut(part, "=")
		if strings.EqualFold(strings.TrimSpace(name), "charset") {
			p.Charset = strings.ToLower(strings.Trim(strings.TrimSpace(set), `"'`))
		}
	}
}

// IsHTML reports whether the answer is a page, by its type, or by its bytes
// when the server told none.
func (p *Page) IsHTML() bool {
	switch p.Mime {
	case "text/html", "application/xhtml+xml":
		return true
	case "", "application/octet-stream", "text/plain", "unknown", "no-type":
		start := bytes.ToLower(bytes.TrimSpace(p.Body[:min(len(p.Body), 512)]))
		return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
	}
	return false
}
