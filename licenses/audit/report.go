// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package audit tells whether a project may be handed on as it is: it walks the project's files and its declared
// dependencies, finds the licence of each with the evidence, and judges them against the project's own licence or a policy.
//
// A [Report] holds all that was found and is complete before anything is written of it. It is deterministic: equal input, options
// and clock give an equal report, lists sorted as their comments say; it holds no absolute path, host name or clock
// of its own. Nothing here reads the environment or the network: folders of package caches and the time are given.
//
// Sentences stand in messages/audit.toml; a report holds their keys, so that it can be told in any language.
package audit

import (
	"time"

	"communs/licenses"
)

// Report is what an audit found.
type Report struct {
	Tool    Tool      `json:"tool"`
	Time    time.Time `json:"time,omitzero"` // given by the caller; zero when the report is to have none
	Subject Subject   `json:"subject"`

	Verdict  Verdict             `json:"verdict"`
	Partial  []Partial           `json:"partial"` // what could not be read, by path; empty when all was
	Into     licenses.Expression `json:"into"`    // what is judged against; zero when that is not known
	IntoHow  IntoHow             `json:"into_how"`
	Branch   licenses.Expression `json:"branch,omitzero"`    // where Into leaves the choice (OR): what all was judged against
	Branches []Branch            `json:"branches,omitempty"` // and what each branch comes to, in its order
	FileUse  licenses.Use        `json:"file_use"`           // how the project uses its files and what was copied into it
	Use      licenses.Use        `json:"dependency_use"`     // how it uses its dependencies
	Dev      bool                `json:"dev"`                // development dependencies count too
	Policy   *PolicyEcho         `json:"policy,omitempty"`
	Counts   Counts              `json:"counts"`
	Problems []Problem           `json:"problems"` // by severity, rule, component, path, line

	Project    Component   `json:"project"`
	Components []Component `json:"components"` // what is not the project's own, by ID
	Files      []File      `json:"files"`      // the project's own files, and those of code copied or vendored into it, by path
	Skipped    []Skip      `json:"skipped"`    // what was left out on purpose, by reason
}

// Tool is the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Subject is what was audited.
type Subject struct {
	Kind   SubjectKind `json:"kind"`
	Name   string      `json:"name"`             // as it was given: folder's base name, file name, URL; "-" for standard input
	Commit string      `json:"commit,omitempty"` // of a repository
}

// SubjectKind is what kind of thing was audited.
type SubjectKind string

// The kinds of subjects.
const (
	Folder     SubjectKind = "folder"
	Archive    SubjectKind = "archive"
	LockFile   SubjectKind = "lock-file"
	SBOM       SubjectKind = "sbom"
	Repository SubjectKind = "repository"
)

// IntoHow says where Report.Into comes from.
type IntoHow string

// Where the licence that is judged against comes from.
const (
	IntoGiven   IntoHow = "given"   // the caller gave it
	IntoPolicy  IntoHow = "policy"  // the policy gives it
	IntoProject IntoHow = "project" // it is the project's own
	IntoUnknown IntoHow = "unknown" // neither: compatibility cannot be judged, only the policy's lists
)

// Verdict is the answer of an audit.
type Verdict string

// The verdicts. NotCompliant when there is a problem that was decided (denied, incompatible); Unknown when there is none, but
// something whose licence or compatibility is not known; Compliant otherwise. What is excused does not count.
const (
	Compliant    Verdict = "compliant"
	NotCompliant Verdict = "not-compliant"
	Unknown      Verdict = "unknown"
)

// Counts is how much was looked at.
type Counts struct {
	Files        int `json:"files"`
	Bytes        int `json:"bytes"`
	Components   int `json:"components"`
	Direct       int `json:"direct"`      // of Components, those that the project asks for itself
	Development  int `json:"development"` // of Components, those for development only
	Errors       int `json:"errors"`      // problems by severity, those excused left out
	Warnings     int `json:"warnings"`
	Notes        int `json:"notes"`
	Excused      int `json:"excused"`
	UnknownFiles int `json:"unknown_files"` // files without a known licence
}

