// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"reflect"
	"slices"
	"text/template/parse"
)

// scope is what a part of a template sees: the type of the dot, and variables.
type scope struct {
	dot  reflect.Type
	vars []variable
}

type variable struct {
	name string
	typ  reflect.Type
	slot int
}

// with is the scope with a variable more.
func (s scope) with(v variable) scope {
	s.vars = append(slices.Clip(s.vars), v)
	return s
}

func (s scope) at(dot reflect.Type) scope {
	s.dot = dot
	return s
}

// compiler turns the nodes of one template into steps.
type compiler struct {
	set   *Set
	body  *body
	steps []step
	text  []byte // that stands after the steps so far
}

func (c *compiler) slot() int {
	c.body.slots++
	return c.body.slots - 1
}

func (c *compiler) add(s step) {
	c.flush()
	c.steps = append(c.steps, s)
}

// flush makes a step of the text: what stands side by side is written at once.
func (c *compiler) flush() {
	if text := slices.Clone(c.text); len(text) > 0 {
		c.steps = append(c.steps, func(r *run, _ reflect.Value) { r.out = append(r.out, text...) })
		c.text = c.text[:0]
	}
}

func (c *compiler) done() []step {
	c.flush()
	return c.steps
}

// whole makes the steps of a template. What depends on no data is written now, which panics where it does not fit.
func (c *compiler) whole(l *parse.ListNode, sc scope) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return c.list(l, sc)
}

// part makes the steps of a list that is not always carried out, or not once; none for no list.
func (c *compiler) part(l *parse.ListNode, sc scope) ([]step, error) {
	if l == nil {
		return nil, nil
	}
	own := &compiler{set: c.set, body: c.body}
	err := own.list(l, sc)
	return own.done(), err
}

func (c *compiler) list(l *parse.ListNode, sc scope) error {
	for _, node := range l.Nodes {
		var err error
		if action, ok := node.(*parse.ActionNode); ok && len(action.Pipe.Decl) > 0 {
			sc, err = c.declare(action.Pipe, sc)
		} else {
			err = c.node(node, sc)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", node, err)
		}
	}
	return nil
}

func (c *compiler) node(node parse.Node, sc scope) error {
	switch n := node.(type) {
	case *parse.TextNode:
		c.text = append(c.text, n.Text...)
		return nil
	case *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		return c.action(n.Pipe, sc)
	case *parse.IfNode:
		return c.choice(&n.BranchNode, sc, false)
	case *parse.WithNode:
		return c.choice(&n.BranchNode, sc, true)
	case *parse.RangeNode:
		return c.loop(n, sc)
	case *parse.TemplateNode:
		return c.call(n, sc)
	}
	return fmt.Errorf("what %T does is not known", node)
}

// declare sets a variable.
func (c *compiler) declare(p *parse.PipeNode, sc scope) (scope, error) {
	e, _, err := c.pipe(p, sc)
	if err == nil && (p.IsAssign || len(p.Decl) > 1 || e.typ == nil || e.mark != nil) {
		err = fmt.Errorf("such a variable is not known")
	}
	if err != nil {
		return sc, err
	}
	v := variable{p.Decl[0].Ident[0], e.typ, c.slot()}
	c.add(func(r *run, dot reflect.Value) { r.frame[v.slot] = e.eval(r, dot) })
	return sc.with(v), nil
}

// choice is if, and with, for which the dot becomes what is asked for.
func (c *compiler) choice(n *parse.BranchNode, sc scope, with bool) error {
	e, _, err := c.pipe(n.Pipe, sc)
	if err != nil {
		return err
	}
	if len(n.Pipe.Decl) > 0 {
		return fmt.Errorf("such a variable is not known")
	}
	holds, err := e.condition()
	if err != nil {
		return err
	}
	inside := sc
	if with {
		if e.typ == nil {
			return fmt.Errorf("a condition is no value")
		}
		inside = sc.at(e.typ)
	}
	then, err := c.part(n.List, inside)
	if err != nil {
		return err
	}
	otherwise, err := c.part(n.ElseList, sc)
	if err != nil {
		return err
	}
	if !with {
		c.add(func(r *run, dot reflect.Value) {
			if holds(r, dot) {
				all(then, r, dot)
			} else {
				all(otherwise, r, dot)
			}
		})
		return nil
	}
	counts := truth(e.typ)
	c.add(func(r *run, dot reflect.Value) {
		if v := e.eval(r, dot); counts(v) {
			all(then, r, v)
		} else {
			all(otherwise, r, dot)
		}
	})
	return nil
}

// loop is range over a list.
func (c *compiler) loop(n *parse.RangeNode, sc scope) error {
	e, _, err := c.pipe(n.Pipe, sc)
	if err != nil {
		return err
	}
	if n.Pipe.IsAssign {
		return fmt.Errorf("such a variable is not known")
	}
	if e.typ == nil || e.typ.Kind() != reflect.Slice && e.typ.Kind() != reflect.Array {
		return fmt.Errorf("%v is no list", e.typ)
	}
	inside, number, value := sc.at(e.typ.Elem()), -1, -1
	switch decl := n.Pipe.Decl; len(decl) {
	case 2:
		number = c.slot()
		inside = inside.with(variable{decl[0].Ident[0], intType, number})
		fallthrough
	case 1:
		value = c.slot()
		inside = inside.with(variable{decl[len(decl)-1].Ident[0], e.typ.Elem(), value})
	}
	each, err := c.part(n.List, inside)
	if err != nil {
		return err
	}
	none, err := c.part(n.ElseList, sc)
	if err != nil {
		return err
	}
	c.add(func(r *run, dot reflect.Value) {
		list := e.eval(r, dot)
		for i := range list.Len() {
			one := list.Index(i)
			if number >= 0 {
				r.frame[number] = reflect.ValueOf(i)
			}
			if value >= 0 {
				r.frame[value] = one
			}
			all(each, r, one)
		}
		if list.Len() == 0 {
			all(none, r, dot)
		}
	})
	return nil
}

// call is another template.
func (c *compiler) call(n *parse.TemplateNode, sc scope) error {
	if n.Pipe == nil {
		return fmt.Errorf("a template without data is not known")
	}
	e, _, err := c.pipe(n.Pipe, sc)
	if err != nil {
		return err
	}
	if e.typ == nil || e.mark != nil {
		return fmt.Errorf("a condition, or what is marked up, is no value")
	}
	b, err := c.set.make(key{n.Name, e.typ})
	if err != nil {
		return err
	}
	c.add(func(r *run, dot reflect.Value) { b.do(r, e.eval(r, dot)) })
	return nil
}

// action writes a value.
func (c *compiler) action(p *parse.PipeNode, sc scope) error {
	e, escapers, err := c.pipe(p, sc)
	if err != nil {
		return err
	}
	if e.typ == nil {
		return fmt.Errorf("a condition is no value")
	}
	write, err := writer(e, escapers)
	if err != nil {
		return err
	}
	if e.fixed {
		c.text = write(c.text, e.eval(nil, reflect.Value{}))
		return nil
	}
	c.add(func(r *run, dot reflect.Value) { r.out = write(r.out, e.eval(r, dot)) })
	return nil
}
