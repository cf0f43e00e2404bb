// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// document is one licence or exception of the SPDX list.
type document struct {
	id, name   string
	osi        bool
	deprecated bool
	exception  bool
	current    string
	urls       []string
	text       *node // nil when there is none
	headers    []*node
}

// node is an element of the XML with its children in order; a node without a name is text.
type node struct {
	name  string
	attrs map[string]string
	kids  []*node
	text  string
}

// readXML reads every licence and exception below dir, sorted by id.
func readXML(dir string) ([]*document, error) {
	var docs []*document
	for _, pattern := range []string{"*.xml", "exceptions/*.xml"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			d, err := readDocument(f)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", f, err)
			}
			docs = append(docs, d)
		}
	}
	if len(docs) == 0 {
		return nil, fmt.Errorf("no licence XML in %s", dir)
	}
	sort.Slice(docs, func(i, j int) bool { return docs[i].id < docs[j].id })
	return docs, nil
}

func readDocument(path string) (*document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	root, err := parse(xml.NewDecoder(f))
	if err != nil {
		return nil, err
	}
	n := root.find("license")
	if n == nil {
		n = root.find("exception")
	}
	if n == nil {
		return nil, errors.New("neither license nor exception")
	}
	d := &document{id: n.attrs["licenseId"], name: strings.Join(strings.Fields(n.attrs["name"]), " "), osi: n.attrs["isOsiApproved"] == "true",
		exception: n.name == "exception", text: n.find("text"), headers: n.findAll("standardLicenseHeader")}
	_, d.deprecated = n.attrs["deprecatedVersion"]
	if o := n.find("obsoletedBys"); o != nil {
		for _, k := range o.kids {
			if k.name == "obsoletedBy" && k.attrs["expression"] == "" {
				d.current = strings.TrimSpace(k.content())
			}
		}
	}
	if refs := n.find("crossRefs"); refs != nil {
		for _, k := range refs.kids {
			if u := strings.TrimSpace(k.content()); k.name == "crossRef" && u != "" {
				d.urls = append(d.urls, u)
			}
		}
	}
	return d, nil
}

// parse reads a whole document into nodes.
func parse(dec *xml.Decoder) (*node, error) {
	root := &node{}
	stack := []*node{root}
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			n := &node{name: tok.Name.Local, attrs: map[string]string{}}
			for _, a := range tok.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.kids = append(top.kids, &node{text: string(tok)})
		}
	}
}

// find is the first element of that name at or below n.
func (n *node) find(name string) *node {
	if n.name == name {
		return n
	}
	for _, k := range n.kids {
		if f := k.find(name); f != nil {
			return f
		}
	}
	return nil
}

// findAll are all elements of that name below n.
func (n *node) findAll(name string) []*node {
	if n.name == name {
		return []*node{n}
	}
	var all []*node
	for _, k := range n.kids {
		all = append(all, k.findAll(name)...)
	}
	return all
}

// content is all text below n.
func (n *node) content() string {
	var b strings.Builder
	b.WriteString(n.text)
	for _, k := range n.kids {
		b.WriteString(k.content())
	}
	return b.String()
}
