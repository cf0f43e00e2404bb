// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Files of public repositories, which are not shipped: DATA is the folder that holds publiccode/ and codemeta/. Their verdicts are those
// of the standard's own parser without its look at the network; testdata/verdicts.txt says where ours differ and why.
func TestRealFiles(t *testing.T) {
	folder := os.Getenv("DATA")
	if folder == "" {
		t.Skip("DATA is not set")
	}
	verdicts, err := os.Open("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer verdicts.Close()
	valid := 0
	for lines := bufio.NewScanner(verdicts); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		doc := readFile(t, filepath.Join(folder, words[0]))
		if doc.Valid() {
			valid++
		}
		if doc.Valid() != (words[1] == "valid") {
			t.Errorf("%s: valid %t, want %s: %v", words[0], doc.Valid(), words[1], doc.Faults)
		}
		if doc.Software.Name == "" && doc.has("missing") == nil {
			t.Errorf("%s: no name was read", words[0])
		}
		if !doc.Valid() {
			continue
		}
		var b bytes.Buffer
		if err := WriteCodemeta(&b, doc.Software); err != nil {
			t.Fatal(err)
		}
		if again := read(t, Codemeta, b.String()); !again.Valid() {
			t.Errorf("%s as codemeta: %v", words[0], again.Faults)
		}
		if missing := Missing(doc.Software); doc.Format == Publiccode && len(missing) > 0 {
			t.Errorf("%s written again: %v", words[0], missing)
		}
	}
	t.Logf("%d valid", valid)
}
