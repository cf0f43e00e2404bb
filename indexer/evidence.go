// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/json"
	"unicode/utf8"
)

// An Evidence whose path is not UTF-8, which JSON cannot hold, has the path's bytes in "raw" too, in base64.

type plainEvidence Evidence

type storedEvidence struct {
	plainEvidence
	Raw []byte `json:"raw,omitempty"`
}

// MarshalJSON keeps every byte of the path.
func (e Evidence) MarshalJSON() ([]byte, error) {
	s := storedEvidence{plainEvidence: plainEvidence(e)}
	if !utf8.ValidString(e.Path) {
		s.Raw = []byte(e.Path)
	}
	return json.Marshal(s)
}

// UnmarshalJSON gives back what MarshalJSON kept.
func (e *Evidence) UnmarshalJSON(data []byte) error {
	var s storedEvidence
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*e = Evidence(s.plainEvidence)
	if s.Raw != nil {
		e.Path = string(s.Raw)
	}
	return nil
}
