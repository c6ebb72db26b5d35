package search

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"backfile/build/internal/digest"
	"backfile/build/search/shard"
	"backfile/build/search/words"
)

// An archive is articles in memory with the index that was made of them.
type archive struct {
	t     *testing.T
	cache string
	docs  []testDoc
	Input

	mu    sync.Mutex
	files map[string][]byte
	keys  map[string]digest.Sum
	drawn []string        // files that the last build drew
	kept  map[string]bool // and all that it has
	read  map[int]bool    // articles whose text it read
	parts map[string][][]byte
}

type testDoc struct {
	Doc
	text string
}

func newArchive(t *testing.T, docs ...testDoc) *archive {
	return &archive{t: t, cache: t.TempDir(), docs: docs, files: map[string][]byte{}, keys: map[string]digest.Sum{}}
}

// article is a document of the given day.
func article(year, month, day int, title, text string) testDoc {
	d := testDoc{Doc: Doc{Title: title, Year: year, Month: month, Lang: "en"}, text: text}
	if year > 0 {
		d.Date = fmt.Sprintf("%04d-%02d-%02d", year, month, day)
	}
	d.URL = d.Date + "/" + digest.Of([]byte(title + text)).String()[:12] + ".html"
	return d
}

// build makes the index as a build would.
func (a *archive) build() {
	a.t.Helper()
	a.drawn, a.kept, a.read, a.parts = nil, map[string]bool{}, map[int]bool{}, map[string][][]byte{}
	in := a.Input
	in.N, in.Lang, in.Cache = len(a.docs), "en", a.cache
	if in.Workers == 0 {
		in.Workers = 3
	}
	in.Doc = func(i int) Doc {
		d := a.docs[i].Doc
		d.Key = digest.Of([]byte(d.Title), []byte(a.docs[i].text))
		return d
	}
	in.Text = func(i int) (string, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.read[i] = true
		return a.docs[i].text, nil
	}
	in.Put, in.Keep = a.put, a.keep
	if err := Build(context.Background(), in); err != nil {
		a.t.Fatalf("Build: %v", err)
	}
	for p := range a.files {
		if !a.kept[p] {
			delete(a.files, p)
			delete(a.keys, p)
		}
	}
}

