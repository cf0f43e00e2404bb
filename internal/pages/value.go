// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"
)

var (
	intType = reflect.TypeFor[int]()
	anyType = reflect.TypeFor[any]()
)

// expr is a value.
type expr struct {
	typ   reflect.Type // nil for a condition, which has only holds
	eval  func(r *run, dot reflect.Value) reflect.Value
	holds func(r *run, dot reflect.Value) bool
	mark  func(b []byte, text string) []byte // writes it as HTML
	fixed bool                               // it does not depend on the data
}

func constant(v any) *expr {
	value := reflect.ValueOf(v)
	return &expr{typ: value.Type(), eval: func(*run, reflect.Value) reflect.Value { return value }, fixed: true}
}

// condition tells whether a value counts as true.
func (e *expr) condition() (func(r *run, dot reflect.Value) bool, error) {
	if e.mark != nil {
		return nil, fmt.Errorf("what is marked up is no condition")
	}
	if e.holds != nil {
		return e.holds, nil
	}
	counts := truth(e.typ)
	return func(r *run, dot reflect.Value) bool { return counts(e.eval(r, dot)) }, nil
}

// truth tells which values of a type count as true.
func truth(t reflect.Type) func(reflect.Value) bool {
	switch t.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return func(v reflect.Value) bool { return v.Len() > 0 }
	case reflect.Chan, reflect.Func, reflect.Pointer:
		return func(v reflect.Value) bool { return !v.IsNil() }
	case reflect.Interface: // as what stands in it
		return func(v reflect.Value) bool {
			if v.IsValid() && v.Kind() == reflect.Interface {
				v = v.Elem()
			}
			return v.IsValid() && truth(v.Type())(v)
		}
	case reflect.Struct:
		return func(reflect.Value) bool { return true }
	}
	return func(v reflect.Value) bool { return !v.IsZero() }
}

// pipe gives a value, and the names of the escapers that stand after it.
func (c *compiler) pipe(p *parse.PipeNode, sc scope) (e *expr, escapers []string, err error) {
	for i, cmd := range p.Cmds {
		name := ""
		if id, ok := cmd.Args[0].(*parse.IdentifierNode); ok {
			name = id.Ident
		}
		if strings.HasPrefix(name, escaperPrefix) && i > 0 {
			escapers = append(escapers, strings.TrimPrefix(name, escaperPrefix))
			continue
		}
		if i > 0 {
			return nil, nil, fmt.Errorf("what %s is piped to is not known", p.Cmds[i-1])
		}
		if e, err = c.command(name, cmd, sc); err != nil {
			return nil, nil, err
		}
	}
	return e, escapers, nil
}

func (c *compiler) command(name string, cmd *parse.CommandNode, sc scope) (*expr, error) {
	if name == "" {
		if len(cmd.Args) > 1 {
			return nil, fmt.Errorf("methods with arguments are not known")
		}
		return c.value(cmd.Args[0], sc)
	}
	var args []*expr
	for _, node := range cmd.Args[1:] {
		e, err := c.value(node, sc)
		if err != nil {
			return nil, err
		}
		if e.mark != nil {
			return nil, fmt.Errorf("what is marked up is no argument")
		}
		args = append(args, e)
	}
	return c.function(name, args)
}

// value is a field, a variable, what is written out, or what stands in brackets.
func (c *compiler) value(node parse.Node, sc scope) (*expr, error) {
	dot := &expr{typ: sc.dot, eval: func(_ *run, dot reflect.Value) reflect.Value { return dot }}
	switch n := node.(type) {
	case *parse.DotNode:
		return dot, nil
	case *parse.FieldNode:
		return fields(dot, n.Ident)
	case *parse.VariableNode:
		for i := len(sc.vars) - 1; i >= 0; i-- {
			if v := sc.vars[i]; v.name == n.Ident[0] {
				return fields(&expr{typ: v.typ, eval: func(r *run, _ reflect.Value) reflect.Value { return r.frame[v.slot] }}, n.Ident[1:])
			}
		}
	case *parse.StringNode:
		return constant(n.Text), nil
	case *parse.NumberNode:
		if n.IsInt && (!n.IsFloat || !strings.ContainsAny(n.Text, ".eEpP")) { // 1e7 is none
			return constant(int(n.Int64)), nil
		}
	case *parse.PipeNode:
		e, _, err := c.pipe(n, sc)
		return e, err
	}
	return nil, fmt.Errorf("what %s is is not known", node)
}

