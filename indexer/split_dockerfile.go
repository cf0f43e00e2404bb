// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A dockerfileSplitter cuts a Dockerfile into its stages: from FROM to the next one. A stage is named as AS says, or
// after its image.
type dockerfileSplitter struct{ lang string }

func (s dockerfileSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	b := sectionBuilder{}
	escape, continued, marks := byte('\\'), false, []string(nil) // marks: the here-documents that are open
	for n := 1; n <= lines.count(); n++ {
		line := bytes.TrimSpace(lines.text(src, n))
		switch {
		case len(marks) > 0:
			if string(line) == marks[0] {
				marks = marks[1:]
			}
			b.text(n)
			continue
		case len(line) == 0:
			if !continued {
				b.blank(n)
			}
			continue
		case line[0] == '#':
			if rest, ok := bytes.CutPrefix(bytes.ReplaceAll(line, []byte(" "), nil), []byte("#escape=`")); ok && len(rest) == 0 && n < 5 {
				escape = '`'
			}
			if !continued {
				b.comment(n)
			}
			continue
		}
		if name := dockerStage(line); name != "" && !continued {
			b.start(n, name)
		} else {
			b.text(n)
		}
		marks = dockerHeredocs(line)
		continued = line[len(line)-1] == escape && len(marks) == 0
	}
	return assemble(s.lang, lines, b.finish(b.filled))
}

// dockerStage gives the name of the stage that a line starts, or "".
func dockerStage(line []byte) string {
	if len(line) < 6 || !sqlIs(line[:4], "FROM") || !isBlank(line[4]) {
		return ""
	}
	image := ""
	words := strings.Fields(string(line[5:min(len(line), 1000)]))
	for i, w := range words {
		if image == "" && !strings.HasPrefix(w, "--") {
			image = w
		}
		if strings.EqualFold(w, "as") && i+1 < len(words) && image != "" {
			return words[i+1]
		}
	}
	return image
}

// dockerHeredocs gives the marks of the here-documents that a RUN, COPY or ADD opens.
func dockerHeredocs(line []byte) []string {
	word, _, _ := bytes.Cut(line, []byte(" "))
	if !sqlIs(word, "RUN") && !sqlIs(word, "COPY") && !sqlIs(word, "ADD") {
		return nil
	}
	var marks []string
	for len(marks) < 16 {
		n := bytes.Index(line, []byte("<<"))
		if n < 0 {
			break
		}
		line = bytes.TrimPrefix(line[n+2:], []byte("-"))
		line = bytes.TrimLeft(line, "\"'")
		end := 0
		for end < len(line) && byteClass[line[end]]&(cLetter|cDigit) != 0 {
			end++
		}
		if end > 0 && byteClass[line[0]]&cLetter != 0 {
			marks = append(marks, string(line[:end]))
		}
		line = line[end:]
	}
	return marks
}
