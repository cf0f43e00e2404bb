// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// Pair is a French word or phrase with an English one that renders it, as the message catalogues in service have them.
type Pair struct {
	French, English string
	Probability     float64 // that the French one is rendered so
	Count           float64 // how often it was
	SeenEnglish     bool    // the French one stands at least as often in English messages
	Places          []PairPlace
}

// PairPlace is a catalogue that has a pair.
type PairPlace struct{ Repo, Path string }
