// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
)

// A README states the licence in a section of its own, which is read as any notice. Where that says nothing, these are looked for, in this
// order: a name alone at the start of the section; "License: MIT" on a line; a badge; a sentence about this project.

// readmeScore is the confidence in what a README says in few words.
const readmeScore = 0.8

// readmeLines is how much of a README is looked at in this way.
const readmeLines = 3000

var (
	readmeField    = regexp.MustCompile(`(?i)^[\s#>|*_:-]*licen[cs]e[\s*_]*[:|][\s*_|]*(\S.*)$`)
	readmeBadge    = regexp.MustCompile(`(?i)/badge/licen[cs]e-((?:[^-\s)]|--)+)-`)
	readmeHeading  = regexp.MustCompile(`^(?:\*+ +(?i:licen[cs](?:e|es|ing))|LICEN[CS]ES?|LICENSING|Licen[cs]e):?\s*$`)
	readmeSentence = regexp.MustCompile(`(?i)\b(?:this|the|ce|cette|le|la)\s+(?:project|software|library|package|module|program|tool|repo|repository|code|work|plugin|app|application|framework|projet|logiciel|programme|bibliothèque|dépôt|code source)\b`)
	markdownLink   = regexp.MustCompile(`!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?`)
	readmeGrant    = regexp.MustCompile(`(?i)^[\s>*_-]*(?:(?:dual|multi|triple)[- ])?(?:licensed|released|distributed|published|available|distribu[ée]e?|publi[ée]e?|diffus[ée]e?)\s+(?:\pL+\s+){0,3}(?:under|sous|selon)\b`)
	readmeTail     = regexp.MustCompile(`(?i)\s*(?:©|\(c\)|&copy;|copyright\b|—|–|\bby\b|,? see\b|\. ).*$`)
)

// terseReadme reads what a README says in few words.
func (d *Detector) terseReadme(name string, text []byte, sections []segment) []Finding {
	lines := strings.SplitN(string(text), "\n", readmeLines)
	found := func(row int, value string) []Finding {
		e, score := d.declaredValue(plainMarkdown(value))
		if e.IsZero() || strings.Contains(e.text, "LicenseRef-") {
			return nil
		}
		return []Finding{{Expression: e, Path: name, Start: row, End: row, How: "notice", Score: min(score, readmeScore)}}
	}
	starts := make([]int, 0, len(sections))
	for _, s := range sections {
		starts = append(starts, s.line+1)
	}
	for i, line := range lines {
		if saysLicense(line) && readmeHeading.MatchString(strings.TrimRight(line, "\r ")) {
			starts = append(starts, i+2)
		}
	}
	for _, row := range starts {
		for row <= len(lines) && strings.Trim(lines[row-1], "-=~ \t\r") == "" {
			row++
		}
		if row <= len(lines) {
			if f := found(row, lines[row-1]); f != nil {
				return f
			}
		}
	}
	for _, expression := range []*regexp.Regexp{readmeField, readmeBadge} {
		for i, line := range lines {
			if !saysLicense(line) {
				continue
			}
			if m := expression.FindStringSubmatch(strings.TrimRight(line, "\r")); m != nil {
				value := m[1]
				if expression == readmeBadge {
					value = badgeText(value)
				}
				if f := found(i+1, value); f != nil {
					return f
				}
			}
		}
	}
	return d.readmeSentences(name, text, lines)
}

// badgeText reads the text of a badge's address: -- is a dash, _ a space.
func badgeText(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	return strings.NewReplacer("--", "-", "__", "_", "_", " ").Replace(s)
}

// plainMarkdown leaves the words of a line: links and emphasis lose their marks, and what follows the name of a licence is cut off.
func plainMarkdown(s string) string {
	s = markdownLink.ReplaceAllString(s, "$1")
	s = strings.NewReplacer("**", "", "__", "", "`", "").Replace(s)
	s = strings.Trim(s, "*_>#-|. \t\r")
	return strings.TrimSpace(readmeTail.ReplaceAllString(s, ""))
}

// readmeSentences keeps the notices of a README whose line speaks of this project: by that word or by the README's title.
func (d *Detector) readmeSentences(name string, text []byte, lines []string) []Finding {
	title := ""
	for _, line := range lines[:min(len(lines), 20)] {
		if title = plainMarkdown(line); title != "" {
			break
		}
	}
	title = strings.ToLower(title)
	s := scanner{d: d, path: name, prose: true}
	s.read(text, []segment{{0, len(text), 1}})
	var kept []Finding
	for _, f := range s.findings() {
		if f.Start > len(lines) {
			continue
		}
		about := strings.Join(lines[max(0, f.Start-2):f.Start], " ")
		own := readmeSentence.MatchString(about) || readmeGrant.MatchString(about) || title != "" && len(title) < 60 && startsSentence(strings.ToLower(about), title)
		if f.How == "text" || own {
			f.Score = min(f.Score, readmeScore)
			kept = append(kept, f)
		}
	}
	return kept
}

// startsSentence reports whether a text has "title is": a sentence about the title.
func startsSentence(text, title string) bool {
	for _, verb := range []string{" is ", " and ", " est ", " by "} {
		if bytes.Contains([]byte(text), []byte(title+verb)) {
			return true
		}
	}
	return false
}
