// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"path"
	"strings"
)

// unwrap takes a text out of the form that it is written in. Lines stay where they are.
func unwrap(name string, text []byte) []byte {
	switch {
	case isRTF(text):
		return stripRTF(text)
	case isHTML(text):
		return stripHTML(text)
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case "":
		if kindOf(name) == fileReadme {
			return blankMarkdown(text)
		}
	case ".md", ".markdown", ".mdown", ".mkd", ".mdx":
		return blankMarkdown(text)
	case ".rst", ".rest":
		return blankReST(text)
	case ".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9", ".man", ".roff", ".mdoc":
		return blankRoff(text)
	}
	return plainHTML(text)
}

// blankMarkdown puts spaces in the place of what is no text in Markdown: where links lead to, unless that is the page of a licence; the walls
// of tables; tags of HTML. Signs for emphasis, headings, quotes and code part words already.
func blankMarkdown(text []byte) []byte {
	out := bytes.Clone(plainHTML(text))
	blankExamples(out)
	for i := 0; i+1 < len(out); i++ {
		if out[i] != ']' || out[i+1] != '(' {
			continue
		}
		line := out[i+2:]
		line = line[:lineEnd(line[:min(len(line), maxLink)])]
		end := linkEnd(line)
		if end < 0 || isLicensePage(line[:end]) {
			continue
		}
		blank(line[:end])
		i += end
	}
	for rest := out; len(rest) > 0; {
		end := lineEnd(rest)
		if line := bytes.TrimLeft(rest[:end], " >"); len(line) > 0 && line[0] == '|' {
			for k, c := range rest[:end] {
				if c == '|' {
					rest[k] = ','
				}
			}
		}
		rest = rest[min(end+1, len(rest)):]
	}
	return out
}

// maxLink is how long the target of a link may be.
const maxLink = 300

// linkEnd is where the target of a link ends that may hold brackets; -1 when it does not.
func linkEnd(line []byte) int {
	depth := 0
	for i, c := range line {
		switch c {
		case '(':
			depth++
		case ')':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// isLicensePage reports whether a link leads to the page of a licence, whose address may tell which one is meant.
func isLicensePage(target []byte) bool {
	_, rest, ok := bytes.Cut(target, []byte("://"))
	if !ok {
		return false
	}
	host, _, _ := bytes.Cut(rest, []byte("/"))
	for _, h := range []string{"creativecommons.org", "gnu.org", "opensource.org", "spdx.org", "apache.org", "mozilla.org", "cecill.info", "opendatacommons.org", "eclipse.org",
		"choosealicense.com", "unlicense.org", "europa.eu", "boost.org", "wtfpl.net"} {
		if string(host) == h || bytes.HasSuffix(host, []byte("."+h)) {
			return true
		}
	}
	return false
}

// blankReST puts spaces in the place of where links of reStructuredText lead to: `text <target>`_.
func blankReST(text []byte) []byte {
	out := bytes.Clone(plainHTML(text))
	for i := 0; i < len(out); {
		n := bytes.Index(out[i:], []byte(">`_"))
		if n < 0 {
			break
		}
		end := i + n
		if from := bytes.LastIndexByte(out[max(i, end-maxLink):end], '<'); from >= 0 {
			if target := out[max(i, end-maxLink)+from : end+1]; !isLicensePage(target) {
				blank(target)
			}
		}
		i = end + 3
	}
	return out
}

// blankRoff puts spaces in the place of the requests and escapes of a manual page: .B, .\", \fB, \-. The text keeps its length.
func blankRoff(text []byte) []byte {
	out := bytes.Clone(text)
	start := true
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case start && (c == '.' || c == '\''):
			end := i + 1
			for end < len(out) && end < i+4 && (out[end]|0x20 >= 'a' && out[end]|0x20 <= 'z') {
				end++
			}
			blank(out[i:end])
			i = end - 1
		case c == '\\' && i+1 < len(out):
			end := i + roffEscape(out[i:])
			sign := ""
			if bytes.HasPrefix(out[i:], []byte(`\(co`)) || bytes.HasPrefix(out[i:], []byte(`\[co]`)) {
				sign = "©"
			}
			blank(out[i:end])
			copy(out[i:], sign)
			i = end - 1
		}
		start = out[i] == '\n'
	}
	return out
}

// roffEscape is how long the escape is that a text starts with.
func roffEscape(text []byte) int {
	n := 2
	switch text[1] {
	case 'f', '*', 's', 'n':
		n = 3
		if len(text) > 2 && text[2] == '(' {
			n = 5
		} else if len(text) > 2 && text[2] == '[' {
			n = 3 + max(0, bytes.IndexByte(text[2:min(len(text), 40)], ']'))
		}
	case '(':
		n = 4
	case '[':
		n = 2 + max(0, bytes.IndexByte(text[1:min(len(text), 40)], ']'))
	case '\n':
		n = 1
	}
	return min(n, len(text))
}
