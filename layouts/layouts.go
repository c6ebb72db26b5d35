// Package layouts holds the default layouts, styles and UI texts of an archive
// and embeds them in the program.
//
//	base.html       the document: head, masthead, footer
//	article.html    one layout for each kind of page; it defines "main", and may define "title" and "head"
//	partials/       what several layouts share
//	assets/         files that are published as they are
//	search/         the program of the search page, joined to one file
//	i18n/en.yaml    the texts of one language
//
// A site replaces any of them with a file of the same name below its own
// layouts/. No layout asks the clock, and an article's page shows nothing that
// a later article would change, but for the link to the next one.
package layouts

import "embed"

// FS holds every file of the default layouts.
//
//go:embed *.html partials/*.html assets/* search/*.js i18n/*.yaml
var FS embed.FS
