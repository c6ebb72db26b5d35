// Package dateparser stands in for the module of the same path, of which
// go-htmldate uses four names to guess dates in free text.
//
// The real one fills tables of 200 languages before main begins: 0.2 s and
// 78 MB at every start of the program, and its guesses depend on the clock.
// The cleaner reads dates itself and asks go-htmldate only for what needs no
// guessing, so nothing of it is missed.
package dateparser

import (
	"errors"
	"time"
)

// A ParserType is one of the real module's ways to read a date.
type ParserType uint8

const (
	CustomFormat ParserType = iota
	AbsoluteTime
)

// Past prefers dates gone by.
const Past PreferredDateSource = 0

// A PreferredDateSource says which of several dates is meant.
type PreferredDateSource uint8

// A Parser reads dates in the real module.
type Parser struct {
	ParserTypes []ParserType
}

// A Configuration directs the real module.
type Configuration struct {
	PreferredDateSource PreferredDateSource
	StrictParsing       bool
}

// A Date is what Parse finds.
type Date struct {
	Time time.Time
}

// Parse finds no date.
func (*Parser) Parse(*Configuration, string, ...string) (Date, error) {
	return Date{}, errors.New("dates in free text are not guessed")
}
