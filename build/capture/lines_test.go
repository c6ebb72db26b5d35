package capture

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// told is what a reading yields, one line each: the title, or the problem.
func told(seq func(func(Capture, error) bool)) []string {
	var out []string
	for c, err := range seq {
		switch {
		case err != nil:
			out = append(out, err.Error())
		default:
			out = append(out, c.Place()+": "+c.Fields.Title)
		}
	}
	return out
}

func wantTold(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("%s\n got %s\nwant %s", what, g, w)
	}
}

func TestEveryLineIsReadOrTold(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"two", "{\"title\":\"A\"}\n{\"title\":\"B\"}\n", []string{"x:1: A", "x:2: B"}},
		{"no newline at the end", `{"title":"A"}`, []string{"x:1: A"}},
		{"byte order mark and CRLF", "\uFEFF{\"title\":\"A\"}\r\n\r\n{\"title\":\"B\"}\r\n", []string{"x:1: A", "x:3: B"}},
		{"broken in between", "{\"title\":\"A\"}\n{\"title\": B}\n{\"title\":\"C\"}\n", []string{"x:1: A", "x:2:11: is not JSON: invalid character 'B' looking for beginning of value", "x:3: C"}},
		{"not closed", `{"title":"A"`, []string{"x:1:13: the object is not closed"}},
		{"column in characters", `{"title":"Ёж", B}`, []string{"x:1:16: is not JSON: invalid character 'B' looking for beginning of object key string"}},
		{"null for all", `{"title":"A","url":null,"text":null,"topics":null,"date":null}`, []string{"x:1: A"}},
		{"nothing said", `{"url":"https://example.org/a","title":null,"text":" "}`, []string{`x:1: has no title and no text (an object has the keys "title" and "text" or "html"; --map title=NAME says which others do)`}},
		{"a list for a text", `{"title":["A"],"text":"b"}`, []string{`x:1:10: "title" is a list, not text`}},
		{"an object for a text", `{"text":{"a":1},"title":"A"}`, []string{`x:1:9: "text" is an object, not text`}},
		{"a number for a text", `{"title":1984}`, []string{"x:1: 1984"}},
		{"a number", "{\"title\":\"A\"}\n5", []string{"x:1: A", "x:2:1: is a number, not an object"}},
		{"a text", "{\"title\":\"A\"}\n\"b\"", []string{"x:1: A", "x:2:1: is a text, not an object"}},
		{"other bytes than UTF-8", "{\"title\":\"caf\xe9\"}", []string{"x:1:14: byte 0xE9 is not UTF-8 (JSON lines are UTF-8: convert the file with iconv)"}},
		{"a list over many lines", "[\n{\"title\":\"A\"}\n]", []string{"x:1: is one JSON value over many lines, not an object a line (jq -c '.[]?' turns a list into JSON lines)"}},
		{"an object over many lines", "\n{\n\"title\":\"A\"\n}", []string{"x:2: is one JSON value over many lines, not an object a line (jq -c '.[]?' turns a list into JSON lines)"}},
		{"empty", "", []string{"x: the file is empty"}},
		{"empty lines", "\n \n", []string{"x: the file is empty"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantTold(t, fmt.Sprintf("ReadLines(%q)", tt.src), told(ReadLines("x", strings.NewReader(tt.src))), tt.want...)
		})
	}
}

