package article

import (
	"fmt"
	"strings"
	"unicode"
)

// A dateReader reads a date from the front of a text.
type dateReader struct {
	rest  string
	d     Date
	words bool // the parts of the day may come in any order, around the time
}

func (r *dateReader) read() (Date, error) {
	if y, n := leadingInt(r.rest); n == 4 || n == 8 || n == 12 || n == 14 {
		if ok, err := r.iso(y, n); ok || err != nil {
			return r.d, err
		}
	}
	return r.worded()
}

// iso reads dates that begin with the year in digits. ok is false when what
// follows the year is not of that form.
func (r *dateReader) iso(number, digits int) (ok bool, err error) {
	all := r.rest
	r.rest = all[digits:]
	if digits > 4 {
		return true, r.compact(all[:digits])
	}
	r.d.Year = int16(number)
	if r.rest == "" {
		return true, nil
	}
	sep := r.rest[0]
	month, n := leadingInt(r.rest[1:])
	if !strings.ContainsRune("-/.", rune(sep)) || n == 0 || n > 2 {
		r.rest, r.d = all, Date{}
		return false, nil
	}
	if month == 0 || month > 12 {
		return true, &dateError{why: fmt.Sprintf("there is no month %d", month)}
	}
	r.d.Month, r.rest = int16(month), r.rest[1+n:]
	if r.rest == "" {
		return true, nil
	}
	day, n := leadingInt(r.rest[1:])
	if r.rest[0] != sep || n == 0 || n > 2 {
		return true, errSpelling
	}
	if day == 0 {
		return true, &dateError{why: "there is no day 0"}
	}
	r.d.Day, r.rest = int16(day), r.rest[1+n:]
	return true, r.timeOfDay()
}

// compact reads 20231231, and the times of web archives: 20231231180400.
func (r *dateReader) compact(digits string) error {
	part := func(from, to int) int { n, _ := leadingInt(digits[from:to]); return n }
	r.d.Year, r.d.Month, r.d.Day = int16(part(0, 4)), int16(part(4, 6)), int16(part(6, 8))
	if r.d.Month == 0 || r.d.Day == 0 {
		return errSpelling
	}
	if len(digits) == 8 {
		return r.timeOfDay()
	}
	r.d.HasTime = true
	r.d.Hour, r.d.Minute = int8(part(8, 10)), int8(part(10, 12))
	if len(digits) == 14 {
		r.d.Sec = int8(part(12, 14))
	}
	return r.zoneToEnd()
}

// timeOfDay reads what may follow a day: nothing, a time, a time with a zone,
// or a zone alone, which says nothing about a day.
func (r *dateReader) timeOfDay() error {
	s := strings.TrimLeft(r.rest, " ,_")
	if len(s) > 1 && (s[0] == 'T' || s[0] == 't') {
		s = s[1:]
	}
	s = strings.TrimPrefix(s, "at ")
	if s == "" {
		r.rest = ""
		return nil
	}
	if s[0] < '0' || s[0] > '9' {
		if s[0] == '-' && !strings.Contains(s, ":") && r.rest[0] == '-' {
			return errSpelling // 2023-12-31-01 has a number too many
		}
		r.rest = s
		if err := r.zoneToEnd(); err != nil {
			return err
		}
		r.d.Offset, r.d.HasOffset = 0, false
		return nil
	}
	r.rest = s
	if err := r.clock(); err != nil {
		return err
	}
	return r.zoneToEnd()
}

