// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// LibreOf says whether an expression makes code free software, and on what ground: osi, fsf, etat, or nothing.
// OR takes the best branch, AND needs all.
func LibreOf(e Expression) (l Libre, ground string) { return LibreUnknown, "" }

// LicenseInfo is what is known of one SPDX id.
type LicenseInfo struct {
	ID, Name   string
	URLs       []string
	OSI, FSF   bool
	Etat       bool // on the French State's list
	Deprecated bool
	Current    string // the expression that takes the place of a deprecated id
	Exception  bool   // stands after WITH
}

// Info describes an SPDX id, in whatever case it is written.
func Info(id string) (LicenseInfo, bool) { return LicenseInfo{}, false }
