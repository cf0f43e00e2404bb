// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package publiclog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// chain makes a log of n entries, every third with a personal part.
func chain(t testing.TB, n int) []Entry {
	t.Helper()
	var list []Entry
	var head Head
	at := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)
	for i := range n {
		d := Draft{Type: "vote.cast", About: "proposal/7", Body: map[string]any{"organisation": fmt.Sprint("structure-", i), "choice": "yes", "text": "é <&> \u2028"}}
		if i%3 == 0 {
			d.Personal = map[string]string{"account": "a"}
		}
		if i%4 == 0 {
			d.About = ""
		}
		e, err := d.Seal(head, at.Add(time.Duration(i)*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		list, head = append(list, e), Head{e.N, e.Hash}
	}
	return list
}

func verify(list []Entry, anchor *Anchor) error {
	v := Verifier{Anchor: anchor}
	for _, e := range list {
		if err := v.Add(e); err != nil {
			return err
		}
	}
	return v.End()
}

// reseal gives an entry the hash that its fields have, as who tampers would.
func reseal(e Entry) Entry {
	e.Hash = e.sum()
	return e
}

func copied(list []Entry) []Entry {
	out := slices.Clone(list)
	for i := range out {
		out[i].Body.Text, out[i].Body.Salt = bytes.Clone(out[i].Body.Text), bytes.Clone(out[i].Body.Salt)
		out[i].Personal.Text, out[i].Personal.Salt = bytes.Clone(out[i].Personal.Text), bytes.Clone(out[i].Personal.Salt)
	}
	return out
}

func TestTamperingIsNamed(t *testing.T) {
	good := chain(t, 12)
	if err := verify(good, nil); err != nil {
		t.Fatal(err)
	}
	other := chain(t, 12)
	kept := Anchor{Hash: good[11].Hash, N: 12}
	for name, test := range map[string]struct {
		change func(list []Entry) []Entry
		n      int64
		code   string
	}{
		"number":            {func(l []Entry) []Entry { l[6].N = 9; return l }, 9, "number"},
		"time":              {func(l []Entry) []Entry { l[6].At = l[6].At.Add(time.Second); return l }, 7, "hash"},
		"type":              {func(l []Entry) []Entry { l[6].Type = "vote.closed"; return l }, 7, "hash"},
		"about":             {func(l []Entry) []Entry { l[6].About = "proposal/8"; return l }, 7, "hash"},
		"body":              {func(l []Entry) []Entry { l[6].Body.Text[3] ^= 1; return l }, 7, "body"},
		"body's hash":       {func(l []Entry) []Entry { l[6].Body.Hash[0] ^= 1; return l }, 7, "hash"},
		"salt":              {func(l []Entry) []Entry { l[6].Body.Salt[31] ^= 1; return l }, 7, "body"},
		"personal":          {func(l []Entry) []Entry { l[6].Personal.Text[3] ^= 1; return l }, 7, "personal"},
		"personal's salt":   {func(l []Entry) []Entry { l[6].Personal.Salt[0] ^= 1; return l }, 7, "personal"},
		"personal's hash":   {func(l []Entry) []Entry { l[6].Personal.Hash[0] ^= 1; return l }, 7, "hash"},
		"personal no more":  {func(l []Entry) []Entry { l[6].Personal = Part{}; return l }, 7, "hash"},
		"personal invented": {func(l []Entry) []Entry { l[7].Personal = l[6].Personal; return l }, 8, "hash"},
		"prev":              {func(l []Entry) []Entry { l[6].Prev[0] ^= 1; return l }, 7, "prev"},
		"hash":              {func(l []Entry) []Entry { l[6].Hash[0] ^= 1; return l }, 7, "hash"},
		"type, sealed anew": {func(l []Entry) []Entry { l[6].Type = "vote.closed"; l[6] = reseal(l[6]); return l }, 8, "prev"},
		"last, sealed anew": {func(l []Entry) []Entry { l[11].Type = "vote.closed"; l[11] = reseal(l[11]); return l }, 12, "head"},
		"salt and text moved": {func(l []Entry) []Entry {
			b := &l[6].Body
			b.Salt, b.Text = append(b.Salt, b.Text[0]), b.Text[1:]
			return l
		}, 7, "body"},
		"salt alone left":  {func(l []Entry) []Entry { l[6].Body.Text = nil; return l }, 7, "body"},
		"text untold gone": {func(l []Entry) []Entry { l[6].Body.Text, l[6].Body.Salt = nil, nil; return l }, 7, "missing"},
		"swap":             {func(l []Entry) []Entry { l[5], l[6] = l[6], l[5]; return l }, 7, "number"},
		"drop":             {func(l []Entry) []Entry { return slices.Delete(l, 6, 7) }, 8, "number"},
		"insert":           {func(l []Entry) []Entry { return slices.Insert(l, 6, other[6]) }, 7, "prev"},
		"replace":          {func(l []Entry) []Entry { l[6] = other[6]; return l }, 7, "prev"},
		"twice":            {func(l []Entry) []Entry { return slices.Insert(l, 6, l[6]) }, 7, "number"},
		"first dropped":    {func(l []Entry) []Entry { return l[1:] }, 2, "number"},
		"cut":              {func(l []Entry) []Entry { return l[:9] }, 10, "cut"},
		"all dropped":      {func(l []Entry) []Entry { return nil }, 1, "cut"},
		"rewritten":        {func(l []Entry) []Entry { return other }, 12, "head"},
		"older than the one before": {func(l []Entry) []Entry {
			l[11].At = l[0].At
			l[11] = reseal(l[11])
			return l
		}, 12, "time"},
		"newline in a field": {func(l []Entry) []Entry { l[6].Type = "a\nb"; l[6] = reseal(l[6]); return l }, 7, "form"},
	} {
		list := test.change(copied(good))
		// 6 has a number in the middle; a swap is met at its first half.
		if name == "swap" {
			test.n = list[5].N
		}
		err := verify(list, &kept)
		var fault *Fault
		if !errors.As(err, &fault) || fault.N != test.n || fault.Code != test.code {
			t.Errorf("%s: got %+v, want %s at %d", name, err, test.code, test.n)
		}
	}
}

func TestAnchors(t *testing.T) {
	list := chain(t, 5)
	hash := list[2].Hash.String()
	for text, ok := range map[string]bool{
		hash: true, hash + "@3": true, strings.ToUpper(hash): true, " " + hash + "\n": true,
		hash + "@": false, hash + "@0": false, hash + "@x": false, hash[1:]: false, "": false, "zz" + hash[2:]: false,
	} {
		a, err := ParseAnchor(text)
		if (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		} else if ok && verify(list, &a) != nil {
			t.Errorf("%q: %v", text, verify(list, &a))
		}
	}
	var fault *Fault
	if err := verify(list, &Anchor{Hash: list[2].Hash, N: 2}); !errors.As(err, &fault) || fault.N != 2 || fault.Code != "head" {
		t.Errorf("another number: %v", err)
	}
	if err := verify(list[:2], &Anchor{Hash: list[2].Hash}); !errors.As(err, &fault) || fault.Code != "unknown-head" {
		t.Errorf("cut short, the number not known: %v", err)
	}
}

// erase takes out a body, and tells it.
func erase(t testing.TB, list []Entry, n int64) []Entry {
	t.Helper()
	list = copied(list)
	e := &list[n-1]
	e.Body.Text, e.Body.Salt, e.Personal.Text, e.Personal.Salt = nil, nil, nil, nil
	last := list[len(list)-1]
	told, err := Draft{Type: TypeErased, About: fmt.Sprintf("entry/%d", n), Body: struct{}{}}.Seal(Head{last.N, last.Hash}, last.At)
	if err != nil {
		t.Fatal(err)
	}
	return append(list, told)
}

func TestErasedVerifiesAndTravels(t *testing.T) {
	list := erase(t, chain(t, 12), 7)
	if err := verify(list, nil); err != nil {
		t.Fatal(err)
	}
	var fault *Fault
	early := slices.Clone(list)
	if err := verify(early[:12], nil); !errors.As(err, &fault) || fault.N != 7 || fault.Code != "missing" {
		t.Errorf("without the entry that tells it: %v", err)
	}
	exported := export(t, list)
	if strings.Contains(exported, "structure-6") || strings.Contains(exported, "account") {
		t.Error("the export tells what was erased, or what is personal")
	}
	var back []Entry
	for e, err := range Read(strings.NewReader(exported)) {
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, e)
	}
	if err := verify(back, &Anchor{N: 13, Hash: list[12].Hash}); err != nil || len(back) != 13 {
		t.Errorf("%d entries came back: %v", len(back), err)
	}
}

