// Package elsewhere asks other sites whether addresses there still lead
// somewhere: many hosts at once, and each host one question at a time.
package elsewhere

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"backfile/build/internal/par"
)

// Options say how hosts are asked. The zero value is a good default.
type Options struct {
	Client *http.Client  // one that waits 20 s for an answer when nil
	Hosts  int           // asked at once; 16 when 0
	Pause  time.Duration // between two questions to one host

	Progress func(done, total int)
}

const (
	atOnce   = 16
	patience = 20 * time.Second
	maxBody  = 64 << 10 // read of an answer, so that the connection can be used again
)

// Ask returns what is wrong with those of the addresses that lead nowhere. A
// host that does not want to be asked by programs is not a fault.
func Ask(ctx context.Context, addresses []string, o Options) (map[string]string, error) {
	if o.Client == nil {
		o.Client = &http.Client{Timeout: patience}
	}
	if o.Hosts == 0 {
		o.Hosts = atOnce
	}
	var mu sync.Mutex
	wrong := map[string]string{}
	done := 0
	err := par.Each(ctx, o.Hosts, slices.Values(byHost(addresses)), func(list []string) error {
		for i, address := range list {
			if i > 0 {
				wait(ctx, o.Pause)
			}
			w := o.ask(ctx, address)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			mu.Lock()
			if w != "" {
				wrong[address] = w
			}
			if done++; o.Progress != nil {
				o.Progress(done, len(addresses))
			}
			mu.Unlock()
		}
		return nil
	})
	return wrong, err
}

// byHost sorts addresses by their hosts.
func byHost(addresses []string) [][]string {
	hosts := map[string][]string{}
	for _, a := range addresses {
		host := ""
		if u, err := url.Parse(a); err == nil {
			host = u.Host
		}
		hosts[host] = append(hosts[host], a)
	}
	var lists [][]string
	for _, list := range hosts {
		slices.Sort(list)
		lists = append(lists, list)
	}
	slices.SortFunc(lists, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return lists
}

func wait(ctx context.Context, d time.Duration) {
	if d > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}
}

// ask returns what is wrong with one address, or "".
func (o *Options) ask(ctx context.Context, address string) string {
	status, err := o.get(ctx, http.MethodHead, address)
	if err == nil && status >= 400 { // many hosts answer HEAD wrongly
		status, err = o.get(ctx, http.MethodGet, address)
	}
	switch {
	case err != nil:
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err
		}
		if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() {
			return "does not answer"
		}
		return "cannot be reached: " + err.Error()
	case status == http.StatusNotFound || status == http.StatusGone:
		return fmt.Sprintf("is no longer there (%d)", status)
	case status >= 500:
		return fmt.Sprintf("does not answer as it should (%d)", status)
	}
	return ""
}

func (o *Options) get(ctx context.Context, method, address string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (compatible; link check)")
	resp, err := o.Client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.CopyN(io.Discard, resp.Body, maxBody)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return resp.StatusCode, err
}
