//go:build !race

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

// raceDetector tells that the tests run with it: it needs more memory than a child may have.
const raceDetector = false
