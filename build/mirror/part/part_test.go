package part

import (
	"strings"
	"testing"

	"backfile/build/manifest"
)

func TestPartsAreReadAndWritten(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"2019", "2019"}, {"2021-2019", ""}, {"2019-2021, 2020,2024", "2019-2021, 2024"}, {"china,2019", "2019, china"}, {"", ""}, {"a/b", ""}, {"..", ""}, {"a b", ""}, {"flood-2019", "flood-2019"},
	} {
		p, err := Parse(tt.text)
		if (err != nil) != (tt.want == "") || err == nil && p.String() != tt.want {
			t.Errorf("Parse(%q) = %v, %v; want %q", tt.text, p, err, tt.want)
		}
		if err != nil {
			continue
		}
		again, err := ParseFile(p.File())
		if err != nil || again.String() != p.String() {
			t.Errorf("ParseFile(%q) = %v, %v", p.File(), again, err)
		}
	}
	for _, text := range []string{"", "backfile-part/1\n", "backfile-part/1\nyear 2020\nyear 2020x\n", "backfile-part/1\nyear 02020\n", "backfile-part/2\nyear 2020\n"} {
		if p, err := ParseFile([]byte(text)); err == nil {
			t.Errorf("ParseFile(%q) = %v, want an error", text, p)
		}
	}
}

func TestLinksAreFoundHoweverTheyAreWritten(t *testing.T) {
	var list []manifest.File
	for _, p := range []string{"2019/01/01/a&b.html", "2019/01/01/c d.html", "2019/01/01/index.html", "2019/01/01/é.html", "topics/x/feed.xml", "topics/x/index.html", "topics/x/pic.png"} {
		list = append(list, manifest.File{Path: p})
	}
	p, err := Parse("x")
	if err != nil {
		t.Fatal(err)
	}
	s := Select(p, list)
	if pages := s.Pending(); len(pages) != 1 || pages[0].Path != "topics/x/index.html" {
		t.Fatalf("to be looked at are %v", pages)
	}
	s.Look("topics/x/index.html", []byte(`<a href="../../2019/01/01/a&amp;b.html#x">1</a><A HREF=../../2019/01/01/c%20d.html>2</a>
		<a href='../../2019/01/01/é.html?x'>3</a><a href="../../2019/01/01/index.html">no</a><a href="https://x/2019/01/01/a.html">no</a><a href="../../../../../etc/passwd">no</a>`))
	var got []string
	for _, f := range s.Files() {
		got = append(got, f.Path)
	}
	const want = "2019/01/01/a&b.html 2019/01/01/c d.html 2019/01/01/é.html topics/x/feed.xml topics/x/index.html topics/x/pic.png"
	if strings.Join(got, " ") != want {
		t.Errorf("the part has %q, want %q", strings.Join(got, " "), want)
	}
}

func FuzzLook(f *testing.F) {
	f.Add("topics/x/index.html", []byte(`<a href="../../2019/a.html">`))
	f.Add("a", []byte("href=%zz&#0;"))
	f.Fuzz(func(t *testing.T, page string, text []byte) {
		list := []manifest.File{{Path: "2019/a.html"}, {Path: "2019/b.jpg"}}
		s := Select(Part{Topics: []string{"x"}}, list)
		s.Look(page, text)
		for _, f := range s.Files() {
			if f.Path != "2019/a.html" && f.Path != "2019/b.jpg" {
				t.Errorf("Look(%q, %q) brought in %q", page, text, f.Path)
			}
		}
	})
}
