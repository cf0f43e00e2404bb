// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"strings"

	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"

	"communs/crawler/heritage"
)

// SnapshotID is the SWHID of the state of a repository whose server advertised these references; none were for an empty one. What is
// behind a reference is not said there: it is a release when the server says what commit the tag is for, and else a revision.
func SnapshotID(adv *packp.AdvRefs) heritage.ID {
	return heritage.SnapshotOf(heritage.Branches(advertised(adv)))
}

func advertised(adv *packp.AdvRefs) []heritage.Reference {
	list := make([]heritage.Reference, 0, len(adv.References)+1)
	if adv.Head != nil {
		list = append(list, heritage.Reference{Name: "HEAD", Hash: *adv.Head})
	}
	for name, hash := range adv.References {
		r := heritage.Reference{Name: name, Hash: hash}
		if _, tag := adv.Peeled[name]; tag {
			r.Type = heritage.Release
		}
		list = append(list, r)
	}
	for _, s := range adv.Capabilities.Get(capability.SymRef) {
		if name, target, ok := strings.Cut(s, ":"); ok {
			list = append(list, heritage.Reference{Name: name, Symbolic: target})
		}
	}
	return list
}
