// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// isManifest reports whether a package manifest declares a licence in a field.
func isManifest(base string) bool { return false }
