// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/licensecheck"
)

// corpusSets are the sets beside the development set: those whose folders are given or found.
func corpusSets(ctx context.Context, work string, o licenseOptions) ([]licenseSet, error) {
	var sets []licenseSet
	if o.texts != "" {
		s, err := unlistedTexts(o.texts, work)
		if err != nil {
			return nil, err
		}
		unknown := licenseSet{name: "texts nobody knows", note: "the same, what is known of each taken out", apart: true, alien: true, files: s.files}
		sets = append(sets, s, unknown)
	}
	modules, err := moduleFiles(ctx)
	if err != nil {
		return nil, err
	}
	sets = append(append(sets, modules), debianSets(o.debian, work)...)
	if o.sets != "" && !strings.Contains(o.sets, "no statement") && !strings.Contains(o.sets, "talk of licences") {
		return sets, nil
	}
	folders := filepath.SplitList(o.negatives)
	if len(folders) == 0 {
		root, err := goEnv(ctx, "GOROOT")
		if err != nil {
			return nil, err
		}
		cache, err := goEnv(ctx, "GOMODCACHE")
		if err != nil {
			return nil, err
		}
		folders = []string{filepath.Join(root, "src"), cache}
	}
	negatives, err := negativeSets(ctx, folders)
	return append(sets, negatives...), err
}

// unlistedTexts are ScanCode's licence texts that the SPDX list has not: each must be a LicenseRef, or nothing.
func unlistedTexts(dir, work string) (licenseSet, error) {
	s := licenseSet{name: "texts not on the list", note: "ScanCode's texts without an SPDX id", apart: true}
	files, _ := filepath.Glob(filepath.Join(dir, "*.LICENSE"))
	if len(files) == 0 {
		return s, fmt.Errorf("no *.LICENSE in %s", dir)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return s, err
		}
		head, body, ok := strings.Cut(strings.TrimPrefix(string(data), "---\n"), "\n---")
		key := regexp.MustCompile(`(?m)^spdx_license_key: (.+)$`).FindStringSubmatch(head)
		skip := strings.Contains(head, "is_exception: yes") || strings.Contains(head, "is_deprecated: yes") || strings.Contains(head, "is_generic: yes")
		if !ok || skip || key == nil || !strings.HasPrefix(key[1], "LicenseRef-") || len(strings.TrimSpace(body)) < 40 {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(f), ".LICENSE")
		disk := filepath.Join(work, "unlisted", name, "LICENSE")
		if err := writeFile(disk, []byte(strings.TrimLeft(body, "\n"))); err != nil {
			return s, err
		}
		s.files = append(s.files, licenseFile{disk, name + "/LICENSE", key[1]})
	}
	return s, nil
}

// licenseFileName is how files that hold a licence are called.
var licenseFileName = regexp.MustCompile(`(?i)^(?:un)?licen[cs]e(?:[-_.].*)?$|^copying(?:[-_.].*)?$`)

// moduleFiles are the licence files of the Go modules on this machine, with what licensecheck says of those it knows nearly whole.
func moduleFiles(ctx context.Context) (licenseSet, error) {
	s := licenseSet{name: "Go modules", note: "their licence files, against licensecheck where it covers 90 % and more"}
	dir, err := goEnv(ctx, "GOMODCACHE")
	if err != nil {
		return s, err
	}
	return s, eachFile(dir, func(path string, info os.FileInfo) error {
		slash := filepath.ToSlash(path)
		if !licenseFileName.MatchString(filepath.Base(path)) || strings.HasSuffix(path, ".go") || strings.Contains(slash, "/testdata/") || strings.Contains(slash, "licensecheck@") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		cover := licensecheck.Scan(data)
		if cover.Percent < 90 {
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		s.files = append(s.files, licenseFile{path, filepath.ToSlash(rel), coverage(cover)})
		return err
	})
}

// coverage is what licensecheck found as an expression.
func coverage(c licensecheck.Coverage) string {
	var ids []string
	for _, m := range c.Match {
		ids = append(ids, strings.TrimSuffix(m.ID, "-User"))
	}
	return strings.Join(ids, " AND ")
}

// eachFile calls f for the plain files below a folder, in order; what cannot be read is left out.
func eachFile(dir string, f func(path string, info os.FileInfo) error) error {
	return filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			if e != nil && e.IsDir() && err != nil {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.Contains(filepath.ToSlash(path), "/pkg/mod/cache/") {
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return nil
		}
		return f(path, info)
	})
}
