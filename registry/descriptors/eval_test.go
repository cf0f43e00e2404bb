// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bufio"
	"encoding/json"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// needsOf reads the set of needs that the registry starts from.
func needsOf(t testing.TB, name string) []Need {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Needs []struct {
			ID                string
			Publiccode, Words []string
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var needs []Need
	for _, n := range file.Needs {
		needs = append(needs, Need{ID: n.ID, Words: n.Words, Categories: n.Publiccode})
	}
	return needs
}

// score counts proposals against what was judged right beforehand.
type score struct{ repositories, proposed, right, wanted, got, silent int }

func (s *score) log(t *testing.T, name string) {
	t.Logf("%s: %d repositories; precision %d/%d, recall %d/%d; %d without a proposal", name, s.repositories, s.right, s.proposed, s.got, s.wanted, s.silent)
}

// READMEs of public repositories, which are not shipped: READMES is a folder with a folder for each, owner+name, and DATA the folder that
// holds needs.json. testdata/judged.tsv says which needs are right (wanted, and allowed besides), as judged before any was read. The
// repositories of an even hash were looked at to mend the rules; those of an odd one were not.
func TestProposalsOnRealReadmes(t *testing.T) {
	folder, data := os.Getenv("READMES"), os.Getenv("DATA")
	if folder == "" || data == "" {
		t.Skip("READMES and DATA are not set")
	}
	p := NewProposer(needsOf(t, filepath.Join(data, "needs.json")))
	judged, err := os.Open("testdata/judged.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer judged.Close()
	scores := map[string]*score{"looked at, applications": {}, "looked at, the rest": {}, "unseen, applications": {}, "unseen, the rest": {}}
	for lines := bufio.NewScanner(judged); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		files, _ := filepath.Glob(filepath.Join(folder, fields[0], "*"))
		if len(fields) != 3 || len(files) == 0 {
			continue
		}
		readme, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		h := fnv.New32a()
		h.Write([]byte(fields[0]))
		seen := h.Sum32()%2 == 0
		part, rest := map[bool]string{true: "looked at", false: "unseen"}[seen], ", applications"
		wanted, allowed := split(fields[1]), split(fields[2])
		if len(wanted)+len(allowed) == 0 {
			rest = ", the rest"
		}
		s := scores[part+rest]
		out := p.Propose(Material{Path: filepath.Base(files[0]), Readme: readme})
		s.add(out, wanted, allowed)
		if seen || testing.Verbose() && os.Getenv("ALL") != "" {
			tell(t, fields[0], out, wanted, allowed)
		}
	}
	for _, name := range []string{"looked at, applications", "looked at, the rest", "unseen, applications", "unseen, the rest"} {
		scores[name].log(t, name)
	}
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

func (s *score) add(out Proposal, wanted, allowed []string) {
	s.repositories++
	if len(out.Needs) == 0 {
		s.silent++
	}
	s.wanted += len(wanted)
	for _, n := range out.Needs {
		s.proposed++
		if slices.Contains(wanted, n.ID) || slices.Contains(allowed, n.ID) {
			s.right++
		}
		if slices.Contains(wanted, n.ID) {
			s.got++
		}
	}
}

// tell shows what went wrong.
func tell(t *testing.T, name string, out Proposal, wanted, allowed []string) {
	var got []string
	for _, n := range out.Needs {
		got = append(got, n.ID)
		if !slices.Contains(wanted, n.ID) && !slices.Contains(allowed, n.ID) {
			t.Logf("%s: %s is wrong (%v): %v", name, n.ID, n.Score, n.Reasons)
		}
	}
	for _, id := range wanted {
		if !slices.Contains(got, id) {
			t.Logf("%s: %s is not proposed, but %v", name, id, got)
		}
	}
	for _, d := range out.Descriptions {
		t.Logf("%s: %s %d: %s", name, d.Lang, d.Reason.Line, d.Short)
	}
}
