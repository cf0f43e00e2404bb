// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"errors"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// goModule is what a go.mod says beside its requirements.
type goModule struct {
	pruned  bool // from Go 1.17 on it names every module that provides a package of the build
	replace []*modfile.Replace
	exclude map[module.Version]bool
}

// readGoMod reads go.mod, https://go.dev/ref/mod#go-mod-file. What it requires is the build list when its go version is 1.17 or later; else
// the build list comes of the go.mod files of what it requires, see build.
func readGoMod(l *lock, text []byte) error {
	f, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		lax, laxErr := modfile.ParseLax("go.mod", text, nil)
		if laxErr != nil {
			return goModFault(laxErr)
		}
		f = lax
	}
	if f.Module != nil {
		l.module = f.Module.Mod.Path
	}
	l.golang.pruned = f.Go != nil && goAtLeast(f.Go.Version, 17)
	l.golang.replace = f.Replace
	l.golang.exclude = map[module.Version]bool{}
	for _, e := range f.Exclude {
		l.golang.exclude[e.Mod] = true
	}
	l.direct = map[string]bool{}
	for _, r := range f.Require {
		p := locked{key: r.Mod.Path, name: r.Mod.Path, version: r.Mod.Version}
		if r.Syntax != nil {
			p.line = r.Syntax.Start.Line
		}
		if !r.Indirect {
			l.ask(p.key)
		}
		if addErr := l.add(p); addErr != nil {
			return addErr
		}
	}
	if err != nil {
		return goModFault(err)
	}
	return nil
}

// goModFault tells where a go.mod is wrong.
func goModFault(err error) error {
	var list modfile.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return &lockError{line: max(list[0].Pos.Line, 1), what: list[0].Err.Error()}
	}
	return &lockError{line: 1, what: err.Error()}
}

// goAtLeast reports whether a go version is 1.minor or later.
func goAtLeast(v string, minor int) bool {
	major, rest := leadingNumber(v)
	if major != 1 || len(rest) == 0 || rest[0] != '.' {
		return major > 1
	}
	n, _ := leadingNumber(rest[1:])
	return n >= minor
}

func leadingNumber(s string) (n int, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' && n < 1<<20 {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:]
}
