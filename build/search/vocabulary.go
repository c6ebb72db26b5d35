package search

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfile/build/internal/digest"
	"backfile/build/search/shard"
	"backfile/build/search/words"
)

// A vocabulary is all forms of a segment, in order.
type vocabulary struct {
	forms []string
	stems [][]shard.Stem
	df    []int32
	see   map[string]string // forms that say the same as another
	first []int             // the form that each term shard begins with
	kin   map[shard.Stem][]int32
}

// vocabulary reads the dictionaries of the runs of s. Facets become a run of
// their own, the last one.
func (b *builder) vocabulary(s *segment) (*vocabulary, error) {
	v := &vocabulary{see: map[string]string{}}
	s.runs = append(s.runs, b.nameRun(s, v))
	ids := map[string]int32{}
	for _, r := range s.runs {
		if err := v.take(r, ids); err != nil {
			return nil, err
		}
	}
	for f := range v.see {
		if _, ok := ids[f]; ok {
			delete(v.see, f) // it is a name of its own
			continue
		}
		v.add(f, ids)
	}
	v.sort(s)
	v.cut()
	v.relate()
	return v, nil
}

func (v *vocabulary) add(form string, ids map[string]int32) int32 {
	id, ok := ids[form]
	if !ok {
		id = int32(len(v.forms))
		form = strings.Clone(form)
		ids[form] = id
		v.forms = append(v.forms, form)
		v.stems = append(v.stems, nil)
		v.df = append(v.df, 0)
	}
	return id
}

// take adds the forms of a run.
func (v *vocabulary) take(r *run, ids map[string]int32) error {
	n := len(r.ids)
	r.ends, r.n, r.sums = make([]uint32, n), make([]uint32, n), make([]uint64, n)
	end := uint32(0)
	return r.entries(func(i int, e *dictEntry) {
		id := v.add(e.form, ids)
		for _, st := range e.stems {
			if !slices.Contains(v.stems[id], st) {
				v.stems[id] = append(v.stems[id], shard.Stem{Lang: st.Lang, Stem: shared(v.forms[id], st.Stem)})
			}
		}
		v.df[id] += int32(e.n)
		end += uint32(e.size)
		r.ids[i], r.ends[i], r.n[i], r.sums[i] = id, end, uint32(e.n), e.sum
	})
}

// shared returns a stem in the memory of its form, of which it is mostly the
// beginning.
func shared(form, stem string) string {
	if strings.HasPrefix(form, stem) {
		return form[:len(stem)]
	}
	return strings.Clone(stem)
}

// sort brings the forms into order, and the runs' numbers with them.
func (v *vocabulary) sort(s *segment) {
	order := make([]int32, len(v.forms))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(v.forms[a], v.forms[b]) })
	place := make([]int32, len(order))
	forms, stems, df := make([]string, len(order)), make([][]shard.Stem, len(order)), make([]int32, len(order))
	for to, from := range order {
		place[from] = int32(to)
		forms[to], stems[to], df[to] = v.forms[from], v.stems[from], v.df[from]
		slices.SortFunc(stems[to], func(a, b shard.Stem) int { return int(a.Lang) - int(b.Lang) + 256*strings.Compare(a.Stem, b.Stem) })
	}
	v.forms, v.stems, v.df = forms, stems, df
	for _, r := range s.runs {
		for i, id := range r.ids {
			r.ids[i] = place[id]
		}
	}
}

const (
	perShard  = 64   // forms of a term shard, of which a third are followed by the next boundary sooner
	mostForms = 512  // of a term shard
	fewForms  = 16   // of a term shard, but the last
	mostCells = 1536 // term shards of a segment, about: the manifest names them all
)

// cut decides where term shards begin: at forms whose own hash says so. So a
// new form moves no boundary but its own.
func (v *vocabulary) cut() {
	mask := uint32(perShard - 1)
	for len(v.forms)/(int(mask)+1) > mostCells {
		mask = mask<<1 | 1
	}
	v.first = []int{0}
	for i, f := range v.forms {
		n := i - v.first[len(v.first)-1]
		if n < fewForms {
			continue
		}
		h := fnv.New32a()
		h.Write(bytesOf(f))
		if sum := h.Sum32(); (sum^sum>>15)&mask == 0 || n >= mostForms && sum&7 == 0 {
			v.first = append(v.first, i)
		}
	}
}

// shardOf returns the number of the term shard that holds form id.
func (v *vocabulary) shardOf(id int32) int {
	i, ok := slices.BinarySearch(v.first, int(id))
	if !ok {
		i--
	}
	return i
}

// keyOf returns the key of a term shard: its first form, but "" for the first.
func (v *vocabulary) keyOf(i int) string {
	if i == 0 {
		return ""
	}
	return v.forms[v.first[i]]
}

