package render

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"backfile/build/article"
	"backfile/build/content"
	"backfile/build/site"
)

func parseAddress(address string) (path string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.RawQuery != "" || u.Fragment != "" || u.Host != "x.example" {
		return "", errors.Join(err, errors.New("not the address of a page"))
	}
	return u.Path, nil
}

func unzipped(t testing.TB, data string) string {
	t.Helper()
	zip, err := gzip.NewReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if zip.Name != "" || !zip.ModTime.IsZero() {
		t.Errorf("the gzip head holds the name %q and the time %v", zip.Name, zip.ModTime)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func dataView(kind string, items ...site.FeedItem) *site.View {
	return &site.View{Kind: kind, Path: "data/" + kind, Data: &site.Data{Items: items}}
}

func TestArticlesAreJSONLines(t *testing.T) {
	undated := site.FeedItem{Entry: &content.Entry{Path: "x.md", Meta: article.Meta{Title: "Undated"}}, URL: "undated/x.html"}
	captured := council()
	captured.Date.Approx = true
	want := `{"id":"7hq2k9x4m1","url":"2023/12/31/ferry.html","title":"Ferry & tide: “no more”","date":"2023-12-31T18:00:00Z","lang":"en-GB",` +
		`"topics":["The ferry","Tides; weather"],"authors":["Ada Brook","Jo O'Hara"],"people":["Mia Quill"],"places":["Harrow Quay"],` +
		`"summary":"The last ferry <left> at dusk.","source":{"name":"Quay Post","url":"https://post.example/a?b=1&c=2",` +
		`"captured":"2024-01-01","sha256":"` + strings.Repeat("ab", 32) + `"},"words":412,` +
		`"corrections":[{"date":"2024-01-02","note":"The tide was low; not high."}],"aliases":["/old/ferry.html"]}
{"id":"","url":"2023/11/совет 1.html","title":"Совет голосует","date":"2023-11","approximate":true,"lang":"ru","summary":"A vote.","words":7}
{"id":"","url":"undated/x.html","title":"Undated","lang":"en","words":0}
`
	equal(t, "articles.jsonl", unzipped(t, drawn(t, lantern(""), dataView("articles.jsonl.gz", ferry(), captured, undated), nil)), want)
}

func TestCSVHoldsTheSameRows(t *testing.T) {
	got := drawn(t, lantern(""), dataView("articles.csv", ferry(), council()), nil)
	want := strings.ReplaceAll(`id,url,title,date,approximate,updated,lang,topics,authors,people,places,summary,source_name,source_url,source_captured,source_sha256,words,corrections,withdrawn,aliases
7hq2k9x4m1,2023/12/31/ferry.html,Ferry & tide: “no more”,2023-12-31T18:00:00Z,false,,en-GB,The ferry; Tides; weather,Ada Brook; Jo O'Hara,Mia Quill,Harrow Quay,The last ferry <left> at dusk.,Quay Post,https://post.example/a?b=1&c=2,2024-01-01,`+
		strings.Repeat("ab", 32)+`,412,2024-01-02: The tide was low; not high.,,/old/ferry.html
,2023/11/совет 1.html,Совет голосует,2023-11,false,,ru,,,,,A vote.,,,,,7,,,
`, "\n", "\r\n")
	equal(t, "articles.csv", got, want)
}

// Spreadsheets run a cell as a formula by its first character. The titles
// are strangers' words.
func TestCSVCellsAreNeverFormulas(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"Ferry", "Ferry"},
		{"Ferry = boat", "Ferry = boat"},
		{`=HYPERLINK("https://x.example")`, `'=HYPERLINK("https://x.example")`},
		{"+1", "'+1"},
		{"-1", "'-1"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"},
		{"\r=1", "'=1"},
		{"\n=1", "'\n=1"},
		{"\x00=1", "'=1"},
		{"\u0085=1", "'=1"},
		{"＝1", "'＝1"},
		{"'=1", "''=1"},
		{"'t Harrow", "'t Harrow"},
		{"'", "'"},
		{"\xff", "\uFFFD"},
	}
	for _, tt := range tests {
		if got := safeCell(tt.text); got != tt.want {
			t.Errorf("safeCell(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestDataPackageDescribesEveryFile(t *testing.T) {
	v := &site.View{Kind: "datapackage.json", Path: "data/datapackage.json", Data: &site.Data{Parts: []site.DataPart{
		{URL: "data/articles-2023.jsonl.gz", Count: 12}, {URL: "data/articles.csv", Count: 3},
	}}}
	out := drawn(t, lantern("https://x.example/"), v, nil)
	var p dataPackage
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if p.Title != "The Harrow Quay Lantern" || p.Homepage != "https://x.example/" || len(p.Resources) != 2 {
		t.Fatalf("the package is\n%s", out)
	}
	if l := p.Licenses; len(l) != 1 || l[0] != (dataLicense{Path: "https://license.example/by", Title: "CC BY 4.0"}) {
		t.Errorf("licenses are %+v", l)
	}
	lines, table := p.Resources[0], p.Resources[1]
	if lines.Path != "articles-2023.jsonl.gz" || lines.Name != "articles-2023-jsonl-gz" || lines.Rows != 12 || lines.Compression != "gz" {
		t.Errorf("the first resource is %+v", lines)
	}
	if table.Path != "articles.csv" || table.Format != "csv" || table.Rows != 3 || !strings.Contains(table.Description, "apostrophe") {
		t.Errorf("the second resource is %+v", table)
	}
	// The fields are those that the files have.
	rows, err := csv.NewReader(strings.NewReader(drawn(t, lantern(""), dataView("articles.csv", ferry()), nil))).ReadAll()
	if err != nil || !slices.Equal(fieldNames(table), rows[0]) {
		t.Errorf("articles.csv has the columns %q (%v), and the package says %q", rows[0], err, fieldNames(table))
	}
	full := ferry()
	full.Withdrawn, full.Updated, full.Date.Approx = "Why.", day(2024, 1, 1), true
	var row map[string]any
	if err := json.Unmarshal([]byte(unzipped(t, drawn(t, lantern(""), dataView("articles.jsonl.gz", full), nil))), &row); err != nil {
		t.Fatal(err)
	}
	row["summary"] = "left out when withdrawn"
	for _, f := range lines.Schema.Fields {
		want := map[string]any{"array": []any{}, "object": map[string]any{}, "string": "", "integer": 0.0, "boolean": true}[f.Type]
		if got, ok := row[f.Name]; !ok || typeName(got) != typeName(want) {
			t.Errorf("the package says that %s is a %s; the row has %v", f.Name, f.Type, got)
		}
		delete(row, f.Name)
	}
	if len(row) > 0 {
		t.Errorf("the package does not tell of %v", row)
	}
}

func typeName(v any) string {
	switch v.(type) {
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	}
	return "none"
}

func fieldNames(r dataResource) []string {
	var names []string
	for _, f := range r.Schema.Fields {
		names = append(names, f.Name)
	}
	return names
}

func TestDataPackageNamesTheLicence(t *testing.T) {
	tests := []struct {
		license, address string
		want             []dataLicense
	}{
		{"", "", nil},
		{"CC-BY-4.0", "", []dataLicense{{Name: "CC-BY-4.0"}}},
		{"CC-BY-4.0", "https://l.example/", []dataLicense{{Name: "CC-BY-4.0", Path: "https://l.example/"}}},
		{"All rights reserved", "https://l.example/", []dataLicense{{Title: "All rights reserved", Path: "https://l.example/"}}},
		{"All rights reserved", "", nil}, // the standard wants a name or an address
		{"CC-BY-4.0", "javascript:x", []dataLicense{{Name: "CC-BY-4.0"}}},
	}
	for _, tt := range tests {
		cfg := lantern("")
		cfg.License, cfg.LicenseURL = tt.license, tt.address
		if got := licenses(cfg); !slices.Equal(got, tt.want) {
			t.Errorf("licenses of %q, %q are %+v, want %+v", tt.license, tt.address, got, tt.want)
		}
	}
}

func TestDataPackageKnowsItsFiles(t *testing.T) {
	v := &site.View{Kind: "datapackage.json", Data: &site.Data{Parts: []site.DataPart{{URL: "data/articles.xlsx"}}}}
	_, err := drawForPrograms(io.Discard, lantern(""), v, nil)
	if want := "data/articles.xlsx: no such data file is known"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// allKinds returns a view of each kind that programs read.
func allKinds() []*site.View {
	jsonFeed := feedView(ferry())
	jsonFeed.Kind = "feed.json"
	return []*site.View{
		feedView(ferry()), jsonFeed, dataView("articles.jsonl.gz", ferry()), dataView("articles.csv", ferry()), dataView("datapackage.json"),
		{Kind: "sitemap.xml", Sitemap: &site.Sitemap{URLs: []site.SitemapURL{{URL: "a"}}}},
		{Kind: "sitemap-index", Sitemap: &site.Sitemap{Index: []string{"a"}}}, {Kind: "robots.txt"}, {Kind: "opensearch.xml"},
	}
}

// A full disk must not pass for a finished file.
func TestFailedWritesAreReported(t *testing.T) {
	full := errors.New("disk full")
	for _, v := range allKinds() {
		if _, err := drawForPrograms(failing{full}, lantern("https://x.example/"), v, nil); !errors.Is(err, full) {
			t.Errorf("%s on a full disk: got %v", v.Kind, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestKindsForPrograms(t *testing.T) {
	var b bytes.Buffer
	known, err := drawForPrograms(&b, lantern(""), &site.View{Kind: "article"}, nil)
	if known || err != nil || b.Len() > 0 {
		t.Errorf("an article page: known %v, %v, %d bytes; want none", known, err, b.Len())
	}
}

// FuzzCSV writes hostile metadata: a reader of RFC 4180 finds one row of as
// many cells, none of which is a formula, and can tell what stood there.
func FuzzCSV(f *testing.F) {
	f.Add("=1+1", "a, \"b\"\r\nc", "x;y")
	f.Add("\x00", "'", "\xff\r")
	f.Fuzz(func(t *testing.T, title, summary, author string) {
		it := ferry()
		it.Title, it.Excerpt, it.Authors = title, summary, []string{author, author}
		rows, err := csv.NewReader(strings.NewReader(drawn(t, lantern(""), dataView("articles.csv", it), nil))).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v; want 2", len(rows), err)
		}
		for _, cell := range rows[1] {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
				t.Errorf("the cell %q is a formula", cell)
			}
		}
		// formulaNote, read backwards.
		got := rows[1][2]
		if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(got, "'")); strings.ContainsRune("=+-@\t\n＝＋－＠", first) {
			got = strings.TrimPrefix(got, "'")
		}
		if want := strings.Map(cellRune, strings.ToValidUTF8(title, "\uFFFD")); got != want {
			t.Errorf("the title %q became %q, which reads as %q", title, rows[1][2], got)
		}
	})
}

func BenchmarkArticles(b *testing.B) {
	items := make([]site.FeedItem, 1000)
	for i := range items {
		items[i] = ferry()
	}
	for _, kind := range []string{"articles.jsonl.gz", "articles.csv"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				drawn(b, lantern(""), dataView(kind, items...), nil)
			}
		})
	}
}
