package front

import (
	"bytes"
	"strings"
)

// cutLines finds Pelican's front matter: lines "Key: value", one of them the
// title, up to the first empty line.
func cutLines(text []byte, start int) Block {
	titled := false
	at := start
	for at < len(text) {
		l, next := Line(text, at)
		if len(l) == 0 {
			break
		}
		colon := keyEnd(l)
		key := string(bytes.ToLower(l[:colon]))
		switch {
		case at == start && !pelican[key], colon == 0 && text[at] != ' ' && text[at] != '\t':
			return Block{}
		case key == "title":
			titled = true
		}
		at = next
	}
	if !titled {
		return Block{}
	}
	return Block{format: linesFormat, From: start, To: at, Body: at}
}

// pelican are the keys that Pelican's articles begin with.
var pelican = map[string]bool{"title": true, "date": true, "author": true, "authors": true, "category": true,
	"tags": true, "slug": true, "summary": true, "status": true, "lang": true, "modified": true}

// readLines reads Pelican's "Key: value" lines. Indented lines go on with the
// value before them.
func readLines(head []byte) (Node, error) {
	n := Node{Kind: Table, At: Place{1, 1}}
	number := 0
	for l := range bytes.Lines(head) {
		number++
		colon := keyEnd(bytes.TrimRight(l, " \t\n"))
		text := strings.TrimSpace(string(l))
		if text == "" {
			continue
		}
		if colon == 0 {
			v := &n.Fields[len(n.Fields)-1].Value
			v.Kind, v.Text = Scalar, strings.TrimSpace(v.Text+" "+text)
			continue
		}
		f := Field{Key: strings.TrimSpace(string(l[:colon])), At: Place{number, 1}}
		rest := strings.TrimLeft(string(l[colon+1:]), " \t")
		col := 1 + len([]rune(string(l))) - len([]rune(rest))
		f.Value = Node{Kind: Scalar, Plain: true, Text: strings.TrimSpace(rest), At: Place{number, col}}
		if f.Value.Text == "" {
			f.Value.Kind = Null
		}
		n.Fields = append(n.Fields, f)
	}
	return n, nil
}
