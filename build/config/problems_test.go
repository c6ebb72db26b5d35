package config

import (
	"slices"
	"strings"
	"testing"

	"backfile/build/internal/diag"
)

const allKeys = "keys here: authors, base_url, canonical, compress, contact, description, language, license, license_url, mirrors, noindex, " +
	"page_size, people, places, publisher, search, sources, timezone, title, topics, week_start"

// TestParseTellsWhatIsWrong lists every problem that site.yaml can have, in a
// file whose first line is a good title unless it begins with "!".
func TestParseTellsWhatIsWrong(t *testing.T) {
	const (
		webPage = " (such as https://example.org/terms)"
		webSite = " (such as https://example.org/ or https://name.github.io/archive/)"
		zone    = " (the name of a zone, such as Europe/Berlin, Asia/Tehran or UTC)"
		mail    = " (such as desk@example.org or https://example.org/contact)"
		code    = " (such as en, ru, pt-BR or zh-Hant)"
		missing = `1: title is missing (add a line such as "title: The Daily Example")`
		second  = `2:11: base_url %s is not the address of a web site`
	)
	tests := []struct{ name, src, want string }{
		{"empty", "!", missing},
		{"spaces and comments", "! \n# title: x\n", missing},
		{"a document marker alone", "!---\n", missing},
		{"title missing", "!language: en\n", missing},
		{"title empty", "!language: en\ntitle:\n", "2:7: title is empty, and must be text of at most 200 letters"},
		{"title of spaces", "!title: '  '\n", `1:8: title "  " is not text of at most 200 letters`},
		{"title too long", "!title: " + strings.Repeat("ж", 201), `1:8: title "` + strings.Repeat("ж", 201) + `" is not text of at most 200 letters (it has 201)`},
		{"title a list", "!title: [a]\n", "1:8: title is a list, and must be text of at most 200 letters"},
		{"title a mapping", "!title:\n  a: b\n", "2:3: title holds keys of its own, and must be text of at most 200 letters"},
		{"title true", "!title: true\n", `1:8: title "true" is not text of at most 200 letters (put it in quotes)`},
		{"not a mapping", "!- a\n", `1:1: site.yaml must hold keys and values, such as "title: The Daily Example"`},
		{"plain text", "!Lantern\n", `1:1: site.yaml must hold keys and values, such as "title: The Daily Example"`},

		{"unknown key, misspelt", "!titel: x", `1:1: unknown key "titel" (did you mean "title"? ` + allKeys + ")"},
		{"unknown key", "colour: red", `2:1: unknown key "colour" (` + allKeys + ")"},
		{"lang", "lang: ru", `2:1: unknown key "lang" (did you mean "language"? ` + allKeys + ")"},
		{"baseURL", "baseURL: x", `2:1: unknown key "baseURL" (did you mean "base_url"? ` + allKeys + ")"},
		{"baseurl", "baseurl: x", `2:1: unknown key "baseurl" (did you mean "base_url"? ` + allKeys + ")"},
		{"Title", "!Title: x", `1:1: unknown key "Title" (did you mean "title"? ` + allKeys + ")"},
		{"duplicate key", "title: y", `2:1: key "title" stands here twice, first in line 1`},
		{"a key that is a list", "? [a]\n: b", "2:3: a key must be a word"},

		{"language unknown", "language: xx", `2:11: language "xx" is not the code of a language` + code},
		{"language by name", "language: english", `2:11: language "english" is not the code of a language` + code},
		{"language und", "language: und", `2:11: language "und" is not the code of a language` + code},
		{"language number", "language: 7", `2:11: language "7" is not the code of a language` + code},
		{"base_url bare", "base_url: example.org", strings.ReplaceAll(second, "%s", `"example.org"`) + " (write https://example.org/)"},
		{"base_url ftp", "base_url: ftp://example.org/", strings.ReplaceAll(second, "%s", `"ftp://example.org/"`) + webSite},
		{"base_url path", "base_url: /archive/", strings.ReplaceAll(second, "%s", `"/archive/"`) + webSite},
		{"base_url file", "base_url: file:///x", strings.ReplaceAll(second, "%s", `"file:///x"`) + webSite},
		{"base_url without host", "base_url: https:///x", strings.ReplaceAll(second, "%s", `"https:///x"`) + webSite},
		{"base_url with user", "base_url: https://me:pw@example.org/", strings.ReplaceAll(second, "%s", `"https://me:pw@example.org/"`) + webSite},
		{"base_url bad port", "base_url: https://example.org:99999/", strings.ReplaceAll(second, "%s", `"https://example.org:99999/"`) + webSite},
		{"base_url bad escape", "base_url: https://example.org/%zz", strings.ReplaceAll(second, "%s", `"https://example.org/%zz"`) + webSite},
		{"base_url bad host", "base_url: https://exa_mple.org/", strings.ReplaceAll(second, "%s", `"https://exa_mple.org/"`) + webSite},
		{"base_url with query", "base_url: https://example.org/?a=b", strings.ReplaceAll(second, "%s", `"https://example.org/?a=b"`) + " (it cannot have ? or # in it)"},
		{"timezone offset", "timezone: UTC+3", `2:11: timezone "UTC+3" is not a time zone` + zone},
		{"timezone Local", "timezone: Local", `2:11: timezone "Local" is not a time zone` + zone},
		{"timezone file", "timezone: ../../etc/passwd", `2:11: timezone "../../etc/passwd" is not a time zone` + zone},
		{"timezone city", "timezone: new york", `2:11: timezone "new york" is not a time zone (did you mean "America/New_York"?)`},
		{"timezone in small letters", "timezone: europe/berlin", `2:11: timezone "europe/berlin" is not a time zone (did you mean "Europe/Berlin"?)`},
		{"page_size too small", "page_size: 9", `2:12: page_size "9" is not a whole number from 10 to 200`},
		{"page_size too large", "page_size: 201", `2:12: page_size "201" is not a whole number from 10 to 200`},
		{"page_size huge", "page_size: 99999999999999999999", `2:12: page_size "99999999999999999999" is not a whole number from 10 to 200`},
		{"page_size broken", "page_size: 50.5", `2:12: page_size "50.5" is not a whole number from 10 to 200`},
		{"page_size quoted", "page_size: '50'", `2:12: page_size "50" is not a whole number from 10 to 200 (write it without quotes)`},
		{"page_size octal", "page_size: 0o62", `2:12: page_size "0o62" is not a whole number from 10 to 200`},
		{"page_size with a nought", "page_size: 050", `2:12: page_size "050" is not a whole number from 10 to 200`},
		{"page_size list", "page_size: [50]", `2:12: page_size is a list, and must be a whole number from 10 to 200`},
		{"week_start", "week_start: Monday", `2:13: week_start "Monday" is not monday, sunday or saturday (did you mean "monday"?)`},
		{"week_start friday", "week_start: friday", `2:13: week_start "friday" is not monday, sunday or saturday`},
		{"canonical", "canonical: source", `2:12: canonical "source" is not self or original`},
		{"noindex yes", "noindex: yes", `2:10: noindex "yes" is not true or false (write true)`},
		{"noindex 1", "noindex: 1", `2:10: noindex "1" is not true or false`},
		{"noindex quoted", "noindex: 'true'", `2:10: noindex "true" is not true or false (write it without quotes)`},
		{"license_url", "license_url: CC0", `2:14: license_url "CC0" is not the address of a web page` + webPage},
		{"license_url script", "license_url: javascript:alert(1)", `2:14: license_url "javascript:alert(1)" is not the address of a web page` + webPage},
		{"contact", "contact: ask me", `2:10: contact "ask me" is not an e-mail address or the address of a web page` + mail},
		{"contact script", "contact: javascript://x.y/%0aalert(1)", `2:10: contact "javascript://x.y/%0aalert(1)" is not an e-mail address or the address of a web page` + mail},

		{"search yes", "search: yes", `2:9: search "yes" is not true or false, or a mapping of excerpts and phrases (write true)`},
		{"search quoted", "search: 'false'", `2:9: search "false" is not true or false, or a mapping of excerpts and phrases (write it without quotes)`},
		{"search by name", "search: pagefind", `2:9: search "pagefind" is not true or false, or a mapping of excerpts and phrases`},
		{"search a list", "search: [excerpts]", `2:9: search is a list, and must be true or false, or a mapping of excerpts and phrases`},
		{"search, misspelt part", "search: {excerpt: false}", `2:10: unknown key "excerpt" in "search" (did you mean "excerpts"? keys here: excerpts, phrases)`},
		{"search, part by another word", "search:\n  snippets: false\n", `3:3: unknown key "snippets" in "search" (did you mean "excerpts"? keys here: excerpts, phrases)`},
		{"search, unknown part", "search: {stemming: false}", `2:10: unknown key "stemming" in "search" (keys here: excerpts, phrases)`},
		{"search, part twice", "search: {phrases: true, phrases: false}", `2:25: key "phrases" stands here twice, first in line 2`},
		{"search, part off", "search: {phrases: off}", `2:19: search.phrases "off" is not true or false (write false)`},
		{"search, part empty", "search: {phrases: ''}", `2:19: search.phrases is empty, and must be true or false`},
		{"search, part a mapping", "search: {phrases: {a: true}}", `2:19: search.phrases holds keys of its own, and must be true or false`},
		{"pagefind", "pagefind: true", `2:1: unknown key "pagefind" (did you mean "search"? ` + allKeys + ")"},

		{"mirrors as text", "mirrors: https://a.example/", `2:10: mirrors is not a list (write each on a line of its own, as "- https://mirror.example/")`},
		{"mirrors, no address", "mirrors:\n  - a.example\n", `3:5: mirrors "a.example" is not the address of a web site (write https://a.example/)`},
		{"mirrors, script", "mirrors: ['javascript:alert(1)']", `2:11: mirrors "javascript:alert(1)" is not the address of a web site (such as https://example.org/ or https://name.github.io/archive/)`},
		{"mirrors, twice", "mirrors:\n  - https://a.example\n  - url: https://A.example/\n", `4:10: mirrors has "https://a.example/" twice, first in line 3`},
		{"mirrors, no url", "mirrors: [{name: A}]", `2:11: an entry of mirrors has no url (write "url: https://mirror.example/")`},
		{"mirrors, empty url", "mirrors: [{url: }]", `2:17: mirrors.url is empty, and must be the address of a web site`},
		{"mirrors, unknown key", "mirrors: [{url: 'https://a.example/', nam: A}]", `2:39: unknown key "nam" in "mirrors" (did you mean "name"? keys here: name, onion, url)`},
		{"mirrors, onion", "mirrors: [{url: 'https://a.example/', onion: 'http://a.onion/'}]", `2:46: mirrors.onion "http://a.onion/" is not the address of an onion service (http:// and a host of 56 letters and figures that ends with .onion)`},
		{"mirrors, entry a list", "mirrors: [[https://a.example/]]", `2:11: mirrors is a list, and must be the address of a web site`},
		{"mirror", "mirror: []", `2:1: unknown key "mirror" (did you mean "mirrors"? ` + allKeys + ")"},

		{"terms as text", "topics: a", `2:9: topics must hold terms by their slugs (write each below it as "slug: Label")`},
		{"terms as list", "topics: [a, b]", `2:9: topics must hold terms by their slugs (write each below it as "slug: Label")`},
		{"slug in capitals", "topics: {China: x}", `2:10: "China" in topics is not a slug (write it as china)`},
		{"slug with a slash", "topics: {a/b: x}", `2:10: "a/b" in topics is not a slug (write it as a-b)`},
		{"slug reserved", "topics: {con: x}", `2:10: "con" in topics is not a slug (write it as con-x)`},
		{"slug of a list page", "topics: {page-3: x}", `2:10: "page-3" in topics is not a slug (write it as page-3-x)`},
		{"slug in Russian", "topics: {Порт: x}", `2:10: "Порт" in topics is not a slug (write it as port)`},
		{"slug of emoji", "topics: {'😀': x}", `2:10: "😀" in topics is not a slug (write it as term-f0443a34)`},
		{"duplicate slug", "topics:\n  a: A\n  b: B\n  a: C\n", `5:3: key "a" stands here twice, first in line 3`},
		{"no label", "topics: {a: }", `2:13: topics.a is empty, and must be text of at most 200 letters`},
		{"no label among keys", "topics: {a: {about: x}}", `2:13: topics.a has no label`},
		{"empty label", "topics: {a: {label: ''}}", `2:21: topics.a.label is empty, and must be text of at most 200 letters`},
		{"label a list", "topics: {a: [b]}", `2:13: topics.a is a list, and must be text of at most 200 letters`},
		{"unknown key of a term", "topics: {a: {label: A, abuot: x}}", `2:24: unknown key "abuot" in "topics.a" (did you mean "about"? keys here: about, aka, label)`},
		{"comma in a description", "topics: {a: {label: A, about: b, and c}}", `2:34: unknown key "and c" in "topics.a" (put the text before it in quotes if the comma belongs to it)`},
		{"name for label", "topics: {a: {name: A, label: B}}", `2:14: unknown key "name" in "topics.a" (keys here: about, aka, label)`},
		{"duplicate key of a term", "topics: {a: {label: A, label: B}}", `2:24: key "label" stands here twice, first in line 2`},
		{"aka not a list", "topics: {a: {label: A, aka: B}}", `2:29: topics.a.aka is not a list (write [one, two])`},
		{"aka holds a list", "topics: {a: {label: A, aka: [[B]]}}", `2:30: topics.a.aka is a list, and must be text of at most 200 letters`},
		{"aka twice in one term", "topics: {a: {label: A, aka: [B, B]}}", `2:33: topics.a.aka has "B" twice`},
		{"aka claimed twice", "topics:\n  a: {label: A, aka: [PRC]}\n  b: {label: B, aka: [prc]}\n", `4:23: "prc" already means a, since line 3`},
		{"aka is another's slug", "topics:\n  a: Alpha\n  b: {label: B, aka: [A]}\n", `4:23: "A" already means a, since line 3`},
		{"label claimed twice", "people:\n  li-wei: Li Wei\n  li-wei-2: LI  WEI\n", `4:13: "LI WEI" already means li-wei, since line 3`},

		{"anchor", "license: &x y", `2:10: anchors (&) are not used here (put "&x" in quotes if it is text)`},
		{"alias unknown", "license: *x", `2:10: aliases (*) are not used here (put the value in quotes if the * belongs to it)`},
		{"merge key", "<<: {a: b}", `2:1: merge keys (<<) are not used here`},
		{"tag", "license: !!str y", `2:10: tags (!) are not used here (put the value in quotes if the ! belongs to it)`},
		{"two documents", "---\ntitle: y\n", `2:1: a second document begins (remove the line ---)`},

		{"list not closed", "topics: [a\n", `2:9: this list is not closed (add the missing ] or comma)`},
		{"mapping not closed", "topics: {a: b\n", `2:9: this mapping is not closed (add the missing } or comma)`},
		{"quote not closed", "license: \"x\ncontact: y\n", `2:10: this quote is not closed (add the missing quote)`},
		{"second colon", "license: a: b", `2:11: a second colon cannot stand here (put the value in quotes if the colon belongs to it)`},
		{"key too far right", " license: a", `2:9: this key cannot stand here (it must begin right below its neighbours, and the line before needs a colon too)`},
		{"key too far left", "topics:\n   a: A\n  b: B\n", `4:3: this line does not begin where its neighbours do (put the same number of spaces before lines that belong together)`},
		{"line without a colon", "license\n", `2:1: this line has no colon (write "key: value")`},
		{"tab", "topics:\n\ta: A\n", `3:1: a tab stands where only spaces can (use spaces)`},
		{"at sign", "contact: @lantern", `2:10: a value cannot begin with @ (put the value in quotes)`},
		{"lone star", "license: * x", `2:10: a value cannot begin with * (put the value in quotes)`},
		{"lone ampersand", "license: & x", `2:10: a value cannot begin with & (put the value in quotes)`},
		{"escape", `license: "C:\dir"`, `2:13: an unknown escape stands in a text in double quotes (write \\ for a backslash, or use single quotes)`},
		{"text after quotes", `license: "x" y`, `2:14: the value has ended before this (put all of the value in quotes)`},
		{"list in the line of its key", "topics: - a", `2:9: a list cannot begin here (put each item on a line of its own, below its key)`},
		{"too deep", strings.Repeat("[", 100_000), "2:10001: is not YAML: exceeded max depth of 10000"},

		{"not UTF-8", "license: Gr\xfcn", `2:12: is not in UTF-8 (save it as UTF-8)`},
		{"UTF-16", "!\xff\xfet\x00", ` is in UTF-16 (save it as UTF-8)`},
		{"NUL", "license: a\x00b", `2:11: an invisible letter (U+0000) (remove it)`},
		{"escape character", "license: \x1b[31m", `2:10: an invisible letter (U+001B) (remove it)`},
		{"larger than 1 MB", strings.Repeat("#", 1<<20), ` is larger than 1 MB`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src, bare := strings.CutPrefix(tt.src, "!")
			if !bare {
				src = "title: x\n" + src
			}
			_, problems := Parse("site.yaml", []byte(src))
			if len(problems) != 1 {
				t.Fatalf("Parse(%.200q) found %d problems, want one:\n%v", src, len(problems), problems)
			}
			if got := problems[0].Error(); got != "site.yaml:"+tt.want {
				t.Errorf("Parse(%.200q)\n got %s\nwant site.yaml:%s", src, got, tt.want)
			}
			if problems[0].Severity != diag.Error {
				t.Errorf("Parse(%.200q) found a %s, want an error", src, problems[0].Severity)
			}
		})
	}
}

