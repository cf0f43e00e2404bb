// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// MaxDocument is the most that a document that holds one record may weigh.
const MaxDocument = 4 * maxRecord

// DocumentError says why a document holds no record that can be read.
type DocumentError struct {
	Code string // too-big, encoding, syntax, shape
	Line int    // 0 when it is not known
	Err  error
}

func (e *DocumentError) Error() string {
	if e.Err != nil {
		return "document: " + e.Code + ": " + e.Err.Error()
	}
	return "document: " + e.Code
}

func (e *DocumentError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *DocumentError) Message() (key string, args []any) {
	switch key = "registry.document." + e.Code; e.Code {
	case "too-big":
		args = []any{MaxDocument / 1000}
	case "syntax":
		args = []any{e.Line}
	}
	return key, args
}

// Document is what a file says of one record, with the sequence number of the record that it was made from, 0 where it does not say.
type Document struct {
	Fields map[string]any
	Seq    int64
}

// ReadDocument reads one record as JSON or TOML, in UTF-8: its fields, or what “communs registry show --format json” prints, in which they
// stand under "record".
func ReadDocument(r io.Reader) (Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	if err != nil {
		return Document{}, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case len(data) > MaxDocument:
		return Document{}, &DocumentError{Code: "too-big"}
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return Document{}, &DocumentError{Code: "encoding"}
	}
	var fields map[string]any
	if start := bytes.TrimLeft(data, " \t\r\n"); bytes.HasPrefix(start, []byte("{")) || json.Valid(data) {
		fields, err = jsonObject(data)
	} else if err = toml.Unmarshal(data, &fields); err != nil {
		fault := &DocumentError{Code: "syntax", Err: err}
		var at *toml.DecodeError
		if errors.As(err, &at) {
			fault.Line, _ = at.Position()
		}
		err = fault
	}
	if err != nil {
		return Document{}, err
	}
	d := Document{Fields: fields}
	if inner, ok := fields["record"].(map[string]any); ok {
		d.Fields = inner
		d.Seq, _ = whole(fields["seq"])
	}
	return d, nil
}

// jsonObject reads an object and nothing else.
func jsonObject(data []byte) (map[string]any, error) {
	tree, err := jsonTree(data)
	if err != nil {
		fault := &DocumentError{Code: "syntax", Err: err, Line: 1 + bytes.Count(data, []byte("\n"))}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			fault.Line = 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		}
		return nil, fault
	}
	fields, ok := tree.(map[string]any)
	if !ok {
		return nil, &DocumentError{Code: "shape"}
	}
	return fields, nil
}

// jsonTree reads one value, with its numbers as they are written.
func jsonTree(data []byte) (tree any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return tree, nil
}
