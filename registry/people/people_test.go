// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func open(t testing.TB) (*Store, *clock) {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	s, err := Open(t.Context(), Config{Dir: t.TempDir(), Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, c
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// enter signs the owner of an address in, by a link.
func enter(t testing.TB, s *Store, email string) (*Account, Session) {
	t.Helper()
	l := must[Link](t)(s.SignInLink(t.Context(), email, "fr"))
	a, session, err := s.Follow(t.Context(), l.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return a, session
}

func TestLinkOpensOnce(t *testing.T) {
	s, c := open(t)
	ctx := t.Context()
	first := must[Link](t)(s.SignInLink(ctx, " Anne@Exemple.FR ", "fr"))
	second := must[Link](t)(s.SignInLink(ctx, "anne@exemple.fr", "fr"))
	late := must[Link](t)(s.SignInLink(ctx, "late@exemple.fr", "fr"))
	if first.Email != "Anne@exemple.fr" {
		t.Errorf("the address became %q", first.Email)
	}
	// What looks into a mailbox looks, and uses nothing up.
	for range 2 {
		if i := must[Invitation](t)(s.Look(ctx, first.Secret)); i.Email != "Anne@exemple.fr" || i.Role != "" {
			t.Errorf("the link would open %+v", i)
		}
	}
	a, session, err := s.Follow(ctx, first.Secret)
	if err != nil {
		t.Fatal(err)
	}
	if got := must[*Account](t)(s.SignedIn(ctx, session.Secret)); got.ID != a.ID || got.Email != "Anne@exemple.fr" || got.Lang != "fr" {
		t.Errorf("signed in as %+v", got)
	}
	for _, test := range []struct {
		name, secret string
		want         error
	}{
		{"a second time", first.Secret, ErrUsedLink},
		{"another one of the same address", second.Secret, ErrUsedLink},
		{"cut short", first.Secret[:42], ErrUnknownLink},
		{"another's", base64.RawURLEncoding.EncodeToString(make([]byte, 32)), ErrUnknownLink},
		{"empty", "", ErrUnknownLink},
		{"a session is no link", session.Secret, ErrUnknownLink},
	} {
		if _, _, err := s.Follow(ctx, test.secret); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	c.pass(signInLife)
	if _, _, err := s.Follow(ctx, late.Secret); !errors.Is(err, ErrExpiredLink) {
		t.Errorf("after its time: %v", err)
	}
	if all := must[[]*Account](t)(s.Accounts(ctx)); len(all) != 1 {
		t.Errorf("%d accounts, want 1", len(all))
	}
	c.pass(40 * 24 * time.Hour)
	must[Link](t)(s.SignInLink(ctx, "bob@exemple.fr", "fr"))
	if _, err := s.Look(ctx, late.Secret); !errors.Is(err, ErrUnknownLink) {
		t.Errorf("a month later: %v", err)
	}
}

// Of many who follow one link at the same moment, one comes in.
func TestLinkRace(t *testing.T) {
	s, _ := open(t)
	l := must[Link](t)(s.SignInLink(t.Context(), "anne@exemple.fr", "fr"))
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() { _, _, errs[i] = s.Follow(context.Background(), l.Secret) })
	}
	wg.Wait()
	came := 0
	for _, err := range errs {
		if err == nil {
			came++
		} else if !errors.Is(err, ErrUsedLink) {
			t.Error(err)
		}
	}
	if came != 1 {
		t.Errorf("%d came in", came)
	}
}

