package source

import (
	"context"
	"io"
	"sync/atomic"
)

// A Meter counts what is asked of sources and what comes from them.
type Meter struct {
	Requests, Bytes atomic.Int64
}

// Of returns s with everything counted.
func (m *Meter) Of(s Source) Source { return &metered{s, m} }

type metered struct {
	Source
	meter *Meter
}

func (s *metered) Open(ctx context.Context, r Request) (*Reply, error) {
	s.meter.Requests.Add(1)
	reply, err := s.Source.Open(ctx, r)
	if err == nil && reply.Body != nil {
		reply.Body = &counted{reply.Body, s.meter}
	}
	return reply, err
}

type counted struct {
	io.ReadCloser
	meter *Meter
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.meter.Bytes.Add(int64(n))
	return n, err
}
