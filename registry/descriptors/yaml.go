// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseYAML reads one YAML document. Where it is damaged, the rest is read: each top-level key stands for itself. The result is nil
// when nothing is left.
func parseYAML(text []byte, n *notes) *value {
	root, line, err := decodeYAML(text, 0, n)
	if err == nil {
		return root
	}
	if line, ok := badCharacter(text); ok {
		n.add(Fault{Line: line, Severity: Error, Code: "control"})
		text = dropControls(text)
		if root, _, err = decodeYAML(text, 0, n); err == nil {
			return root
		}
	}
	return parseSections(text, line, n)
}

// decodeYAML reads a document that stands so many lines below the start of its file. The line is that of the error.
func decodeYAML(text []byte, above int, n *notes) (root *value, line int, err error) {
	defer func() { // the library has panicked on damaged documents before
		if r := recover(); r != nil {
			root, line, err = nil, above+1, fmt.Errorf("read YAML: %v", r)
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, 0, nil
	} else if err != nil {
		return nil, above + errorLine(err), fmt.Errorf("read YAML: %w", err)
	}
	switch err := d.Decode(&more); {
	case err == nil:
		n.add(Fault{Line: above + more.Line, Severity: Error, Code: "documents"})
	case !errors.Is(err, io.EOF):
		return nil, above + errorLine(err), fmt.Errorf("read YAML: %w", err)
	}
	c := &converter{notes: n, above: above, left: maxAliased}
	if len(doc.Content) == 0 {
		return nil, 0, nil
	}
	return c.value(doc.Content[0], "", 0, false), 0, nil
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func errorLine(err error) int {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		if line, err := strconv.Atoi(m[1]); err == nil {
			return line
		}
	}
	return 1
}

// parseSections reads each top-level key of a damaged document by itself, and notes those that cannot be read.
func parseSections(text []byte, line int, n *notes) *value {
	root := &value{kind: kindTable, line: 1, column: 1}
	said := false
	for _, s := range topLevel(text) {
		v, at, err := decodeYAML(s.text, s.above, n)
		if err != nil {
			said = true
			v = sectionFault(s, at, n)
		}
		if v == nil && err != nil {
			name, _, _ := strings.Cut(string(s.text), ":")
			v = &value{kind: kindTable, fields: []field{{name, s.above + 1, 1, &value{kind: kindLost, line: s.above + 1, column: 1}}}}
		}
		if v != nil && v.kind == kindTable {
			for _, f := range v.fields {
				if slices.ContainsFunc(root.fields, func(g field) bool { return g.name == f.name }) {
					n.add(Fault{Line: f.line, Column: f.column, Key: f.name, Severity: Error, Code: "duplicate"})
					continue
				}
				root.fields = append(root.fields, f)
			}
		}
	}
	if !said {
		n.add(Fault{Line: line, Severity: Error, Code: "syntax"})
	}
	if len(root.fields) == 0 {
		return nil
	}
	return root
}

// sectionFault notes why a section cannot be read, and reads it with its tabs as spaces when these are the reason.
func sectionFault(s section, line int, n *notes) *value {
	key, _, _ := strings.Cut(strings.TrimSpace(string(s.text)), ":")
	for i, l := range strings.Split(string(s.text), "\n") {
		indent := l[:len(l)-len(strings.TrimLeft(l, " \t"))]
		at := strings.IndexByte(indent, '\t')
		if at < 0 || strings.TrimSpace(l) == "" {
			continue
		}
		n.add(Fault{Line: s.above + i + 1, Column: at + 1, Key: shown(key), Severity: Error, Code: "tab"})
		v, _, err := decodeYAML(untab(s.text), s.above, n)
		if err != nil {
			return nil
		}
		return v
	}
	n.add(Fault{Line: max(line, s.above+1), Key: shown(key), Severity: Error, Code: "syntax"})
	return nil
}

// untab writes the tabs with which lines begin as four spaces.
func untab(text []byte) []byte {
	var out bytes.Buffer
	for l := range bytes.Lines(text) {
		rest := bytes.TrimLeft(l, " \t")
		out.Write(bytes.ReplaceAll(l[:len(l)-len(rest)], []byte{'\t'}, []byte("    ")))
		out.Write(rest)
	}
	return out.Bytes()
}

// section is a top-level key with what stands below it.
type section struct {
	above int // lines before it
	text  []byte
}

var topKey = regexp.MustCompile(`^[^\s#\-\]}:][^:]*:(\s|$)`)

// topLevel cuts a document where a key begins at the margin.
func topLevel(text []byte) (sections []section) {
	row := 0
	for l := range bytes.Lines(text) {
		switch {
		case bytes.HasPrefix(l, []byte("---")) || bytes.HasPrefix(l, []byte("...")):
			l = []byte("\n")
			fallthrough
		default:
			if topKey.Match(l) {
				sections = append(sections, section{above: row})
			}
			if k := len(sections); k > 0 {
				sections[k-1].text = append(sections[k-1].text, l...)
			}
		}
		row++
	}
	return sections
}

// badCharacter finds the first control character, which YAML forbids.
func badCharacter(text []byte) (line int, ok bool) {
	at := bytes.IndexFunc(text, forbidden)
	line, _ = position(text, at)
	return line, at >= 0
}

func forbidden(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 && r != 0x85 || r == 0xfffe || r == 0xffff
}

func dropControls(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if forbidden(r) {
			return ' '
		}
		return r
	}, text)
}

