package compiled

import (
	"maps"
	"reflect"
	"text/template/parse"
)

type (
	// A step writes a part of a page.
	step func(*run)
	// An expr makes a value.
	expr func(*run) reflect.Value
)

// A compiler turns nodes into steps.
type compiler struct {
	names map[string]int // slots of the variables that are in scope
	slots int
}

func (c *compiler) declare(name string) int {
	c.names[name] = c.slots
	c.slots++
	return c.slots - 1
}

// scoped compiles what has variables of its own.
func (c *compiler) scoped(do func() (step, error)) (step, error) {
	outer := c.names
	c.names = maps.Clone(outer)
	defer func() { c.names = outer }()
	return do()
}

func (c *compiler) list(l *parse.ListNode) (step, error) {
	var steps []step
	if l != nil {
		for _, n := range l.Nodes {
			s, err := c.node(n)
			if err != nil {
				return nil, err
			}
			if s != nil {
				steps = append(steps, s)
			}
		}
	}
	return func(r *run) {
		for _, s := range steps {
			s(r)
		}
	}, nil
}

func (c *compiler) node(n parse.Node) (step, error) {
	switch n := n.(type) {
	case *parse.CommentNode:
		return nil, nil
	case *parse.TextNode:
		text := n.Text
		return func(r *run) { r.buf.Write(text) }, nil
	case *parse.ActionNode:
		return c.action(n.Pipe)
	case *parse.IfNode:
		return c.scoped(func() (step, error) { return c.branch(&n.BranchNode, false) })
	case *parse.WithNode:
		return c.scoped(func() (step, error) { return c.branch(&n.BranchNode, true) })
	case *parse.RangeNode:
		return c.scoped(func() (step, error) { return c.loop(n) })
	}
	return nil, ErrUnknown
}

// action sets a variable or writes a value.
func (c *compiler) action(p *parse.PipeNode) (step, error) {
	if len(p.Decl) > 0 {
		x, err := c.pipe(p)
		if err != nil {
			return nil, err
		}
		return func(r *run) { x(r) }, nil
	}
	cmds, write, err := escaper(p.Cmds)
	if err != nil {
		return nil, err
	}
	x, err := c.commands(cmds)
	if err != nil {
		return nil, err
	}
	return func(r *run) { write(r.buf, x(r)) }, nil
}

// branch is an if or, when with is set, a with.
func (c *compiler) branch(n *parse.BranchNode, with bool) (step, error) {
	cond, err := c.pipe(n.Pipe)
	if err != nil {
		return nil, err
	}
	var yes, no step
	yes, err = c.scoped(func() (step, error) { return c.list(n.List) })
	if err == nil {
		no, err = c.scoped(func() (step, error) { return c.list(n.ElseList) })
	}
	return func(r *run) {
		v := cond(r)
		switch {
		case !truth(v):
			no(r)
		case with:
			outer := r.dot
			r.dot = v
			yes(r)
			r.dot = outer
		default:
			yes(r)
		}
	}, err
}

// loop is a range over a list.
func (c *compiler) loop(n *parse.RangeNode) (step, error) {
	if n.Pipe.IsAssign || len(n.Pipe.Decl) > 2 {
		return nil, ErrUnknown
	}
	over, err := c.commands(n.Pipe.Cmds)
	if err != nil {
		return nil, err
	}
	at, item := -1, -1
	switch d := n.Pipe.Decl; len(d) {
	case 1:
		item = c.declare(d[0].Ident[0])
	case 2:
		at, item = c.declare(d[0].Ident[0]), c.declare(d[1].Ident[0])
	}
	var body, none step
	body, err = c.scoped(func() (step, error) { return c.list(n.List) })
	if err == nil {
		none, err = c.scoped(func() (step, error) { return c.list(n.ElseList) })
	}
	return func(r *run) {
		list := indirect(over(r))
		if k := list.Kind(); k != reflect.Slice && k != reflect.Array {
			panic(giveUp{})
		}
		outer := r.dot
		for i := range list.Len() {
			r.dot = list.Index(i)
			if at >= 0 {
				r.vars[at] = reflect.ValueOf(i)
			}
			if item >= 0 {
				r.vars[item] = r.dot
			}
			body(r)
		}
		r.dot = outer
		if list.Len() == 0 {
			none(r)
		}
	}, err
}

