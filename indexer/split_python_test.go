// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// pythonOracle prints, for each file of the interpreter's library, the definitions that its ast module sees.
const pythonOracle = `
import ast, json, os, sys, sysconfig, warnings
warnings.simplefilter("ignore")
for top, dirs, files in os.walk(sysconfig.get_path("stdlib")):
    if "site-packages" in dirs: dirs.remove("site-packages")
    for f in files:
        if not f.endswith(".py"): continue
        p = os.path.join(top, f)
        if os.path.getsize(p) > 1 << 20: continue
        try:
            tree = ast.parse(open(p, "rb").read())
        except (SyntaxError, ValueError, RecursionError):
            continue
        defs = []
        for n in ast.walk(tree):
            if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                start = min([d.lineno for d in n.decorator_list] + [n.lineno])
                defs.append([n.name, start, n.lineno, n.end_lineno])
        print(json.dumps({"path": p, "defs": defs}))
`

// TestPythonAgreesWithAST compares blocks with Python's own parser on its own library: name, first line (decorators
// included) and last line, comments after the last statement apart.
func TestPythonAgreesWithAST(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the Python library")
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	cmd := exec.Command(python, "-c", pythonOracle)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var a agreement
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var file struct {
			Path string
			Defs [][4]any
		}
		if err := json.Unmarshal(lines.Bytes(), &file); err != nil {
			t.Fatal(err)
		}
		src, err := os.ReadFile(file.Path)
		if err != nil {
			t.Fatal(err)
		}
		want, got := map[string]bool{}, map[string]bool{}
		for _, d := range file.Defs {
			want[fmt.Sprintf("%v line %v to %v", d[0], d[2], d[3])] = true
		}
		blocks := SplitterFor("Python").Split(file.Path, src)
		if err := CheckBlocks(src, blocks); err != nil {
			t.Errorf("%s: %v", file.Path, err)
		}
		index := newLineIndex(src)
		for _, b := range blocks {
			if b.Kind == KindText {
				continue
			}
			end := b.End
			for end > b.Start && (index.blank(end) || strings.HasPrefix(strings.TrimSpace(string(index.text(src, end))), "#")) {
				end--
			}
			got[fmt.Sprintf("%s line %d to %d", b.Name, b.Start+b.Doc, end)] = true
		}
		a.compare(file.Path, want, got)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("ast: %v", &a)
	a.atLeast(t, 98.7, 99.8)
}
