package clean

import (
	"fmt"
	"strings"
	"testing"

	"backfile/build/capture"
)

func TestArticlesOfOtherGenerators(t *testing.T) {
	tests := []struct{ name, path, src, want string }{
		{"as it is", "a.md", "---\ntitle: Mill\ndate: 2023-12-31\nid: abc\nslug: m\n---\n*Kept*.\n", "Mill|2023-12-31||*Kept*.\n|"},
		{"a date by its name", "2023-12-31-mill.md", "---\ntitle: Mill\n---\nKept.\n", "Mill|2023-12-31||Kept.\n|"},
		{"no front matter", "a.md", "# Mill\n\nKept.\n", "Mill|||Kept.\n|"},
		{"a title by its name", "posts/2023-12-31-the-old_mill/index.md", "---\ndate: 2023-12-31\n---\nKept.\n", "The old mill|2023-12-31||Kept.\n|its title is made of the file's name;line 2: title is missing"},
		{"neither title nor text", "a.md", "---\nname: x\n---\n", "left 0: has neither title nor text"},
		{"a draft", "a.md", "---\ntitle: Mill\ndraft: true\n---\nx\n", "left 3: draft"},
		{"a slip in a key", "a.md", "---\ntitle: Mill\ndescrition: x\n---\ny\n", `Mill|||y` + "\n" + `|line 3: unknown key "descrition" (did you mean "description"?)`},
		{"a date that is none", "a.md", "---\ntitle: Mill\ndate: soon\n---\ny\n", "Mill|||y\n|line 3: date \"soon\" is not a date (write it as 2023-12-31)"},
		{"broken", "a.md", "---\ntitle: a: b\n---\n# Mill\n\ny\n", "refused 2: a colon inside a value that is not in quotes"},
		{"a title alone", "a.md", "---\ntitle: Mill\n---\n", "Mill||||has a title and no text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, r := Clean(capture.Capture{Kind: capture.Markdown, Text: tt.src, Folder: capture.Folder{Path: tt.path}})
			got := fmt.Sprintf("%s|%s|%s%s|%s|%s", a.Title, a.Date, a.ID, a.Slug, a.Body, strings.Join(r.Notes, ";"))
			if r.Refused != "" {
				got = fmt.Sprintf("%s %d: %s", map[bool]string{true: "left", false: "refused"}[r.Left], r.Line, r.Refused)
			}
			if got != tt.want && !strings.HasPrefix(got, tt.want) {
				t.Errorf("%s with %q\n got %s\nwant %s", tt.path, tt.src, got, tt.want)
			}
		})
	}
}

// A page knows where it was fetched when it does not tell.
func TestAPageOfACrawlHasItsAddress(t *testing.T) {
	c := capture.Capture{Kind: capture.HTML, URL: "https://dale.example/2023/mill", Text: `<!DOCTYPE html><title>Mill</title><h1>Mill to be kept</h1><p>The council voted on Sunday to keep the old mill by the river, nine to four, and to turn it into a library.</p>`}
	a, r := Clean(c)
	if r.Refused != "" || a.Source.URL != c.URL {
		t.Errorf("Clean gave %q and the address %q, want %s", r.Refused, a.Source.URL, c.URL)
	}
}
