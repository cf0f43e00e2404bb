// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"communs/internal/manifests"
)

// What a manifest declares is read by package manifests; here it is understood. A manifest that cannot be read gives no finding: it is the
// business of its package manager, and an audit says so.

// seeHow is how a finding without an expression came about that says where the licence stands: the path in Scope.
const seeHow = "see"

// declaredScore is the confidence in what a manifest declares.
const declaredScore = 0.95

// manifest reads the declaration of a manifest.
func (d *Detector) manifest(name string, text []byte) []Finding {
	m, err := manifests.Read(name, text)
	if err != nil || m == nil {
		return nil
	}
	return d.declarations(name, m.Declarations())
}

// declarations understands what a manifest declares: names and addresses are a choice, and make one finding.
func (d *Detector) declarations(name string, declared []manifests.Declaration) []Finding {
	var found []Finding
	choice := Finding{Path: name, How: "manifest", Score: 1}
	var es []Expression
	for _, v := range declared {
		var e Expression
		score := declaredScore
		switch v.Kind {
		case manifests.DeclaredFile:
			found = append(found, Finding{Path: name, Start: v.Line, End: v.Line, How: seeHow, Score: declaredScore, Scope: v.Text})
			continue
		case manifests.DeclaredText:
			for _, f := range d.Text("LICENSE", []byte(v.Text)) {
				f.Path, f.Start, f.End, f.How = name, f.Start+v.Line-1, f.End+v.Line-1, "manifest"
				found = append(found, f)
			}
			continue
		case manifests.DeclaredNone:
			e = Expression{proprietary}
		default:
			if e, score = d.declaredValue(v.Text); e.IsZero() && v.URL != "" {
				e, score = d.declaredValue(v.URL)
			}
		}
		if e.IsZero() {
			continue
		}
		es = append(es, e)
		choice.Score = min(choice.Score, score)
		if choice.Start == 0 {
			choice.Start = v.Line
		}
		choice.End = max(v.Line, choice.Start)
	}
	if choice.Expression = Or(es...); !choice.Expression.IsZero() {
		found = append([]Finding{choice}, found...)
	}
	return found
}

// syntaxOther is how manifests without a known syntax write comments; all else in them is data.
var syntaxOther = &syntax{first: []string{"#", "//", "--"}}

var licenseField = regexp.MustCompile(`^[\s#/;*<!-]*"?licen[cs]e[\w-]*"?\s*[=:]`)

// withoutFields drops the notices that are a field of the manifest in a comment.
func withoutFields(found []Finding, text []byte) []Finding {
	if !slices.ContainsFunc(found, func(f Finding) bool { return f.How == "notice" }) {
		return found
	}
	lines := bytes.Split(text, []byte("\n"))
	return slices.DeleteFunc(found, func(f Finding) bool {
		return f.How == "notice" && f.Start <= len(lines) && licenseField.Match(lines[f.Start-1])
	})
}

// Declared is what the values of a manifest's licence field say: several are a choice. The zero Expression says that none of them is
// understood.
func (d *Detector) Declared(values []string) Expression {
	var es []Expression
	for _, s := range values {
		if e, _ := d.declaredValue(s); !e.IsZero() {
			es = append(es, e)
		}
	}
	return Or(es...)
}

// maxDeclared is how long a value may be that is read as a name.
const maxDeclared = 1000

