// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Severity says whether a fault makes a descriptor invalid.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Fault is something that is wrong in a descriptor: where, what, and what to write instead. It is told by the sentence
// "descriptor." + Code and its hint, whose arguments are the key, what stands there, the fix, and Args.
type Fault struct {
	Line     int      `json:"line"`   // from 1
	Column   int      `json:"column"` // from 1, in characters
	Key      string   `json:"key"`    // maintenance.contacts[0].name; empty for the file as a whole
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Value    string   `json:"value,omitempty"` // what stands there, cut when it is long
	Fix      string   `json:"fix,omitempty"`   // what to write instead; empty when only its author can know
	Args     []any    `json:"-"`
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%d:%d: %s: %s %s %q", f.Line, f.Column, f.Severity, f.Code, f.Key, f.Value)
}

// Message names the sentence.
func (f *Fault) Message() (key string, args []any) {
	return "descriptor." + f.Code, append([]any{f.Key, f.Value, f.Fix}, f.Args...)
}

// What is kept of a value in a fault, and how many faults are kept: nobody mends more in one go.
const (
	maxShown  = 80 // characters
	maxFaults = 500
)

// shown puts a value on one line and cuts it.
func shown(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	if utf8.RuneCountInString(s) > maxShown {
		s = string([]rune(s)[:maxShown-1]) + "…"
	}
	return s
}

// notes collects the faults of one descriptor.
type notes struct{ faults []*Fault }

// full reports whether no more faults are kept.
func (n *notes) full() bool { return len(n.faults) >= maxFaults }

func (n *notes) add(f Fault) {
	if n.full() {
		return
	}
	f.Line, f.Column, f.Value = max(f.Line, 1), max(f.Column, 1), shown(f.Value)
	n.faults = append(n.faults, &f)
}

// sorted gives the faults in the order of the file.
func (n *notes) sorted() []*Fault {
	slices.SortStableFunc(n.faults, func(a, b *Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return n.faults
}
