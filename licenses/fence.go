// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"strings"
)

// blankExamples puts spaces in the place of code in Markdown that is fenced and says in which language it is: a field such as license = "MIT"
// there is an example. What is fenced without a language, or as text, may be a licence.
func blankExamples(text []byte) {
	fence, example := "", false
	for len(text) > 0 {
		end := lineEnd(text)
		line := bytes.TrimSpace(text[:end])
		run := len(line) - len(bytes.TrimLeft(line, "`~"))
		switch {
		case fence == "" && run >= 3:
			language, _, _ := strings.Cut(strings.TrimSpace(string(line[run:])), " ")
			fence, example = string(line[:run]), language != "" && language[0] >= 'a' && language != "text" && language != "txt" && language != "plain"
		case fence != "" && run >= len(fence) && run == len(line) && line[0] == fence[0]:
			fence, example = "", false
		case example:
			blank(text[:end])
		}
		text = text[min(end+1, len(text)):]
	}
}
