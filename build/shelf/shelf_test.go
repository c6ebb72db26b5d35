package shelf

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backfile/build/article"
)

func open2(t *testing.T, files map[string]string) *Shelf {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	s, err := Open(t.Context(), root, true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func titled(title, date string) *article.Article {
	d, _ := article.ParseDate(date)
	return &article.Article{Meta: article.Meta{ID: "0123456789", Title: title, Date: d}}
}

func TestPlaceOfANewArticle(t *testing.T) {
	long := strings.Repeat("river ", 30)
	s := open2(t, map[string]string{
		"content/2023/12/31/flood.md":         "---\ntitle: Flood\ndate: 2023-12-31\n---\n",
		"content/posts/2023-12-31-mill.md":    "---\ntitle: Mill\n---\n",
		"content/2023/12/31/Bridge.md":        "---\ntitle: Bridge\ndate: 2023-12-31\n---\n",
		"content/2024/01/01/somewhere.md":     "---\ntitle: Elsewhere\ndate: 2023-12-31\nslug: dam\n---\n",
		"content/2023/12/31/flood-picture.md": "---\ntitle: Page\npage: true\n---\n",
	})
	tests := []struct{ title, date, want string }{
		{"Rain", "2023-12-31T18:04:00Z", "content/2023/12/31/rain.md"},
		{"Rain", "2023-12", "content/2023/12/rain.md"},
		{"Rain", "2023", "content/2023/rain.md"},
		{"Rain", "", "content/undated/rain.md"},
		{"Flood", "2023-12-31", "content/2023/12/31/flood-2.md"},
		{"Flood!", "2023-12-31", "content/2023/12/31/flood-3.md"},
		{"Bridge", "2023-12-31", "content/2023/12/31/bridge-2.md"}, // some systems know no capitals
		{"Mill", "2023-12-31", "content/2023/12/31/mill-2.md"},     // the address is taken
		{"Dam", "2023-12-31", "content/2023/12/31/dam-2.md"},
		{"🌧🌧", "2023-12-31", "content/2023/12/31/0123456789.md"},
		{"../../etc/passwd", "2023-12-31", "content/2023/12/31/etc-passwd.md"},
		{"2019-05-15 summit", "", "content/undated/0123456789-2019-05-15-summit.md"},
		{long, "2023-12-31", "content/2023/12/31/" + strings.TrimSuffix(strings.Repeat("river-", 13), "-") + ".md"},
		{long, "2023-12-31", "content/2023/12/31/" + strings.Repeat("river-", 13) + "2.md"},
		{"2019-05-15 " + long, "", ""},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		got, _ := s.Place(titled(tt.title, tt.date), false)
		if tt.want != "" && got != tt.want {
			t.Errorf("Place(%q, %s) = %s, want %s", tt.title, tt.date, got, tt.want)
		}
		if name := strings.TrimSuffix(filepath.Base(got), ".md"); len(name) > maxName {
			t.Errorf("Place(%q) has a name of %d letters: an address has %d", tt.title, len(name), maxName)
		}
		if seen[got] {
			t.Errorf("Place gave %s twice", got)
		}
		seen[got] = true
	}
}

func TestStoriesAreKnownAgain(t *testing.T) {
	byURL := titled("Flood", "2023-12-31")
	byURL.Source.URL = "https://dale.example/flood"
	s := open2(t, map[string]string{
		"content/a.md": "---\nid: aaaaaaaaaa\ntitle: A\nsource:\n  url: https://dale.example/a\n  sha256: " + strings.Repeat("ab", 32) + "\n---\n",
		"content/b.md": "---\ntitle: Written by hand\nsource: {url: \"http://DALE.example/flood?utm_source=x\"}\n---\n",
		"content/c.md": "no front matter",
	})
	if b, id := s.Find(Identity(byURL)); b == nil || b.File != "content/b.md" || b.ID != id {
		t.Errorf("Find by address gave %+v with id %s, want content/b.md with its id", b, id)
	}
	sum := [32]byte{}
	for i := range sum {
		sum[i] = 0xab
	}
	if b := s.BySum(sum); b == nil || b.File != "content/a.md" {
		t.Errorf("BySum gave %+v, want content/a.md", b)
	}
	byText := titled("Flood", "2023-12-31")
	b, id := s.Find(Identity(byText))
	if b != nil || len(id) != 10 || strings.Trim(id, "0123456789abcdefghjkmnpqrstvwxyz") != "" {
		t.Errorf("Find of a new story gave %+v and id %q, want nil and ten letters of Crockford's base 32", b, id)
	}
	byText.ID = id
	s.Add(byText, "content/x.md", "x.txt", Identity(byText))
	if b, _ := s.Find(Identity(byText)); b == nil || b.From != "x.txt" {
		t.Errorf("Find of an added story gave %+v", b)
	}
}

// Two stories whose ids are the same by chance are two stories.
func TestIDsThatClash(t *testing.T) {
	a := titled("A", "")
	a.Source.URL = "https://dale.example/a"
	s := open2(t, nil)
	_, first := s.Find(Identity(a))
	s.put(&Book{File: "content/other.md", ID: first, key: key("url\n//dale.example/other")})
	b, second := s.Find(Identity(a))
	if b != nil || second == first {
		t.Fatalf("Find gave %+v and id %s, want a new id besides %s", b, second, first)
	}
	a.ID = second
	s.Add(a, "content/a.md", "", Identity(a))
	if b, _ := s.Find(Identity(a)); b == nil || b.File != "content/a.md" {
		t.Errorf("Find gave %+v, want content/a.md", b)
	}
}

func TestAddressesThatAreTheSame(t *testing.T) {
	same := [][]string{
		{"https://Dale.example/a", "http://dale.example/a", "https://dale.example:443/a", "https://dale.example/a#top", " https://dale.example/a?utm_source=x&utm_medium=y&fbclid=1 "},
		{"https://dale.example", "https://dale.example/"},
		{"https://dale.example/a?id=1", "https://dale.example/a?utm_x=1&id=1"},
		{"https://dale.example/ж", "https://dale.example/%D0%B6"},
		{"wire:17", "wire:17"},
	}
	var forms []string
	for _, group := range same {
		for _, raw := range group {
			if got, want := address(raw), address(group[0]); got != want {
				t.Errorf("address(%q) = %q, and %q of %q", raw, got, want, group[0])
			}
		}
		forms = append(forms, address(group[0]))
	}
	for _, raw := range []string{"https://dale.example/A", "https://dale.example/a?id=2", "https://dale.example:8080/a", "https://dale.example/#!/a", "https://www.dale.example/a", "wire:18"} {
		if slices.Contains(forms, address(raw)) {
			t.Errorf("address(%q) = %q is that of another story", raw, address(raw))
		}
		forms = append(forms, address(raw))
	}
}

func TestWhatACrashLeftIsRemoved(t *testing.T) {
	s := open2(t, map[string]string{"content/2023/.new-1-2.part": "half", "captures/ab/.new-1-3.part": "half", "captures/ab/x.txt": "x"})
	for name, want := range map[string]bool{"content/2023/.new-1-2.part": false, "captures/ab/.new-1-3.part": false, "captures/ab/x.txt": true} {
		if _, err := s.root.Stat(name); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", name, err == nil, want)
		}
	}
}
