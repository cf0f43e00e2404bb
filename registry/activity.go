// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"communs/crawler"
	"communs/licenses"
)

// The ways in which activity is found out: keys of sentences.
const (
	howHistory = "registry.how.history" // read from the commits
	howTags    = "registry.how.tags"    // counted among the tags
	howRelease = "registry.how.release" // the latest of the releases whose commit was seen

	howSnapshot = "registry.how.snapshot" // computed from the references that its server lists
	howLicence  = "registry.how.licence"  // read in the files by the index
	howLibre    = "license.libre-ground." // + the ground

	howTests   = "registry.how.tests."         // + what was seen
	howDocs    = "registry.how.documentation." // + what was seen
	seenFolder = "folder"                      // a folder with such a name
	seenFile   = "file"                        // a file with such a name
	seenReadme = "readme"                      // a README that says something
	seenNone   = "none"                        // all names were looked at
)

// RepositoryFile is what is looked at of a file: its name and its size.
type RepositoryFile struct {
	Path string // slash-separated, from the top
	Size int64
}

// longReadme is from how many bytes a README says more than a name and a sentence.
const longReadme = 2000

// ActivityOf tells from its history, and from the names of its files, whether a repository is alive. Nil files were not looked at: then
// tests and documentation are not known. Commits that claim to be made later than now say nothing of when, but they count.
func ActivityOf(h *crawler.History, files []RepositoryFile, now time.Time) Activity {
	var a Activity
	today := Date(now.UTC().Format(time.DateOnly))
	finding := func(value, how string) *Finding { return &Finding{value, today, how} }
	count := func(n int, how string) *Count { return &Count{n, today, how} }
	if h != nil && len(h.Commits) > 0 {
		if last, ok := latest(h.Commits, now); ok {
			a.LastChange = finding(last.UTC().Format(time.DateOnly), howHistory)
		}
		if first := h.Commits[len(h.Commits)-1].Time; !h.Older && !h.Last && plausible(first, now) {
			a.FirstChange = finding(first.UTC().Format(time.DateOnly), howHistory)
		}
		yearAgo, people, n := now.AddDate(-1, 0, 0), map[[8]byte]bool{}, 0
		for _, c := range h.Commits {
			if !c.Time.Before(yearAgo) {
				n, people[c.Author] = n+1, true
			}
		}
		if !h.Last {
			a.Commits, a.Contributors = count(n, howHistory), count(len(people), howHistory)
		}
	}
	if h != nil {
		a.Releases, a.LastRelease = releases(h.Tags, now, finding, count)
	}
	if files != nil {
		answer := func(how, seen string) *Finding {
			if seen == seenNone {
				return finding(string(No), how+seen)
			}
			return finding(string(Yes), how+seen)
		}
		a.Tests, a.Documentation = answer(howTests, testsIn(files)), answer(howDocs, documentationIn(files))
	}
	return a
}

// WithActivity is the repository with what was found out of its activity, and with the source that says so. What was not found out this
// time stays as it was found before, with its day.
func (r *Repository) WithActivity(a Activity, s Source) *Repository {
	n, old := *r, r.Activity
	n.Activity = Activity{
		LastChange: cmp.Or(a.LastChange, old.LastChange), Commits: cmp.Or(a.Commits, old.Commits),
		Contributors: cmp.Or(a.Contributors, old.Contributors), Releases: cmp.Or(a.Releases, old.Releases),
		LastRelease: cmp.Or(a.LastRelease, old.LastRelease), Tests: cmp.Or(a.Tests, old.Tests),
		Documentation: cmp.Or(a.Documentation, old.Documentation), FirstChange: cmp.Or(a.FirstChange, old.FirstChange),
	}
	n.Sources = withSource(n.Sources, s)
	return &n
}

// SetSnapshot notes the state in which a repository was last seen, by its SWHID.
func (r *Repository) SetSnapshot(id string, day Date) { r.Snapshot = Finding{id, day, howSnapshot} }

// SetLicence notes the licence that was found in the files, and whether that makes the software free.
func (r *Repository) SetLicence(found string, libre licenses.Libre, ground string, day Date) {
	r.Licence, r.Libre = Finding{found, day, howLicence}, Finding{}
	if ground != "" && libre != licenses.LibreUnknown {
		r.Libre = Finding{string(libre), day, howLibre + ground}
	}
}

// plausible reports whether a commit can be of that time: clocks are wrong, and dates can be made up.
func plausible(t, now time.Time) bool { return t.Unix() > 0 && !t.After(now.Add(24*time.Hour)) }

