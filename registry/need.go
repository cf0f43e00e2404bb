// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

// Need is something that people want to do, in their words: an entry of the taxonomy.
type Need struct {
	Meta
	Name       Text     `json:"name"`
	Group      string   `json:"group,omitempty"`              // id of the group under which pages show it
	Words      []string `json:"words,omitempty"`              // everyday words that people type, brands used as common nouns included
	Publiccode []string `json:"publiccode,omitempty"`         // publiccode.yml's categories
	Awesome    []string `json:"awesome_selfhosted,omitempty"` // its tags
}

// Selection is a portfolio for a situation: for each need a recommended software, and why.
type Selection struct {
	Meta
	Title     Text   `json:"title"`
	Situation Text   `json:"situation"` // who finds themselves in it
	Items     []Pick `json:"items"`
	By        string `json:"by,omitempty"` // id of the organisation that chose
	Date      Date   `json:"date,omitempty"`
}

// Pick is one recommendation of a selection.
type Pick struct {
	Need     string   `json:"need"`     // id
	Software string   `json:"software"` // id
	Why      Text     `json:"why"`
	Else     []string `json:"else,omitempty"` // ids of other choices
}

// Request (« demande ») is a gap that one organisation states and others support.
type Request struct {
	Meta
	Title    Text      `json:"title"`
	About    Text      `json:"about,omitzero"`
	Needs    []string  `json:"needs,omitempty"`
	Software string    `json:"software,omitempty"` // id, when it asks for a change of one
	By       string    `json:"by"`                 // id of an organisation
	Date     Date      `json:"date"`
	State    State     `json:"state"`
	Supports []Support `json:"supports,omitempty"`
	Answer   *Answer   `json:"answer,omitempty"`
}

// State is how far a request has come.
type State string

// The states of requests.
const (
	RequestOpen     State = "open"
	RequestFunded   State = "funded"   // enough is pledged, and somebody does it
	RequestAnswered State = "answered" // Answer says by what
	RequestClosed   State = "closed"   // given up
)

// Support is what an organisation would pay or give so that a request is answered. One organisation supports a request once.
type Support struct {
	Organisation string `json:"organisation"`
	Date         Date   `json:"date"`
	Euros        int    `json:"euros,omitempty"`
	Days         int    `json:"days,omitempty"` // of work
	Gives        Text   `json:"gives,omitzero"` // anything else: tests, translations, a room
}

// Answer says what answered a request.
type Answer struct {
	Software string `json:"software,omitempty"` // id
	URL      string `json:"url,omitempty"`
	Note     Text   `json:"note,omitzero"`
	Date     Date   `json:"date"`
}
