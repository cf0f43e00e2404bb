// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"path"
	"regexp"
	"strings"

	"golang.org/x/mod/modfile"
)

// readGoMod reads the module path. A go.mod has no version: that is given by a tag, or by the mirror of a module.
func readGoMod(m *Manifest, _ string, text []byte) error {
	m.Name = modfile.ModulePath(text)
	if m.Name == "" && strings.TrimSpace(withoutSlashComments(string(text))) != "" {
		return &DamagedError{1}
	}
	return nil
}

func withoutSlashComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "//")
		b.WriteString(strings.TrimRight(code, "\n") + "\n")
	}
	return b.String()
}

// fields reads "Key: value" lines, a value going on in the lines that begin with a space, up to the first empty line. Keys are given
// in small letters; the first of several equal ones counts, but of list, whose values are all given, a line each.
func fields(text string, list string) map[string]string {
	all := map[string]string{}
	key := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.TrimSpace(line) == "":
			if len(all) > 0 {
				return all
			}
			continue
		case line[0] == '#':
			continue
		case line[0] == ' ' || line[0] == '\t':
			if key != "" && len(all[key]) < maxDeclarationText {
				all[key] += "\n" + strings.TrimSpace(line)
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		key = ""
		if !ok || strings.ContainsAny(name, " \t") {
			continue
		}
		name, value = strings.ToLower(name), strings.TrimSpace(value)
		if old, seen := all[name]; !seen {
			key, all[name] = name, value
		} else if name == list && len(old) < maxDeclarationText {
			key, all[name] = name, old+"\n"+value
		}
	}
	return all
}

// readPkgInfo reads the metadata of a Python source distribution.
func readPkgInfo(m *Manifest, _ string, text []byte) error {
	f := fields(string(text), "classifier")
	if f["metadata-version"] == "" {
		return nil
	}
	m.Name, m.Version, m.Description = f["name"], known(f["version"]), known(f["summary"])
	m.Keywords = words(f["keywords"])
	m.declare(text, headerKey, DeclaredName, firstOf(f["license-expression"], known(f["license"])))
	if len(m.Declared) == 0 {
		m.declare(text, classKey, DeclaredName, classified(strings.Split(f["classifier"], "\n"))...)
	}
	return nil
}

// known drops what setuptools writes where it was told nothing.
func known(s string) string {
	if s == "UNKNOWN" {
		return ""
	}
	return s
}

// readSetupCfg reads the [metadata] section of setup.cfg.
func readSetupCfg(m *Manifest, _ string, text []byte) error {
	f := map[string]string{}
	section, key := "", ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
			continue
		case line[0] == '[':
			section, key = strings.Trim(trimmed, "[]"), ""
			continue
		case section != "metadata":
			continue
		case line[0] == ' ' || line[0] == '\t':
			if key != "" && len(f[key]) < maxDeclarationText {
				f[key] += "\n" + trimmed
			}
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if colon, after, is := strings.Cut(line, ":"); is && (!ok || len(colon) < len(name)) {
			name, value, ok = colon, after, true
		}
		if key = ""; ok {
			key = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_")
			f[key] = strings.TrimSpace(value)
		}
	}
	m.Name, m.Version, m.Description = f["name"], f["version"], firstOf(f["description"], f["summary"])
	if strings.HasPrefix(m.Version, "attr:") || strings.HasPrefix(m.Version, "file:") {
		m.Version = ""
	}
	m.Keywords = words(f["keywords"])
	m.declare(text, assignKey, DeclaredName, f["license"])
	if !m.namesLicense() {
		m.declare(text, classKey, DeclaredName, classified(strings.Split(firstOf(f["classifiers"], f["classifier"]), "\n"))...)
	}
	if file := firstOf(f["license_file"], f["license_files"]); len(m.Declared) == 0 && !strings.ContainsAny(file, "*\n") {
		m.declare(text, assignKey, DeclaredFile, file)
	}
	return nil
}

var (
	rFile    = regexp.MustCompile(`\s*\+?\s*\bfile\s+(\S+)`)
	rVersion = regexp.MustCompile(`^(.+?) *\( *(>=?|==) *([0-9.]+)[^)]*\)$`)
)

// rLicense writes what R calls a licence as others do: GPL (>= 2), BSD_3_clause, GPL-2, which is version 2 alone.
func rLicense(name string) string {
	if v := rVersion.FindStringSubmatch(name); v != nil {
		if strings.Contains(v[1], " ") {
			return v[1] + " version " + v[3]
		}
		if v[2] == "==" {
			return v[1] + "-" + v[3]
		}
		return v[1] + "-" + v[3] + "+"
	}
	switch name {
	case "BSD_3_clause":
		return "BSD-3-Clause"
	case "BSD_2_clause":
		return "BSD-2-Clause"
	case "Unlimited":
		return "LicenseRef-Unlimited"
	}
	return name
}

