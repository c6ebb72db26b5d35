package front

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// dump writes a node in one line: texts in quotes when they were quoted.
func dump(n *Node) string {
	switch n.Kind {
	case Null:
		return "null"
	case Scalar:
		if n.Plain {
			return n.Text
		}
		return fmt.Sprintf("%q", n.Text)
	case List:
		var parts []string
		for i := range n.Items {
			parts = append(parts, dump(&n.Items[i]))
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	var parts []string
	for _, f := range n.Fields {
		parts = append(parts, f.Key+"="+dump(&f.Value))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

func TestFrontMatterIsFoundAndRead(t *testing.T) {
	tests := []struct{ name, src, want, body string }{
		{"YAML", "---\ntitle: Flood\n---\nText\n", "{title=Flood}", "Text\n"},
		{"byte order mark", "\ufeff---\ntitle: Flood\n---\nText\n", "{title=Flood}", "Text\n"},
		{"CRLF", "---\r\ntitle: Flood\r\nlang: en\r\n---\r\nText\r\n", "{title=Flood lang=en}", "Text\n"},
		{"CR alone", "---\rtitle: Flood\r---\rText\r", "{title=Flood}", "Text\n"},
		{"empty lines before", "\n \n---\ntitle: Flood\n---\nText\n", "{title=Flood}", "Text\n"},
		{"space after the delimiters", "--- \ntitle: Flood\n---\t\nText\n", "{title=Flood}", "Text\n"},
		{"closed by dots", "---\ntitle: Flood\n...\nText\n", "{title=Flood}", "Text\n"},
		{"nothing after it", "---\ntitle: Flood\n---", "{title=Flood}", ""},
		{"empty", "---\n---\nText\n", "null", "Text\n"},
		{"comments only", "---\n# nothing yet\n---\nText\n", "null", "Text\n"},
		{"all keys indented", "---\n title: Flood\n lang: en\n---\nText\n", "{title=Flood lang=en}", "Text\n"},
		{"tab before the value", "---\ntitle:\tFlood\n---\n", "{title=Flood}", ""},
		{"dashes in a block", "---\nsummary: |\n  one\n  ---\n  two\nlang: en\n---\nText\n", `{summary="one\n---\ntwo\n" lang=en}`, "Text\n"},
		{"dashes in a value", "---\ntitle: A----G\n---\nText\n---\n", "{title=A----G}", "Text\n---\n"},
		{"rule in the text", "---\ntitle: Flood\n---\nOne\n\n---\n\nTwo\n", "{title=Flood}", "One\n\n---\n\nTwo\n"},
		{"named YAML", "---yaml\ntitle: Flood\n---\nText\n", "{title=Flood}", "Text\n"},
		{"literal texts", "---\na: 0123\nb: 1.10\nc: no\nd: 2023-12-31\ne: '12'\nf: ~\ng:\nh: 1e3\n---\n", `{a=0123 b=1.10 c=no d=2023-12-31 e="12" f=null g=null h=1e3}`, ""},
		{"nested", "---\nsource:\n  name: Courier\ntags: [a, 'b']\n---\n", `{source={name=Courier} tags=[a "b"]}`, ""},
		{"flow YAML", "---\n{title: Flood}\n---\nText\n", "{title=Flood}", "Text\n"},

		{"TOML", "+++\ntitle = \"Flood\"\ntags = [\"a\", 'b']\n+++\nText\n", `{tags=["a" "b"] title="Flood"}`, "Text\n"},
		{"TOML between dashes", "---toml\ntitle = \"Flood\"\n---\nText\n", `{title="Flood"}`, "Text\n"},
		{"TOML values", "+++\na = 2023-12-31\nb = 2023-12-31T18:04:00\nc = 2023-12-31T18:04:00+03:00\nd = true\ne = 7\nf = 1.5\ng = 18:04:00\n[h]\ni = [{j = 1}]\n+++\n",
			"{a=2023-12-31 b=2023-12-31T18:04:00 c=2023-12-31T18:04:00+03:00 d=true e=7 f=1.5 g=18:04:00 h={i=[{j=1}]}}", ""},
		{"TOML, indented plus signs", "+++\na = '''\n +++\n'''\n+++\nText\n", `{a=" +++\n"}`, "Text\n"},

		{"JSON", "{\n  \"title\": \"Flood\",\n  \"tags\": [\"a\", 1.10, null, true]\n}\n\nText\n", `{title="Flood" tags=["a" 1.10 null true]}`, "\n\nText\n"},
		{"JSON in one line", `{"title": "Flood"}` + "\nText\n", `{title="Flood"}`, "\nText\n"},
		{"JSON without an empty line", "{\n\"title\": \"Flood\"\n}\nText\n", `{title="Flood"}`, "\nText\n"},
		{"JSON and text in one line", `{"title": "Flood"} Text` + "\n", `{title="Flood"}`, "Text\n"},
		{"JSON with braces in texts", `{"title": "} \" {", "x": {"y": {}}}` + "\nText\n", `{title="} \" {" x={y={}}}`, "\nText\n"},
		{"JSON between dashes", "---json\n{\"title\": \"Flood\"}\n---\nText\n", `{title="Flood"}`, "Text\n"},
		{"JSON between semicolons", ";;;\n{\"title\": \"Flood\"}\n;;;\nText\n", `{title="Flood"}`, "Text\n"},
		{"empty JSON", "{}\nText\n", "{}", "\nText\n"},

		{"Pelican's lines", "Title: The flood: a report\nDate: 2023-12-31\nSummary: One\n    two\n\nText\n", "{Title=The flood: a report Date=2023-12-31 Summary=One two}", "\nText\n"},
		{"Pelican's lines, empty", "Title: Flood\nTags:\n", "{Title=Flood Tags=null}", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := Text([]byte(tt.src))
			b := Cut(text)
			if !b.Found() {
				t.Fatalf("Cut(%q) found no front matter (%s)", tt.src, b.Broken)
			}
			n, err := b.Read(text)
			if err != nil {
				t.Fatalf("Read(%q): %v", tt.src, err)
			}
			if got := dump(n); got != tt.want {
				t.Errorf("Read(%q)\n got %s\nwant %s", tt.src, got, tt.want)
			}
			if got := string(text[b.Body:]); got != tt.body {
				t.Errorf("text after the front matter of %q is %q, want %q", tt.src, got, tt.body)
			}
		})
	}
}

func TestTextWithoutFrontMatter(t *testing.T) {
	for _, src := range []string{
		"",
		"\n\n",
		"Text\n",
		"# Flood\n\nText\n",
		"---\n\nA text that opens with a rule.\n\n---\n\nAnd has a second.\n",
		"---\nA text that opens with a rule.\n---\nAnd has a second.\n",
		"---\n\nA text that opens with a rule and has no second.\n\nNote: it goes on.\n",
		"----\ntitle: Flood\n----\nText\n",
		" ---\ntitle: Flood\n---\nText\n",
		"***\ntitle: Flood\n***\n",
		"---\n{% include a.html %}\n---\nText\n",
		"{% include a.html %}\nText\n",
		"{{< figure src=\"a.jpg\" >}}\nText\n",
		"{.lead}\nText\n",
		"Note: this is a text.\n\nTitle: it is.\n",
		"Date: 2023-12-31\n\nA text whose first line is a date.\n",
		"Title: Flood\nText in the next line\n",
	} {
		text := Text([]byte(src))
		if b := Cut(text); b.Found() || b.Broken != "" || b.Body != 0 {
			t.Errorf("Cut(%q) = %+v, want no front matter", src, b)
		}
	}
}

func TestBrokenFrontMatter(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"never closed", "---\ntitle: Flood\n\nText\n", "1:1: the front matter that begins here is never closed (end it with a line ---)"},
		{"never closed, TOML", "\n+++\ntitle = 'x'\n", "2:1: the front matter that begins here is never closed (end it with a line +++)"},
		{"never closed, JSON", "{\"title\": \"Flood\",\nText\n", "1:1: the front matter that begins here is never closed (a } or a quote is missing)"},
		{"closed by an indented line", "---\ntitle: Flood\n ---\nText\n", "1:1: the front matter that begins here is never closed (end it with a line ---)"},
		{"a program", "---js\n({})\n---\n", "1:1: the front matter is a program, which is not run (write it as YAML between two lines ---)"},

		{"colon in a value", "---\nlang: en\ntitle: Flood: a report\n---\n", `3:13: a colon inside a value that is not in quotes (put the value in quotes: "…: …")`},
		{"open quote", "---\nlang: en\ntitle: \"Flood\n---\n", "3:8: a quote that is never closed"},
		{"open list", "---\ntags: [a, b\ntitle: Flood\n---\n", "2:7: a list whose [ is never closed, or that lacks a comma"},
		{"open table", "---\nsource: {name: a\ntitle: Flood\n---\n", "2:9: a table whose { is never closed, or that lacks a comma"},
		{"text after a quote", "---\ntitle: \"Flood\" in town\n---\n", "2:16: text after a closing quote (put the whole value in quotes, those inside it in '…' or behind a backslash)"},
		{"apostrophe in quotes", "---\ntitle: 'it's'\n---\n", "2:12: text after a closing quote (put the whole value in quotes, those inside it in '…' or behind a backslash)"},
		{"letters, not bytes", "---\ntitle: \"Наводнение\" в городе\n---\n", "2:21: text after a closing quote (put the whole value in quotes, those inside it in '…' or behind a backslash)"},
		{"no colon", "---\ntitle: Flood\nlang en\n---\n", "4:1: a line without a colon (write it as key: value)"},
		{"bad indentation", "---\ntags:\n  - a\n - b\n---\n", "4:2: neither a key with a colon nor part of the value before it (indent it as its neighbours, and write a quote inside quotes twice)"},
		{"tab", "---\nsource:\n\tname: x\n---\n", "3:1: a value that begins with a character that YAML keeps for itself, or a line indented with a tab (put the value in quotes, or use spaces)"},
		{"at sign", "---\nauthor: @jane\n---\n", "2:9: a value that begins with a character that YAML keeps for itself, or a line indented with a tab (put the value in quotes, or use spaces)"},
		{"backslash", "---\ntitle: \"a\\qb\"\n---\n", `2:10: a backslash inside double quotes that means nothing (write \\, or use single quotes)`},
		{"anchor", "---\na: &x Flood\n---\n", "2:4: a value that begins with & or * is a reference, which front matter cannot have (write the value itself, or put it in quotes)"},
		{"anchor and alias", "---\nb: 1\na: [&x Flood, *x]\n---\n", "3:5: a value that begins with & or * is a reference, which front matter cannot have (write the value itself, or put it in quotes)"},
		{"unknown alias", "---\na: *x\n---\n", "2:4: a value that begins with * is a reference, which front matter cannot have (put the value in quotes)"},
		{"key that is a list", "---\ntitle: x\n? [a]\n: b\n---\n", "3:3: a key must be a word"},
		{"control character", "---\ntitle: a\x01b\n---\n", "2:1: an invisible control character (delete it)"},
		{"invisible line end", "---\ntitle: a\u2028b\nlang: en\n---\n", "3:1: a line without a colon (the front matter has invisible line ends (U+2028 or U+0085), which YAML takes for new lines: delete them)"},
		{"list", "---json\n[1]\n---\n", "2:1: the front matter is a list, not keys with values (write lines such as title: …)"},
		{"deep brackets", "---\na: " + strings.Repeat("[", 2000) + "\n---\n", "2:1: the front matter has too many brackets inside brackets"},
		{"deep list", "---\na: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\n---\n", "2:54: a list or table inside too many others"},
		{"deep dashes", "---\na:\n " + strings.Repeat("- ", 60) + "x\n---\n", "3:102: a list or table inside too many others"},
		{"too long", "---\na: " + strings.Repeat("x", 1<<20) + "\n---\n", "2:1: the front matter has 1024 kB, and at most 1024 are read (is its end missing?)"},

		{"TOML", "+++\ntitle = \"Flood\"\nlang = en\n+++\n", `3:8: TOML: expected value but found "en" instead`},
		{"TOML key twice", "+++\na = 1\na = 2\n+++\n", "3:1: TOML: Key 'a' has already been defined."},
		{"JSON", "{\n  \"title\": \"Наводнение\" 7\n}\n", "2:25: JSON: invalid character '7' after object key:value pair"},
		{"JSON, text behind", "---json\n{\"a\": 1}\n{}\n---\n", "3:1: text after the end of the JSON object"},
		{"JSON, too short", "---json\n{\"a\": 1\n---\n", "3:1: JSON: the object ends too early (a } or ] is missing)"},
		{"JSON, deep", "---json\n{\"a\": " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "}\n---\n", "2:57: a list or table inside too many others"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := Text([]byte(tt.src))
			b := Cut(text)
			got := ""
			if b.Broken != "" {
				line, col := LineCol(text, Blank(text))
				got = message(line, col, b.Broken, b.Help)
			} else if _, err := b.Read(text); err != nil {
				e, ok := errors.AsType[*Error](err)
				if !ok {
					t.Fatalf("Read(%q) = %T %v, want an *Error", tt.src, err, err)
				}
				line, col := b.Find(text, e.At)
				got = message(line, col, e.Msg, e.Help)
			}
			if got != tt.want {
				t.Errorf("%.100q\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

func message(line, col int, msg, help string) string {
	if help != "" {
		msg += " (" + help + ")"
	}
	return fmt.Sprintf("%d:%d: %s", line, col, msg)
}

func TestPlacesOfValues(t *testing.T) {
	tests := []struct{ name, src, key, want string }{
		{"YAML", "---\n\nlang: en\nналог: \"да\"\n---\n", "налог", "4:1 4:8"},
		{"YAML after invisible line ends", "---\na: 'x\u2028y'\nb: z\n---\n", "b", "3:1 3:4"},
		{"JSON", "{\n \"налог\": \"да\", \"b\": [\n  1]}\n", "b", "2:17 2:22"},
		{"TOML", "+++\na = 1\n\n  b = [\n1]\n+++\n", "b", "4:3 4:3"},
		{"Pelican's lines", "Title: x\nTags:  налог\n", "Tags", "2:1 2:8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := Text([]byte(tt.src))
			b := Cut(text)
			n, err := b.Read(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range n.Fields {
				if f.Key != tt.key {
					continue
				}
				kl, kc := b.Find(text, f.At)
				vl, vc := b.Find(text, f.Value.At)
				if got := fmt.Sprintf("%d:%d %d:%d", kl, kc, vl, vc); got != tt.want {
					t.Errorf("%q in %q stands at %s, want %s", tt.key, tt.src, got, tt.want)
				}
				return
			}
			t.Errorf("%q has no key %q", tt.src, tt.key)
		})
	}
}

// slow leaves room for a machine that does other things meanwhile.
const slow = 3 * time.Minute

// What is made to take long must not: each of these has a megabyte.
func TestHostileFrontMatterIsQuick(t *testing.T) {
	const n = 1<<20 - 100
	for name, head := range map[string]string{
		"dashes":      strings.Repeat("- ", n/2),
		"questions":   strings.Repeat("? ", n/2),
		"colons":      strings.Repeat("a: ", n/3),
		"brackets":    strings.Repeat("[", n),
		"long dashes": "a: " + strings.Repeat("-", n),
		"quotes":      "a: " + strings.Repeat("\"\" ", n/3),
		"items":       "a: [" + strings.Repeat("a,", n/2) + "]",
		"keys":        strings.Repeat("a: 1\n", n/5),
		"bang":        "a: " + strings.Repeat("!", n),
	} {
		t.Run(name, func(t *testing.T) {
			for _, fence := range []string{"---", "+++", ";;;"} {
				text := []byte(fence + "\na: 1\n" + head + "\n" + fence + "\n")
				start := time.Now()
				b := Cut(text)
				b.Read(text)
				if d := time.Since(start); d > slow {
					t.Errorf("reading %d bytes between %s took %v", len(text), fence, d)
				}
			}
		})
	}
}
