package render

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

// clientPath is where the program of the search page is published.
const clientPath = "search/client.js"

// clientParts are the sources of that program below layouts/search/, each
// using what stands before it. A site's own further files follow by name.
var clientParts = []string{"inflate.js", "words.js", "shards.js", "load.js", "query.js", "match.js", "texts.js", "filters.js", "results.js", "page.js"}

// client joins the sources of the search page's program. Lines that hold a
// comment alone are left out: they are a third of the bytes, and readers on
// slow networks do not read them.
func client(files map[string][]byte) []byte {
	names := make([]string, 0, len(clientParts))
	for _, name := range clientParts {
		names = append(names, "search/"+name)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(name, "search/") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	b := bytes.NewBufferString("// The search of a backfile archive. Its sources, with comments, are in layouts/search/.\n(function () {\n\"use strict\";\n")
	for _, name := range names {
		for line := range bytes.Lines(files[name]) {
			if text := bytes.TrimSpace(line); len(text) > 0 && !bytes.HasPrefix(text, []byte("//")) {
				b.Write(line)
			}
		}
	}
	b.WriteString("})();\n")
	return b.Bytes()
}
