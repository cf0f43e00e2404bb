// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"encoding/json"
	"strings"
)

// composer.lock, https://getcomposer.org/doc/01-basic-usage.md: "packages" and "packages-dev" are lists of packages with version,
// licences (several are a choice), what they require, and where they come from. It does not say what the project asks for itself:
// composer.json beside it does.
func readComposerLock(l *lock, text []byte) error {
	names := map[string]bool{}
	err := jsonObject(text, []string{"packages", "packages-dev"}, func(parent, _ string, line int, raw json.RawMessage) error {
		if parent == "" {
			return nil
		}
		var p struct {
			Name, Version string
			License       json.RawMessage
			Require       looseMap
			Source        struct{ URL string }
			Dist          struct{ URL, Shasum string }
		}
		if err := json.Unmarshal(raw, &p); err != nil {
			return &lockError{line, false, err.Error()}
		}
		if p.Name == "" {
			return nil
		}
		pkg := locked{
			key: strings.ToLower(p.Name), name: p.Name, version: p.Version, line: line, licenses: licenseWords(p.License), dev: parent == "packages-dev",
			origin: firstOf(p.Source.URL, p.Dist.URL), sums: hexSum(p.Dist.Shasum, "sha1"), at: "vendor/" + p.Name,
		}
		for name := range sorted(p.Require) {
			pkg.deps = append(pkg.deps, strings.ToLower(name))
		}
		names[pkg.key] = true
		return l.add(pkg)
	})
	for i := range l.packages { // php, ext-json, lib-curl: of the platform
		l.packages[i].deps = only(l.packages[i].deps, names)
	}
	return err
}
