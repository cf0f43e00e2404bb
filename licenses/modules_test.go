// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/licensecheck"
)

// moduleCache is the folder of the Go modules that this project was built from.
func moduleCache(t testing.TB) string {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip("no go command: ", err)
	}
	dir := strings.TrimSpace(string(out))
	if _, err := os.Stat(filepath.Join(dir, "github.com")); err != nil {
		t.Skip("no module cache: ", err)
	}
	return dir
}

// walk calls f for each file below dir that is wanted.
func walk(t testing.TB, dir string, wanted func(path string) bool, f func(path string, data []byte)) {
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || strings.Contains(path, "/cache/") || !wanted(path) {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil {
			rel, _ := filepath.Rel(dir, path)
			f(filepath.ToSlash(rel), data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestModuleLicenses compares every licence file of the module cache with another detector. A licence file that licensecheck knows
// must be known here under the same name.
func TestModuleLicenses(t *testing.T) {
	d := detector(t)
	var files, same int
	wanted := func(path string) bool {
		return kindOf(path) == fileLicense && !strings.Contains(path, "licensecheck@") && !strings.Contains(path, "testdata")
	}
	walk(t, moduleCache(t), wanted, func(path string, data []byte) {
		files++
		got := answer(d.Text(path, data))
		cov := licensecheck.Scan(data)
		var want []string
		for _, m := range cov.Match {
			if !m.IsURL && !strings.HasPrefix(m.ID, "Google") {
				want = append(want, m.ID)
			}
		}
		missing := false
		for _, id := range want {
			if !strings.Contains(" "+got.String()+" ", strings.TrimSuffix(id, "-User")) {
				missing = true
			}
		}
		if !missing {
			same++
		}
		if missing || len(want) == 0 {
			t.Logf("%s: got %q, licensecheck %v", path, got, want)
		}
	})
	t.Logf("%d of %d licence files agree", same, files)
	if files > 50 && same < files*98/100 {
		t.Errorf("only %d of %d licence files agree", same, files)
	}
}
