// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "strings"

// inScope reports whether a glob of the scope, one a line, matches: * is any run without a slash, ** any run at all, ? one character, \
// takes the next one as it is.
func inScope(scope, name string) bool {
	for glob := range strings.SplitSeq(scope, "\n") {
		if globMatch(glob, name) {
			return true
		}
	}
	return false
}

// globMatch keeps the set of places in the glob that the name so far can stand at, so that no glob takes more than its length times the
// name's.
func globMatch(glob, name string) bool {
	type step struct {
		char byte
		kind byte // c: this character, ?: any one, *: any run without a slash, s: any run
	}
	var steps []step
	for i := 0; i < len(glob); i++ {
		switch {
		case glob[i] == '*':
			kind := byte('*')
			for i+1 < len(glob) && glob[i+1] == '*' {
				i, kind = i+1, 's'
			}
			steps = append(steps, step{kind: kind})
		case glob[i] == '?':
			steps = append(steps, step{kind: '?'})
		default:
			if glob[i] == '\\' && i+1 < len(glob) {
				i++
			}
			steps = append(steps, step{glob[i], 'c'})
		}
	}
	at := make([]bool, len(steps)+1)
	at[0] = true
	skip := func() { // a run may be empty
		for k, s := range steps {
			if at[k] && (s.kind == '*' || s.kind == 's') {
				at[k+1] = true
			}
		}
	}
	skip()
	for i := range len(name) {
		for k := len(steps); k >= 0; k-- {
			stays := at[k] && k < len(steps) && (steps[k].kind == 's' || steps[k].kind == '*' && name[i] != '/')
			comes := k > 0 && at[k-1] && (steps[k-1].kind == '?' || steps[k-1].kind == 'c' && steps[k-1].char == name[i])
			at[k] = stays || comes
		}
		skip()
	}
	return at[len(steps)]
}