// span returns the forms of a term shard.
func (v *vocabulary) span(i int) (from, to int) {
	from, to = v.first[i], len(v.forms)
	if i+1 < len(v.first) {
		to = v.first[i+1]
	}
	return from, to
}

// relate finds out which forms have stems in common.
func (v *vocabulary) relate() {
	v.kin = make(map[shard.Stem][]int32, len(v.forms))
	for id, stems := range v.stems {
		for _, s := range stems {
			v.kin[s] = append(v.kin[s], int32(id))
		}
	}
	for s, ids := range v.kin { // only those are of use that lead out of a shard
		if v.shardOf(ids[0]) == v.shardOf(ids[len(ids)-1]) {
			delete(v.kin, s)
		}
	}
}

// afar returns the forms of other shards that share a stem with form id.
func (v *vocabulary) afar(id int32) []string {
	var out []string
	own := v.shardOf(id)
	for _, s := range v.stems[id] {
		for _, k := range v.kin[s] {
			if v.shardOf(k) != own && !slices.Contains(out, v.forms[k]) {
				out = append(out, v.forms[k])
			}
		}
	}
	slices.Sort(out)
	return out
}

// nameForm is the form of a name: a letter for its kind, and its words.
func nameForm(kind int, name string) string {
	return "\x01" + letters[kind:kind+1] + words.Name(name)
}

// nameRun makes a run of the names that the articles of s are filed under,
// and notes in v which spellings lead to which.
func (b *builder) nameRun(s *segment, v *vocabulary) *run {
	docs := map[string][]uint32{}
	for i := range s.n {
		for kind, names := range b.namesOf(s, i) {
			for _, name := range names {
				form := nameForm(kind, name.Label)
				if list := docs[form]; len(list) == 0 || list[len(list)-1] != uint32(i) {
					docs[form] = append(list, uint32(i))
				}
				if other := nameForm(kind, name.Slug); other != form && name.Slug != "" {
					if to, ok := v.see[other]; !ok || form < to {
						v.see[other] = form
					}
				}
			}
		}
	}
	return memoryRun(s.lens, func(yield func(*formPosts) bool) {
		for _, form := range slices.Sorted(maps.Keys(docs)) {
			p := &formPosts{form: form, n: len(docs[form])}
			last := -1
			for _, d := range docs[form] {
				p.docs = binary.AppendUvarint(p.docs, uint64(int(d)-last-1))
				last = int(d)
			}
			p.sum = p.digest(s.lens)
			if !yield(p) {
				return
			}
		}
	})
}

// memoryRun is a run that is in memory alone.
func memoryRun(docs []docLen, forms iter.Seq[*formPosts]) *run {
	b := encodeRun(digest.Sum{}, docs, forms)
	r, err := parseRun(b, digest.Sum{})
	if err != nil {
		panic(err) // it was written a moment ago
	}
	r.docs = nil
	r.data = bytes.NewReader(b)
	return r
}

// namesOf returns what document i of s is filed under, by kind; its language
// is the one that was found.
func (b *builder) namesOf(s *segment, i int) (names [len(letters)][]Name) {
	d := b.Doc(s.base + i)
	copy(names[:], d.Names[:])
	if lang := s.lens[i].lang; lang != "" {
		names[language] = []Name{{Label: lang}}
	}
	return names
}

// spelling draws the lists of words that misspelt ones are compared with.
func (b *builder) spelling(s *segment, v *vocabulary) error {
	byLetter := map[rune][]shard.Word{}
	var letters []rune
	for i, f := range v.forms {
		first, ok := spellable(f)
		if !ok || int(v.df[i]) < leastDF(s.n) {
			continue
		}
		if byLetter[first] == nil {
			letters = append(letters, first)
		}
		byLetter[first] = append(byLetter[first], shard.Word{Form: f, DF: int(v.df[i])})
	}
	s.letters = string(letters)
	for _, l := range letters {
		if err := b.putBytes(s, fmt.Sprintf("y/%04x", l), shard.AppendWords(nil, byLetter[l])); err != nil {
			return err
		}
	}
	return nil
}

// leastDF is how many documents must have a word for it to be offered as the
// right spelling: in a large archive what occurs once is most often itself
// misspelt, and would make the lists long.
func leastDF(n int) int {
	if n > 25000 {
		return 2
	}
	return 1
}

// spellable reports whether a form is a word that can be misspelt: three to
// twenty letters. first is its first one.
func spellable(form string) (first rune, ok bool) {
	n := 0
	for i, r := range form {
		if !unicode.IsLetter(r) || words.Unspaced(r) {
			return 0, false
		}
		if i == 0 {
			first = r
		}
		n++
	}
	return first, n >= 3 && n <= 20 && utf8.ValidString(form)
}
