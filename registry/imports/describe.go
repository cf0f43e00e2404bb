// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"errors"

	"communs/registry"
	"communs/registry/descriptors"
)

// Describe fills a card with what a repository says of itself, for somebody who registers it: each field with its reason, whatever else is
// wanting. What it says that cannot be used is among the skipped.
func Describe(m *Mirrored, o Options) (*registry.Software, []Skipped, error) {
	o.Source.Name = RepositorySource
	x := &proposing{
		reading:  &reading{Options: o, result: &Result{Source: o.Source}, ids: map[string]string{}},
		proposer: descriptors.NewProposer(askedNeeds(o.Known)), asked: true,
	}
	top, err := lookAt(m.Snapshot)
	if err != nil {
		return nil, nil, err
	}
	s, why, err := x.fromDescriptor(m, top)
	var foreign *Fault
	if errors.As(err, &foreign) { // one that cannot be read at all describes nothing
		why, err = foreign, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if why != nil {
		x.skip(m.URL, 0, m.Name, why)
	}
	described := s != nil
	if !described {
		s = &registry.Software{}
	}
	if why := x.fromReadme(s, m, top, described); why != nil {
		x.skip(m.URL, 0, m.Name, why)
	}
	x.fromForge(s, m)
	if s.Reasons = s.Reasons[:min(len(s.Reasons), maxReasons)]; s.Licence == "" {
		s.Reasons = without(s.Reasons, "licence")
	}
	return s, x.result.Skipped, nil
}

// without leaves out what is said of a field.
func without(list []registry.Reason, field string) (rest []registry.Reason) {
	for _, r := range list {
		if r.Field != field {
			rest = append(rest, r)
		}
	}
	return rest
}