// pipe makes the value of a pipeline and keeps it in its variable.
func (c *compiler) pipe(p *parse.PipeNode) (expr, error) {
	x, err := c.commands(p.Cmds)
	if err != nil || len(p.Decl) == 0 {
		return x, err
	}
	if len(p.Decl) > 1 {
		return nil, ErrUnknown
	}
	name := p.Decl[0].Ident[0]
	slot, known := c.names[name]
	if !p.IsAssign {
		slot = c.declare(name)
	} else if !known {
		return nil, ErrUnknown
	}
	return func(r *run) reflect.Value {
		v := x(r)
		r.vars[slot] = v
		return v
	}, nil
}

// commands makes the value of a | b | c: each is handed that of the one
// before as its last argument.
func (c *compiler) commands(cmds []*parse.CommandNode) (expr, error) {
	var x expr
	for _, cmd := range cmds {
		next, err := c.command(cmd, x)
		if err != nil {
			return nil, err
		}
		x = func(r *run) reflect.Value {
			v := next(r)
			if v.Kind() == reflect.Interface && v.NumMethod() == 0 {
				v = v.Elem()
			}
			return v
		}
	}
	return x, nil
}

// command makes the value of one command; last is its last argument, or nil.
func (c *compiler) command(cmd *parse.CommandNode, last expr) (expr, error) {
	args := cmd.Args[1:]
	switch n := cmd.Args[0].(type) {
	case *parse.FieldNode:
		return c.fields(dot, n.Ident, args, last)
	case *parse.VariableNode:
		x, err := c.variable(n)
		if err != nil {
			return nil, err
		}
		if len(n.Ident) > 1 {
			return c.fields(x, n.Ident[1:], args, last)
		}
		return alone(x, args, last)
	case *parse.ChainNode:
		x, err := c.operand(n.Node)
		if err != nil {
			return nil, err
		}
		return c.fields(x, n.Field, args, last)
	case *parse.IdentifierNode:
		return c.function(n.Ident, args, last)
	}
	x, err := c.operand(cmd.Args[0])
	if err != nil {
		return nil, err
	}
	return alone(x, args, last)
}

// alone is a value that takes no arguments.
func alone(x expr, args []parse.Node, last expr) (expr, error) {
	if len(args) > 0 || last != nil {
		return nil, ErrUnknown
	}
	return x, nil
}

func dot(r *run) reflect.Value { return r.dot }

func (c *compiler) variable(n *parse.VariableNode) (expr, error) {
	slot, ok := c.names[n.Ident[0]]
	if !ok {
		return nil, ErrUnknown
	}
	return func(r *run) reflect.Value { return r.vars[slot] }, nil
}

// operand makes the value of an argument.
func (c *compiler) operand(n parse.Node) (expr, error) {
	var v reflect.Value
	switch n := n.(type) {
	case *parse.DotNode:
		return dot, nil
	case *parse.PipeNode:
		return c.pipe(n)
	case *parse.FieldNode, *parse.VariableNode, *parse.ChainNode, *parse.IdentifierNode:
		return c.command(&parse.CommandNode{Args: []parse.Node{n}}, nil)
	case *parse.StringNode:
		v = reflect.ValueOf(n.Text)
	case *parse.BoolNode:
		v = reflect.ValueOf(n.True)
	case *parse.NumberNode:
		if !n.IsInt || n.IsFloat && n.Text != "0" && !isInteger(n.Text) {
			return nil, ErrUnknown
		}
		v = reflect.ValueOf(int(n.Int64))
	default:
		return nil, ErrUnknown
	}
	return func(*run) reflect.Value { return v }, nil
}

// isInteger reports whether a number is written with figures alone: 1.0, 1e3
// and 'x' are of other types, as the case may be.
func isInteger(text string) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
