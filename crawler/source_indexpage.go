// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// attr is an attribute's value.
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// hasClass reports whether an element has a class.
func hasClass(n *html.Node, class string) bool {
	return slices.Contains(strings.Fields(attr(n, "class")), class)
}

// elements yields the elements of one name below a node.
func elements(root *html.Node, name string) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && n.Data == name && !yield(n) {
				return
			}
		}
	}
}

// words is the text below a node.
func words(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// generator is the program that a page says it was made by.
func generator(root *html.Node) string {
	for n := range elements(root, "meta") {
		if strings.EqualFold(attr(n, "name"), "generator") {
			return attr(n, "content")
		}
	}
	return ""
}

// isIndex reports whether a page was made by the program whose index it is taken for.
func isIndex(root *html.Node, kind string) bool {
	return strings.HasPrefix(strings.ToLower(generator(root)), kind)
}

// readIndex reads the rows of an index page, and the offset at which cgit's next page begins; 0: none follows. Only what stands on the
// same server counts.
func readIndex(root *html.Node, here *url.URL, kind string) (rows []row, next int) {
	for tr := range elements(root, "tr") {
		var cells []*html.Node
		for n := range tr.ChildNodes() {
			if n.Type == html.ElementNode && n.Data == "td" {
				cells = append(cells, n)
			}
		}
		if len(cells) < 2 {
			continue
		}
		var w row
		var ok bool
		if kind == KindCGit {
			w, ok = cgitRow(cells, here)
		} else {
			w, ok = gitwebRow(cells, here)
		}
		if ok {
			rows = append(rows, w)
		}
	}
	if kind == KindCGit {
		next = nextOffset(root, here)
	}
	return rows, next
}

// linkIn is the first link of a cell, when it leads to the same server.
func linkIn(cell *html.Node, here *url.URL) (*html.Node, *url.URL) {
	for a := range elements(cell, "a") {
		u, err := here.Parse(attr(a, "href"))
		if err != nil || u.Host != here.Host || u.Scheme != here.Scheme {
			return nil, nil
		}
		u.Fragment = ""
		return a, u
	}
	return nil, nil
}

// cgitRow reads a row of cgit's index: name, description, owner, idle.
func cgitRow(cells []*html.Node, here *url.URL) (row, bool) {
	if !hasClass(cells[0], "toplevel-repo") && !hasClass(cells[0], "sublevel-repo") {
		return row{}, false
	}
	a, page := linkIn(cells[0], here)
	if a == nil {
		return row{}, false
	}
	w := row{name: attr(a, "title"), page: page.String(), description: words(cells[1])}
	if w.name == "" {
		w.name = words(a)
	}
	if len(cells) > 2 {
		w.owner = words(cells[2])
	}
	for span := range elements(cells[len(cells)-1].Parent, "span") {
		if strings.HasPrefix(attr(span, "class"), "age-") {
			w.active = pageTime(attr(span, "title"))
		}
	}
	return w, w.name != ""
}

// pageTime reads the time that a page gives besides an age in words; zero when it does not.
func pageTime(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05 -0700", text)
	if err != nil {
		if t, err = time.Parse("2006-01-02", text); err == nil {
			t = t.AddDate(0, 0, 2) // some time that day, wherever that was
		}
	}
	return t.UTC()
}

// gitwebRow reads a row of gitweb's index, whose first cell leads to a summary. Ages are in words only.
func gitwebRow(cells []*html.Node, here *url.URL) (row, bool) {
	a, page := linkIn(cells[0], here)
	if a == nil {
		return row{}, false
	}
	name := ""
	for _, piece := range strings.FieldsFunc(page.RawQuery, func(r rune) bool { return r == ';' || r == '&' }) {
		if v, ok := strings.CutPrefix(piece, "p="); ok {
			name, _ = url.QueryUnescape(v)
		}
	}
	if name == "" && strings.HasSuffix(page.Path, ".git") { // addresses without a question
		name = words(a)
	}
	w := row{name: name, page: page.String(), description: words(cells[1])}
	for d := range elements(cells[1], "a") {
		if full := attr(d, "title"); full != "" {
			w.description = full
		}
	}
	if len(cells) > 2 {
		w.owner = words(cells[2])
	}
	return w, name != ""
}

// nextOffset is where cgit's next page begins: the link behind the current one.
func nextOffset(root *html.Node, here *url.URL) int {
	current, _ := strconv.Atoi(here.Query().Get("ofs"))
	next := 0
	for ul := range elements(root, "ul") {
		if !hasClass(ul, "pager") {
			continue
		}
		for a := range elements(ul, "a") {
			u, err := here.Parse(attr(a, "href"))
			if err != nil || u.Host != here.Host {
				continue
			}
			if n, err := strconv.Atoi(u.Query().Get("ofs")); err == nil && n > current && (next == 0 || n < next) {
				next = n
			}
		}
	}
	return next
}

// cloneAddress is where a repository's page says that it is cloned from: with https, or else http.
func cloneAddress(root *html.Node, here *url.URL) string {
	var found []string
	note := func(text string) {
		if u, err := here.Parse(strings.TrimSpace(text)); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			found = append(found, u.String())
		}
	}
	for _, tag := range []string{"a", "link"} {
		for n := range elements(root, tag) {
			if attr(n, "rel") == "vcs-git" {
				note(attr(n, "href"))
			}
		}
	}
	for tr := range elements(root, "tr") {
		if hasClass(tr, "metadata_url") {
			for td := range elements(tr, "td") {
				if text := words(td); strings.Contains(text, "://") {
					note(text)
				}
			}
		}
	}
	for _, address := range found {
		if strings.HasPrefix(address, "https:") {
			return address
		}
	}
	if len(found) > 0 {
		return found[0]
	}
	return ""
}