// converter turns YAML nodes into values. An alias stands for what it names as long as not too much comes of it.
type converter struct {
	notes *notes
	above int
	left  int        // how many values aliases may still stand for
	alias *yaml.Node // the one that is being followed, from the outside
	key   string     // where it stands
}

func (c *converter) fault(node *yaml.Node, key, code string, args ...any) {
	c.notes.add(Fault{Line: c.above + node.Line, Column: node.Column, Key: key, Severity: Error, Code: code, Args: args})
}

// value converts a node. What is nested too deep, and aliases that stand for too much, are lost.
func (c *converter) value(node *yaml.Node, key string, depth int, aliased bool) *value {
	v := &value{line: c.above + node.Line, column: node.Column}
	if aliased {
		if c.left--; c.left < 0 {
			if c.left == -1 {
				c.fault(c.alias, c.key, "aliases")
			}
			v.kind = kindLost
			return v
		}
	}
	if depth > maxDepth {
		c.fault(node, key, "depth", maxDepth)
		v.kind = kindLost
		return v
	}
	switch node.Kind {
	case yaml.AliasNode:
		if node.Alias != nil {
			if !aliased {
				c.alias, c.key = node, key
			}
			alias := c.value(node.Alias, key, depth+1, true)
			alias.line, alias.column = v.line, v.column
			return alias
		}
	case yaml.ScalarNode:
		v.kind, v.text = scalarKind(node), node.Value
	case yaml.SequenceNode:
		v.kind = kindList
		for i, item := range node.Content {
			v.items = append(v.items, c.value(item, fmt.Sprintf("%s[%d]", key, i), depth+1, aliased))
		}
	case yaml.MappingNode:
		v.kind = kindTable
		c.fields(v, node, key, depth, aliased)
	}
	return v
}

func (c *converter) fields(v *value, node *yaml.Node, key string, depth int, aliased bool) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		if name.Kind == yaml.AliasNode && name.Alias != nil {
			name = name.Alias
		}
		path := below(key, shown(name.Value))
		if name.Kind != yaml.ScalarNode {
			c.fault(node.Content[i], key, "key-type")
			continue
		}
		if seen[name.Value] {
			c.fault(node.Content[i], path, "duplicate")
			continue
		}
		seen[name.Value] = true
		v.fields = append(v.fields, field{name.Value, c.above + node.Content[i].Line, node.Content[i].Column,
			c.value(node.Content[i+1], path, depth+1, aliased)})
	}
}

func scalarKind(node *yaml.Node) kind {
	switch node.ShortTag() {
	case "!!null":
		return kindNull
	case "!!bool":
		return kindFlag
	case "!!int", "!!float":
		return kindNumber
	}
	return kindText // dates too
}
