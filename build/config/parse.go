package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"backfile/build/internal/diag"

	"go.yaml.in/yaml/v4"
)

// Parse reads a site.yaml; name is what messages call it. It tells all that
// is wrong, except that what follows a slip in the YAML itself cannot be read.
// The Config is whole when no problem is an Error.
func Parse(name string, src []byte) (*Config, diag.List) {
	c, p := parse(name, src)
	return c, p.list
}

// parse is Parse, and tells also where the keys stand.
func parse(name string, src []byte) (*Config, *parser) {
	p := &parser{file: name, src: bytes.TrimPrefix(src, []byte("\ufeff")), lines: map[string]int{}}
	c := defaults()
	if root, ok := p.root(); ok {
		p.site(root, c)
	}
	if c.Publisher == "" {
		c.Publisher = c.Title
	}
	p.list.Sort()
	return c, p
}

// A parser gathers the problems of one site.yaml.
type parser struct {
	file string
	src  []byte
	list diag.List

	lines map[string]int // of the keys that have a value
}

// root returns the mapping that the file is, nil when it is empty, and whether
// there is any sense in going on.
func (p *parser) root() (root *yaml.Node, ok bool) {
	if !p.readable() {
		return nil, false
	}
	var doc, second yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(p.src), yaml.WithUniqueKeys(false)) // pairs tells of doubles, with both places
	if err == nil {
		err = loader.Load(&doc)
	}
	if errors.Is(err, io.EOF) {
		return nil, true
	}
	if err == nil {
		err = loader.Load(&second)
	}
	if err == nil {
		p.at(second.Line, second.Column, "remove the line ---", "a second document begins")
		return nil, false
	}
	if !errors.Is(err, io.EOF) {
		p.syntax(err)
		return nil, false
	}
	root = doc.Content[0]
	switch {
	case isEmpty(root):
		return nil, true
	case root.Kind != yaml.MappingNode:
		p.say(root, "", "%s must hold keys and values, such as \"title: The Daily Example\"", File)
		return nil, false
	}
	return root, p.plain(root)
}

// readable tells of what no text can hold.
func (p *parser) readable() bool {
	if len(p.src) > maxSize {
		p.at(0, 0, "", "is larger than 1 MB")
		return false
	}
	if bytes.HasPrefix(p.src, []byte("\xff\xfe")) || bytes.HasPrefix(p.src, []byte("\xfe\xff")) {
		p.at(0, 0, "save it as UTF-8", "is in UTF-16")
		return false
	}
	line, col := 1, 1
	for i := 0; i < len(p.src); {
		r, size := utf8.DecodeRune(p.src[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			p.at(line, col, "save it as UTF-8", "is not in UTF-8")
			return false
		case r < ' ' && r != '\t' && r != '\n' && r != '\r' || 0x7f <= r && r < 0xa0 && r != 0x85 || r == 0xfffe || r == 0xffff:
			p.at(line, col, "remove it", "an invisible letter (U+%04X)", r)
			return false
		}
		i += size
		col++
		if r == '\n' || r == '\r' && !bytes.HasPrefix(p.src[i:], []byte("\n")) {
			line, col = line+1, 1
		}
	}
	return true
}

// plain tells of anchors, aliases, merge keys and tags, which would make the
// file say something else than what stands there.
func (p *parser) plain(n *yaml.Node) bool {
	ok := true
	switch {
	case n.Kind == yaml.AliasNode:
		p.say(n, `put "*`+n.Value+`" in quotes if it is text`, "aliases (*) are not used here")
		return false
	case n.Anchor != "":
		p.say(n, `put "&`+n.Anchor+`" in quotes if it is text`, "anchors (&) are not used here")
		ok = false
	case n.Style&yaml.TaggedStyle != 0:
		p.say(n, "put the value in quotes if the ! belongs to it", "tags (!) are not used here")
		ok = false
	case n.ShortTag() == "!!merge":
		p.say(n, "", "merge keys (<<) are not used here")
		ok = false
	}
	for _, c := range n.Content {
		ok = p.plain(c) && ok
	}
	return ok
}

// site reads the keys of the file into c.
func (p *parser) site(root *yaml.Node, c *Config) {
	missing := map[string]bool{}
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
		missing[k.name] = k.field.required
	}
	if root != nil {
		for k, n := range p.pairs(value{node: root}) {
			i := slices.Index(names, k.Value)
			if i < 0 {
				missing[p.unknown(k, "", names)] = false // told already
				continue
			}
			missing[k.Value] = false
			keys[i].field.set(p, value{k.Value, n}, c)
			if !isEmpty(n) {
				p.lines[k.Value] = k.Line
			}
		}
	}
	for _, k := range keys {
		if missing[k.name] {
			p.at(1, 0, "add a line such as \"title: The Daily Example\"", "%s is missing", k.name)
		}
	}
}

// pairs yields the keys and values of a mapping, in order, each key once.
func (p *parser) pairs(v value) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(k, n *yaml.Node) bool) {
		line := map[string]int{}
		for i := 0; i+1 < len(v.node.Content); i += 2 {
			k, n := v.node.Content[i], v.node.Content[i+1]
			if k.Kind != yaml.ScalarNode {
				p.say(k, "", "a key must be a word")
				continue
			}
			if first := line[k.Value]; first > 0 {
				p.say(k, "", "key %q stands here twice, first in line %d", k.Value, first)
				continue
			}
			line[k.Value] = k.Line
			if !yield(k, n) {
				return
			}
		}
	}
}

// unknown tells of a key that is not among known, and returns the one that was
// probably meant, or "".
func (p *parser) unknown(k *yaml.Node, in string, known []string) string {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(k.Value))
	near := ""
	for _, name := range known {
		if strings.ReplaceAll(name, "_", "") == plain || meant[plain] == name {
			near = name
		}
	}
	if near == "" {
		near = diag.Suggest(k.Value, known)
	}
	help := ""
	if near != "" {
		help = fmt.Sprintf("did you mean %q? ", near)
	}
	where := ""
	if in != "" {
		where = fmt.Sprintf(" in %q", in)
	}
	p.say(k, help+"keys here: "+strings.Join(slices.Sorted(slices.Values(known)), ", "), "unknown key %q%s", k.Value, where)
	return near
}

// say adds a problem at a node.
func (p *parser) say(n *yaml.Node, help, format string, args ...any) {
	length := 1
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		length = utf8.RuneCountInString(n.Value)
		if isQuoted(n) {
			length += 2
		}
	}
	p.add(diag.Problem{Line: n.Line, Col: n.Column, Msg: fmt.Sprintf(format, args...), Help: help}, length)
}

// at adds a problem at a place.
func (p *parser) at(line, col int, help, format string, args ...any) {
	p.add(diag.Problem{Line: line, Col: col, Msg: fmt.Sprintf(format, args...), Help: help}, 1)
}

// maxExcerpts is more than anyone looks at; each takes a walk through the file.
const maxExcerpts = 100

// add adds a problem about so many letters.
func (p *parser) add(d diag.Problem, length int) {
	d.File = p.file
	if len(p.list) < maxExcerpts {
		d.Excerpt = diag.Excerpt(p.src, d.Line, d.Col, length)
	}
	p.list = append(p.list, &d)
}
