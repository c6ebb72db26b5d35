package article

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"backfile/build/internal/diag"
)

// parse reads a file that has no problem.
func parse(t testing.TB, name, src string) Article {
	t.Helper()
	a, problems := Parse(name, []byte(src))
	if len(problems) > 0 {
		t.Fatalf("Parse(%q, %q) found problems:\n%s", name, src, problems)
	}
	sameBody(t, src, a)
	return a
}

// sameBody reports when Body reads another text than Parse.
func sameBody(t testing.TB, src string, a Article) {
	t.Helper()
	if body := string(Body([]byte(src))); body != a.Body {
		t.Errorf("Body(%q) = %q, but Parse gives %q", src, body, a.Body)
	}
}

func TestFieldsOfOtherGenerators(t *testing.T) {
	const text = "\n---\nText\n"
	tests := []struct{ name, src, want string }{
		{"ours", "id: 7hq2k9x4m1\ntitle: Flood\ndate: 2023-12-31\nupdated: 2024-01-02\nlang: en\ntopics: [flood, town hall]\nauthors: [Ann]\npeople: [Bo]\nplaces: [Weir]\nsummary: Short\nslug: f",
			"id: 7hq2k9x4m1\ntitle: \"Flood\"\nslug: f\ndate: 2023-12-31\nupdated: 2024-01-02\nlang: en\ntopics: [flood, \"town hall\"]\nauthors: [Ann]\npeople: [Bo]\nplaces: [Weir]\nsummary: \"Short\""},
		{"letter case and dashes", "Title: Flood\nPubDate: 2023-12-31\nLast-Mod: 2024-01-02\nREDIRECT-FROM: /a",
			"title: \"Flood\"\ndate: 2023-12-31\nupdated: 2024-01-02\naliases: [\"/a\"]"},
		{"headline", "headline: Flood", `title: "Flood"`},
		{"empty title, headline", "title: ''\nheadline: Flood", `title: "Flood"`},
		{"entities", "title: 'Flood&#58; a &quot;report&quot; &copy AT&T &bogus;'", `title: "Flood: a \"report\" &copy AT&T &bogus;"`},
		{"entity that was escaped", "title: '&amp;amp; &amp;#58;'", `title: "&amp;amp; &amp;#58;"`},
		{"title that is a number", "title: 1984", `title: "1984"`},

		{"date beats pubDate", "title: x\npubDate: 2020-01-01\ndate: 2021-01-01", "title: \"x\"\ndate: 2021-01-01"},
		{"empty date, pubDate", "title: x\ndate:\npubDate: 2020-01-01", "title: \"x\"\ndate: 2020-01-01"},
		{"published is a date", "title: x\npublished: 2020-01", "title: \"x\"\ndate: 2020-01"},
		{"published is true", "title: x\npublished: true", "title: \"x\""},
		{"publish_date", "title: x\npublish_date: 2020", "title: \"x\"\ndate: 2020"},
		{"datePublished", "title: x\ndatePublished: 2020-01-01 10:00 -4\ndateModified: 2020-01-02", "title: \"x\"\ndate: 2020-01-01T10:00:00-04:00\nupdated: 2020-01-02"},
		{"last_modified_at", "title: x\nlast_modified_at: 2020-01-02", "title: \"x\"\nupdated: 2020-01-02"},
		{"expiry is ignored", "title: x\nexpirydate: 2001-01-01", `title: "x"`},

		{"Norway", "title: x\nlang: no", "title: \"x\"\nlang: \"no\""},
		{"locale", "title: x\nlocale: pt_br.UTF-8", "title: \"x\"\nlang: pt-BR"},
		{"script", "title: x\nlang: ZH-hans-cn", "title: \"x\"\nlang: zh-Hans-CN"},
		{"language in words is not ours to read", "title: x\nlanguage: English", `title: "x"`},

		{"topics, tags, categories", "title: x\ncategories: [News]\ntags: [flood, news, ' ', flood]\ntopics: [weir]", "title: \"x\"\ntopics: [weir, flood, news]"},
		{"Jekyll's spaces", "title: x\ntags: flood weir\ncategories: news", "title: \"x\"\ntopics: [flood, weir, news]"},
		{"commas", "title: x\ntags: flood, town hall", "title: \"x\"\ntopics: [flood, \"town hall\"]"},
		{"ideographic commas", "title: x\ntags: 洪水、审查，河", "title: \"x\"\ntopics: [\"洪水\", \"审查\", \"河\"]"},
		{"our text keeps its spaces", "title: x\ntopics: town hall", "title: \"x\"\ntopics: [\"town hall\"]"},
		{"category keeps its comma", "title: x\ncategory: Arts, Leisure", "title: \"x\"\ntopics: [\"Arts, Leisure\"]"},
		{"tag and topic", "title: x\ntag: flood\ntopic: weir", "title: \"x\"\ntopics: [weir, flood]"},
		{"numbers are texts", "title: x\ntags: [1.10, 2020, yes]", "title: \"x\"\ntopics: [\"1.10\", \"2020\", \"yes\"]"},
		{"tables with names", "title: x\ntags: [{name: flood}, {title: weir}]", "title: \"x\"\ntopics: [flood, weir]"},
		{"keywords only without topics", "title: x\nkeywords: a, b\ntags: [flood]", "title: \"x\"\ntopics: [flood]"},
		{"keywords", "title: x\nkeywords: a, b", "title: \"x\"\ntopics: [a, b]"},
		{"section", "title: x\nsection: Sport", "title: \"x\"\ntopics: [Sport]"},
		{"section that says nothing", "title: x\nsection: posts", `title: "x"`},
		{"Zola's taxonomies", "title: x\ntaxonomies:\n  tags: [flood]\n  categories: [news]\n  authors: [Ann]\n  series: [a]", "title: \"x\"\ntopics: [flood, news]\nauthors: [Ann]"},
		{"params", "title: x\nparams:\n  author: Ann\n  title: y", "title: \"x\"\nauthors: [Ann]"},

		{"author", "title: x\nauthor: Ann Lee", "title: \"x\"\nauthors: [\"Ann Lee\"]"},
		{"authors in a text", "title: x\nauthors: Ann, Bo", "title: \"x\"\nauthors: [Ann, Bo]"},
		{"names with commas", "title: x\nauthors: Lee, Ann; Low, Bo", "title: \"x\"\nauthors: [\"Lee, Ann\", \"Low, Bo\"]"},
		{"author with details", "title: x\nauthor:\n  name: Ann\n  email: a@example.org", "title: \"x\"\nauthors: [Ann]"},
		{"byline", "title: x\nbyline: By Ann Lee", "title: \"x\"\nauthors: [\"Ann Lee\"]"},
		{"author and authors", "title: x\nauthor: Ann\nauthors: [Bo, ann]", "title: \"x\"\nauthors: [Bo, ann]"},
		{"places", "title: x\nplaces: [Weir]\nlocation: Washington, D.C.\nlocations: [Weir, Mill]", "title: \"x\"\nplaces: [Weir, Mill, \"Washington, D.C.\"]"},

		{"summary before description", "title: x\ndescription: b\nsummary: a\ndeck: c", "title: \"x\"\nsummary: \"a\""},
		{"deck when summary is empty", "title: x\nsummary: ''\ndeck: c&#39;s", "title: \"x\"\nsummary: \"c's\""},
		{"subtitle", "title: x\nsubtitle: c", "title: \"x\"\nsummary: \"c\""},
		{"excerpt that is a switch", "title: x\nexcerpt: [a]", `title: "x"`},

		{"source is a name", "title: x\nsource: The Courier", "title: \"x\"\nsource:\n  name: \"The Courier\""},
		{"source is an address", "title: x\nsource: https://example.org/a", "title: \"x\"\nsource:\n  url: https://example.org/a"},
		{"source with its parts", "title: x\ndate: 2023-12-31\nsource: {name: Courier, url: 'https://example.org/a b', captured: 2024-01-01, sha256: " + strings.Repeat("AB", 32) + ", title: y}",
			"title: \"x\"\ndate: 2023-12-31\nsource:\n  name: \"Courier\"\n  url: \"https://example.org/a b\"\n  captured: 2024-01-01\n  sha256: " + strings.Repeat("ab", 32)},
		{"source_url", "title: x\nsource: Courier\nsource_url: https://example.org/a\ncanonical: https://example.org/b", "title: \"x\"\nsource:\n  name: \"Courier\"\n  url: https://example.org/a"},
		{"canonical", "title: x\ncanonical: https://example.org/b", "title: \"x\"\nsource:\n  url: https://example.org/b"},
		{"link that is no address", "title: x\nlink: about", `title: "x"`},

		{"withdrawn", "title: x\nwithdrawn: The quote was invented", "title: \"x\"\nwithdrawn: \"The quote was invented\""},
		{"withdrawn without a reason", "title: x\nwithdrawn: yes", "title: \"x\"\nwithdrawn: \"withdrawn\""},
		{"not withdrawn", "title: x\nwithdrawn: false", `title: "x"`},
		{"corrections", "title: x\ncorrections:\n  - {date: 2024-01-02, note: 'A name: Bo'}\n  - Late news", "title: \"x\"\ncorrections:\n  - {date: 2024-01-02, note: \"A name: Bo\"}\n  - {note: \"Late news\"}"},
		{"one correction", "title: x\ncorrections: {note: Late}", "title: \"x\"\ncorrections:\n  - {note: \"Late\"}"},

		{"aliases", "title: x\naliases: [/a/, 'https://example.org/b?c=1', /a/, https://example.org/]\nredirect_from: /d", "title: \"x\"\naliases: [\"/a/\", \"/b?c=1\", \"/d\"]"},
		{"permalink, url, path", "title: x\npermalink: /a/\nurl: /b/\npath: c/d", "title: \"x\"\naliases: [\"/a/\", \"/b/\", \"c/d\"]"},
		{"patterns are no addresses", "title: x\npermalink: /:year/:title/\nurl: '{{ x }}'\npath: false", `title: "x"`},
		{"url of the original", "title: x\nurl: https://example.org/a", "title: \"x\"\nsource:\n  url: https://example.org/a"},
		{"date in an address", "title: x\npath: inside/2023/10/26/flood", "title: \"x\"\ndate: 2023-10-26\naliases: [\"inside/2023/10/26/flood\"]"},
		{"year in an address is too little", "title: x\npermalink: /1984/review/", "title: \"x\"\naliases: [\"/1984/review/\"]"},

		{"page", "title: x\npage: true", "title: \"x\"\npage: true"},
		{"layout page", "title: x\nlayout: page", "title: \"x\"\npage: true"},
		{"layout page with a date", "title: x\nlayout: page\ndate: 2020-01-01", "title: \"x\"\ndate: 2020-01-01"},
		{"not a draft", "title: x\ndraft: false\nstatus: published", `title: "x"`},
		{"other keys", "title: x\nlayout: post\nweight: 2\nimage: a.jpg\ndata: {a: 1}\nfile: b\nname: c", `title: "x"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := string(Format(parse(t, "content/a.md", "---\n"+tt.src+text)))
			if want := "---\n" + tt.want + text; got != want {
				t.Errorf("%s\n reads as\n%s\n want\n%s", tt.src, got, want)
			}
		})
	}
}

func TestFormatsSayTheSame(t *testing.T) {
	want := parse(t, "a.md", "---\ntitle: \"Flood: a report\"\ndate: 2023-12-31T18:04:00+03:00\ntopics: [a, b]\nauthors: [Ann]\nsource: {name: Courier}\n---\nText\n")
	for _, src := range []string{
		"+++\ntitle = 'Flood: a report'\ndate = 2023-12-31T18:04:00+03:00\nauthors = ['Ann']\n[taxonomies]\ntags = ['a', 'b']\n[source]\nname = 'Courier'\n+++\nText\n",
		"{\"Title\": \"Flood: a report\", \"Pubdate\": \"2023-12-31 18:04 +0300\",\n\"Tags\": [\"a\", \"b\"], \"author\": {\"name\": \"Ann\"}, \"source\": \"Courier\"}\nText",
		"---json\n{\"title\": \"Flood: a report\", \"date\": \"2023-12-31T18:04+03:00\", \"tags\": \"a,b\", \"author\": \"Ann\", \"source\": {\"name\": \"Courier\"}}\n---\n\nText\n\n",
		"\ufeffTitle: Flood: a report\r\nDate: 2023-12-31 18:04:00 +03:00\r\nTags: a, b\r\nAuthor: Ann\r\nSource: Courier\r\n\r\nText\r\n",
	} {
		if got := parse(t, "a.md", src); !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nreads as %+v\nwant %+v", src, got, want)
		}
	}
}

func TestProblems(t *testing.T) {
	long := strings.Repeat("слово ", 200)
	tests := []struct{ name, src, want string }{
		{"empty", "", `a.md: the file is empty (write the article, or delete the file)`},
		{"title is missing", "---\ndate: 2024-05-17\n---\nText\n", `a.md:2: title is missing`},
		{"no front matter", "Text\n", `a.md:1: title is missing`},
		{"empty front matter", "---\n---\nText\n", `a.md:1: title is missing`},
		{"empty title", "---\ntitle: ' &nbsp;'\n---\nText\n", `a.md:2: title is missing`},
		{"misspelt", "---\ntitel: x\n---\n", `a.md:2:1: unknown key "titel" (did you mean "title"?)`},
		{"misspelt, not the only one", "---\ntitle: x\ntitel: y\n---\n", ""},
		{"misspelt summary", "---\ntitle: x\ndescrition: y\n---\n", `a.md:3:1: unknown key "descrition" (did you mean "description"?)`},
		{"misspelt summary, but there is one", "---\ntitle: x\ndescrition: y\nexcerpt: z\n---\n", ""},
		{"misspelt in the source", "---\ntitle: x\nsource: {nmae: Courier}\n---\n", `a.md:3:10: unknown key "nmae" in source (did you mean "name"?)`},
		{"not a date", "---\ntitle: x\ndate: 17 May\n---\n", `a.md:3:7: date "17 May" is not a date (write it as 2023-12-31)`},
		{"impossible date", "---\ntitle: x\npubDate: 2023-02-30\n---\n", `a.md:3:10: pubDate "2023-02-30" is not a date: February 2023 has 28 days`},
		{"date is a list", "---\ntitle: x\ndate: [a]\n---\n", `a.md:3:7: date must be a date, not a list`},
		{"day without folders", "---\ntitle: x\ndate: 21\n---\n", `a.md:3:7: date "21" is not a date (write it as 2023-12-31)`},
		{"title is a list", "---\ntitle: [a]\n---\n", `a.md:2:8: title must be text, not a list`},
		{"topics are a table", "---\ntitle: x\ntopics: {a: b}\n---\n", `a.md:3:9: topics must be a list, not a table of keys`},
		{"topic is a list", "---\ntitle: x\ntopics: [[a]]\n---\n", `a.md:3:10: topics must be a plain list, not a list`},
		{"draft is a word", "---\ntitle: x\ndraft: maybe\n---\n", `a.md:3:8: draft must be true or false, not "maybe"`},
		{"lang is a word", "---\ntitle: x\nlang: English\n---\n", `a.md:3:7: lang "English" is not a language (write its code: en, ru, zh-Hant, pt-BR)`},
		{"sha256", "---\ntitle: x\nsha256: abc\n---\n", `a.md:3:9: sha256 must be a SHA-256 digest, 64 digits and letters from a to f, not "abc"`},
		{"source is a list", "---\ntitle: x\nsource: [a]\n---\n", `a.md:3:9: source must be a name, an address or a table, not a list`},
		{"captured", "---\ntitle: x\nsource:\n  captured: soon\n---\n", `a.md:4:13: source.captured "soon" is not a date (write it as 2023-12-31)`},
		{"correction", "---\ntitle: x\ncorrections:\n  - {date: soon}\n---\n", "a.md:4:5: a correction has no note (write {date: 2023-12-31, note: \"what was wrong\"})\na.md:4:12: corrections.date \"soon\" is not a date (write it as 2023-12-31)"},
		{"given twice", "---\ntitle: x\nTitle: y\n---\n", `a.md:3:1: "Title" is already given on line 2 (delete one of them)`},
		{"another's key given twice", "---\ntitle: x\nimage: a\nimage: b\n---\n", `a.md:4:1: "image" is already given on line 3 (delete one of them)`},
		{"long title", "---\ntitle: " + long + "\n---\n", `a.md:2:8: the title has 1199 letters, and at most 1000 are read (is a quote or a line end missing?)`},
		{"long heading", "---\nlang: en\n---\n\n# " + long + "\n\nText\n", `a.md:5:1: the heading has 1199 letters, and at most 1000 are read (write a title: that is shorter)`},
		{"many topics in all", "---\ntitle: x\ntopics: [" + numbers(150) + "]\ntags: [" + numbers(250) + "]\n---\n", `a.md:4:7: tags has 250 values, and at most 200 are read`},
		{"many topics", "---\ntitle: x\ntopics: [" + numbers(201) + "]\n---\n", `a.md:3:9: topics has 201 values, and at most 200 are read`},
		{"several", "---\ntitel: x\ndate: soon\ndraft: 7\nlang: [a]\n---\n", "a.md:2:1: unknown key \"titel\" (did you mean \"title\"?)\na.md:3:7: date \"soon\" is not a date (write it as 2023-12-31)\na.md:4:8: draft must be true or false, not \"7\"\na.md:5:7: lang must be a language, not a list"},
		{"never closed", "---\ntitle: x\n\nText\n", `a.md:1:1: the front matter that begins here is never closed (end it with a line ---)`},
		{"YAML", "---\r\nlang: en\r\ntitle: a: b\r\n---\r\n", `a.md:3:9: a colon inside a value that is not in quotes (put the value in quotes: "…: …")`},
		{"TOML", "+++\ntitle = 'x'\ndate = 'soon'\n+++\n", `a.md:3:1: date "soon" is not a date (write it as 2023-12-31)`},
		{"JSON", "{\"title\": \"x\",\n \"date\": \"soon\"}\n", `a.md:2:10: date "soon" is not a date (write it as 2023-12-31)`},
		{"zero byte", "---\ntitle: x\n---\nдом\x00\n", `a.md:4:4: the file is not UTF-8 text: it has a zero byte (is it a picture or a program?)`},
		{"Latin 1", "---\ntitle: x\n---\ncaf\xe9\n", `a.md:4:4: the file is not UTF-8 text: byte 0xe9 is part of no letter (save it as UTF-8)`},
		{"UTF-16", "\xff\xfet\x00", `a.md:1:1: the file is not UTF-8 text but UTF-16 (save it as UTF-8)`},
		{"draft", "---\ntitle: x\ndraft: true\ndate: soon\n---\n", `a.md:3:8: draft`},
		{"not published", "---\ntitle: x\npublished: no\n---\n", `a.md:3:12: draft`},
		{"Pelican's draft", "Title: x\nStatus: draft\n\nText\n", `a.md:2:9: draft`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, problems := Parse("a.md", []byte(tt.src))
			sameBody(t, tt.src, a)
			if got := problems.Error(); got != tt.want {
				t.Errorf("Parse(%.80q)\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

// numbers are n different texts of a YAML list.
func numbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "n%d, ", i)
	}
	return b.String()
}

// slow leaves room for a machine that does other things meanwhile.
const slow = 3 * time.Minute

// What is made to take long must not.
func TestHostileFilesAreQuick(t *testing.T) {
	distinct := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < 1<<20-1000; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, head := range map[string]string{
		"items":           "tags: [" + distinct("%d,") + "]",
		"names":           "authors: '" + distinct("%d,") + "'",
		"aliases":         "aliases: [" + distinct("%d,") + "]",
		"keys":            distinct("k%d: 1\n"),
		"one key":         strings.Repeat("a: 1\n", 200000),
		"one key of ours": strings.Repeat("id: 1\n", 150000),
		"wrong items":     "tags: [" + strings.Repeat("[],", 300000) + "]",
		"long key":        strings.Repeat("k", 1<<20-1000) + ": 1",
		"entities":        "title: '" + strings.Repeat("&amp;", 200000) + "'",
		"heading":         "# " + strings.Repeat("[", 1<<20-1000),
	} {
		t.Run(name, func(t *testing.T) {
			src := []byte("---\n" + head + "\n---\n# " + strings.Repeat("[x](", 1<<18) + "\n")
			start := time.Now()
			_, problems := Parse("a.md", src)
			if d := time.Since(start); d > slow {
				t.Errorf("Parse of %d bytes took %v", len(src), d)
			}
			if len(problems) == 0 || len(problems) > 2*maxProblems {
				t.Errorf("Parse found %d problems, want some, and at most %d", len(problems), 2*maxProblems)
			}
		})
	}
}

func TestHelpTakesTheDateFromTheName(t *testing.T) {
	_, problems := Parse("content/2024/05/17/flood.md", []byte("---\ntitle: x\ndate: 17 May\n---\n"))
	const want = `content/2024/05/17/flood.md:3:7: date "17 May" is not a date (write it as 2024-05-17)`
	if got := problems.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestProblemsShowTheirPlace(t *testing.T) {
	_, problems := Parse("a.md", []byte("---\ntitle: Flood\nlang: Klingon\n---\n"))
	const want = "   2 | title: Flood\n   3 | lang: Klingon\n     |       ^^^^^^^"
	if len(problems) != 1 || problems[0].Excerpt != want {
		t.Errorf("the excerpt is\n%s\nwant\n%s", problems[0].Excerpt, want)
	}
}

func TestWhatIsLeftOutOnPurpose(t *testing.T) {
	a, problems := Parse("a.md", []byte("---\ntitle: x\ndraft: true\n---\n"))
	if len(problems) != 1 || problems[0].Severity != diag.LeftOut || !a.Draft {
		t.Errorf("a draft gives %+v, Draft %v, want one problem LeftOut", problems, a.Draft)
	}
	for _, name := range []string{"content/_index.md", "content/news/_index.ru.md"} {
		_, problems = Parse(name, []byte("---\nmenu: [a\n---\n"))
		if len(problems) != 1 || problems[0].Severity != diag.LeftOut || problems.Error() != name+":1:1: Hugo section page, not an article" {
			t.Errorf("%s gives %v, want one problem LeftOut", name, problems)
		}
	}
}

func TestJekyllsDraftsAreLeftOut(t *testing.T) {
	a, problems := Parse("content/_drafts/x.md", []byte("---\ntitle: x\n---\n"))
	if len(problems) != 1 || problems[0].Severity != diag.LeftOut || !a.Draft {
		t.Errorf("got %v, Draft %v, want one problem LeftOut", problems, a.Draft)
	}
}

func TestTheTimeOfAFileIsNoDate(t *testing.T) {
	a, problems := Parse("a.md", []byte("---\ntitle: x\ndate: git Last Modified\n---\n"))
	const want = `a.md:3:7: date "git Last Modified" is the time of a file, which tells nothing of the article, and is not read (write the date of the article)`
	if problems.Error() != want || problems[0].Severity != diag.Warning || !a.Date.IsZero() {
		t.Errorf("got  %v, date %q\nwant %s", problems, a.Date, want)
	}
}

func TestAnothersKeyGivenTwiceIsOnlyAWarning(t *testing.T) {
	_, problems := Parse("a.md", []byte("---\ntitle: x\nimage: a\nimage: b\n---\n"))
	if len(problems) != 1 || problems[0].Severity != diag.Warning {
		t.Errorf("got %v, want one Warning", problems)
	}
}

func TestTitleFromTheText(t *testing.T) {
	tests := []struct{ name, src, title, body string }{
		{"no front matter", "# Flood\n\nText\n", "Flood", "Text\n"},
		{"front matter without title", "---\nlang: en\n---\n\n# Flood #\nText\n", "Flood", "Text\n"},
		{"underlined", "Flood\n=====\n\nText\n", "Flood", "Text\n"},
		{"second level", "## Flood\n\nText\n", "Flood", "Text\n"},
		{"marked up", "# The *flood* in `town` and [its\\_weir](https://example.org/a) &amp; more {#flood}\n\nText\n", "The flood in town and its_weir & more", "Text\n"},
		{"further down, it stays", "![](a.jpg)\n\n```\n# no\n```\n\n# Flood\n\nText\n", "Flood", "![](a.jpg)\n\n```\n# no\n```\n\n# Flood\n\nText\n"},
		{"there is a title", "---\ntitle: x\n---\n# Flood\n\nText\n", "x", "# Flood\n\nText\n"},
		{"heading alone", "# Flood", "Flood", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := parse(t, "a.md", tt.src)
			if a.Title != tt.title || a.Body != tt.body {
				t.Errorf("Parse(%q)\n got %q, %q\nwant %q, %q", tt.src, a.Title, a.Body, tt.title, tt.body)
			}
			if got := string(Body([]byte(tt.src))); got != tt.body {
				t.Errorf("Body(%q) = %q, want %q", tt.src, got, tt.body)
			}
		})
	}
	for _, src := range []string{"#Flood\n", "####### Flood\n", "# \n", "```\n# Flood\n```\n", "- Flood\n", "> Flood\n===\n"} {
		if a, problems := Parse("a.md", []byte(src)); len(problems) == 0 {
			t.Errorf("%q has the title %q, want none", src, a.Title)
		}
	}
}

