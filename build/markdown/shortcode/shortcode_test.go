package shortcode

import (
	"bytes"
	"reflect"
	"testing"
)

func TestExpand(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"none", "a {b} c", "a {b} c"},
		{"address in a link", `see [the *guide*]({{< ref "/guides/x.md" >}}) now`, "see [the *guide*](/guides/x.md) now"},
		{"address with a filter", `[a]({{ "/2015/09/28/b/" | url }} "t")`, `[a](/2015/09/28/b/ "t")`},
		{"value before an address", "[a]({{site.baseurl}}/b/)", "[a](/b/)"},
		{"address in HTML", `<a href="{{< ref "x.md" >}}">a</a>`, `<a href="x.md">a</a>`},
		{"address that would end the link", `[a]({{< ref "b c)d" >}})`, "[a](b%20c%29d)"},
		{"figure", `{{< figure src="a.jpg" alt="The [river]" caption="At \"noon\"" >}}`, `![The \[river\]](a.jpg "At \\")`},
		{"picture without keys", `{% image "a b.jpg" "The river" %}`, "![The river](a%20b.jpg)"},
		{"picture in HTML", "<figure>\n{% image \"a.jpg\" \"R & D\" %}\n</figure>", "<figure>\n<img src=\"a.jpg\" alt=\"R &amp; D\">\n</figure>"},
		{"film", `{{< youtube id="x_1" title="A [film]" >}} {{% vimeo 123 %}}`, `[YouTube: A \[film\]](https://www.youtube.com/watch?v=x_1) [Vimeo](https://vimeo.com/123)`},
		{"button", `{{< button href="https://x.example/a" text="Read" >}}`, "[Read](https://x.example/a)"},
		{"quotation", "a\n\n{{< quote-block text=\"We  knew.\" cite=\"The mayor\" >}}", "a\n\n\n> We knew.\n>\n> — The mayor\n"},
		{"pairs keep what is within", "{{% note \"info\" %}}\nThe *river*.\n{{% /note %}}", "\n\nThe *river*.\n"},
		{"a pair is a paragraph", "a\n  {{< row >}}b{{< /row >}}\nc", "a\n\nb\nc"},
		{"what is indented in a pair is no code", "{{< row >}}\n    {{< do >}}b{{< /do >}}\n{{< /row >}}", "\n\n\nb\n"},
		{"include", "a\n{% include 'x.html'\n  a=\"b\" %}\nc", "a\n\nc"},
		{"control", "{% if page.x %}a{% endif %} {%- for b in c -%}d{%- endfor -%}", "\na d"},
		{"values", "{{ page.title }} {{ .Params.x }} {{ \"text\" }}", "  text"},
		{"a value that the text is about", "Vue writes {{ user.name }} and {{{ html }}}.", "Vue writes {{ user.name }} and {{{ html }}}."},
		{"highlight", "{% highlight ruby %}\na {% b %}\n{% endhighlight %}\nc", "\n```ruby\na {% b %}\n```\n\nc"},
		{"highlight as a marker", "a {{< highlight >}}b{{< /highlight >}}", "a b"},
		{"raw", "{% raw %}a {{ page.b }} {% c %}{% endraw %} d", "\na {{ page.b }} {% c %} d"},
		{"comment", "a{% comment %}b {{< c >}}{% endcomment %}d", "ad"},
		{"fences are code", "```\n{{< a >}}\n```\n~~~\n{% b %}\n~~~\n", "```\n{{< a >}}\n```\n~~~\n{% b %}\n~~~\n"},
		{"indented lines are code", "a\n\n    {{< b >}}\n\n\t{% c %}\n", "a\n\n    {{< b >}}\n\n\t{% c %}\n"},
		{"indented lines in a list are none", "- a\n\n    {{< b >}}c\n", "- a\n\n    c\n"},
		{"code in a line", "use `{{< a >}}` or ``{% ` %}``", "use `{{< a >}}` or ``{% ` %}``"},
		{"Hugo's manual", "{{</* figure */>}}", "{{</* figure */>}}"},
		{"never closed", "a {{< b and {% c", "a {{< b and {% c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(Expand([]byte(tt.src))); got != tt.want {
				t.Errorf("Expand(%q)\n got %q\nwant %q", tt.src, got, tt.want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	src := "a\n{{< img src=\"x\" >}}\n`{{< code >}}`\n\n{{< img src=\"y\" >}} {{% note %}}b{{% /note %}}\n{{ page.title }} {{ kept }}\n{% include a-very-long-name-of-a-file-that-goes-on-and-on.html and=more %}"
	want := []Found{
		{"img", `{{< img src="x" >}}`, 2},
		{"note", `{{% note %}}`, 5},
		{"page.title", `{{ page.title }}`, 6},
		{"include", `{% include a-very-long-name-of-a-file-that-goes-on-and-on.h…`, 7},
	}
	if got := Find([]byte(src)); !reflect.DeepEqual(got, want) {
		t.Errorf("Find(%q)\n got %+v\nwant %+v", src, got, want)
	}
}

// A text without commands comes back as it was, and so does its code.
func FuzzExpand(f *testing.F) {
	for _, s := range []string{"{{< a b=\"c\" >}}", "{% raw %}{{ x }}{% endraw %}", "[a]({{ \"b\" }})", "```\n{{< a >}}\n```", "`{% a %}`"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		out := Expand(src)
		if len(Find(src)) == 0 && !bytes.Contains(src, []byte("%}")) && !bytes.Contains(src, []byte("}}")) && !bytes.Equal(out, src) {
			t.Errorf("Expand(%q) = %q, though nothing was found", src, out)
		}
		if len(out) > 20*len(src)+1000 {
			t.Errorf("%d bytes become %d", len(src), len(out))
		}
	})
}
