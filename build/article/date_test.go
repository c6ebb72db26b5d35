package article

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	tests := []struct{ text, want string }{
		// ISO 8601 and RFC 3339
		{"2023-12-31T18:04:00Z", "2023-12-31T18:04:00Z"},
		{"2023-12-31t18:04:00z", "2023-12-31T18:04:00Z"},
		{"2023-12-31T18:04:00+03:00", "2023-12-31T18:04:00+03:00"},
		{"2023-12-31T18:04:00.123456Z", "2023-12-31T18:04:00Z"},
		{"2023-12-31T18:04:00,5+0530", "2023-12-31T18:04:00+05:30"},
		{"2023-12-31T18:04Z", "2023-12-31T18:04:00Z"},
		{"2023-12-31T1804+03", "2023-12-31T18:04:00+03:00"},
		{"2023-12-31T18:04:00", "2023-12-31T18:04:00"},
		{"2023-12-31T23:59:60Z", "2023-12-31T23:59:59Z"},
		{"2023-12-31T18:04:00+00:00", "2023-12-31T18:04:00Z"},
		{"2023-12-31T18:04:00-00:00", "2023-12-31T18:04:00Z"},
		{"20231231", "2023-12-31"},
		{"20231231T180400Z", "2023-12-31T18:04:00Z"},
		{"20231231180400", "2023-12-31T18:04:00"},
		{"202312311804", "2023-12-31T18:04:00"},
		// days and parts of days
		{"2023-12-31", "2023-12-31"},
		{" 2023-12-31 ", "2023-12-31"},
		{"2023/12/31", "2023-12-31"},
		{"2023.12.31", "2023-12-31"},
		{"2023-1-2", "2023-01-02"},
		{"2023-12", "2023-12"},
		{"2023/2", "2023-02"},
		{"2023", "2023"},
		{"0001-01-01", "0001-01-01"},
		{"9999-12-31", "9999-12-31"},
		{"2024-02-29", "2024-02-29"},
		{"2000-02-29", "2000-02-29"},
		// what generators write
		{"2015-03-17 14:00:00 -4", "2015-03-17T14:00:00-04:00"},
		{"2015-03-17 9:30:00 -4", "2015-03-17T09:30:00-04:00"},
		{"2020-09-09 08:44:00 -0500", "2020-09-09T08:44:00-05:00"},
		{"2020-09-09 8:44:00 -0500", "2020-09-09T08:44:00-05:00"},
		{"2018-06-26 10:20", "2018-06-26T10:20:00"},
		{"2018-06-26 10:20 +0800", "2018-06-26T10:20:00+08:00"},
		{"2018-06-26  +0800", "2018-06-26"},
		{"2018-06-26 10:20:30 UTC", "2018-06-26T10:20:30Z"},
		{"2018-06-26 10:20:30 EST", "2018-06-26T10:20:30-05:00"},
		{"2018-06-26 10:20 Z", "2018-06-26T10:20:00Z"},
		{"2018-06-26 10:20:30 +0300 MSK", "2018-06-26T10:20:30+03:00"},
		{"2018-06-26 10:20:30.5 +0000 UTC", "2018-06-26T10:20:30Z"},
		{"2018-06-26, 6:20 pm", "2018-06-26T18:20:00"},
		{"2018-06-26 at 6 p.m.", "2018-06-26T18:00:00"},
		// mail, feeds and HTTP
		{"Sun, 31 Dec 2023 18:04:00 GMT", "2023-12-31T18:04:00Z"},
		{"Sun, 31 Dec 2023 18:04:00 +0300", "2023-12-31T18:04:00+03:00"},
		{"Sunday, 31-Dec-23 18:04:00 UTC", "2023-12-31T18:04:00Z"},
		{"31 Dec 23 18:04 GMT", "2023-12-31T18:04:00Z"},
		{"31 Dec 87 18:04 GMT", "1987-12-31T18:04:00Z"},
		{"Sun Dec 31 18:04:05 2023", "2023-12-31T18:04:05"},
		{"Sun Dec 31 18:04:05 MST 2023", "2023-12-31T18:04:05-07:00"},
		{"Sun Dec 31 2023 18:04:00 GMT+0300 (Moscow Standard Time)", "2023-12-31T18:04:00+03:00"},
		// people
		{"December 31, 2023", "2023-12-31"},
		{"Dec. 31, 2023", "2023-12-31"},
		{"31 December 2023", "2023-12-31"},
		{"31st of December 2023", "2023-12-31"},
		{"1st May 2023", "2023-05-01"},
		{"31-Dec-2023", "2023-12-31"},
		{"Sept 3, 2023", "2023-09-03"},
		{"December 2023", "2023-12"},
		{"2023 December 31", "2023-12-31"},
		{"December 31, 2023 at 6:04 p.m. EST", "2023-12-31T18:04:00-05:00"},
		{"DECEMBER 31, 2023, 12:04 AM", "2023-12-31T00:04:00"},
		{"December 31, 2023 12 pm", "2023-12-31T12:00:00"},
		{"18:04, 31 December 2023", "2023-12-31T18:04:00"},
		{"31.12.2023", "2023-12-31"},
		{"3.4.2023 18:04", "2023-04-03T18:04:00"},
		{"31/12/2023", "2023-12-31"},
		{"12/31/2023", "2023-12-31"},
		{"5/5/2023", "2023-05-05"},
		{"2023年12月31日", "2023-12-31"},
		{"2023年1月2日 18:04", "2023-01-02T18:04:00"},
		{"2023年12月", "2023-12"},
	}
	for _, tt := range tests {
		d, err := ParseDate(tt.text)
		if err != nil {
			t.Errorf("ParseDate(%q): %v, want %s", tt.text, err, tt.want)
			continue
		}
		if got := d.String(); got != tt.want {
			t.Errorf("ParseDate(%q) = %s, want %s", tt.text, got, tt.want)
		}
		if again, err := ParseDate(d.String()); err != nil || again != d {
			t.Errorf("ParseDate(%q) = %+v, %v, want %+v as first read", d, again, err, d)
		}
	}
}

