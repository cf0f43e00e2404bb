// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"encoding/json"
	"errors"
)

// readJSON reads an object. What is JSON but no object is damaged too.
func readJSON(text []byte) (map[string]any, error) {
	var m map[string]any
	err := json.Unmarshal(text, &m)
	var wrong *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return nil, &DamagedError{lineOf(text, int(wrong.Offset)-1)}
	case err != nil || m == nil:
		return nil, &DamagedError{1}
	}
	return m, nil
}

// readNPM reads package.json. Applications say "private": true.
func readNPM(m *Manifest, _ string, text []byte) error {
	v, err := readJSON(text)
	if err != nil {
		return err
	}
	m.Name, m.Version, m.Description = str(v["name"]), str(v["version"]), str(v["description"])
	m.Keywords = stringsOf(v["keywords"])
	m.declareJSON(text, v["license"], 0)
	m.declareJSON(text, v["licenses"], 0)
	m.Private, _ = v["private"].(bool)
	return nil
}

// readComposer reads composer.json. A project that is not to be published has no name.
func readComposer(m *Manifest, _ string, text []byte) error {
	v, err := readJSON(text)
	if err != nil {
		return err
	}
	m.Name, m.Version, m.Description = str(v["name"]), str(v["version"]), str(v["description"])
	m.Keywords = stringsOf(v["keywords"])
	m.declareJSON(text, v["license"], 0)
	return nil
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

func table(v any) map[string]any {
	t, _ := v.(map[string]any)
	return t
}

// stringsOf gives a string, or the strings of a list.
func stringsOf(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, x := range v {
			if s, ok := x.(string); ok {
				all = append(all, s)
			}
		}
	}
	return all
}
