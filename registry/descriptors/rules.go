// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// version is a minor version of publiccode.yml 0: 5 is 0.5. All of them are of one family: what a later one allows, readers accept of an
// earlier one too. So what an old version forbids and a newer one allows is a warning, with the version to write instead as its fix.
type version int

// The versions that matter, and the one that is read when a file says "0".
const (
	oldest version = 2
	newest version = 7
)

func (v version) String() string { return fmt.Sprintf("0.%d", int(v)) }

// rule is what the standard says of one key of a section.
type rule struct {
	name       string
	required   bool
	until      version // from which version on it is required no longer; 0 when it always is
	example    string  // what to write when it is missing
	since      version // that brought it
	deprecated version // that took it back; 0 when none did
	instead    string  // what takes its place; empty when it can go
	read       func(e entry)
}

// checker reads the values of a file into their places and notes what is wrong with them.
type checker struct {
	notes   *notes
	version version
	licence Reader
	mild    bool // what is plainly meant is a warning: the standard leaves more open
}

func (c *checker) fault(e entry, severity Severity, code, fix string, args ...any) {
	c.notes.add(Fault{Line: e.line, Column: e.column, Key: e.key, Severity: severity, Code: code, Value: e.text, Fix: fix, Args: args})
}

// nearest is the word that was meant, as long as anybody will hear of it.
func (c *checker) nearest(s string, list []string) string {
	if c.notes.full() {
		return ""
	}
	return nearest(s, list)
}

// near is the severity of what is written wrong and yet plain.
func (c *checker) near() Severity {
	if c.mild {
		return Warning
	}
	return Error
}

// section reads a table by its rules. Unknown keys are errors, as catalogues refuse a file for them; other is asked about them first.
func (c *checker) section(e entry, rules []rule, other func(f field) bool) {
	if e.kind != kindTable {
		c.fault(e, Error, "type-table", "")
		return
	}
	seen := map[string]bool{}
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.name
	}
	for _, f := range e.fields {
		at := entry{&value{line: f.line, column: f.column, text: f.name}, below(e.key, shown(f.name))}
		i := slices.Index(names, f.name)
		if i < 0 {
			if other == nil || !other(f) {
				c.unknown(at, names)
			}
			continue
		}
		if seen[f.name] = f.value.kind != kindNull; f.value.nothing() {
			continue
		}
		c.known(at, rules[i])
		rules[i].read(entry{f.value, at.key})
	}
	for _, r := range rules {
		if r.required && !seen[r.name] {
			c.missing(e, r)
		}
	}
}

func (c *checker) unknown(at entry, names []string) {
	if section := belongs[at.text]; section != "" && at.key == at.text {
		c.fault(at, Error, "key-misplaced", section+"."+at.text)
		return
	}
	if near := c.nearest(at.text, names); near != "" {
		c.fault(at, Error, "key-unknown-near", near)
		return
	}
	c.fault(at, Error, "key-unknown", "")
}

// known notes a key that the version of the file does not have yet, or has no longer.
func (c *checker) known(at entry, r rule) {
	switch {
	case r.since > c.version:
		c.fault(at, Warning, "key-newer", r.since.String(), c.version.String())
	case r.deprecated != 0 && r.deprecated <= c.version && r.instead != "":
		c.fault(at, Warning, "key-deprecated-for", r.instead, r.deprecated.String())
	case r.deprecated != 0 && r.deprecated <= c.version:
		c.fault(at, Warning, "key-deprecated", "", r.deprecated.String())
	}
}

func (c *checker) missing(e entry, r rule) {
	at := entry{&value{line: e.line, column: e.column}, below(e.key, r.name)}
	switch {
	case r.until == 0:
		c.fault(at, Error, "missing", r.example)
	case c.version < r.until:
		c.fault(at, Warning, "missing-then", r.until.String(), c.version.String())
	}
}

// text reads a text. Numbers are kept as they stand.
func (c *checker) text(to *string) func(entry) {
	return func(e entry) {
		if s, ok := c.textOf(e); ok {
			*to = s
		}
	}
}

func (c *checker) textOf(e entry) (string, bool) {
	switch {
	case !e.scalar():
		c.fault(e, Error, "type-text", "")
		return "", false
	case e.kind != kindText:
		c.fault(e, Warning, "text-unquoted", `"`+e.text+`"`)
	}
	s := clean(e.text)
	if s == "" {
		c.fault(e, Warning, "empty", "")
	}
	return s, s != ""
}

