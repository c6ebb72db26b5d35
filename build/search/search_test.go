package search

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestIndexHasEveryWordOfEveryText(t *testing.T) {
	for seed := range uint64(4) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		a := newArchive(t, randomDocs(rnd, []int{1, 30, 900, 2500}[seed])...)
		a.NoPhrases = seed == 1
		a.build()
		a.check()
	}
}

func TestIndexDependsOnTheArticlesAlone(t *testing.T) {
	docs := randomDocs(rand.New(rand.NewPCG(9, 9)), 1500)
	a, b := newArchive(t, docs...), newArchive(t, docs...)
	a.Workers, b.Workers = 1, 8
	a.build()
	b.build()
	a.same(b)
	if err := os.RemoveAll(b.cache); err != nil {
		t.Fatal(err)
	}
	b.build()
	a.same(b)
}

func TestRebuiltIndexEqualsAFreshOne(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	a := newArchive(t, randomDocs(rnd, 1400)...)
	for round := range 12 {
		switch i := rnd.IntN(len(a.docs)); round % 4 {
		case 0:
			a.docs[i].text += " afterthought"
		case 1:
			a.docs = slices.Delete(a.docs, i, i+1)
		case 2:
			a.docs = append(a.docs, article(2023, 12, 29+rnd.IntN(2), fmt.Sprint("Newest ", round), "the newest of all w1s"))
			a.docs[len(a.docs)-1].Names[Topic] = []Name{{Label: "Topic New", Slug: "brand-new"}}
		case 3: // a title that moves the words of its own neighbours
			a.docs[i].Title = "Quite another title"
		}
		a.build()
		fresh := newArchive(t, a.docs...)
		fresh.build()
		a.same(fresh)
		a.check()
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
}

func TestNewestArticleRewritesOnlyTheNewestSegment(t *testing.T) {
	a := newArchive(t, randomDocs(rand.New(rand.NewPCG(5, 5)), 1500)...)
	a.docs = append(a.docs, article(2023, 12, 30, "Last", "last words"))
	a.build()
	before := len(a.files)
	a.docs = append(a.docs, article(2023, 12, 31, "Newer still", "and no more"))
	a.build()
	for _, d := range dirs(a.drawn) {
		if d != "." && d != Dir[:len(Dir)-1] && !strings.Contains(d, "/2023-12-") {
			t.Errorf("a newest article wrote to %s", d)
		}
	}
	if len(a.read) > 40 {
		t.Errorf("%d articles were read again for one that is new", len(a.read))
	}
	t.Logf("%d of %d files written, %d articles read", len(a.drawn), before, len(a.read))
}

func TestChangedArticleWritesOnlyWhatItsWordsAreIn(t *testing.T) {
	a := newArchive(t, randomDocs(rand.New(rand.NewPCG(6, 6)), 2500)...)
	a.build()
	a.docs[700].text += "\n\nA sentence that was missing."
	a.build()
	if len(a.drawn) > 60 || len(a.drawn) == 0 {
		t.Errorf("one sentence wrote %d of %d files: %v", len(a.drawn), len(a.files), a.drawn)
	}
	if a.build(); len(a.drawn)+len(a.read) > 0 {
		t.Errorf("nothing changed, and %d files were drawn, %d articles read", len(a.drawn), len(a.read))
	}
}

func TestDamagedCacheIsMadeAgain(t *testing.T) {
	docs := randomDocs(rand.New(rand.NewPCG(7, 7)), 1200)
	a, want := newArchive(t, docs...), newArchive(t, docs...)
	a.build()
	want.docs[3].text, a.docs[3].text = "other words", "other words"
	want.build()
	files, err := filepath.Glob(a.cache + "/*")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files in the cache, %v", len(files), err)
	}
	for i, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		switch i % 3 {
		case 0:
			b = b[:len(b)/2]
		case 1:
			b[len(b)/3] ^= 4
		}
		if err := os.WriteFile(f, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a.build()
	a.same(want)
}
