// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package licenses tells what may be done with code: it finds licences in text, reads SPDX expressions, and judges
// whether one licence's code may go into another's project, on what ground and under which obligations.
//
// Unknown is never permissive: an empty [Expression] means that nothing is known.
package licenses

// Finding is one licence statement in a file.
type Finding struct {
	Expression Expression
	Path       string       // the file it was found in
	Start, End int          // lines, from 1, both included
	How        string       // tag, snippet (of these lines alone), text, notice, manifest, reuse, debian; see, with no Expression, leads to another file
	Score      float64      // confidence, 0 to 1
	Scope      string       // of an annotation (reuse, debian): the globs of the files it holds for, one a line; of see: the file's path from here
	Override   bool         // of a REUSE annotation: it holds even where the file says something else
	Aggregate  bool         // of a REUSE annotation: it holds together with what the file says
	Fault      *SyntaxError // of a tag that is cut: what its expression lacks, which makes it a licence nobody knows
}

// Use is what somebody wants to do with the code.
type Use int

// The uses that compatibility depends on.
const (
	Copy           Use = iota // copy it into the project
	Link                      // link with it
	NetworkService            // offer it as a network service
)

// Libre says whether a licence is a free one: yes (OSI or FSF approved, or on the French State's list), no, or unknown.
type Libre string

// The three answers.
const (
	LibreYes     Libre = "yes"
	LibreNo      Libre = "no"
	LibreUnknown Libre = "unknown"
)
