// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"

	"communs/licenses"
)

// licenseSet is files with the answers that are expected of them.
type licenseSet struct {
	name  string
	note  string // where the expected answers come from
	apart bool   // not in the tables of licences and confusions
	alien bool   // of each file the detector must not know the licence that is expected
	files []licenseFile
}

// licenseFile is one file on disk and the answer that is expected of it; an empty one says that no licence is stated.
type licenseFile struct {
	disk string // where it is
	path string // what the detector is told, slash-separated
	want string
}

// tuned reports whether the file is in the half that may be looked at; the other is for reporting only.
func (f licenseFile) tuned() bool {
	h := fnv.New32a()
	io.WriteString(h, f.path)
	return h.Sum32()%2 == 0
}

// openDevset gives the folder of the development set: data is that folder, an archive of it, or a folder that holds devset.tgz.
func openDevset(data, work string) (string, error) {
	info, err := os.Stat(data)
	if err != nil {
		return "", fmt.Errorf("open the development set: %w", err)
	}
	if info.IsDir() {
		if _, err := os.Stat(filepath.Join(data, "scancode", "expected.tsv")); err == nil {
			return data, nil
		}
		for _, name := range []string{"devset.tgz", "licenses/devset.tgz", "data/licenses/devset.tgz"} {
			if _, err := os.Stat(filepath.Join(data, name)); err == nil {
				return openDevset(filepath.Join(data, name), work)
			}
		}
		return "", fmt.Errorf("%s holds neither scancode/expected.tsv nor devset.tgz", data)
	}
	into := filepath.Join(work, "devset")
	if err := unpackTar(data, into); err != nil {
		return "", fmt.Errorf("unpack %s: %w", data, err)
	}
	if _, err := os.Stat(filepath.Join(into, "scancode")); err != nil {
		into = filepath.Join(into, "devset")
	}
	return into, nil
}

// unpackTar writes the plain files of a compressed archive below a folder.
func unpackTar(archive, into string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) {
			continue
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(into, h.Name), data); err != nil {
			return err
		}
	}
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

// devsetSets reads the sets of the development set. What it holds is written in its README.
func devsetSets(dir, work string) ([]licenseSet, error) {
	fixtures, err := readExpected(filepath.Join(dir, "scancode", "expected.tsv"))
	if err != nil {
		return nil, err
	}
	sets := make([]licenseSet, 4, 9)
	for i, name := range []string{"glc", "lic1", "lic2", "lic2 without nuget"} {
		sets[i] = licenseSet{name: name, note: "ScanCode's fixtures", apart: name == "lic2"}
	}
	for _, f := range fixtures {
		file := licenseFile{filepath.Join(dir, "scancode", f[0]), "scancode/" + f[0], strings.TrimPrefix(f[1], "~")}
		for i := range sets {
			if strings.HasPrefix(sets[i].name, f[2]) && !(i == 3 && strings.Contains(f[0], "nuget_test_url")) {
				sets[i].files = append(sets[i].files, file)
			}
		}
	}
	tags, err := readExpected(filepath.Join(dir, "slid.expected.tsv"))
	if err != nil {
		return nil, err
	}
	slid := licenseSet{name: "SPDX tags", note: "in twelve comment styles"}
	for _, f := range tags {
		slid.files = append(slid.files, licenseFile{filepath.Join(dir, f[0]), f[0], f[1]})
	}
	texts := namedFiles(licenseSet{name: "SPDX texts", note: "the list's texts"}, filepath.Join(dir, "spdx", "text"), func(name string) (string, bool) {
		info, ok := licenses.Info(name)
		return textOf(name), ok && !info.Deprecated
	})
	french := namedFiles(licenseSet{name: "French and EU texts", note: "as ScanCode holds them"}, filepath.Join(dir, "french"), func(name string) (string, bool) {
		id, _, _ := strings.Cut(name, "__")
		return id, true
	})
	headers, err := headerSets(filepath.Join(dir, "spdx", "xml"), work)
	return append(append(sets, slid, texts, french), headers...), err
}

// textOf is what may be said of a text alone: whether later versions may be chosen stands elsewhere.
func textOf(id string) string {
	if base, ok := strings.CutSuffix(id, "-or-later"); ok {
		id = base + "-only"
	}
	for _, s := range []string{"-no-invariants", "-invariants", "-no-copyleft-exception"} {
		id = strings.Replace(id, s, "", 1)
	}
	return id
}

// readExpected reads lines of tab-separated values: path, expression, set.
func readExpected(name string) ([][]string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(f) != 3 {
			return nil, fmt.Errorf("%s: %q has %d columns, not 3", name, line, len(f))
		}
		rows = append(rows, f)
	}
	return rows, nil
}

// namedFiles adds the texts of a folder whose names tell what they are.
func namedFiles(s licenseSet, dir string, want func(name string) (id string, ok bool)) licenseSet {
	files, _ := filepath.Glob(filepath.Join(dir, "*.txt"))
	for _, f := range files {
		base := filepath.Base(f)
		if id, ok := want(strings.TrimSuffix(base, ".txt")); ok {
			s.files = append(s.files, licenseFile{f, filepath.Base(dir) + "/" + base, id})
		}
	}
	return s
}

// headerSets writes the standard headers of the SPDX list below work: as text, and wrapped in the comment of a source file.
func headerSets(dir, work string) ([]licenseSet, error) {
	plain := licenseSet{name: "SPDX headers", note: "the list's standard headers"}
	wrapped := licenseSet{name: "SPDX headers in code", note: "the same, wrapped at 60 columns in a comment"}
	files, _ := filepath.Glob(filepath.Join(dir, "*.xml"))
	for _, f := range files {
		id := strings.TrimSuffix(filepath.Base(f), ".xml")
		if info, ok := licenses.Info(id); !ok || info.Deprecated {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		text, err := standardHeader(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		if text == "" {
			continue
		}
		for _, v := range []struct {
			set       *licenseSet
			name, all string
		}{
			{&plain, "headers/" + id + ".txt", text},
			{&wrapped, "headers/" + id + ".c", "/*\n" + wrap(text, " * ", 60) + " */\n#include <stdio.h>\n\nint main(void) { return 0; }\n"},
		} {
			disk := filepath.Join(work, filepath.FromSlash(v.name))
			if err := writeFile(disk, []byte(v.all)); err != nil {
				return nil, err
			}
			v.set.files = append(v.set.files, licenseFile{disk, v.name, id})
		}
	}
	return []licenseSet{plain, wrapped}, nil
}

// standardHeader is the text of a licence's standard header; empty when it has none.
func standardHeader(data []byte) (string, error) {
	var b strings.Builder
	inside := 0
	for d := xml.NewDecoder(strings.NewReader(string(data))); ; {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return strings.TrimSpace(b.String()), nil
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch {
			case t.Name.Local == "standardLicenseHeader":
				inside++
			case t.Name.Local == "p" || t.Name.Local == "br":
				b.WriteString("\n")
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "standardLicenseHeader":
				inside--
			case "p":
				b.WriteString("\n")
			}
		case xml.CharData:
			if inside > 0 {
				b.WriteString(strings.Join(strings.Fields(string(t)), " ") + " ")
			}
		}
	}
}

// wrap breaks a text into lines that start with a comment marker.
func wrap(text, marker string, width int) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := marker
		for _, word := range strings.Fields(paragraph) {
			if len(line)+len(word) > width && line != marker {
				b.WriteString(strings.TrimRight(line, " ") + "\n")
				line = marker
			}
			line += word + " "
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
