package wxr

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

const head = `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Dale</title><language>en</language>
`

func item(title, inner string) string {
	return "<item><title>" + title + "</title><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>" + inner + "</item>\n"
}

// told returns what Read yields: the line and title of each post, or the fault.
func told(src string) string {
	var out []string
	for p, err := range Read(strings.NewReader(src)) {
		if f, ok := errors.AsType[*Fault](err); ok {
			out = append(out, fmt.Sprintf("%d: %s", f.Line, f.Msg))
			continue
		}
		out = append(out, fmt.Sprintf("%d %s %q", p.Line, p.Title, p.HTML))
	}
	return strings.Join(out, "\n")
}

func TestBrokenExportsAreReadAsFarAsTheyGo(t *testing.T) {
	a, b := item("A", "<content:encoded><![CDATA[<p>a]]></content:encoded>"), item("B", "")
	tests := []struct{ name, src, want string }{
		{"whole", head + a + b + "</channel></rss>", "4 A \"<p>a\"\n5 B \"\""},
		{"warnings before", "Warning: x in /a/b.php on line 3\n<br />\n\n" + head + a, "7 A \"<p>a\""},
		{"warnings inside", head + a + "<br />\n<b>Notice</b>: Undefined index & so on\n" + b + "</channel></rss>", "4 A \"<p>a\"\n7 B \"\""},
		{"an item that is not closed", head + "<item><title>Lost</title>\n" + b, "5: an item cannot be read: it is not closed before the next one\n5 B \"\""},
		{"a section that is not closed", head + a + "<item><title>Lost</title><content:encoded><![CDATA[never\n", "4 A \"<p>a\"\n6: breaks off here: the end is missing"},
		{"cut", head + a + b[:20], "4 A \"<p>a\"\n5: breaks off here: the end is missing"},
		{"ends of sections that nothing opened", head + item("A", "<content:encoded><![CDATA[x <![CDATA[ y ]]> z ]]></content:encoded>") + b, "4 A \"<p>x <![CDATA[ y  z ]]></p>\"\n5 B \"\""},
		{"letters that are none", head + item("A\x00\x08\x0b caf\xe9", "") + b, "4 A café \"\"\n5 B \"\""},
		{"entities of HTML", head + item("A&nbsp;B &eacute; &unknown; & c", ""), "4 A\u00a0B é &unknown; & c \"\""},
		{"a bomb", "<!DOCTYPE rss [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]>" + strings.TrimPrefix(head, "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n") + item("&b;", ""), "3 &b; \"\""},
		{"a bomb behind its declaration", "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]>" + strings.TrimPrefix(head, "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n") + item("&b;", ""), "1: declares entities of its own, which no export does"},
		{"no posts", head + "</channel></rss>", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(tt.src); got != tt.want {
				t.Errorf("Read(%q)\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

func TestWhatReadersDidNotSeeIsLeftOut(t *testing.T) {
	for status, want := range map[string]string{
		"draft": "is a draft", "auto-draft": "is a draft", "private": "is private", "pending": "is waiting for review", "trash": "is in the trash",
		"future": "was to be published later", "archived": `is not published: its status is "archived"`,
	} {
		src := head + strings.Replace(item("A", ""), "publish", status, 1)
		if got, want := told(src), `4: "A" `+want; got != want {
			t.Errorf("a post with the status %s: got %s, want %s", status, got, want)
		}
	}
	if got, want := told(head+item("A", "<wp:post_password>x</wp:post_password>")), `4: "A" is protected by a password`; got != want {
		t.Errorf("a post with a password: got %s, want %s", got, want)
	}
}

func TestFieldsOfAPost(t *testing.T) {
	src := strings.Replace(head, "</language>", "</language><!-- generator=\"WordPress/4.9\" created=\"2018-01-02 03:04\" --><wp:author><wp:author_login>ann</wp:author_login><wp:author_display_name>Ann Lee</wp:author_display_name></wp:author>", 1) +
		item("A", `<dc:creator>ann</dc:creator><link>https://dale.example/?p=3</link><wp:post_name>%d1%91%d0%b6</wp:post_name>
<wp:post_date>2012-03-04 10:20:30</wp:post_date><wp:post_date_gmt>2012-03-04 15:20:30</wp:post_date_gmt><wp:post_modified>2013-01-01 00:00:00</wp:post_modified>
<category domain="category" nicename="town">Town</category><category domain="post_tag" nicename="x">x</category><category domain="post_format" nicename="aside">Aside</category>
<category domain="category" nicename="uncategorized">Sonstiges</category><wp:comment><wp:comment_content>No</wp:comment_content></wp:comment>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value></wp:postmeta>`) +
		"<item><title>pic</title><wp:post_id>9</wp:post_id><wp:post_type>attachment</wp:post_type><wp:attachment_url>https://dale.example/p.jpg</wp:attachment_url></item>"
	for p, err := range Read(strings.NewReader(src)) {
		if err != nil {
			continue // the attachment
		}
		got := fmt.Sprintf("%s %s %s %s %v %v %s %s %s", p.Slug, p.Date, p.Updated, p.Link, p.Topics, p.Authors, p.Site.Exported, p.Site.Lang, p.HTML)
		want := `ёж 2012-03-04T10:20:30-05:00 2013-01-01T00:00:00 https://dale.example/?p=3 [Town x] [Ann Lee] 2018-01-02 03:04 en <figure><img src="https://dale.example/p.jpg" alt=""></figure>` + "\n"
		if got != want {
			t.Errorf("the post is\n%s\nwant\n%s", got, want)
		}
	}
}

func TestTextsOfPosts(t *testing.T) {
	c := &cleaner{files: map[string]attachment{"7": {"https://dale.example/7.jpg", "seven", "The seventh", "alt"}}}
	tests := []struct{ name, src, want string }{
		{"blocks", "<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->\n<!-- wp:spacer {\"height\":\"9px\"} /-->", "<p>a</p>"},
		{"empty lines", "a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>"},
		{"more", "a<!--more-->\n\nb", "<p>a</p>\n<p>b</p>"},
		{"lists stay", "a\n\n<ul><li>x</li></ul>", "<p>a</p>\n<ul><li>x</li></ul>"},
		{"code stays", "<pre>[gallery]\n\n[x]</pre>", "<pre>[gallery]\n\n[x]</pre>"},
		{"a gallery", "a [gallery ids=\"7,8\"] b", "<p>a</p>\n<figure><img src=\"https://dale.example/7.jpg\" alt=\"alt\"><figcaption>The seventh</figcaption></figure>\n<p>b</p>"},
		{"a caption", `[caption id="a" align="left"]<a href="x"><img src="y" /></a> Words <em>here</em>[/caption]`, `<figure><a href="x"><img src="y" /></a><figcaption>Words <em>here</em></figcaption></figure>`},
		{"an old caption", `[caption caption="Words"]<img src="y" />[/caption]`, `<figure><img src="y" /><figcaption>Words</figcaption></figure>`},
		{"a video", "[embed]https://video.example/1[/embed]", "<p><a href=\"https://video.example/1\">https://video.example/1</a></p>"},
		{"a command of a plugin", "a [foo bar=\"1\"]b[/foo] c", "<p>a b c</p>"},
		{"a command without an end", "a [contact-form-7 id=\"3\"] c", "<p>a  c</p>"},
		{"written of", "use [[gallery]] so", "<p>use [gallery] so</p>"},
		{"words in brackets", "he said so [sic], and [he] left [1] …", "<p>he said so [sic], and [he] left [1] …</p>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.clean(tt.src); got != tt.want {
				t.Errorf("clean(%q)\n got %q\nwant %q", tt.src, got, tt.want)
			}
		})
	}
}

// FuzzRead: whatever comes, nothing breaks, reading ends, and texts are UTF-8.
func FuzzRead(f *testing.F) {
	f.Add(head + item("A", "<content:encoded><![CDATA[[caption]<img>x[/caption] [[a]] [gallery ids=\"1\"]]]></content:encoded>"))
	f.Add("Warning\n" + head + "<item><title>x<item></title></item>]]>\x01\xff<!ENTITY a>")
	f.Add(head + "<item><wp:postmeta><wp:meta_key>_wp_old_slug</wp:meta_key></item></channel>")
	f.Add("<?xml encoding=\"koi8-r\"?><rss><item><title>\xc1")
	f.Fuzz(func(t *testing.T, src string) {
		n := 0
		for p := range Read(strings.NewReader(src)) {
			if n++; n > len(src)+2 {
				t.Fatalf("Read(%q) does not end", src)
			}
			if !utf8.ValidString(p.Title + p.HTML) {
				t.Fatalf("Read(%q) gave %q", src, p.Title+p.HTML)
			}
		}
	})
}
