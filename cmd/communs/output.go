// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// The formats of results.
const (
	formatText  = "text"
	formatJSON  = "json"
	formatJSONL = "jsonl"
	formatTSV   = "tsv" // of a few commands
)

// sink keeps the first error of writing the results, so that a full disk is not taken for success.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(b)
	if err != nil {
		s.err = faultOf(err, "cmd.results-not-written")
		return n, s.err
	}
	return n, nil
}

// isTerminal reports whether somebody looks at what is written there.
func isTerminal(w io.Writer) bool {
	if s, ok := w.(*sink); ok {
		w = s.w
	}
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// note says something that is not a result, unless --quiet.
func (p *program) note(key string, args ...any) {
	if !p.settings.quiet {
		fmt.Fprintln(p.err, visible(p.say.T(key, args...)))
	}
}

// line writes one line of text results.
func (p *program) line(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

// result writes v as the format asks: indented JSON, or one line.
func (p *program) result(v any) error { return p.resultTo(p.out, v) }

// results writes each of a list by itself, as JSONL has it.
func results[T any](p *program, list []T) error {
	for i := range list {
		if err := p.result(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) resultTo(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if p.settings.format == formatJSON {
		e.SetIndent("", "  ")
	}
	return e.Encode(v)
}

// quote shows what somebody typed, with nothing in it that could disturb a terminal.
func quote(s string) string {
	if utf8.ValidString(s) && visible(s) == s && !strings.ContainsAny(s, "\n\t") {
		return s
	}
	q := fmt.Sprintf("%+q", s)
	return q[1 : len(q)-1]
}

// field writes a name in a column of text: as it is, or Go-quoted when it holds a control or bidirectional character,
// invalid UTF-8, a backslash or a quotation mark at its start, so that every name stays on one line and no two names look alike.
func field(s string) string {
	if s != "" && utf8.ValidString(s) && visible(s) == s && !strings.ContainsAny(s, "\n\t") && s[0] != '"' {
		return s
	}
	if s == "" {
		return s
	}
	return fmt.Sprintf("%+q", s)
}

// shellQuote makes a word that a shell passes on unchanged.
func shellQuote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// visible shows the characters that a terminal would obey rather than print: control characters as their pictures,
// bidirectional and other invisible ones and bytes that are not UTF-8 as their code between angle brackets. Tabs and
// newlines stay.
func visible(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "⟨0x%02X⟩", s[i])
		case r == '\t' || r == '\n':
			b.WriteRune(r)
		case r < 0x20:
			b.WriteRune(0x2400 + r)
		case r == 0x7f:
			b.WriteRune('␡')
		case hidden(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// plain reports whether s is printable ASCII, tabs and newlines: most code is.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || c < 0x20 && c != '\t' && c != '\n' {
			return false
		}
	}
	return true
}

// hidden reports whether the character shows nothing or reorders its neighbours. The joiners that Persian, Indic scripts and
// emoji need (U+200C, U+200D) stay.
func hidden(r rune) bool {
	switch {
	case r >= 0x80 && r < 0xa0, // C1 controls
		r == 0x61c, r == 0x200b, r == 0x200e, r == 0x200f, // marks and the zero-width space
		r >= 0x2028 && r <= 0x202e,              // separators, embeddings and overrides
		r >= 0x2060 && r <= 0x206f,              // invisible operators and isolates
		r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, // byte order mark, annotations
		r >= 0xe0000 && r <= 0xe007f: // tags
		return true
	}
	return false
}

// The colours, for a terminal only.
const (
	styleBold  = "1"
	styleDim   = "2"
	styleMatch = "1;31"
	styleRepo  = "1;36"
	styleGreen = "32"
)

// paint colours a text when colours are wanted.
func (p *program) paint(style, text string) string {
	if !p.settings.colour || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// size says a number of bytes in units that people read.
func (p *program) size(bytes int64) string {
	switch {
	case bytes < 1000:
		return p.say.T("cmd.size.b", bytes)
	case bytes < 1000*1000:
		return p.say.T("cmd.size.kb", float64(bytes)/1e3)
	case bytes < 1000*1000*1000:
		return p.say.T("cmd.size.mb", float64(bytes)/1e6)
	}
	return p.say.T("cmd.size.gb", float64(bytes)/1e9)
}
