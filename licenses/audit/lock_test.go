// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dump writes a lock so that a person can check it against the file.
func dump(l *lock) string {
	var b strings.Builder
	fmt.Fprintf(&b, "project %q\n", l.module)
	for _, p := range l.packages {
		var marks []string
		for mark, set := range sorted(map[string]bool{"direct": l.direct[p.key], "dev": p.dev, "optional": p.optional, "local": p.local}) {
			if set {
				marks = append(marks, mark)
			}
		}
		fmt.Fprintf(&b, "%d: %s %s [%s]", p.line, p.name, p.version, strings.Join(marks, " "))
		if p.key != p.name {
			fmt.Fprintf(&b, " key %q", p.key)
		}
		for _, s := range p.licenses {
			fmt.Fprintf(&b, " licence %q", s)
		}
		for _, s := range p.sums {
			fmt.Fprintf(&b, " %s:%.8s…", s.Algorithm, s.Value)
		}
		if p.origin != "" {
			fmt.Fprintf(&b, " from %s", p.origin)
		}
		if len(p.deps) > 0 {
			fmt.Fprintf(&b, " → %s", strings.Join(p.deps, ", "))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestLocks reads what real package managers wrote: testdata/locks/KIND/FILE, with what should be found in FILE.golden.
func TestLocks(t *testing.T) {
	files, err := filepath.Glob("testdata/locks/*/*")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		f := lockFormatOf(filepath.ToSlash(file))
		if f == nil {
			continue
		}
		seen[f.name] = true
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := readLock(filepath.ToSlash(file), f, text)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		name, _ := filepath.Rel("testdata", file)
		golden(t, filepath.ToSlash(name)+".golden", []byte(dump(l)))
		if LockName("unnamed", text) == "" && f.rank < 2 {
			t.Errorf("%s is not told by its content", file)
		}
	}
	for name := range sorted(lockFormats) {
		if !seen[lockFormats[name].name] {
			t.Errorf("no real %s is read", name)
		}
	}
}

// A lock that is cut anywhere says so, keeps what stands before the cut, and invents nothing.
func TestLocksCut(t *testing.T) {
	files, err := filepath.Glob("testdata/locks/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f := lockFormatOf(filepath.ToSlash(file))
		if f == nil || f.rank > 1 { // a list of requirements may end anywhere
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		whole, _ := readLock(file, f, text)
		known := map[string]bool{}
		for _, p := range whole.packages {
			known[p.name] = true
		}
		told := 0
		const cuts = 60
		for i := range cuts {
			half := text[:len(text)*i/cuts]
			l, err := readLock(file, f, half)
			if err != nil {
				told++
			}
			for _, p := range l.packages {
				if !known[p.name] && p.name != "" && err == nil {
					t.Errorf("%s cut at %d: %q is not in the whole", file, len(half), p.name)
				}
			}
		}
		if strings.HasSuffix(file, ".json") && told < cuts-1 {
			t.Errorf("%s: %d of %d cuts were told", file, told, cuts)
		}
	}
}

func FuzzLocks(f *testing.F) {
	files, err := filepath.Glob("testdata/locks/*/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && lockFormatOf(file) != nil {
			f.Add(filepath.Base(file), text)
		}
	}
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		format := lockFormatOf(name)
		if format == nil {
			return
		}
		l, _ := readLock(name, format, text)
		ids := map[string]string{}
		for _, p := range l.packages {
			ids[p.key] = p.key
		}
		chains(l, ids)
		LockName("unnamed", text)
	})
}
