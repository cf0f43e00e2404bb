// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// The kinds of ground.
const (
	KindSame       = "same"       // the same licence on both sides
	KindMatrix     = "matrix"     // a cell of the OSADL matrix
	KindAppendix   = "appendix"   // a list of licences that the licence carries
	KindArticle    = "article"    // an article of the licence, or of its exception
	KindPermissive = "permissive" // terms that do not reach beyond the code
	KindClause     = "clause"     // of an obligation: where the licence asks for it
	KindUnknown    = "unknown"    // nothing answers
)

// Ground is why a verdict or an obligation is as it is, so that a reader can look it up.
type Ground struct {
	Kind   string `json:"kind"`
	Answer Answer `json:"answer,omitempty"` // what it says of this pair; empty for an obligation
	From   string `json:"from"`             // the licences it speaks of
	Into   string `json:"into"`
	Detail string `json:"detail,omitempty"` // the cell of the matrix; the licence and number of the article; of an obligation the number alone
	Source string `json:"source,omitempty"` // the SPDX id whose text is quoted, where Quote is not empty
	Quote  string `json:"-"`                // its words: long, and the same wherever the same clause is cited
}

// matrixURL is where the Open Source Automation Development Lab publishes its matrix.
const matrixURL = "https://www.osadl.org/Access-to-raw-data.oss-compliance-raw-data-access.0.html"

// URL is where the ground can be read; empty when there is nothing to read.
func (g Ground) URL() string {
	switch {
	case g.Kind == KindMatrix || g.Kind == KindPermissive && g.Source == "":
		return matrixURL
	case g.Source != "":
		return "https://spdx.org/licenses/" + g.Source + ".html"
	}
	return ""
}

// Message names the sentence that says the ground: the licence of the code, the licence of the project, the detail.
func (g Ground) Message() (key string, args []any) {
	key = "license.ground." + g.Kind
	switch g.Kind {
	case KindMatrix, KindArticle, KindAppendix:
		switch g.Answer {
		case Yes:
			key += "-yes"
		case No:
			key += "-no"
		default:
			key += "-open"
		}
	case KindClause:
		if g.Detail == "" {
			key += "-whole"
		}
	}
	return key, []any{g.From, g.Into, g.Detail}
}
