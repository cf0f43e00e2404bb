// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// IsReadme tells a file whose first sentences may describe a component.
func IsReadme(name string) bool {
	base := strings.ToLower(path.Base(name))
	stem, ext, _ := strings.Cut(base, ".")
	switch ext {
	case "", "md", "markdown", "rst", "txt", "adoc", "asciidoc", "org":
		return stem == "readme"
	}
	return false
}

// How much of a README is looked at, and how much a sentence must say.
const (
	maxReadme    = 16 << 10
	fewestOfText = 15 // characters
)

var (
	readmeImage  = regexp.MustCompile(`!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])`)
	readmeLink   = regexp.MustCompile(`\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])`)
	readmeHTML   = regexp.MustCompile(`<[^>]*>`)
	readmeRule   = regexp.MustCompile(`^[-=~*_^#"'+.\x60]{3,}$`)
	readmeRole   = regexp.MustCompile(":[a-z]+:`([^`]*)`|`([^`<]*?) *<[^`>]*>`_*|https?://[^ ]*\\[([^\\]]*)\\]")
	readmeStarts = []string{"#", "..", "|", "* ", "- ", "+ ", ">", ":", "[!", "[[", "=", "//", "1. ", "    ", "\t"}
)

// Summary gives the first paragraph of prose in a README: no heading, no badge, no list, no code. It is empty when there is none.
func Summary(text []byte) string {
	text = text[:min(len(text), maxReadme)]
	if !utf8.Valid(text) && len(text) < maxReadme {
		return ""
	}
	var paragraph []string
	fenced := false
	lines := strings.Split(strings.ToValidUTF8(string(text), ""), "\n")
	for i := 0; i <= len(lines); i++ {
		line := ""
		if i < len(lines) {
			line = strings.TrimRight(lines[i], "\r ")
		}
		if strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~") || strings.HasPrefix(line, "----") && fenced {
			fenced = !fenced
			line = ""
		}
		underlined := i+1 < len(lines) && readmeRule.MatchString(strings.TrimSpace(lines[i+1]))
		prose := !fenced && !underlined && !readmeRule.MatchString(line) && !startsWithAny(line, readmeStarts)
		plain := ""
		if prose {
			plain = PlainText(line)
		}
		if plain != "" {
			paragraph = append(paragraph, plain)
			continue
		}
		if len(paragraph) == 0 || line != "" && prose { // a line of badges or of markup within a paragraph
			continue
		}
		if s := oneLine(strings.Join(paragraph, " "), maxDescription); utf8.RuneCountInString(s) >= fewestOfText && strings.Contains(s, " ") && !strings.HasSuffix(s, ":") {
			return s
		}
		paragraph = nil
	}
	return ""
}

// PlainText drops marks and links from a line.
func PlainText(line string) string {
	if strings.IndexByte(line, '[') >= 0 {
		line = readmeImage.ReplaceAllString(line, "")
		line = readmeLink.ReplaceAllStringFunc(line, func(s string) string { return readmeLink.FindStringSubmatch(s)[1] })
	}
	if strings.IndexByte(line, '`') >= 0 || strings.Contains(line, "://") {
		line = readmeRole.ReplaceAllString(line, "$1$2$3")
	}
	if strings.IndexByte(line, '<') >= 0 {
		line = readmeHTML.ReplaceAllString(line, "")
	}
	line = strings.NewReplacer("**", "", "__", "", "`", "", "&nbsp;", " ").Replace(line)
	return strings.Trim(strings.TrimSpace(line), "*[]()|·• ")
}

func startsWithAny(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
