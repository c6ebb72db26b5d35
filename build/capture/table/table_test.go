package table

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func told(r io.Reader) string {
	var out []string
	for row, err := range Read(r) {
		if f, ok := errors.AsType[*Fault](err); ok {
			out = append(out, fmt.Sprintf("%d: %s", f.Line, f.Msg))
			continue
		}
		out = append(out, fmt.Sprintf("%d %s", row.Line, row.Object))
	}
	return strings.Join(out, "\n")
}

func TestRowsAreRead(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"commas", "title,text\nA,\"b, c\"\n", `2 {"title":"A","text":"b, c"}`},
		{"semicolons", "title;text\nA;b, c\n", `2 {"title":"A","text":"b, c"}`},
		{"tabs, and quotes that mean nothing", "title\ttext\nA\tShe said \"b\" twice\n", `2 {"title":"A","text":"She said \"b\" twice"}`},
		{"bars", "title|text\nA|b\n", `2 {"title":"A","text":"b"}`},
		{"a mark, CRLF and lines in a cell", "\uFEFFtitle,text\r\nA,\"b\r\n\r\nc\"\r\nD,e\r\n", "2 {\"title\":\"A\",\"text\":\"b\\n\\nc\"}\n5 {\"title\":\"D\",\"text\":\"e\"}"},
		{"fewer cells, and more", "title,text\nA\nB,c,d\n", "2 {\"title\":\"A\"}\n3 {\"title\":\"B\",\"text\":\"c\"}"},
		{"other bytes", "title,text\nA,caf\xe9\nB,c\n", "2: the cell \"text\" is not UTF-8\n3 {\"title\":\"B\",\"text\":\"c\"}"},
		{"names alone", "title,text\n", ""},
		{"nothing", "", "1: the file is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(strings.NewReader(tt.src)); got != tt.want {
				t.Errorf("Read(%q)\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

// Spreadsheets with 500 columns are read; a first row of 10,001 is none.
func TestWideTables(t *testing.T) {
	wide := func(n int) string {
		var names, cells []string
		for i := range n {
			names = append(names, fmt.Sprintf("column%d", i))
			cells = append(cells, "")
		}
		names[n-2], names[n-1], cells[n-2], cells[n-1] = "title", "text", "A", "b"
		return strings.Join(names, ",") + "\n" + strings.Join(cells, ",") + "\n"
	}
	if got, want := told(strings.NewReader(wide(500))), `2 {"title":"A","text":"b"}`; got != want {
		t.Errorf("500 columns gave %s, want %s", got, want)
	}
	if got, want := told(strings.NewReader(wide(maxColumns+1))), "1: has 10001 columns, and at most 10000 are read"; got != want {
		t.Errorf("10001 columns gave %s, want %s", got, want)
	}
}

func TestAQuoteThatIsNeverClosedEnds(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("title,text\nA,\""), io.LimitReader(ys{}, maxRow+(1<<20)))
	if got, want := told(endless), "2: breaks off here: the row has more than 16 MB: is a quote not closed?"; got != want && !strings.Contains(got, "the row has more than 16 MB") {
		t.Errorf("a quote that is never closed gave %.200s, want %s", got, want)
	}
}

// ys is the letter y for ever.
type ys struct{}

func (ys) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'y'
	}
	return len(p), nil
}

func TestATableIsToldByItsFirstRow(t *testing.T) {
	for src, want := range map[string]bool{
		"title,text\nA,b\n": true, "Headline;Date;Body\n": true, "\"title\"\t\"url\"\n": true,
		"The title, as the text says, was wrong\nand so on\n": false, "title\n": false, "a,b\n1,2\n": false, "title,text": false,
	} {
		if got := Is([]byte(src)); got != want {
			t.Errorf("Is(%q) = %t, want %t", src, got, want)
		}
	}
}

// FuzzRead: whatever comes, nothing breaks, and every row is JSON.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"title,text\nA,b\n", "a;b\n\"x;\n", "\xff\xfe", "a\tb\n\"\"\"\t\"\n", ",\n,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for row, err := range Read(strings.NewReader(src)) {
			if err == nil && !json.Valid(row.Object) {
				t.Fatalf("line %d gave %q, which is not JSON", row.Line, row.Object)
			}
		}
	})
}
