//go:build !unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "io/fs"

// fileID has nothing to add where files have no number: time and size must do.
func fileID(fs.FileInfo) string { return "" }
