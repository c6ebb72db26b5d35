package main

import (
	"backfile/build/capture"
	"backfile/build/clean/memory"
)

// siblings is what the captures of each site tell of each other, as import
// learns it of those it is given. Only texts are cleaned with it.
func siblings(s *set, form string) *memory.Book {
	if form == "html" {
		return nil
	}
	var pages []memory.Page
	for _, id := range s.ids {
		if c, err := s.read(form, id); err == nil && c.Kind == capture.Text {
			pages = append(pages, memory.Open(s.truth[id].Site, c.Text))
		}
	}
	return memory.Learn(pages, nil)
}
