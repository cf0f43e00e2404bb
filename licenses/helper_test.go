// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"sync"
	"testing"
)

var sharedDetector = sync.OnceValues(NewDetector)

// detector is one for all tests: making it is measured apart.
func detector(t testing.TB) *Detector {
	t.Helper()
	d, err := sharedDetector()
	if err != nil {
		t.Fatal(err)
	}
	return d
}
