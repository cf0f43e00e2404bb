// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
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
	// heading is matched with one line, and behindTag with what stands on it behind the tag of a heading that was opened further up.
	heading   = regexp.MustCompile(`(?i)^[ \t]*(?:#{1,6}[ \t]*|=+[ \t]*|<h[1-6][^>]*>)?` + headingWords)
	behindTag = regexp.MustCompile(`(?i)^` + headingWords)
	// otherLicenses are headings over what a tool knows or allows, or over other people's code.
	otherLicenses = regexp.MustCompile(`(?i)\b(?:supported|unsupported|recogni[sz]ed|allowed|accepted|acceptable|approved|compatible|incompatible|compatibility|detected|detection|detector|` +
		`scanning|scanner|checker|choos(?:e|ing)|third[- ]party|3rd[- ]party|bundled|vendored|dependenc(?:y|ies)(?:'s?)? licen[cs]\w+|licen[cs]\w+ (?:of|for) (?:\w+ )?dependencies|` +
		`reconnue?s|support[ée]e?s|prises en charge|accept[ée]e?s|autoris[ée]e?s|admises|compatibles|compatibilit[ée]|d[ée]tect[ée]e?s|d[ée]tection|tierces|tiers|choisir|licences? des d[ée]pendances)(?:[^\pL]|$)`)
	anyHeading = regexp.MustCompile(`(?m)^(?:#{1,6}[ \t]+\S|=+[ \t]+\S|<h[1-6]|[^\n]+\n(?:={3,}|-{3,})[ \t]*$)`)
)

// headingWords is what a heading says that speaks of the licence.
const headingWords = `[ \t]*[^\n]{0,20}?(?:licen[cs]e|licensing|copyright)s?\b[^\n.]{0,40}$`

// mostHeadings is how many headings of a README are looked at that may speak of the licence.
const mostHeadings = 50

// readmeSegments finds the licence sections of a README: from a heading that speaks of the licence to the next heading. The rest of
// a README speaks of other things, and of other people's licences too.
func readmeSegments(text []byte) []segment {
	var found []segment
	for _, at := range headings(text) {
		line := text[at.from:at.to]
		next := text[at.to:]
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
			end = at.to + skip + n[0]
		}
		if len(found) > 0 && at.from < found[len(found)-1].to {
			continue
		}
		found = append(found, segment{at.to, end, 1 + bytes.Count(text[:at.to], []byte("\n"))})
	}
	return found
}

// headings finds what may be a heading that speaks of the licence, without the end of its line.
func headings(text []byte) []span {
	var found []span
	closed, behind := -1, -1 // where the tag that is open ends, and the heading behind it; negative when that is none
	for from := 0; from < len(text) && len(found) < mostHeadings; {
		end := from + lineEnd(text[from:])
		line, to := text[from:end], -1
		if opensHeading(line) {
			if closed < end {
				closed, behind = tagEnd(text, end)
			}
			to = behind
		}
		if to < 0 && saysLicense(line) && heading.Match(line) {
			to = end
		}
		if to < 0 {
			from = end + 1
			continue
		}
		found = append(found, span{from, to})
		from = to + 1
	}
	return found
}

// opensHeading reports whether a line begins with the tag of a heading that does not end on it.
func opensHeading(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return len(line) > 2 && line[0] == '<' && line[1]|0x20 == 'h' && line[2] >= '1' && line[2] <= '6' && bytes.IndexByte(line, '>') < 0
}

// tagEnd is where a tag ends that is open at a place of the text, and where the heading does behind it that speaks of the licence, if one does.
func tagEnd(text []byte, at int) (closed, heading int) {
	n := bytes.IndexByte(text[at:], '>')
	if n < 0 {
		return len(text), -1
	}
	closed = at + n
	end := closed + lineEnd(text[closed:])
	if !behindTag.Match(text[closed+1 : end]) {
		return closed, -1
	}
	return closed, end
}

// saysLicense is a fast look for the words of a licence or a copyright.
func saysLicense[T string | []byte](line T) bool {
	for i := range len(line) {
		switch line[i] | 0x20 {
		case 'l':
			if hasFolded(line[i:], "licen") {
				return true
			}
		case 'c':
			if hasFolded(line[i:], "copyright") {
				return true
			}
		}
	}
	return false
}

var regexpUnderline = regexp.MustCompile(`^\r?\n(?:={3,}|-{3,}|~{3,})[ \t]*`)
