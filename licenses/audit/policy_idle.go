// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"fmt"
	"slices"
	"strings"

	"communs/licenses"
)

// idle finds the items of the lists that are without effect.
func (r *policyReader) idle() {
	p := r.policy
	stricter := map[string]bool{}
	for _, l := range []struct {
		key   string
		items []string
	}{{"deny", p.Deny}, {"review", p.Review}, {"allow", p.Allow}} {
		own := map[string]bool{}
		for i, item := range l.items {
			if stricter[item] || own[item] || strings.ContainsAny(item, "*?[") && !slices.ContainsFunc(licenses.IDs(), func(id string) bool { return couldMatch(item, id) }) {
				p.idle = append(p.idle, idleItem{item, r.at[fmt.Sprintf("%s/%d", l.key, i)].line})
			}
			own[item] = true
		}
		for item := range own {
			stricter[item] = true
		}
	}
}

// couldMatch reports whether a pattern matches a licence of the list, perhaps with an exception, or one outside of it.
func couldMatch(pattern, id string) bool {
	license, _, _ := strings.Cut(pattern, " ")
	return matchID(license, id) || strings.Contains(strings.ToLower(license), "ref-") || strings.HasPrefix(license, "*")
}
