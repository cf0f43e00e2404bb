// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"communs/crawler/heritage"
	"communs/crawler/polite"
	"communs/crawler/worker"
)

// What a crawl and the processes that fetch for it say to each other, as JSON (crawler/worker tells how a message is framed).
//
// The crawl sends an order, and waits. The child answers with any number of messages, in which "Bytes" tells how much has come so
// far, or "History" holds a part of the commits and tags; the last one has "Done". It then waits for the next order, or for the end
// of its input. Names that come from a repository are bytes, not text, and stand in base64.
//
// The child has read what strangers sent, so nothing that it says is believed: a reason must be one of those that we know, a hash a hash,
// and the pack the only thing in its folder, under the name that its checksum gives it.

// orderFormat changes with the meaning of the messages. Where a child is started from a file that was replaced meanwhile, the two
// may differ.
const orderFormat = 4

// order is what a child is to do.
type order struct {
	Format  int
	Process worker.Limits // the same in every order to a child
	Terms   terms
	URL     string // what errors call the repository
	Data    []byte // data folder: what goes wrong there is our fault
	Dir     []byte // folder to be made for what comes
	Trusted bool   // the operator wrote this host: it may be private, and http
	Fetch   *errandText
	History *historyOrder // not a fetch but a history
	Bundle  *bundleOrder  // nor that, but what the archive sent
}

// historyOrder is what a history is asked with.
type historyOrder struct {
	Now  time.Time
	Seen string // SWHID of the state that is known
}

// errandText is an errand as it is sent.
type errandText struct {
	Address string
	Commit  string
	Branch  []byte
	Skip    string
	Packs   [][]byte
	Look    bool
}

// answer is a message of a child.
type answer struct {
	Bytes   int64        `json:",omitempty"`
	Done    bool         `json:",omitempty"`
	Staged  *stagedText  `json:",omitempty"`
	Bundle  *bundleText  `json:",omitempty"`
	History *historyText `json:",omitempty"`
	Fault   *faultText   `json:",omitempty"`
	Status  int          `json:",omitempty"` // of the server's last answer
	Header  http.Header  `json:",omitempty"` // of that, what it says about when to come back
	Spent   []spent      `json:",omitempty"` // in the last message
}

// spent is what an order has asked of a host: of its own, and of those that it was sent on to.
type spent struct {
	Host     string
	Requests int
	Bytes    int64
}

// maxSpent is of how many hosts an order tells, and maxRequests how many requests it can have sent to one.
const maxSpent, maxRequests = 8, 100

// accept takes what a child says it has spent, as far as that can be.
func (s spent) accept(most int64) spent {
	return spent{s.Host[:min(len(s.Host), 300)], min(max(s.Requests, 0), maxRequests), min(max(s.Bytes, 0), most)}
}

// stagedText is what a fetch has brought.
type stagedText struct {
	Empty, Unchanged, Unknown bool       `json:",omitempty"`
	Commit                    string     `json:",omitempty"`
	Branch                    []byte     `json:",omitempty"`
	Base                      string     `json:",omitempty"` // name of the pack in its folder; none when everything is in the mirror
	Absent                    []string   `json:",omitempty"`
	Snapshot                  string     `json:",omitempty"` // SWHID of the references
	Links                     *linksText `json:",omitempty"` // none when it points at nothing, or when nothing was examined
}

func newStagedText(s *staged) *stagedText {
	t := &stagedText{Empty: s.empty, Unchanged: s.unchanged, Unknown: s.unknown, Branch: []byte(s.branch),
		Snapshot: s.snapshot.String(), Links: newLinksText(s.links)}
	if !s.commit.IsZero() {
		t.Commit = s.commit.String()
	}
	if s.base != "" {
		t.Base = filepath.Base(s.base)
	}
	for _, h := range s.absent {
		t.Absent = append(t.Absent, h.String())
	}
	return t
}

// errAnswer is an answer that cannot be.
var errAnswer = errors.New("what the process that fetched says does not hold")

var packName = regexp.MustCompile(`^pack-[0-9a-f]{40}$`)

