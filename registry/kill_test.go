// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"communs/registry"
)

var killTimes = flag.Int("kill-times", 100, "how often a writer is killed")

// writerFolder names the environment variable that makes of this test program a writer in that data folder.
const writerFolder = "REGISTRY_TEST_WRITER"

func TestMain(m *testing.M) {
	flag.Parse()
	if dir := os.Getenv(writerFolder); dir != "" {
		fmt.Println(keepWriting(context.Background(), dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// batch is how many entries one import brings.
const batch = 10

// keepWriting imports batches and edits one record in turn, and says what was acknowledged: "import N", "edit N".
func keepWriting(ctx context.Context, dir string) error {
	s, err := registry.OpenSQLite(ctx, registry.Config{Dir: dir})
	if err != nil {
		return err
	}
	for {
		c, err := registry.Load(ctx, s)
		if err != nil {
			return err
		}
		n := len(c.AllSoftware()) / batch
		plan, err := registry.Import(ctx, s, imported(n), registry.ImportOptions{})
		if err != nil || plan.Count(registry.FateNew) != batch {
			return fmt.Errorf("import %d: %d new, %w", n, plan.Count(registry.FateNew), err)
		}
		fmt.Println("import", n)
		edits, err := edit(ctx, s)
		if err != nil {
			return err
		}
		fmt.Println("edit", edits)
	}
}

// imported is the batch of that number.
func imported(n int) (list []registry.Entry) {
	for i := range batch {
		list = append(list, &registry.Software{Meta: from(fmt.Sprintf("logiciel-%d-%d", n, i), "sill", registry.Proposed),
			Name: fmt.Sprintf("Logiciel %d lettre %c", n, 'a'+i), Summary: registry.Text{FR: "Un outil."}})
	}
	return list
}

// edit adds one to the people of a use statement, and gives the new number.
func edit(ctx context.Context, s registry.Store) (int, error) {
	r, err := s.Get(ctx, registry.KindUse, "compte")
	if err != nil {
		return 0, err
	}
	e, err := r.Entry()
	if err != nil {
		return 0, err
	}
	u := e.(*registry.Use)
	u.People++
	c, err := registry.Put(u, r.Seq)
	if err != nil {
		return 0, err
	}
	_, err = s.Apply(ctx, c)
	return u.People, err
}

// Writers are ended with SIGKILL at random moments. Whatever they were told was kept is there, an import is there as a whole or not at
// all, nothing is there twice, and every change has a number of its own.
func TestKilledWriters(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a hundred processes")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	s := openStore(t, registry.Config{Dir: dir})
	c, err := registry.Put(&registry.Use{Meta: from("compte", "form", registry.Draft)}, 0)
	if err == nil {
		_, err = s.Apply(t.Context(), c)
	}
	if err != nil {
		t.Fatal(err)
	}
	imports, edits := -1, 0 // the last that were acknowledged
	for i := range *killTimes {
		killWriter(t, dir, time.Duration(random.Int64N(int64(60*time.Millisecond))), func(line string) {
			var n int
			switch {
			case scans(line, "import %d", &n):
				imports = n
			case scans(line, "edit %d", &n):
				edits = n
			default:
				t.Fatalf("kill %d: the writer says %q", i, line)
			}
		})
		imports, edits = checkKept(t, s, imports, edits)
	}
	t.Logf("%d imports and %d edits were kept", imports+1, edits)
	if edits < *killTimes/4 {
		t.Errorf("only %d edits: the writers hardly wrote", edits)
	}
}

func scans(line, format string, n *int) bool {
	got, err := fmt.Sscanf(line, format, n)
	return err == nil && got == 1
}

// killWriter starts a writer, kills it some time after its first word, and tells each line that it said to its end.
func killWriter(t *testing.T, dir string, after time.Duration, said func(string)) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerFolder+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // what has no end was not said
			break
		}
		if timer == nil {
			timer = time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
		said(strings.TrimSpace(line))
	}
	cmd.Wait()
}

// checkTold verifies the public log: each import that is there is told once, and no other is.
func checkTold(t *testing.T, s registry.Store, imports int) {
	t.Helper()
	if _, err := registry.Verify(t.Context(), s, nil); err != nil {
		t.Fatalf("the public log does not verify: %v", err)
	}
	told := 0
	for e, err := range s.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Type == "record.imported" {
			told++
		}
	}
	if told != imports {
		t.Fatalf("the log tells of %d imports, %d are there", told, imports)
	}
}

// checkKept compares what the store holds with what was acknowledged, and gives what is there: a change may have been kept without its
// author having heard of it.
func checkKept(t *testing.T, s registry.Store, imports, edits int) (int, int) {
	t.Helper()
	var last int64
	batches := map[string]int{}
	ids := map[string]bool{}
	people := 0
	for r, err := range s.Since(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Seq <= last || ids[r.ID] {
			t.Fatalf("%s is there twice, or its number %d is not after %d", r.ID, r.Seq, last)
		}
		last, ids[r.ID] = r.Seq, true
		e, err := r.Entry()
		if err != nil {
			t.Fatal(err)
		}
		if u, ok := e.(*registry.Use); ok {
			people = u.People
			continue
		}
		batches[strings.Split(r.ID, "-")[1]]++
	}
	for n, count := range batches {
		if count != batch {
			t.Fatalf("import %s is half there: %d of %d", n, count, batch)
		}
	}
	if len(batches)-1 < imports || len(batches)-1 > imports+1 {
		t.Fatalf("%d imports are there, number %d was acknowledged", len(batches), imports)
	}
	if people < edits || people > edits+1 {
		t.Fatalf("%d edits are there, %d were acknowledged", people, edits)
	}
	checkTold(t, s, len(batches))
	if seq, err := s.Seq(t.Context()); err != nil || seq != last {
		t.Fatalf("the store is at %d (%v), its last record at %d", seq, err, last)
	}
	return len(batches) - 1, people
}
