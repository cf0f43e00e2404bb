// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package seats_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/people"
	"communs/registry/seats"
)

// givingFolder names the environment variable that makes of this test program one that gives roles in that data folder.
const givingFolder = "SEATS_TEST_GIVER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(givingFolder); dir != "" {
		fmt.Println(keepGiving(context.Background(), dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

type town struct {
	t      testing.TB
	dir    string
	log    registry.Store
	people *people.Store
	now    time.Time
}

func newTown(t testing.TB, dir string) *town {
	t.Helper()
	w := &town{t: t, dir: dir, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.now }
	var err error
	if w.log, err = registry.OpenSQLite(t.Context(), registry.Config{Dir: dir, Now: now}); err != nil {
		t.Fatal(err)
	}
	if w.people, err = people.Open(t.Context(), people.Config{Dir: dir, Now: now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.log.Close(); w.people.Close() })
	return w
}

func (w *town) account(email string) string {
	w.t.Helper()
	l, err := w.people.SignInLink(w.t.Context(), email, "fr")
	if err != nil {
		w.t.Fatal(err)
	}
	a, _, err := w.people.Follow(w.t.Context(), l.Secret)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}

func (w *town) settle() {
	w.t.Helper()
	if err := seats.Settle(w.t.Context(), w.log, w.people); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// told is what the log tells of roles, in short; nothing of it may be personal.
func (w *town) told() (all []string) {
	w.t.Helper()
	if _, err := registry.Verify(w.t.Context(), w.log, nil); err != nil {
		w.t.Fatal(err)
	}
	for e, err := range w.log.Log(w.t.Context(), 0) {
		w.must(err)
		if e.Type != "speaker.changed" && e.Type != "roles.changed" {
			continue
		}
		var b struct {
			Change                     int64
			Organisation, Speaker      string
			Moderators, Administrators int
		}
		w.must(json.Unmarshal(e.Body.Text, &b))
		if e.Personal.Text != nil || strings.Contains(string(e.Body.Text), "account") {
			w.t.Errorf("entry %d tells of a person: %s", e.N, e.Body.Text)
		}
		all = append(all, strings.TrimSpace(fmt.Sprintf("%d %s %s %d+%d", b.Change, b.Organisation, b.Speaker, b.Moderators, b.Administrators)))
	}
	return all
}

func TestSettle(t *testing.T) {
	w := newTown(t, t.TempDir())
	ctx := t.Context()
	anne, bob := w.account("anne@exemple.fr"), w.account("bob@exemple.fr")
	w.must(w.people.Grant(ctx, anne, people.Administrator, ""))
	w.must(w.people.Grant(ctx, anne, people.Speaker, "naos"))
	w.settle()
	w.settle()
	w.must(w.people.Grant(ctx, bob, people.Speaker, "naos"))
	w.must(w.people.Grant(ctx, bob, people.Moderator, ""))

	// An organisation leaves: its seats go, once, and those of its return stay.
	admin := registry.Actor{Account: anne, Roles: []registry.Role{registry.RoleAdministrator}}
	c := commons.New(w.log, func() time.Time { return w.now })
	members := []governance.Member{{Organisation: "naos", Type: "association"}, {Organisation: "atelier", Type: "company"}}
	_, err := c.Found(ctx, admin, commons.Founding{Rules: governance.Default(), Members: members})
	w.must(err)
	admin.Organisation = "naos"
	w.now = w.now.Add(time.Hour)
	_, err = c.Leave(ctx, admin)
	w.must(err)
	w.now = w.now.Add(time.Hour)
	w.must(w.people.Grant(ctx, anne, people.Member, "naos")) // before anybody has looked at the log
	w.settle()
	if b, err := w.people.Account(ctx, bob); err != nil || len(b.Seats) != 0 || !b.Moderator {
		t.Errorf("%+v, %v", b, err)
	}
	w.must(w.people.Grant(ctx, anne, people.Speaker, "naos"))
	w.settle()
	w.settle()
	if a, err := w.people.Account(ctx, anne); err != nil || !a.SpeaksFor("naos") {
		t.Errorf("%+v, %v", a, err)
	}
	want := []string{"1   0+1", "2 naos new 0+0", "3 naos other 0+0", "4   1+1", "5 naos none 0+0", "6 naos new 0+0"}
	if got := w.told(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	if rest, _, err := w.people.Untold(ctx); err != nil || len(rest) != 0 {
		t.Errorf("%+v, %v", rest, err)
	}
}

// Several programs settle at once while others write to the log.
func TestSettleSideBySide(t *testing.T) {
	w := newTown(t, t.TempDir())
	anne, bob := w.account("anne@exemple.fr"), w.account("bob@exemple.fr")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 10 {
				who := []string{anne, bob}[i%2]
				if err := errors.Join(w.people.Grant(t.Context(), who, people.Speaker, "naos"), seats.Settle(t.Context(), w.log, w.people)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	w.settle()
	w.onceEach(0)
}

// onceEach holds that the log has each change once, in order.
func (w *town) onceEach(least int) {
	w.t.Helper()
	got := w.told()
	for i, one := range got {
		if !strings.HasPrefix(one, fmt.Sprintf("%d ", i+1)) {
			w.t.Fatalf("entry %d: %s", i+1, one)
		}
	}
	rest, _, err := w.people.Untold(w.t.Context())
	if err != nil || len(rest) != 0 || len(got) < least {
		w.t.Errorf("%d told, %d not told, %v", len(got), len(rest), err)
	}
}

// keepGiving lets two accounts speak in turn, and says each time that it was acknowledged.
func keepGiving(ctx context.Context, dir string) error {
	log, err := registry.OpenSQLite(ctx, registry.Config{Dir: dir})
	if err != nil {
		return err
	}
	p, err := people.Open(ctx, people.Config{Dir: dir})
	if err != nil {
		return err
	}
	all, err := p.Accounts(ctx)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		if err := p.Grant(ctx, all[i%2].ID, people.Speaker, "naos"); err != nil {
			return err
		}
		fmt.Println("given")
		if err := seats.Settle(ctx, log, p); err != nil {
			return err
		}
	}
}

// Whoever gives roles is ended with SIGKILL at random moments: what was acknowledged is told, and told once.
func TestKilledGivers(t *testing.T) {
	if testing.Short() {
		t.Skip("kills many processes")
	}
	w := newTown(t, t.TempDir())
	w.account("anne@exemple.fr")
	w.account("bob@exemple.fr")
	given := 0
	for range 25 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(60+rand.IntN(120))*time.Millisecond)
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), givingFolder+"="+w.dir)
		out, err := cmd.Output()
		cancel()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.Exited() {
			t.Fatalf("it ended by itself: %v\n%s", err, out)
		}
		given += strings.Count(string(out), "given\n")
	}
	w.settle()
	w.onceEach(given - 25) // the first of each life may give what the one before gave last
	t.Logf("%d given, %d told", given, len(w.told()))
}
