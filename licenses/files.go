// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"path"
	"regexp"
	"strings"

	"communs/internal/manifests"
)

// fileKind is what a file's name says about the licence statements in it.
type fileKind int

const (
	fileOther     fileKind = iota
	fileLicense            // holds the licence of what lies around it
	fileReadme             // states it in a section of its own
	fileBeside             // x.license holds the licence of x
	fileManifest           // declares it in a field
	fileReuse              // REUSE.toml, .reuse/dep5
	fileCopyright          // debian/copyright, for each file in its stanzas, or in prose
)

var (
	licenseName = regexp.MustCompile(`(?i)^(?:[a-z0-9.]+[-_])?(?:un)?licen[cs]es?(?:[-_. ].*)?$|^copying[23]?(?:[-_. ].*)?$|^copyleft(?:[-_. ].*)?$|^legal(?:\.(?:txt|md))?$|^(?:mit|apache|gpl|bsd|mpl|lgpl|cecill|eupl)[-_]?(?:[0-9.v]*)?[-_]?licen[cs]e?(?:[-_. ].*)?$|^copyright(?:\.(?:txt|md|rst|html))?$|^(?:gpl|lgpl|agpl|mpl|apache|bsd|mit|epl|eupl|cecill)[-_]?[0-9.v]*(?:[-_ ](?:en|fr))?\.txt$`)
	codeEnding  = regexp.MustCompile(`(?i)\.(go|py|js|ts|c|h|cpp|java|rb|rs|php|cs|json|ya?ml|xml|sh|tmpl|css|svg|png|toml|lock|sql|kt|swift|jsx|tsx)$`)
)

// kindOf looks at a path only.
func kindOf(p string) fileKind {
	base := path.Base(p)
	lower := strings.ToLower(base)
	switch {
	case manifests.AnnotationsIn(p) == manifests.DebianCopyright:
		return fileCopyright
	case manifests.AnnotationsIn(p) != manifests.NoAnnotations:
		return fileReuse
	case strings.HasSuffix(lower, ".license"):
		return fileBeside
	case manifests.Declares(p):
		return fileManifest
	case codeEnding.MatchString(base) || syntaxOf(base) != nil:
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

var (
	heading = regexp.MustCompile(`(?im)^[ \t]*(?:#{1,6}[ \t]*|=+[ \t]*|<h[1-6][^>]*>)?[ \t]*[^\n]{0,20}?(?:licen[cs]e|licensing|copyright)s?\b[^\n.]{0,40}$`)
	// otherLicenses are headings over what a tool knows or allows, or over other people's code.
	otherLicenses = regexp.MustCompile(`(?i)\b(?:supported|unsupported|recogni[sz]ed|allowed|accepted|acceptable|approved|compatible|incompatible|compatibility|detected|detection|detector|` +
		`scanning|scanner|checker|choos(?:e|ing)|third[- ]party|3rd[- ]party|bundled|vendored|dependenc(?:y|ies)(?:'s?)? licen[cs]\w+|licen[cs]\w+ (?:of|for) (?:\w+ )?dependencies|` +
		`reconnue?s|support[ée]e?s|prises en charge|accept[ée]e?s|autoris[ée]e?s|admises|compatibles|compatibilit[ée]|d[ée]tect[ée]e?s|d[ée]tection|tierces|tiers|choisir|licences? des d[ée]pendances)(?:[^\pL]|$)`)
	anyHeading = regexp.MustCompile(`(?m)^(?:#{1,6}[ \t]+\S|=+[ \t]+\S|<h[1-6]|[^\n]+\n(?:={3,}|-{3,})[ \t]*$)`)
)

// readmeSegments finds the licence sections of a README: from a heading that speaks of the licence to the next heading. The rest of
// a README speaks of other things, and of other people's licences too.
func readmeSegments(text []byte) []segment {
	var found []segment
	for _, at := range heading.FindAllIndex(text, 50) {
		line := text[at[0]:at[1]]
		next := text[at[1]:]
		underlined := regexpUnderline.Match(next)
		if trimmed := strings.TrimSpace(string(line)); !underlined && !strings.HasPrefix(trimmed, "#") && !strings.HasPrefix(trimmed, "=") && !strings.HasPrefix(trimmed, "<h") {
			continue
		}
		if otherLicenses.Match(line) {
			continue
		}
		skip := 0
		if underlined {
			skip = len(regexpUnderline.Find(next))
		}
		end := len(text)
		if n := anyHeading.FindIndex(next[skip:]); n != nil {
			end = at[1] + skip + n[0]
		}
		if len(found) > 0 && at[0] < found[len(found)-1].to {
			continue
		}
		found = append(found, segment{at[1], end, 1 + strings.Count(string(text[:at[1]]), "\n")})
	}
	return found
}

var regexpUnderline = regexp.MustCompile(`^\r?\n(?:={3,}|-{3,}|~{3,})[ \t]*`)
