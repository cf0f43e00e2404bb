// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import "communs/licenses"

// groundMessage names the sentence that says a ground.
func groundMessage(g licenses.Ground) (key string, args []any) {
	if m, ok := any(g).(interface{ Message() (string, []any) }); ok {
		return m.Message()
	}
	return "license.ground." + g.Kind, []any{g.From, g.Into, g.Detail}
}