// readDescription reads the DESCRIPTION of an R package.
func readDescription(m *Manifest, _ string, text []byte) error {
	f := fields(string(text), "")
	if f["package"] == "" {
		return nil
	}
	m.Name, m.Version, m.Description = f["package"], f["version"], firstOf(f["title"], f["description"])
	for l := range strings.SplitSeq(f["license"], "|") {
		name := strings.TrimSpace(rFile.ReplaceAllString(l, ""))
		if file := rFile.FindStringSubmatch(l); name == "" && file != nil {
			m.declare(text, headerKey, DeclaredFile, file[1])
			continue
		}
		l = strings.TrimSpace(l)
		m.note(DeclaredName, rLicense(name), func() int { return lineOfValue(text, headerKey, l) })
	}
	return nil
}

// readControl reads debian/control: the source package, described as its first binary package is.
func readControl(m *Manifest, _ string, text []byte) error {
	source, rest, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n\n")
	if m.Name = fields(source, "")["source"]; m.Name == "" {
		return nil
	}
	m.Description, _, _ = strings.Cut(fields(rest, "")["description"], "\n")
	return nil
}

// readCabal reads the fields of a Haskell package that stand before its sections; a value may stand in the line after its key.
func readCabal(m *Manifest, name string, text []byte) error {
	var flat strings.Builder
	for line := range strings.Lines(string(text)) {
		if t := strings.TrimSpace(line); t != "" && !strings.HasPrefix(t, "--") {
			flat.WriteString(strings.TrimRight(line, "\r\n") + "\n")
		}
	}
	f := fields(flat.String(), "")
	m.Name, m.Version = firstOf(f["name"], strings.TrimSuffix(path.Base(name), path.Ext(name))), f["version"]
	m.Description = firstOf(f["synopsis"], f["description"])
	m.Keywords = strings.Split(f["category"], ",")
	switch l := strings.TrimSpace(f["license"]); l {
	case "", "OtherLicense":
		m.declare(text, headerKey, DeclaredFile, firstOf(f["license-file"], f["license-files"]))
	case "AllRightsReserved":
		m.declare(text, headerKey, DeclaredNone, l)
	default:
		m.note(DeclaredName, cabalLicense(l), func() int { return lineOfValue(text, headerKey, l) })
	}
	return nil
}

// cabalLicense writes what Cabal had before it took SPDX expressions as these.
func cabalLicense(l string) string {
	switch l {
	case "BSD2":
		return "BSD-2-Clause"
	case "BSD3":
		return "BSD-3-Clause"
	case "GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3", "AGPL-3":
		return l + "+"
	case "PublicDomain":
		return "LicenseRef-public-domain"
	}
	return l
}

// readPubspec reads the keys of pubspec.yaml, which stand at the line's start, and its list of topics.
func readPubspec(m *Manifest, _ string, text []byte) error {
	f := map[string]string{}
	key, folded := "", false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed[0] == '#' || trimmed == "---" {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' || line[0] == '-' {
			if item, ok := strings.CutPrefix(trimmed, "- "); ok && !folded {
				trimmed = scalar(item)
			}
			if (key == "topics" || folded) && len(f[key]) < maxDeclarationText {
				f[key] += "\n" + trimmed
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if key, folded = "", false; !ok {
			continue
		}
		key = strings.TrimSpace(name)
		value = strings.TrimSpace(value)
		if folded = value != "" && (value[0] == '>' || value[0] == '|'); folded {
			value = ""
		}
		f[key] = scalar(value)
	}
	m.Name, m.Version, m.Description = f["name"], f["version"], f["description"]
	m.Keywords = words(strings.Trim(f["topics"], "[]"))
	m.Private = f["publish_to"] == "none"
	return nil
}

// scalar reads a YAML value that stands on one line.
func scalar(s string) string {
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : end+1]
		}
	}
	s, _, _ = strings.Cut(s, " #")
	return strings.TrimSpace(s)
}

// readGradleProperties reads the group and version of a Gradle build.
func readGradleProperties(m *Manifest, _ string, text []byte) error {
	f := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			f[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	m.maven = &mavenProject{
		group: firstOf(f["group"], f["GROUP"], f["mavenGroup"]), artifact: firstOf(f["POM_ARTIFACT_ID"], f["artifactId"]),
		version: firstOf(f["version"], f["VERSION_NAME"], f["VERSION"]), description: f["POM_DESCRIPTION"],
	}
	return nil
}
