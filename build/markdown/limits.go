package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Some constructs take goldmark time that grows with the square of the text:
// brackets and emphasis that are opened and never closed, quotes within
// quotes, wide tables. Each of its parsers is therefore wrapped in one that
// spends from an allowance first. When that is used up, the characters stand
// for themselves. No text that a person wrote comes near it.
const (
	maxEffort   = 300_000_000 // steps of some nanoseconds each
	maxDepth    = 60          // blocks within blocks; deeper ones cannot be told apart on a page
	maxBrackets = 500         // open at once in one block
	maxNotes    = 5000        // footnotes
)

// An effort is the allowance of one text.
type effort struct {
	left     int
	runs     int   // delimiters of emphasis in the block at hand
	brackets []int // where those open in the block at hand stand
	notes    int
	pipes    int // escaped pipes in code in tables
}

// effortKey finds the effort in a parser's context.
var effortKey = parser.NewContextKey()

func effortOf(pc parser.Context) *effort { return pc.Get(effortKey).(*effort) }

// spend takes n steps, and reports whether they were left.
func (e *effort) spend(n int) bool {
	e.left -= min(n, e.left+1)
	return e.left >= 0
}

// newParser returns a parser for our Markdown. One that links is a third
// slower: it looks at the beginning of every word.
func newParser(links bool) parser.Parser {
	inline := []util.PrioritizedValue{
		util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
		util.Prioritized(codeSpans{parser.NewCodeSpanParser()}, 100),
		util.Prioritized(notes{extension.NewFootnoteParser()}, 101),
		util.Prioritized(linkGuard{parser.NewLinkParser()}, 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
		util.Prioritized(delimiters{parser.NewEmphasisParser()}, 500),
		util.Prioritized(delimiters{extension.NewStrikethroughParser()}, 500),
	}
	if links {
		inline = append(inline, util.Prioritized(bareLinks{extension.NewLinkifyParser()}, 999))
	}
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(container{parser.NewListParser()}, 300),
			util.Prioritized(container{parser.NewListItemParser()}, 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(container{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(noteBlocks{container{extension.NewFootnoteBlockParser()}}, 999),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(inline...),
		parser.WithParagraphTransformers(
			util.Prioritized(definitions{parser.LinkReferenceParagraphTransformer}, 100),
			util.Prioritized(tables{extension.NewTableParagraphTransformer()}, 200),
		),
		parser.WithASTTransformers(
			util.Prioritized(extension.NewTableASTTransformer(), 0),
			util.Prioritized(extension.NewFootnoteASTTransformer(), 999),
		),
	)
}

// container keeps quotes, lists and footnotes from nesting too deep.
type container struct{ parser.BlockParser }

func (c container) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		depth++
	}
	if depth > maxDepth || effortOf(pc).left < 0 {
		return nil, parser.NoChildren
	}
	return c.BlockParser.Open(parent, r, pc)
}

func (c container) Continue(n ast.Node, r text.Reader, pc parser.Context) parser.State {
	if !effortOf(pc).spend(100) {
		return parser.Close
	}
	return c.BlockParser.Continue(n, r, pc)
}

// noteBlocks bounds the number of footnotes.
type noteBlocks struct{ container }

func (b noteBlocks) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	e := effortOf(pc)
	if e.notes >= maxNotes {
		return nil, parser.NoChildren
	}
	n, state := b.container.Open(parent, r, pc)
	if n != nil {
		e.notes++
	}
	return n, state
}

// notes pays for looking a footnote's label up, which goldmark does one by one.
type notes struct{ parser.InlineParser }

