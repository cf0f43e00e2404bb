// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// cargoManifests are the Cargo.toml below the folder of a lock, by the name of their package.
func (a *audit) cargoManifests(dir string, v *vendored) map[string][]byte {
	all := map[string][]byte{}
	for _, f := range a.walked.files {
		if path.Base(f.Path) != "Cargo.toml" || f.text == nil || v.folder(f.Path) != "" || dir != "." && !strings.HasPrefix(f.Path, dir+"/") {
			continue
		}
		var m fields
		if toml.Unmarshal(f.text, &m) != nil {
			continue
		}
		if name := m.table("package").text("name"); name != "" && all[name] == nil {
			all[name] = f.text
		}
	}
	return all
}

// cargoDevelopment marks what only the [dev-dependencies] of the project's crates lead to: Cargo.lock lists them among the others. A crate
// of the project whose manifest is not there needs all that it asks for. What builds the project (build-dependencies) may leave its
// code in the result, and counts.
func (l *lock) cargoDevelopment(manifests map[string][]byte) {
	names := map[string]string{}
	for _, p := range l.packages {
		names[p.key] = p.name
	}
	var wanted []string
	found := false
	for i := range l.packages {
		p := &l.packages[i]
		if !p.local {
			continue
		}
		if text := manifests[p.name]; text != nil {
			found = true
			a := asksOfCargo(text)
			p.deps = slices.DeleteFunc(p.deps, func(key string) bool { return a[names[key]] })
		}
		wanted = append(wanted, p.deps...)
	}
	if found {
		l.markDevelopment(wanted)
	}
}
