//go:build !linux

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

// sizes are not told here.
func sizes(int) (resident, mapped int64) { return 0, 0 }
