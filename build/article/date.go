package article

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// A Date is a date as its source printed it: a year, a month, a day or an
// instant, with the precision kept. The zero Date is no date.
//
// A Date without a time is a day of the calendar and never moves with time
// zones. One with a time keeps the offset it was written with, and stands on
// the day that its source printed.
type Date struct {
	Year, Month, Day  int16 // Month and Day are 0 when unknown
	Hour, Minute, Sec int8
	Offset            int16 // minutes east of UTC
	HasTime           bool
	HasOffset         bool // false when the source gave a time without a zone
	Approx            bool // taken from the capture, not from the article
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d.Year == 0 }

// String returns d as it is written in front matter: 2023, 2023-12,
// 2023-12-31, 2023-12-31T18:04:00, with Z or +03:00 when the zone is known,
// and "" for no date. ParseDate reads it back to the same Date, but for Approx.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return string(d.AppendText(make([]byte, 0, len("2023-12-31T18:04:00+03:00"))))
}

// AppendText appends String to b.
func (d Date) AppendText(b []byte) []byte {
	if d.IsZero() {
		return b
	}
	b = appendDigits(b, int(d.Year), 4)
	if d.Month != 0 {
		b = appendDigits(append(b, '-'), int(d.Month), 2)
	}
	if d.Day != 0 {
		b = appendDigits(append(b, '-'), int(d.Day), 2)
	}
	if d.HasTime {
		b = appendDigits(append(b, 'T'), int(d.Hour), 2)
		b = appendDigits(append(b, ':'), int(d.Minute), 2)
		b = appendDigits(append(b, ':'), int(d.Sec), 2)
	}
	if d.HasOffset {
		b = appendOffset(b, int(d.Offset))
	}
	return b
}

func appendOffset(b []byte, minutes int) []byte {
	if minutes == 0 {
		return append(b, 'Z')
	}
	sign := byte('+')
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	b = appendDigits(append(b, sign), minutes/60, 2)
	return appendDigits(append(b, ':'), minutes%60, 2)
}

// appendDigits appends the last width digits of n. It is fmt's %04d without
// its cost: a build makes every address with it.
func appendDigits(b []byte, n, width int) []byte {
	from := len(b)
	for range width {
		b = append(b, '0')
	}
	for i := len(b) - 1; i >= from; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// RFC3339 returns d as a whole instant: the beginning of its day, month or
// year, in UTC, when it has no time; in UTC when it has no zone.
func (d Date) RFC3339() string {
	if d.IsZero() {
		return ""
	}
	d.Month, d.Day = max(1, d.Month), max(1, d.Day)
	d.HasTime, d.HasOffset = true, true
	return d.String()
}

// Path returns the folder of a date below public/: 2023/12/31, 2023/12, 2023
// or "undated".
func (d Date) Path() string {
	if d.IsZero() {
		return "undated"
	}
	b := appendDigits(make([]byte, 0, len("2023/12/31")), int(d.Year), 4)
	if d.Month != 0 {
		b = appendDigits(append(b, '/'), int(d.Month), 2)
	}
	if d.Day != 0 {
		b = appendDigits(append(b, '/'), int(d.Day), 2)
	}
	return string(b)
}

// Compare orders dates: first by the day that is printed, then by the instant
// within it, a time without a zone counting as UTC. A year comes before its
// months, a month before its days, and a day before its times. It returns 0
// exactly when both are written alike; Approx is not looked at.
func (d Date) Compare(e Date) int {
	if c := cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day)); c != 0 {
		return c
	}
	return cmp.Or(
		compareBool(d.HasTime, e.HasTime),
		cmp.Compare(d.second(), e.second()),
		compareBool(d.HasOffset, e.HasOffset),
		cmp.Compare(d.Offset, e.Offset),
	)
}