func TestBodyIsTidied(t *testing.T) {
	tests := []struct{ src, want string }{
		{"---\ntitle: x\n---\nText", "Text\n"},
		{"---\ntitle: x\n---\n\n \n\t\n    code\n", "    code\n"},
		{"---\ntitle: x\n---\nText \n \n\n", "Text\n"},
		{"---\ntitle: x\n---\nOne\r\nTwo\rThree", "One\nTwo\nThree\n"},
		{"---\ntitle: x\n---\n\n\n", ""},
		{"---\ntitle: x\n---\n\ufeffText\n", "\ufeffText\n"},
		{"---\ntitle: x\n---\n---\nText\n", "---\nText\n"},
	}
	for _, tt := range tests {
		src := []byte(tt.src)
		if got := parse(t, "a.md", tt.src).Body; got != tt.want {
			t.Errorf("Body of %q is %q, want %q", tt.src, got, tt.want)
		}
		if got := string(Body(src)); got != tt.want {
			t.Errorf("Body(%q) = %q, want %q", tt.src, got, tt.want)
		}
		if string(src) != tt.src {
			t.Errorf("Body changed its argument from %q to %q", tt.src, src)
		}
	}
}

func TestBodyLine(t *testing.T) {
	tests := []struct {
		src  string
		want int
	}{
		{"---\ntitle: x\n---\nText\n", 4},
		{"---\r\ntitle: x\r\n---\r\n\r\n \r\n  Text\r\n\r\n", 6},
		{"# Title\n\nText\n\n\n", 3},
		{"Text\n", 1},
		{"", 1},
	}
	for _, tt := range tests {
		if got := BodyLine([]byte(tt.src)); got != tt.want {
			t.Errorf("BodyLine(%q) = %d, want %d", tt.src, got, tt.want)
		}
	}
}

var river = []byte(`---
id: 7hq2k9x4m1
title: "The river is back in its bed"
date: 2023-12-31T18:04:00Z
lang: en
topics: [flood, town-hall]
summary: "The water fell by forty centimetres overnight."
---
The water fell by forty centimetres overnight, and the ferry runs again.

` + strings.Repeat("The council will pay for the two pumps that the brewery lent, and for the sand.\n", 30))

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := Parse("content/2023/12/31/river.md", river); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}

func BenchmarkBody(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if !bytes.HasPrefix(Body(river), []byte("The water")) {
			b.Fatal("the body is another")
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	a, _ := Parse("river.md", river)
	b.ReportAllocs()
	for b.Loop() {
		Format(a)
	}
}