// clock reads 18:04, 18:04:05, 18:04:05.123, 1804, 180405, 6 pm, 6:04 p.m.
func (r *dateReader) clock() error {
	hour, n := leadingInt(r.rest)
	s := r.rest[min(n, len(r.rest)):]
	minute, sec := 0, 0
	switch {
	case n == 4 || n == 6:
		if n == 6 {
			hour, sec = hour/100, hour%100
		}
		hour, minute = hour/100, hour%100
	case n > 2:
		return errSpelling
	case strings.HasPrefix(s, ":"):
		if minute, n = leadingInt(s[1:]); n != 2 {
			return errSpelling
		}
		s = s[3:]
		if strings.HasPrefix(s, ":") {
			if sec, n = leadingInt(s[1:]); n != 2 {
				return errSpelling
			}
			s = s[3:]
		}
		s = skipFraction(s)
	case halfDay(s) == 0:
		return errSpelling
	}
	if h := halfDay(s); h != 0 {
		if hour < 1 || hour > 12 {
			return &dateError{why: "a clock of twelve hours runs from 1 to 12"}
		}
		hour = hour % 12
		if h == 'p' {
			hour += 12
		}
		s = strings.TrimLeft(s, " apmAPM.")
	}
	if sec == 60 { // a leap second, which no Date holds
		sec = 59
	}
	if hour > 23 || minute > 59 || sec > 59 {
		return &dateError{why: "a day ends at 23:59:59"}
	}
	r.d.HasTime = true
	r.d.Hour, r.d.Minute, r.d.Sec = int8(hour), int8(minute), int8(sec)
	r.rest = s
	return nil
}

// halfDay returns 'a' or 'p' when s begins with am or pm in any spelling.
func halfDay(s string) byte {
	s = strings.TrimLeft(s, " ")
	if len(s) < 2 {
		return 0
	}
	half, s := s[0]|0x20, strings.TrimPrefix(s[1:], ".")
	if half != 'a' && half != 'p' || s == "" || s[0]|0x20 != 'm' {
		return 0
	}
	if len(s) > 1 && unicode.IsLetter(rune(s[1])) {
		return 0 // a word such as "AMT"
	}
	return half
}

func skipFraction(s string) string {
	if len(s) < 2 || s[0] != '.' && s[0] != ',' {
		return s
	}
	if rest := strings.TrimLeft(s[1:], "0123456789"); len(rest) < len(s)-1 {
		return rest
	}
	return s
}

// worded reads dates whose parts stand in any order, the month as a word or
// the year last.
func (r *dateReader) worded() (Date, error) {
	r.words = true
	for {
		r.rest = strings.TrimLeft(r.rest, " ,.-/")
		if r.rest == "" {
			break
		}
		step := r.word
		if r.rest[0] >= '0' && r.rest[0] <= '9' {
			step = r.number
		}
		if err := step(); err != nil {
			return r.d, err
		}
	}
	if r.d.Year == 0 || r.d.Month == 0 {
		return r.d, errSpelling
	}
	return r.d, nil
}

// word reads the name of a month; names of weekdays and small words are noise.
func (r *dateReader) word() error {
	word := leadingLetters(r.rest)
	r.rest = r.rest[len(word):]
	month := monthOf(word)
	switch {
	case month != 0 && r.d.Month == 0:
		r.d.Month = int16(month)
	case isNoise(word):
	case word != "" && r.d.HasTime:
		return unknownZone(word)
	default:
		return errSpelling
	}
	return nil
}

// number reads a day, a year, a time, or three numbers such as 31.12.2023.
func (r *dateReader) number() error {
	n, digits := leadingInt(r.rest)
	after := r.rest[digits:]
	switch {
	case strings.HasPrefix(after, ":"), halfDay(after) != 0 && r.d.Day != 0:
		if r.d.HasTime {
			return errSpelling
		}
		if err := r.clock(); err != nil {
			return err
		}
		return r.zone()
	case digits <= 2 && r.d.Day == 0 && r.d.Month == 0 && len(after) > 1 && strings.ContainsRune("./-", rune(after[0])):
		if ok, err := r.threeNumbers(n, after); ok || err != nil {
			return err
		}
	}
	r.rest = after
	switch {
	case digits == 4 && r.d.Year == 0 && n > 0:
		r.d.Year = int16(n)
	case digits <= 2 && r.d.Day == 0 && n > 0:
		r.d.Day = int16(n)
		for _, ordinal := range []string{"st", "nd", "rd", "th"} {
			r.rest = strings.TrimPrefix(r.rest, ordinal)
		}
	case digits == 2 && r.d.Year == 0 && r.d.Month != 0: // RFC 822, read as RFC 2822 says
		r.d.Year = int16(1900 + n)
		if n < 50 {
			r.d.Year = int16(2000 + n)
		}
	default:
		return errSpelling
	}
	return nil
}

