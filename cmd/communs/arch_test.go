// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the table of who may import whom, tests included. Code flows one way: crawler → indexer → search → web.
// A package that is not in the table fails the test: decide where it stands first.
func mayImport() map[string][]string {
	return map[string][]string{
		"internal/durable":               {},
		"internal/linear":                {},
		"internal/gitea":                 {"internal/sqlite"},
		"internal/manifests":             {},
		"internal/sqlite":                {},
		"internal/ledger":                {"internal/durable", "internal/sqlite"},
		"internal/operations":            {"crawler", "crawler/polite", "internal/ledger"},
		"internal/metrics":               {"internal/operations", "internal/ledger"},
		"internal/backup":                {"internal/durable", "internal/sqlite"},
		"internal/words":                 {},
		"internal/mail":                  {},
		"internal/mail/mailtest":         {},
		"internal/oidc":                  {},
		"internal/pages":                 {},
		"licenses":                       {"internal/manifests"},
		"licenses/audit":                 {"licenses", "internal/manifests"},
		"crawler":                        {"crawler/heritage", "crawler/polite", "crawler/webhook", "crawler/worker", "internal/durable", "internal/sqlite"},
		"crawler/heritage":               {},
		"crawler/heritage/heritagetest":  {"crawler/heritage"},
		"crawler/polite":                 {},
		"crawler/webhook":                {},
		"crawler/worker":                 {},
		"indexer":                        {"crawler", "licenses", "internal/durable", "internal/manifests"},
		"search":                         {"crawler/heritage", "indexer", "licenses", "internal/manifests"},
		"registry":                       {"registry/publiclog", "crawler", "crawler/polite", "licenses", "internal/sqlite", "internal/durable"},
		"registry/publiclog":             {},
		"registry/governance":            {},
		"registry/commons":               {"registry", "registry/governance", "registry/publiclog"},
		"registry/descriptors":           {"licenses", "internal/manifests"},
		"registry/registrytest":          {"registry", "registry/publiclog"},
		"registry/find":                  {"registry", "licenses"},
		"registry/imports":               {"registry", "registry/descriptors", "crawler", "crawler/polite", "licenses"},
		"registry/opendata":              {"registry", "registry/descriptors", "licenses"},
		"registry/observatory":           {"registry", "internal/ledger"},
		"registry/register":              {"registry", "registry/imports", "registry/people", "crawler", "licenses", "internal/durable", "internal/sqlite"},
		"registry/register/registertest": {},
		"registry/people":                {"internal/durable", "internal/sqlite"},
		"registry/seats":                 {"registry", "registry/people", "registry/publiclog"},
		"web":                            {"search", "registry", "registry/people", "registry/register", "registry/imports", "registry/commons", "registry/governance", "registry/publiclog", "registry/find", "registry/descriptors", "registry/opendata", "registry/observatory", "crawler", "licenses", "internal/oidc", "internal/operations", "internal/words", "internal/pages"},
		"cmd/communs":                    {"*"},
		"internal/bench":                 {"*"},
	}
}

// A test may also make what it reads: search's tests write an index of snapshots, audit's tests read reports in words.
// internal/linear is for tests alone.
func testMayImport() map[string][]string {
	return map[string][]string{
		"crawler": {"crawler/heritage/heritagetest", "internal/gitea"}, "crawler/heritage": {"crawler/heritage/heritagetest", "crawler/polite"},
		"search": {"crawler"}, "licenses/audit": {"internal/words"}, "registry/descriptors": {"internal/words"},
		"licenses": {"internal/linear"}, "indexer": {"internal/linear"},
		"registry": {"registry/registrytest", "internal/words"}, "registry/find": {"registry/registrytest"},
		"internal/operations": {"internal/durable", "internal/sqlite"}, "internal/metrics": {"crawler"},
		"internal/mail": {"internal/mail/mailtest"}, "registry/seats": {"registry/commons", "registry/governance"}, "registry/imports": {"registry/registrytest"}, "registry/register": {"internal/words", "registry/register/registertest"}, "registry/opendata": {"registry/registrytest"},
		"registry/observatory": {"registry/registrytest"}, "web": {"crawler/heritage", "registry/register/registertest", "registry/registrytest", "internal/linear", "internal/ledger"},
	}
}

func TestImportsRunOneWay(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "testdata" || strings.HasPrefix(e.Name(), ".") && name != root) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		checkImports(t, name, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, name, rel string) {
	t.Helper()
	pkg := path.Dir(rel)
	allowed, known := mayImport()[pkg]
	for parent := pkg; !known && parent != "."; parent = path.Dir(parent) { // a generator stands below its package
		allowed, known = mayImport()[parent]
		allowed = append(allowed, parent)
	}
	if !known {
		t.Errorf("%s: package %s is not in the table", rel, pkg)
		return
	}
	if strings.HasSuffix(rel, "_test.go") {
		allowed = append(slices.Clone(allowed), testMayImport()[pkg]...)
		allowed = append(allowed, pkg)
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", rel, err)
		return
	}
	for _, imp := range f.Imports {
		target, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			t.Errorf("%s: %v", rel, err)
			continue
		}
		ours, ok := strings.CutPrefix(target, "communs/")
		if ok && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
			t.Errorf("%s imports %s; %s may import only %v", rel, ours, pkg, allowed)
		}
	}
}