func export(t testing.TB, list []Entry) string {
	t.Helper()
	var b strings.Builder
	for _, e := range list {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// The form of the chain is a contract with whoever keeps an export or a head: these bytes never change.
func TestGolden(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "log-1.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var v Verifier
	for e, err := range Read(bytes.NewReader(data)) {
		if err == nil {
			err = v.Add(e)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const want = "46380c0fbe80a29c04a475c4a3366a4337e655c6292b9abf0623a1e15bb75273"
	if err := v.End(); err != nil || v.Head().N != 6 || v.Head().Hash.String() != want || v.Erased() != 1 {
		t.Errorf("%+v, %d erased, %v", v.Head(), v.Erased(), err)
	}
}

// TestPython runs the program that the documentation gives to those who do not want to rely on ours.
func TestPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	list := erase(t, chain(t, 9), 4)
	for _, doc := range []string{"gouvernance.md", "gouvernance.en.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", doc))
		if err != nil {
			t.Fatal(err)
		}
		_, script, _ := strings.Cut(string(text), "```python\n")
		script, _, ok := strings.Cut(script, "```")
		if lines := strings.Count(script, "\n"); !ok || lines > 30 {
			t.Fatalf("%s: no script, or %d lines", doc, lines)
		}
		check := func(entries []Entry) string {
			cmd := exec.Command(python, "-c", script)
			cmd.Stdin = strings.NewReader(export(t, entries))
			out, err := cmd.CombinedOutput()
			return fmt.Sprint(string(out), err)
		}
		if said := check(list); !strings.Contains(said, list[len(list)-1].Hash.String()+"@10") || !strings.HasSuffix(said, "<nil>") {
			t.Errorf("%s: %s", doc, said)
		}
		for name, bad := range map[string][]Entry{
			"untold": list[:9], "dropped": slices.Delete(slices.Clone(list), 2, 3),
			"changed": func() []Entry { l := copied(list); l[5].Body.Text[2] ^= 1; return l }(),
			"retyped": func() []Entry { l := copied(list); l[5].Type = "rules.changed"; return l }(),
		} {
			if said := check(bad); strings.HasSuffix(said, "<nil>") {
				t.Errorf("%s: %s: the script finds nothing: %s", doc, name, said)
			}
		}
	}
}

func TestSealRefuses(t *testing.T) {
	for name, d := range map[string]Draft{
		"no type": {Body: 1}, "type": {Type: "Vote Cast", Body: 1}, "about": {Type: "a", About: "software/x", Body: 1}, "not JSON": {Type: "a", Body: func() {}},
		"too long": {Type: "a", Body: strings.Repeat("x", MaxText)},
	} {
		if _, err := d.Seal(Head{}, time.Now()); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(export(f, erase(f, chain(f, 4), 2))))
	f.Add([]byte(`{"n":1}` + "\n\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var list []Entry
		for e, err := range Read(bytes.NewReader(data)) {
			if err != nil {
				return
			}
			list = append(list, e)
		}
		if verify(list, nil) != nil {
			return
		}
		var again []Entry
		for e, err := range Read(strings.NewReader(export(t, list))) {
			if err != nil {
				t.Fatal(err)
			}
			again = append(again, e)
		}
		if err := verify(again, nil); err != nil || len(again) != len(list) {
			t.Fatalf("a good log does not survive being written: %v", err)
		}
	})
}

func BenchmarkVerify100000(b *testing.B) {
	list := chain(b, 100_000)
	b.ResetTimer()
	for b.Loop() {
		if err := verify(list, nil); err != nil {
			b.Fatal(err)
		}
	}
}
