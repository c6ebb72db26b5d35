package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"backfile/build/clean"
	"backfile/build/clean/memory"
)

// A cleaned page is what of an article is compared with the truth.
type cleaned struct {
	Body    string   `json:"articleBody"`
	Title   string   `json:"title"`
	Authors []string `json:"author"`
	Date    string   `json:"date"`
	Refused string   `json:"refused,omitempty"`
}

// A cost is the CPU time that cleaning took, user and system, with the
// collection of garbage.
type cost struct {
	total time.Duration
	pages []time.Duration // of each page; none when several were cleaned at once
}

func (c cost) String() string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }
	if len(c.pages) == 0 {
		return ms(c.total)
	}
	slices.Sort(c.pages)
	return ms(c.total/time.Duration(len(c.pages))) + "\t" + ms(c.pages[len(c.pages)/2]) + "\t" + ms(c.pages[len(c.pages)-1])
}

// cleanAll cleans the captures of one form.
func cleanAll(s *set, form string, o options) (map[string]cleaned, cost) {
	out := make([]cleaned, len(s.ids))
	spent := make([]time.Duration, len(s.ids))
	var c cost
	var book *memory.Book
	if !o.alone {
		book = siblings(s, form)
	}
	start := cpuTime()
	each(len(s.ids), o.workers, func(i int) { out[i], spent[i] = cleanOne(s, form, s.ids[i], book) })
	if o.workers <= 1 {
		c.pages = spent
		for _, d := range spent {
			c.total += d
		}
	} else {
		c.total = (cpuTime() - start) / time.Duration(max(len(s.ids), 1))
	}
	got := map[string]cleaned{}
	for i, id := range s.ids {
		out[i].Body = plainText(out[i].Body)
		got[id] = out[i]
	}
	return got, c
}

// each calls f for 0 to n-1, some at once.
func each(n, workers int, f func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range max(workers, 1) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// cleanOne cleans a capture, and returns what that cost without the reading.
func cleanOne(s *set, form, id string, book *memory.Book) (cleaned, time.Duration) {
	c, err := s.read(form, id)
	if err != nil {
		return cleaned{Refused: err.Error()}, 0
	}
	c.Fields.URL = s.truth[id].URL // as captures of a crawl have it
	start := cpuTime()
	a, r := clean.With(c, book.Site(s.truth[id].Site))
	spent := cpuTime() - start
	return cleaned{Body: a.Body, Title: a.Title, Authors: a.Authors, Date: a.Date.String(), Refused: r.Refused}, spent
}

// footMark is the mark of a note, which is no word of the text.
var footMark = regexp.MustCompile(`\[\^[^\]\s]+\]`)

// plainText returns the words of a Markdown text, a line for each block.
// Pictures and their captions are not words of the story.
func plainText(body string) string {
	src := []byte(footMark.ReplaceAllString(body, ""))
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
	var b strings.Builder
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock || n.Kind() == east.KindTableCell {
				b.WriteByte('\n')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Image:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			b.Write(util.ResolveNumericReferences(util.ResolveEntityNames(util.UnescapePunctuations(n.Value(src)))))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(src))
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				b.Write(line.Value(src))
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return body
	}
	return b.String()
}
