package front

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/adrg/frontmatter"
)

const (
	maxHead  = 1 << 20 // bytes of front matter; more is a text in the wrong place
	maxDepth = 50      // lists in tables in lists; more is an attack
)

// A Node is a value in front matter, whichever way it is written.
type Node struct {
	Kind   Kind
	Plain  bool   // a scalar without quotes, which may be a number or true
	Text   string // of a scalar, as it is written
	At     Place
	Items  []Node  // of a list
	Fields []Field // of a table, in order
}

// A Field is a key of a table with its value.
type Field struct {
	Key   string
	At    Place
	Value Node
}

// Get returns the value of the first of several keys that a table has.
func (n *Node) Get(names ...string) *Node {
	for _, name := range names {
		for i := range n.Fields {
			if f := &n.Fields[i]; f.Value.Kind != Null && strings.EqualFold(f.Key, name) {
				return &f.Value
			}
		}
	}
	return nil
}

// A Kind is what a node holds.
type Kind uint8

// The kinds. An empty value and null are Null.
const (
	Null Kind = iota
	Scalar
	List
	Table
)

// String returns the words for a kind in messages.
func (k Kind) String() string {
	return [...]string{"nothing", "one value", "a list", "a table of keys"}[k]
}

// A Place is a line and a letter in front matter, both from 1.
type Place struct{ Line, Col int }

// An Error is what keeps front matter from being read.
type Error struct {
	At        Place
	Msg, Help string
}

// Error returns the message without the way out.
func (e *Error) Error() string { return e.Msg }

// Read reads the front matter that Cut found in a text. The root is a Table,
// or Null when there is nothing in it; an error is an *Error.
//
// adrg/frontmatter does the reading, with a decoder of ours for each format.
// It takes an indented line of dashes for the closing delimiter, so it is
// given one that is longer than any dashes inside.
func (b Block) Read(text []byte) (*Node, error) {
	if b.format == noFormat {
		return new(Node), nil
	}
	head := text[b.From:b.To]
	switch {
	case len(head) > maxHead:
		return nil, &Error{Place{1, 1}, fmt.Sprintf("the front matter has %d kB, and at most %d are read", len(head)>>10, maxHead>>10), "is its end missing?"}
	case tooDeep(head):
		return nil, &Error{Place{1, 1}, "the front matter has too many brackets inside brackets", ""}
	}
	end := strings.Repeat("-", max(3, 1+longestDashes(head)))
	reader := decoders[b.format]
	root := new(Node)
	all := io.MultiReader(strings.NewReader("---\n"), bytes.NewReader(head), strings.NewReader("\n"+end+"\n"))
	_, err := frontmatter.MustParse(all, root, frontmatter.NewFormat("---", end, func(head []byte, v any) error {
		n, err := reader(head)
		*v.(*Node) = n
		return err
	}))
	if err == nil && root.Kind != Table && root.Kind != Null {
		err = &Error{root.At, "the front matter is " + root.Kind.String() + ", not keys with values", "write lines such as title: …"}
	}
	return root, err
}

func longestDashes(head []byte) int {
	longest, run := 0, 0
	for _, c := range head {
		run++
		if c != '-' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

var decoders = [...]func(head []byte) (Node, error){
	yamlFormat:  readYAML,
	tomlFormat:  readTOML,
	jsonFormat:  readJSON,
	linesFormat: readLines,
}

// tooDeep counts brackets, without looking at quotes: no real front matter
// has hundreds of them open in its texts. The TOML reader recurses for each.
func tooDeep(head []byte) bool {
	depth, most := 0, 0
	for _, c := range head {
		switch c {
		case '[', '{':
			depth++
			most = max(most, depth)
		case ']', '}':
			depth--
		}
	}
	return most > 20*maxDepth
}
