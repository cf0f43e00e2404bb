// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"encoding/json"
	"fmt"
	"html/template"
	"reflect"
	"strconv"
	"strings"
)

// escaperPrefix starts the names of the functions that html/template puts behind values.
const escaperPrefix = "_html_template_"

// content says what a text is already.
type content int

const (
	isText content = iota
	isHTML
	isURL
)

// sink writes a text into one place of a page.
type sink func(b []byte, text string, is content) []byte

// sinks are the places that pages have, by the escapers that html/template puts there.
var sinks = map[string]sink{
	"htmlescaper": func(b []byte, text string, is content) []byte {
		if is == isHTML {
			return append(b, text...)
		}
		return escape(b, text, &entities)
	},
	"attrescaper": func(b []byte, text string, is content) []byte {
		if is == isHTML {
			panic("HTML stands in an attribute")
		}
		return escape(b, text, &entities)
	},
	"rcdataescaper": func(b []byte, text string, is content) []byte {
		if is == isHTML {
			panic("HTML stands in a title")
		}
		return escape(b, text, &entities)
	},
	"urlfilter urlnormalizer attrescaper": func(b []byte, text string, is content) []byte {
		if is != isURL && !safeURL(text) {
			text = "#ZgotmplZ"
		}
		return escape(b, percent(text, true), &entities)
	},
	"urlescaper attrescaper": func(b []byte, text string, is content) []byte {
		return escape(b, percent(text, is == isURL), &entities)
	},
}

// writer gives what writes a value where the escapers say that it stands.
func writer(e *expr, escapers []string) (func(b []byte, v reflect.Value) []byte, error) {
	place := strings.Join(escapers, " ")
	if place == "jsvalescaper" {
		return object, nil
	}
	into := sinks[place]
	if into == nil {
		return nil, fmt.Errorf("what stands behind %s is not known", place)
	}
	switch {
	case e.mark != nil && place == "htmlescaper":
		return func(b []byte, v reflect.Value) []byte { return e.mark(b, v.String()) }, nil
	case e.mark != nil:
		return nil, fmt.Errorf("markup does not stand behind %s", place)
	case e.typ == anyType:
		return func(b []byte, v reflect.Value) []byte {
			if v.IsValid() && v.Kind() == reflect.Interface {
				v = v.Elem()
			}
			if !v.IsValid() {
				return b
			}
			write, err := writer(&expr{typ: v.Type()}, escapers)
			if err != nil {
				panic(err)
			}
			return write(b, v)
		}, nil
	case e.typ.Implements(reflect.TypeFor[fmt.Stringer]()), e.typ.Implements(reflect.TypeFor[error]()):
		return func(b []byte, v reflect.Value) []byte {
			if v.Kind() == reflect.Interface && v.IsNil() {
				return into(b, "", isText)
			}
			return into(b, fmt.Sprint(v.Interface()), isText)
		}, nil
	case e.typ.Kind() == reflect.String:
		is, err := contentOf(e.typ)
		return func(b []byte, v reflect.Value) []byte { return into(b, v.String(), is) }, err
	case reflect.Zero(e.typ).CanInt():
		return func(b []byte, v reflect.Value) []byte { return into(b, strconv.FormatInt(v.Int(), 10), isText) }, nil
	case reflect.Zero(e.typ).CanFloat(), e.typ.Kind() == reflect.Bool, reflect.Zero(e.typ).CanUint():
		return func(b []byte, v reflect.Value) []byte { return into(b, fmt.Sprint(v.Interface()), isText) }, nil
	}
	return nil, fmt.Errorf("%v cannot be written", e.typ)
}

// contentOf tells what a kind of text is.
func contentOf(t reflect.Type) (content, error) {
	switch t {
	case reflect.TypeFor[template.HTML]():
		return isHTML, nil
	case reflect.TypeFor[template.URL]():
		return isURL, nil
	}
	if t.PkgPath() == reflect.TypeFor[template.HTML]().PkgPath() {
		return isText, fmt.Errorf("%v cannot be written", t)
	}
	return isText, nil
}

// object writes a value as JSON, in which < > & and line separators are escaped. Only what JSON calls an object stands in our pages.
func object(b []byte, v reflect.Value) []byte {
	one := v.Interface()
	if _, ok := one.(fmt.Stringer); ok {
		panic("what describes a page says what it is by itself") // html/template would write that, unless it is a json.Marshaler
	}
	text, err := json.Marshal(one)
	if err != nil {
		panic(err)
	}
	if text[0] != '{' {
		panic("what describes a page is no JSON object")
	}
	return append(b, text...)
}

// entities are what html/template writes for characters.
var entities = [128]string{0: "\uFFFD", '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;"}

func escape(b []byte, text string, instead *[128]string) []byte {
	written := 0
	for i := range len(text) {
		if c := text[i]; c < 128 && instead[c] != "" {
			b = append(append(b, text[written:i]...), instead[c]...)
			written = i + 1
		}
	}
	return append(b, text[written:]...)
}

// safeURL reports whether an address leads nowhere but to a page or a letter.
func safeURL(text string) bool {
	scheme, _, ok := strings.Cut(text, ":")
	return !ok || strings.Contains(scheme, "/") || strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "mailto")
}

// percent escapes what may not stand in an address; whole: it is one, and not only a value in it.
func percent(text string, whole bool) string {
	const hex = "0123456789abcdef"
	var b []byte
	written := 0
	for i := range len(text) {
		if c := text[i]; !kept(text, i, whole) {
			b = append(append(b, text[written:i]...), '%', hex[c>>4], hex[c&15])
			written = i + 1
		}
	}
	if written == 0 {
		return text
	}
	return string(append(b, text[written:]...))
}

func kept(text string, i int, whole bool) bool {
	c := text[i]
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
		return true
	case strings.IndexByte("!#$&*+,/:;=?@[]", c) >= 0:
		return whole
	case c == '%':
		return whole && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2])
	}
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
