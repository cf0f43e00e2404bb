// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// Classified is what a file's content tells, wherever the file stands.
type Classified struct {
	Lang  string
	Flags Flag   // FlagGenerated, FlagMinified, FlagLatin1
	Skip  Reason // Indexed, or why it is not
}

// Classify judges one file from its mode (as git stores it), its size and its content. What it says of a blob holds
// for every path with the same name; what depends on the directory is in PathFlags.
func Classify(path string, mode uint32, size int64, src []byte) Classified { return Classified{} }

// PathFlags tells what a path alone says of a file: FlagVendored, FlagTest, FlagDocumentation.
func PathFlags(path string) Flag { return 0 }
