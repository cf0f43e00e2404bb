// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"bytes"
	"path"
	"strings"
)

// Some files say which licence other files are under, by patterns of their paths:
//
//   - REUSE.toml, of the REUSE specification 3.3: [[annotations]] with path, precedence and SPDX-License-Identifier. It holds for the
//     folder that it lies in.
//   - .reuse/dep5, which came before it, and debian/copyright: paragraphs of Debian's machine-readable format 1.0 (DEP-5). They hold for
//     the folder above the one they lie in.
//
// Within a file, the last annotation that matches a path holds.

// AnnotationFormat is what a file of annotations is.
type AnnotationFormat uint8

// The formats.
const (
	NoAnnotations AnnotationFormat = iota
	ReuseTOML
	ReuseDEP5
	DebianCopyright
)

// AnnotationsIn tells whether a file is one of annotations, by its path. A debian/copyright may also be prose: that shows in
// its text.
func AnnotationsIn(name string) AnnotationFormat {
	base, folder := strings.ToLower(path.Base(name)), path.Base(path.Dir(name))
	switch {
	case base == "reuse.toml":
		return ReuseTOML
	case base == "dep5" && folder == ".reuse":
		return ReuseDEP5
	case base == "copyright" || strings.HasSuffix(base, ".copyright") && folder == "debian":
		return DebianCopyright
	}
	return NoAnnotations
}

// Precedence says what becomes of what a file says of itself.
type Precedence uint8

// The precedences of REUSE.toml.
const (
	Closest   Precedence = iota // the file's own statement holds, else that of the nearest annotation
	Aggregate                   // both hold together
	Override                    // the annotation holds alone, also over those further down
)

// Annotation is one statement about other files.
type Annotation struct {
	Globs      []string // * is any run without a slash, ** any run, ? one character, \ takes the next one as it is
	Licenses   []string // as they are written; all hold
	Text       string   // of the licence, where the paragraph has one
	TextLine   int      // where it begins
	Precedence Precedence
	Start, End int // lines
}

// maxAnnotations is how many annotations of one file are read.
const maxAnnotations = 5000

// Annotations reads a file of annotations. It gives none for a file that is no such one. The error is a *DamagedError.
func Annotations(name string, text []byte) ([]Annotation, error) {
	if len(text) > MaxSize {
		return nil, nil
	}
	text = utf8Of(text)
	switch AnnotationsIn(name) {
	case ReuseTOML:
		return reuseAnnotations(text)
	case ReuseDEP5:
		return debianAnnotations(text), nil
	case DebianCopyright:
		if isDEP5(text) {
			return debianAnnotations(text), nil
		}
	}
	return nil, nil
}

// reuseAnnotations reads REUSE.toml. An annotation without path or licence says nothing here; a precedence that the specification does not
// know is the default one.
func reuseAnnotations(text []byte) ([]Annotation, error) {
	v, err := readTOML(text)
	if err != nil {
		return nil, err
	}
	list, _ := v["annotations"].([]any)
	lines := tableLines(text)
	var all []Annotation
	for i, item := range list {
		t := table(item)
		a := Annotation{Globs: stringsOf(t["path"]), Licenses: stringsOf(t["SPDX-License-Identifier"]), Start: 1, End: 1}
		if i < len(lines) {
			a.Start, a.End = lines[i][0], lines[i][1]
		}
		switch str(t["precedence"]) {
		case "aggregate":
			a.Precedence = Aggregate
		case "override":
			a.Precedence = Override
		}
		if len(a.Globs) > 0 && len(a.Licenses) > 0 && len(all) < maxAnnotations {
			all = append(all, a)
		}
	}
	return all, nil
}

// tableLines gives the lines of each [[annotations]], its empty lines and comments at the end left out.
func tableLines(text []byte) (all [][2]int) {
	n, open := 0, false
	for line := range bytes.Lines(text) {
		n++
		line = bytes.TrimSpace(line)
		switch {
		case bytes.HasPrefix(line, []byte("[[")) && bytes.Equal(bytes.Trim(line, "[] \t"), []byte("annotations")):
			all, open = append(all, [2]int{n, n}), true
		case len(line) > 0 && line[0] == '[' && !open:
		case len(line) > 0 && line[0] != '#' && open:
			all[len(all)-1][1] = n
		}
	}
	return all
}
