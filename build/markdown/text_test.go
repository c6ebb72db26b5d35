package markdown

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestRefs(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"none", "a [b] c", nil},
		{"links and pictures", "[a](b.md) ![c](<d e.jpg> \"t\") [f](/g/h?i=j#k) [again](b.md#x)", []string{"b.md", "d e.jpg", "/g/h?i=j"}},
		{"parentheses", "[a](b_(c).md)", []string{"b_(c).md"}},
		{"escapes", `[a](b\_c&amp;d.md)`, []string{"b_c&d.md"}},
		{"elsewhere", "[a](https://x.example/) [b](mailto:a@b.example) [c](#d) [e](//x.example/) [f](javascript:x)", nil},
		{"definitions", "[a][b]\n\n[b]:\n  c.md 'T'", []string{"c.md"}},
		{"on the next line of a quote", "> [a](\n> > b.md)", []string{"b.md"}},
		{"HTML", "<img alt=x SRC = 'a.jpg'><a href=b.md>c</a><video poster=\"d.jpg\" src=e.mp4>", []string{"a.jpg", "b.md", "d.jpg", "e.mp4"}},
		{"commands", `[a]({{< ref "b.md" >}}) {{< figure src="c.jpg" >}}`, []string{"b.md", "c.jpg"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Refs([]byte(tt.src)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Refs(%q)\n got %q\nwant %q", tt.src, got, tt.want)
			}
		})
	}
}

// Commands to other generators never appear as such, and what they name does.
func TestShortcodesAreReadAndReplaced(t *testing.T) {
	src := "See [the flood]({{< ref \"flood.md\" >}}), [lost]({{< ref \"lost.md\" >}}).\n\n{{< figure src=\"spring.jpg\" caption=\"Spring\" >}}\n"
	want := "<p>See <a href=\"../31/flood.html\">the flood</a>, lost.</p>\n<figure><img src=\"spring.jpg\" alt=\"Spring\" width=\"800\" height=\"600\" loading=\"lazy\" decoding=\"async\">\n<figcaption>Spring</figcaption></figure>"
	if got := draw(t, New(), src); got != want {
		t.Errorf("HTML(%q)\n got %s\nwant %s", src, got, want)
	}
	if got, want := Excerpt([]byte(src), 100), "See the flood, lost."; got != want {
		t.Errorf("Excerpt(%q) = %q, want %q", src, got, want)
	}
	if got, want := PlainText([]byte(src)), "See the flood, lost.\n\nSpring"; got != want {
		t.Errorf("PlainText(%q) = %q, want %q", src, got, want)
	}
	if got := Shortcodes([]byte(src)); len(got) != 2 || got[0].Name != "ref" || got[1].Line != 3 {
		t.Errorf("Shortcodes(%q) = %+v, want ref in line 1 and figure in line 3", src, got)
	}
}

// One Converter draws many texts at once, and each as if it were alone.
func TestConverterIsSafeForConcurrentUse(t *testing.T) {
	c := New()
	var want []string
	for _, src := range hostile {
		want = append(want, draw(t, c, src))
	}
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for i, src := range hostile {
				if got := draw(t, c, src); got != want[i] {
					t.Errorf("HTML(%q)\n got %s\nwant %s", src, got, want[i])
				}
			}
		})
	}
}

// news is a text of n words in plain paragraphs, with end after the last.
func news(n int, end string) []byte {
	words := strings.Fields(`The river rose by forty centimetres overnight and the council opened two schools as shelters, said the mayor. "We have not seen such a flood since 1987," she told reporters on Tuesday — and nobody in the town hall disagreed with her; the ferry stopped at noon.`)
	var b strings.Builder
	for i := range n {
		b.WriteString(words[i%len(words)])
		if i%75 == 74 {
			b.WriteString("\n\n")
		} else if i < n-1 {
			b.WriteByte(' ')
		}
	}
	return []byte(b.String() + end)
}

func BenchmarkHTML(b *testing.B) {
	for _, bb := range []struct{ name, end string }{
		{"plain", ""},
		{"emphasis", "\n\nIt *fell*."},
		{"links", "\n\nIt [fell](https://x.example/) after [the flood](flood.md)."},
		{"html", "\n\nIt <b>fell</b>."},
	} {
		b.Run(bb.name, func(b *testing.B) {
			c, src := New(), news(600, bb.end)
			var out bytes.Buffer
			for b.Loop() {
				out.Reset()
				if err := c.HTML(&out, src, Options{Resolve: files}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkScan is what every article costs when content/ is read.
func BenchmarkScan(b *testing.B) {
	for _, bb := range []struct{ name, end string }{
		{"plain", ""},
		{"links", "\n\nIt [fell](https://x.example/) after [the flood](flood.md)."},
	} {
		b.Run(bb.name, func(b *testing.B) {
			src := news(600, bb.end)
			for b.Loop() {
				Excerpt(src, 240)
				Words(src)
				Refs(src)
				Shortcodes(src)
			}
		})
	}
}
