package epub

import (
	"bytes"
	"regexp"
)

// Attributes of SVG 2 that set how things look, and that the schema for books,
// which is of SVG 1.1, does not know. As styles they mean the same and are let
// be.
var (
	svgTag   = regexp.MustCompile(`<[A-Za-z](?:"[^"]*"|'[^']*'|[^<>"'])*>`)
	svgLater = regexp.MustCompile(`\s(paint-order|vector-effect|mix-blend-mode|isolation|transform-origin|transform-box|mask-type|white-space|font-feature-settings|font-kerning|font-variation-settings)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	svgStyle = regexp.MustCompile(`\sstyle\s*=\s*(?:"([^"]*)"|'([^']*)')`)
)

// drawing writes an SVG as books have it: later attributes become styles. One
// that has none of them stays as it is.
func drawing(svg []byte) []byte {
	return svgTag.ReplaceAllFunc(svg, func(tag []byte) []byte {
		found := svgLater.FindAllSubmatch(tag, -1)
		if len(found) == 0 {
			return tag
		}
		var style []byte
		if m := svgStyle.FindSubmatch(tag); m != nil {
			style = append(append(style, bytes.TrimRight(append(m[1], m[2]...), "; ")...), ';')
			tag = svgStyle.ReplaceAll(tag, nil) // written again below
		}
		for _, m := range found {
			style = append(style, m[1]...)
			style = append(append(append(style, ':'), bytes.ReplaceAll(append(m[2], m[3]...), []byte(`"`), []byte("'"))...), ';')
		}
		tag = svgLater.ReplaceAll(tag, nil)
		end := bytes.TrimRight(tag, "/> \t\r\n")
		out := append([]byte(nil), end...)
		out = append(append(append(out, ` style="`...), bytes.TrimRight(style, ";")...), '"')
		return append(out, bytes.TrimLeft(tag[len(end):], " \t\r\n")...)
	})
}
