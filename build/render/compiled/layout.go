// Package compiled draws pages by layouts much faster than html/template, and
// to the same bytes.
//
// html/template looks up every field and method by its name, each time, on
// each page. Here that is done once. A layout goes through these steps:
//
//	parsed by html/template
//	   │  flatten     every {{template "x" .}} is replaced by what x holds
//	   │  Execute     html/template finds out how to escape each value
//	   ▼  compile     each node becomes a function
//	Layout
//
// The promise: what Draw writes is what html/template would have written, or
// else Draw returns false, and html/template is to draw the page. It does so
// whenever it meets something that it does not know for certain, errors
// included. New does so for a whole layout. So a layout may use all that
// html/template has; what is rarely used (break, maps, channels, index) is
// only slower.
package compiled

import (
	"bytes"
	"errors"
	"html/template"
	"io"
	"reflect"
	"sync"
)

// A Layout draws pages. It may be used by several goroutines at once.
type Layout struct {
	draw  step
	slots int // variables
	runs  sync.Pool
}

// ErrUnknown is returned by New for a layout that has something which this
// package does not know.
var ErrUnknown = errors.New("the layout is not one that can be compiled")

// New compiles the template called name of a set, which must not have been
// executed before. The set can be used as if nothing had happened.
func New(set *template.Template, name string) (*Layout, error) {
	set, err := set.Clone()
	if err != nil {
		return nil, err
	}
	tree, err := flatten(set, name)
	if err != nil {
		return nil, err
	}
	flat, err := template.New("flat").AddParseTree("flat", tree)
	if err != nil {
		return nil, err
	}
	// Executing a template is the only way to have it escaped. Without data
	// it soon ends with an error, which is of no interest unless it is one
	// of escaping.
	if err, ok := errors.AsType[*template.Error](flat.Execute(io.Discard, nil)); ok {
		return nil, err
	}
	c := &compiler{names: map[string]int{"$": 0}, slots: 1}
	draw, err := c.list(flat.Tree.Root)
	if err != nil {
		return nil, err
	}
	return &Layout{draw: draw, slots: c.slots}, nil
}

// A run is the drawing of one page.
type run struct {
	buf  *bytes.Buffer
	dot  reflect.Value
	vars []reflect.Value // the first is $
	args []reflect.Value // of calls under way
}

// giveUp is what a step panics with when html/template is to draw the page.
type giveUp struct{}

// Draw appends the page of data to buf. It returns false, and leaves buf as it
// was, when html/template is to draw it.
func (l *Layout) Draw(buf *bytes.Buffer, data any) (ok bool) {
	r, _ := l.runs.Get().(*run)
	if r == nil {
		r = &run{vars: make([]reflect.Value, l.slots)}
	}
	start := buf.Len()
	defer func() {
		// What a layout calls may panic too. html/template tells where.
		if recover() != nil {
			buf.Truncate(start)
			ok = false
		}
		clear(r.vars)
		clear(r.args[:cap(r.args)])
		r.buf, r.dot, r.args = nil, reflect.Value{}, r.args[:0]
		l.runs.Put(r)
	}()
	r.buf, r.dot = buf, reflect.ValueOf(data)
	r.vars[0] = r.dot
	l.draw(r)
	return true
}
