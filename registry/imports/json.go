// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// object is a record of a JSON export. What has another type than it should is as good as missing.
type object map[string]any

// at goes down the names to what stands there.
func (o object) at(names ...string) any {
	var v any = map[string]any(o)
	for _, name := range names {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// text is a text, or a number as one.
func (o object) text(names ...string) string {
	switch v := o.at(names...).(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// first is the first text that is there: each place is names with dots between them.
func (o object) first(places ...string) string {
	for _, p := range places {
		if s := o.text(strings.Split(p, ".")...); s != "" {
			return s
		}
	}
	return ""
}

func (o object) texts(names ...string) (list []string) {
	items, _ := o.at(names...).([]any)
	for _, v := range items {
		if s, ok := v.(string); ok && strings.TrimSpace(s) != "" {
			list = append(list, strings.TrimSpace(s))
		}
	}
	return list
}

func (o object) objects(names ...string) (list []object) {
	items, _ := o.at(names...).([]any)
	for _, v := range items {
		if m, ok := v.(map[string]any); ok {
			list = append(list, m)
		}
	}
	return list
}

// records reads the objects of a JSON file one after the other: those of the list that it is, or of the one that stands under one of the
// keys. Where the file is damaged, what stands before is read, and the damage is left out with its line.
func (x *reading) records(f File, keys []string, do func(line int, o object) error) error {
	data, err := text(f.Data)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	lines := lineCounter{data: data}
	if err := findList(d, keys); err != nil {
		return &Fault{"not-json", []any{f.Name, strings.Join(keys, ", "), lines.at(d.InputOffset())}, err}
	}
	for d.More() {
		start := d.InputOffset()
		start += int64(len(data[start:]) - len(bytes.TrimLeft(data[start:], ", \t\n")))
		at := lines.at(start)
		var v any
		if err := d.Decode(&v); err != nil {
			x.skip(f.Name, at, "", &Fault{Code: "json", Err: err})
			return nil
		}
		m, ok := v.(map[string]any)
		if !ok {
			x.skip(f.Name, at, "", fault("no-record"))
			continue
		}
		if err := do(at, m); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		x.skip(f.Name, lines.at(d.InputOffset()), "", &Fault{Code: "json", Err: err})
	}
	return nil
}

// findList reads up to the list of records.
func findList(d *json.Decoder, keys []string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t == json.Delim('[') {
		return nil
	}
	if t != json.Delim('{') {
		return fmt.Errorf("neither a list nor an object: %v", t)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		for _, k := range keys {
			if key == k {
				if t, err = d.Token(); err == nil && t != json.Delim('[') {
					err = fmt.Errorf("%s is no list", k)
				}
				return err
			}
		}
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return err
		}
	}
	return errors.Join(errors.New("no list of records"), io.EOF)
}

// lineCounter tells lines of places that only grow.
type lineCounter struct {
	data  []byte
	upTo  int64
	lines int
}

func (c *lineCounter) at(offset int64) int {
	offset = min(max(offset, c.upTo), int64(len(c.data)))
	c.lines += bytes.Count(c.data[c.upTo:offset], []byte("\n"))
	c.upTo = offset
	return c.lines + 1
}
