// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// codemeta.json, versions 2 and 3 of https://codemeta.github.io: a JSON-LD table whose @context names the version and whose @type is
// SoftwareSourceCode or SoftwareApplication. Nothing of JSON-LD is processed but what is met in practice: names with a prefix, "type"
// and "id" for "@type" and "@id", language-tagged texts, @graph, @list and @set. A property may hold a text, a table, or a list of these.
// What keeps it from being understood is an error; what JSON-LD ignores, or is only expected, is a warning.

var codemetaContext = regexp.MustCompile(`(?i)codemeta[/:-]*v?([1-9])\.([0-9])`)

// readCodemeta reads the tree of a codemeta.json.
func (x Reader) readCodemeta(doc *Document, root *value, n *notes) {
	if root == nil || root.nothing() {
		if len(n.faults) == 0 {
			n.add(Fault{Severity: Error, Code: "nothing"})
		}
		return
	}
	c := &codemeta{checker: &checker{notes: n, licence: x, version: newest, mild: true}, to: &doc.Software}
	if root.kind == kindList && len(root.items) > 0 && root.items[0].kind == kindTable { // JSON-LD allows it, few readers do
		root = root.items[0]
	}
	if root.kind != kindTable {
		c.fault(entry{root, ""}, Error, "top", "")
		return
	}
	doc.Version = c.context(root)
	c.old = strings.HasPrefix(doc.Version, "1") || strings.HasPrefix(doc.Version, "2")
	c.read(c.subject(root))
}

// codemeta reads one file.
type codemeta struct {
	*checker
	to  *Software
	old bool // of version 2 or before

	released [2]string // datePublished, dateModified
	versions [2]string // version, softwareVersion
}

// context finds the version that the file states.
func (c *codemeta) context(root *value) string {
	v := root.get("@context")
	if v == nil {
		c.fault(entry{&value{line: root.line, column: root.column}, "@context"}, Error, "missing", `"@context": "`+contextURL+`"`)
		return ""
	}
	version, known := "", false
	for _, v := range append([]*value{v}, v.items...) {
		if m := codemetaContext.FindStringSubmatch(v.text); m != nil {
			version = max(version, m[1]+"."+m[2])
		}
		known = known || strings.Contains(strings.ToLower(v.text), "codemeta") || v.kind == kindTable
	}
	if !known {
		c.fault(entry{v, "@context"}, Warning, "context", contextURL)
	}
	if version != "" && (version[0] < '2' || version[0] > '3') {
		c.fault(entry{v, "@context"}, Warning, "context", contextURL)
	}
	return version
}

var softwareTypes = []string{"SoftwareSourceCode", "SoftwareApplication", "MobileApplication", "WebApplication"}

// subject is the table that describes the software: the file's, or the one of its graph that says so.
func (c *codemeta) subject(root *value) *value {
	if graph := root.get("@graph"); graph != nil && root.get("name") == nil {
		for _, v := range graph.items {
			if slices.ContainsFunc(typesOf(v), func(t string) bool { return slices.Contains(softwareTypes, t) }) {
				return v
			}
		}
	}
	types := typesOf(root)
	at := entry{&value{line: root.line, column: root.column}, "@type"}
	for _, f := range root.fields {
		if f.name == "@type" || f.name == "type" {
			at = entry{&value{line: f.value.line, column: f.value.column, text: strings.Join(types, ", ")}, f.name}
		}
	}
	switch {
	case len(types) == 0:
		c.fault(at, Error, "missing", `"@type": "SoftwareSourceCode"`)
	case !slices.ContainsFunc(types, func(t string) bool { return slices.Contains(softwareTypes, t) }):
		c.fault(at, Error, "word-near", "SoftwareSourceCode")
	}
	return root
}

// typesOf gives the types of a table without their prefixes.
func typesOf(v *value) (types []string) {
	t := v.get("@type")
	if t == nil {
		t = v.get("type")
	}
	if t == nil {
		return nil
	}
	for _, t := range append([]*value{t}, t.items...) {
		if t.kind == kindText {
			types = append(types, plainName(t.text))
		}
	}
	return types
}

var prefixes = []string{"schema:", "codemeta:", "http://schema.org/", "https://schema.org/", "https://codemeta.github.io/terms/",
	"https://w3id.org/codemeta/terms/", "sdo:"}

// plainName drops the vocabulary from a property's or type's name.
func plainName(name string) string {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(name, p); ok {
			return rest
		}
	}
	return name
}

// renamed are the names of version 2 that version 3 changed.
var renamed = map[string]string{"contIntegration": "continuousIntegration", "embargoDate": "embargoEndDate", "creator": "author"}

// later are the properties that version 3 brought.
var later = []string{"continuousIntegration", "embargoEndDate", "review", "reviewAspect", "reviewBody", "roleName", "startDate", "endDate",
	"hasSourceCode", "isSourceCodeOf"}

// properties are those of CodeMeta 3.
var properties = strings.Fields(`
codeRepository programmingLanguage review runtimePlatform targetProduct applicationCategory applicationSubCategory downloadUrl fileSize
installUrl memoryRequirements operatingSystem permissions processorRequirements releaseNotes softwareHelp softwareRequirements
softwareVersion storageRequirements supportingData author citation contributor copyrightHolder copyrightYear dateCreated dateModified
datePublished editor encoding fileFormat funder keywords license producer provider publisher sponsor version isAccessibleForFree isPartOf
hasPart position description identifier name sameAs url relatedLink givenName familyName email affiliation address reviewAspect reviewBody
endDate roleName startDate softwareSuggestions maintainer continuousIntegration buildInstructions developmentStatus embargoEndDate funding
issueTracker referencePublication readme hasSourceCode isSourceCodeOf`)

// read reads the properties of the software.
func (c *codemeta) read(v *value) {
	readers := c.readers()
	seen := map[string]bool{}
	for _, f := range v.fields {
		name := plainName(f.name)
		at := entry{&value{line: f.line, column: f.column, text: f.name}, shown(f.name)}
		switch now := renamed[name]; {
		case strings.HasPrefix(f.name, "@") || name == "id" || name == "type":
			continue
		case now != "" && name == "creator":
			name = now
		case now != "" && !c.old:
			c.fault(at, Warning, "key-renamed", now)
			name = now
		case now != "":
			name = now
		case !slices.Contains(properties, name):
			if near := c.nearest(name, properties); near != "" {
				c.fault(at, Warning, "key-unknown-near", near)
			} else {
				c.fault(at, Warning, "key-ignored", "")
			}
			continue
		case c.old && name == f.name && slices.Contains(later, name):
			c.fault(at, Warning, "key-newer", "3.0", "2.0")
		}
		if f.value.nothing() {
			continue
		}
		seen[name] = true
		if read := readers[name]; read != nil {
			read(entry{f.value, at.key})
		}
	}
	for _, name := range []string{"name", "description", "license", "codeRepository"} {
		if !seen[name] {
			severity := Warning
			if name == "name" {
				severity = Error
			}
			c.fault(entry{&value{line: v.line, column: v.column}, name}, severity, "missing", `"`+name+`": "…"`)
		}
	}
	c.settle()
}

// settle puts together what stands in several properties.
func (c *codemeta) settle() {
	s := c.to
	s.Released = cmp.Or(c.released[1], c.released[0]) // the day of this version rather than of the first
	s.Version = cmp.Or(c.versions[1], c.versions[0])
}
