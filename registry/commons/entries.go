// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons

import (
	"communs/registry"
	"communs/registry/governance"
	"time"
)

// The bodies of the entries. What decisions rest on and what people write freely are entries of their own (proposal.text, proposal.commented, consultation.text), since
// only the latter can be erased.

type founded struct {
	registry.Signed
	Rules   string              `json:"rules"` // governance.toml
	Members []governance.Member `json:"members"`
}

type memberAdmitted struct {
	Signed *registry.Signed `json:"signed,omitempty"` // nil: by vote
	governance.Member
}

type memberGone struct {
	Organisation string `json:"organisation"`
}

type rulesChanged struct {
	Rules string `json:"rules"`
}

type submitted struct {
	registry.Signed
	Kind   governance.Kind    `json:"kind"`
	Target string             `json:"target,omitempty"` // organisation that it is about; of an appeal the one that appeals
	Member *governance.Member `json:"member,omitempty"` // of an admission
	Rules  string             `json:"rules,omitempty"`  // governance.toml that is proposed
}

type text struct {
	registry.Signed
	Title string `json:"title,omitempty"`
	Text  string `json:"text"`
}

type voteOpened struct {
	Due    time.Time          `json:"due"`
	Closes time.Time          `json:"closes"`
	Rules  int                `json:"rules"`
	Voters []governance.Voter `json:"voters"`
}

type voteCast struct {
	Organisation string            `json:"organisation"`
	Choice       governance.Choice `json:"choice"`
}

type voteClosed struct {
	Due    time.Time          `json:"due"`
	Result *governance.Result `json:"result"`
}

type void struct {
	Why string `json:"why"` // member, no-member
}

type asked struct {
	registry.Signed
	Closes  time.Time `json:"closes"`
	Choices int       `json:"choices"` // how many answers there are to choose from
	Members bool      `json:"members"`
}

type questionText struct {
	registry.Signed
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Answers []string `json:"answers"`
}

type answered struct {
	Place  int `json:"place"`
	Answer int `json:"answer"`
}

type consultationClosed struct {
	Due     time.Time `json:"due"`
	Outcome *Outcome  `json:"outcome"`
}
