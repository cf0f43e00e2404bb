// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// parseJSON reads a JSON document. Of a damaged one, what stands before the damage is kept. The result is nil when nothing is left.
func parseJSON(text []byte, n *notes) *value {
	p := &jsonReader{text: text, notes: n, decoder: json.NewDecoder(bytes.NewReader(text))}
	p.decoder.UseNumber()
	root, err := p.value("", 0)
	if err == nil {
		if _, more := p.decoder.Token(); !errors.Is(more, io.EOF) {
			err = more
			if more == nil {
				err = fmt.Errorf("more than one value")
			}
		}
	}
	if errors.Is(err, io.EOF) && root == nil {
		return nil
	}
	if err != nil {
		line, column := p.place(p.errorOffset(err))
		n.add(Fault{Line: line, Column: column, Severity: Error, Code: "json"})
	}
	return root
}

// jsonReader reads values from a JSON text, token by token.
type jsonReader struct {
	text    []byte
	notes   *notes
	decoder *json.Decoder

	at, line, start int // where place last was: its offset, its line, and where this line starts
}

// place is the line and column of a byte. Asked in the order of the text it takes one pass.
func (p *jsonReader) place(at int) (line, column int) {
	at = min(max(at, 0), len(p.text))
	if at < p.at || p.line == 0 {
		p.at, p.line, p.start = 0, 1, 0
	}
	for ; p.at < at; p.at++ {
		if p.text[p.at] == '\n' {
			p.line, p.start = p.line+1, p.at+1
		}
	}
	return p.line, 1 + utf8.RuneCount(p.text[p.start:at])
}

// next is where the next token begins.
func (p *jsonReader) next() (line, column int) {
	at := int(p.decoder.InputOffset())
	for at < len(p.text) && bytes.IndexByte([]byte(" \t\r\n,:"), p.text[at]) >= 0 {
		at++
	}
	return p.place(at)
}

func (p *jsonReader) errorOffset(err error) int {
	var wrong *json.SyntaxError
	if errors.As(err, &wrong) {
		return int(wrong.Offset) - 1
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return len(bytes.TrimRight(p.text, " \t\r\n"))
	}
	return int(p.decoder.InputOffset())
}

// value reads the next value. With an error, what was read of it is given too; nil when nothing was.
func (p *jsonReader) value(key string, depth int) (*value, error) {
	v := &value{}
	v.line, v.column = p.next()
	token, err := p.decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case string:
		v.kind, v.text = kindText, token
	case json.Number:
		v.kind, v.text = kindNumber, token.String()
	case bool:
		v.kind, v.text = kindFlag, fmt.Sprint(token)
	case json.Delim:
		if depth >= maxDepth {
			p.notes.add(Fault{Line: v.line, Column: v.column, Key: key, Severity: Error, Code: "depth", Args: []any{maxDepth}})
			v.kind = kindLost
			return v, p.skip()
		}
		if token == '{' {
			v.kind = kindTable
			return v, p.fields(v, key, depth)
		}
		v.kind = kindList
		return v, p.items(v, key, depth)
	}
	return v, nil
}

// skip reads up to the end of the list or table that has just begun.
func (p *jsonReader) skip() error {
	for open := 1; open > 0; {
		token, err := p.decoder.Token()
		if err != nil {
			return err
		}
		if d, ok := token.(json.Delim); ok {
			if d == '{' || d == '[' {
				open++
			} else {
				open--
			}
		}
	}
	return nil
}

func (p *jsonReader) items(v *value, key string, depth int) error {
	for p.decoder.More() {
		item, err := p.value(fmt.Sprintf("%s[%d]", key, len(v.items)), depth+1)
		if item != nil {
			v.items = append(v.items, item)
		}
		if err != nil {
			return err
		}
	}
	_, err := p.decoder.Token()
	return err
}

func (p *jsonReader) fields(v *value, key string, depth int) error {
	seen := map[string]bool{}
	for p.decoder.More() {
		line, column := p.next()
		token, err := p.decoder.Token()
		if err != nil {
			return err
		}
		name, ok := token.(string)
		if !ok {
			return fmt.Errorf("a key is no text")
		}
		path := below(key, shown(name))
		x, err := p.value(path, depth+1)
		switch {
		case x == nil:
		case seen[name]:
			p.notes.add(Fault{Line: line, Column: column, Key: path, Severity: Error, Code: "duplicate"})
		default:
			seen[name] = true
			v.fields = append(v.fields, field{name, line, column, x})
		}
		if err != nil {
			return err
		}
	}
	_, err := p.decoder.Token()
	return err
}