func TestParseTellsAllProblemsWithTheirPlaces(t *testing.T) {
	src := `language: xx
page_size: 5
week_start: Monday
topics:
  China: {label: China}
  russia: {label: Russia, labl: x}
people: [a]
`
	want := []string{
		"site.yaml:1: title is missing",
		`site.yaml:1:11: language "xx"`,
		`site.yaml:2:12: page_size "5"`,
		`site.yaml:3:13: week_start "Monday"`,
		`site.yaml:5:3: "China" in topics is not a slug`,
		`site.yaml:6:27: unknown key "labl" in "topics.russia"`,
		"site.yaml:7:9: people must hold terms",
	}
	_, problems := Parse("site.yaml", []byte(src))
	if len(problems) != len(want) {
		t.Fatalf("Parse found %d problems, want %d:\n%v", len(problems), len(want), problems)
	}
	for i, p := range problems {
		if !strings.HasPrefix(p.Error(), want[i]) {
			t.Errorf("problem %d\n got %s\nwant %s…", i, p.Error(), want[i])
		}
	}
	excerpt := "   5 |   China: {label: China}\n   6 |   russia: {label: Russia, labl: x}\n     |                           ^^^^"
	if got := problems[5].Excerpt; got != excerpt {
		t.Errorf("excerpt\n got\n%s\nwant\n%s", got, excerpt)
	}
}

func TestMeantNamesKeys(t *testing.T) {
	known := map[string]bool{}
	for _, k := range keys {
		known[k.name] = true
	}
	for _, part := range slices.Concat(searchParts, mirrorKeys) {
		known[part] = true
	}
	for word, key := range meant {
		if !known[key] {
			t.Errorf("meant[%q] is %q, which is no key", word, key)
		}
	}
}
