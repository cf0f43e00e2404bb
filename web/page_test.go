// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"sort"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// walk calls f for every element of a page.
func walk(n *html.Node, f func(*html.Node)) {
	if n.Type == html.ElementNode {
		f(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

// allowed are the only attributes that pages may have: no handler, no inline style.
var allowed = strings.Fields(`action alt aria-current aria-describedby aria-hidden aria-invalid aria-label aria-labelledby autocapitalize
	autocomplete charset checked class content cx cy data-head dir for form height href hreflang id lang max maxlength method min name open placeholder
	r readonly rel required role rows scope selected spellcheck src tabindex translate type value viewbox viewBox width x y`)

// checkPage says what is wrong with a page: what a validator and an accessibility checker would say, as far as the
// markup alone tells.
func checkPage(body string) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, unclosed := range balance(body) {
		fault("%s", unclosed)
	}
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	ids, count, landmarks, level := map[string]bool{}, map[string]int{}, map[string]bool{}, 0
	var refs []string
	walk(doc, func(n *html.Node) {
		if n.Namespace == "" { // a chart has a title of its own
			count[n.Data]++
		}
		for _, a := range n.Attr {
			if !contains(allowed, a.Key) {
				fault("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
			switch a.Key {
			case "id":
				if ids[a.Val] || a.Val == "" || strings.ContainsAny(a.Val, " \t\n") {
					fault("id %q stands twice or is no id", a.Val)
				}
				ids[a.Val] = true
			case "for", "aria-labelledby", "aria-describedby", "form":
				refs = append(refs, strings.Fields(a.Val)...)
			}
		}
		if role, _ := attr(n, "role"); role == "search" || n.Data == "nav" || n.Data == "aside" {
			label, _ := attr(n, "aria-label")
			by, _ := attr(n, "aria-labelledby")
			if name := n.Data + " " + label + by; landmarks[name] {
				fault("two landmarks are <%s>", name)
			} else {
				landmarks[name] = true
			}
		}
		switch n.Data {
		case "script":
			if kind, _ := attr(n, "type"); kind != "application/ld+json" || !json.Valid([]byte(textOf(n))) {
				fault("<script> that is more than data")
			}
		case "style", "iframe", "object", "embed", "base", "video", "audio", "font", "center":
			fault("<%s> is not allowed", n.Data)
		case "html":
			if lang, _ := attr(n, "lang"); lang != "fr" && lang != "en" {
				fault("lang is %q", lang)
			}
		case "img":
			if _, ok := attr(n, "alt"); !ok {
				fault("<img> without alt")
			}
		case "a":
			if href, _ := attr(n, "href"); href == "" {
				fault("<a> without href: %q", textOf(n))
			}
			if strings.TrimSpace(textOf(n)) == "" {
				fault("<a> without text")
			}
		case "button":
			if strings.TrimSpace(textOf(n)) == "" {
				fault("<button> without text")
			}
		case "th":
			if _, ok := attr(n, "scope"); !ok {
				fault("<th> without scope")
			}
		case "nav":
			if !named(n) {
				fault("<nav> without a name")
			}
		case "h1", "h2", "h3", "h4":
			now := int(n.Data[1] - '0')
			if now > level+1 {
				fault("<%s> follows a heading of level %d: %q", n.Data, level, textOf(n))
			}
			level = now
		}
	})
	walk(doc, func(n *html.Node) {
		kind, _ := attr(n, "type")
		if (n.Data == "input" && kind != "hidden" || n.Data == "select" || n.Data == "textarea") && !named(n) && !labelled(doc, n) {
			fault("<%s> without a label", n.Data)
		}
	})
	for _, ref := range refs {
		if !ids[ref] {
			fault("no element is called %q", ref)
		}
	}
	for _, one := range []string{"h1", "main", "title", "header", "footer"} {
		if count[one] != 1 {
			fault("%d <%s>", count[one], one)
		}
	}
	return faults
}

func contains(all []string, one string) bool {
	for _, a := range all {
		if a == one {
			return true
		}
	}
	return false
}

func named(n *html.Node) bool {
	label, _ := attr(n, "aria-label")
	by, _ := attr(n, "aria-labelledby")
	return label+by != ""
}

func labelled(doc, field *html.Node) bool {
	id, _ := attr(field, "id")
	found := field.Parent.Data == "label" && strings.TrimSpace(textOf(field.Parent)) != ""
	walk(doc, func(n *html.Node) {
		if to, ok := attr(n, "for"); ok && to == id && id != "" && strings.TrimSpace(textOf(n)) != "" {
			found = true
		}
	})
	return found
}

// void elements have no end.
var void = strings.Fields("meta link input img br hr circle")

// balance reads a page tag by tag: every element that is opened is closed, in order. html.Parse would mend it silently.
func balance(body string) (faults []string) {
	var open []string
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			for _, o := range open {
				faults = append(faults, "<"+o+"> is not closed")
			}
			return faults
		case html.StartTagToken:
			if name, _ := z.TagName(); !contains(void, string(name)) {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				return append(faults, fmt.Sprintf("</%s> closes nothing; open are %v", name, open))
			}
			open = open[:len(open)-1]
		}
	}
}

func TestCheckPageFindsFaults(t *testing.T) {
	good := `<!DOCTYPE html><html lang="fr"><head><title>t</title></head><body><header></header><main><h1>x</h1></main><footer></footer></body></html>`
	if faults := checkPage(good); len(faults) > 0 {
		t.Fatalf("a good page: %v", faults)
	}
	for _, bad := range []string{
		`<p onclick="x">`, `<h1>two</h1>`, `<h3>deep</h3>`, `<a href="/"></a>`, `<input name="q">`, `<img src="/x">`, `<script></script>`, `<script type="application/ld+json">{"a":}</script>`,
		`<b>`, `</i>`, `<p id="a"></p><p id="a"></p>`, `<nav><a href="/">x</a></nav>`, `<label for="none">x</label>`, `<p style="x"></p>`, `<nav aria-label="a"></nav><nav aria-label="a"></nav>`,
	} {
		if faults := checkPage(strings.Replace(good, "</main>", bad+"</main>", 1)); len(faults) == 0 {
			t.Errorf("%s is not found", bad)
		}
	}
}

// TestCrawl starts at the home page in both languages and follows every link of ours: each must lead to a page that
// stands, is well formed, and says one language.
func TestCrawl(t *testing.T) {
	f := newFake()
	f.repos[4].files = f.repos[4].files[:103]
	h := newServer(t, f, nil)
	seen := map[string]bool{}
	queue := []string{"/", "/?lang=en", "/code?q=parse+date&into=MIT", "/code?q=lnag:x", "/code?q=rien+du+tout+lang:go"}
	var pages int
	for len(queue) > 0 && pages < 1500 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		w := get(h, path)
		if w.Code == http.StatusMovedPermanently {
			queue = append(queue, w.Header().Get("Location"))
			continue
		}
		bad := strings.Contains(path, "lnag")
		if w.Code != http.StatusOK && !bad {
			t.Errorf("%s: status %d", path, w.Code)
			continue
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		pages++
		body := w.Body.String()
		for _, fault := range checkPage(body) {
			t.Errorf("%s: %s", path, fault)
		}
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		walk(doc, func(n *html.Node) {
			if id, ok := attr(n, "id"); ok {
				ids[id] = true
			}
		})
		walk(doc, func(n *html.Node) {
			href, ok := attr(n, "href")
			if !ok || strings.HasPrefix(href, "data:") || strings.HasPrefix(href, "mailto:") {
				return
			}
			u, err := url.Parse(href)
			if err != nil {
				t.Errorf("%s: link %q: %v", path, href, err)
				return
			}
			if u.Host != "" {
				if n.Data != "a" || u.Scheme != "https" && u.Scheme != "http" {
					t.Errorf("%s: %s leads to %s", path, n.Data, href)
				}
				return
			}
			if strings.HasPrefix(href, "#") {
				if !ids[strings.TrimPrefix(href, "#")] {
					t.Errorf("%s: no %s on the page", path, href)
				}
				return
			}
			if rel, _ := attr(n, "rel"); rel != "bookmark" && strings.Contains(path, "lang=en") && n.Data == "a" && !strings.Contains(href, "lang=") {
				t.Errorf("%s: the link %s loses the language", path, href)
			}
			clean := u.EscapedPath()
			if u.RawQuery != "" {
				clean += "?" + u.RawQuery
			}
			queue = append(queue, clean)
		})
	}
	if pages < 300 {
		t.Errorf("only %d pages were reached", pages)
	}
}

// TestNothingHidesTheFrame holds that no screen has a field that templates would take for one of the frame's.
func TestNothingHidesTheFrame(t *testing.T) {
	framed := reflect.TypeFor[frame]()
	for _, page := range []any{homePage{}, resultsPage{}, blockPage{}, filePage{}, folderPage{}, repositoryPage{}, repositoriesPage{}, errorPage{}} {
		for f := range framed.Fields() {
			if own, ok := reflect.TypeOf(page).FieldByName(f.Name); ok && len(own.Index) == 1 {
				t.Errorf("%T.%s hides the frame's", page, f.Name)
			}
		}
	}
}

// TestPageWeightAndEcoIndex holds every screen to its budget: 20 kB over the wire with the style sheet, and the grade
// that its kind must reach.
func TestPageWeightAndEcoIndex(t *testing.T) {
	f := newFake()
	h := newServer(t, f, nil)
	goal := func(name string) float64 {
		switch {
		case strings.HasPrefix(name, "home"), name == "none", name == "fault", name == "absent":
			return 85
		case strings.HasPrefix(name, "file"), name == "folder", strings.Contains(name, "repo"):
			return 75
		}
		return 80
	}
	all := screens(f)
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		w := get(h, all[name], "Accept-Encoding", "gzip")
		page := get(h, all[name])
		doc, err := html.Parse(strings.NewReader(page.Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		elements, style := 0, ""
		walk(doc, func(n *html.Node) {
			elements++
			if rel, _ := attr(n, "rel"); rel == "stylesheet" {
				style, _ = attr(n, "href")
			}
		})
		bytes := w.Body.Len() + get(h, style, "Accept-Encoding", "gzip").Body.Len()
		score := ecoIndex(elements, 2, float64(bytes)/1000)
		t.Logf("%-14s %5d elements, %5.1f kB, EcoIndex %.0f", name, elements, float64(bytes)/1000, score)
		if bytes > 20_000 {
			t.Errorf("%s weighs %d bytes", name, bytes)
		}
		if score < goal(name) {
			t.Errorf("%s: EcoIndex %.1f, want %.0f (%d elements, %d bytes)", name, score, goal(name), elements, bytes)
		}
	}
}

// ecoIndex is the grade of ecoindex.fr, 0 to 100, from elements, requests and kilobytes, by its published quantiles.
func ecoIndex(elements, requests int, kilobytes float64) float64 {
	dom := []float64{0, 47, 75, 159, 233, 298, 358, 417, 476, 537, 603, 674, 753, 843, 949, 1076, 1237, 1459, 1801, 2479, 594601}
	req := []float64{0, 2, 15, 25, 34, 42, 49, 56, 63, 70, 78, 86, 95, 105, 117, 130, 147, 170, 205, 281, 3920}
	kb := []float64{0, 1.37, 144.7, 319.53, 479.46, 631.97, 783.38, 937.91, 1098.62, 1265.47, 1448.32, 1648.27, 1876.08, 2142.06,
		2465.37, 2866.31, 3401.59, 4155.73, 5400.08, 8037.54, 223212.26}
	return 100 - 5*(3*quantile(dom, float64(elements))+2*quantile(req, float64(requests))+quantile(kb, kilobytes))/6
}

func quantile(q []float64, v float64) float64 {
	for i := 1; i < len(q); i++ {
		if v < q[i] {
			return float64(i-1) + (v-q[i-1])/(q[i]-q[i-1])
		}
	}
	return float64(len(q) - 1)
}
