// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import "communs/licenses"

// Software is what a descriptor says of a software, in the same words whichever format it came in. What a format cannot say stays
// zero. Texts are as they stand in the file: whoever shows them escapes them. Addresses are http, https, git, ssh, svn or hg with a host.
type Software struct {
	Name       string   `json:"name"`
	Suite      string   `json:"suite,omitempty"`      // of which it is a part
	Repository string   `json:"repository,omitempty"` // URL of the source code
	Landing    string   `json:"landing,omitempty"`    // URL of a page for people
	BasedOn    []string `json:"based_on,omitempty"`   // URLs of what it is a variant of
	Version    string   `json:"version,omitempty"`
	Released   string   `json:"released,omitempty"` // the day of the latest release, YYYY-MM-DD
	Created    string   `json:"created,omitempty"`  // the day it began
	Logo       string   `json:"logo,omitempty"`     // a path in the repository, or a URL

	Status     string   `json:"status,omitempty"` // a developmentStatus of publiccode.yml
	Type       string   `json:"type,omitempty"`   // a softwareType of publiccode.yml
	Platforms  []string `json:"platforms,omitempty"`
	Categories []string `json:"categories,omitempty"` // of publiccode.yml's list
	Keywords   []string `json:"keywords,omitempty"`   // free words
	UsedBy     []string `json:"used_by,omitempty"`
	FundedBy   []Party  `json:"funded_by,omitempty"`
	Roadmap    string   `json:"roadmap,omitempty"`
	Supports   []string `json:"supports,omitempty"` // standards and systems: alias:gdpr, or a URI
	Publisher  Party    `json:"publisher,omitzero"` // the organisation that publishes it

	Countries   []string `json:"countries,omitempty"` // that it is made for: ISO 3166-1, capital letters
	Unsupported []string `json:"unsupported_countries,omitempty"`
	Scope       []string `json:"scope,omitempty"` // fields of application, of publiccode.yml's list

	Descriptions map[string]Description `json:"descriptions,omitempty"` // by language, BCP 47

	License        licenses.Expression `json:"license"`                // zero when it is not understood
	LicenseText    string              `json:"license_text,omitempty"` // as it stands there
	CopyrightOwner string              `json:"copyright_owner,omitempty"`
	Authors        []Party             `json:"authors,omitempty"`

	Maintenance Maintenance `json:"maintenance,omitzero"`

	LocalisationReady bool     `json:"localisation_ready,omitempty"`
	Languages         []string `json:"languages,omitempty"` // of its interface, BCP 47

	DependsOn Dependencies `json:"depends_on,omitzero"`

	ProgrammingLanguages []string `json:"programming_languages,omitempty"`
	IssueTracker         string   `json:"issue_tracker,omitempty"`
	Download             string   `json:"download,omitempty"`
	Identifiers          []string `json:"identifiers,omitempty"` // DOI, SWHID, ids of other catalogues
}

// Description is what is said in one language.
type Description struct {
	Name             string   `json:"name,omitempty"` // when it has another in this language
	Short            string   `json:"short,omitempty"`
	Long             string   `json:"long,omitempty"`
	Features         []string `json:"features,omitempty"`
	Documentation    string   `json:"documentation,omitempty"`
	APIDocumentation string   `json:"api_documentation,omitempty"`
	Screenshots      []string `json:"screenshots,omitempty"` // paths in the repository, or URLs
	Videos           []string `json:"videos,omitempty"`
	Awards           []string `json:"awards,omitempty"`
}

// Maintenance says who keeps a software up.
type Maintenance struct {
	Type        string       `json:"type,omitempty"` // internal, contract, community, none
	Contacts    []Party      `json:"contacts,omitempty"`
	Contractors []Contractor `json:"contractors,omitempty"`
}

// Party is a person or an organisation.
type Party struct {
	Name         string `json:"name,omitempty"`
	URI          string `json:"uri,omitempty"`
	Email        string `json:"email,omitempty"`
	Phone        string `json:"phone,omitempty"`
	Affiliation  string `json:"affiliation,omitempty"`
	Organisation bool   `json:"organisation,omitempty"` // known to be one
}

// Contractor is bound by contract to maintain a software.
type Contractor struct {
	Name    string `json:"name,omitempty"`
	Until   string `json:"until,omitempty"` // the last day, YYYY-MM-DD
	Email   string `json:"email,omitempty"`
	Website string `json:"website,omitempty"`
}

// Dependencies are what has to be there for a software to run, not the libraries that it is made of.
type Dependencies struct {
	Open        []Dependency `json:"open,omitempty"`
	Proprietary []Dependency `json:"proprietary,omitempty"`
	Hardware    []Dependency `json:"hardware,omitempty"`
}

// Dependency is a thing that a software needs, in the versions that it needs.
type Dependency struct {
	Name       string `json:"name,omitempty"`
	Version    string `json:"version,omitempty"`
	VersionMin string `json:"version_min,omitempty"`
	VersionMax string `json:"version_max,omitempty"`
	Optional   bool   `json:"optional,omitempty"`
}
