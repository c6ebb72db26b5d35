package build

import (
	"fmt"
	"strings"
	"testing"

	"backfile/build/article"
)

// fetched writes a record of a crawl.
func fetched(url, date, mime, body string) string {
	block := "HTTP/1.1 200 OK\r\nContent-Type: " + mime + "\r\n\r\n" + body
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: %s\r\nWARC-Date: %s\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", url, date, len(block), block)
}

func millPage(more string) string {
	return `<!DOCTYPE html><html lang="en"><title>Mill to be kept</title><meta property="article:published_time" content="2023-12-31"><h1>Mill to be kept</h1><p>The council voted on Sunday to keep the old mill by the river, nine to four.</p><p>` + more + `</p>`
}

// A page of a crawl that comes back with another text is a version of the
// article, in the same batch of work or in a later one.
func TestVersionsOfAPageAreRecordedInItsArticle(t *testing.T) {
	const url, file = "https://dale.example/2023/mill", "content/2023/12/31/mill-to-be-kept.md"
	pages := []string{millPage("Work begins in spring."), millPage("Work begins in summer."), millPage("Work will not begin.")}
	crawl := fetched(url, "2024-01-01T00:00:00Z", "text/html", pages[0]) + fetched(url, "2024-02-01T00:00:00Z", "text/html", pages[1])
	for i := range batchItems + 5 {
		crawl += fetched(fmt.Sprintf("https://dale.example/%d.png", i), "2024-02-02T00:00:00Z", "image/png", "x")
	}
	crawl += fetched(url, "2024-03-01T00:00:00Z", "text/html", pages[2]) + fetched(url, "2024-04-01T00:00:00Z", "text/html", pages[1])
	a := newArchive(t)
	told, err := a.from(crawl, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"imported " + file, "version " + file + " another text of " + file + ", captured 2024-03-01T00:00:00Z; recorded there, and kept", "unchanged " + file} {
		if !strings.Contains(told, want) {
			t.Errorf("import told %.300s, and not %q", told, want)
		}
	}
	text := a.files()[file]
	want := "versions:\n  - {captured: 2024-02-01T00:00:00Z, sha256: " + sum(pages[1]) + "}\n  - {captured: 2024-03-01T00:00:00Z, sha256: " + sum(pages[2]) + "}\n"
	if !strings.Contains(text, want) || !strings.Contains(text, "Work begins in spring.") {
		t.Errorf("the article is\n%s\nwant it with\n%s", text, want)
	}
	for _, p := range pages {
		if kept := "captures/" + sum(p)[:2] + "/" + sum(p) + ".html"; a.files()[kept] != p {
			t.Errorf("%s is not kept", kept)
		}
	}

	// So it is in another run, as long as nobody edited the article.
	burned, mended := millPage("The mill burned down."), millPage("The mill was built anew.")
	told, err = a.from(fetched(url, "2024-05-01T00:00:00Z", "text/html", burned), ImportOptions{})
	if want := "version " + file + " another"; err != nil || !strings.HasPrefix(told, want) {
		t.Errorf("the second run told %q, %v; want %s", told, err, want)
	}
	if text := a.files()[file]; !strings.Contains(text, "2024-05-01T00:00:00Z, sha256: "+sum(burned)) || !article.Sealed([]byte(text)) {
		t.Errorf("the article is\n%s\nwant it with the version of May, and sealed", text)
	}
	a.write(file, strings.Replace(a.files()[file], "spring", "March", 1))
	before := a.files()
	told, err = a.from(fetched(url, "2024-06-01T00:00:00Z", "text/html", mended), ImportOptions{Keep: KeepNone})
	if want := "changed " + file; err != nil || !strings.HasPrefix(told, want) {
		t.Errorf("the third run told %q, %v; want %s", told, err, want)
	}
	if d := diffTrees(a.files(), before); d != "" {
		t.Errorf("an article that a person edited was changed:\n%s", d)
	}
}

// One story from two sources under two addresses is brought in twice, and told.
func TestDuplicatesAreToldAndNotMerged(t *testing.T) {
	text := `The council voted nine to four on Sunday to keep the old mill and turn it into a library. Work begins in spring, and the town expects to pay 900,000 crowns over three years.`
	a := newArchive(t)
	one := `{"url":"https://dale.example/a","title":"Mill","date":"2023-12-31","text":"` + text + `"}` + "\n"
	two := `{"url":"https://weir.example/b","title":"Old mill stays","date":"2024-01-01","text":"` + strings.Replace(text, "three years", "three years or so", 1) + `"}` + "\n"
	a.want(one, ImportOptions{}, "imported content/2023/12/31/mill.md")
	a.want(two, ImportOptions{DryRun: true}, "imported content/2024/01/01/old-mill-stays.md; nearly the same text as content/2023/12/31/mill.md")
	a.want(two, ImportOptions{}, "imported content/2024/01/01/old-mill-stays.md; nearly the same text as content/2023/12/31/mill.md")
	a.want(two+one, ImportOptions{}, "unchanged content/2024/01/01/old-mill-stays.md\nunchanged content/2023/12/31/mill.md")
}

func TestOnlyWhatIsWantedIsTaken(t *testing.T) {
	a := newArchive(t)
	lines := `{"url":"https://dale.example/a","title":"A","date":"2023-12-31","text":"a"}
{"url":"https://www.weir.example/b","title":"B","date":"2024-01-01","text":"b"}
{"url":"https://weir.example.evil.example/c","title":"C","date":"2024-01-01","text":"c"}
{"title":"D","date":"2024-01-01","text":"d"}
`
	a.want(lines, ImportOptions{Hosts: []string{"weir.example"}, DryRun: true}, strings.Join([]string{
		"skipped  is from dale.example, which --only-host leaves out", "imported content/2024/01/01/b.md",
		"skipped  is from weir.example.evil.example, which --only-host leaves out", "skipped  is from no host, and --only-host asks for one",
	}, "\n"))
}

func TestAddressesInATextAreLedElsewhere(t *testing.T) {
	tests := []struct{ body, from, to, want string }{
		{"![a](/img/x.jpg) and /img/x.jpg.bak", "/img/x.jpg", "x.jpg", "![a](x.jpg) and /img/x.jpg.bak"},
		{`<img src="/img/x.jpg"> [a]: /img/x.jpg "t"`, "/img/x.jpg", "x.jpg", `<img src="x.jpg"> [a]: x.jpg "t"`},
		{"![a]({{ site.baseurl }}/img/x.jpg)", "/img/x.jpg", "x.jpg", "![a](x.jpg)"},
		{"![a]({{site.url}}{{ site.baseurl }}/x.jpg)", "/x.jpg", "x.jpg", "![a](x.jpg)"},
		{"![a](../x.jpg)", "../x.jpg", "a b(1).jpg", "![a](a%20b%281%29.jpg)"},
		{"nothing", "x", "x", "nothing"},
	}
	for _, tt := range tests {
		if got := led(tt.body, tt.from, tt.to); got != tt.want {
			t.Errorf("led(%q, %s, %s)\n got %q\nwant %q", tt.body, tt.from, tt.to, got, tt.want)
		}
	}
}
