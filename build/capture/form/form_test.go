package form

import "testing"

func TestFormsAreToldByContent(t *testing.T) {
	tests := []struct {
		name, src string
		want      Form
	}{
		{"a.bin", "WARC/1.1\r\nWARC-Type: warcinfo\r\n", Crawl},
		{"a.bin", "filedesc://a.arc 0.0.0.0 20080430204825 text/plain 75\n", Crawl},
		{"a.bin", "PK\x03\x04", Zip},
		{"a.bin", "\x1f\x8b\x08", Packed},
		{"a.bin", "\x28\xb5\x2f\xfd", Packed},
		{"a.txt", "BZh is what the sign said", Text},
		{"-", "<?xml version=\"1.0\"?>\n<rss version=\"2.0\">", Feed},
		{"-", "<?xml version=\"1.0\"?>\n<!-- a --><feed xmlns=\"http://www.w3.org/2005/Atom\">", Feed},
		{"-", "<rdf:RDF xmlns=\"http://purl.org/rss/1.0/\">", Feed},
		{"-", "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": []}", Feed},
		{"-", "<rss xmlns:wp=\"http://wordpress.org/export/1.2/\">", Export},
		{"-", "<br />\n<b>Warning</b>: x in y on line 3\n<?xml version=\"1.0\"?><rss xmlns:wp=\"http://wordpress.org/export/1.2/\">", Export},
		{"-", "PHP Notice: x\n<?xml version=\"1.0\"?><rss xmlns:wp=\"http://wordpress.org/export/1.1/\">", Export},
		{"page.html", "<!DOCTYPE html><html><body>How to read an <rss> feed", Page},
		{"-", "<!DOCTYPE html><html><body>How to read an <rss version=2> feed", Page},
		{"-", "<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"x\"><html>", Page},
		{"-", "<?xml version=\"1.0\"?><urlset>", XML},
		{"-", "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", Mail},
		{"-", "Date: it was a Monday\nand nobody knew\n", Text},
		{"-", "{\"title\":\"a\"}\n{\"title\":\"b\"}\n", Lines},
		{"-", "{\"title\":\n\"x\"}", JSON},
		{"-", "{\n \"title\": \"a\"}", JSON},
		{"-", "[{\"title\":\"a\"}]", JSON},
		{"-", "[Dale] The river fell.", Text},
		{"-", "{so it began}\nand went on", Lines},
		{"-", "title,text\nA,b\n", Table},
		{"a.csv", "a;b\n", Table},
		{"-", "---\ntitle: a\n---\nText", Markdown},
		{"-", "+++\ntitle = 'a'\n+++\n", Markdown},
		{"-", "---\n\nA text that opens with a line.\n", Text},
		{"a.html", "---\ntitle: a\n---\n<p>Text", Markdown},
		{"a.md", "{\n\"title\": 1}\n", Markdown},
		{"a.doc", "\xd0\xcf\x11\xe0\x00\x00", Binary},
		{"-", "The river fell.", Text},
		{"-", "", Text},
	}
	for _, tt := range tests {
		if got := Of(tt.name, []byte(tt.src)); got != tt.want {
			t.Errorf("Of(%s, %.60q) = %d, want %d", tt.name, tt.src, got, tt.want)
		}
	}
}

// FuzzOf: whatever comes, nothing breaks.
func FuzzOf(f *testing.F) {
	f.Add("a.md", []byte("\xff\xfe<\x00"))
	f.Add("-", []byte("{\n\"a\":1}"))
	f.Add("x", []byte("---\n---"))
	f.Fuzz(func(t *testing.T, name string, head []byte) {
		if got := Of(name, head); got > Markdown {
			t.Errorf("Of(%q, %q) = %d", name, head, got)
		}
	})
}