// Component is something that is not the project's own work: a dependency, a vendored folder, a piece of code copied in. The project
// itself is one too, in Report.Project.
type Component struct {
	// ID is unique within the report: the PURL of a dependency, the SWHID of copied code, "path:" and the folder of vendored code
	// without a manifest, "project" for the project.
	ID        string        `json:"id"`
	Kind      ComponentKind `json:"kind"`
	PURL      string        `json:"purl,omitempty"`      // package URL; empty when it is no package
	SWHID     string        `json:"swhid,omitempty"`     // of copied code
	Ecosystem string        `json:"ecosystem,omitempty"` // the type in a package URL: golang, npm, …
	Name      string        `json:"name"`
	Version   string        `json:"version,omitempty"` // empty when it is not known
	Origin    string        `json:"origin,omitempty"`  // URL where it comes from, when that is declared

	Declared     licenses.Expression `json:"declared"`      // what its manifest, lock file or SBOM says; zero when nothing usable
	DeclaredText []string            `json:"declared_text"` // the same as it is written there; several are a choice
	Found        licenses.Expression `json:"found"`         // what the detector found in its licence files
	Concluded    licenses.Expression `json:"concluded"`     // what holds: a curation, else Found and Declared reconciled; zero: unknown
	Evidence     []Evidence          `json:"evidence"`      // for Declared and Found
	Curation     *Curated            `json:"curation,omitempty"`
	Libre        licenses.Libre      `json:"libre"`
	LibreGround  string              `json:"libre_ground,omitempty"`
	Copyrights   []string            `json:"copyrights"` // whole statements, sorted, each once
	Texts        []Text              `json:"-"`          // its licence and notice files, to pass on

	Places       []Place    `json:"places"`                 // where the project declares or holds it, by path and line
	Source       string     `json:"source,omitempty"`       // what its licence was read from: "module cache", "node_modules", "lock file"…: a SourceOf… word
	Missing      string     `json:"missing,omitempty"`      // why its files could not be read: a Missing… word; empty when they were
	Checksums    []Checksum `json:"checksums,omitempty"`    // of the package, as the lock file gives them
	Direct       bool       `json:"direct"`                 // the project asks for it itself
	Development  bool       `json:"development,omitempty"`  // it is needed for development or tests only
	Optional     bool       `json:"optional,omitempty"`     // it may be left out
	Via          []string   `json:"via,omitempty"`          // shortest chain of IDs that leads from a direct dependency to it, both ends but itself
	Dependencies []string   `json:"dependencies,omitempty"` // IDs that it asks for, sorted

	Use         licenses.Use          `json:"use"`
	Answer      licenses.Answer       `json:"answer"` // is Concluded compatible with Report.Into for that use?
	Grounds     []licenses.Ground     `json:"grounds"`
	Obligations []licenses.Obligation `json:"obligations"`
	Status      Status                `json:"status"`
}

// ComponentKind is how a component came to be part of the project.
type ComponentKind string

// The kinds of components.
const (
	Project    ComponentKind = "project"
	Dependency ComponentKind = "dependency" // declared in a manifest, lock file or SBOM
	Vendored   ComponentKind = "vendored"   // a folder of other people's code within the project
	Copied     ComponentKind = "copied"     // a piece of code in one of the project's files, with a header that tells its origin
)

// Status sums up what the problems of a component or file come to.
type Status string

// The statuses.
const (
	OK       Status = "ok"
	Warned   Status = "warned"  // warnings only
	Failed   Status = "failed"  // at least one error that was decided
	Doubtful Status = "unknown" // errors, all of them because something is not known
	Excused  Status = "excused" // it would fail but for an exception of the policy
	NotAsked Status = "not-asked"
)

// Evidence is one licence statement and where it stands. For a dependency the path is within the package.
type Evidence struct {
	Path    string              `json:"path"`
	Start   int                 `json:"start"` // lines, from 1, both included; 0 when it has none
	End     int                 `json:"end"`
	How     string              `json:"how"` // of licenses.Finding, or lock, sbom, curation
	License licenses.Expression `json:"license"`
	Score   float64             `json:"score"`
}

// Place is where the project declares or holds a component.
type Place struct {
	Path string `json:"path"`
	Line int    `json:"line,omitempty"` // from 1; 0 when it is the whole file or folder
	End  int    `json:"end,omitempty"`
	How  string `json:"how"` // the format: go.mod, package-lock.json, …, vendor, snippet, spdx, cyclonedx
}

// Checksum is the digest of a package.
type Checksum struct {
	Algorithm string `json:"algorithm"` // as SPDX writes it: SHA1, SHA256, SHA512, …
	Value     string `json:"value"`     // hexadecimal
}

// Text is a file to pass on with a component: its licence, a NOTICE.
type Text struct {
	Path string // within the component
	Body string // UTF-8, LF
}

// Curated is a correction of the policy that holds for a component or file.
type Curated struct {
	License licenses.Expression `json:"license"`
	Reason  string              `json:"reason"`
	Line    int                 `json:"line"` // in the policy
}

