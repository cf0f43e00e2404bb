// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"regexp"
	"strings"
)

// tagName starts an SPDX tag, whatever its case.
const tagName = "spdx-license-identifier:"

// maxTagLine is the length of a line that is no tag any more, in bytes.
const maxTagLine = 2000

// tag is one SPDX-License-Identifier line.
type tag struct {
	line  int
	expr  Expression
	fault *SyntaxError // the expression is cut, and expr unknown
}

func (t tag) finding(path string) Finding {
	f := Finding{Expression: t.expr, Path: path, Start: t.line, End: t.line, How: "tag", Score: 1, Fault: t.fault}
	if t.fault != nil {
		f.Score = vagueScore
	}
	return f
}

// findTags finds the SPDX tags of a comment, whose first line has the given number. A tag is alone on its line: before it
// stand comment markers only, after it the expression and perhaps the end of the comment. In a sentence it is no tag.
func findTags(comment []byte, line int) []tag {
	var found []tag
	for len(comment) > 0 {
		end := lineEnd(comment)
		if t, ok := readTag(comment[:end]); ok {
			t.line = line
			found = append(found, t)
		}
		comment = comment[min(end+1, len(comment)):]
		line++
	}
	return found
}

// readTag reads the tag of one line.
func readTag(line []byte) (tag, bool) {
	if len(line) > maxTagLine {
		return tag{}, false
	}
	value := tagValue(line)
	if value == "" || saysNothing(value) {
		return tag{}, false
	}
	if e, ok := lenient(value); ok {
		return tag{expr: e}, true
	}
	if fault := cut(value); fault != nil {
		return tag{expr: unknownText, fault: fault}, true
	}
	return tag{}, false
}

// cut says what an expression lacks that begins with a known licence and is not whole: "MIT AND", "(MIT OR Apache-2.0", "MIT Apache-2.0". What it
// would be with what it lacks nobody knows. Prose and placeholders behind the mark of a tag are no expressions.
func cut(value string) *SyntaxError {
	first, _, _ := strings.Cut(strings.TrimLeft(value, "( "), " ")
	if !isKnownID(strings.TrimRight(first, ")")) {
		return nil
	}
	_, err := Parse(value)
	fault, ok := err.(*SyntaxError)
	if !ok {
		return nil
	}
	switch fault.Kind {
	case "expected-license", "expected-exception", "unclosed":
		return fault
	case "expected-end":
		if fault.Word == ")" || isKnownID(fault.Word) {
			return fault
		}
	}
	return nil
}

// isKnownID reports whether a word is the id of a licence on the SPDX list.
func isKnownID(word string) bool {
	_, ok := Info(strings.TrimSuffix(word, "+"))
	return ok
}

// tagValue is what stands after the name of a tag that is alone on its line; empty when the line is none.
func tagValue(line []byte) string {
	at := indexFold(line, tagName)
	if at < 0 || !onlyMarkers(line[:at]) {
		return ""
	}
	return trimMarkers(string(line[at+len(tagName):]))
}

// saysNothing reports whether a tag says that no licence is known, or that there is none.
func saysNothing(value string) bool { return value == "NONE" || value == "NOASSERTION" }

// onlyMarkers reports whether what stands before a tag is no more than comment markers.
func onlyMarkers(b []byte) bool {
	word := strings.ToLower(strings.TrimSpace(string(b)))
	switch strings.TrimLeft(word, "@:.") {
	case "", "rem", "dnl", "c", "comment":
		return true
	}
	for _, c := range b {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 || c == '"' || c == '\'' || c == '`' {
			return false
		}
	}
	return true
}

// trimMarkers cuts the end of the comment off a tag's value.
func trimMarkers(s string) string {
	for _, end := range []string{"*/", "-->", "*)", "-}", "%>", "#>", "]]", "|#", "#}", "--}}", "\"\"\"", "'''"} {
		if i := strings.Index(s, end); i >= 0 {
			s = s[:i]
		}
	}
	return strings.TrimRight(strings.TrimSpace(s), " \t\r*#;,!-=/\\\"'`")
}

var strictRef = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// localGNU is how the projects of OpenJ9 write what SPDX had no ids for then.
var localGNU = regexp.MustCompile(`\bLicenseRef-(GPL-2\.0(?:-only)?) WITH Assembly-exception\b`)

// lenient reads an expression as people write it: what Parse refuses only for an id that no list holds becomes a
// LicenseRef of the same name, so that it is seen and stays unknown.
func lenient(value string) (Expression, bool) {
	e, err := Parse(localGNU.ReplaceAllString(value, "$1 WITH OpenJDK-assembly-exception-1.0"))
	for range 5 {
		syntax, ok := err.(*SyntaxError)
		if !ok || syntax.Kind != "unknown-id" && syntax.Kind != "unknown-exception" {
			break
		}
		name := strings.Trim(strictRef.ReplaceAllString(syntax.Word, "-"), "-")
		if name == "" || len(name) > 80 || len(syntax.Word) < 2 || !isWordlike(name) || strings.ContainsAny(syntax.Word, "<>%${}[]\"'`") {
			break
		}
		value = value[:syntax.Offset] + "LicenseRef-" + name + value[syntax.Offset+len(syntax.Word):]
		e, err = Parse(value)
	}
	return e, err == nil
}

// isWordlike reports whether a name has a letter: a placeholder such as <id> or %s does not become a licence.
func isWordlike(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
}

// indexFold is where the lower-case ASCII word begins in b, whatever the case there; -1 when it does not.
func indexFold(b []byte, word string) int {
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], word[len(word)-1])
		if i < 0 {
			return -1
		}
		start := from + i - len(word) + 1
		if start >= 0 && bytes.EqualFold(b[start:from+i+1], []byte(word)) {
			return start
		}
		from += i + 1
	}
}
