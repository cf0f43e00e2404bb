// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestLettersAreOwedUntilTheyLeave(t *testing.T) {
	s, c := open(t)
	ctx := t.Context()
	a, _ := enter(t, s, "anne@exemple.fr")
	owe := func(l Letter) {
		t.Helper()
		if err := s.Owe(ctx, l); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 { // a restart owes it again
		owe(Letter{Account: a.ID, About: "vote.opened/12", Subject: "Un vote", Text: "Le vote douze est ouvert."})
	}
	owe(Letter{Email: "Marc@exemple.fr", Lang: "en", Subject: "Notice", Text: "marc-secret"})
	first := must[[]Owed](t)(s.Owed(ctx, 10))
	if len(first) != 2 {
		t.Fatalf("%+v", first)
	}
	for _, l := range first {
		if l.To == "anne@exemple.fr" && (l.Subject != "Un vote" || l.Lang != "fr") || l.To == "Marc@exemple.fr" && l.Lang != "en" {
			t.Errorf("%+v", l)
		}
		if l.To == "anne@exemple.fr" {
			if err := s.Left(ctx, l.ID); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := s.Later(ctx, l.ID); err != nil {
			t.Fatal(err)
		}
	}
	owe(Letter{Account: a.ID, About: "vote.opened/12", Subject: "Un vote", Text: "Le vote douze est ouvert."})
	if now := must[[]Owed](t)(s.Owed(ctx, 10)); len(now) != 0 {
		t.Errorf("before its time, or a second time: %+v", now)
	}
	// It is tried less and less often, and given up in the end.
	tries := 0
	for ; ; tries++ {
		c.pass(4 * time.Hour)
		l := must[[]Owed](t)(s.Owed(ctx, 10))
		if len(l) == 0 {
			break
		}
		if err := s.Later(ctx, l[0].ID); err != nil || tries > 40 {
			t.Fatal(tries, err)
		}
	}
	if tries < 25 {
		t.Errorf("given up after %d tries", tries)
	}
	s.Close()
	holdsNone(t, s, "marc", "Marc", "vote douze")
}

// Where nothing takes the letters away, they are not kept for ever.
func TestLettersAreGivenUpWithoutServer(t *testing.T) {
	s, c := open(t)
	for _, email := range []string{"zebulon@exemple.fr", "bob@exemple.fr"} {
		if err := s.Owe(t.Context(), Letter{Email: email, Text: "x"}); err != nil {
			t.Fatal(err)
		}
		c.pass(letterLife + time.Second)
	}
	if now := must[[]Owed](t)(s.Owed(t.Context(), 10)); len(now) != 1 || now[0].To != "bob@exemple.fr" {
		t.Errorf("%+v", now)
	}
	s.Close()
	holdsNone(t, s, "zebulon")
}

// An invitation that waits holds no secret, and ends with the role.
func TestInvitationIsOwed(t *testing.T) {
	s, c := open(t)
	ctx := t.Context()
	invite := Letter{Email: "bob@exemple.fr", Lang: "fr", Text: "https://x/connexion/" + LinkMark, Invite: &Invitation{Role: Speaker, Organisation: "naos"}}
	if err := s.Owe(ctx, invite); err != nil {
		t.Fatal(err)
	}
	l := must[[]Owed](t)(s.Owed(ctx, 10))
	ready := must[Owed](t)(s.Ready(ctx, l[0]))
	secret := strings.TrimPrefix(ready.Text, "https://x/connexion/")
	bob, _, err := s.Follow(ctx, secret)
	if err != nil || !bob.SpeaksFor("naos") {
		t.Errorf("%+v, %v", bob, err)
	}
	if err := s.Revoke(ctx, bob.ID, Member, "naos"); err != nil {
		t.Fatal(err)
	}
	if l := must[[]Owed](t)(s.Owed(ctx, 10)); len(l) != 0 {
		t.Errorf("after the seat was taken back: %+v", l)
	}
	if err := s.Owe(ctx, invite); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Leave(ctx, "naos", c.now(), 3); err != nil {
		t.Fatal(err)
	}
	if l := must[[]Owed](t)(s.Owed(ctx, 10)); len(l) != 0 {
		t.Errorf("after the organisation left: %+v", l)
	}
	invite.Invite.Organisation = ""
	if err := s.Owe(ctx, invite); !errors.Is(err, ErrRole) {
		t.Errorf("a speaker of nothing: %v", err)
	}
	if err := s.Owe(ctx, Letter{Email: "x\r\nBcc: y@exemple.fr"}); err == nil {
		t.Error("an address with a header in it")
	}
}

// Each change of who speaks or decides is told once, without a name, and what an organisation was given after its return stays.
func TestChangesAreTold(t *testing.T) {
	s, c := open(t)
	ctx := t.Context()
	a, _ := enter(t, s, "anne@exemple.fr")
	b, _ := enter(t, s, "bob@exemple.fr")
	for _, err := range []error{
		s.Grant(ctx, a.ID, Administrator, ""), s.Grant(ctx, a.ID, Administrator, ""), s.Grant(ctx, b.ID, Moderator, ""),
		s.Grant(ctx, a.ID, Member, "naos"), s.Grant(ctx, a.ID, Speaker, "naos"), s.Grant(ctx, b.ID, Speaker, "naos"),
		s.Erase(ctx, b.ID), s.Grant(ctx, a.ID, Speaker, "naos"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := must[int](t)(s.Leave(ctx, "naos", c.now(), 41)); n != 1 {
		t.Errorf("%d seats", n)
	}
	c.pass(time.Hour)
	if err := s.Grant(ctx, a.ID, Speaker, "naos"); err != nil {
		t.Fatal(err)
	}
	if n := must[int](t)(s.Leave(ctx, "naos", c.now(), 41)); n != 0 {
		t.Errorf("the same leaving took %d seats more", n)
	}
	if n := must[int](t)(s.Leave(ctx, "naos", c.now().Add(-time.Minute), 42)); n != 0 {
		t.Errorf("a leaving of before took %d seats", n)
	}
	all, settled, err := s.Untold(ctx)
	if err != nil || settled != 42 {
		t.Fatal(settled, err)
	}
	for i := range all {
		if all[i].N != int64(i)+1 || all[i].At.IsZero() {
			t.Errorf("%+v", all[i])
		}
		all[i].N, all[i].At = 0, time.Time{}
	}
	want := []Change{
		{Administrators: 1}, {Administrators: 1, Moderators: 1}, {Organisation: "naos", Speaker: SpeakerNew}, {Organisation: "naos", Speaker: SpeakerOther},
		{Administrators: 1}, {Organisation: "naos", Speaker: SpeakerNone}, {Organisation: "naos", Speaker: SpeakerNew}, {Organisation: "naos", Speaker: SpeakerNone}, {Organisation: "naos", Speaker: SpeakerNew},
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("%+v", all)
	}
	if err := s.Told(ctx, 8, 50); err != nil {
		t.Fatal(err)
	}
	if all, settled, err := s.Untold(ctx); err != nil || len(all) != 1 || all[0].N != 9 || settled != 50 {
		t.Errorf("%+v, %d, %v", all, settled, err)
	}
}

// holdsNone looks for words in the files of a store that was closed.
func holdsNone(t *testing.T, s *Store, words ...string) {
	t.Helper()
	for _, name := range []string{"communs.db", "communs.db-wal"} {
		data, err := os.ReadFile(filepath.Join(filepath.Dir(s.path), name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, word := range words {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s still holds %q", name, word)
			}
		}
	}
}
