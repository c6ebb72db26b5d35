package compiled

import (
	"html/template"
	"strconv"
	"text/template/parse"
)

// maxDepth is how deep templates may stand in templates. Deeper ones call
// themselves, or nobody could read them.
const maxDepth = 20

// flatten returns the tree of a template in which those it uses stand in place
// of their {{template}}. A template that is put in keeps its own dot and its
// own variables: {{template "x" .A}} becomes {{$#1: := .A}} and the text of x,
// with $#1: for its dot and $#1:a for its $a. No layout can have such names.
func flatten(set *template.Template, name string) (*parse.Tree, error) {
	f := &flattener{set: set}
	t := set.Lookup(name)
	if t == nil || t.Tree == nil {
		return nil, ErrUnknown
	}
	tree := t.Tree.Copy()
	f.list(tree.Root, scope{own: true})
	if f.unknown {
		return nil, ErrUnknown
	}
	return tree, nil
}

type flattener struct {
	set     *template.Template
	count   int // templates put in
	unknown bool
}

// A scope is where a node stands.
type scope struct {
	name  string // variable for the dot of the template put in, "" in the outermost
	own   bool   // the dot is that of the template, not of a with or range in it
	depth int
}

// inner is the scope of what stands in a with or range.
func (s scope) inner() scope {
	s.own = false
	return s
}

// list flattens the nodes of a list in place.
func (f *flattener) list(l *parse.ListNode, s scope) {
	if l == nil {
		return
	}
	var out []parse.Node
	for _, n := range l.Nodes {
		if t, ok := n.(*parse.TemplateNode); ok {
			out = append(out, f.putIn(t, s)...)
			continue
		}
		f.node(n, s)
		out = append(out, n)
	}
	l.Nodes = out
}

// putIn returns what stands for a {{template}}.
func (f *flattener) putIn(n *parse.TemplateNode, s scope) []parse.Node {
	t := f.set.Lookup(n.Name)
	if t == nil || t.Tree == nil || n.Pipe == nil || s.depth == maxDepth {
		f.unknown = true
		return nil
	}
	f.count++
	in := scope{name: "$#" + strconv.Itoa(f.count) + ":", own: true, depth: s.depth + 1}
	f.pipe(n.Pipe, s)
	n.Pipe.Decl = []*parse.VariableNode{{NodeType: parse.NodeVariable, Pos: n.Pos, Ident: []string{in.name}}}
	set := &parse.ActionNode{NodeType: parse.NodeAction, Pos: n.Pos, Line: n.Line, Pipe: n.Pipe}
	body := t.Tree.Root.CopyList()
	f.list(body, in)
	return append([]parse.Node{set}, body.Nodes...)
}

func (f *flattener) node(n parse.Node, s scope) {
	switch n := n.(type) {
	case *parse.TextNode, *parse.CommentNode:
	case *parse.ActionNode:
		f.pipe(n.Pipe, s)
	case *parse.IfNode:
		f.branch(&n.BranchNode, s, s)
	case *parse.WithNode:
		f.branch(&n.BranchNode, s, s.inner())
	case *parse.RangeNode:
		f.branch(&n.BranchNode, s, s.inner())
	default:
		f.unknown = true
	}
}

func (f *flattener) branch(n *parse.BranchNode, s, inner scope) {
	f.pipe(n.Pipe, s)
	f.list(n.List, inner)
	f.list(n.ElseList, s)
}

func (f *flattener) pipe(p *parse.PipeNode, s scope) {
	for _, v := range p.Decl {
		f.variable(v, s)
	}
	for _, c := range p.Cmds {
		for i, arg := range c.Args {
			c.Args[i] = f.arg(arg, s)
		}
	}
}

// arg returns what stands for an operand.
func (f *flattener) arg(n parse.Node, s scope) parse.Node {
	switch n := n.(type) {
	case *parse.VariableNode:
		f.variable(n, s)
	case *parse.PipeNode:
		f.pipe(n, s)
	case *parse.ChainNode:
		n.Node = f.arg(n.Node, s)
	case *parse.FieldNode:
		if s.own && s.name != "" {
			return &parse.VariableNode{NodeType: parse.NodeVariable, Pos: n.Pos, Ident: append([]string{s.name}, n.Ident...)}
		}
	case *parse.DotNode:
		if s.own && s.name != "" {
			return &parse.VariableNode{NodeType: parse.NodeVariable, Pos: n.Pos, Ident: []string{s.name}}
		}
	}
	return n
}

// variable renames a variable of a template that is put in.
func (f *flattener) variable(v *parse.VariableNode, s scope) {
	if s.name != "" {
		v.Ident[0] = s.name + v.Ident[0][len("$"):]
	}
}
