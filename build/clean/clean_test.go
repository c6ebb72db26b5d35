package clean

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"backfile/build/article"
	"backfile/build/capture"
	"backfile/build/clean/memory"
)

func TestNamesOfALine(t *testing.T) {
	tests := []struct{ line, want string }{
		{"By Ann Lee", "Ann Lee"},
		{"By Ann Lee and Bo Ray", "Ann Lee; Bo Ray"},
		{"BY ANN LEE, BO RAY & CY DOE", "ANN LEE; BO RAY; CY DOE"},
		{"Von Käthe Müller | 31.12.2023", "Käthe Müller"},
		{"Автор: Анна Ли", "Анна Ли"},
		{"By Monday, the river had fallen", ""},
		{"By the river", ""},
		{"Byline", ""},
		{"By Ann Lee, 42", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(byline(tt.line), "; "); got != tt.want {
			t.Errorf("byline(%q) = %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestLinesThatAreNoneOfTheStory(t *testing.T) {
	tests := []struct{ line, rule string }{
		{"×", "button"}, {"Close", "button"},
		{"Share on Facebook", "share"}, {"Tweet", "share"}, {"Share this article", "share"}, {"128 shares", "share"}, {"Поделиться", "share"},
		{"Read more", "read more"}, {"Read also: The mill", "read more"}, {"Related stories", "read more"}, {"Читайте также: Мельница", "read more"}, {"相关新闻", "read more"},
		{"Sign up for our newsletter", "subscribe"}, {"Log in", "subscribe"}, {"Follow us on Twitter", "subscribe"},
		{"We use cookies to make this site work.", "cookies"},
		{"Advertisement", "advertising"}, {"Enjoying ad-free content?", "advertising"}, {"Реклама", "advertising"},
		{"© 2023 The Dale Herald. All rights reserved.", "rights"},
		{"12 comments", "comments"}, {"Leave a comment", "comments"},
		{"Walkers on the bridge on Saturday. Ann Lee / VNA", "caption"}, {"The bridge in winter. Photo: Ann Lee", "caption"}, {"(AP Photo/Ann Lee)", "caption"}, {"Image 2 of 5", "caption"},

		{"シェア", "share"}, {"Auch interessant: Die Mühle", "read more"}, {"【関連記事】町議会、古い水車小屋を残す", "read more"}, {"Lees ook: De molen", "read more"}, {"Suscríbete", "subscribe"}, {"ログイン", "subscribe"},
		{"Datenschutzerklärung", "cookies"}, {"Die Brücke im Winter (Foto: Ann Lee)", "caption"}, {"橋を渡る人たち（山田太郎撮影）", "caption"},

		{"Wer die Datenschutzerklärung der Stadt las, fand darin am Sonntag einen neuen Satz über die Kameras an der alten Brücke.", ""},
		{"Share prices fell on Monday.", ""},
		{"Close to the river the water still stands.", ""},
		{"Read the whole report aloud, the judge told the clerk, and he did so for two hours.", ""},
		{"The mayor said the cookies were home-made.", ""},
		{"The copyright law is a century old, and nobody at the hearing had read it.", ""},
		{"More rain is on its way.", ""},
		{"Ann Lee photographed the mill.", ""},
		{"The vote was 9/4 in favour.", ""},
	}
	for _, tt := range tests {
		if got := furnitureRule(tt.line, words(tt.line)); got != tt.rule {
			t.Errorf("%q is of the family %q, want %q", tt.line, got, tt.rule)
		}
	}
}

// A source that asks for help is part of the story; a paper that does is not.
func TestOnlyThePapersOwnAppealsGo(t *testing.T) {
	story := "The bridge at Dale opened to walkers on Saturday, two winters after the flood took the old one.\n\n%s\n\nHalf the town came to cross it, and the band played until it was dark and the children slept."
	keep := []string{
		`"We need your help and your support," the police chief told the crowd, "so please donate to our fund."`,
		"The party asked its members for support, and every contribution was put down in a book.",
		"Donations reached two million crowns, the town hall said, and work can go on until the spring.",
		"A message from the king was read out to the guests, and the flags went up on both of the banks.",
	}
	for _, line := range keep {
		a, _ := Clean(capture.Capture{Text: fmt.Sprintf(story, line)})
		if !strings.Contains(a.Body, line) {
			t.Errorf("%q was dropped from\n%s", line, a.Body)
		}
	}
	drop := []string{
		"We rely on readers like you. Please consider making a donation to our newsroom today.",
		"Support us",
		"Your support helps us keep our journalism free for all. Become a member from just $2.",
		"Нам нужна ваша поддержка, чтобы редакция могла работать.",
	}
	for _, line := range drop {
		a, r := Clean(capture.Capture{Text: fmt.Sprintf(story, line)})
		if strings.Contains(a.Body, line) {
			t.Errorf("%q was kept; dropped are %+v", line, r.Dropped)
		}
	}
}

// A text with more lines than any article has is refused, and quickly.
func TestATextOfTooManyLinesIsRefused(t *testing.T) {
	text := strings.Repeat("The bridge at Dale opened to walkers on Saturday.\n", mostLines+1)
	a, r := Clean(capture.Capture{Text: text})
	if want := "holds 20001 lines, and no article has more than 20000 (cut it into its articles)"; r.Refused != want || a.Body != "" {
		t.Errorf("refused for %q, want %q", r.Refused, want)
	}
	if got := Explain(capture.Capture{Text: text}, nil); got != nil {
		t.Errorf("Explain tells of %d lines of it", len(got))
	}
}

// What a site's pages have in common is dropped from each, and a person has the
// last word on it.
func TestLinesSeenOnOtherPagesGo(t *testing.T) {
	const foot = "The Dale Herald comes out on Saturdays and on the eve of holidays, and is read in every second house of the valley."
	texts := []string{
		"Rain again\n\nRain fell on the valley for the ninth day in a row on Monday, and the lower road was closed to all but the fire brigade.\n\n" + foot,
		"Bridge opens\n\nThe bridge at Dale opened to walkers on Saturday, two winters after the flood of the century took the old one with it.\n\n" + foot,
	}
	learn := func(said string) *memory.Site {
		old, faults := memory.Parse([]byte(said))
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		return memory.Learn([]memory.Page{memory.Open("", texts[0]), memory.Open("", texts[1])}, old).Site("")
	}
	tests := []struct {
		name string
		site *memory.Site
		want bool
	}{
		{"one page alone", nil, true},
		{"two pages", learn(""), false},
		{"a person keeps it", learn("[]\n+ " + foot), true},
		{"a person drops it", learn("[]\n- " + foot), false},
	}
	for _, tt := range tests {
		a, _ := With(capture.Capture{Text: texts[0]}, tt.site)
		if got := strings.Contains(a.Body, "Dale Herald"); got != tt.want || !strings.Contains(a.Body, "ninth day") {
			t.Errorf("%s: the foot is in the article: %v, want %v\n%s", tt.name, got, tt.want, a.Body)
		}
	}
}

func TestWordsOfScriptsWithoutSpaces(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{{"", 0}, {"one two", 2}, {"don't re-open", 2}, {"水位下降了", 3}, {"谷镇 Dale", 2}, {"— 5 —", 1}}
	for _, tt := range tests {
		if got := words(tt.text); got != tt.want {
			t.Errorf("words(%q) = %d, want %d", tt.text, got, tt.want)
		}
	}
}

func TestTitleOfAPage(t *testing.T) {
	tests := []struct{ name, page, want string }{
		{"the h1 that agrees", `<title>Mill to be kept - Dale Herald</title><h1>Dale Herald</h1><h1>Mill to be kept!</h1>`, "Mill to be kept!"},
		{"no h1 agrees", `<title>Mill will be kept after all | Dale Herald</title><h1>News</h1>`, "Mill will be kept after all"},
		{"a dash in the title stays", `<title>Mill kept – and a library comes to the river at last</title>`, "Mill kept – and a library comes to the river at last"},
		{"the data's title", `<meta property="og:title" content="Mill to be kept"><title>Home</title><h1>Welcome</h1>`, "Mill to be kept"},
		{"only an h1", `<h1>Mill to be kept</h1>`, "Mill to be kept"},
	}
	for _, tt := range tests {
		body := `<p>The council voted nine to four on Sunday to keep the old mill, and to turn it into a library for the whole town.</p>`
		a, r := Clean(capture.Capture{Kind: capture.HTML, Text: tt.page + body})
		if a.Title != tt.want || r.Refused != "" {
			t.Errorf("%s: title is %q %s, want %q", tt.name, a.Title, r.Refused, tt.want)
		}
	}
}

func TestPagesThatHoldNoStory(t *testing.T) {
	deep := strings.Repeat("<div>", 100_000) + "The river fell."
	for name, page := range map[string]string{"empty": "<html></html>", "a picture": `<img src="a.jpg">`, "nested without end": deep, "one word": "<p>Hello</p>"} {
		a, r := Clean(capture.Capture{Kind: capture.HTML, Text: page})
		if r.Refused == "" {
			t.Errorf("%s: gave %q, want a refusal", name, a.Body)
		}
	}
}

// However deep a page is nested and however large it is, its story is found,
// whole, and in a time that grows with its size.
func TestHugeAndDeepPagesAreRead(t *testing.T) {
	story := "<p>The council voted nine to four on Sunday to keep the old mill, and to turn it into a library for the whole town.</p><p>Work begins in spring, the mayor said, and the town expects to pay 900,000 crowns over three years for it.</p>"
	var long strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&long, "<p>On day %d of the great flood the river stood higher than on the day before it, the keeper wrote.</p>\n", i)
	}
	tests := []struct{ name, page, want string }{
		{"nested", strings.Repeat("<div>", 100_000) + story + strings.Repeat("</div>", 100_000), "900,000 crowns"},
		{"never closed", strings.Repeat("<b><i><font>", 30_000) + story, "900,000 crowns"},
		{"many links", "<article>" + story + "</article>" + strings.Repeat("<div><a href='/x'>Another page</a></div>", 30_000), "900,000 crowns"},
		{"long", "<article>" + long.String() + "</article>", "On day 19999 of"},
		{"pictures inside", "<article>" + story + "<img src='data:image/png;base64," + strings.Repeat("iVBORw0KGgo", 1<<17) + "'></article>", "900,000 crowns"},
		{"no body", "<title>Mill</title>" + story, "900,000 crowns"},
	}
	for _, tt := range tests {
		a, r := Clean(capture.Capture{Kind: capture.HTML, Text: tt.page})
		if !strings.Contains(a.Body, tt.want) {
			t.Errorf("%s: %q is not in the article of %d bytes (%s)", tt.name, tt.want, len(a.Body), r.Refused)
		}
		if strings.Contains(a.Body, "Another page") || strings.Contains(a.Body, "base64") {
			t.Errorf("%s: what is no part of the story was kept", tt.name)
		}
	}
}

func TestARecordWithoutATitleGetsOne(t *testing.T) {
	tests := []struct{ text, want string }{
		{"The river fell. It will rise.", "The river fell. It will rise."},
		{"The river fell by forty centimetres. It will rise.", "The river fell by forty centimetres"},
		{"# " + strings.Repeat("letters ", 20), "letters letters letters letters letters letters letters letters letters letters…"},
		{"", ""},
	}
	for _, tt := range tests {
		a, _ := Clean(capture.Capture{Kind: capture.Record, Fields: capture.Fields{Text: tt.text}})
		if !strings.HasPrefix(a.Title, tt.want) || (tt.want == "") != (a.Title == "") {
			t.Errorf("the title of %q is %q, want %q", tt.text, a.Title, tt.want)
		}
	}
}

// Clean is pure: many at once, in any order, give what one alone gives.
func TestCleaningIsPure(t *testing.T) {
	captures := []capture.Capture{
		{Text: "The mill\n\nBy Ann Lee\n\nThe council voted nine to four on Sunday to keep the old mill by the river.\n"},
		{Kind: capture.HTML, Text: "<h1>The mill</h1><p>The council voted nine to four on Sunday to keep the old mill by the river.</p><p>Posted 2 days ago</p>"},
		{Kind: capture.Record, Fields: capture.Fields{Title: "The mill", HTML: "<p>The council <b>voted</b>.</p>", Topics: []string{"a"}}},
	}
	want := make([]article.Article, len(captures))
	for i, c := range captures {
		want[i], _ = Clean(c)
	}
	var wg sync.WaitGroup
	for n := range 30 {
		wg.Go(func() {
			i := n % len(captures)
			if got, _ := Clean(captures[i]); !reflect.DeepEqual(got, want[i]) {
				t.Errorf("capture %d gave %+v, and %+v before", i, got, want[i])
			}
		})
	}
	wg.Wait()
}

// FuzzText: whatever the text, the article holds nothing but its letters, can
// be written and read again, and is the same the second time.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		"Title\n\nA sentence that is long enough to be prose, said the mayor.", "A message from us:\n\nWe need your help.\n\nOnce\nMonthly", "---\ntitle: x\n---\n\nA sentence that is long enough to be prose.",
		"×\n\n\x01\x7f\u200b", "水位下降了四十厘米，市政府宣布。", "1.\n\n#\n\n```\n\n    a    b\n    c    d", "| a | b |\n|---|---|\n| said the mayor on the day of the great flood |.",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		a, r := Clean(capture.Capture{Kind: capture.Text, Text: text})
		if b, _ := Clean(capture.Capture{Kind: capture.Text, Text: text}); !reflect.DeepEqual(a, b) {
			t.Fatalf("Clean(%q) gave two articles\n%+v\n%+v", text, a, b)
		}
		if r.Refused != "" || a.Title == "" {
			return
		}
		back, problems := article.Parse("content/undated/x.md", article.Format(a))
		if problems.Err() != nil || back.Body != a.Body || back.Title != a.Title {
			t.Fatalf("Clean(%q)\n gave %q %q\n read %q %q\n%v", text, a.Title, a.Body, back.Title, back.Body, problems.Err())
		}
		for line := range strings.SplitSeq(strings.TrimSpace(a.Body), "\n\n") {
			if bare := fold(strings.ReplaceAll(line, `\`, "")); !strings.Contains(fold(plain(text)), bare) {
				t.Fatalf("Clean(%q) made up %q", text, line)
			}
		}
	})
}

// FuzzPage: no page breaks the cleaner, and no script gets through it.
func FuzzPage(f *testing.F) {
	prose := "<p>The council voted on Sunday to keep the old mill by the river, and the mayor said so twice."
	for _, s := range []string{
		"<article><h1>Mill</h1>" + prose + "<ul><li>one<li>two<ol><li>- three</ol></ul><blockquote><pre> a\n\tb</pre><h6>#</h6></blockquote>" + prose,
		"<table><tr><th>a|b<th>c<tr><td rowspan=3>d<td><table><tr><td>`e</table></table>" + prose + "<img src=/a.jpg title=']' alt='[\n'><hr>" + prose,
		prose + "<br><br>1. one<br>+ two<br># three<br>---<br>&lt;b&gt; *x* [a](b) &amp;amp; ```" + prose, "<p>The council voted on Sunday to keep the old mill.", "<svg><title>x</title>", "<a href='javascript:x()'>a</a><table><tr><td><p>x", "<script type=application/ld+json>[{\"@graph\":[{\"@type\":[\"NewsArticle\"]}]}]</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, page string) {
		a, r := Clean(capture.Capture{Kind: capture.HTML, Text: strings.ToValidUTF8(page, "")})
		if strings.Contains(r.Refused, "runtime error") {
			t.Fatalf("Clean(%q) broke: %s", page, r.Refused)
		}
		if strings.Contains(a.Body, "](javascript:") {
			t.Fatalf("Clean(%q) let a script through: %q", page, a.Body)
		}
		if b, _ := Clean(capture.Capture{Kind: capture.HTML, Text: strings.ToValidUTF8(page, "")}); !reflect.DeepEqual(a, b) {
			t.Fatalf("Clean(%q) gave two articles\n%+v\n%+v", page, a, b)
		}
		if r.Refused != "" || a.Title == "" {
			return
		}
		back, problems := article.Parse("content/undated/x.md", article.Format(a))
		if problems.Err() != nil || back.Body != a.Body || back.Title != a.Title {
			t.Fatalf("Clean(%q)\n gave %q %q\n read %q %q\n%v", page, a.Title, a.Body, back.Title, back.Body, problems.Err())
		}
	})
}
