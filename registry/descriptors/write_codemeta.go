// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"communs/licenses"
)

// contextURL names CodeMeta 3.0, which every reader of version 3 knows.
const contextURL = "https://w3id.org/codemeta/3.0"

// jsonTable is a JSON object whose keys keep their order.
type jsonTable []jsonField

type jsonField struct {
	name  string
	value any
}

// MarshalJSON writes the keys that have a value.
func (t jsonTable) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for _, f := range t {
		if empty(f.value) {
			continue
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case jsonTable:
		return len(v) == 0
	}
	return false
}

// WriteCodemeta writes a codemeta.json of version 3.
func WriteCodemeta(w io.Writer, s Software) error {
	t := jsonTable{
		{"@context", contextURL},
		{"@type", "SoftwareSourceCode"},
		{"name", clean(s.Name)},
		{"description", codemetaDescription(s.Descriptions)},
		{"codeRepository", s.Repository},
		{"url", s.Landing},
		{"issueTracker", s.IssueTracker},
		{"downloadUrl", s.Download},
		{"softwareHelp", documentation(s.Descriptions)},
		{"license", codemetaLicense(s)},
		{"version", clean(s.Version)},
		{"dateCreated", s.Created},
		{"dateModified", s.Released},
		{"developmentStatus", repostatus[s.Status]},
		{"programmingLanguage", cleanList(s.ProgrammingLanguages)},
		{"applicationCategory", cleanList(s.Categories)},
		{"keywords", cleanList(s.Keywords)},
		{"operatingSystem", slices.DeleteFunc(cleanList(s.Platforms), func(p string) bool { return p == "web" })},
		{"identifier", cleanList(s.Identifiers)},
		{"isPartOf", clean(s.Suite)},
		{"author", partyNodes(s.Authors)},
		{"maintainer", partyNodes(s.Maintenance.Contacts)},
		{"copyrightHolder", owner(s.CopyrightOwner)},
		{"publisher", partyNode(s.Publisher)},
		{"funder", partyNodes(s.FundedBy)},
		{"softwareRequirements", requirementNodes(s.DependsOn, false)},
		{"softwareSuggestions", requirementNodes(s.DependsOn, true)},
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(t); err != nil {
		return fmt.Errorf("write codemeta.json: %w", err)
	}
	return nil
}

// repostatus are the words of repostatus.org for publiccode.yml's.
var repostatus = map[string]string{
	"concept": "https://www.repostatus.org/#concept", "development": "https://www.repostatus.org/#wip", "beta": "https://www.repostatus.org/#wip",
	"stable": "https://www.repostatus.org/#active", "obsolete": "https://www.repostatus.org/#unsupported",
}

func cleanList(list []string) (out []string) {
	for _, s := range list {
		if s = clean(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// codemetaDescription is the text, with its language where it is not English or not alone.
func codemetaDescription(descriptions map[string]Description) any {
	var all []any
	for _, lang := range slices.Sorted(maps.Keys(descriptions)) {
		d := descriptions[lang]
		text := clean(cmp.Or(d.Long, d.Short))
		if text == "" {
			continue
		}
		if lang == "en" && len(descriptions) == 1 {
			return text
		}
		all = append(all, jsonTable{{"@language", lang}, {"@value", text}})
	}
	return all
}

// documentation is where the software is explained, in English if there is a choice.
func documentation(descriptions map[string]Description) string {
	u := descriptions["en"].Documentation
	for _, lang := range slices.Sorted(maps.Keys(descriptions)) {
		u = cmp.Or(u, descriptions[lang].Documentation)
	}
	return u
}

// codemetaLicense is an address of SPDX's list, several where one may choose, or the expression as it is.
func codemetaLicense(s Software) any {
	if s.License.IsZero() {
		return nil
	}
	ids := strings.Split(s.License.String(), " OR ")
	var all []any
	for _, id := range ids {
		if _, known := licenses.Info(id); !known {
			return jsonTable{{"@type", "CreativeWork"}, {"name", s.License.String()}}
		}
		all = append(all, spdxURL+id)
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

func partyNodes(list []Party) (all []any) {
	for _, p := range list {
		if n := partyNode(p); len(n) > 0 {
			all = append(all, n)
		}
	}
	return all
}

func partyNode(p Party) jsonTable {
	if p == (Party{}) || p == (Party{Organisation: true}) {
		return nil
	}
	kind := "Person"
	if p.Organisation {
		kind = "Organization"
	}
	t := jsonTable{{"@type", kind}, {"@id", p.URI}, {"name", clean(p.Name)}, {"email", p.Email}}
	if p.Affiliation != "" {
		t = append(t, jsonField{"affiliation", jsonTable{{"@type", "Organization"}, {"name", clean(p.Affiliation)}}})
	}
	return t
}

func owner(name string) jsonTable {
	return partyNode(Party{Name: name, Organisation: name != ""})
}

func requirementNodes(d Dependencies, optional bool) (all []any) {
	for _, list := range [][]Dependency{d.Open, d.Proprietary, d.Hardware} {
		for _, x := range list {
			if x.Optional == optional {
				all = append(all, jsonTable{{"@type", "SoftwareApplication"}, {"name", clean(x.Name)}, {"version", cmp.Or(x.Version, x.VersionMin)}})
			}
		}
	}
	return all
}
