// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// readPipfileLock reads Pipfile.lock: "default" and "develop" hold packages by name with version ("==1.0") and hashes of all their archives.
func readPipfileLock(l *lock, text []byte) error {
	return jsonObject(text, []string{"default", "develop"}, func(parent, name string, line int, raw json.RawMessage) error {
		if parent == "" {
			return nil
		}
		var p struct {
			Version, Git, Path string
			Editable           bool
		}
		if err := json.Unmarshal(raw, &p); err != nil {
			return &lockError{line: line, what: err.Error()}
		}
		return l.add(locked{
			key: pythonName(name), name: name, version: strings.TrimPrefix(p.Version, "=="), line: line, origin: p.Git, dev: parent == "develop",
			local: p.Path != "",
		})
	})
}

// requirement is a line of requirements.txt: name, extras, and a version when it is pinned.
var (
	requirement = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)$`)
	pinned      = regexp.MustCompile(`^={2,3}\s*([^\s;,*]+)\s*(?:;.*)?$`)
	hashOption  = regexp.MustCompile(`\s--hash[= ]sha256:[0-9a-f]{64}`)
)

// readRequirements reads requirements.txt, https://pip.pypa.io/en/stable/reference/requirements-file-format/. A line that ends in \ goes on in the
// next. What is pinned with == has a version; what is not is whatever will be installed. Other files that it includes are read by
// themselves when they have such a name.
func readRequirements(l *lock, text []byte) error {
	n, start := 0, 0
	var whole strings.Builder
	for raw := range bytes.Lines(text) {
		n++
		if whole.Len() == 0 {
			start = n
		}
		s := strings.TrimRight(strings.ToValidUTF8(string(raw), "\uFFFD"), " \t\r\n")
		if more, ok := strings.CutSuffix(s, `\`); ok {
			whole.WriteString(more + " ")
			continue
		}
		whole.WriteString(s)
		if err := l.require(whole.String(), start); err != nil {
			return err
		}
		whole.Reset()
	}
	if whole.Len() > 0 {
		return &lockError{line: n, truncated: true, what: "a line that goes on"}
	}
	return nil
}

// require reads one requirement.
func (l *lock) require(s string, line int) error {
	s = strings.TrimSpace(s)
	if s == "" || s[0] == '#' || s[0] == '-' {
		return nil
	}
	if before, _, ok := strings.Cut(s, " #"); ok {
		s = before
	}
	s = strings.TrimSpace(hashOption.ReplaceAllString(s, ""))
	m := requirement.FindStringSubmatch(s)
	if m == nil {
		return nil // a path or an address
	}
	p := locked{key: pythonName(m[1]), name: m[1], line: line}
	if at, ok := strings.CutPrefix(m[2], "@"); ok {
		p.origin = strings.TrimSpace(at)
	}
	if v := pinned.FindStringSubmatch(m[2]); v != nil {
		p.version = v[1]
	} else {
		l.loose = true
	}
	return l.add(p)
}