// File is one file of the project.
type File struct {
	Path       string              `json:"path"`
	Size       int                 `json:"size"`
	SHA1       string              `json:"sha1"`
	SHA256     string              `json:"sha256"`
	License    licenses.Expression `json:"license"` // effective; zero: unknown
	Evidence   []Evidence          `json:"evidence"`
	Curation   *Curated            `json:"curation,omitempty"`
	Libre      licenses.Libre      `json:"libre"`
	Copyrights []string            `json:"copyrights"`
	Component  string              `json:"component,omitempty"` // ID of the vendored component that it belongs to; empty: the project's own
	Answer     licenses.Answer     `json:"answer"`
	Status     Status              `json:"status"`
}

// Severity is how bad a problem is.
type Severity string

// The severities. Only errors count for the verdict.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Problem is something to decide or to mend.
type Problem struct {
	Rule      string              `json:"rule"` // one of Rules
	Severity  Severity            `json:"severity"`
	Unknown   bool                `json:"unknown,omitempty"`   // an error because something is not known, not because it is known to be wrong
	Component string              `json:"component,omitempty"` // ID
	Path      string              `json:"path,omitempty"`      // where to look in the project, or the policy file
	Line      int                 `json:"line,omitempty"`      // from 1; 0 when there is none
	End       int                 `json:"end,omitempty"`
	License   licenses.Expression `json:"license"`
	Grounds   []licenses.Ground   `json:"grounds"`
	Args      []string            `json:"args"` // of the sentence
	Excuse    *Excuse             `json:"excuse,omitempty"`
}

// Message names the sentence that says why it is a problem; with ".hint" what to do about it. Of a component that is missing it tells
// where.
func (p *Problem) Message() (key string, args []any) {
	key = "audit.rule." + p.Rule
	if p.Rule == RuleMissing && len(p.Args) > 1 {
		key = "audit.missing." + p.Args[1]
	}
	args = make([]any, len(p.Args))
	for i, a := range p.Args {
		args[i] = a
	}
	return key, args
}

// Excuse is the exception of the policy that a problem falls under.
type Excuse struct {
	Reason  string `json:"reason"`
	Expires string `json:"expires"` // YYYY-MM-DD
	Line    int    `json:"line"`    // in the policy
}

// Partial is something that could not be read, whole or in part.
type Partial struct {
	Path   string   `json:"path"`
	Line   int      `json:"line,omitempty"`
	Reason string   `json:"reason"` // a Partial… word
	Args   []string `json:"args"`   // of the sentence, after the path
}

// Message names the sentence: the path, then Args.
func (p *Partial) Message() (key string, args []any) {
	args = []any{p.Path}
	for _, a := range p.Args {
		args = append(args, a)
	}
	return "audit.partial." + p.Reason, args
}

// Skip counts what was left out on purpose, for one reason. The sentence is audit.skipped.REASON.
type Skip struct {
	Reason   string   `json:"reason"` // a Skipped… word
	Count    int      `json:"count"`
	Examples []string `json:"examples"` // the first paths, at most five
}

// PolicyEcho is the policy that was applied.
type PolicyEcho struct {
	Name       string   `json:"name"` // as it was given
	SHA256     string   `json:"sha256"`
	Allow      []string `json:"allow"`
	Deny       []string `json:"deny"`
	Review     []string `json:"review"`
	Exceptions int      `json:"exceptions"`
	Curations  int      `json:"curations"`
}

// Printer says sentences in one language. Has tells whether it has one for a key.
type Printer interface {
	T(key string, args ...any) string
	Has(key string) bool
}

// tidy makes empty lists of what is missing, so that readers of JSON find a list where one may be.
func (r *Report) tidy() {
	r.Partial, r.Problems, r.Skipped = filled(r.Partial), filled(r.Problems), filled(r.Skipped)
	r.Components, r.Files = filled(r.Components), filled(r.Files)
	r.Project.tidy()
	for i := range r.Components {
		r.Components[i].tidy()
	}
	for i := range r.Files {
		f := &r.Files[i]
		f.Evidence, f.Copyrights = filled(f.Evidence), filled(f.Copyrights)
	}
}

func (c *Component) tidy() {
	c.DeclaredText, c.Evidence, c.Copyrights = filled(c.DeclaredText), filled(c.Evidence), filled(c.Copyrights)
	c.Places, c.Grounds, c.Obligations = filled(c.Places), filled(c.Grounds), filled(c.Obligations)
}

func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
