// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"path"
	"regexp"
	"strings"
)

// fileKind is what a file's name says about the licence statements in it.
type fileKind int

const (
	fileOther    fileKind = iota
	fileLicense           // holds the licence of what lies around it
	fileReadme            // states it in a section of its own
	fileBeside            // x.license holds the licence of x
	fileManifest          // declares it in a field
	fileReuse             // REUSE.toml, .reuse/dep5
)

var (
	licenseName = regexp.MustCompile(`(?i)^(?:[a-z0-9.]+[-_])?(?:un)?licen[cs]es?(?:[-_. ].*)?$|^copying(?:[-_. ].*)?$|^(?:mit|apache|gpl|bsd|mpl|lgpl|cecill|eupl)[-_]?(?:[0-9.v]*)?[-_]?licen[cs]e?(?:[-_. ].*)?$|^copyright(?:\.(?:txt|md))?$|^(?:gpl|lgpl|agpl|mpl|apache|bsd|mit|epl|eupl|cecill)[-_]?[0-9.v]*\.txt$`)
	codeEnding  = regexp.MustCompile(`(?i)\.(go|py|js|ts|c|h|cpp|java|rb|rs|php|cs|json|ya?ml|xml|sh|tmpl|css|svg|png|toml|lock|sql|kt|swift|jsx|tsx)$`)
)

// kindOf looks at a path only.
func kindOf(p string) fileKind {
	base := path.Base(p)
	lower := strings.ToLower(base)
	switch {
	case lower == "reuse.toml" || strings.HasSuffix(strings.ToLower(p), ".reuse/dep5"):
		return fileReuse
	case strings.HasSuffix(lower, ".license"):
		return fileBeside
	case isManifest(base):
		return fileManifest
	case codeEnding.MatchString(base):
		return fileOther
	case licenseName.MatchString(base):
		return fileLicense
	case path.Base(path.Dir(p)) == "LICENSES" && strings.HasSuffix(lower, ".txt"):
		return fileLicense
	case strings.HasPrefix(lower, "readme"):
		return fileReadme
	}
	return fileOther
}

// Interesting reports whether a Tree wants the content of the file although it may not be code worth indexing.
func Interesting(path string) bool { return kindOf(path) != fileOther }