// accept takes what a child says it has brought, after a look at the folder where it must be. The pack's size is held by the limit on
// what may be written; its checksum is compared with that in its index, which is read, and with its name.
func (t *stagedText) accept(e errand, dir string) (s *staged, err error) {
	s = &staged{empty: t.Empty, unchanged: t.Unchanged}
	if t.Snapshot != "" {
		if s.snapshot, err = heritage.ParseID(t.Snapshot); err != nil {
			return nil, fmt.Errorf("%w: %w", errAnswer, err)
		}
	}
	if t.Unchanged && e.Commit == "" && e.Skip == "" {
		return nil, fmt.Errorf("%w: unchanged, but nothing was here", errAnswer)
	}
	if t.Empty || t.Unchanged {
		return s, nil
	}
	s.branch, s.full, s.unknown = string(t.Branch), e.Commit == "", t.Unknown && e.Commit != ""
	if s.commit, err = ParseHash(t.Commit); err != nil || s.commit.IsZero() {
		return nil, fmt.Errorf("%w: commit %q", errAnswer, t.Commit)
	}
	if s.branch != branchName(s.branch) {
		return nil, fmt.Errorf("%w: branch %q", errAnswer, s.branch)
	}
	if len(t.Absent) > maxAbsent {
		return nil, fmt.Errorf("%w: %d contents absent", errAnswer, len(t.Absent))
	}
	for _, text := range t.Absent {
		h, err := ParseHash(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errAnswer, err)
		}
		s.absent = append(s.absent, h)
	}
	if t.Base == "" {
		if t.Commit != e.Commit && !e.Look {
			return nil, fmt.Errorf("%w: another commit without a pack", errAnswer)
		}
		s.descends = true
		return s, nil
	}
	if s.base, err = acceptPack(dir, t.Base, s.commit); err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	}
	if s.links, err = t.Links.accept(); err != nil {
		return nil, err
	}
	s.checked = true
	return s, nil
}

// acceptPack looks whether a folder holds that pack and its index, whole, and nothing else, and whether the commit is in it.
func acceptPack(dir, name string, commit Hash) (base string, err error) {
	if !packName.MatchString(name) {
		return "", fmt.Errorf("a pack with the name %q", name)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if e.Name() != name+".pack" && e.Name() != name+".idx" || !e.Type().IsRegular() {
			return "", fmt.Errorf("%q beside the pack", e.Name())
		}
	}
	base = filepath.Join(dir, name)
	p, err := openPack(base)
	if err != nil {
		return "", err
	}
	defer p.close()
	if "pack-"+p.index.pack.String() != name {
		return "", fmt.Errorf("%s has the checksum %s", name, p.index.pack)
	}
	if _, ok := p.index.find(commit); !ok {
		return "", fmt.Errorf("%w: %s", errNoObject, commit)
	}
	return base, nil
}

// faultText is why an order was not done.
type faultText struct {
	Reason           Reason
	Detail, Text     string
	Missing, Partial bool                 `json:",omitempty"` // what is not there: the repository, objects
	Address          *polite.AddressError `json:",omitempty"`
	Wait             *polite.WaitError    `json:",omitempty"`

	// Of what the archive sent.
	Bundle       *heritage.BundleError `json:",omitempty"`
	Want, Got    string                `json:",omitempty"` // identifiers: another one came
	NoRepository string                `json:",omitempty"` // identifier of what none can be made of
}

// reasons are those that a child may give.
func reasons() []Reason {
	return []Reason{ReasonNotFound, ReasonUnauthorized, ReasonServer, ReasonNotGit, ReasonRedirect, ReasonSilent, ReasonSlow, ReasonTooBig,
		ReasonBroken, ReasonFormat, ReasonNetwork, ReasonAddress, ReasonDisk, ReasonName, ReasonSpace, ReasonMemory, ReasonObjects,
		ReasonReferences, ReasonFile, ReasonEntries, ReasonDepth, ReasonPath, ReasonFiles}
}

const maxTold = 1000 // bytes of what is told of a fault

func newFaultText(err error) *faultText {
	f := &faultText{Reason: ReasonBroken, Text: err.Error(), Missing: errors.Is(err, errMissing), Partial: incomplete(err)}
	var named *FetchError
	if errors.As(err, &named) {
		f.Reason, f.Detail, f.Text = named.Reason, named.Detail, ""
		if named.Err != nil {
			f.Text = named.Err.Error()
		}
	}
	f.Detail, f.Text = f.Detail[:min(len(f.Detail), maxTold)], f.Text[:min(len(f.Text), maxTold)]
	errors.As(err, &f.Address)
	errors.As(err, &f.Wait)
	errors.As(err, &f.Bundle)
	var other *heritage.MismatchError
	if errors.As(err, &other) {
		f.Want, f.Got = other.Want.String(), other.Got.String()
	}
	var none *heritage.CookTypeError
	if errors.As(err, &none) {
		f.NoRepository = none.ID.String()
	}
	return f
}

// harmless reports a fault after which a child is as good as before: a server said that nothing is there.
func (f *faultText) harmless() bool {
	return f.Reason == ReasonNotFound || f.Reason == ReasonUnauthorized
}

