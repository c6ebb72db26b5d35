package shelf

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"backfile/build/article"
)

// prose makes n words that look like a text, always the same for a seed.
func prose(seed uint64, n int) []string {
	r := rand.New(rand.NewPCG(seed, 7))
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("w%d", r.IntN(2000))
	}
	return out
}

func TestTextsThatAreNearlyTheSameAreFound(t *testing.T) {
	s := open2(t, nil)
	for i := range 300 {
		a := &article.Article{Meta: article.Meta{ID: fmt.Sprint(i), Title: "T"}, Body: strings.Join(prose(uint64(i), 300), " ")}
		s.Add(a, fmt.Sprintf("content/%d.md", i), "", fmt.Sprint(i))
	}
	words := prose(42, 300)
	change := func(n int) string {
		w := append([]string{}, words...)
		for i := range n {
			w[i*len(w)/n] = "other"
		}
		return strings.Join(w, " ")
	}
	tests := []struct {
		name, body, want string
	}{
		{"the same", strings.Join(words, " "), "content/42.md same"},
		{"other lines, marks and capitals", strings.ToUpper(strings.Join(words, ",\n\n")), "content/42.md same"},
		{"one word", change(1), "content/42.md nearly"},
		{"every second word", change(150), ""},
		{"half of it", strings.Join(words[:150], " "), ""},
		{"another text", strings.Join(prose(9999, 300), " "), ""},
		{"too short to say", strings.Join(words[:10], " "), ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		got := ""
		if b, same := s.Alike(&article.Article{Body: tt.body}); b != nil {
			got = b.File + map[bool]string{true: " same", false: " nearly"}[same]
		}
		if got != tt.want {
			t.Errorf("%s: Alike found %q, want %q", tt.name, got, tt.want)
		}
	}
}

// In scripts without spaces every letter is a word.
func TestChineseTextsAreCompared(t *testing.T) {
	s := open2(t, map[string]string{"content/a.md": "---\ntitle: A\n---\n河水昨夜回落四十厘米,镇政府说堤坝没有受损。居民周二可以回家,学校周三复课。\n"})
	if b, same := s.Alike(&article.Article{Body: "河水昨夜回落四十厘米，镇政府说堤坝没有受损。\n\n居民周二可以回家，学校周三复课。"}); b == nil || !same {
		t.Errorf("Alike found %v, want content/a.md", b)
	}
	if b, _ := s.Alike(&article.Article{Body: "市议会以九票对四票决定保留老磨坊,并改建成图书馆。工程明年春天开始,费用为九十万。"}); b != nil {
		t.Errorf("Alike found %s for another text", b.File)
	}
}
