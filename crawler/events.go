// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"time"

	"communs/crawler/heritage"
	"communs/crawler/polite"
)

// EventKind says what happened to a repository during a crawl.
type EventKind string

// The kinds of events. Found and Progress come before the outcome; each repository has exactly one outcome.
const (
	Found       EventKind = "found"        // a source listed it
	Progress    EventKind = "progress"     // Bytes were read or received so far
	New         EventKind = "new"          // mirrored for the first time
	Changed     EventKind = "changed"      // a new commit was mirrored
	ForcePushed EventKind = "force-pushed" // a new commit was mirrored that certainly does not descend from the old one
	Unchanged   EventKind = "unchanged"    // nothing moved and nothing was written
	Emptied     EventKind = "emptied"      // the repository holds no branch; what was mirrored is kept until Until
	Vanished    EventKind = "vanished"     // the server no longer gives it; what was mirrored is kept until Until
	Withdrawn   EventKind = "withdrawn"    // it was withdrawn, or asked for before it was ever crawled, so it is not; Err tells why
	Skipped     EventKind = "skipped"      // the source left it out, for the reason in Err
	Postponed   EventKind = "postponed"    // its server has us wait, or rests: it is left for the next crawl
	Failed      EventKind = "failed"       // see Err

	Recognised EventKind = "recognised" // a source turned out to be of the kind As
	Unlisted   EventKind = "unlisted"   // its source listed it once and does not any more; what comes of it is told besides
	Renamed    EventKind = "renamed"    // its address was Previous until now
)

// The kinds of events that are about a server, whose name stands in Source.
const (
	HostWaiting EventKind = "host-waiting" // it has asked us to wait until Until
	HostResting EventKind = "host-resting" // nothing useful came from it several times in a row: it is left alone until Until
	HostBack    EventKind = "host-back"    // it answers again
)

// Event is something that happened during a crawl.
type Event struct {
	Kind       EventKind
	Source     string     // name of the source
	Repository Repository // its URL is empty when the event is about the source as a whole
	Bytes      int64      // received or read for this repository so far
	Commit     string     // what is published now
	Previous   string     // what was published before
	// Descends tells, of a Changed repository, that the new commit is known to descend from the old one. When it is
	// false, either several commits came at once or history was rewritten: a mirror of depth 1 cannot tell which.
	Descends bool
	Until    time.Time   // when an emptied or vanished repository stops being shown; zero when nothing was mirrored
	Omitted  []Omitted   // what of the repository is not in the mirror
	Links    *Links      // what the state that was brought points at outside of itself
	As       string      // kind of a source
	From     heritage.ID // that a New repository was brought back from, its origin being gone
	Err      error
}

// Omitted counts the files of a folder that were left out for one reason.
type Omitted struct {
	Reason  string // unreadable, special, changed
	Count   int
	Example string // path of the first one
}

// The reasons for which a file of a folder is left out of its mirror.
const (
	OmitUnreadable = "unreadable" // the operating system refuses to read it
	OmitSpecial    = "special"    // a pipe, a socket or a device
	OmitChanged    = "changed"    // it changed while it was read
	OmitOutside    = "outside"    // it stands beside git repositories and belongs to none
)

// Summary counts what a crawl did.
type Summary struct {
	Found, New, Changed, ForcePushed, Unchanged, Emptied, Vanished, Withdrawn, Skipped, Postponed, Failed int

	Renamed  int // have another address than before, whatever came of them besides
	Unlisted int // sources do not have them any more
	Private  int // listed, and not for everybody: they are neither mirrored nor named

	Requests int64         // sent
	Took     time.Duration // in all
	Ended    string        // by which part of its budget: bytes, time; empty when it was not
	Waiting  int           // in the queue for the next crawl

	Submodules int   // commits of other repositories in the states that were brought
	Large      int   // files of those that Git LFS keeps elsewhere
	LargeBytes int64 // of these, as their pointers say

	Bytes    int64 // received and read
	Failures []Failure
	Left     []Failure // what was left out and why (Skipped, Withdrawn)
	Omitted  []Omitted // files left out, over all repositories
	Hosts    []polite.HostState
}

// Failure is something that did not work: one repository, or a source as a whole when URL is empty.
type Failure struct {
	Source, URL string
	Err         error
}

// Moved reports how many repositories have something new for the index.
func (s *Summary) Moved() int { return s.New + s.Changed + s.ForcePushed }

// add counts one event.
func (s *Summary) add(e Event) {
	switch e.Kind {
	case Found:
		s.Found++
	case New:
		s.New++
	case Changed:
		s.Changed++
	case ForcePushed:
		s.ForcePushed++
	case Unchanged:
		s.Unchanged++
	case Emptied:
		s.Emptied++
	case Vanished:
		s.Vanished++
	case Withdrawn:
		s.Withdrawn++
		s.Left = append(s.Left, Failure{e.Source, e.Repository.URL, e.Err})
	case Renamed:
		s.Renamed++
	case Unlisted:
		s.Unlisted++
	case Skipped:
		s.Skipped++
		s.Left = append(s.Left, Failure{e.Source, e.Repository.URL, e.Err})
	case Postponed:
		s.Postponed++
	case Failed:
		s.Failed++
		s.Failures = append(s.Failures, Failure{e.Source, e.Repository.URL, e.Err})
	}
	if e.Kind != Found && e.Kind != Progress {
		s.Bytes += e.Bytes
	}
	if l := e.Links; l != nil {
		s.Submodules, s.Large, s.LargeBytes = s.Submodules+l.Submodules, s.Large+l.Large, s.LargeBytes+l.LargeBytes
	}
	for _, o := range e.Omitted {
		s.Omitted = addOmitted(s.Omitted, o)
	}
}

// addOmitted adds o to the entry with its reason.
func addOmitted(list []Omitted, o Omitted) []Omitted {
	for i := range list {
		if list[i].Reason == o.Reason {
			list[i].Count += o.Count
			return list
		}
	}
	return append(list, o)
}
