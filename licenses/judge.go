// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// Answer is what a verdict says.
type Answer string

// The answers. What is not known is never yes.
const (
	Yes       Answer = "yes"
	No        Answer = "no"
	CannotSay Answer = "cannot-say"
)

// Ground is why a verdict or an obligation is as it is.
type Ground struct {
	Kind       string // matrix, appendix, article, same
	From, Into string // SPDX ids
	Detail     string // the cell, the article's number
}

// Obligation is one thing to do when code is reused.
type Obligation struct {
	Code    string // attribution, notice, source, same-licence, network-use, patent, state-changes, no-endorsement …
	License string // the id that asks for it
	Ground  Ground
}

// Verdict says whether code under one licence may go into a project under another.
type Verdict struct {
	Answer      Answer
	Obligations []Obligation
	Grounds     []Ground
}

// Judge says whether code under from may be used in a project under into. OR takes the best branch, AND needs all.
func Judge(from, into Expression, use Use) Verdict { return Verdict{Answer: CannotSay} }

// Obligations lists what the licences of an expression ask for.
func Obligations(e Expression, use Use) []Obligation { return nil }

// String is the use as it is written on the command line: copy, link, service.
func (u Use) String() string { return [...]string{"copy", "link", "service"}[u] }

// ParseUse reads a use: copy, link, service.
func ParseUse(s string) (Use, error) { return Copy, nil }
