//go:build !unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package ledger

import "time"

// CPU is not measured here.
func CPU() time.Duration { return 0 }
