// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

// Rule is one kind of problem. Its name stands in audit.rule-name.ID, its sentence in audit.rule.ID with the arguments of the
// problem, what to do in audit.rule.ID.hint, for the same arguments; of a missing component in audit.missing.WORD, see Problem.Message.
type Rule struct {
	ID       string
	Severity Severity
	Unknown  bool // it says that something is not known
}

// The ids of rules.
const (
	RuleIncompatible   = "incompatible"    // the licence does not go into the project's for that use
	RuleDenied         = "denied"          // the policy denies it
	RuleNotAllowed     = "not-allowed"     // the policy has a list of what is allowed, and this is not on it
	RuleReview         = "review"          // the policy wants a person to decide
	RuleCannotSay      = "cannot-say"      // whether it goes into the project's licence is not known
	RuleNoLicense      = "no-licence"      // no licence is known
	RuleUnknownLicense = "unknown-licence" // a licence text that nobody knows
	RuleMissing        = "missing"         // the component's files are not on this machine, and its declaration says no licence
	RuleUnlocked       = "unlocked"        // dependencies are declared without a lock file: which versions are used is not known
	RuleConflict       = "conflict"        // declaration and licence file differ
	RuleExpired        = "exception-due"   // an exception has expired
	RuleStale          = "curation-stale"  // a curation was made for another version or content
	RuleUnused         = "policy-unused"   // an exception or curation that nothing falls under
	RuleNoProject      = "project-unknown" // the project's own licence is not known, and none was given
)

// Rules lists every kind of problem.
func Rules() []Rule {
	return []Rule{
		{RuleIncompatible, Error, false},
		{RuleDenied, Error, false},
		{RuleNotAllowed, Error, false},
		{RuleExpired, Error, false},
		{RuleReview, Error, true},
		{RuleCannotSay, Error, true},
		{RuleNoLicense, Error, true},
		{RuleUnknownLicense, Error, true},
		{RuleMissing, Error, true},
		{RuleStale, Error, true},
		{RuleNoProject, Error, true},
		{RuleUnlocked, Warning, false},
		{RuleConflict, Warning, false},
		{RuleUnused, Warning, false},
	}
}

// Why the files of a component could not be read. The sentence is audit.missing.WORD, the hint says what to run.
const (
	MissingModule   = "go-module"   // not in Go's module cache
	MissingNPM      = "npm"         // no node_modules
	MissingCargo    = "cargo"       // not in Cargo's registry
	MissingPyPI     = "pypi"        // not in a virtual environment
	MissingMaven    = "maven"       // not in the local repository
	MissingGem      = "gem"         // not installed
	MissingComposer = "composer"    // no vendor folder
	MissingAny      = "unavailable" // of another kind, or from an SBOM
)

// Where a component's licence was read. The words are audit.source.WORD.
const (
	SourceModuleCache = "module-cache"
	SourceVendor      = "vendor"
	SourceNodeModules = "node-modules"
	SourceCargo       = "cargo-registry"
	SourcePython      = "site-packages"
	SourceMaven       = "maven-repository"
	SourceGem         = "gem-home"
	SourceTree        = "tree" // within the project
	SourceLock        = "lock-file"
	SourceSBOM        = "sbom"
)

// Why something could not be read.
const (
	PartialTruncated  = "truncated"  // ends in the middle
	PartialMalformed  = "malformed"  // not written as its format asks; Args: what is wrong
	PartialTooBig     = "too-big"    // Args: size, limit
	PartialUnreadable = "unreadable" // the system refused; Args: what it said
	PartialEscape     = "escape"     // an archive's entry that would land outside
	PartialLimit      = "limit"      // an archive that holds too much; Args: limit
	PartialTwice      = "twice"      // an archive's entry whose name another has already
	PartialTooDeep    = "too-deep"   // nested deeper than is read
	PartialChanged    = "changed"    // somebody wrote to it while it was read
	PartialKind       = "sbom-kind"  // an SBOM of a form that is not read; Args: which
	PartialBad        = "damaged"    // an archive that is damaged; Args: what is wrong
)

// Why something was left out on purpose.
const (
	SkippedIgnored   = "ignored"   // not tracked by git, or ignored
	SkippedInstalled = "installed" // what a package manager installed: it is read as dependencies
	SkippedGit       = "git"       // the .git folder
	SkippedBinary    = "binary"    // not text
	SkippedLink      = "link"      // a symbolic link within the tree: its target is read
	SkippedOutside   = "outside"   // a symbolic link out of the tree
	SkippedSpecial   = "special"   // a device, a socket, a pipe
	SkippedSubmodule = "submodule" // another repository
	SkippedModule    = "module"    // a module that go.work uses and that lies outside, or has no go.mod
	SkippedFixture   = "fixture"   // a lock file among examples (testdata, fixtures): it is no project's
)