// threeNumbers reads 31.12.2023, 31/12/2023 and 12/31/2023. ok is false when
// the second part is no number.
func (r *dateReader) threeNumbers(a int, s string) (ok bool, err error) {
	sep := s[0]
	b, n := leadingInt(s[1:])
	if n == 0 {
		return false, nil
	}
	s = s[1+n:]
	if n > 2 || len(s) < 5 || s[0] != sep {
		return true, errSpelling
	}
	year, n := leadingInt(s[1:])
	if n != 4 {
		return true, errSpelling
	}
	day, month := a, b
	if sep != '.' && b > 12 {
		day, month = b, a
	}
	if day == 0 || month == 0 || month > 12 {
		return true, &dateError{why: fmt.Sprintf("there is no month %d", month)}
	}
	if sep != '.' && day <= 12 && day != month {
		return true, &dateError{
			why:  fmt.Sprintf("it can be %d %s or %d %s", day, monthNames[month-1], month, monthNames[day-1]),
			help: fmt.Sprintf("write it as %04d-%02d-%02d or %04d-%02d-%02d", year, month, day, year, day, month),
		}
	}
	r.d.Year, r.d.Month, r.d.Day = int16(year), int16(month), int16(day)
	r.rest = s[1+n:]
	return true, nil
}

var (
	monthNames = [...]string{"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"}
	weekdays = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
)

// monthOf returns the month that a word names or begins, or 0: December, Dec,
// Sept.
func monthOf(word string) int { return beginning(monthNames[:], word) }

func isNoise(word string) bool {
	switch strings.ToLower(word) {
	case "at", "on", "of", "the", "t":
		return true
	}
	return beginning(weekdays[:], word) != 0
}

// beginning returns the place in names, from 1, of the first that begins with
// at least three letters of word.
func beginning(names []string, word string) int {
	for i, name := range names {
		if len(word) >= 3 && len(word) <= len(name) && strings.EqualFold(name[:len(word)], word) {
			return i + 1
		}
	}
	return 0
}

func (r *dateReader) zoneToEnd() error {
	if err := r.zone(); err != nil {
		return err
	}
	if r.rest != "" {
		return errSpelling
	}
	return nil
}

// zone reads Z, +03:00, -0400, -4, EST, GMT+3, and a name in brackets after
// them. No zone at all is fine too.
func (r *dateReader) zone() error {
	s := strings.TrimLeft(r.rest, " ")
	word := leadingLetters(s)
	if minutes, ok := zoneOffset(word); ok {
		r.d.Offset, r.d.HasOffset = int16(minutes), true
		s = s[len(word):]
	} else if word != "" && !r.words {
		return unknownZone(word)
	}
	if s != "" && (s[0] == '+' || s[0] == '-') {
		minutes, rest, ok := numericOffset(s)
		if !ok {
			return errSpelling
		}
		r.d.Offset, r.d.HasOffset = int16(minutes), true
		s = strings.TrimLeft(rest, " ")
		if name := leadingLetters(s); !r.words {
			s = s[len(name):] // Go prints "+0300 MSK"
		}
	}
	s = strings.TrimLeft(s, " ")
	if strings.HasPrefix(s, "(") {
		_, s, _ = strings.Cut(s, ")") // "(Moscow Standard Time)"
	}
	r.rest = strings.TrimLeft(s, " ")
	return nil
}

func unknownZone(word string) error {
	return &dateError{why: fmt.Sprintf("%q is not a time zone that everyone reads alike", word), help: "write the zone as +03:00"}
}

// leadingInt returns the number that s begins with and how many digits it
// has, counting no further than 15.
func leadingInt(s string) (value, digits int) {
	for digits < len(s) && digits < 15 && s[digits] >= '0' && s[digits] <= '9' {
		value = value*10 + int(s[digits]-'0')
		digits++
	}
	return value, digits
}

func leadingLetters(s string) string {
	for i, c := range s {
		if !unicode.IsLetter(c) {
			return s[:i]
		}
	}
	return s
}
