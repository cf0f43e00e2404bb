// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"communs/registry"
	"communs/registry/people"
	"communs/registry/register/registertest"
)

// registerKills is how often a server is killed while software is registered with it.
const registerKills = 100

// registerKilled ends a server with SIGKILL at random moments while programs register software over HTTP, each sending again what was not
// acknowledged. Whatever was acknowledged is there, once; nothing is there twice; the public log verifies.
func (b *binary) registerKilled() {
	t := b.t
	forge := registertest.New(t)
	forge.Push("atelier/outil", "README.md", "# Outil\n\nUn outil pour tenir la comptabilité d'une association.\n")
	b.env = append(b.env, "TMPDIR="+b.home, "HTTPS_PROXY="+forge.Proxy(), "SSL_CERT_FILE="+forge.Certificate())
	data := filepath.Join(b.home, "data")
	b.ok("registry", "add", "organisation", "--set", "name=Atelier", "--set", "type=company", "--data", data)
	accounts, err := people.Open(t.Context(), people.Config{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer accounts.Close()
	link, err := accounts.Invite(t.Context(), people.Invitation{Email: "anne@example.org", Lang: "fr", Role: people.Member, Organisation: "atelier"})
	if err != nil {
		t.Fatal(err)
	}
	anne, _, err := accounts.Follow(t.Context(), link.Secret)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := accounts.NewKey(t.Context(), anne.ID, "kill", time.Hour, people.ScopeEdit)
	if err != nil {
		t.Fatal(err)
	}
	k := &registering{binary: b, data: data, key: key, forge: forge, done: map[int]bool{}}
	for i := range registerKills {
		k.life(time.Duration(rand.Int64N(int64(120*time.Millisecond))), i)
	}
	k.life(3*time.Second, registerKills) // what was begun last is finished
	k.check()
}

// registering registers one software after the other.
type registering struct {
	*binary
	data, key string
	forge     *registertest.Forge

	mu   sync.Mutex
	next int
	done map[int]bool // whether it was acknowledged
}

// life is one server's, until it is killed that long after it began to answer.
func (k *registering) life(lasts time.Duration, n int) {
	k.t.Helper()
	cmd := k.command(k.t.Context(), "serve", "--listen", "127.0.0.1:0", "--data", k.data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	at := strings.Index(line, "http://")
	if err != nil || at < 0 {
		k.t.Fatalf("life %d: %q, %v", n, line, err)
	}
	address := strings.TrimRight(strings.Fields(line[at:])[0], ".,")
	var wait sync.WaitGroup
	end := time.AfterFunc(lasts, func() { cmd.Process.Kill() })
	for range 2 {
		wait.Go(func() {
			for k.one(address) == nil {
			}
		})
	}
	wait.Wait()
	end.Stop()
	cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
}

// one registers the next software, or the one whose registration was cut short; the error is that the server has gone, or wants us to wait.
func (k *registering) one(address string) error {
	k.mu.Lock()
	n := k.next
	k.next++
	k.mu.Unlock()
	name := fmt.Sprintf("outil-%d", n)
	err := func() error {
		bare := filepath.Join(filepath.Dir(k.forge.Bare("atelier/outil")), name+".git")
		if err := os.Symlink("outil.git", bare); err != nil && !os.IsExist(err) {
			return err
		}
		var d struct{ ID string }
		if err := k.post(address+"/api/v1/drafts", map[string]any{"address": registertest.Host + "atelier/" + name, "organisation": "atelier"}, &d); err != nil {
			return err
		}
		if err := k.post(address+"/api/v1/drafts/"+d.ID, map[string]any{"fields": map[string]string{"name": "Logiciel " + name, "summary.fr": "Un outil"}}, &d); err != nil {
			return err
		}
		var card struct{ ID string }
		return k.post(address+"/api/v1/drafts/"+d.ID+"/publish", map[string]any{"sure": true}, &card)
	}()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.done[n] = err == nil; err != nil && n < k.next {
		k.next = n // sent again, and those after it, which are published once all the same
	}
	return err
}

func (k *registering) post(address string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(k.t.Context(), http.MethodPost, address, strings.NewReader(string(text)))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+k.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err // the server is gone
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		if !strings.Contains(string(answer), `"published"`) && resp.StatusCode != http.StatusTooManyRequests {
			k.t.Logf("%s: %s %s", address, resp.Status, answer)
		}
		return fmt.Errorf("%s", resp.Status)
	}
	return json.Unmarshal(answer, into)
}

// check holds what the registry has against what was acknowledged.
func (k *registering) check() {
	s, err := registry.OpenSQLite(k.t.Context(), registry.Config{Dir: k.data})
	if err != nil {
		k.t.Fatal(err)
	}
	defer s.Close()
	c, err := registry.Load(k.t.Context(), s)
	if err != nil {
		k.t.Fatal(err)
	}
	seen := map[string]int{}
	for _, one := range c.AllSoftware() {
		seen[one.Repositories[0]]++
	}
	acknowledged := 0
	for n, done := range k.done {
		got := seen[fmt.Sprintf("%satelier/outil-%d", registertest.Host, n)]
		if got > 1 || done && got == 0 {
			k.t.Errorf("registration %d is there %d times, acknowledged: %v", n, got, done)
		}
		if done {
			acknowledged++
		}
	}
	if _, err := registry.Verify(k.t.Context(), s, nil); err != nil {
		k.t.Error(err)
	}
	k.t.Logf("%d registrations were acknowledged over %d kills", acknowledged, registerKills)
	if acknowledged < 5 {
		k.t.Error("the moments of the kills were badly chosen: next to nothing was acknowledged")
	}
}
