// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"communs/crawler/polite"
	"communs/crawler/worker"
)

// TestHistorySentInParts sends one that does not fit a message.
func TestHistorySentInParts(t *testing.T) {
	h := &History{Head: hashObject(typeBlob, nil), Branch: "refs/heads/caf\xe9", Since: time.Unix(1_700_000_000, 0).UTC(), Older: true, Last: true, Bytes: 7, Same: true}
	for i := range 2*historyPartCommits + 5 {
		h.Commits = append(h.Commits, HistoryCommit{time.Unix(int64(i), 0).UTC(), [8]byte{byte(i), byte(i >> 8)}})
	}
	for i := range 3 * historyPart / 1000 {
		name := fmt.Sprintf("v%d.0.0\xff%s", i, strings.Repeat("x", 900))
		h.Tags = append(h.Tags, Tag{name, ParseVersion(name), time.Unix(int64(i+1), 0).UTC()})
	}
	var wire bytes.Buffer
	last, err := h.send(func(part *historyText) error { return worker.Write(&wire, answer{History: part}) })
	must(t, err)
	must(t, worker.Write(&wire, answer{History: last, Done: true}))
	got, parts := &History{}, 0
	for done := false; !done; parts++ {
		var a answer
		must(t, worker.Read(&wire, &a))
		done = a.Done
		must(t, got.add(a.History, 1_000_000, done))
	}
	if parts < 5 || !reflect.DeepEqual(got, h) {
		t.Errorf("after %d parts it is another", parts)
	}
	if err := (&History{}).add(last, len(last.Tags)-1, true); !errors.Is(err, errAnswer) {
		t.Errorf("more tags than allowed: %v", err)
	}
}

// TestFaultsSentAcross holds that what is decided by an error is decided in the same way after it was sent.
func TestFaultsSentAcross(t *testing.T) {
	for _, err := range []error{
		&FetchError{URL: "u", Reason: ReasonNotFound, Err: fmt.Errorf("%w: HTTP 404", errMissing)},
		classify(t.Context(), "u", Config{}, fmt.Errorf("read: %w", errNoObject)),
		classify(t.Context(), "u", Config{}, &CorruptError{"file", "", errors.New("damaged")}),
		classify(t.Context(), "u", Config{}, beyond(ReasonDepth, 3)),
		classify(t.Context(), "u", Config{}, &polite.AddressError{Host: "h", Addr: "10.0.0.1", Problem: "private"}),
		&FetchError{URL: "u", Reason: ReasonServer, Detail: "503"},
	} {
		var wire bytes.Buffer
		must(t, worker.Write(&wire, answer{Fault: newFaultText(err)}))
		var a answer
		must(t, worker.Read(&wire, &a))
		got := classify(t.Context(), "u", Config{}, a.Fault.accept())
		var before, after *FetchError
		if !errors.As(err, &before) || !errors.As(got, &after) || before.Reason != after.Reason || before.Detail != after.Detail || after.URL != "u" {
			t.Errorf("%v became %v", err, got)
		}
		var address *polite.AddressError
		if errors.Is(err, errMissing) != errors.Is(got, errMissing) || incomplete(err) != incomplete(got) || before.Reason == ReasonAddress != errors.As(got, &address) {
			t.Errorf("%v is taken otherwise: %v", err, got)
		}
		if before.Err != nil && after.Err == nil || before.Err != nil && before.Err.Error() != after.Err.Error() {
			t.Errorf("%v is told otherwise: %v", err, got)
		}
	}
}

// FuzzAnswer has a child say anything. What is accepted must be sound.
func FuzzAnswer(f *testing.F) {
	for _, a := range []answer{
		{Done: true, Staged: &stagedText{Commit: someHash, Base: "pack-" + someHash, Branch: []byte("refs/heads/main")}},
		{Staged: &stagedText{Unchanged: true}}, {Staged: &stagedText{Commit: someHash, Absent: []string{someHash}, Snapshot: "swh:1:snp:" + someHash}},
		{Fault: &faultText{Reason: ReasonServer, Detail: "500"}}, {History: &historyText{Head: someHash, Commits: []commitText{{1, make([]byte, 8)}}}},
	} {
		text, err := json.Marshal(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pack-"+someHash+".pack"), []byte("PACK"), 0o600); err != nil {
		f.Fatal(err)
	}
	known := strings.Repeat("2", 40)
	f.Fuzz(func(t *testing.T, text []byte) {
		var a answer
		if json.Unmarshal(text, &a) != nil {
			return
		}
		if a.Staged != nil {
			s, err := a.Staged.accept(errand{Commit: known, Branch: "refs/heads/main"}, dir)
			if err == nil && (s.base != "" || s.branch != branchName(s.branch) || !s.empty && !s.unchanged && s.commit.String() != known) {
				t.Errorf("accepted: %+v", s)
			}
		}
		if a.Fault != nil {
			var e *FetchError
			if err := a.Fault.accept(); !errors.As(err, &e) || len(err.Error()) > 3*maxTold {
				t.Errorf("accepted: %v", err)
			}
		}
		if a.History != nil {
			(&History{}).add(a.History, 10, true)
		}
	})
}

// FuzzLineCounter compares counting in one go with counting in pieces, and with what a plain reading counts.
func FuzzLineCounter(f *testing.F) {
	f.Add("0000000dabcdefghi0004", uint8(3))
	f.Add("zzzz", uint8(1))
	f.Fuzz(func(t *testing.T, text string, piece uint8) {
		whole, parts := lineCounter{most: 1 << 30}, lineCounter{most: 1 << 30}
		whole.count([]byte(text))
		for rest := []byte(text); len(rest) > 0; {
			n := min(len(rest), int(piece)+1)
			parts.count(rest[:n])
			rest = rest[n:]
		}
		if whole.n != parts.n || whole.skip != parts.skip || whole.lost != parts.lost {
			t.Errorf("%+v in one go, %+v in pieces", whole, parts)
		}
	})
}
