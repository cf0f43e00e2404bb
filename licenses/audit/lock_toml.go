// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Locks of the shape
//
//	[[package]]
//	name = "…"
//	version = "…"
//
// are read package by package, so that what stands before a fault is kept, and the line of each is known.

var (
	header      = regexp.MustCompile(`^\[\[?[ \t]*[\w"'.@/ -]+\]\]?[ \t]*(?:#.*)?\r?\n?$`) // a table's own line
	tomlPackage = regexp.MustCompile(`^\[\[[ \t]*packages?[ \t]*\]\]`)
	tomlBelow   = regexp.MustCompile(`^\[\[?[ \t]*packages?[ \t]*\.`)
)

// tomlPackages calls each with the text of every package and its first line.
func tomlPackages(text []byte, each func(block []byte, line int) error) error {
	var block []byte
	start, line, within := 0, 0, false
	flush := func() error {
		if len(block) == 0 {
			return nil
		}
		defer func() { block = nil }()
		return each(block, start)
	}
	for l := range bytes.Lines(text) {
		line++
		switch {
		case tomlPackage.Match(l):
			if err := flush(); err != nil {
				return err
			}
			within, start = true, line
		case header.Match(l) && !tomlBelow.Match(l):
			within = false
		}
		if within {
			block = append(block, l...)
		}
	}
	return flush()
}

// unmarshalBlock reads a part of a file that starts at a line. What is missing at the end of the file is told as cut.
func unmarshalBlock(text []byte, line int, whole []byte, v any) error {
	err := toml.Unmarshal(text, v)
	if err == nil {
		return nil
	}
	var at *toml.DecodeError
	fault := &lockError{line: line, what: err.Error()}
	if errors.As(err, &at) {
		row, _ := at.Position()
		fault.line = line + row - 1
		fault.what = strings.TrimPrefix(at.Error(), "toml: ")
	}
	end := bytes.HasSuffix(bytes.TrimRight(whole, " \t\r\n"), bytes.TrimRight(text, " \t\r\n"))
	lines := line + bytes.Count(bytes.TrimRight(text, "\r\n"), []byte("\n"))
	fault.truncated = end && fault.line >= lines-1 && !bytes.HasSuffix(whole, []byte("\n"))
	return fault
}

// readCargoLock reads Cargo.lock, https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html. A package without source is a
// part of the project. A dependency is given by name, with the version where there are several, and the source where that is not enough.
// It does not tell development dependencies apart, see cargoDevelopment.
func readCargoLock(l *lock, text []byte) error {
	type cargoPackage struct {
		Name, Version, Source, Checksum string
		Dependencies                    []string
	}
	byName := map[string][]string{}
	var asked [][]string
	err := tomlPackages(text, func(block []byte, line int) error {
		var v struct{ Package []cargoPackage }
		if err := unmarshalBlock(block, line, text, &v); err != nil {
			return err
		}
		for _, p := range v.Package {
			pkg := locked{key: p.Name + " " + p.Version, name: p.Name, version: p.Version, line: line, sums: hexSum(p.Checksum, "sha256"), local: p.Source == ""}
			if !strings.HasPrefix(p.Source, "registry+https://github.com/rust-lang/crates.io-index") {
				pkg.origin = p.Source
			}
			if err := l.add(pkg); err != nil {
				return err
			}
			byName[p.Name] = append(byName[p.Name], pkg.key)
			asked = append(asked, p.Dependencies)
		}
		return nil
	})
	for i, deps := range asked {
		for _, d := range deps {
			f := strings.Fields(d)
			switch {
			case len(f) > 1:
				l.packages[i].deps = append(l.packages[i].deps, f[0]+" "+f[1])
			case len(f) == 1:
				l.packages[i].deps = append(l.packages[i].deps, append(byName[f[0]], f[0])[0])
			}
		}
	}
	l.askLocal()
	if err == nil {
		err = l.complete()
	}
	return err
}

// complete tells of a lock that names packages which it does not hold: it was cut between two of them.
func (l *lock) complete() error {
	held := map[string]bool{}
	for _, p := range l.packages {
		held[p.key] = true
	}
	for _, p := range l.packages {
		for _, d := range p.deps {
			if !held[d] {
				return &lockError{line: p.line, truncated: true, what: d + " is missing"}
			}
		}
	}
	return nil
}

// askLocal takes for direct what the parts of the project ask for.
func (l *lock) askLocal() {
	for _, p := range l.packages {
		if p.local {
			for _, d := range p.deps {
				l.ask(d)
			}
		}
	}
}
