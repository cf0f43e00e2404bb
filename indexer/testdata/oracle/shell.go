// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Shell prints, for each script named on standard input, the functions that mvdan.cc/sh/v3/syntax sees:
//
//	{"path": …, "lang": "Shell", "defs": [["function", name, first line, last line], …]}
//
// Run it in a module of its own that requires mvdan.cc/sh/v3. What the parser refuses is left out, and functions of zsh
// with several names are not listed.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func main() {
	names := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for names.Scan() {
		path := names.Text()
		src, err := os.ReadFile(path)
		if err != nil || len(src) > 1<<20 {
			continue
		}
		file, err := syntax.NewParser(syntax.Variant(variant(path, src))).Parse(bytes.NewReader(src), path)
		if err != nil {
			continue
		}
		defs := [][4]any{}
		syntax.Walk(file, func(n syntax.Node) bool {
			if f, ok := n.(*syntax.FuncDecl); ok && f.Name != nil {
				defs = append(defs, [4]any{"function", f.Name.Value, f.Pos().Line(), last(f.Body)})
			}
			return true
		})
		out.Encode(map[string]any{"path": path, "lang": "Shell", "defs": defs})
	}
}

func variant(path string, src []byte) syntax.LangVariant {
	first, _, _ := bytes.Cut(src, []byte{'\n'})
	switch {
	case strings.HasSuffix(path, "zsh"), strings.HasSuffix(path, "zsh-theme"), bytes.Contains(first, []byte("zsh")),
		bytes.HasPrefix(src, []byte("#compdef")), bytes.HasPrefix(src, []byte("#autoload")):
		return syntax.LangZsh
	case bytes.HasSuffix(bytes.TrimSpace(first), []byte("/sh")):
		return syntax.LangPOSIX
	}
	return syntax.LangBash
}

// last gives the last line of a body: what && joins to it is not part of it.
func last(body *syntax.Stmt) uint {
	for {
		and, ok := body.Cmd.(*syntax.BinaryCmd)
		if !ok {
			break
		}
		body = and.X
	}
	if block, ok := body.Cmd.(*syntax.Block); ok {
		return block.Rbrace.Line()
	}
	return body.End().Line()
}
