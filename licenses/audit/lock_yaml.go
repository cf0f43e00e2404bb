// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
)

// indented reads what yarn and pnpm write: a part of YAML in which an entry is a line, "key: value" or (of yarn 1) "key value", and what belongs
// to it stands further right. Nothing else of YAML is understood: no anchors, so nothing can be multiplied, and no text of several lines. Each
// entry is given with the keys above it, its own last.
func indented(text []byte, each func(keys []string, value string, line int) error) error {
	var levels []int // where the entries above begin
	var keys []string
	n := 0
	for raw := range bytes.Lines(text) {
		n++
		l := strings.TrimRight(string(raw), " \r\n")
		body := strings.TrimLeft(l, " ")
		if body == "" || body[0] == '#' || body == "---" {
			continue
		}
		if body[0] == '\t' || body[0] == '&' || body[0] == '*' || strings.HasPrefix(body, "<<") {
			return &lockError{line: n, what: "not written as yarn and pnpm do"}
		}
		at := len(l) - len(body)
		for len(levels) > 0 && levels[len(levels)-1] >= at {
			levels, keys = levels[:len(levels)-1], keys[:len(keys)-1]
		}
		if len(levels) > 20 {
			return &lockError{line: n, what: "nested too deeply"}
		}
		key, value := entry(body)
		levels, keys = append(levels, at), append(keys, key)
		if err := each(keys, value, n); err != nil {
			return err
		}
	}
	return nil
}

// entry parts a line into key and value; of an item of a list the key is "-".
func entry(s string) (key, value string) {
	if item, ok := strings.CutPrefix(s, "- "); ok {
		return "-", unquoted(item)
	}
	if s[0] == '"' || s[0] == '\'' {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			key, s = s[1:end+1], s[end+2:]
			return key, unquoted(strings.TrimSpace(strings.TrimPrefix(s, ":")))
		}
	}
	if before, after, ok := strings.Cut(s, ": "); ok {
		return before, unquoted(strings.TrimSpace(after))
	}
	if before, ok := strings.CutSuffix(s, ":"); ok {
		return before, ""
	}
	before, after, _ := strings.Cut(s, " ")
	return before, unquoted(strings.TrimSpace(after))
}