func (a *archive) put(p string, key digest.Sum, draw func() ([]byte, error)) (bool, error) {
	a.mu.Lock()
	fresh := a.keys[p] == key
	a.mu.Unlock()
	if !fresh {
		if draw == nil {
			return false, nil
		}
		b, err := draw()
		if err != nil {
			return false, err
		}
		a.mu.Lock()
		if string(a.files[p]) != string(b) {
			a.drawn = append(a.drawn, p)
		}
		a.files[p], a.keys[p] = b, key
		a.mu.Unlock()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept[p] && draw != nil {
		a.t.Errorf("%s was put twice", p)
	}
	a.kept[p] = true
	return fresh, nil
}

func (a *archive) keep(prefix string, want int) bool {
	var found []string
	for p := range a.files {
		if strings.HasPrefix(p, prefix) {
			found = append(found, p)
		}
	}
	if len(found) != want {
		return false
	}
	for _, p := range found {
		a.kept[p] = true
	}
	return true
}

// payload returns what a file of a segment holds.
func (a *archive) payload(dir, name string) []byte {
	a.t.Helper()
	file, ok := a.files[Dir+"s/"+dir+"/"+name+".js"]
	if !ok {
		a.t.Fatalf("there is no %s in %s", name, dir)
	}
	b, err := shard.Payload(name[0], file)
	if err != nil {
		a.t.Fatalf("%s of %s: %v", name, dir, err)
	}
	return b
}

type testSegment struct {
	Dir    string
	N      int
	Months []int
	Keys   string
}

// segments reads the manifest.
func (a *archive) segments() []testSegment {
	a.t.Helper()
	text := strings.TrimSuffix(strings.TrimPrefix(string(a.files[Dir+"manifest.js"]), "__m("), ");\n")
	var m struct {
		Format, N int
		Segments  []testSegment
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		a.t.Fatalf("manifest: %v", err)
	}
	if m.N != len(a.docs) || m.Format != shard.Format {
		a.t.Errorf("manifest tells of %d articles in format %d, want %d and %d", m.N, m.Format, len(a.docs), shard.Format)
	}
	return m.Segments
}

// A hit is where a form stands in an article.
type hit struct {
	doc         int
	title, text []uint32
}

// posts reads all postings of the index, by form.
func (a *archive) posts() map[string][]hit {
	a.t.Helper()
	all := map[string][]hit{}
	base := 0
	for _, s := range a.segments() {
		last := ""
		for i, k := range strings.Split(s.Keys, "|") {
			same := strings.IndexByte("0123456789abcdefghijklmnopqrstuvwxyz", k[0])
			key := last[:same] + k[1:] // the test's keys are ASCII
			if (i == 0) != (key == "") {
				a.t.Errorf("key %d of %s is %q", i, s.Dir, key)
			}
			last = key
			terms, err := shard.ReadTerms(a.payload(s.Dir, "t/"+shard.Name(key)), s.N)
			if err != nil {
				a.t.Fatalf("term shard %q of %s: %v", key, s.Dir, err)
			}
			a.shardPosts(all, s, shard.Name(key), terms, base)
		}
		base += s.N
	}
	return all
}

func (a *archive) shardPosts(all map[string][]hit, s testSegment, name string, terms []shard.Term, base int) {
	own := 0
	for _, t := range terms {
		isName := t.Form[0] == nameMark
		add := func(list []byte, n int, first uint32, positions func() []byte) {
			l, err := shard.ReadList(list, n, first)
			if err != nil {
				a.t.Fatalf("list of %q: %v", t.Form, err)
			}
			var p shard.Positions
			if !isName && !a.NoPhrases {
				if p, err = shard.ReadPositions(positions(), l); err != nil {
					a.t.Fatalf("positions of %q: %v", t.Form, err)
				}
			}
			for i, d := range l.Docs {
				h := hit{doc: base + int(d)}
				if p.Text != nil {
					h.title, h.text = p.Title[i], p.Text[i]
				}
				all[t.Form] = append(all[t.Form], h)
			}
		}
		file := func(k, i int) {
			pack, err := shard.ReadPack(a.payload(s.Dir, fmt.Sprintf("l/%s-%d", name, k)))
			if err != nil {
				a.t.Fatal(err)
			}
			first := uint32(0)
			if t.Kind == shard.Blocks {
				first = uint32(i) << t.I
				i = 0
			}
			add(pack.Lists[i], pack.N[i], first, func() []byte { return a.part(s.Dir, fmt.Sprintf("p/%s-%d", name, k), i) })
		}
		switch t.Kind {
		case shard.InPlace:
			add(t.List, t.DF, 0, func() []byte { return a.part(s.Dir, "p/"+name, own) })
			if !isName {
				own++
			}
		case shard.Packed:
			file(t.K, t.I)
		case shard.Blocks:
			k := t.K
			for i, b := range t.Block {
				if b.N > 0 {
					file(k, i)
					k++
				}
			}
		}
	}
}

// part is the i-th part of a file of positions.
func (a *archive) part(dir, name string, i int) []byte {
	parts, ok := a.parts[dir+name]
	if !ok {
		var err error
		if parts, err = shard.ReadSlices(a.payload(dir, name)); err != nil {
			a.t.Fatal(err)
		}
		a.parts[dir+name] = parts
	}
	if i >= len(parts) {
		a.t.Fatalf("%s has %d parts, and part %d is asked for", name, len(parts), i)
	}
	return parts[i]
}

// want finds the postings by going through the texts.
func (a *archive) want() map[string][]hit {
	all := map[string][]hit{}
	for i, d := range a.docs {
		at := func(form string) *hit {
			list := all[form]
			if len(list) == 0 || list[len(list)-1].doc != i {
				list = append(list, hit{doc: i})
				all[form] = list
			}
			return &list[len(list)-1]
		}
		form := func(t words.Token) string {
			if t.Folded {
				return t.Raw
			}
			return words.Fold(t.Raw)
		}
		words.Scan(d.Title, 0, func(t words.Token) { h := at(form(t)); h.title = append(h.title, uint32(t.Pos)) })
		pos := 0
		for block := range strings.SplitSeq(d.text, "\n\n") {
			if next := words.Scan(block, pos, func(t words.Token) { h := at(form(t)); h.text = append(h.text, uint32(t.Pos)) }); next > pos {
				pos = next - 1 + words.Gap
			}
		}
		for kind, names := range d.Names {
			for _, n := range names {
				at("\x01" + letters[kind:kind+1] + words.Name(n.Label))
			}
		}
		at("\x01l" + d.Lang)
	}
	return all
}

// check compares the index with the texts.
func (a *archive) check() {
	a.t.Helper()
	got, want := a.posts(), a.want()
	if len(got) != len(want) {
		a.t.Errorf("the index has %d forms, the texts have %d", len(got), len(want))
	}
	for form, hits := range want {
		if !slices.EqualFunc(got[form], hits, func(x, y hit) bool {
			return x.doc == y.doc && (a.NoPhrases || slices.Equal(x.title, y.title) && slices.Equal(x.text, y.text))
		}) {
			a.t.Errorf("postings of %q\n got %v\nwant %v", form, got[form], hits)
			return
		}
	}
}

// same compares two indexes file by file.
func (a *archive) same(b *archive) {
	a.t.Helper()
	for p := range a.files {
		if string(a.files[p]) != string(b.files[p]) {
			a.t.Errorf("%s differs", p)
			return
		}
	}
	if len(a.files) != len(b.files) {
		a.t.Errorf("%d files, want %d", len(a.files), len(b.files))
	}
}

// randomDocs makes n articles over some years.
func randomDocs(rnd *rand.Rand, n int) []testDoc {
	zipf := rand.NewZipf(rnd, 1.2, 4, 5000)
	text := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteString([]string{" ", " ", " ", ", ", "\n\n", "-"}[rnd.IntN(6)])
			}
			fmt.Fprintf(&b, "w%xs", zipf.Uint64())
		}
		return b.String()
	}
	var docs []testDoc
	for range n {
		d := article(2018+rnd.IntN(6), 1+rnd.IntN(12), 1+rnd.IntN(28), text(1+rnd.IntN(6)), text(rnd.IntN(120)))
		if rnd.IntN(40) == 0 {
			d = article(0, 0, 0, d.Title, d.text)
		}
		for range rnd.IntN(3) {
			d.Names[Topic] = append(d.Names[Topic], Name{Label: fmt.Sprintf("Topic %d", zipf.Uint64()%50)})
		}
		docs = append(docs, d)
	}
	slices.SortFunc(docs, func(a, b testDoc) int { return strings.Compare(a.Date+a.URL, b.Date+b.URL) })
	return docs
}

// dirs are the folders of files.
func dirs(files []string) []string {
	set := map[string]bool{}
	for _, f := range files {
		set[path.Dir(path.Dir(f))] = true
	}
	return slices.Sorted(maps.Keys(set))
}
