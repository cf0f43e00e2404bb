// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"strings"
)

// documented is a function with a doc comment, found without the splitter that is measured: go/parser for Go, the look of
// lines for the rest. Lines count from 1.
type documented struct {
	name      string
	line      int // where the function's head begins, without comment
	end       int // a line of its body; 0 when only the head is known
	from, to  int // the comment's lines
	sentence  string
	onlyBody  bool   // a Python docstring with nothing after it
	indention string // of such a docstring
}

// findDocumented lists the documented functions of a file, in order.
func findDocumented(name string, src []byte) []documented {
	switch path.Ext(name) {
	case ".go":
		return documentedGo(src)
	case ".py":
		return documentedPython(strings.Split(string(src), "\n"))
	case ".js", ".ts", ".java", ".php", ".c", ".cpp", ".h", ".cs", ".kt", ".scala":
		return documentedStars(strings.Split(string(src), "\n"))
	case ".rb":
		return documentedRuby(strings.Split(string(src), "\n"))
	}
	return nil
}

func documentedGo(src []byte) (out []documented) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Doc == nil || f.Body == nil {
			continue
		}
		line := func(p token.Pos) int { return set.Position(p).Line }
		text := strings.TrimSpace(f.Doc.Text())
		rest, cut := strings.CutPrefix(text, f.Name.Name+" ") // the name would give the answer away
		if !cut || line(f.Body.End()) < line(f.Pos())+2 {
			continue
		}
		out = append(out, documented{
			name: f.Name.Name, line: line(f.Type.Func), end: line(f.Body.End()),
			from: line(f.Doc.Pos()), to: line(f.Doc.End()), sentence: rest,
		})
	}
	return out
}

var pythonDef = regexp.MustCompile(`^(\s*)(?:async )?def ([A-Za-z]\w*)\s*\(`)

func documentedPython(lines []string) (out []documented) {
	for i := 0; i < len(lines); i++ {
		m := pythonDef.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		head := i
		for head < len(lines) && head < i+20 && !strings.HasSuffix(strings.TrimSpace(lines[head]), ":") {
			head++
		}
		at := head + 1
		if at >= len(lines) {
			break
		}
		text := strings.TrimLeft(strings.TrimSpace(lines[at]), "rRuU")
		quote := ""
		for _, q := range []string{`"""`, `'''`} {
			if strings.HasPrefix(text, q) {
				quote = q
			}
		}
		if quote == "" {
			continue
		}
		text, to := text[3:], at
		for !strings.Contains(text, quote) && to+1 < len(lines) {
			to++
			text += "\n" + lines[to]
		}
		text, _, _ = strings.Cut(text, quote)
		after := to + 1
		for after < len(lines) && strings.TrimSpace(lines[after]) == "" {
			after++
		}
		d := documented{name: m[2], line: i + 1, from: at + 1, to: to + 1, sentence: text, indention: m[1] + "    "}
		d.onlyBody = after == len(lines) || !strings.HasPrefix(lines[after], m[1]+" ") && !strings.HasPrefix(lines[after], m[1]+"\t")
		if !d.onlyBody {
			d.end = after + 1
		}
		out = append(out, d)
		i = to
	}
	return out
}

var (
	braceHead = regexp.MustCompile(`([A-Za-z_$][\w$]*)\s*(?:[:=]\s*(?:async\s+)?function\s*\w*\s*)?\(`)
	noHead    = regexp.MustCompile(`^\s*(?:@|#|return\b|if\b|for\b|while\b|switch\b|import\b|package\b|class\b|interface\b|/[/*]|\*)`)
)

// documentedStars finds /** comments before what looks like the head of a function with a body.
func documentedStars(lines []string) (out []documented) {
	for i := 0; i < len(lines); i++ {
		if !strings.HasPrefix(strings.TrimSpace(lines[i]), "/**") {
			continue
		}
		from, to := i, i
		for to+1 < len(lines) && !strings.Contains(lines[to], "*/") {
			to++
		}
		i = to
		head := to + 1
		for head < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[head]), "@") {
			head++
		}
		if head+2 >= len(lines) || noHead.MatchString(lines[head]) {
			continue
		}
		m := braceHead.FindStringSubmatch(lines[head])
		if m == nil || !opensBody(lines[head:min(len(lines), head+4)]) {
			continue
		}
		var text []string
		for _, line := range lines[from : to+1] {
			line = strings.TrimSpace(line)
			line = strings.TrimSuffix(strings.TrimPrefix(line, "/**"), "*/")
			line = strings.TrimSpace(strings.TrimLeft(line, "*"))
			if strings.HasPrefix(line, "@") {
				break
			}
			text = append(text, line)
		}
		out = append(out, documented{name: m[1], line: head + 1, end: head + 2, from: from + 1, to: to + 1, sentence: strings.Join(text, "\n")})
	}
	return out
}

// opensBody tells whether the head of a function goes on to a brace, and not to a semicolon.
func opensBody(lines []string) bool {
	for _, line := range lines {
		switch line = strings.TrimSpace(line); {
		case strings.HasSuffix(line, "{"):
			return true
		case strings.HasSuffix(line, ";") || strings.HasSuffix(line, "}"):
			return false
		}
	}
	return false
}

var rubyDef = regexp.MustCompile(`^\s*def (?:self\.)?([A-Za-z_]\w*[?!]?)`)

func documentedRuby(lines []string) (out []documented) {
	for i, line := range lines {
		m := rubyDef.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		from := i
		for from > 0 && strings.HasPrefix(strings.TrimSpace(lines[from-1]), "#") {
			from--
		}
		if from == i || i+2 >= len(lines) {
			continue
		}
		var text []string
		for _, line := range lines[from:i] {
			text = append(text, strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "#")))
		}
		out = append(out, documented{name: m[1], line: i + 1, end: i + 2, from: from + 1, to: i, sentence: strings.Join(text, "\n")})
	}
	return out
}

// without gives the file with the comments of the functions blanked out, so that lines keep their numbers.
func without(src []byte, functions []documented) []byte {
	lines := strings.Split(string(src), "\n")
	for _, f := range functions {
		for n := f.from; n <= f.to && n <= len(lines); n++ {
			lines[n-1] = ""
		}
		if f.onlyBody {
			lines[f.from-1] = f.indention + "pass"
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?:](\s|$)|\n\s*\n|\n\s*[-*@:]`)
	markup      = regexp.MustCompile(`<[^>]*>|\{@\w+|:\w+:|https?://\S+`)
	notWord     = regexp.MustCompile(`[^\pL\pN_'-]+`)
)

// firstSentence gives a doc comment's first sentence as somebody would type it: bare words. It is empty when the comment says
// too little, or too much, for a question.
func firstSentence(text string) string {
	text = strings.TrimSpace(text)
	if at := sentenceEnd.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	text = notWord.ReplaceAllString(markup.ReplaceAllString(text, " "), " ")
	var words []string
	for word := range strings.FieldsSeq(text) {
		if word = strings.Trim(word, "-'_"); word != "" && word != "OR" && word != "AND" && word != "OU" && word != "ET" {
			words = append(words, word)
		}
	}
	if len(words) < 4 || len(words) > 30 {
		return ""
	}
	return strings.Join(words, " ")
}
