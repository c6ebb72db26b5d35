package render

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"

	"backfile/build/internal/diag"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/js"
	"github.com/tdewolff/parse/v2"
)

// clientPath is where the program of the search page is published.
const clientPath = "search/client.js"

// clientParts are the sources of that program below layouts/search/, each
// using what stands before it. A site's own further files follow by name.
var clientParts = []string{"inflate.js", "words.js", "shards.js", "load.js", "query.js", "evaluate.js", "match.js", "index.js", "texts.js", "filters.js", "results.js", "page.js"}

const (
	clientNotice = "// The search of a backfile archive. Its sources, with comments, are in layouts/search/.\n"
	clientStart  = "(function () {\n\"use strict\";\n"
	clientEnd    = "})();\n"
)

// client joins the sources of the search page's program and leaves out what
// only people need, comments and long names: two fifths of the bytes that a
// reader on a slow network waits for. The script as it stands is returned with
// problems where a site's own file is no JavaScript.
func client(files map[string][]byte) ([]byte, diag.List) {
	names := clientFiles(files)
	whole := []byte(clientStart)
	for _, name := range names {
		whole = append(append(whole, files[name]...), '\n')
	}
	whole = append(whole, clientEnd...)
	small, err := minifyJS(whole)
	if err == nil {
		return append([]byte(clientNotice), small...), nil
	}
	var problems diag.List
	for _, name := range names { // which of them is it?
		_, err := minifyJS(append(append([]byte(clientStart), files[name]...), "\n"+clientEnd...))
		if place, ok := errors.AsType[*parse.Error](err); ok {
			problems = append(problems, &diag.Problem{
				File: "layouts/" + name, Line: max(1, place.Line-strings.Count(clientStart, "\n")), Col: place.Column,
				Msg: "is no JavaScript: " + place.Message,
			})
		}
	}
	if len(problems) == 0 {
		problems = diag.List{{File: "layouts/search", Msg: "the files together are no JavaScript: " + err.Error(), Help: "does a file declare what another one declares?"}}
	}
	return whole, problems
}

// clientFiles returns the sources in the order in which they are joined.
func clientFiles(files map[string][]byte) []string {
	names := make([]string, 0, len(clientParts))
	for _, name := range clientParts {
		names = append(names, "search/"+name)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(name, "search/") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// minifyJS leaves out of a script what only people need. A failure has its
// place in the script.
func minifyJS(script []byte) ([]byte, error) {
	var b bytes.Buffer
	err := (&js.Minifier{}).Minify(minify.New(), &b, bytes.NewReader(script), nil)
	return b.Bytes(), err
}
