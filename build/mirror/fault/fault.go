// Package fault says what kind of trouble a copy of the archive is in, as the
// exit status of "backfile mirror" tells it.
package fault

import (
	"errors"
	"fmt"
)

// A Kind is an exit status.
type Kind int

// The kinds of trouble.
const (
	Rollback    Kind = 10 // an older version than one seen before
	Fork        Kind = 11 // two versions of which neither follows from the other
	Signature   Kind = 12 // not signed by whom it should be
	Incomplete  Kind = 13 // something is missing or altered
	Disk        Kind = 14 // no room, or the disk fails
	Unreachable Kind = 15 // no source answers
)

// A Fault is an error of a kind.
type Fault struct {
	Kind Kind
	Err  error
}

// Error returns the text of the cause.
func (f *Fault) Error() string { return f.Err.Error() }

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// New makes a Fault; format and args are those of fmt.Errorf.
func New(kind Kind, format string, args ...any) *Fault {
	return &Fault{kind, fmt.Errorf(format, args...)}
}

// Of returns the kind of an error, 0 when it is none of these.
func Of(err error) Kind {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Kind
	}
	return 0
}
