package render

import (
	"io"
	"testing"

	"backfile/build/site"
)

// BenchmarkDraw draws the page of an article, and a list of a hundred.
func BenchmarkDraw(b *testing.B) {
	l := mustLoad(b, nil, "en")
	for _, v := range everyView() {
		if v.Kind != "article" && v.Kind != "term" {
			continue
		}
		if v.Kind == "term" {
			items := v.List.Groups[0].Items
			for len(items) < 100 {
				items = append(items, items[0])
			}
			v.List.Groups[0] = site.Group{Date: v.List.Groups[0].Date, URL: v.List.Groups[0].URL, Items: items}
		}
		b.Run(v.Kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := l.Draw(io.Discard, v, Input{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