func TestInvitationGivesRole(t *testing.T) {
	s, c := open(t)
	ctx := t.Context()
	for _, bad := range []Invitation{
		{Email: "a@exemple.fr", Role: "king"}, {Email: "a@exemple.fr", Role: Speaker}, {Email: "a@exemple.fr", Role: Moderator, Organisation: "naos"}, {Email: "a@exemple.fr"},
	} {
		if _, err := s.Invite(ctx, bad); !errors.Is(err, ErrRole) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	l := must[Link](t)(s.Invite(ctx, Invitation{"anne@exemple.fr", "en", Speaker, "naos"}))
	c.pass(13 * 24 * time.Hour)
	a, _, err := s.Follow(ctx, l.Secret)
	if err != nil || !a.SpeaksFor("naos") || a.SpeaksFor("other") || a.Moderates() || a.Lang != "en" {
		t.Fatalf("%+v, %v", a, err)
	}
	// The next speaker takes the voice; the one before stays a member.
	next := must[Link](t)(s.Invite(ctx, Invitation{"bob@exemple.fr", "fr", Speaker, "naos"}))
	b, _, err := s.Follow(ctx, next.Secret)
	if err != nil || !b.SpeaksFor("naos") {
		t.Fatalf("%+v, %v", b, err)
	}
	if a = must[*Account](t)(s.Account(ctx, a.ID)); a.SpeaksFor("naos") || !a.ActsFor("naos") {
		t.Errorf("the one before: %+v", a.Seats)
	}
	open := must[Link](t)(s.Invite(ctx, Invitation{"eve@exemple.fr", "fr", Member, "naos"}))
	if n := must[int](t)(s.Leave(ctx, "naos", c.now(), 7)); n != 2 {
		t.Errorf("%d seats were taken back", n)
	}
	if _, _, err := s.Follow(ctx, open.Secret); !errors.Is(err, ErrUnknownLink) {
		t.Errorf("an invitation of before the organisation left: %v", err)
	}
	if b = must[*Account](t)(s.Account(ctx, "BOB@exemple.fr")); len(b.Seats) != 0 {
		t.Errorf("after the organisation left: %+v", b.Seats)
	}
}

func TestRoles(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	a, _ := enter(t, s, "anne@exemple.fr")
	b, _ := enter(t, s, "bob@exemple.fr")
	for _, err := range []error{
		s.Grant(ctx, a.ID, Administrator, ""), s.Grant(ctx, a.ID, Administrator, ""), s.Grant(ctx, b.ID, Moderator, ""),
		s.Grant(ctx, b.ID, Member, "naos"), s.Grant(ctx, b.ID, Member, "naos"), s.Grant(ctx, b.ID, Speaker, "naos"), s.Grant(ctx, b.ID, Member, "naos"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if b = must[*Account](t)(s.Account(ctx, b.ID)); !b.SpeaksFor("naos") || !b.Moderates() || b.Administrator {
		t.Errorf("%+v", b)
	}
	again := must[Link](t)(s.Invite(ctx, Invitation{"bob@exemple.fr", "fr", Speaker, "naos"}))
	for _, test := range []struct {
		name string
		err  error
		want error
	}{
		{"the last administrator steps down", s.Revoke(ctx, a.ID, Administrator, ""), ErrLast},
		{"the last administrator is erased", s.Erase(ctx, a.ID), ErrLast},
		{"nobody", s.Grant(ctx, "x", Moderator, ""), ErrNoAccount},
		{"a role that is none", s.Grant(ctx, a.ID, "king", ""), ErrRole},
		{"a seat that is none", s.Revoke(ctx, a.ID, Member, "naos"), ErrNoSeat},
		{"a voice that is none", s.Revoke(ctx, a.ID, Speaker, "naos"), ErrNoSeat},
		{"a speaker of nothing", s.Revoke(ctx, a.ID, Speaker, ""), ErrRole},
		{"the voice", s.Revoke(ctx, b.ID, Speaker, "naos"), nil},
		{"the seat", s.Revoke(ctx, b.ID, Member, "naos"), nil},
		{"a moderator steps down", s.Revoke(ctx, b.ID, Moderator, ""), nil},
		{"a second administrator", s.Grant(ctx, b.ID, Administrator, ""), nil},
		{"the first goes", s.Revoke(ctx, a.ID, Administrator, ""), nil},
	} {
		if !errors.Is(test.err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, test.err, test.want)
		}
	}
	if _, _, err := s.Follow(ctx, again.Secret); !errors.Is(err, ErrUnknownLink) {
		t.Errorf("an invitation of before the seat was taken back: %v", err)
	}
}

func TestSessionEnds(t *testing.T) {
	s, c := open(t)
	ctx := t.Context()
	a, session := enter(t, s, "anne@exemple.fr")
	_, other := enter(t, s, "anne@exemple.fr")
	if session.Secret == other.Secret {
		t.Fatal("two sessions share a secret")
	}
	// Use keeps it, up to its end.
	for range 5 {
		c.pass(11 * 24 * time.Hour)
		must[*Account](t)(s.SignedIn(ctx, session.Secret))
	}
	if _, err := s.SignedIn(ctx, other.Secret); !errors.Is(err, ErrSignedOut) {
		t.Errorf("unused for long: %v", err)
	}
	c.pass(6 * 24 * time.Hour)
	if _, err := s.SignedIn(ctx, session.Secret); !errors.Is(err, ErrSignedOut) {
		t.Errorf("after its life: %v", err)
	}
	_, one := enter(t, s, "anne@exemple.fr")
	_, two := enter(t, s, "anne@exemple.fr")
	if err := s.SignOut(ctx, one.Secret); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignedIn(ctx, one.Secret); !errors.Is(err, ErrSignedOut) {
		t.Errorf("after signing out: %v", err)
	}
	pending := must[Link](t)(s.SignInLink(ctx, "anne@exemple.fr", "fr"))
	if n := must[int](t)(s.SignOutEverywhere(ctx, a.ID)); n != 1 {
		t.Errorf("%d sessions ended, want 1", n)
	}
	if _, err := s.SignedIn(ctx, two.Secret); !errors.Is(err, ErrSignedOut) {
		t.Errorf("after signing out everywhere: %v", err)
	}
	if _, _, err := s.Follow(ctx, pending.Secret); !errors.Is(err, ErrUnknownLink) {
		t.Errorf("a link of before: %v", err)
	}
	// A secret that a browser brings is never taken over.
	made := base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	if _, err := s.SignedIn(ctx, made); !errors.Is(err, ErrSignedOut) {
		t.Errorf("a session of somebody's making: %v", err)
	}
	if FormToken(one.Secret) == FormToken(two.Secret) || !GoodForm(one.Secret, FormToken(one.Secret)) || GoodForm(one.Secret, FormToken(two.Secret)) || GoodForm(one.Secret, "") {
		t.Error("a form's token does not hold to its session")
	}
}

func TestKeys(t *testing.T) {
	s, c := open(t)
	ctx := t.Context()
	a, session := enter(t, s, "anne@exemple.fr")
	k, secret, err := s.NewKey(ctx, a.ID, " nightly  import ", 30*24*time.Hour, ScopeRead, ScopeEdit, ScopeRead)
	if err != nil || k.Name != "nightly import" || !reflect.DeepEqual(k.Scopes, []Scope{ScopeEdit, ScopeRead}) {
		t.Fatalf("%+v, %v", k, err)
	}
	if got := must[*Account](t)(s.Unlock(ctx, secret, ScopeEdit)); got.ID != a.ID {
		t.Errorf("the key opens %+v", got)
	}
	if keys := must[[]Key](t)(s.Keys(ctx, a.ID)); len(keys) != 1 || keys[0].Seen == nil || keys[0].ID != k.ID {
		t.Errorf("keys: %+v", keys)
	}
	for _, test := range []struct {
		name, key string
		scope     Scope
		want      error
	}{
		{"what it was not made for", secret, ScopeVote, ErrScope},
		{"without its beginning", secret[len(keyPrefix):], ScopeRead, ErrUnknownKey},
		{"a session is no key", keyPrefix + session.Secret, ScopeRead, ErrUnknownKey},
		{"nothing", "", ScopeRead, ErrUnknownKey},
	} {
		if _, err := s.Unlock(ctx, test.key, test.scope); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	for _, test := range []struct {
		name string
		life time.Duration
		may  []Scope
		want any
	}{
		{"", time.Hour, []Scope{ScopeRead}, new(*NameError)},
		{"x\u202ey", time.Hour, []Scope{ScopeRead}, new(*NameError)},
		{"x", time.Hour, nil, ErrNoScope},
		{"x", time.Hour, []Scope{"all"}, ErrNoScope},
		{"x", 400 * 24 * time.Hour, []Scope{ScopeRead}, ErrLifetime},
		{"x", time.Second, []Scope{ScopeRead}, ErrLifetime},
	} {
		_, _, err := s.NewKey(ctx, a.ID, test.name, test.life, test.may...)
		if want, is := test.want.(error); is && !errors.Is(err, want) || !is && !errors.As(err, test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	if err := s.DropKey(ctx, "somebody else", k.ID); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("taken back by another: %v", err)
	}
	c.pass(30 * 24 * time.Hour)
	if _, err := s.Unlock(ctx, secret, ScopeRead); !errors.Is(err, ErrExpiredKey) {
		t.Errorf("after its time: %v", err)
	}
	if err := s.DropKey(ctx, a.ID, k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Unlock(ctx, secret, ScopeRead); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("taken back: %v", err)
	}
}

func TestVouched(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	anne := Vouched{Issuer: "https://git.exemple.fr", Subject: "7", Email: "anne@exemple.fr", Verified: true, Name: "Anne\nBcc: x", Lang: "fr"}
	a, _, err := s.Enter(ctx, anne)
	if err != nil || a.Email != "anne@exemple.fr" || a.Name != "Anne Bcc: x" {
		t.Fatalf("%+v, %v", a, err)
	}
	// The subject decides, not the address.
	moved := anne
	moved.Email = "other@exemple.fr"
	if again, _, err := s.Enter(ctx, moved); err != nil || again.ID != a.ID || again.Email != "anne@exemple.fr" {
		t.Errorf("with another address: %+v, %v", again, err)
	}
	elsewhere := anne
	elsewhere.Issuer = "https://autre.exemple.fr"
	elsewhere.Verified = false
	if _, _, err := s.Enter(ctx, elsewhere); !errors.Is(err, ErrUnverified) {
		t.Errorf("a site that verifies nothing opens somebody's account: %v", err)
	}
	if err := s.Join(ctx, a.ID, elsewhere); err != nil {
		t.Fatal(err)
	}
	if again, _, err := s.Enter(ctx, elsewhere); err != nil || again.ID != a.ID {
		t.Errorf("once joined: %+v, %v", again, err)
	}
	if subject := must[string](t)(s.Subject(ctx, a.ID, elsewhere.Issuer)); subject != "7" {
		t.Errorf("there it is %q", subject)
	}
	unknown := Vouched{Issuer: anne.Issuer, Subject: "8", Email: "victim@exemple.fr", Lang: "fr"}
	b, _, err := s.Enter(ctx, unknown)
	if err != nil || b.Email != "" {
		t.Fatalf("an address that nobody verified was kept: %+v, %v", b, err)
	}
	if err := s.Join(ctx, b.ID, anne); !errors.Is(err, ErrTaken) {
		t.Errorf("another's way to sign in: %v", err)
	}
	if err := s.Erase(ctx, b.ID); err != nil {
		t.Fatal(err)
	}
	if again, _, err := s.Enter(ctx, unknown); err != nil || again.ID == b.ID {
		t.Errorf("after erasure, the same person is %+v, %v", again, err)
	}
}

// What is erased is nowhere in the files, and opens nothing.
func TestEraseLeavesNothing(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	a, session := enter(t, s, "zebulon.zanzibar@exemple.fr")
	if err := s.Rename(ctx, a.ID, "Zébulon Zanzibar", "en"); err != nil {
		t.Fatal(err)
	}
	if err := s.Grant(ctx, a.ID, Speaker, "naos"); err != nil {
		t.Fatal(err)
	}
	_, key, err := s.NewKey(ctx, a.ID, "zanzibarkey", time.Hour, ScopeVote)
	if err != nil {
		t.Fatal(err)
	}
	later := must[Link](t)(s.SignInLink(ctx, "zebulon.zanzibar@exemple.fr", "fr"))
	if err := s.Erase(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	left := must[*Account](t)(s.Account(ctx, a.ID))
	if left.Email != "" || left.Name != "" || len(left.Seats) != 0 || left.Closed == nil {
		t.Errorf("left: %+v", left)
	}
	if _, err := s.SignedIn(ctx, session.Secret); !errors.Is(err, ErrSignedOut) {
		t.Errorf("its session: %v", err)
	}
	if _, err := s.Unlock(ctx, key, ScopeVote); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("its key: %v", err)
	}
	if _, _, err := s.Follow(ctx, later.Secret); !errors.Is(err, ErrUnknownLink) {
		t.Errorf("a link sent before: %v", err)
	}
	if err := s.Grant(ctx, a.ID, Member, "naos"); !errors.Is(err, ErrClosed) {
		t.Errorf("a role: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	holdsNone(t, s, "zanzibar", "Zanzibar", "zebulon")
}

// A copy of the database opens nothing.
func TestNoSecretIsKept(t *testing.T) {
	s, _ := open(t)
	a, session := enter(t, s, "anne@exemple.fr")
	l := must[Link](t)(s.SignInLink(t.Context(), "anne@exemple.fr", "fr"))
	_, key, err := s.NewKey(t.Context(), a.ID, "k", time.Hour, ScopeRead)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(s.path)
	for _, name := range []string{"communs.db", "communs.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for what, secret := range map[string]string{"session": session.Secret, "link": l.Secret, "key": key[len(keyPrefix):]} {
			raw, err := base64.RawURLEncoding.DecodeString(secret)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(data, []byte(secret)) || bytes.Contains(data, raw) {
				t.Errorf("%s holds the secret of the %s", name, what)
			}
		}
	}
}
