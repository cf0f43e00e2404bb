// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package pages carries out templates of html/template in a tenth of their time.
//
// html/template decides what has to be escaped, where and how: a [Set] takes the trees that it has made safe, and turns each into a list of
// Go functions for the type of data that it is given. Fields are then found by their place, functions are called without reflection, and
// what does not depend on the data (most words of a page) is worked out once. The bytes are those that html/template writes. What no
// template of ours needs is not known here, and a template with it is refused with its reason: maps, printf, content for scripts and styles.
package pages

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"sync"
)

// Funcs are the functions that templates may call beside and, eq, gt, len, not and or. Each gives the same for the same arguments.
type Funcs struct {
	Give map[string]func(args []any) any               // gives a value, which is escaped unless it is template.HTML
	Mark map[string]func(b []byte, text string) []byte // writes a text as HTML
}

// Map gives the functions as html/template takes them.
func (f Funcs) Map() template.FuncMap {
	m := template.FuncMap{}
	for name, give := range f.Give {
		m[name] = func(args ...any) any { return give(args) }
	}
	for name, mark := range f.Mark {
		m[name] = func(text string) template.HTML { return template.HTML(mark(nil, text)) }
	}
	return m
}

// Set is templates that know each other. It is safe for use by several goroutines.
type Set struct {
	of    *template.Template
	funcs Funcs
	ready sync.Map // *body by key
	runs  sync.Pool

	mu     sync.Mutex
	bodies map[key]*body // those in the making, too
}

type key struct {
	name string
	data reflect.Type
}

// New takes templates, which were parsed with the functions. The one that is named must lead to all others that are used.
func New(t *template.Template, name string, funcs Funcs) (*Set, error) {
	// Templates are made safe before they are first carried out. That this then fails for lack of data is nothing.
	var unsafe *template.Error
	if err := t.ExecuteTemplate(io.Discard, name, nil); errors.As(err, &unsafe) {
		return nil, err
	}
	return &Set{of: t, funcs: funcs, bodies: map[key]*body{}}, nil
}

// Append carries out a template, and adds what it writes to room. Where it cannot, the room is given back as it was.
func (s *Set) Append(room []byte, name string, data any) (page []byte, err error) {
	b, err := s.body(key{name, reflect.TypeOf(data)})
	if err != nil {
		return room, err
	}
	r, ok := s.runs.Get().(*run)
	if !ok {
		r = &run{}
	}
	defer func() {
		if p := recover(); p != nil {
			page, err = room, fmt.Errorf("template %s: %v", name, p)
		}
		r.out, r.frame, r.stack = nil, nil, r.stack[:0]
		s.runs.Put(r)
	}()
	r.out = room
	b.do(r, reflect.ValueOf(data))
	return r.out, nil
}

// body gives a template for a type of data.
func (s *Set) body(k key) (*body, error) {
	if b, ok := s.ready.Load(k); ok {
		return b.(*body), nil
	}
	if k.data == nil {
		return nil, fmt.Errorf("template %s: there is no data", k.name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.make(k)
	if err != nil {
		// Some may call what could not be made: without its steps it would be written as nothing.
		clear(s.bodies)
		return nil, err
	}
	s.ready.Store(k, b)
	return b, nil
}

// make turns a template into steps, once. The lock is held.
func (s *Set) make(k key) (*body, error) {
	if b := s.bodies[k]; b != nil {
		return b, nil
	}
	t := s.of.Lookup(k.name)
	if t == nil || t.Tree == nil {
		return nil, fmt.Errorf("template %s is not there", k.name)
	}
	b := &body{}
	s.bodies[k] = b // before its steps: a template may call itself
	c := &compiler{set: s, body: b}
	if err := c.whole(t.Tree.Root, scope{k.data, []variable{{"$", k.data, c.slot()}}}); err != nil {
		return nil, fmt.Errorf("template %s for %v: %w", k.name, k.data, err)
	}
	b.steps = c.done()
	return b, nil
}

// run is one carrying out.
type run struct {
	out   []byte
	frame []reflect.Value // the variables of the template that is carried out
	stack []reflect.Value // room for them
}

// step does a part of a template.
type step func(r *run, dot reflect.Value)

// body is a template for one type of data.
type body struct {
	steps []step
	slots int // of its variables; the first is $
}

func (b *body) do(r *run, dot reflect.Value) {
	caller, from := r.frame, len(r.stack)
	for range b.slots {
		r.stack = append(r.stack, reflect.Value{})
	}
	r.frame = r.stack[from:len(r.stack):len(r.stack)]
	r.frame[0] = dot
	all(b.steps, r, dot)
	r.frame, r.stack = caller, r.stack[:from]
}

func all(steps []step, r *run, dot reflect.Value) {
	for _, s := range steps {
		s(r, dot)
	}
}
