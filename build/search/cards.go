package search

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"backfile/build/internal/digest"
	"backfile/build/internal/par"
)

const (
	perCards  = 4       // articles of a file of cards: results are rarely neighbours
	textsSize = 8 << 10 // bytes of a file of texts, about
)

// A place is where the text of an article is: the I-th of a file.
type place struct{ file, i int }

// places cuts the texts of the articles from first on, those of one file of
// cards, into files.
func (s *segment) places(first int) (places []place) {
	size, at := 0, place{0, -1}
	for i := first; i < min(first+perCards, s.n); i++ {
		n := int(s.lens[i].bytes)
		if at.i >= 0 && size+n > textsSize {
			at, size = place{at.file + 1, -1}, 0
		}
		at.i++
		size += n
		places = append(places, at)
	}
	return places
}

// cards draws the cards and texts of all articles.
func (b *builder) cards(ctx context.Context, s *segment) error {
	firsts := func(yield func(int) bool) {
		for i := 0; i < s.n; i += perCards {
			if !yield(i) {
				return
			}
		}
	}
	return par.Each(ctx, b.Workers, firsts, func(first int) error {
		places := s.places(first)
		texts := make([]*digest.Hasher, places[len(places)-1].file+1)
		for i := range texts {
			texts[i] = digest.New()
			texts[i].Add(b.options())
		}
		cards := digest.New()
		cards.Add(b.options())
		for i, p := range places {
			d := b.Doc(s.base + first + i)
			cards.Add(d.cardKey())
			cards.String(s.lens[first+i].lang)
			cards.Int(p.file)
			texts[p.file].Add(d.Key)
			texts[p.file].Bool(d.Withdrawn)
		}
		_, err := b.put(s, fmt.Sprintf("c/%d", first/perCards), cards.Sum(), func() ([]byte, error) { return b.cardFile(s, first, places) })
		if err != nil || b.NoExcerpts {
			return err
		}
		return b.texts(s, first, places, texts)
	})
}

// texts draws the texts that belong to one file of cards.
func (b *builder) texts(s *segment, first int, places []place, keys []*digest.Hasher) error {
	for k := range keys {
		_, err := b.put(s, fmt.Sprintf("x/%d-%d", first/perCards, k), keys[k].Sum(), func() ([]byte, error) {
			var list []string
			for i, p := range places {
				if p.file != k {
					continue
				}
				text, err := b.Text(s.base + first + i)
				if err != nil {
					return nil, err
				}
				list = append(list, text)
			}
			return encodeJSON(list)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// cardFile makes the payload of a file of cards.
func (b *builder) cardFile(s *segment, first int, places []place) ([]byte, error) {
	var cards [][]any
	for i, p := range places {
		d := b.Doc(s.base + first + i)
		labels := func(kind int) []string {
			out := []string{}
			for _, n := range d.Names[kind] {
				out = append(out, n.Label)
			}
			return out
		}
		at := []int{}
		if !b.NoExcerpts {
			at = []int{p.file, p.i}
		}
		source, withdrawn := "", 0
		if len(d.Names[Source]) > 0 {
			source = d.Names[Source][0].Label
		}
		if d.Withdrawn {
			withdrawn = 1
		}
		cards = append(cards, []any{d.Title, d.URL, d.Date, s.lens[first+i].lang, d.Lead, labels(Topic), source, labels(Author), at, withdrawn})
	}
	return encodeJSON(cards)
}

// encodeJSON writes v without the escapes that only HTML needs.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), err
}
