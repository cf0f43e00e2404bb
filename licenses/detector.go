// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// Detector finds licences in text. It is safe for concurrent use.
type Detector struct{}

// NewDetector readies a detector.
func NewDetector() (*Detector, error) { return &Detector{}, nil }

// Text finds the licence statements of one file, in the order of their lines.
func (d *Detector) Text(path string, text []byte) []Finding { return nil }