func unquoted(s string) string {
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// flow reads {key: value, key: value} on one line.
func flow(s string) map[string]string {
	m := map[string]string{}
	s, ok := strings.CutPrefix(s, "{")
	if s, ok2 := strings.CutSuffix(s, "}"); ok && ok2 {
		for part := range strings.SplitSeq(s, ", ") {
			if key, value, ok := strings.Cut(part, ": "); ok {
				m[strings.TrimSpace(key)] = unquoted(strings.TrimSpace(value))
			}
		}
	}
	return m
}

// readYarnLock reads yarn.lock. Of version 1 (https://classic.yarnpkg.com/lang/en/docs/yarn-lock/) and of later ones, which are YAML, an entry
// is headed by all the ranges that it answers, "name@range, name@range", and asks for others by name and range. What the project asks for stands in
// package.json, which later versions repeat in an entry of their own.
func readYarnLock(l *lock, text []byte) error {
	y := &yarnLock{l: l, ranges: map[string]string{}}
	err := indented(text, y.entry)
	if addErr := y.finish(); err == nil {
		err = addErr
	}
	return err
}

type yarnLock struct {
	l       *lock
	ranges  map[string]string // "name@range" → key
	at      *locked           // the entry at hand
	entries []*locked
}

func (y *yarnLock) entry(keys []string, value string, line int) error {
	switch {
	case len(keys) == 1 && keys[0] == "__metadata":
		y.at = nil
	case len(keys) == 1:
		head := strings.TrimSuffix(strings.TrimSpace(keys[0]+" "+value), ":") // of version 1, parted at the first space
		y.at = &locked{key: head, line: line}
		y.entries = append(y.entries, y.at)
		for part := range strings.SplitSeq(head, ",") {
			part = strings.Trim(strings.TrimSpace(part), `"`)
			y.ranges[part] = head
			if at := strings.LastIndex(part[min(1, len(part)):], "@"); at >= 0 && y.at.name == "" {
				y.name(part[:at+1], part[at+2:])
			}
		}
	case y.at == nil:
	case len(keys) == 2:
		switch keys[1] {
		case "version":
			y.at.version = value
		case "resolved":
			y.at.origin, _, _ = strings.Cut(value, "#")
		case "integrity":
			y.at.sums = integrity(value)
		case "resolution":
			y.resolution(value)
		}
	case len(keys) == 3 && (keys[1] == "dependencies" || keys[1] == "optionalDependencies"):
		y.at.deps = append(y.at.deps, keys[2]+"@"+value)
	}
	return nil
}

// name takes the name of an entry from one of its ranges: name@range, name@npm:range, or alias@npm:name@range.
func (y *yarnLock) name(name, wanted string) {
	y.at.at = "node_modules/" + name
	if at := strings.Index(name[min(1, len(name)):], "@"); at >= 0 { // the last @ was one of the range's own
		name, wanted = name[:at+1], name[at+2:]+"@"+wanted
		y.at.at = "node_modules/" + name
	}
	if real, ok := strings.CutPrefix(wanted, "npm:"); ok {
		if at := strings.LastIndexByte(real, '@'); at > 0 {
			name = real[:at]
		}
	}
	y.at.name = name
}

// resolution reads what an entry of later versions stands for: name@npm:version, name@workspace:folder, name@patch:….
func (y *yarnLock) resolution(value string) {
	at := strings.Index(value[min(1, len(value)):], "@")
	if at < 0 {
		return
	}
	name, what := value[:at+1], value[at+2:]
	y.at.name = name
	switch kind, rest, _ := strings.Cut(what, ":"); kind {
	case "workspace", "link", "portal":
		y.at.local = true
		if rest == "." {
			y.l.module = name
		}
	case "npm", "patch":
	default:
		y.at.origin = what
	}
}

func (y *yarnLock) finish() error {
	lost := 0
	for _, e := range y.entries {
		var deps []string
		for _, d := range e.deps {
			key, ok := y.ranges[d]
			if !ok { // later versions say npm:range in the head, the range alone in old dependencies
				name, wanted, _ := strings.Cut(d[min(1, len(d)):], "@")
				key, ok = y.ranges[d[:min(1, len(d))]+name+"@npm:"+wanted]
			}
			if ok {
				deps = append(deps, key)
			} else if !strings.Contains(d, "@workspace:") && !e.local {
				lost = e.line
			}
		}
		slices.Sort(deps)
		e.deps = slices.Compact(deps)
		if e.version == "" && !e.local {
			lost = e.line
		}
		if err := y.l.add(*e); err != nil {
			return err
		}
	}
	y.l.askLocal()
	if lost > 0 {
		return &lockError{line: lost, truncated: true, what: "a package that is asked for is missing"}
	}
	return nil
}

// readPNPMLock reads pnpm-lock.yaml, https://github.com/pnpm/spec/tree/master/lockfile. "importers" are the project and its workspaces with
// what each asks for; "packages" are headed name@version (from version 6 on with a / before, in version 5 /name/version), with a suffix in parentheses
// where peers matter; from version 9 on "snapshots" holds what each asks for. A project without workspaces has no importers in old versions.
func readPNPMLock(l *lock, text []byte) error {
	p := &pnpmLock{l: l, at: map[string]*locked{}, wanted: map[string]bool{}}
	err := indented(text, p.entry)
	var runtime []string
	for key := range sorted(p.wanted) {
		if p.at[key] != nil {
			l.ask(key)
			if p.wanted[key] {
				runtime = append(runtime, key)
			}
		} else if err == nil {
			err = &lockError{line: bytes.Count(text, []byte("\n")) + 1, truncated: true, what: key + " is missing"}
		}
	}
	all := slices.SortedFunc(maps.Values(p.at), func(a, b *locked) int { return cmp.Compare(a.line, b.line) })
	for _, pkg := range all {
		pkg.deps = slices.DeleteFunc(pkg.deps, func(key string) bool { return p.at[key] == nil })
		if addErr := l.add(*pkg); addErr != nil {
			return addErr
		}
	}
	if l.direct != nil {
		l.markDevelopment(runtime)
	}
	return err
}

type pnpmLock struct {
	l      *lock
	at     map[string]*locked
	wanted map[string]bool // key → needed to run
}

func (p *pnpmLock) entry(keys []string, value string, line int) error {
	switch top := keys[0]; {
	case top == "importers" && len(keys) > 3:
		name, field := keys[len(keys)-2], keys[len(keys)-1]
		if field == "version" {
			p.want(keys[len(keys)-3], name, value)
		}
	case len(keys) == 2 && (top == "dependencies" || top == "optionalDependencies" || top == "devDependencies") && value != "":
		p.want(top, keys[1], value)
	case len(keys) == 3 && (top == "dependencies" || top == "optionalDependencies" || top == "devDependencies") && keys[2] == "version":
		p.want(top, keys[1], value)
	case top == "packages" && len(keys) == 2:
		p.pkg(keys[1], line)
	case top == "packages" && len(keys) == 3 && keys[2] == "resolution":
		f := flow(value)
		p.pkg(keys[1], line).sums = integrity(f["integrity"])
		p.pkg(keys[1], line).origin = firstOf(f["tarball"], f["repo"])
	case top == "packages" && len(keys) == 3 && keys[2] == "version":
		p.pkg(keys[1], line).version = value
	case top == "packages" && len(keys) == 3 && keys[2] == "optional", top == "snapshots" && len(keys) == 3 && keys[2] == "optional":
		p.pkg(keys[1], line).optional = value == "true"
	case (top == "packages" || top == "snapshots") && len(keys) == 4 && (keys[2] == "dependencies" || keys[2] == "optionalDependencies"):
		pkg := p.pkg(keys[1], line)
		if key := pnpmKey(keys[3], value); key != "" && !slices.Contains(pkg.deps, key) {
			pkg.deps = append(pkg.deps, key)
		}
	}
	return nil
}

// want records what the project asks for.
func (p *pnpmLock) want(section, name, value string) {
	if key := pnpmKey(name, value); key != "" {
		p.wanted[key] = p.wanted[key] || section != "devDependencies"
	}
}

// pkg is the package that a head names.
func (p *pnpmLock) pkg(head string, line int) *locked {
	key := pnpmHead(head)
	pkg := p.at[key]
	if pkg == nil {
		pkg = &locked{key: key, line: line}
		at := strings.LastIndexByte(key, '@')
		pkg.name, pkg.version = key[:max(at, 0)], key[at+1:]
		pkg.at = "node_modules/.pnpm/" + strings.ReplaceAll(key, "/", "+") + "/node_modules/" + pkg.name
		p.at[key] = pkg
	}
	return pkg
}

// pnpmHead is name@version, whichever way it is written.
func pnpmHead(s string) string {
	s, _, _ = strings.Cut(strings.TrimPrefix(s, "/"), "(")
	if strings.LastIndexByte(s, '@') > 0 {
		return s
	}
	at := strings.LastIndexByte(s, '/')
	if at < 0 {
		return s
	}
	version, _, _ := strings.Cut(s[at+1:], "_")
	return s[:at] + "@" + version
}

// pnpmKey is the package that a name and version lead to; an alias says the whole. Links lead to a part of the project.
func pnpmKey(name, value string) string {
	switch {
	case value == "" || strings.HasPrefix(value, "link:") || strings.HasPrefix(value, "file:"):
		return ""
	case strings.HasPrefix(value, "/"):
		return pnpmHead(value)
	}
	version, _, _ := strings.Cut(value, "(")
	version, _, _ = strings.Cut(version, "_")
	if strings.LastIndexByte(version, '@') > 0 {
		return version
	}
	return name + "@" + version
}