// declaredValue reads a value as people write it: an expression, ids parted by a slash, a name, or a URL. A name that leaves open which
// licence is meant has a low score.
func (d *Detector) declaredValue(s string) (Expression, float64) {
	s = strings.TrimSpace(s)
	upper := strings.ToUpper(s)
	switch {
	case s == "" || len(s) > maxDeclared || strings.HasPrefix(upper, "SEE LICENSE") || upper == "NONE" || upper == "NOASSERTION":
		return Expression{}, 0
	case s == "UNLICENSED" || upper == "PROPRIETARY" || upper == "ALL RIGHTS RESERVED" || upper == "OTHER/PROPRIETARY LICENSE" || upper == "ALLRIGHTSRESERVED":
		return Expression{proprietary}, declaredScore
	case foldID(s) == "publicdomain":
		return Expression{publicDomain}, declaredScore
	}
	if e, err := Parse(s); err == nil {
		return e, declaredScore
	}
	if e, score := d.declaredName(s); !e.IsZero() {
		return e, score
	}
	if open := strings.LastIndexByte(s, '('); open > 0 && s[len(s)-1] == ')' { // a name and its abbreviation
		e, score := d.declaredName(s[:open])
		if short, sure := d.declaredName(s[open+1 : len(s)-1]); sure > score || sure == score && len(short.text) > len(e.text) {
			e, score = short, sure
		}
		if !e.IsZero() {
			return e, score
		}
	}
	if strings.Contains(s, "://") {
		return Expression{}, 0
	}
	if e, score := d.declaredList(s); !e.IsZero() {
		return e, score
	}
	if !strings.ContainsAny(s, " /:") {
		e, _ := lenient(s)
		return e, declaredScore
	}
	return Expression{}, 0
}

// declaredName reads what is a name or an address as a whole.
func (d *Detector) declaredName(s string) (Expression, float64) {
	words := urlWords(s)
	if len(words) == 0 {
		return Expression{}, 0
	}
	n := &notice{words: words, at: make([]int32, len(words)), first: make([]bool, len(words)), gap: make([]gap, len(words))}
	expr := ""
	if named, k := d.names.find(words); k == len(words) {
		expr = named.expr
	} else if gnu, ok := n.gnu(0, 0); ok && gnu.to == len(words) {
		expr = gnu.expr
	}
	e, err := Parse(expr)
	if err != nil {
		return Expression{}, 0
	}
	if n.vague(atom{to: len(words)}) || strings.IndexFunc(s, isDigit) < 0 && isFamily(words) {
		return e, vagueScore
	}
	return e, declaredScore
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// isFamily reports whether a name without any number is that of several licences, of which the expression can only give the usual one.
func isFamily(words []string) bool {
	for _, family := range []string{"gpl", "lgpl", "agpl", "gnu", "bsd", "apache", "mozilla", "mpl", "eclipse", "epl", "artistic", "creative", "cecill", "eupl"} {
		if words[0] == family {
			return !slices.Contains(words, "new") && !slices.Contains(words, "simplified") && !slices.Contains(words, "modified") && !slices.Contains(words, "revised")
		}
	}
	return words[0] == "lesser" || words[0] == "general" || words[0] == "affero"
}

// separators are what people put between the licences of a list, strongest last: each reads what stands between as a value.
var separators = []struct {
	sep string
	op  op
}{
	{" and/or ", opOr}, {" or ", opOr}, {" OR ", opOr}, {" | ", opOr}, {"|", opOr}, {" / ", opOr}, {"/", opOr}, {" and ", opAnd}, {" AND ", opAnd}, {" & ", opAnd},
	{";", opOr}, {", ", opOr}, {",", opOr},
}

// declaredList reads values that are joined: MIT/Apache-2.0, "GPL v2 or MIT", "BSD and PSF". Parentheses around all of it are left out.
func (d *Detector) declaredList(s string) (Expression, float64) {
	if s[0] == '(' && s[len(s)-1] == ')' && !strings.ContainsAny(s[1:len(s)-1], "()") {
		return d.declaredValue(s[1 : len(s)-1])
	}
	for _, by := range separators {
		if !strings.Contains(s, by.sep) || strings.ContainsAny(s, "()") {
			continue
		}
		score := 1.0
		var es []Expression
		for part := range strings.SplitSeq(s, by.sep) {
			part = strings.TrimSpace(part)
			for _, word := range []string{"or ", "and "} {
				part = strings.TrimPrefix(part, word)
			}
			if part == "" || len(part) >= len(s) {
				return Expression{}, 0
			}
			e, sure := d.declaredValue(part)
			if e.IsZero() {
				es = nil
				break
			}
			es, score = append(es, e), min(score, sure)
		}
		if len(es) > 0 {
			return joinAll(by.op, es), score
		}
	}
	return Expression{}, 0
}
