package article

import (
	"cmp"
	"path"
	"strings"
)

// NameDate returns the date in a file's name (2023-12-31-slug.md,
// 20231231-slug.md, 2023-12-31-1804-slug.md), in that of the folder that holds
// an index.md, or in its folders (2023/12/31, 2023/2, 2023), and the name
// without date and ending. The date is zero when there is none.
//
// Four digits after a day are a time only when they are no year of our age:
// 2019-05-15-2019-summit.md is a summit of 2019, not a story of 20:19.
func NameDate(name string) (d Date, rest string) {
	dir, base := path.Split(name)
	parts := strings.FieldsFunc(dir, func(c rune) bool { return c == '/' })
	rest = strings.TrimSuffix(base, path.Ext(base))
	if len(parts) > 0 && (strings.EqualFold(rest, "index") || strings.EqualFold(rest, "readme")) {
		rest = parts[len(parts)-1]
		parts = parts[:len(parts)-1]
	}
	d, after, ok := datePrefix(rest)
	if ok {
		return d, after
	}
	return foldersDate(parts), rest
}

// datePrefix splits a name that begins with a whole day.
func datePrefix(name string) (d Date, rest string, ok bool) {
	y, n := leadingInt(name)
	month, day := 0, 0
	switch s := name[min(n, len(name)):]; {
	case n == 8:
		y, month, day, rest = y/10000, y/100%100, y%100, s
	case n == 4 && len(s) > 3 && (s[0] == '-' || s[0] == '_' || s[0] == '.'):
		month, n = leadingInt(s[1:])
		rest = s[1+n:]
		if n < 1 || n > 2 || rest == "" || rest[0] != s[0] {
			return d, name, false
		}
		day, n = leadingInt(rest[1:])
		if n < 1 || n > 2 {
			return d, name, false
		}
		rest = rest[1+n:]
	default:
		return d, name, false
	}
	d = Date{Year: int16(y), Month: int16(month), Day: int16(day)}
	if month < 1 || day < 1 || !plausible(y) || d.check() != nil || rest != "" && strings.IndexByte("-_. T", rest[0]) < 0 {
		return Date{}, name, false
	}
	rest = strings.TrimLeft(rest, "-_. ")
	if clock, n := leadingInt(strings.TrimPrefix(rest, "T")); n == 4 && (clock < 1900 || clock > 2099) && clock/100 < 24 && clock%100 < 60 {
		after := strings.TrimPrefix(rest, "T")[n:]
		if after == "" || after[0] == '-' || after[0] == '_' {
			d.HasTime, d.Hour, d.Minute = true, int8(clock/100), int8(clock%100)
			rest = strings.TrimLeft(after, "-_")
		}
	}
	return d, cmp.Or(rest, name), true
}

// plausible reports whether a number in a name is a year: newspapers begin
// in 1605, and what lies far ahead is a number of something else.
func plausible(year int) bool { return year >= 1600 && year < 2200 }

// foldersDate returns the date in the names of folders, the deepest one.
func foldersDate(parts []string) Date {
	for i := len(parts) - 1; i >= 0; i-- {
		if d, _, ok := datePrefix(parts[i]); ok {
			return d
		}
		y, n := leadingInt(parts[i])
		if n != 4 || len(parts[i]) != 4 {
			continue
		}
		d := Date{Year: int16(y)}
		for j, part := range parts[i+1 : min(i+3, len(parts))] {
			v, n := leadingInt(part)
			if n == 0 || n > 2 || n < len(part) || v == 0 {
				break
			}
			next := d
			if j == 0 {
				next.Month = int16(v)
			} else {
				next.Day = int16(v)
			}
			if next.check() != nil {
				break
			}
			d = next
		}
		if plausible(y) || d.Month != 0 && y >= 1000 {
			return d
		}
	}
	return Date{}
}