// needed is text that must not be empty.
func (c *checker) needed(to *string) func(entry) {
	return func(e entry) {
		if e.scalar() && clean(e.text) == "" {
			c.fault(e, Error, "empty", "")
			return
		}
		c.text(to)(e)
	}
}

// clean trims a text and drops the control characters in it.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s))
}

// each reads a list, item by item. What is no list is read as its only item.
func (c *checker) each(read func(entry)) func(entry) {
	return func(e entry) {
		if e.kind != kindList {
			fix := "- …"
			if e.scalar() {
				fix = "- " + shown(e.text)
			}
			c.fault(e, Error, "type-list", fix)
			if e.scalar() && e.text != "" {
				read(e)
			}
			return
		}
		for _, item := range e.list() {
			if item.kind == kindLost {
				continue
			}
			if item.kind == kindNull {
				c.fault(item, Warning, "empty", "")
				continue
			}
			read(item)
		}
	}
}

// texts reads a list of texts.
func (c *checker) texts(to *[]string) func(entry) {
	return c.each(func(e entry) {
		if s, ok := c.textOf(e); ok {
			*to = append(*to, s)
		}
	})
}

// flag reads true or false. YAML 1.1 also had yes and no; version 0.2 of the standard wrote them so.
func (c *checker) flag(to *bool) func(entry) {
	return func(e entry) {
		switch strings.ToLower(e.text) {
		case "true", "yes", "y", "on", "oui":
			*to = true
		case "false", "no", "n", "off", "non":
			*to = false
		default:
			c.fault(e, Error, "type-flag", "")
			return
		}
		if e.kind != kindFlag {
			severity := Error
			if c.version <= oldest {
				severity = Warning
			}
			c.fault(e, severity, "flag-text", fmt.Sprint(*to))
		}
	}
}

// url reads an address. One that is none is kept only when it is plain which one is meant.
func (c *checker) url(to *string, schemes []string) func(entry) {
	return func(e entry) {
		s, ok := c.textOf(e)
		if !ok {
			return
		}
		if e.kind == kindText && s != strings.TrimSpace(e.text) {
			return // with control characters in it
		}
		ok, fix := checkURL(e.text, schemes)
		switch {
		case ok:
			*to = s
		case strings.TrimRight(e.text, "\n") == fix: // a block of text ends with a line
			*to = fix
		case fix != "":
			*to = fix
			c.fault(e, c.near(), "url-near", fix)
		case isURL(s, codeSchemes):
			c.fault(e, Error, "url-web", "")
		default:
			c.fault(e, Error, "url", "")
		}
	}
}

// date reads a day.
func (c *checker) date(to *string) func(entry) {
	return func(e entry) {
		if !e.scalar() {
			c.fault(e, Error, "type-text", "")
			return
		}
		ok, fix := checkDate(e.text)
		switch {
		case ok:
			*to = e.text
		case fix != "":
			*to = fix
			c.fault(e, c.near(), "date-near", fix)
		default:
			c.fault(e, Error, "date", "")
		}
	}
}

// choice reads a word of a list. The fault of another names the one that was meant, or the list.
func (c *checker) choice(to *string, list []string) func(entry) {
	return func(e entry) {
		if s, ok := c.textOf(e); ok {
			if word := c.word(e, s, list); word != "" {
				*to = word
			}
		}
	}
}

// word gives the word of a list that s is, or that it is meant to be; empty when it is none.
func (c *checker) word(e entry, s string, list []string) string {
	if slices.Contains(list, s) {
		return s
	}
	word := meant[strings.ToLower(s)]
	if !slices.Contains(list, word) {
		word = c.nearest(s, list)
	}
	if word != "" {
		c.fault(e, Error, "word-near", word)
		return word
	}
	if len(list) > 12 {
		c.fault(e, Error, "word-long", "")
		return ""
	}
	c.fault(e, Error, "word", "", strings.Join(list, ", "))
	return ""
}

// path reads a path in the repository, or a URL.
func (c *checker) path(to *string, kinds []string) func(entry) {
	return func(e entry) {
		s, ok := c.textOf(e)
		if !ok {
			return
		}
		code, fix := checkPath(s, kinds)
		switch {
		case code == "" || code == "picture":
			*to = s
		case fix != "":
			*to = fix
		}
		if code != "" {
			c.fault(e, Error, code, fix, strings.Join(kinds, ", "))
		}
	}
}
