package compiled

import (
	"reflect"
	"sync/atomic"
	"text/template/parse"
)

// fields makes the value of a chain of fields or methods of x. The last one is
// called with args and last, if there are any.
func (c *compiler) fields(x expr, names []string, args []parse.Node, last expr) (expr, error) {
	for i, name := range names {
		m := &member{name: name}
		if i == len(names)-1 {
			var err error
			if m.args, err = c.operands(args, last); err != nil {
				return nil, err
			}
		}
		of := x
		x = func(r *run) reflect.Value { return m.of(r, of(r)) }
	}
	return x, nil
}

// operands makes the values of arguments, of which last is the last.
func (c *compiler) operands(args []parse.Node, last expr) ([]expr, error) {
	list := make([]expr, 0, len(args)+1)
	for _, n := range args {
		x, err := c.operand(n)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	if last != nil {
		list = append(list, last)
	}
	return list, nil
}

// A member is a field or a method as a layout names it.
type member struct {
	name  string
	args  []expr
	found atomic.Pointer[lookup] // the last one, which nearly always fits
}

// A lookup is what a name means for values of one type.
type lookup struct {
	typ     reflect.Type
	address bool  // the value has an address, and so all methods
	field   []int // of a struct, unless there is a method
	method  reflect.Value
	in      []reflect.Type // of the method, without the receiver
	rest    bool           // the last of in takes any number
	errs    bool           // it may return an error
}

// of returns the member of v.
func (m *member) of(r *run, v reflect.Value) reflect.Value {
	v = indirect(v)
	if !v.IsValid() || v.Kind() == reflect.Pointer {
		panic(giveUp{})
	}
	l := m.found.Load()
	if l == nil || l.typ != v.Type() || l.address != v.CanAddr() {
		l = look(v, m.name)
		m.found.Store(l)
	}
	if l.field == nil {
		return l.call(r, v, m.args)
	}
	if len(m.args) > 0 {
		panic(giveUp{})
	}
	for _, i := range l.field {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				panic(giveUp{})
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// look finds out what a name means for v, as package template does: a method
// of its address, else a field.
func look(v reflect.Value, name string) *lookup {
	l := &lookup{typ: v.Type(), address: v.CanAddr()}
	recv := l.typ
	if l.address {
		recv = reflect.PointerTo(recv)
	}
	if method, ok := recv.MethodByName(name); ok {
		l.method = method.Func
		typ := method.Type
		for i := 1; i < typ.NumIn(); i++ {
			l.in = append(l.in, typ.In(i))
		}
		l.rest = typ.IsVariadic()
		l.errs = typ.NumOut() == 2
		return l
	}
	if v.Kind() != reflect.Struct {
		panic(giveUp{})
	}
	field, ok := l.typ.FieldByName(name)
	if !ok || !field.IsExported() {
		panic(giveUp{})
	}
	l.field = field.Index
	return l
}

// call calls the method with v and args.
func (l *lookup) call(r *run, v reflect.Value, args []expr) reflect.Value {
	fixed := len(l.in)
	if l.rest {
		fixed--
	}
	if len(args) < fixed || len(args) > fixed && !l.rest {
		panic(giveUp{})
	}
	if l.address {
		v = v.Addr()
	}
	// Arguments may be calls themselves: each takes its place above those of
	// the calls around it.
	base := len(r.args)
	r.args = append(r.args, v)
	for i, x := range args {
		typ := l.in[min(i, len(l.in)-1)]
		if i >= fixed {
			typ = typ.Elem()
		}
		arg := fit(x(r), typ)
		r.args = append(r.args, arg)
	}
	in := r.args[base:]
	r.args = r.args[:base]
	out := l.method.Call(in)
	if l.errs && !out[1].IsNil() {
		panic(giveUp{})
	}
	return out[0]
}

// fit returns v as an argument of type typ.
func fit(v reflect.Value, typ reflect.Type) reflect.Value {
	if !v.IsValid() {
		panic(giveUp{})
	}
	if v.Type().AssignableTo(typ) {
		return v
	}
	if v.Kind() == reflect.Interface && !v.IsNil() {
		if v = v.Elem(); v.Type().AssignableTo(typ) {
			return v
		}
	}
	panic(giveUp{})
}

// indirect follows pointers and interfaces to what they hold; it returns a nil
// one as it is.
func indirect(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return v
		}
		v = v.Elem()
	}
	return v
}

// truth tells whether v is other than the zero value of its kind.
func truth(v reflect.Value) bool {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() > 0
	case reflect.Struct:
		return true
	case reflect.Float32, reflect.Float64:
		return v.Float() != 0
	case reflect.Chan, reflect.Func, reflect.Pointer, reflect.UnsafePointer, reflect.Interface:
		return !v.IsNil()
	}
	return !v.IsZero()
}
