package unpack

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
)

// ErrLong is what Body returns when the bytes unpack to more than its limit.
var ErrLong = errors.New("unpacks to more than an article has")

// Body undoes the codings of an HTTP body, which its Content-Encoding names in
// the order they were applied. Bytes that are not in a coding although the
// header says so are taken as they are when they cannot be in it: many tools
// that keep pages unpack them and leave the header.
func Body(codings string, body []byte, limit int64) ([]byte, error) {
	list := strings.Split(codings, ",")
	for i := len(list) - 1; i >= 0; i-- {
		coding := strings.ToLower(strings.TrimSpace(list[i]))
		if coding == "" || coding == "identity" || coding == "none" || coding == "utf-8" {
			continue
		}
		out, err := decode(coding, body, limit)
		if err != nil {
			if !errors.Is(err, ErrLong) && plain(body) {
				continue
			}
			return out, err
		}
		body = out
	}
	return body, nil
}

func decode(coding string, body []byte, limit int64) ([]byte, error) {
	var r io.Reader
	src := bytes.NewReader(body)
	switch coding {
	case "gzip", "x-gzip":
		z, err := Open(src, Gzip)
		if err != nil {
			return nil, err
		}
		r = z
	case "zstd":
		z, err := Open(src, Zstd)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	case "br":
		r = brotli.NewReader(src)
	case "deflate": // of zlib by the standard, bare by the habit of some servers
		if z, err := zlib.NewReader(src); err == nil {
			r = z
		} else {
			r = flate.NewReader(bytes.NewReader(body))
		}
	default:
		return nil, fmt.Errorf("its coding %q is not known", coding)
	}
	out, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(out)) > limit || errors.Is(err, ErrBomb) {
		return nil, ErrLong
	}
	return out, err
}

// plain reports whether bytes begin as a page does that nothing was done to.
func plain(body []byte) bool {
	start := bytes.TrimSpace(bytes.TrimPrefix(body[:min(len(body), 512)], []byte("\uFEFF")))
	return bytes.HasPrefix(start, []byte("<"))
}
