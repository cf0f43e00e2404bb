// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"regexp"
	"strings"
)

var (
	gemSpec = regexp.MustCompile(`^    ([A-Za-z0-9._-]+) \(([^()\s]+)\)$`)
	gemDep  = regexp.MustCompile(`^      ([A-Za-z0-9._-]+)(?: \(.*\))?$`)
	gemAsk  = regexp.MustCompile(`^  ([A-Za-z0-9._-]+)!?(?: \(.*\))?!?$`)
	gemPart = regexp.MustCompile(`^[A-Z][A-Z ]*$`)
)

// readGemfileLock reads Gemfile.lock, which Bundler writes: sections headed in capitals; in GEM, GIT and PATH the "specs", each with its version in
// parentheses and, further right, what it asks for; in DEPENDENCIES what the project asks for. PATH is a part of the project. A version may end in a
// platform. Groups do not stand there: all count.
func readGemfileLock(l *lock, text []byte) error {
	section, remote := "", ""
	var at *locked
	n := 0
	flush := func() error {
		if at == nil {
			return nil
		}
		p := *at
		at = nil
		return l.add(p)
	}
	for raw := range bytes.Lines(text) {
		n++
		s := strings.TrimRight(string(raw), " \r\n")
		switch {
		case s == "":
			continue
		case strings.HasPrefix(s, "<<<<<<<"), strings.HasPrefix(s, ">>>>>>>"):
			return &lockError{line: n, what: "an unresolved conflict"}
		case gemPart.MatchString(s):
			section, remote = s, ""
		case strings.HasPrefix(s, "  remote: "):
			remote = strings.TrimPrefix(s, "  remote: ")
		case section == "DEPENDENCIES":
			if m := gemAsk.FindStringSubmatch(s); m != nil {
				l.ask(m[1])
			}
		case section == "GEM" || section == "GIT" || section == "PATH":
			if m := gemSpec.FindStringSubmatch(s); m != nil {
				if err := flush(); err != nil {
					return err
				}
				at = &locked{key: m[1], name: m[1], version: m[2], line: n, local: section == "PATH"}
				if section == "GIT" {
					at.origin = remote
				}
			} else if m := gemDep.FindStringSubmatch(s); m != nil && at != nil {
				at.deps = append(at.deps, m[1])
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if section == "GEM" || l.direct == nil && len(l.packages) > 0 {
		return &lockError{line: n, truncated: true, what: "DEPENDENCIES is missing"}
	}
	return nil
}
