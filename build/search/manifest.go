package search

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"backfile/build/internal/digest"
	"backfile/build/internal/wire"
	"backfile/build/search/shard"
	"backfile/build/search/words"
)

// manifest draws the file that tells what there is.
func (b *builder) manifest(segments []*segment) error {
	type entry struct {
		Dir     string `json:"dir"`
		N       int    `json:"n"`
		Months  []int  `json:"months"`
		Keys    string `json:"keys"`
		Letters string `json:"letters"`
		Facets  string `json:"facets"`
	}
	m := struct {
		Format    int     `json:"format"`
		N         int     `json:"n"`
		Positions bool    `json:"positions"`
		Text      bool    `json:"text"`
		Stops     string  `json:"stops"`
		Segments  []entry `json:"segments"`
	}{Format: shard.Format, N: b.N, Positions: !b.NoPhrases, Text: !b.NoExcerpts, Stops: b.stops(segments), Segments: []entry{}}
	for _, s := range segments {
		m.Segments = append(m.Segments, entry{s.dir, s.n, s.months, s.names, s.letters, s.kinds})
	}
	text, err := encodeJSON(m)
	if err != nil {
		return err
	}
	script := fmt.Appendf(nil, "__m(%s);\n", strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`).Replace(string(text)))
	_, err = b.Put(Dir+"manifest.js", digest.Of(script), func() ([]byte, error) { return script, nil })
	return err
}

// stops are the stop words of the languages that at least a twentieth of the
// articles are in: those of a language that hardly occurs would silence words
// of others.
func (b *builder) stops(segments []*segment) string {
	total := map[string]int{}
	for _, s := range segments {
		for lang, n := range s.langs {
			total[lang] += n
		}
	}
	set := map[string]bool{}
	for lang, n := range total {
		if 20*n >= b.N {
			for _, form := range words.Stops(lang) {
				set[form] = true
			}
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}

// made is what is remembered of the making of a segment.
type made struct {
	key     digest.Sum
	files   int
	months  []int
	names   string
	letters string
	kinds   string
	langs   map[string]int
	shards  map[string]madeShard // by name
}

// A madeShard is what belongs to a term shard.
type madeShard struct {
	key   digest.Sum
	lists int  // files of long lists
	bare  int  // those of them, the first, that have no file of positions
	own   bool // there is a file of positions of the lists in place
}

func (s *segment) madeFile() string { return s.label + ".made" }

// readMade reads what is remembered of s; nothing when that is of no use.
func (b *builder) readMade(s *segment) *made {
	m := &made{shards: map[string]madeShard{}}
	text, err := os.ReadFile(filepath.Join(b.Cache, s.madeFile()))
	if err != nil {
		return m
	}
	r := &wire.Reader{S: string(text)}
	copy(m.key[:], r.Raw(len(m.key)))
	m.files = int(r.Int())
	for range r.Len() {
		m.months = append(m.months, int(r.Int()))
	}
	m.names, m.letters, m.kinds = r.String(), r.String(), r.String()
	m.langs = map[string]int{}
	for range r.Len() {
		lang := r.String()
		m.langs[lang] = int(r.Int())
	}
	for range r.Len() {
		name := r.String()
		var x madeShard
		copy(x.key[:], r.Raw(len(x.key)))
		x.lists, x.bare, x.own = int(r.Int()), int(r.Int()), r.Bool()
		m.shards[name] = x
	}
	if check := r.Raw(len(m.key)); r.Err != nil || r.S != "" || check != sumOf(text[:len(text)-len(check)]) {
		return &made{}
	}
	return m
}

func sumOf(b []byte) string {
	sum := digest.Plain(b)
	return string(sum[:])
}

// saveMade remembers the making of s.
func (b *builder) saveMade(s *segment) error {
	w := &wire.Writer{}
	w.Raw(s.key[:])
	w.Int(s.count.Load())
	w.Int(int64(len(s.months)))
	for _, n := range s.months {
		w.Int(int64(n))
	}
	w.String(s.names)
	w.String(s.letters)
	w.String(s.kinds)
	w.Int(int64(len(s.langs)))
	for lang, n := range s.langs {
		w.String(lang)
		w.Int(int64(n))
	}
	w.Int(int64(len(s.made.shards)))
	for name, x := range s.made.shards {
		w.String(name)
		w.Raw(x.key[:])
		w.Int(int64(x.lists))
		w.Int(int64(x.bare))
		w.Bool(x.own)
	}
	w.Raw([]byte(sumOf(w.B)))
	file := filepath.Join(b.Cache, s.madeFile())
	b.used[s.madeFile()] = true
	return b.save(file, w.B)
}

// sweep removes what no segment uses any more.
func (b *builder) sweep() error {
	files, err := os.ReadDir(b.Cache)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !b.used[f.Name()] {
			if err := os.RemoveAll(filepath.Join(b.Cache, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
