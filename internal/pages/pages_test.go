// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"bytes"
	"html/template"
	"io"
	"strings"
	"sync"
	"testing"
)

// sample has a value in every place that pages have.
const sample = `{{define "page"}}<!DOCTYPE html><title>{{.Title}} – {{t "hello"}}</title>{{with .Data}}<script type="application/ld+json">{{.}}</script>{{end}}
<a href="{{.Link}}" class="badge {{.Kind}}"{{if .Here}} aria-current="page"{{end}}>{{.Text}}</a><a href="{{.Free}}">{{v .Text}}</a><a href="/x?lang={{.Text}}">{{.Markup}}</a>
{{range .List}}<li>{{template "one" .}}{{.Count}} {{n .Count}} {{$.Kind}}</li>{{else}}none{{end}}
{{range $i, $one := .List}}{{if $i}}, {{end}}{{$one.Name}}{{if eq .Name "b"}}!{{else if gt .Count 2}}?{{end}}{{end}}
{{with .Near}}{{.Name}} {{v .Name}}{{else}}far{{end}}{{if and .Here (gt (len .List) 1)}}both{{end}}{{if or .Here .Far}}either{{end}}{{if not .Here}}not{{end}}
{{t "sum" .Count .Text}} {{.Known}} {{.Share}}<input value="{{t "hello"}}" placeholder="{{.Text}}">{{$n := .Count}}{{$n}}{{""}}{{/* nothing */}}
<svg><title id="t-{{.Kind}}">{{.Text}}</title></svg>{{if .Tree}}{{template "tree" .Tree}}{{end}}</form>{{end}}
{{define "one"}}<b>{{.Name}}</b>{{with .Near}} {{.Name}}{{end}}{{end}}
{{define "tree"}}<ul>{{range .Below}}<li>{{v .Name}}{{template "tree" .}}</li>{{end}}</ul>{{end}}`

type (
	kind string
	base struct{ Title, Text string }
	item struct {
		Name  string
		Count int
		Near  *item
	}
	tree struct {
		Name  string
		Below []*tree
	}
	data struct {
		base
		Data   any
		Link   string
		Free   template.URL
		Markup template.HTML
		Kind   kind
		Here   bool
		Far    int
		List   []item
		Near   *item
		Count  int
		Share  float64
		Tree   *tree
	}
)

// says is a value that says by itself what it is.
type says struct{}

func (says) String() string { return "</script>" }

// Known is a method that a template asks.
func (d data) Known() bool { return d.Count > 0 }

func funcs() Funcs {
	return Funcs{
		Give: map[string]func([]any) any{
			"t": func(args []any) any {
				if len(args) == 1 {
					return "l’été & <" + args[0].(string) + "> + 'x'"
				}
				return strings.Repeat(args[2].(string), args[1].(int)%3)
			},
			"n": func(args []any) any { return args[0].(int) },
		},
		Mark: map[string]func([]byte, string) []byte{"v": func(b []byte, text string) []byte {
			return append(append(append(b, "<i>"...), template.HTMLEscapeString(text)...), "</i>"...)
		}},
	}
}

// both gives a page by html/template and by a set.
func both(t testing.TB, text string) (*template.Template, *Set) {
	t.Helper()
	parsed, err := template.New("").Funcs(funcs().Map()).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(parsed, "page", funcs())
	if err != nil {
		t.Fatal(err)
	}
	return parsed, s
}

func hold(t *testing.T, parsed *template.Template, s *Set, d any) {
	t.Helper()
	var want bytes.Buffer
	if err := parsed.ExecuteTemplate(&want, "page", d); err != nil {
		t.Fatal(err)
	}
	got, err := s.Append(nil, "page", d)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%+v:\n%s\nhtml/template writes:\n%s", d, got, &want)
	}
}

func full(text string) data {
	near := &item{text, 1, nil}
	return data{base{text, text}, map[string]string{"name": text}, text, template.URL(text), template.HTML(text), kind(text), true, 0,
		[]item{{text, 1, near}, {"b", 2, nil}, {"c", 3000, nil}}, near, 4, 0.5, &tree{"", []*tree{{text, []*tree{{"leaf", nil}}}, {"b", nil}}}}
}

func TestPagesAreThoseOfHTMLTemplate(t *testing.T) {
	parsed, s := both(t, sample)
	hold(t, parsed, s, data{})
	hold(t, parsed, s, full("plain"))
	for _, text := range []string{`<script>alert("1")</script>`, "javascript:alert(1)", "JavaScript:x", "mailto:a@b.c", "https://x.y/ä?b=c d&e='f'#+%20%zz", "/a:b", "a\x00b\xff\u2028\u202e", "+&amp;<!--", "%", "%2"} {
		hold(t, parsed, s, full(text))
	}
}

