package compiled

import (
	"fmt"
	"reflect"
	"text/template/parse"
)

// function makes the value of a call of one of package template's functions.
func (c *compiler) function(name string, args []parse.Node, last expr) (expr, error) {
	in, err := c.operands(args, last)
	if err != nil {
		return nil, err
	}
	switch {
	case name == "and" && len(in) > 0:
		return first(in, false), nil
	case name == "or" && len(in) > 0:
		return first(in, true), nil
	case name == "not" && len(in) == 1:
		return func(r *run) reflect.Value { return reflect.ValueOf(!truth(in[0](r))) }, nil
	case name == "eq" && len(in) == 2:
		return func(r *run) reflect.Value { return reflect.ValueOf(equal(in[0](r), in[1](r))) }, nil
	case name == "ne" && len(in) == 2:
		return func(r *run) reflect.Value { return reflect.ValueOf(!equal(in[0](r), in[1](r))) }, nil
	case name == "lt" && len(in) == 2:
		return func(r *run) reflect.Value { return reflect.ValueOf(number(in[0](r)) < number(in[1](r))) }, nil
	case name == "gt" && len(in) == 2:
		return func(r *run) reflect.Value { return reflect.ValueOf(number(in[0](r)) > number(in[1](r))) }, nil
	case name == "len" && len(in) == 1:
		return func(r *run) reflect.Value { return length(in[0](r)) }, nil
	case name == "printf" && len(in) > 0:
		return func(r *run) reflect.Value { return printf(r, in) }, nil
	}
	return nil, ErrUnknown
}

// first returns the first argument whose truth is that, else the last. Those
// after it are not looked at.
func first(in []expr, that bool) expr {
	return func(r *run) (v reflect.Value) {
		for _, x := range in {
			if v = held(x(r)); truth(v) == that {
				break
			}
		}
		return v
	}
}

// held returns what an interface holds.
func held(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return v.Elem()
	}
	return v
}

// equal compares values of the kinds that are compared in layouts.
func equal(a, b reflect.Value) bool {
	a, b = held(a), held(b)
	switch {
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return a.String() == b.String()
	case a.Kind() == reflect.Bool && b.Kind() == reflect.Bool:
		return a.Bool() == b.Bool()
	case a.CanInt() && b.CanInt():
		return a.Int() == b.Int()
	}
	panic(giveUp{})
}

// number returns an integer.
func number(v reflect.Value) int64 {
	if v = held(v); v.CanInt() {
		return v.Int()
	}
	panic(giveUp{})
}

func length(v reflect.Value) reflect.Value {
	switch v = indirect(v); v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return reflect.ValueOf(v.Len())
	}
	panic(giveUp{})
}

func printf(r *run, in []expr) reflect.Value {
	format := held(in[0](r))
	if format.Kind() != reflect.String {
		panic(giveUp{})
	}
	args := make([]any, 0, len(in)-1)
	for _, x := range in[1:] {
		v := x(r)
		if !v.IsValid() {
			panic(giveUp{})
		}
		args = append(args, v.Interface())
	}
	return reflect.ValueOf(fmt.Sprintf(format.String(), args...))
}
