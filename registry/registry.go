// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package registry tells what software is for and who answers for it: the catalogue, the needs, the governance.
package registry
