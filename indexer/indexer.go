// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package indexer turns a snapshot of a repository into shards that can be searched: it classifies files, finds their
// licences, cuts them into blocks, and writes content, blocks, words and grams on disk.
package indexer

import (
	"communs/crawler"
)

// Kind is what a block is.
type Kind uint8

// The kinds. Their order is part of the on-disk format: add at the end.
const (
	KindText Kind = iota // lines that belong to no definition
	KindFunction
	KindMethod
	KindClass
	KindInterface
	KindType
	KindProcedure
	KindRule
	KindSection
	KindModule
	KindEnum
	KindStruct
	KindTrait
	KindConstant
	KindVariable
)

// Block is a piece of code that a person would copy. Splitters fill it; ID is empty until the blob is known.
type Block struct {
	ID         string // SWHID: swh:1:cnt:<blob>;lines=<start>-<end>
	Lang       string // as go-enry names it
	Kind       Kind
	Name       string
	Start, End int // lines from 1, both included; doc comment and attributes are inside
	Doc        int // number of lines at the start that are the doc comment and attributes
	Parent     int // position of the enclosing block in the same slice; -1 for none
}

// Splitter cuts one file into blocks: sorted by Start, then by End descending, so that a parent stands before its
// children; blocks nest or are disjoint; together they cover every line of the file that is not blank, and gaps
// between definitions are KindText blocks. No block's own lines (without its children's) exceed MaxBlockLines.
type Splitter interface {
	Split(path string, src []byte) []Block
}

// MaxBlockLines is where a long block is cut.
const MaxBlockLines = 200

// Flag marks what is known of a blob or of one of its occurrences.
type Flag uint16

// The flags. Their values are part of the on-disk format.
const (
	FlagGenerated Flag = 1 << iota
	FlagVendored
	FlagTest
	FlagMinified
	FlagLatin1 // content is not UTF-8; it is shown as Windows-1252
	FlagDocumentation
)

// Reason is why a file was not indexed. The values are words of the report's contract.
type Reason string

// The reasons.
const (
	Indexed         Reason = ""
	SkipBinary      Reason = "binary"
	SkipMinified    Reason = "minified"
	SkipOversized   Reason = "oversized"
	SkipUndecodable Reason = "undecodable"
	SkipEmpty       Reason = "empty"
	SkipSymlink     Reason = "symlink"
	SkipWithdrawn   Reason = "withdrawn"
	SkipUnreadable  Reason = "unreadable"
	SkipElsewhere   Reason = "lfs" // git holds a pointer to it
)

// MaxFileSize is the size in bytes above which a file is not indexed.
const MaxFileSize = 1 << 20

// BlobHash is the git name of a file's content.
type BlobHash = crawler.Hash

// ParseBlobHash reads 40 hexadecimal digits.
func ParseBlobHash(s string) (BlobHash, error) { return crawler.ParseHash(s) }
