//go:build !unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import "testing"

func makePipe(t *testing.T, name string) { t.Skip("no pipes in folders") }
