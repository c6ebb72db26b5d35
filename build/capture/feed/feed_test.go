package feed

import (
	"fmt"
	"strings"
	"testing"
)

func rss(version, items string) string {
	return `<?xml version="1.0"?><rss version="` + version + `" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Quay</title><link>https://quay.example/</link>` + items + `</channel></rss>`
}

const whole = `<item><title>A &amp; B</title><link>https://quay.example/a</link><pubDate>Tue, 02 Jan 2024 09:00:00 GMT</pubDate><description>Short.</description></item>`

// told returns what Parse gives.
func told(src string) string {
	f, err := Parse(src)
	out := []string{f.Title}
	for _, it := range f.Items {
		out = append(out, fmt.Sprintf("%s|%s|%.40s|%v|%v", it.URL, it.Title, it.HTML, it.Date, it.Partial))
	}
	if err != nil {
		out = append(out, err.Error())
	}
	return strings.Join(out, "\n")
}

func TestFeedsOfAllKinds(t *testing.T) {
	many := strings.Repeat("The ferry will run all winter. ", 40)
	tests := []struct{ name, src, want string }{
		{"RSS 2.0", rss("2.0", whole), "Quay\nhttps://quay.example/a|A & B|Short.|[Tue, 02 Jan 2024 09:00:00 GMT 2024-01-02T09:00:00Z]|true"},
		{"RSS 0.91 with its DTD", strings.Replace(rss("0.91", whole), "<rss", `<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">`+"\n<rss", 1), "Quay\nhttps://quay.example/a|A & B|Short.|[Tue, 02 Jan 2024 09:00:00 GMT 2024-01-02T09:00:00Z]|true"},
		{"full content", rss("2.0", `<item><title>A</title><description>s</description><content:encoded><![CDATA[<p>x</p>]]></content:encoded></item>`), "Quay\n|A|<p>x</p>|[]|false"},
		{"content that goes on", rss("2.0", `<item><title>A</title><content:encoded>The first words […]</content:encoded></item>`), "Quay\n|A|The first words […]|[]|true"},
		{"a long description", rss("2.0", `<item><title>A</title><description>`+many+`</description></item>`), "Quay\n|A|The ferry will run all winter. The ferry|[]|false"},
		{"no date, and one that is none", rss("2.0", `<item><title>A</title></item><item><title>B</title><pubDate>soon</pubDate></item>`), "Quay\n|A||[]|false\n|B||[soon]|false"},
		{"an address in the id", rss("2.0", `<item><title>A</title><guid>https://quay.example/g</guid></item>`), "Quay\nhttps://quay.example/g|A||[]|false"},
		{"text before it, and letters that are none", "Warning: x\n" + rss("2.0", "<item><title>A\x08</title></item>"), "Quay\n|A||[]|false"},
		{"JSON text", `{"version":"https://jsonfeed.org/version/1","title":"Quay","items":[{"id":"1","content_text":"a < b\n\nc"}]}`, "Quay\n||<p>a &lt; b</p><p>c</p>|[]|false"},
		{"cut", rss("2.0", whole+"<item><title>B")[:len(rss("2.0", whole+"<item><title>B"))-len("</channel></rss>")], "Quay\nhttps://quay.example/a|A & B|Short.|[Tue, 02 Jan 2024 09:00:00 GMT 2024-01-02T09:00:00Z]|true\nbreaks here: the end is missing"},
		{"nothing", "<rss></rss>", ""},
		{"none", "<x/>", "\nis not a feed that can be read: it has no element of a feed"},
		{"a bomb", `<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>` + rss("2.0", `<item><title>&b;</title></item>`)[len(`<?xml version="1.0"?>`):], "\n" + errBomb.Error()},
		{"a file of the machine", `<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + rss("2.0", `<item><title>&a;</title></item>`)[len(`<?xml version="1.0"?>`):], "\n" + errBomb.Error()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(tt.src); got != tt.want {
				t.Errorf("Parse(%q)\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

// FuzzParse: whatever comes, nothing breaks.
func FuzzParse(f *testing.F) {
	f.Add(rss("2.0", whole))
	f.Add(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="xhtml"><div>x</div></title></entry>`)
	f.Add(`{"version":"https://jsonfeed.org/version/1","items":[null,{"authors":[null]}]}`)
	f.Add(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item/></rdf:RDF>`)
	f.Fuzz(func(t *testing.T, src string) {
		feed, err := Parse(src)
		if err == nil && feed.Title == "" && len(feed.Items) > len(src) {
			t.Errorf("Parse(%q) gave %d items", src, len(feed.Items))
		}
	})
}
