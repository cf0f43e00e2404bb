// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Tone colours the value of a badge. What it says stands in words as well.
type Tone string

// The tones. Each is dark enough for white letters (contrast of more than 4.5).
const (
	Good    Tone = "#1b6e2e"
	Bad     Tone = "#a3231f"
	Neutral Tone = "#5a5a5a"
)

// Badge is a small picture that a README or a page shows: what is told, and what is known of it.
type Badge struct {
	Label, Value string
	Tone         Tone
}

// maxBadge is how many characters of each half are drawn.
const maxBadge = 60

// Write draws the badge as SVG. Its words are text for readers of screens too; letters are those that the reader has, brought to the width
// that is reserved for them.
func (b Badge) Write(w io.Writer) error {
	label, value := badgeText(b.Label), badgeText(b.Value)
	left, right := badgeWidth(label), badgeWidth(value)
	title := escapeXML(label + " : " + value)
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-label="%s"><title>%s</title>`+
		`<rect width="%d" height="20" rx="3" fill="%s"/><path d="M3 0h%dv20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#333"/>`+
		`<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`+
		`<text x="%d" y="14" textLength="%d">%s</text><text x="%d" y="14" textLength="%d">%s</text></g></svg>`+"\n",
		left+right, title, title, left+right, b.Tone, left-3, left/2, left-10, escapeXML(label), left+right/2, right-10, escapeXML(value))
	if err != nil {
		return fmt.Errorf("draw the badge: %w", err)
	}
	return nil
}

// badgeText is a text on one line, cut when it is long.
func badgeText(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	if utf8.RuneCountInString(s) > maxBadge {
		s = string([]rune(s)[:maxBadge-1]) + "…"
	}
	return s
}

// badgeWidth is what a text of this size takes, with its margins.
func badgeWidth(s string) int { return 10 + max(1, utf8.RuneCountInString(s))*13/2 }

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // writing into memory does not fail
	return b.String()
}
