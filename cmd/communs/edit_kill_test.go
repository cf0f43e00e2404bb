// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"communs/registry"
)

// editKills is how often a change of the catalogue is killed.
const editKills = 100

// killing changes one catalogue by the command line, and remembers what was acknowledged.
type killing struct {
	*binary
	data   string
	random *rand.Rand
	took   time.Duration // of a change that nobody disturbs

	people int          // of the use statement, as last acknowledged
	added  map[int]bool // uses that were added: whether that was acknowledged
	lists  map[int]bool // imports of members, likewise
}

// membersInList is how many members one import brings.
const membersInList = 5

// editKilled ends edits, additions and imports with SIGKILL at random moments. Whatever was acknowledged is there, once; an import is there as a
// whole or not at all; and a backup taken while somebody edits, restored, holds all that was acknowledged before it began.
func (b *binary) editKilled() {
	t := b.t
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("to repeat: -kill-seed %d", seed)
	k := &killing{binary: b, data: filepath.Join(b.home, "data"), random: rand.New(rand.NewPCG(seed, 0)), added: map[int]bool{}, lists: map[int]bool{}}
	b.ok("registry", "add", "organisation", "--set", "name=Mairie", "--set", "type=public", "--data", k.data)
	b.ok("registry", "add", "software", "--set", "name=Outil", "--set", "summary.fr=Un outil", "--data", k.data)
	start := time.Now()
	b.ok("registry", "add", "use", "--set", "id=compte", "--set", "organisation=mairie", "--set", "software=outil", "--data", k.data)
	k.took = time.Since(start)
	for i := range editKills {
		switch i % 3 {
		case 0:
			if k.kill("registry", "edit", "use", "compte", "--set", fmt.Sprintf("people=%d", i+1)) {
				k.people = i + 1
			}
		case 1:
			k.added[i] = k.kill("registry", "add", "use", "--set", fmt.Sprintf("id=usage-%d", i), "--set", "organisation=mairie", "--set", "software=outil")
		case 2:
			k.lists[i] = k.kill("registry", "import", "members", k.members(i), "--licence", "CC0-1.0")
		}
		k.check(k.data, fmt.Sprintf("kill %d", i))
		if i%20 == 19 {
			k.backup(i)
		}
	}
	kept := 0
	for _, acknowledged := range k.added {
		if acknowledged {
			kept++
		}
	}
	t.Logf("of %d additions %d were acknowledged; the last edit that was: %d", len(k.added), kept, k.people)
	if k.people == 0 || kept == 0 || kept == len(k.added) {
		t.Error("the moments of the kills were badly chosen: nothing, or everything, was acknowledged")
	}
}

// kill starts a change, kills it at some moment, and reports whether it said before that it is done.
func (k *killing) kill(args ...string) (acknowledged bool) {
	cmd := k.command(k.t.Context(), append(args, "--data", k.data)...)
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(k.random.Int64N(int64(k.took)*3/2)), func() { cmd.Process.Kill() })
	defer timer.Stop()
	return cmd.Wait() == nil
}

// members writes a list of members that no other list has.
func (k *killing) members(n int) string {
	var text strings.Builder
	text.WriteString("nom\n")
	for i := range membersInList {
		fmt.Fprintf(&text, "Membre%d lettre%c\n", n, 'a'+i)
	}
	name := filepath.Join(k.home, fmt.Sprintf("members-%d.csv", n))
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		k.t.Fatal(err)
	}
	return name
}

// backup takes a backup while somebody edits, and looks at what it restores.
func (k *killing) backup(n int) {
	file, to := filepath.Join(k.home, "b.tar.zst"), filepath.Join(k.home, fmt.Sprint("restored", n))
	cmd := k.command(k.t.Context(), "registry", "edit", "use", "compte", "--set", fmt.Sprintf("people=%d", 1000+n), "--data", k.data)
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.ok("backup", "--data", k.data, file)
	if err := cmd.Wait(); err != nil {
		k.t.Fatalf("an edit during a backup: %v", err)
	}
	k.ok("restore", "--data", to, file)
	k.check(to, fmt.Sprintf("backup after kill %d", n))
	k.people = 1000 + n
	k.ok("registry", "edit", "use", "compte", "--set", fmt.Sprintf("people=%d", n), "--data", k.data)
	k.people = n
}

// check holds what a data folder has against what was acknowledged.
func (k *killing) check(data, when string) {
	k.t.Helper()
	s, err := registry.OpenSQLite(k.t.Context(), registry.Config{Dir: data})
	if err != nil {
		k.t.Fatal(err)
	}
	defer s.Close()
	seen, last := map[string]int{}, int64(0)
	people := 0
	for r, err := range s.Since(k.t.Context(), 0) {
		if err != nil || r.Seq <= last {
			k.t.Fatalf("%s: %s %s has number %d after %d, %v", when, r.Kind, r.ID, r.Seq, last, err)
		}
		e, err := r.Entry()
		if err != nil {
			k.t.Fatalf("%s: %v", when, err)
		}
		if u, ok := e.(*registry.Use); ok && r.ID == "compte" {
			people = u.People
		}
		list, _, _ := strings.Cut(r.ID, "-lettre")
		last, seen[list] = r.Seq, seen[list]+1
	}
	if people < k.people {
		k.t.Fatalf("%s: the statement counts %d people, %d were acknowledged", when, people, k.people)
	}
	for n, acknowledged := range k.added {
		if got := seen[fmt.Sprintf("usage-%d", n)]; got > 1 || acknowledged && got == 0 {
			k.t.Fatalf("%s: addition %d is there %d times, acknowledged: %v", when, n, got, acknowledged)
		}
	}
	for n, acknowledged := range k.lists {
		if got := seen[fmt.Sprintf("membre%d", n)]; got != membersInList && (acknowledged || got != 0) {
			k.t.Fatalf("%s: of import %d there are %d of %d members, acknowledged: %v", when, n, got, membersInList, acknowledged)
		}
	}
}
