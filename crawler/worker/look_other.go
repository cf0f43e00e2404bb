//go:build !linux

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

// residentPeak is not told here.
func residentPeak(int) int64 { return 0 }