// fields follows fields, and methods without arguments.
func fields(e *expr, names []string) (*expr, error) {
	for _, name := range names {
		from, owner := e.eval, e.typ
		if m, ok := owner.MethodByName(name); ok && m.Type.NumIn() == 1 && m.Type.NumOut() == 1 {
			e = &expr{typ: m.Type.Out(0), eval: func(r *run, dot reflect.Value) reflect.Value { return from(r, dot).Method(m.Index).Call(nil)[0] }}
			continue
		}
		pointer := owner.Kind() == reflect.Pointer
		if pointer {
			owner = owner.Elem()
		}
		if owner.Kind() != reflect.Struct {
			return nil, fmt.Errorf("%v has no fields", owner)
		}
		f, ok := owner.FieldByName(name)
		if !ok || !f.IsExported() {
			return nil, fmt.Errorf("%v has no field %s", owner, name)
		}
		e = &expr{typ: f.Type, eval: func(r *run, dot reflect.Value) reflect.Value {
			v := from(r, dot)
			if pointer {
				v = v.Elem()
			}
			return v.FieldByIndex(f.Index)
		}}
	}
	return e, nil
}

// function calls a function.
func (c *compiler) function(name string, args []*expr) (*expr, error) {
	if mark := c.set.funcs.Mark[name]; mark != nil && len(args) == 1 && args[0].typ == reflect.TypeFor[string]() {
		e := *args[0]
		e.mark = mark
		return &e, nil
	}
	if give := c.set.funcs.Give[name]; give != nil {
		return given(give, args)
	}
	switch {
	case name == "len" && len(args) == 1 && args[0].typ != nil:
		list := args[0].eval
		return &expr{typ: intType, eval: func(r *run, dot reflect.Value) reflect.Value { return reflect.ValueOf(list(r, dot).Len()) }}, nil
	case name == "eq" && len(args) == 2:
		return compare(args, func(a, b int64) bool { return a == b }, func(a, b string) bool { return a == b })
	case name == "gt" && len(args) == 2:
		return compare(args, func(a, b int64) bool { return a > b }, func(a, b string) bool { return a > b })
	case name == "not" && len(args) == 1, name == "and", name == "or":
		return logic(name, args)
	}
	return nil, fmt.Errorf("the function %s is not known for these arguments", name)
}

// given calls a function of the program: once, where it hangs on nothing.
func given(give func([]any) any, args []*expr) (*expr, error) {
	fixed := true
	for _, a := range args {
		if a.typ == nil {
			return nil, fmt.Errorf("a condition is no value")
		}
		fixed = fixed && a.fixed
	}
	call := func(r *run, dot reflect.Value) any {
		values := make([]any, len(args))
		for i, a := range args {
			if v := a.eval(r, dot); v.IsValid() {
				values[i] = v.Interface()
			}
		}
		return give(values)
	}
	if fixed {
		return constant(call(nil, reflect.Value{})), nil
	}
	return &expr{typ: anyType, eval: func(r *run, dot reflect.Value) reflect.Value { return reflect.ValueOf(call(r, dot)) }}, nil
}

// compare compares two whole numbers or two texts.
func compare(args []*expr, numbers func(a, b int64) bool, texts func(a, b string) bool) (*expr, error) {
	a, b := args[0], args[1]
	switch {
	case a.typ == nil || b.typ == nil:
	case a.typ.Kind() == reflect.String && b.typ.Kind() == reflect.String:
		return &expr{holds: func(r *run, dot reflect.Value) bool { return texts(a.eval(r, dot).String(), b.eval(r, dot).String()) }}, nil
	case reflect.Zero(a.typ).CanInt() && reflect.Zero(b.typ).CanInt():
		return &expr{holds: func(r *run, dot reflect.Value) bool { return numbers(a.eval(r, dot).Int(), b.eval(r, dot).Int()) }}, nil
	}
	return nil, fmt.Errorf("%v and %v are not compared", a.typ, b.typ)
}

// logic is not, and, or.
func logic(name string, args []*expr) (*expr, error) {
	var each []func(r *run, dot reflect.Value) bool
	for _, a := range args {
		holds, err := a.condition()
		if err != nil {
			return nil, err
		}
		each = append(each, holds)
	}
	if name == "not" {
		return &expr{holds: func(r *run, dot reflect.Value) bool { return !each[0](r, dot) }}, nil
	}
	decides := name == "or"
	return &expr{holds: func(r *run, dot reflect.Value) bool {
		for _, holds := range each {
			if holds(r, dot) == decides {
				return decides
			}
		}
		return !decides
	}}, nil
}
