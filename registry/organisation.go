// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

// OrganisationType says what sort of organisation it is.
type OrganisationType string

// The types of organisations.
const (
	TypeCompany     OrganisationType = "company"
	TypeAssociation OrganisationType = "association"
	TypePublicBody  OrganisationType = "public"
	TypeCluster     OrganisationType = "cluster"
	TypeCommunity   OrganisationType = "community" // people who make a software together, without legal form
)

// Organisation is who makes, hosts, supports or uses software.
type Organisation struct {
	Meta
	Name    string           `json:"name"`
	Type    OrganisationType `json:"type"`
	About   Text             `json:"about,omitzero"`
	Website string           `json:"website,omitempty"`
	SIREN   string           `json:"siren,omitempty"` // nine digits, Luhn
	RNA     string           `json:"rna,omitempty"`   // W and nine digits
	Place   Place            `json:"place,omitzero"`
	Forges  []string         `json:"forges,omitempty"`    // public addresses of its code: https://gitlab.example/group
	Member  []string         `json:"member_of,omitempty"` // ids of clusters
	Labels  []Label          `json:"labels,omitempty"`
}

// Place is where an organisation has its seat, in France by the codes of INSEE (Code officiel géographique).
type Place struct {
	Commune     string `json:"commune,omitempty"`     // name
	INSEE       string `json:"insee,omitempty"`       // code of the commune: 33063
	Departement string `json:"departement,omitempty"` // code: 33, 2A, 974
	Region      string `json:"region,omitempty"`      // code: 75 is Nouvelle-Aquitaine
	Country     string `json:"country,omitempty"`     // ISO 3166-1 alpha-2; FR when empty
}

// Label is something that an organisation was awarded: from when, until when.
type Label struct {
	Name  string `json:"name"`
	URL   string `json:"url,omitempty"`
	From  Date   `json:"from,omitempty"`
	Until Date   `json:"until,omitempty"`
}

// Service is what an offer gives.
type Service string

// The services of offers.
const (
	ServiceHosting     Service = "hosting"
	ServiceSupport     Service = "support"
	ServiceTraining    Service = "training"
	ServiceDevelopment Service = "development"
	ServiceIntegration Service = "integration" // setting it up at the user's
)

// Offer says that an organisation gives services around a software, or around any.
type Offer struct {
	Meta
	Organisation string    `json:"organisation"`       // id
	Software     string    `json:"software,omitempty"` // id; empty: any of the needs
	Needs        []string  `json:"needs,omitempty"`    // ids, where no software is named
	Services     []Service `json:"services"`
	URL          string    `json:"url,omitempty"`
	HostedIn     string    `json:"hosted_in,omitempty"` // country of the machines, ISO 3166-1 alpha-2
	Regions      []string  `json:"regions,omitempty"`   // codes of regions served in person; empty: anywhere
	Prices       []Price   `json:"prices,omitempty"`
	Chatons      bool      `json:"chatons,omitempty"` // under the CHATONS charter
	Note         Text      `json:"note,omitzero"`
	Since        Date      `json:"since,omitempty"`
}

// Use states that an organisation uses a software.
type Use struct {
	Meta
	Organisation string `json:"organisation"`
	Software     string `json:"software"`
	Since        Date   `json:"since,omitempty"`
	People       int    `json:"people,omitempty"` // 0: not said
	Note         Text   `json:"note,omitzero"`
	Stated       Date   `json:"stated,omitempty"`
}