// ofBundle is what a child says of what the archive sent; nil when it says nothing.
func (f *faultText) ofBundle() error {
	if f.Bundle != nil {
		if !slices.Contains(heritage.BundleProblems(), f.Bundle.Problem) {
			return errAnswer
		}
		f.Bundle.Name = f.Bundle.Name[:min(len(f.Bundle.Name), maxTold)]
		return f.Bundle
	}
	if want, err := heritage.ParseID(f.Want); err == nil {
		got, _ := heritage.ParseID(f.Got) // there may be none
		return &heritage.MismatchError{Want: want, Got: got}
	}
	if id, err := heritage.ParseID(f.NoRepository); err == nil {
		return &heritage.CookTypeError{ID: id}
	}
	return nil
}

// accept makes an error of what a child says.
func (f *faultText) accept() error {
	if err := f.ofBundle(); err != nil {
		return err
	}
	e := &FetchError{Reason: f.Reason, Detail: f.Detail[:min(len(f.Detail), maxTold)]}
	if !slices.Contains(reasons(), f.Reason) {
		e.Reason, e.Detail = ReasonBroken, ""
	}
	told := &relayed{text: f.Text[:min(len(f.Text), maxTold)]}
	switch {
	case f.Missing:
		told.is = errMissing
	case f.Partial:
		told.is = errNoObject
	case f.Address != nil:
		told.is = f.Address
	case f.Wait != nil:
		told.is = f.Wait
	}
	if told.text != "" || told.is != nil {
		e.Err = told
	}
	return e
}

// relayed is an error that came about in a child.
type relayed struct {
	text string
	is   error
}

func (e *relayed) Error() string { return e.text }

func (e *relayed) Unwrap() error { return e.is }

// historyText is a part of a history: the parts follow each other, and what stands once is in the last.
type historyText struct {
	Commits []commitText `json:",omitempty"`
	Tags    []tagText    `json:",omitempty"`

	Head     string    `json:",omitempty"`
	Branch   []byte    `json:",omitempty"`
	Since    time.Time `json:",omitzero"`
	Older    bool      `json:",omitempty"`
	Same     bool      `json:",omitempty"`
	Last     bool      `json:",omitempty"`
	Bytes    int64     `json:",omitempty"`
	Snapshot string    `json:",omitempty"`
}

type commitText struct {
	Time   int64 // seconds since 1970
	Author []byte
}

type tagText struct {
	Name []byte
	Time int64 `json:",omitempty"`
}

// historyPart is how many bytes of names a part may have; and commits, which are short.
const (
	historyPart        = 256 << 10
	historyPartCommits = 8192
)

// send says a history in parts. The last one is for the caller to say.
func (h *History) send(say func(*historyText) error) (last *historyText, err error) {
	for part := range slices.Chunk(h.Commits, historyPartCommits) {
		text := &historyText{}
		for _, c := range part {
			text.Commits = append(text.Commits, commitText{c.Time.Unix(), c.Author[:]})
		}
		if err := say(text); err != nil {
			return nil, err
		}
	}
	text, size := &historyText{}, 0
	for _, t := range h.Tags {
		if size += len(t.Name) + 64; size > historyPart {
			if err := say(text); err != nil {
				return nil, err
			}
			text, size = &historyText{}, len(t.Name)+64
		}
		text.Tags = append(text.Tags, tagText{[]byte(t.Name), toUnix(t.Time)})
	}
	text.Head, text.Branch, text.Since, text.Older, text.Last, text.Bytes = h.Head.String(), []byte(h.Branch), h.Since, h.Older, h.Last, h.Bytes
	text.Snapshot, text.Same = h.Snapshot.String(), h.Same
	return text, nil
}

// add takes a part, the last one too.
func (h *History) add(t *historyText, most int, last bool) (err error) {
	if len(h.Commits)+len(t.Commits) > historyCommits || len(h.Tags)+len(t.Tags) > most {
		return fmt.Errorf("%w: too long a history", errAnswer)
	}
	for _, c := range t.Commits {
		if len(c.Author) != 8 {
			return fmt.Errorf("%w: an author of %d bytes", errAnswer, len(c.Author))
		}
		h.Commits = append(h.Commits, HistoryCommit{time.Unix(c.Time, 0).UTC(), [8]byte(c.Author)})
	}
	for _, tag := range t.Tags {
		name := string(tag.Name)
		h.Tags = append(h.Tags, Tag{name, ParseVersion(name), fromUnix(tag.Time)})
	}
	if !last {
		return nil
	}
	h.Same = t.Same
	h.Branch, h.Since, h.Older, h.Last, h.Bytes = string(t.Branch), t.Since, t.Older, t.Last, t.Bytes
	if h.Head, err = ParseHash(t.Head); err == nil && t.Snapshot != "" {
		h.Snapshot, err = heritage.ParseID(strings.TrimSpace(t.Snapshot))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errAnswer, err)
	}
	return nil
}
