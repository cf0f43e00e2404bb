//go:build !unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

// ignoreFileSizeSignal does nothing: there is no such signal here.
func ignoreFileSizeSignal() {}
