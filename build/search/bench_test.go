package search

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"backfile/build/internal/digest"
)

// BenchmarkBuild indexes 4,000 made-up articles of 500 words from nothing.
//
//	go test ./build/search -run none -bench Build -benchmem
func BenchmarkBuild(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rnd, 1.1, 3, 60000)
	const n, length = 4000, 500
	docs := make([]testDoc, n)
	size := int64(0)
	for i := range docs {
		var t strings.Builder
		for k := range length {
			t.WriteString(word(zipf.Uint64()))
			t.WriteString([]string{" ", " ", " ", ", ", ". ", "\n\n"}[rnd.IntN(6)*k%6])
		}
		docs[i] = article(2001+i*20/n, 1+i%12, 1+i%28, word(zipf.Uint64())+" "+word(zipf.Uint64()), t.String())
		docs[i].Names[Topic] = []Name{{Label: word(zipf.Uint64() % 100)}}
		docs[i].Key = digest.Of([]byte{byte(i), byte(i >> 8)})
		size += int64(t.Len())
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		in := Input{
			N: n, Lang: "en", Cache: b.TempDir(), Workers: 2,
			Doc:  func(i int) Doc { return docs[i].Doc },
			Text: func(i int) (string, error) { return docs[i].text, nil },
			Put: func(_ string, _ digest.Sum, draw func() ([]byte, error)) (bool, error) {
				_, err := draw()
				return false, err
			},
			Keep: func(string, int) bool { return false },
		}
		if err := Build(context.Background(), in); err != nil {
			b.Fatal(err)
		}
	}
}

// word is the n-th word of a made-up language.
func word(n uint64) string {
	syllables := []string{"ka", "lo", "mi", "ren", "tu", "sa", "vel", "do", "pi", "har"}
	w := syllables[n%10]
	for n /= 10; n > 0; n /= 10 {
		w += syllables[n%10]
	}
	return w
}
