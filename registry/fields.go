// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// What people write of a record is read into its fields by their names in JSON, and each thing that does not fit is told with its field:
//
//	summary.fr            a part of a field
//	repositories[0]       an item of a list; repositories[] is one more
//	needs=agenda,visio    a list of words, with commas between them, or as JSON
//	supports=[{…}]        anything else, as JSON

// ReadFields reads what a JSON or TOML document says into an entry. Fields that it does not name stay as they are.
func ReadFields(e Entry, tree map[string]any) []Problem {
	w := &fieldWriter{}
	w.tree(reflect.ValueOf(e).Elem(), "", tree)
	return w.problems
}

// SetField gives a field the value that somebody typed.
func SetField(e Entry, path, value string) []Problem {
	w := &fieldWriter{}
	w.walk(reflect.ValueOf(e).Elem(), "", path, func(at string, v reflect.Value) { w.typed(at, v, value) })
	return w.problems
}

// ClearField empties a field, or takes an item out of a list.
func ClearField(e Entry, path string) []Problem {
	w := &fieldWriter{}
	list, index, isItem := cutIndex(path)
	if !isItem {
		w.walk(reflect.ValueOf(e).Elem(), "", path, func(_ string, v reflect.Value) { v.SetZero() })
		return w.problems
	}
	w.walk(reflect.ValueOf(e).Elem(), "", list, func(at string, v reflect.Value) {
		if v.Kind() != reflect.Slice || index < 0 || index >= v.Len() {
			w.add(path, "no-item", path)
			return
		}
		v.Set(reflect.AppendSlice(v.Slice3(0, index, index), v.Slice(index+1, v.Len())))
	})
	return w.problems
}

// cutIndex takes the index off the end of a path: -1 where it is empty.
func cutIndex(path string) (list string, index int, ok bool) {
	open := strings.LastIndexByte(path, '[')
	if open < 0 || !strings.HasSuffix(path, "]") {
		return path, 0, false
	}
	text := path[open+1 : len(path)-1]
	if text == "" {
		return path[:open], -1, true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return path, 0, false
	}
	return path[:open], n, true
}

type fieldWriter struct{ problems []Problem }

func (w *fieldWriter) add(field, key string, args ...any) {
	w.problems = append(w.problems, Problem{Field: field, Key: "registry.problem." + key, Args: args})
}

// fieldsOf gives the fields of a struct by their names in JSON, those of what it embeds among them.
func fieldsOf(v reflect.Value) map[string]reflect.Value {
	all := map[string]reflect.Value{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			maps.Copy(all, fieldsOf(v.Field(i)))
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		all[name] = v.Field(i)
	}
	return all
}

// field finds a field by its name, or says which there are.
func (w *fieldWriter) field(v reflect.Value, at, name string) (reflect.Value, bool) {
	all := fieldsOf(v)
	f, ok := all[name]
	if !ok {
		w.add(at, "no-field", name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	return f, ok
}

// walk follows a path and does something with what stands at its end.
func (w *fieldWriter) walk(v reflect.Value, at, path string, do func(at string, v reflect.Value)) {
	step, rest, more := strings.Cut(path, ".")
	name, index, isItem := cutIndex(step)
	here := join(at, step)
	v, ok := w.field(v, here, name)
	if !ok {
		return
	}
	if isItem {
		if v, ok = w.item(v, here, index); !ok {
			return
		}
	}
	if !more {
		do(here, v)
		return
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		w.add(join(here, rest), "no-parts", here)
		return
	}
	w.walk(v, here, rest, do)
}

// item is an item of a list; one more than there are is made.
func (w *fieldWriter) item(v reflect.Value, at string, index int) (reflect.Value, bool) {
	if v.Kind() != reflect.Slice {
		w.add(at, "no-list", at)
		return v, false
	}
	if index < 0 {
		index = v.Len()
	}
	if index > v.Len() || index >= maxItems {
		w.add(at, "no-item", at)
		return v, false
	}
	if index == v.Len() {
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	}
	return v.Index(index), true
}

func join(at, name string) string { return strings.TrimPrefix(at+"."+name, ".") }

// typed reads a value as people type it.
func (w *fieldWriter) typed(at string, v reflect.Value, value string) {
	switch kind := v.Kind(); {
	case kind == reflect.String:
		v.SetString(value)
	case kind == reflect.Bool:
		yes, err := strconv.ParseBool(value)
		if err != nil {
			w.add(at, "not-a-truth-value", value)
			return
		}
		v.SetBool(yes)
	case kind == reflect.Int:
		w.value(at, v, json.Number(value))
	case kind == reflect.Slice && v.Type().Elem().Kind() == reflect.String && !strings.HasPrefix(strings.TrimSpace(value), "["):
		v.SetZero()
		for word := range strings.SplitSeq(value, ",") {
			if word = strings.TrimSpace(word); word != "" {
				v.Set(reflect.Append(v, reflect.ValueOf(word).Convert(v.Type().Elem())))
			}
		}
	default:
		tree, err := jsonTree([]byte(value))
		if err != nil {
			w.add(at, "not-json", at, w.parts(v))
			return
		}
		v.SetZero()
		w.value(at, v, tree)
	}
}

// parts names the fields that can be set one by one, where there are any.
func (w *fieldWriter) parts(v reflect.Value) string {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return "[…]"
	}
	return strings.Join(slices.Sorted(maps.Keys(fieldsOf(reflect.New(t).Elem()))), ", ")
}

// tree reads an object into a struct, field by field.
func (w *fieldWriter) tree(v reflect.Value, at string, tree map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if f, ok := w.field(v, join(at, name), name); ok {
			w.value(join(at, name), f, tree[name])
		}
	}
}

// value reads what a document holds.
func (w *fieldWriter) value(at string, v reflect.Value, in any) {
	if in == nil {
		v.SetZero()
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		w.value(at, v.Elem(), in)
	case reflect.Struct:
		if tree, ok := in.(map[string]any); ok {
			w.tree(v, at, tree)
		} else {
			w.add(at, "not-an-object", w.parts(v))
		}
	case reflect.Slice:
		items, ok := in.([]any)
		if !ok {
			w.add(at, "not-a-list")
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		for i, item := range items {
			w.value(fmt.Sprintf("%s[%d]", at, i), v.Index(i), item)
		}
	case reflect.Bool:
		if yes, ok := in.(bool); ok {
			v.SetBool(yes)
		} else {
			w.add(at, "not-a-truth-value", fmt.Sprint(in))
		}
	case reflect.Int:
		if n, ok := whole(in); ok {
			v.SetInt(n)
		} else {
			w.add(at, "not-a-number", fmt.Sprint(in))
		}
	case reflect.String:
		switch s := in.(type) {
		case string:
			v.SetString(s)
		case fmt.Stringer: // a day in TOML; a number is one too
			if _, number := in.(json.Number); !number {
				v.SetString(s.String())
				return
			}
			w.add(at, "not-a-text", s.String())
		default:
			w.add(at, "not-a-text", fmt.Sprint(in))
		}
	}
}

// whole reads a whole number as JSON, TOML or people write it.
func whole(in any) (int64, bool) {
	switch n := in.(type) {
	case json.Number:
		i, err := strconv.ParseInt(strings.TrimSpace(string(n)), 10, 64)
		return i, err == nil && i >= math.MinInt32 && i <= math.MaxInt32
	case int64:
		return n, n >= math.MinInt32 && n <= math.MaxInt32
	}
	return 0, false
}
