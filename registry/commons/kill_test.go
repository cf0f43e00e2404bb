// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
)

var killTimes = flag.Int("kill-times", 100, "how often a voter is killed")

// voterFolder names the environment variable that makes of this test program a voter in that data folder.
const voterFolder = "COMMONS_TEST_VOTER"

func TestMain(m *testing.M) {
	flag.Parse()
	if dir := os.Getenv(voterFolder); dir != "" {
		fmt.Println(keepVoting(context.Background(), dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const assemblySize = 5

// keepVoting proposes and votes in turn for ever, going on where another was stopped, and says each thing that was acknowledged as the log's entry has it:
// "proposal/3", "proposal/3 s01".
func keepVoting(ctx context.Context, dir string) error {
	s, err := registry.OpenSQLite(ctx, registry.Config{Dir: dir})
	if err != nil {
		return err
	}
	c := commons.New(s, time.Now)
	for {
		st, err := c.Propose(ctx, speaker("s00"), commons.Motion{Kind: governance.Resolution, Title: "Titre", Text: "Texte."})
		if err != nil {
			return err
		}
		n := int64(len(st.Proposals))
		fmt.Printf("proposal/%d\n", n)
		for i := range assemblySize {
			if _, err := c.Vote(ctx, speaker(member(i).Organisation), n, governance.Yes); err != nil {
				return err
			}
			fmt.Printf("proposal/%d %s\n", n, member(i).Organisation)
		}
	}
}

// Voters are ended with SIGKILL at random moments: what they were told is there, nothing is there twice, and the log verifies and keeps its rules.
func TestKilledVoters(t *testing.T) {
	if testing.Short() {
		t.Skip("kills many processes")
	}
	v := newVillage(t)
	f := commons.Founding{Rules: []byte(strings.ReplaceAll(string(governance.Default()), "discussion_days = 7", "discussion_days = 0"))}
	for i := range assemblySize {
		f.Members = append(f.Members, member(i))
	}
	if _, err := v.Found(t.Context(), administrator(), f); err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for range *killTimes {
		var out bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(80+rand.IntN(160))*time.Millisecond)
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), voterFolder+"="+v.dir), &out, os.Stderr
		err := cmd.Run()
		cancel()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.Exited() {
			t.Fatalf("the voter ended by itself: %v\n%s", err, out.String())
		}
		lines := strings.Split(out.String(), "\n")
		for _, line := range lines[:len(lines)-1] { // what has no end was not said
			said[line] = true
		}
	}
	there := map[string]bool{}
	for e, err := range v.store.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		what := e.About
		switch e.Type {
		case "vote.cast":
			_, organisation, _ := strings.Cut(string(e.Body.Text), `"organisation":"`)
			what += " " + organisation[:3]
		case "proposal.submitted":
		default:
			continue
		}
		if there[what] {
			t.Errorf("%s is there twice", what)
		}
		there[what] = true
	}
	for what := range said {
		if !there[what] {
			t.Errorf("%s was acknowledged and is not there", what)
		}
	}
	v.days(400)
	st := v.kept()
	t.Logf("%d acknowledged, %d there, %d proposals", len(said), len(there), len(st.Proposals))
	if len(said) < 2**killTimes {
		t.Errorf("only %d things were acknowledged: the voters hardly voted", len(said))
	}
}
