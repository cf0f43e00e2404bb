// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// TermFreq is one word of a block and how often it stands there.
type TermFreq struct {
	Term string
	Freq int
}

// Tokenizer finds the words of code and prose. It remembers words that it has met, so keep one per goroutine; it is not
// safe for concurrent use.
type Tokenizer struct{}

// NewTokenizer gives an empty tokenizer.
func NewTokenizer() *Tokenizer { return &Tokenizer{} }

// Add counts the words of one more piece of a block. With latin1 (FlagLatin1) text is read as Windows-1252.
func (t *Tokenizer) Add(text []byte, latin1 bool) {}

// Terms gives the words added since the last call, each once, in no given order, and their total number with repeats;
// then it starts afresh. The slice is good until the next call; the strings stay good.
func (t *Tokenizer) Terms() (terms []TermFreq, length int) { return nil, 0 }

// Tokenize is Add and Terms for a block whose text is in one piece.
func (t *Tokenizer) Tokenize(text []byte, latin1 bool) (terms []TermFreq, length int) {
	t.Add(text, latin1)
	return t.Terms()
}

// Terms is what a word of a query asks of a block: all Parts, which are the terms that Tokenizer gives for the pieces
// of the word; Whole is the term of the same word in one piece ("" when there is one part): a block that has it has the
// identifier as it was typed, in whatever style. A word that Tokenizer drops (a checksum, say) has no parts.
type Terms struct {
	Parts []string
	Whole string
}

// QueryTerms analyses one word of a query as Tokenizer does the text of blocks.
func QueryTerms(word string) Terms { return Terms{} }

// Fold appends to dst the text src in its canonical case: what matches under (?i) folds to the same bytes.
func Fold(dst, src []byte) []byte { return dst }