func TestFieldsOfARecord(t *testing.T) {
	src := `{"ID":7,"url":"https://example.org/a","title":"A","date":"2023-12-31T18:04:00+03:00","captured":"2024-01-02","topics":["river"," the  town "],
"lang":"en","author":"Ann Lee","source":"The Dale Herald","summary":"s","text":"one\n\ntwo","html":"<p>one</p>","people":"Bo Ray","places":["Dale",null],"other":{"a":[1]}}`
	for c, err := range ReadLines("x", strings.NewReader(strings.ReplaceAll(src, "\n", ""))) {
		if err != nil {
			t.Fatal(err)
		}
		f := c.Fields
		got := fmt.Sprintf("%q %q %s %s %q %q %q %q %q %q %q %q", f.URL, f.Title, f.Date, f.Captured, f.Topics, f.Lang, f.Authors, f.Source, f.Summary, f.HTML, f.People, f.Places)
		want := `"https://example.org/a" "A" 2023-12-31T18:04:00+03:00 2024-01-02 ["river" "the town"] "en" ["Ann Lee"] "The Dale Herald" "s" "<p>one</p>" ["Bo Ray"] ["Dale"]`
		if got != want {
			t.Errorf("fields\n got %s\nwant %s", got, want)
		}
		if len(c.Notes) != 0 || c.Kind != Record || len(c.Raw) == 0 {
			t.Errorf("notes %q, kind %d, %d raw bytes; want none, Record and the line", c.Notes, c.Kind, len(c.Raw))
		}
	}
}

func TestDatesOfRecords(t *testing.T) {
	tests := []struct{ value, want, note string }{
		{`"2023-12"`, "2023-12", ""},
		{`2023`, "2023", ""},
		{`20231231`, "2023-12-31", ""},
		{`1704045840`, "2023-12-31T18:04:00Z", ""},
		{`1704045840000`, "2023-12-31T18:04:00Z", ""},
		{`"in spring"`, "", `date "in spring" is not a date (write it as 2023-12-31)`},
		{`""`, "", ""},
	}
	for _, tt := range tests {
		for c, err := range ReadLines("x", strings.NewReader(`{"title":"A","date":`+tt.value+`}`)) {
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Fields.Date.String(); got != tt.want {
				t.Errorf("date %s is read as %q, want %q", tt.value, got, tt.want)
			}
			if got := strings.Join(c.Notes, "; "); got != tt.note {
				t.Errorf("date %s has the note %q, want %q", tt.value, got, tt.note)
			}
		}
	}
}

func TestALineOverTheLimitIsToldAndReadingGoesOn(t *testing.T) {
	long := io.MultiReader(strings.NewReader("{\"title\":\"A\"}\n{\"title\":\""), io.LimitReader(endless{}, maxLine+1), strings.NewReader("\"}\n{\"title\":\"C\"}\n"))
	wantTold(t, "a line of 16 MB", told(ReadLines("x", long)), "x:1: A", "x:2: the line has more than 16 MB", "x:3: C")
}

// endless is the letter y for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'y'
	}
	return len(p), nil
}

func TestInputThatBreaksOff(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("{\"title\":\"A\"}\n{\"title\":"), iotest.ErrReader(errors.New("the line went dead")))
	wantTold(t, "broken input", told(ReadLines("x", broken)), "x:1: A", "x:2: breaks off here: the line went dead (the lines before it were read, and may be looked at)")
}

// FuzzReadLines: whatever comes, nothing breaks, every line that is not blank
// is told once, and in order.
func FuzzReadLines(f *testing.F) {
	for _, s := range []string{"{\"title\":\"A\",\"date\":5}\n{\"text\":\"b\"}", "[1]\n", "{\n}", "{\"title\":\"\\ud800\"}", "\uFEFF\r\n{}", "{\"topics\":[[1]]}", "{\"title\":1e999}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		last, n := 0, 0
		for c, err := range ReadLines("x", strings.NewReader(src)) {
			if n++; err != nil {
				continue
			}
			if c.Line <= last {
				t.Fatalf("line %d comes after line %d", c.Line, last)
			}
			last = c.Line
			for _, s := range []string{c.Fields.Title, c.Fields.Text, c.Fields.URL} {
				if !utf8.ValidString(s) {
					t.Fatalf("line %d gave %q, which is not UTF-8", c.Line, s)
				}
			}
		}
		if n == 0 {
			t.Fatalf("ReadLines(%q) told nothing", src)
		}
	})
}