// second is the instant of d in seconds from UTC midnight of its printed day.
func (d Date) second() int {
	return (int(d.Hour)*60+int(d.Minute)-int(d.Offset))*60 + int(d.Sec)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// At returns the instant d in the zone of loc. A date without a time or
// without a zone names no instant and stays as it is.
func (d Date) At(loc *time.Location) Date {
	if !d.HasTime || !d.HasOffset {
		return d
	}
	there := time.FixedZone("", int(d.Offset)*60)
	t := time.Date(int(d.Year), time.Month(d.Month), int(d.Day), int(d.Hour), int(d.Minute), int(d.Sec), 0, there).In(loc)
	// Before standard time, zones had odd seconds (Moscow +02:30:17), which a
	// Date does not hold. The instant stays, the clock may be off by seconds.
	_, offset := t.Zone()
	minutes := offset / 60
	t = t.In(time.FixedZone("", minutes*60))
	if t.Year() < 1 || t.Year() > 9999 {
		return d
	}
	return Date{
		Year: int16(t.Year()), Month: int16(t.Month()), Day: int16(t.Day()),
		Hour: int8(t.Hour()), Minute: int8(t.Minute()), Sec: int8(t.Second()),
		Offset: int16(minutes), HasTime: true, HasOffset: true, Approx: d.Approx,
	}
}

// daysIn is how many days a month has (proleptic Gregorian calendar).
func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// ParseDate reads a date in any of the spellings that generators, feeds and
// people use:
//
//	2023-12-31T18:04:00+03:00   2023-12-31 18:04 -0400   2023-12-31   2023-12   2023
//	2023/12/31   2023.1.2   20231231   20231231180400   2023年12月31日   31.12.2023
//	Sun, 31 Dec 2023 18:04:00 GMT   December 31, 2023 at 6:04 p.m. EST   Dec 2023
//
// It never guesses: 03/04/2023 is two dates in two countries, and an error.
// The precision and the zone are kept; fractions of a second are dropped.
func ParseDate(text string) (Date, error) {
	s := strings.Join(strings.Fields(text), " ")
	if len(s) > maxDate {
		return Date{}, notDate(shorten(s, 40), "", "write it as 2023-12-31")
	}
	if strings.Contains(s, "年") {
		s = strings.TrimRight(eastAsian.Replace(s), "- ")
	}
	r := dateReader{rest: s}
	d, err := r.read()
	if err == nil {
		err = d.check()
	}
	if err == nil {
		return d, nil
	}
	if why, ok := errors.AsType[*dateError](err); ok {
		return Date{}, notDate(strings.TrimSpace(text), why.why, why.help)
	}
	return Date{}, notDate(strings.TrimSpace(text), "", "write it as 2023-12-31")
}

const maxDate = 80 // letters; the longest real spelling, JavaScript's, has 60

var eastAsian = strings.NewReplacer("年", "-", "月", "-", "日", " ")

// A dateError says why a text is not a date, and how to write it.
type dateError struct{ text, why, help string }

func notDate(text, why, help string) *dateError { return &dateError{text, why, help} }

// problem is the message without the way out.
func (e *dateError) problem() string {
	msg := fmt.Sprintf("%q is not a date", e.text)
	if e.why != "" {
		msg += ": " + e.why
	}
	return msg
}

func (e *dateError) Error() string {
	if e.help == "" {
		return e.problem()
	}
	return e.problem() + " (" + e.help + ")"
}

// errSpelling is the error for what no rule reads.
var errSpelling = errors.New("unknown spelling")

// check reports dates that no calendar has.
func (d Date) check() error {
	y, m, day := int(d.Year), int(d.Month), int(d.Day)
	switch {
	case y < 1 || y > 9999:
		return &dateError{why: "years run from 1 to 9999"}
	case m < 0 || m > 12 || m == 0 && day != 0:
		return &dateError{why: fmt.Sprintf("there is no month %d", m)}
	case day < 0 || m != 0 && day > daysIn(y, m):
		return &dateError{why: fmt.Sprintf("%s %d has %d days", monthNames[m-1], y, daysIn(y, m))}
	case d.HasTime && day == 0:
		return &dateError{why: "it has a time but no day"}
	case d.Hour > 23 || d.Minute > 59 || d.Sec > 59:
		return &dateError{why: "a day ends at 23:59:59"}
	case d.Offset < -maxOffset || d.Offset > maxOffset:
		return &dateError{why: "no zone is that far from UTC"}
	}
	return nil
}

const maxOffset = 18 * 60 // minutes; Go, Java and Python allow no more

// shorten cuts a text to at most n letters, for messages.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// numericOffset reads +3, +03, +0300, +03:00.
func numericOffset(s string) (minutes int, rest string, ok bool) {
	h, n := leadingInt(s[1:])
	rest = s[1+n:]
	m := 0
	switch {
	case n == 4:
		h, m = h/100, h%100
	case n == 0 || n > 2:
		return 0, s, false
	case strings.HasPrefix(rest, ":"):
		k := 0
		if m, k = leadingInt(rest[1:]); k != 2 {
			return 0, s, false
		}
		rest = rest[3:]
	}
	if m > 59 || h > maxOffset/60 {
		return 0, s, false
	}
	minutes = h*60 + m
	if s[0] == '-' {
		minutes = -minutes
	}
	return minutes, rest, true
}

// zoneOffset knows the abbreviations that mean one thing, or that RFC 822
// fixed. IST, BST of Bangladesh and their like are left to people.
func zoneOffset(name string) (minutes int, ok bool) {
	switch strings.ToUpper(name) {
	case "Z", "UTC", "GMT", "UT", "WET":
		return 0, true
	case "EST", "CDT":
		return -5 * 60, true
	case "EDT":
		return -4 * 60, true
	case "CST", "MDT":
		return -6 * 60, true
	case "MST", "PDT":
		return -7 * 60, true
	case "PST":
		return -8 * 60, true
	case "CET", "WEST":
		return 60, true
	case "CEST", "EET":
		return 2 * 60, true
	case "EEST", "MSK":
		return 3 * 60, true
	case "JST", "KST":
		return 9 * 60, true
	}
	return 0, false
}