func FuzzPagesAreThoseOfHTMLTemplate(f *testing.F) {
	parsed, s := both(f, sample)
	f.Add("https://x.y/?a=b")
	f.Fuzz(func(t *testing.T, text string) { hold(t, parsed, s, full(text)) })
}

func TestPagesAreMadeSideBySide(t *testing.T) {
	parsed, s := both(t, sample)
	var wg sync.WaitGroup
	for _, text := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			for range 50 {
				hold(t, parsed, s, full(text))
			}
		})
	}
	wg.Wait()
}

// TestWhatIsNotKnownIsRefused holds that a page is never made otherwise than html/template would.
func TestWhatIsNotKnownIsRefused(t *testing.T) {
	for _, c := range []struct {
		text, says string
		data       any
	}{
		{`{{.Missing}}`, "no field Missing", data{}},
		{`{{range .M}}{{.}}{{end}}`, "is no list", struct{ M map[string]int }{}},
		{`{{printf "%s" .Link}}`, "printf", data{}},
		{`<script>f({{.Link}})</script>`, "no JSON object", data{}},
		{`<p style="color: {{.Link}}">`, "not known", data{}},
		{`<a title={{.Link}}>`, "not known", data{}},
		{`<a title="{{.Markup}}">`, "HTML stands in an attribute", data{}},
		{`{{.S}}`, "template.JS", struct{ S template.JS }{}},
		{`{{.List}}`, "cannot be written", data{}},
		{`{{or .Here .Far}}`, "a condition is no value", data{}},
		{`{{.Near.Name}}`, "template page", data{}},
		{`{{if eq .Kind .Count}}{{end}}`, "not compared", data{}},
		{`{{.}}`, "no data", nil},
		{`{{1e7}}`, "is not known", data{}},
		{`{{$n := v .Link}}{{$n}}`, "such a variable is not known", data{}},
		{`{{template "other" (v .Link)}}{{end}}{{define "other"}}{{.}}`, "marked up", data{}},
		{`{{$i := 0}}{{$n := ""}}{{range $i, $n = .List}}{{end}}{{$i}}`, "such a variable is not known", data{}},
		{`{{v .Kind}}`, "not known for these arguments", data{}},
		{`<script type="application/ld+json">{{.S}}</script>`, "by itself", struct{ S says }{}},
	} {
		_, s := both(t, `{{define "page"}}`+c.text+`{{end}}`)
		if page, err := s.Append(nil, "page", c.data); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v", c.text, page, err)
		}
	}
	parsed := template.Must(template.New("").Funcs(funcs().Map()).Parse(`{{define "page"}}<a href="{{if .}}x{{end}}{{end}}`))
	if _, err := New(parsed, "page", funcs()); err == nil {
		t.Error("a template that cannot be made safe was taken")
	}
}

// TestValuesOfAnyType holds what has a type of its own only when a page is made: how it counts, and how it is written.
func TestValuesOfAnyType(t *testing.T) {
	type sample struct {
		A   any
		Err error
	}
	parsed, s := both(t, `{{define "page"}}[{{.A}}]<p title="{{.A}}">{{.Err}}{{if .A}}yes{{else}}no{{end}}{{with .A}}{{.}}{{else}}none{{end}}{{if not .A}}not{{end}}{{if t "x"}}said{{end}}{{end}}`)
	for _, d := range []sample{{}, {A: ""}, {A: "a<b"}, {A: 0}, {A: 7}, {A: false}, {A: true}, {A: template.URL("x y")}, {Err: io.EOF}} {
		hold(t, parsed, s, d)
	}
}

// TestWhatFailedIsNoPage holds that a template that could not be made is not written as nothing the next time.
func TestWhatFailedIsNoPage(t *testing.T) {
	for _, text := range []string{
		`{{define "page"}}a{{t 1}}b{{end}}`, // the function panics
		`{{define "page"}}{{with .Tree}}{{template "below" .}}{{end}}{{.Missing}}{{end}}{{define "below"}}{{range .Below}}{{template "below" .}}{{end}}{{t 1}}{{end}}`,
	} {
		_, s := both(t, text)
		for range 2 {
			if page, err := s.Append(nil, "page", data{}); err == nil {
				t.Errorf("%s: %q", text, page)
			}
		}
	}
}

func BenchmarkRender(b *testing.B) {
	parsed, s := both(b, sample)
	d := full("plain text & more")
	b.Run("html-template", func(b *testing.B) {
		for b.Loop() {
			var page bytes.Buffer
			if err := parsed.ExecuteTemplate(&page, "page", d); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("pages", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Append(nil, "page", d); err != nil {
				b.Fatal(err)
			}
		}
	})
}