func (p notes) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	e := effortOf(pc)
	if e.notes == 0 || !e.spend(300+5*e.notes) {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// delimiters pays for each marker of emphasis as much as there are before it
// in the block, as every closer may be compared with all of them, and for its
// length, as a long row of ~ is looked at again from each.
type delimiters struct{ parser.InlineParser }

func (p delimiters) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	e := effortOf(pc)
	e.runs++
	if e.left < 0 {
		return nil
	}
	line, _ := block.PeekLine()
	if !e.spend(e.runs + len(line) - len(bytes.TrimLeft(line, "*_~"))) {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// codeSpans pays for the way to the closing backticks.
type codeSpans struct{ parser.InlineParser }

func (p codeSpans) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	e := effortOf(pc)
	line, at := block.PeekLine()
	if e.left < 0 {
		return nil
	}
	cost := codeLength(line)
	if cost < 0 {
		cost = rest(parent, at)
	}
	if !e.spend(cost) {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// codeLength returns the length of the code that line begins with, or -1 when
// it does not end on the line.
func codeLength(line []byte) int {
	n := len(line) - len(bytes.TrimLeft(line, "`"))
	for at := n; ; {
		k := bytes.IndexByte(line[at:], '`')
		if k < 0 {
			return -1
		}
		at += k
		run := len(line[at:]) - len(bytes.TrimLeft(line[at:], "`"))
		if at += run; run == n {
			return at
		}
	}
}

// bareLinks pays for the word that may be an address, when it is longer than
// words are.
type bareLinks struct{ parser.InlineParser }

func (p bareLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if word := line[1:]; len(word) > 64 && bytes.IndexByte(word[:64], ' ') < 0 && !effortOf(pc).spend(len(word)) {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// linkGuard pays for the bytes that are looked at when a bracket closes.
type linkGuard struct{ parser.InlineParser }

func (p linkGuard) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	e := effortOf(pc)
	line, at := block.PeekLine()
	if e.left < 0 {
		return nil
	}
	if line[0] == ']' {
		cost := destination(line, parent, at)
		if n := len(e.brackets); n > 0 {
			within := at.Start - e.brackets[n-1]
			e.brackets = e.brackets[:n-1]
			cost += within/4 + 4*min(within, 1000)
		}
		if !e.spend(cost) {
			return nil
		}
	} else if line[0] == '[' || len(line) > 1 && line[1] == '[' {
		if len(e.brackets) >= maxBrackets {
			return nil
		}
		e.brackets = append(e.brackets, at.Start)
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// CloseBlock is called at the end of every block.
func (p linkGuard) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	e := effortOf(pc)
	e.runs, e.brackets = 0, e.brackets[:0]
	p.InlineParser.(parser.CloseBlocker).CloseBlock(parent, block, pc)
}

// destination returns how many bytes goldmark looks at, at most, to find the
// address and the title after the closing bracket that line begins with.
func destination(line []byte, parent ast.Node, at text.Segment) int {
	if len(line) < 2 {
		return 0
	}
	switch line[1] {
	case '[':
		if n := bytes.IndexByte(line[2:], ']'); n >= 0 {
			return n
		}
		return rest(parent, at)
	case '(':
		n := 2
		for n < len(line) && line[n] != ')' && (line[n] > ' ' || n == 2) {
			n++
		}
		if n < len(line) && line[n] == ')' {
			if bytes.IndexByte(line[2:n], '(') < 0 {
				return n
			}
			n = len(line)
		}
		if n+1 < len(line) && bytes.IndexByte(line[n+2:], line[n+1]) >= 0 {
			return len(line) // a title that ends on this line
		}
		return len(line) + rest(parent, at)
	}
	return 0
}

// rest returns how many bytes of its block follow a place.
func rest(parent ast.Node, at text.Segment) int {
	lines := parent.Lines()
	if lines == nil || lines.Len() == 0 {
		return 0
	}
	return max(0, lines.At(lines.Len()-1).Stop-at.Start)
}

// definitions pays for the definitions of links at the head of a paragraph:
// for each, goldmark copies the list of the lines after it.
type definitions struct{ parser.ParagraphTransformer }

func (t definitions) Transform(n *ast.Paragraph, r text.Reader, pc parser.Context) {
	lines := n.Lines()
	if lines.Len() == 0 {
		return
	}
	first := lines.At(0)
	if v := bytes.TrimLeft(first.Value(r.Source()), " "); len(v) == 0 || v[0] != '[' {
		return
	}
	heads := 0
	for i := range lines.Len() {
		at := lines.At(i)
		if bytes.HasPrefix(bytes.TrimLeft(at.Value(r.Source()), " "), []byte{'['}) {
			heads++
		}
	}
	if effortOf(pc).spend(heads * (lines.Len() + rest(n, first)/4)) {
		t.ParagraphTransformer.Transform(n, r, pc)
	}
}

// tables pays for the cells of a table, as goldmark fills every row up to the
// width of the first.
type tables struct{ parser.ParagraphTransformer }

func (t tables) Transform(n *ast.Paragraph, r text.Reader, pc parser.Context) {
	lines, e := n.Lines(), effortOf(pc)
	columns, pipes := 0, 0
	for i := range lines.Len() {
		at := lines.At(i)
		line := at.Value(r.Source())
		pipes += bytes.Count(line, []byte(`\|`))
		if i > 0 && len(bytes.Trim(line, "|-: \t\n")) == 0 {
			columns = max(columns, bytes.Count(line, []byte{'|'})+1)
		}
	}
	if columns == 0 {
		return
	}
	e.pipes += pipes
	if e.spend(columns*lines.Len()*200) && (pipes == 0 || e.spend(e.pipes*e.pipes)) {
		t.ParagraphTransformer.Transform(n, r, pc)
	}
}
