package search

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

const perColumn = 16384 // articles of a part of a facet

// facets draws what counts results by topic, person, … are made of.
func (b *builder) facets(s *segment) error {
	for kind := range len(letters) {
		if err := b.facet(s, kind); err != nil {
			return err
		}
	}
	return nil
}

// A value is a name with the number of articles under it.
type value struct {
	Name
	form string
	n    int
}

func (b *builder) facet(s *segment, kind int) error {
	number := map[Name]int{}
	var values []value
	perDoc := make([][]Name, s.n)
	for i := range s.n {
		perDoc[i] = b.namesOf(s, i)[kind]
		for _, name := range perDoc[i] {
			k, ok := number[name]
			if !ok {
				k = len(values)
				number[name] = k
				values = append(values, value{Name: name, form: nameForm(kind, name.Label)[2:]})
			}
			values[k].n++
		}
	}
	if len(values) == 0 {
		return nil
	}
	slices.SortFunc(values, func(a, b value) int {
		if c := strings.Compare(a.Slug, b.Slug); c != 0 {
			return c
		}
		return strings.Compare(a.Label, b.Label)
	})
	rows := make([][]any, 0, len(values))
	for k, v := range values {
		number[v.Name] = k
		rows = append(rows, []any{v.Label, v.form, v.n})
	}
	table, err := encodeJSON(rows)
	if err != nil {
		return err
	}
	letter := letters[kind : kind+1]
	s.kinds += letter
	if err := b.putBytes(s, "f/"+letter, table); err != nil {
		return err
	}
	for first := 0; first < s.n; first += perColumn {
		var column []byte
		for _, names := range perDoc[first:min(first+perColumn, s.n)] {
			column = binary.AppendUvarint(column, uint64(len(names)))
			for _, name := range names {
				column = binary.AppendUvarint(column, uint64(number[name]))
			}
		}
		if err := b.putBytes(s, fmt.Sprintf("f/%s-%d", letter, first/perColumn), column); err != nil {
			return err
		}
	}
	return nil
}