func TestParseDateSaysWhatIsWrong(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", `"" is not a date (write it as 2023-12-31)`},
		{"17 May", `"17 May" is not a date (write it as 2023-12-31)`},
		{"soon", `"soon" is not a date (write it as 2023-12-31)`},
		{"2023-12-31 soon", `"2023-12-31 soon" is not a date: "soon" is not a time zone that everyone reads alike (write the zone as +03:00)`},
		{"2023-02-30", `"2023-02-30" is not a date: February 2023 has 28 days`},
		{"2023-02-29", `"2023-02-29" is not a date: February 2023 has 28 days`},
		{"1900-02-29", `"1900-02-29" is not a date: February 1900 has 28 days`},
		{"2024-02-30T10:00:00Z", `"2024-02-30T10:00:00Z" is not a date: February 2024 has 29 days`},
		{"31 June 2023", `"31 June 2023" is not a date: June 2023 has 30 days`},
		{"2023-13-01", `"2023-13-01" is not a date: there is no month 13`},
		{"2023-00-01", `"2023-00-01" is not a date: there is no month 0`},
		{"20231301", `"20231301" is not a date: there is no month 13`},
		{"2023-01-00", `"2023-01-00" is not a date: there is no day 0`},
		{"2023-01-32", `"2023-01-32" is not a date: January 2023 has 31 days`},
		{"31.13.2023", `"31.13.2023" is not a date: there is no month 13`},
		{"0000-01-01", `"0000-01-01" is not a date: years run from 1 to 9999`},
		{"0000", `"0000" is not a date: years run from 1 to 9999`},
		{"12023-01-01", `"12023-01-01" is not a date (write it as 2023-12-31)`},
		{"2023-12-31T24:00:00", `"2023-12-31T24:00:00" is not a date: a day ends at 23:59:59`},
		{"2023-12-31T18:60", `"2023-12-31T18:60" is not a date: a day ends at 23:59:59`},
		{"2023-12-31 13:00 pm", `"2023-12-31 13:00 pm" is not a date: a clock of twelve hours runs from 1 to 12`},
		{"2023-12-31 18:04 +25:00", `"2023-12-31 18:04 +25:00" is not a date (write it as 2023-12-31)`},
		{"2023-12-31 18:04 IST", `"2023-12-31 18:04 IST" is not a date: "IST" is not a time zone that everyone reads alike (write the zone as +03:00)`},
		{"31 Dec 2023 18:04 IST", `"31 Dec 2023 18:04 IST" is not a date: "IST" is not a time zone that everyone reads alike (write the zone as +03:00)`},
		{"03/04/2023", `"03/04/2023" is not a date: it can be 3 April or 4 March (write it as 2023-04-03 or 2023-03-04)`},
		{"2023-12-31-01", `"2023-12-31-01" is not a date (write it as 2023-12-31)`},
		{"2023-12-31x", `"2023-12-31x" is not a date: "x" is not a time zone that everyone reads alike (write the zone as +03:00)`},
		{"2023-123", `"2023-123" is not a date (write it as 2023-12-31)`},
		{"1704045840", `"1704045840" is not a date (write it as 2023-12-31)`},
		{strings.Repeat("9", 100), `"` + strings.Repeat("9", 40) + `…" is not a date (write it as 2023-12-31)`},
	}
	for _, tt := range tests {
		d, err := ParseDate(tt.text)
		if err == nil {
			t.Errorf("ParseDate(%q) = %s, want the error %s", tt.text, d, tt.want)
			continue
		}
		if got := err.Error(); got != tt.want {
			t.Errorf("ParseDate(%q)\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func mustDate(t testing.TB, text string) Date {
	t.Helper()
	d, err := ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDatesAreOrderedByThePrintedDayThenByTheInstant(t *testing.T) {
	want := []string{
		"0001", "2022-12-31T23:59:59-05:00", "2023", "2023-01", "2023-01-01",
		"2023-01-01T00:00:00+03:00", "2023-01-01T00:00:00", "2023-01-01T00:00:00Z", "2023-01-01T02:00:00-01:00",
		"2023-01-01T03:00:00Z", "2023-01-02T00:00:00+14:00", "2023-02", "2023-02-01", "9999-12-31T23:59:59Z",
	}
	var dates []Date
	for _, s := range want {
		dates = append(dates, mustDate(t, s))
	}
	for i, a := range dates {
		for j, b := range dates {
			got, sign := a.Compare(b), 0
			if i < j {
				sign = -1
			} else if i > j {
				sign = 1
			}
			if got != sign {
				t.Errorf("%s.Compare(%s) = %d, want %d", a, b, got, sign)
			}
		}
	}
	slices.Reverse(dates)
	slices.SortFunc(dates, Date.Compare)
	for i, d := range dates {
		if d.String() != want[i] {
			t.Errorf("sorted[%d] = %s, want %s", i, d, want[i])
		}
	}
}

func TestOnlyInstantsMoveWithTimeZones(t *testing.T) {
	moscow := time.FixedZone("MSK", 3*60*60)
	old := time.FixedZone("MMT", 2*3600+30*60+17)
	tests := []struct {
		text string
		loc  *time.Location
		want string
	}{
		{"2023-12-31", moscow, "2023-12-31"},
		{"2023-12", moscow, "2023-12"},
		{"2023", moscow, "2023"},
		{"2023-12-31T23:30:00", moscow, "2023-12-31T23:30:00"},
		{"2023-12-31T23:30:00Z", moscow, "2024-01-01T02:30:00+03:00"},
		{"2024-01-01T02:30:00+05:00", time.UTC, "2023-12-31T21:30:00Z"},
		{"1900-01-01T00:00:00Z", old, "1900-01-01T02:30:00+02:30"},
		{"9999-12-31T23:30:00Z", moscow, "9999-12-31T23:30:00Z"},
		{"0001-01-01T00:30:00Z", time.FixedZone("", -3600), "0001-01-01T00:30:00Z"},
	}
	for _, tt := range tests {
		if got := mustDate(t, tt.text).At(tt.loc).String(); got != tt.want {
			t.Errorf("%s.At(%s) = %s, want %s", tt.text, tt.loc, got, tt.want)
		}
	}
	d := mustDate(t, "2023-12-31T23:30:00Z")
	d.Approx = true
	if !d.At(moscow).Approx {
		t.Errorf("At made an approximate date exact")
	}
}

func TestDateInAddressesAndFeeds(t *testing.T) {
	tests := []struct{ text, path, instant string }{
		{"2023-12-31T18:04:00+03:00", "2023/12/31", "2023-12-31T18:04:00+03:00"},
		{"2023-12-31T18:04:00", "2023/12/31", "2023-12-31T18:04:00Z"},
		{"2023-02-01", "2023/02/01", "2023-02-01T00:00:00Z"},
		{"2023-02", "2023/02", "2023-02-01T00:00:00Z"},
		{"0987", "0987", "0987-01-01T00:00:00Z"},
	}
	for _, tt := range tests {
		d := mustDate(t, tt.text)
		if got := d.Path(); got != tt.path {
			t.Errorf("%s.Path() = %q, want %q", tt.text, got, tt.path)
		}
		if got := d.RFC3339(); got != tt.instant {
			t.Errorf("%s.RFC3339() = %q, want %q", tt.text, got, tt.instant)
		}
		if _, err := time.Parse(time.RFC3339, d.RFC3339()); err != nil {
			t.Errorf("%s.RFC3339(): %v", tt.text, err)
		}
	}
	var none Date
	if !none.IsZero() || none.String() != "" || none.RFC3339() != "" || none.Path() != "undated" {
		t.Errorf("the zero Date is %q, %q, %q", none.String(), none.RFC3339(), none.Path())
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2023-12-31T18:04:00+03:00", "Sun, 31 Dec 2023 18:04:00 GMT", "2023年12月31日", "31/12/2023 6 pm", "2023-12-31 +0800", "20231231180400", "Dec 2023 18:04 (x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		again, err := ParseDate(d.String())
		if err != nil || again != d {
			t.Errorf("ParseDate(%q) = %+v, written %q, read again %+v, %v", s, d, d, again, err)
		}
		if _, err := time.Parse(time.RFC3339, d.RFC3339()); err != nil {
			t.Errorf("ParseDate(%q).RFC3339(): %v", s, err)
		}
		if d.Compare(again) != 0 {
			t.Errorf("%s.Compare of itself is not 0", d)
		}
	})
}
