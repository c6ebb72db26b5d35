package source

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	defaultIdle    = 30 * time.Second
	defaultSlowest = 2_000 // bytes a second, which a bad line over Tor reaches
	grace          = 60 * time.Second
	maxRedirects   = 3
	maxHeader      = 64 << 10
)

// web is a copy on a web server.
type web struct {
	base   *url.URL
	o      Options
	client *http.Client
	bucket *bucket
}

// newWeb returns the source of a web address: the folder of the archive, or a
// page in it.
func newWeb(u *url.URL, o Options) (*web, error) {
	base := *u
	base.RawQuery, base.Fragment = "", ""
	if i := strings.LastIndexByte(base.Path, '/'); strings.HasSuffix(base.Path, ".html") && i >= 0 {
		base.Path = base.Path[:i]
	}
	if !strings.HasSuffix(base.Path, "/") {
		base.Path += "/"
	}
	base.RawPath = ""
	if o.Idle == 0 {
		o.Idle = defaultIdle
	}
	if o.Slowest == 0 {
		o.Slowest = defaultSlowest
	}
	if o.Jobs == 0 {
		o.Jobs = 8
	}
	proxy := http.ProxyFromEnvironment
	if o.Proxy != "" {
		p, err := url.Parse(o.Proxy)
		if err != nil || p.Host == "" || p.Scheme != "socks5" && p.Scheme != "socks5h" && p.Scheme != "http" && p.Scheme != "https" {
			return nil, fmt.Errorf("%q is not a proxy (write it as socks5://127.0.0.1:9050)", o.Proxy)
		}
		proxy = http.ProxyURL(p)
	} else if strings.HasSuffix(u.Hostname(), ".onion") {
		return nil, fmt.Errorf("%s is reached through Tor only: --proxy socks5://127.0.0.1:9050", u.Redacted())
	}
	t := &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{Timeout: max(o.Idle, time.Second), KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    o.Idle,
		ResponseHeaderTimeout:  o.Idle,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    o.Jobs,
		MaxConnsPerHost:        o.Jobs,
		IdleConnTimeout:        time.Minute,
		DisableCompression:     true, // what is hashed is what was asked for
		ForceAttemptHTTP2:      true,
	}
	w := &web{base: &base, o: o, bucket: newBucket(o.Rate)}
	w.client = &http.Client{Transport: t, CheckRedirect: w.redirect}
	return w, nil
}

func (w *web) Name() string { return w.base.Redacted() }

// Close lets go of idle connections.
func (w *web) Close() error { w.client.CloseIdleConnections(); return nil }

// errRedirect says that a source sent us somewhere else.
var errRedirect = errors.New("it leads to another host, which is not followed")

// redirect follows redirects on the same host, and those from http to https.
// Elsewhere a request would tell a stranger who copies what.
func (w *web) redirect(r *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	same := r.URL.Host == from.Host && r.URL.Scheme == from.Scheme
	safer := r.URL.Hostname() == from.Hostname() && from.Scheme == "http" && r.URL.Scheme == "https"
	if !same && !safer {
		return errRedirect
	}
	if len(via) > maxRedirects {
		return errors.New("it leads in circles")
	}
	return nil
}

// A StatusError is an answer that is not the file.
type StatusError struct {
	Code  int
	After time.Duration // when to ask again, if the source said so
}

func (e *StatusError) Error() string { return fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code)) }

// Unwrap makes what is gone and what never was the same.
func (e *StatusError) Unwrap() error {
	if e.Code == http.StatusNotFound || e.Code == http.StatusGone {
		return ErrNotFound
	}
	return nil
}

// Open asks for a file.
func (w *web) Open(ctx context.Context, r Request) (*Reply, error) {
	slowest := w.o.Slowest
	if w.o.Rate > 0 {
		slowest = min(slowest, max(1, w.o.Rate/int64(4*w.o.Jobs)))
	}
	patience := grace
	if w.o.Idle < defaultIdle {
		patience = 2 * w.o.Idle
	}
	dog := newWatchdog(ctx, w.o.Idle, patience+time.Duration(r.Limit/slowest)*time.Second)
	resp, err := w.ask(dog.ctx, r)
	if err != nil {
		cause := context.Cause(dog.ctx)
		dog.stop()
		if cause != nil {
			err = cause
		}
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // its text repeats the address
		}
		return nil, fmt.Errorf("%s from %s: %w", r.Path, w.Name(), err)
	}
	reply := &Reply{ETag: resp.Header.Get("ETag"), Type: resp.Header.Get("Content-Type")}
	fail := func(err error) (*Reply, error) {
		dog.stop()
		resp.Body.Close()
		return nil, fmt.Errorf("%s from %s: %w", r.Path, w.Name(), err)
	}
	switch {
	case resp.StatusCode == http.StatusNotModified && r.ETag != "":
		dog.stop()
		reply.Unchanged = true
		return reply, resp.Body.Close()
	case resp.StatusCode == http.StatusPartialContent && r.Offset > 0 && strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", r.Offset)):
		reply.Offset = r.Offset
	case resp.StatusCode != http.StatusOK:
		return fail(&StatusError{resp.StatusCode, retryAfter(resp.Header.Get("Retry-After"))})
	}
	var from io.Reader = &watched{resp.Body, dog, w.bucket}
	// A server may compress although it was not asked to. Files that are
	// gzip themselves come as they are.
	if resp.Header.Get("Content-Encoding") == "gzip" && !strings.HasSuffix(r.Path, ".gz") && reply.Offset == 0 {
		zip, err := gzip.NewReader(io.LimitReader(from, r.Limit+r.Limit/1000+4096))
		if err != nil {
			return fail(err)
		}
		from = zip
	}
	reply.Body = body{io.LimitReader(from, r.Limit-reply.Offset+1), closer{resp.Body, dog}}
	return reply, nil
}

func (w *web) ask(ctx context.Context, r Request) (*http.Response, error) {
	u := *w.base
	u.Path += r.Path
	if r.Fresh {
		u.RawQuery = "fresh=" + strconv.FormatUint(rand.Uint64(), 36)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "backfile") // the same for everybody
	req.Header.Set("Accept-Encoding", "identity")
	if w.o.Browser {
		req.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")
		req.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
		req.Header.Set("Accept-Language", "en-US,en;q=0.5")
		req.Header.Set("Accept-Encoding", "gzip")
	}
	if r.Fresh {
		req.Header.Set("Cache-Control", "no-cache")
	}
	if r.ETag != "" {
		req.Header.Set("If-None-Match", r.ETag)
	}
	if r.Offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", r.Offset))
	}
	return w.client.Do(req)
}

// retryAfter reads the header of that name, in seconds; a date is not worth
// the trouble.
func retryAfter(text string) time.Duration {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 3600 {
		return 0
	}
	return time.Duration(n) * time.Second
}

type closer struct {
	io.Closer
	dog *watchdog
}

func (c closer) Close() error {
	c.dog.stop()
	return c.Closer.Close()
}
