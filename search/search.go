// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package search answers questions with blocks of code: it reads the query language, plans over the shards, verifies,
// ranks and explains.
package search

import (
	"context"
	"time"

	"communs/licenses"
)

// Query is one question.
type Query struct {
	Text     string        // in the query language of docs/query.md
	N        int           // hits wanted on this page; 0 means all
	After    string        // cursor of the page before; empty for the first
	Explain  bool          // fill Page.Explain
	Deadline time.Duration // time allowed; 0 means DefaultDeadline
}

// DefaultDeadline is how long one query may run before it answers in part.
const DefaultDeadline = 5 * time.Second

// Searcher is everything that pages and commands ask. A public instance's searcher searches and shows code only where
// the licence is known to be free: Search names the repositories of the rest in Page.Withheld, Block and File answer
// without code and with Withheld set.
type Searcher interface {
	Search(ctx context.Context, q Query) (*Page, error)
	// Block shows any line range of a known blob: id is a SWHID, swh:1:cnt:<hash>;lines=<a>-<b> or swh:1:cnt:<hash>#L<a>-<b>.
	Block(ctx context.Context, id string) (*Hit, error)
	// Similar finds blocks like an example, the best first. Total counts the blocks, copies included.
	Similar(ctx context.Context, e Example) (*Page, error)
	File(ctx context.Context, repo, path string) (*File, error)
	Tree(ctx context.Context, repo, path string) (*Tree, error)
	Repository(ctx context.Context, repo string) (*Repository, error)

	// Holds reports whether the repository with that address is in the index. It reads none of its files.
	Holds(ctx context.Context, repo string) bool
	// Repositories lists repositories, of one owner when it is not empty, by URL; after is the last URL of the page before.
	Repositories(context.Context, RepositoryQuery) (*RepositoryPage, error)
	Status(ctx context.Context) (*Status, error)
}

// Page is an answer, as `GET /api/v1/search` and `--format json` print it.
type Page struct {
	Total   int      `json:"total"`            // blocks before grouping
	Partial bool     `json:"partial"`          // true when the deadline or the budget ended the search early
	Reason  string   `json:"reason,omitempty"` // why it is partial: deadline, budget, damaged
	Next    string   `json:"next"`             // cursor of the next page; empty on the last
	Hits    []Hit    `json:"hits"`
	Explain *Explain `json:"explain,omitempty"`

	Repositories []RepositoryInfo `json:"repositories,omitempty"` // with type:repo, in the place of hits
	Components   []ComponentInfo  `json:"components,omitempty"`   // with type:component, in the place of hits
	Relaxed      *Relaxed         `json:"relaxed,omitempty"`      // when blocks answer that lack some of the words
	Added        []Added          `json:"added,omitempty"`        // words that were looked for beside those of the question
	Later        []Later          `json:"later,omitempty"`        // repositories whose further hits come after those of others
	Withheld     *Withheld        `json:"withheld,omitempty"`     // of a public instance: what it did not search
}

// Hit is one block that answers. Paths, here and elsewhere, are the bytes that git has, whatever they are.
type Hit struct {
	ID          string         `json:"id"`
	Repo        string         `json:"repo"`
	Path        string         `json:"path"`
	PathRaw     string         `json:"path_raw,omitempty"` // see RawPath
	Start       int            `json:"start"`
	End         int            `json:"end"`
	Commit      string         `json:"commit"` // the version for a Go module
	Lang        string         `json:"lang"`
	Kind        string         `json:"kind"`
	Name        string         `json:"name"`
	License     string         `json:"license"` // SPDX expression; empty when unknown
	Libre       licenses.Libre `json:"libre"`
	LibreGround string         `json:"libre_ground,omitempty"` // osi, fsf, etalab…: key of the ground
	Evidence    []Evidence     `json:"evidence"`
	Score       float64        `json:"score"` // sum of value × weight
	Why         []Term         `json:"why"`
	Lines       []Line         `json:"lines"`             // matched lines
	ForkOf      string         `json:"fork_of,omitempty"` // the repository here that this one comes from
	Copies      int            `json:"copies"`
	ForkCopies  int            `json:"fork_copies,omitempty"` // of the copies, those in forks of repositories that hold it too
	Occurrences []Occurrence   `json:"occurrences"`
	Near        []Near         `json:"near,omitempty"`    // near copies, which are no hits of their own then
	Flags       []string       `json:"flags,omitempty"`   // generated, vendored, test…
	Missing     []string       `json:"missing,omitempty"` // words of a relaxed question that the block lacks
	Withheld    bool           `json:"withheld,omitempty"`
	Similarity  float64        `json:"similarity,omitempty"` // Similar fills it: from 0 to 1, how much of the shorter text is shared
	Ranges      []RangePair    `json:"ranges,omitempty"`     // Similar fills it: which lines are shared

	Code      string   `json:"code,omitempty"`      // whole text of the block; Searcher.Block fills it
	Copyright []string `json:"copyright,omitempty"` // statements nearest to the block; Searcher.Block fills it
	FileLines int      `json:"-"`                   // number of lines of the whole file

	Components []ComponentInfo `json:"components,omitempty"` // that the file belongs to; Searcher.Block fills it
}

// Evidence is one statement that the licence rests on.
type Evidence struct {
	Path    string `json:"path"`
	PathRaw string `json:"path_raw,omitempty"` // see RawPath
	Start   int    `json:"start"`
	End     int    `json:"end"`
	How     string `json:"how"`
	License string `json:"license"`
}

