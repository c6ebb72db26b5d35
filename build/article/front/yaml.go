package front

import (
	"bytes"
	"errors"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// readYAML reads YAML into nodes that keep every scalar as it is written.
func readYAML(head []byte) (Node, error) {
	var doc yaml.Node
	if err := yaml.Load(head, &doc); err != nil {
		if len(bytes.TrimSpace(head)) == 0 || onlyComments(head) {
			return Node{}, nil
		}
		return Node{}, yamlError(head, err)
	}
	if len(doc.Content) == 0 {
		return Node{}, nil
	}
	return fromYAML(doc.Content[0], 0)
}

func onlyComments(head []byte) bool {
	for l := range bytes.Lines(head) {
		if l = bytes.TrimSpace(l); len(l) > 0 && l[0] != '#' {
			return false
		}
	}
	return true
}

func fromYAML(y *yaml.Node, depth int) (n Node, err error) {
	n.At = Place{y.Line, y.Column}
	switch {
	case depth > maxDepth:
		return n, &Error{n.At, "a list or table inside too many others", ""}
	case y.Kind == yaml.AliasNode || y.Anchor != "":
		return n, &Error{n.At, "a value that begins with & or * is a reference, which front matter cannot have", "write the value itself, or put it in quotes"}
	case y.Kind == yaml.ScalarNode:
		n.Kind, n.Text = Scalar, y.Value
		n.Plain = y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
		if n.Plain && y.Tag == "!!null" {
			n.Kind = Null
		}
	case y.Kind == yaml.SequenceNode:
		n.Kind = List
		n.Items = make([]Node, len(y.Content))
		for i, c := range y.Content {
			if n.Items[i], err = fromYAML(c, depth+1); err != nil {
				return n, err
			}
		}
	case y.Kind == yaml.MappingNode:
		n.Kind = Table
		n.Fields = make([]Field, len(y.Content)/2)
		for i := range n.Fields {
			key, f := y.Content[2*i], &n.Fields[i]
			f.Key, f.At = key.Value, Place{key.Line, key.Column}
			if key.Kind != yaml.ScalarNode || key.Anchor != "" {
				return n, &Error{f.At, "a key must be a word", ""}
			}
			if f.Value, err = fromYAML(y.Content[2*i+1], depth+1); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// yamlError puts the parser's words into a person's.
func yamlError(head []byte, err error) error {
	all, ok := errors.AsType[*yaml.LoadErrors](err)
	if ok && len(all.Errors) > 0 {
		if strings.Contains(all.Errors[0].Message, "multiple") {
			return &Error{Place{1, 1}, "the front matter holds several YAML documents", "delete the lines --- and ... inside it"}
		}
		err = all.Errors[0]
	}
	e, ok := errors.AsType[*yaml.LoadError](err)
	if !ok {
		return &Error{Place{1, 1}, "YAML: " + err.Error(), ""}
	}
	out := &Error{At: Place{max(1, e.Mark.Line), max(1, e.Mark.Column)}, Msg: "YAML: " + e.Message}
	for _, w := range yamlWords {
		if strings.Contains(e.Message, w.theirs) {
			out.Msg, out.Help = w.ours, w.help
			if w.opened && e.ContextMark.Line > 0 {
				out.At = Place{e.ContextMark.Line, e.ContextMark.Column}
			}
			break
		}
	}
	if afterQuote(head, out.At) {
		out.Msg, out.Help = "text after a closing quote", "put the whole value in quotes, those inside it in '…' or behind a backslash"
	}
	if bytes.ContainsAny(head, "\u0085\u2028\u2029") {
		out.Help = "the front matter has invisible line ends (U+2028 or U+0085), which YAML takes for new lines: delete them"
	}
	return out
}

// afterQuote reports whether a place follows a quote in its line, as in
// title: "Flood" in the town.
func afterQuote(head []byte, at Place) bool {
	for range at.Line - 1 {
		_, head, _ = bytes.Cut(head, []byte("\n"))
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	letters := []rune(string(line))
	before := strings.TrimRight(string(letters[:min(len(letters), at.Col-1)]), " ")
	return strings.HasSuffix(before, `"`) || strings.HasSuffix(before, "'")
}

// yamlWords are the messages that people meet. An error with opened set is
// shown where the thing began, not where its end was missed.
var yamlWords = []struct {
	theirs, ours, help string
	opened             bool
}{
	{"mapping values are not allowed", "a colon inside a value that is not in quotes", `put the value in quotes: "…: …"`, false},
	{"found unexpected end of stream", "a quote that is never closed", "", true},
	{"found unexpected document indicator", "a quote that is never closed", "", true},
	{"did not find expected ',' or ']'", "a list whose [ is never closed, or that lacks a comma", "", true},
	{"did not find expected ',' or '}'", "a table whose { is never closed, or that lacks a comma", "", true},
	{"did not find expected key", "neither a key with a colon nor part of the value before it", "indent it as its neighbours, and write a quote inside quotes twice", false},
	{"did not find expected '-' indicator", "not an item of the list it stands in", "begin it with - and indent it as its neighbours", false},
	{"could not find expected ':'", "a line without a colon", "write it as key: value", false},
	{"cannot start any token", "a value that begins with a character that YAML keeps for itself, or a line indented with a tab", "put the value in quotes, or use spaces", false},
	{"found a tab character", "a tab where spaces are needed", "indent with spaces", false},
	{"found unknown escape character", "a backslash inside double quotes that means nothing", `write \\, or use single quotes`, false},
	{"block sequence entries are not allowed", "an item of a list beside its key", "begin a new line before the -", false},
	{"unknown anchor", "a value that begins with * is a reference, which front matter cannot have", "put the value in quotes", false},
	{"control characters are not allowed", "an invisible control character", "delete it", false},
}
