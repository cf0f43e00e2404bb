// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestAuditIsDocumented: docs/audit.md names every field of the JSON form, every format, every rule, in both languages what both need.
func TestAuditIsDocumented(t *testing.T) {
	data, err := os.ReadFile("../../docs/audit.md")
	if err != nil {
		t.Fatal(err)
	}
	french, rest, _ := strings.Cut(string(data), "\n## English\n")
	english, fields, _ := strings.Cut(rest, "\n## JSON\n")
	for _, name := range append(Formats(), FormatText) {
		for _, part := range []string{french, english} {
			if !strings.Contains(part, "| `"+name+"` |") {
				t.Errorf("docs/audit.md does not name the format %s in both languages", name)
			}
		}
	}
	for _, rule := range Rules() {
		if strings.Count(french, "`"+rule.ID+"`") == 0 || strings.Count(english, "`"+rule.ID+"`") == 0 {
			t.Errorf("docs/audit.md does not name the rule %s in both languages", rule.ID)
		}
	}
	for name := range jsonNames(reflect.TypeFor[Report](), map[reflect.Type]bool{}) {
		if !strings.Contains(fields, "`"+name+"`") {
			t.Errorf("docs/audit.md does not name the field %s", name)
		}
	}
}

// jsonNames lists the names that a type and what it holds have as JSON.
func jsonNames(t reflect.Type, seen map[reflect.Type]bool) map[string]bool {
	names := map[string]bool{}
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return names
	}
	seen[t] = true
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		names[name] = true
		for inner := range jsonNames(field.Type, seen) {
			names[inner] = true
		}
	}
	return names
}
