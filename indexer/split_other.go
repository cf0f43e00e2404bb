// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// otherSplitter gives the splitter of a language that is split neither by braces nor by Python's indentation.
func otherSplitter(lang string) Splitter {
	switch lang {
	case "Shell":
		return shellSplitter{lang: lang}
	case "SQL", "PLpgSQL", "PLSQL", "TSQL", "SQLPL":
		return sqlSplitter{lang: lang}
	case "CSS", "SCSS", "Less", "PostCSS":
		return cssSplitter{lang: lang}
	case "Dockerfile":
		return dockerfileSplitter{lang: lang}
	case "Makefile":
		return makefileSplitter{lang: lang}
	case "YAML":
		return yamlSplitter{lang: lang}
	case "Ruby":
		return rubySplitter{lang: lang}
	}
	return textSplitter{lang: lang}
}
