// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"testing"

	"communs/registry"
)

// reads checks what must hold for any input: no panic, every record has an id and a licence, and the registry can plan it.
func reads(t *testing.T, origin Origin, data []byte) {
	r, err := Read(t.Context(), origin, []File{{Name: "f", Data: data}}, licensed())
	if err != nil {
		return
	}
	for _, it := range r.Items {
		if m := it.Entry.Head(); m.ID == "" || len(m.Sources) != 1 || m.Sources[0].Licence == "" {
			t.Errorf("%+v", m)
		}
	}
	for _, s := range r.Skipped {
		if s.Why == nil {
			t.Errorf("left out without a reason: %+v", s)
		}
	}
	if _, err := registry.Import(t.Context(), registry.Nothing{}, r.Entries(), registry.ImportOptions{DryRun: true}); err != nil {
		t.Error(err)
	}
	if _, err := SourceLines(r.Crawl); err != nil {
		t.Error(err)
	}
}

func FuzzMembers(f *testing.F) {
	f.Add([]byte(membersFR))
	f.Add([]byte("name,forge\n=cmd,https://a@b/\xff\n"))
	f.Fuzz(func(t *testing.T, data []byte) { reads(t, Members, data) })
}

func FuzzPubliccode(f *testing.F) {
	f.Add([]byte(described))
	f.Fuzz(func(t *testing.T, data []byte) { reads(t, Publiccode, data) })
}