// Term is one named part of a score.
type Term struct {
	Term   string  `json:"term"`
	Value  float64 `json:"value"`
	Weight float64 `json:"weight"`
}

// Line is a matched line; spans are byte ranges [from, to) in Text.
type Line struct {
	N     int      `json:"n"`
	Text  string   `json:"text"`
	Spans [][2]int `json:"spans"`
}

// Occurrence is one place where the block's file stands.
type Occurrence struct {
	Repo      string    `json:"repo"`
	Path      string    `json:"path"`
	PathRaw   string    `json:"path_raw,omitempty"` // see RawPath
	Commit    string    `json:"commit,omitempty"`
	License   string    `json:"license"`
	FirstSeen time.Time `json:"first_seen"`
	ForkOf    string    `json:"fork_of,omitempty"` // the repository here that this one comes from
}

// Explain tells how the question was understood and answered.
type Explain struct {
	Query      string   `json:"query"`      // as understood, in the query language
	Candidates int      `json:"candidates"` // blocks that the grams or words offered
	Verified   int      `json:"verified"`   // blocks whose text was read
	Plan       []string `json:"plan"`       // one line for each leaf of the query: what was looked up
	Shards     int      `json:"shards"`
	Millis     float64  `json:"ms"`
}

// File is a whole file with where its blocks are.
type File struct {
	Repository  RepositoryInfo
	Path        string
	Lang        string
	Hash        string // git blob name
	Size        int64
	Text        string // empty when withheld or not indexed
	Skipped     string // why it is not indexed; empty when it is
	Withheld    bool
	License     string
	Libre       licenses.Libre
	LibreGround string
	Evidence    []Evidence
	Flags       []string
	Blocks      []BlockInfo
	Copies      []Occurrence
}

// BlockInfo is a block in a file's outline.
type BlockInfo struct {
	ID, Kind, Name string
	Start, End     int
	Depth          int
}

// Tree is one folder.
type Tree struct {
	Repository RepositoryInfo
	Path       string // "" at the top
	Entries    []TreeEntry
}

// TreeEntry is a folder or a file in a folder.
type TreeEntry struct {
	Name    string
	Dir     bool
	Lang    string
	License string
	Skipped string
	Size    int64
}

// RepositoryInfo is what every page says of a repository.
type RepositoryInfo struct {
	URL         string         `json:"url"`
	Name        string         `json:"name"`
	Owner       string         `json:"owner"`
	Description string         `json:"description"`
	Commit      string         `json:"commit"`
	Version     string         `json:"version,omitempty"`
	Time        time.Time      `json:"time"`
	FirstSeen   time.Time      `json:"first_seen"`
	License     string         `json:"license"`
	Libre       licenses.Libre `json:"libre"`
	LibreGround string         `json:"libre_ground,omitempty"`
	Fork        bool           `json:"fork"`
	Parent      string         `json:"parent,omitempty"`    // what it is a fork of
	MirrorOf    string         `json:"mirror_of,omitempty"` // what it follows
	Aliases     []string       `json:"aliases,omitempty"`   // addresses that it had before
	Note        string         `json:"note,omitempty"`      // why it is shown although it is not there any more
	Archived    bool           `json:"archived"`
	Topics      []string       `json:"topics"`
	Homepage    string         `json:"homepage,omitempty"`
	ForkOf      string         `json:"fork_of,omitempty"` // the repository here that it comes from
	Forks       int            `json:"forks,omitempty"`   // repositories here that come from it
	Files       int            `json:"files"`
	Blocks      int            `json:"blocks"`
	Score       float64        `json:"score,omitempty"` // of an answer to type:repo
	Why         []Term         `json:"why,omitempty"`
}

// Count is a value and how often it occurs.
type Count struct {
	Value string `json:"value"`
	N     int    `json:"n"`
}

// Repository is a repository with its figures.
type Repository struct {
	RepositoryInfo
	Evidence  []Evidence `json:"evidence"`
	Languages []Count    `json:"languages"` // by bytes
	Licenses  []Count    `json:"licenses"`  // by files
	Kinds     []Count    `json:"kinds"`     // blocks by kind
	// Components are those that its manifests declare, its own ones before tests and what it carries of others; without figures.
	Components []ComponentInfo `json:"components"`
	Skipped    []Count         `json:"skipped"` // files by reason
}

// RepositoryQuery asks for a list of repositories. A fork is folded under what it comes from where that is listed too, unless Forks are
// wanted apart.
type RepositoryQuery struct {
	Owner  string // only those of one owner
	ForkOf string // only the forks of what stands at this address
	Forks  bool
	After  string // address of the last one of the page before
	N      int    // 0 is all
}

// RepositoryPage is a page of repositories.
type RepositoryPage struct {
	Total        int              `json:"total"`
	Folded       int              `json:"folded,omitempty"` // forks that are not listed, nor counted in Total, since what they come from is
	Next         string           `json:"next"`
	Repositories []RepositoryInfo `json:"repositories"`
}

// Status says what is in service.
type Status struct {
	Generation   uint64   `json:"generation"`
	Repositories int      `json:"repositories"`
	Files        int      `json:"files"`
	Blocks       int      `json:"blocks"`
	Bytes        int64    `json:"bytes"`  // of indexed text
	Faults       []string `json:"faults"` // what was set aside, by name
}
