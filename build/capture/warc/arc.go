package warc

import (
	"errors"
	"strconv"
	"strings"
)

// arcLine reads the line that is all there is before a record of an ARC file:
//
//	http://dale.example/mill 192.0.2.1 20080430204825 text/html 4711
//
// Addresses may have spaces in them, so it is read from its end.
func (r *reader) arcLine(rec *Record, line string) (int64, error) {
	f := strings.Fields(line)
	if !arcHeader(line) {
		return 0, errors.New("does not begin as a record does")
	}
	n := len(f)
	length, _ := strconv.ParseInt(f[n-1], 10, 64)
	rec.Type, rec.Mime = "response", "application/http"
	at := n - 3 // the date: in version 1 before type and length
	if r.arc == 2 && n >= 10 {
		at = n - 8
	}
	if rec.Date = date(f[at]); rec.Date.IsZero() {
		for i := n - 2; i > 0; i-- {
			if rec.Date = date(f[i]); !rec.Date.IsZero() {
				at = i
				break
			}
		}
	}
	rec.URL = strings.Join(f[:max(1, at-1)], "%20")
	if strings.HasPrefix(rec.URL, "filedesc:") {
		rec.Type, rec.Mime = "warcinfo", "text/plain"
		r.arc = 1
	}
	return length, nil
}

// arcHeader reports whether a line can be one before a record.
func arcHeader(line string) bool {
	f := strings.Fields(line)
	if len(f) < 5 || !strings.Contains(f[0], ":") {
		return false
	}
	n, err := strconv.ParseInt(f[len(f)-1], 10, 64)
	return err == nil && n >= 0
}