// latest is the time of the last commit that does not come from the future.
func latest(commits []crawler.HistoryCommit, now time.Time) (time.Time, bool) {
	i := slices.IndexFunc(commits, func(c crawler.HistoryCommit) bool { return plausible(c.Time, now) })
	if i < 0 {
		return time.Time{}, false
	}
	return commits[i].Time, true
}

// releases counts the tags that are versions, and chooses the latest of those whose day is known: a version that is ready before one that
// only leads to it, and of two of one day the higher.
func releases(tags []crawler.Tag, now time.Time, finding func(string, string) *Finding, count func(int, string) *Count) (*Count, *Finding) {
	n := 0
	var last *crawler.Tag
	for i := range tags {
		t := &tags[i]
		if t.Version == nil {
			continue
		}
		n++
		if !plausible(t.Time, now) {
			continue
		}
		if last == nil || later(t, last) {
			last = t
		}
	}
	if last == nil {
		return count(n, howTags), nil
	}
	return count(n, howTags), finding(last.Name+" "+last.Time.UTC().Format(time.DateOnly), howRelease)
}

func later(t, than *crawler.Tag) bool {
	if t.Version.Pre != than.Version.Pre {
		return than.Version.Pre
	}
	if c := strings.Compare(t.Time.UTC().Format(time.DateOnly), than.Time.UTC().Format(time.DateOnly)); c != 0 {
		return c > 0
	}
	return t.Version.Compare(than.Version) > 0
}

// Names by which those who write software mark tests and documentation, in the ecosystems that are usual.
var (
	testFolder = regexp.MustCompile(`(?i)(?:^|/)(?:tests?|specs?|__tests__|testing|unit[-_]?tests?|e2e|cypress|features|src/(?:test|androidTest|commonTest)|[\w-]+\.tests?)/`)
	testFile   = regexp.MustCompile(`(?:_test\.(?:go|py|rb|dart|exs?|c|cc|cpp)|[._-](?:test|spec|cy)\.[cm]?[jt]sx?|_spec\.rb|(?:^|/)test_[^/]+\.(?:py|c|cc|cpp)|[a-z](?:Tests?|Spec|IT)\.(?:java|kt|kts|scala|groovy|cs|vb|php|swift)|(?:^|/)test[^/]*\.(?:R|t|bats)|\.bats)$`)
	docFolder  = regexp.MustCompile(`(?i)^(?:[^/]+/)?(?:docs?|documentation|manual|handbook|guide|wiki|website/docs)/[^/]`)
	docFile    = regexp.MustCompile(`(?i)^(?:mkdocs\.ya?ml|\.readthedocs\.ya?ml|book\.toml|(?:install|installation|usage|manual|user[-_]?guide|getting[-_]started|administration)(?:\.[a-z]{2})?\.(?:md|rst|txt|adoc|org)|docusaurus\.config\.[jt]s)$`)
	readme     = regexp.MustCompile(`(?i)^(?:readme|lisez[-_]?moi)(?:[._-][a-z]{2}(?:[-_][a-z]{2})?)?(?:\.(?:md|markdown|rst|txt|adoc|asciidoc|org|textile|html))?$`)
)

// others holds the copies of other people's software that are kept beside one's own: their tests are not this one's.
var others = regexp.MustCompile(`(?i)(?:^|/)(?:vendor|node_modules|third[-_]?party|external|deps|bower_components)/`)

// testsIn says by what tests are known to be there.
func testsIn(files []RepositoryFile) string {
	seen := seenNone
	for _, f := range files {
		switch {
		case f.Size == 0 || others.MatchString(f.Path):
		case testFile.MatchString(f.Path):
			return seenFile
		case testFolder.MatchString(f.Path):
			seen = seenFolder
		}
	}
	return seen
}

// documentationIn says by what documentation is known to be there.
func documentationIn(files []RepositoryFile) string {
	seen := map[string]bool{}
	for _, f := range files {
		switch {
		case f.Size == 0 || others.MatchString(f.Path):
		case docFolder.MatchString(f.Path):
			seen[seenFolder] = true
		case docFile.MatchString(f.Path):
			seen[seenFile] = true
		case readme.MatchString(f.Path) && f.Size >= longReadme:
			seen[seenReadme] = true
		}
	}
	for _, what := range []string{seenFolder, seenFile, seenReadme} {
		if seen[what] {
			return what
		}
	}
	return seenNone
}
