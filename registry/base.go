// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// The base is a small catalogue that comes with the program, so that none is ever empty. It is written by hand:
//
//	base/needs.json           {"needs": [{"id": …, "fr": …, "en": …, "words": […], "publiccode": […], "awesome_selfhosted": […]}]}
//	base/software/ID.toml     one software, its keys named as the JSON fields of [Software]
//	base/KINDs.toml           any other kind: [[organisation]], [[offer]], [[use]], [[selection]], [[request]], [[repository]]
//
// A key that does not exist is an error. Where a record does not say its status, nobody answers for it yet (proposed) unless it is our own
// (needs, selections); where it names no source, it is "base" under CC0-1.0.

//go:embed base
var baseFiles embed.FS

// BaseSource is the name of the source that comes with the program.
const BaseSource = "base"

// Base reads the catalogue that comes with the program, in the order of kinds and ids.
func Base() ([]Entry, error) {
	dir, err := fs.Sub(baseFiles, "base")
	if err != nil {
		return nil, err
	}
	return ReadBase(dir)
}

// ReadBase reads a catalogue that is written in the same way.
func ReadBase(dir fs.FS) ([]Entry, error) {
	var list []Entry
	err := fs.WalkDir(dir, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		some, err := readBaseFile(name, data)
		list = append(list, some...)
		return err
	})
	if err != nil {
		return nil, err
	}
	kinds := Kinds()
	slices.SortStableFunc(list, func(a, b Entry) int {
		if a.Kind() != b.Kind() {
			return slices.Index(kinds, a.Kind()) - slices.Index(kinds, b.Kind())
		}
		return strings.Compare(a.Head().ID, b.Head().ID)
	})
	for i := 1; i < len(list); i++ {
		if a, b := list[i-1], list[i]; a.Kind() == b.Kind() && a.Head().ID == b.Head().ID {
			return nil, fmt.Errorf("%s %s stands twice", a.Kind(), a.Head().ID)
		}
	}
	return list, nil
}

// BaseError is what is wrong with a file of the base.
type BaseError struct {
	File string
	Line int // 0 when it is not known
	Err  error
}

func (e *BaseError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

func (e *BaseError) Unwrap() error { return e.Err }

func readBaseFile(name string, data []byte) ([]Entry, error) {
	if name == "needs.json" {
		return readNeeds(name, data)
	}
	if path.Ext(name) != ".toml" {
		return nil, &BaseError{File: name, Err: errors.New("neither needs.json nor a TOML file")}
	}
	var table map[string]any
	if err := toml.Unmarshal(data, &table); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, _ := at.Position()
			return nil, &BaseError{name, line, err}
		}
		return nil, &BaseError{File: name, Err: err}
	}
	id := strings.TrimSuffix(path.Base(name), ".toml")
	if path.Dir(name) == string(KindSoftware) {
		if table["id"] == nil {
			table["id"] = id
		} else if table["id"] != id {
			return nil, &BaseError{name, lineOf(data, "id"), fmt.Errorf("the id is not the file's name")}
		}
		e, err := readBaseEntry(KindSoftware, name, data, table)
		return []Entry{e}, err
	}
	kind := Kind(strings.TrimSuffix(id, "s"))
	rows, ok := table[string(kind)].([]any)
	if !ok || len(table) != 1 || NewEntry(kind) == nil {
		return nil, &BaseError{File: name, Err: fmt.Errorf("it must hold [[%s]] and nothing else", kind)}
	}
	var list []Entry
	for _, row := range rows {
		e, err := readBaseEntry(kind, name, data, row)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// readBaseEntry reads what stands in a table by way of JSON, whose names it uses.
func readBaseEntry(kind Kind, name string, data []byte, table any) (Entry, error) {
	body, err := json.Marshal(table)
	if err != nil {
		return nil, &BaseError{File: name, Err: err}
	}
	e := NewEntry(kind)
	if err := read(body, e, true); err != nil {
		return nil, &BaseError{name, lineOf(data, wrongKey(err)), err}
	}
	complete(e)
	return e, nil
}

// complete fills in what a record of the base need not say.
func complete(e Entry) {
	m := e.Head()
	if m.Status == "" {
		m.Status = Proposed
		if e.Kind() == KindNeed || e.Kind() == KindSelection {
			m.Status = Declared
		}
	}
	if len(m.Sources) == 0 {
		m.Sources = []Source{{Name: BaseSource, Licence: "CC0-1.0"}}
	}
}

// readNeeds reads the list of needs, which others use too and which therefore has a shape of its own.
func readNeeds(name string, data []byte) ([]Entry, error) {
	var file struct {
		Version, Licence, Note string
		Needs                  []struct {
			ID         string   `json:"id"`
			FR         string   `json:"fr"`
			EN         string   `json:"en"`
			Group      string   `json:"group"`
			Words      []string `json:"words"`
			Publiccode []string `json:"publiccode"`
			Awesome    []string `json:"awesome_selfhosted"`
		} `json:"needs"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, &BaseError{name, 1 + bytes.Count(data[:syntax.Offset], []byte("\n")), err}
		}
		return nil, &BaseError{name, lineOf(data, wrongKey(err)), err}
	}
	var list []Entry
	for _, n := range file.Needs {
		e := &Need{Meta: Meta{ID: n.ID}, Name: Text{n.FR, n.EN}, Group: n.Group, Words: n.Words, Publiccode: n.Publiccode, Awesome: n.Awesome}
		complete(e)
		list = append(list, e)
	}
	return list, nil
}

// wrongKey is the key that a fault of decoding JSON is about; empty when it does not say.
func wrongKey(err error) string {
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		return typed.Field[strings.LastIndexByte(typed.Field, '.')+1:]
	}
	if m := regexp.MustCompile(`unknown field "(.*)"`).FindStringSubmatch(err.Error()); m != nil {
		return m[1]
	}
	return ""
}

// lineOf is the line on which a key stands first; 0 when it does not.
func lineOf(data []byte, key string) int {
	if key == "" {
		return 0
	}
	at := regexp.MustCompile(`(?m)(?:^|[\s{,.\["])` + regexp.QuoteMeta(key) + `"?\s*[=\].:]`).FindIndex(data)
	if at == nil {
		return 0
	}
	return 1 + bytes.Count(data[:at[1]], []byte("\n"))
}
