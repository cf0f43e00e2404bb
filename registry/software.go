// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

// Software is something that people can use, with what they need to know to choose it. What is measured (licence found,
// activity) is kept with its repositories; what is stated here says who stated it, in Meta.Sources.
type Software struct {
	Meta
	Name    string `json:"name"`
	Summary Text   `json:"summary"`               // one sentence, up to 150 characters
	About   Text   `json:"about,omitzero"`        // paragraphs, plain text; a blank line between two
	Website string `json:"website,omitempty"`     // https
	Docs    string `json:"docs,omitempty"`        // documentation for users
	Logo    string `json:"logo,omitempty"`        // a link: never fetched by our pages
	Shots   []Link `json:"screenshots,omitempty"` // by link

	Licence      string   `json:"licence,omitempty"`      // as declared: an SPDX expression
	Repositories []string `json:"repositories,omitempty"` // canonical URLs; the main one first
	Stage        Stage    `json:"stage,omitempty"`        // developmentStatus of publiccode.yml

	Needs      []string `json:"needs,omitempty"`      // ids, the main one first
	Categories []string `json:"categories,omitempty"` // publiccode.yml's
	Words      []string `json:"words,omitempty"`      // everyday words by which people look for it, in either language
	Replaces   []string `json:"replaces,omitempty"`   // names of what people leave for it: Zoom, Doodle
	Like       []string `json:"alternatives,omitempty"`

	Languages []string `json:"languages,omitempty"` // of its interface: BCP 47, "fr", "en"
	Platforms []string `json:"platforms,omitempty"` // web, linux, windows, mac, android, ios
	Online    Online   `json:"online,omitzero"`
	Prices    []Price  `json:"prices,omitempty"`

	Export        Statement `json:"export,omitzero"`        // of one's own data: whether, how
	Accessibility Statement `json:"accessibility,omitzero"` // what it says of WCAG, RGAA
	EcoDesign     Statement `json:"eco_design,omitzero"`    // what it says of RGESN

	By      string   `json:"by,omitempty"`      // id of the organisation that answers for the card, where one registered it
	Control *Control `json:"control,omitempty"` // that whoever answers for it controls its repository, as it was last proven

	Reasons []Reason `json:"reasons,omitempty"` // on what a proposal rests, field by field; whoever answers for the card needs none
}

// Reason tells on what a field of a proposal rests: words, and where they stand in the repository.
type Reason struct {
	Field string `json:"field"`           // "summary.fr", "needs"
	Value string `json:"value,omitempty"` // the item, when the field is a list
	How   string `json:"how"`             // key of the sentence that tells: "registry.how.proposed.topic"
	Words string `json:"words,omitempty"` // as they stand there
	Path  string `json:"path,omitempty"`  // of the file
	Line  int    `json:"line,omitempty"`
}

// Control is a proof that whoever answers for a card controls the repository of its software.
type Control struct {
	Repository string        `json:"repository"` // canonical URL
	Method     ControlMethod `json:"method"`
	Date       Date          `json:"date"`  // when it was seen
	Until      Date          `json:"until"` // last day on which it counts: repositories change hands
}

// ControlMethod is how control was proven.
type ControlMethod string

// The methods.
const (
	ControlFile  ControlMethod = "file"  // a file on the repository's default branch
	ControlSite  ControlMethod = "site"  // a file on the site that the repository names as its own
	ControlForge ControlMethod = "forge" // the forge says that the account maintains it
)

// Link is an address with a title.
type Link struct {
	Title Text   `json:"title,omitzero"`
	URL   string `json:"url"`
}

// Online says whether it can be used without installing anything, and where it can be tried.
type Online struct {
	Without Tri    `json:"without_installation,omitempty"` // somebody offers it in the browser
	Demo    string `json:"demo,omitempty"`                 // address of a place to try it
}

// Statement is something that is said of a software, by whom and when.
type Statement struct {
	Answer Tri      `json:"answer,omitempty"`
	Levels []string `json:"levels,omitempty"` // file formats of an export (csv, ods, ics); "RGAA partial", "WCAG 2.1 AA"
	Note   Text     `json:"note,omitzero"`
	URL    string   `json:"url,omitempty"` // where it is stated
	Date   Date     `json:"date,omitempty"`
}

// Said reports whether anything is stated.
func (s Statement) Said() bool {
	return s.Answer != Unknown || s.URL != "" || len(s.Levels) > 0 || s.Note != (Text{})
}

// Stage is publiccode.yml's developmentStatus.
type Stage string

// The stages, as publiccode.yml names them.
const (
	StageConcept     Stage = "concept"
	StageDevelopment Stage = "development"
	StageBeta        Stage = "beta"
	StageStable      Stage = "stable"
	StageObsolete    Stage = "obsolete"
)

// Price is a way in which using a software, or an offer, is paid for.
type Price string

// The price models.
const (
	PriceFree         Price = "free"         // nothing is asked
	PriceDonation     Price = "donation"     // what one wants, membership included
	PriceSubscription Price = "subscription" // so much a month or year
	PriceQuote        Price = "quote"        // asked for each case
	PriceFreemium     Price = "freemium"     // a part is free, the rest is not
)

// Repository is a place where a software is developed. All but its address and its owner's words is found out by us, and each
// finding carries the day and the way it was found.
type Repository struct {
	Meta                  // its ID is the canonical URL
	Software     string   `json:"software,omitempty"`     // id of the software it was proposed for; a software lists its repositories itself
	Organisation string   `json:"organisation,omitempty"` // id of the member on whose forge it stands
	Name         string   `json:"name,omitempty"`
	Description  string   `json:"description,omitempty"` // as the forge gives it
	Topics       []string `json:"topics,omitempty"`
	Aliases      []string `json:"aliases,omitempty"`   // other addresses of the same repository
	ForkOf       string   `json:"fork_of,omitempty"`   // URL
	MirrorOf     string   `json:"mirror_of,omitempty"` // URL
	Archived     bool     `json:"archived,omitempty"`  // read-only on its forge

	Snapshot Finding  `json:"snapshot,omitzero"` // SWHID swh:1:snp:… of what was last seen
	Licence  Finding  `json:"licence,omitzero"`  // SPDX expression found in its files
	Libre    Finding  `json:"libre,omitzero"`    // yes, no; How is the ground
	Activity Activity `json:"activity,omitzero"`
}

// Finding is something that we found out: what, when, and how, as a key of a sentence.
type Finding struct {
	Value string `json:"value"`
	Date  Date   `json:"date"` // when it was found
	How   string `json:"how"`  // key of the sentence that tells: "registry.how.git-history"
}

// Count is a number that we found out.
type Count struct {
	N    int    `json:"n"`
	Date Date   `json:"date"`
	How  string `json:"how"`
}

// Activity tells whether a repository is alive. What is missing was not found out, which is not zero.
type Activity struct {
	LastChange    *Finding `json:"last_change,omitempty"` // day of the last commit on the default branch
	Commits       *Count   `json:"commits_12m,omitempty"` // in the twelve months before the finding
	Contributors  *Count   `json:"contributors_12m,omitempty"`
	Releases      *Count   `json:"releases,omitempty"`      // tags that are versions
	LastRelease   *Finding `json:"last_release,omitempty"`  // name and day: "v1.2.0 2026-10-03"
	Tests         *Finding `json:"tests,omitempty"`         // yes, no; How names what was seen
	Documentation *Finding `json:"documentation,omitempty"` // yes, no
	FirstChange   *Finding `json:"first_change,omitempty"`  // day of the first commit
}
