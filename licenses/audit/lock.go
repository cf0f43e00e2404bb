// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"encoding/json"

	"golang.org/x/mod/module"
)

// lockFormat is one kind of file that says what a project depends on.
type lockFormat struct {
	name      string // Place.How
	ecosystem string
	rank      int // of the files of one folder and ecosystem, the one with the lowest counts: a lock before a manifest
	read      func(l *lock, text []byte) error
}

// lock is what one such file says.
type lock struct {
	path     string
	format   *lockFormat
	packages []locked
	direct   map[string]bool // keys that the project itself asks for; nil when the file does not say
	module   string          // what the project itself is called
	version  string          // its version, where the lock repeats it
	licenses []string        // its licence, where the lock repeats it, as it is written there
	line     int             // where it says so
	loose    bool            // some versions are not known
	golang   goModule        // of a go.mod only
}

// locked is one package of a lock.
type locked struct {
	key           string // unique within the lock; what deps name
	name, version string
	line          int
	licenses      []string // as they are written; several are a choice
	origin        string
	sums          []Checksum
	deps          []string
	dev, optional bool
	at            string         // where it is installed, from the lock's folder: node_modules/x; a folder of the project when local
	local         bool           // a part of the project itself
	selected      module.Version // of a Go module: before it is replaced
}

// lockFormats is by base name.
var lockFormats = map[string]*lockFormat{
	"go.mod":              {"go.mod", "golang", 0, readGoMod},
	"package-lock.json":   {"package-lock.json", "npm", 0, readNPMLock},
	"npm-shrinkwrap.json": {"npm-shrinkwrap.json", "npm", 0, readNPMLock},
	"composer.lock":       {"composer.lock", "composer", 0, readComposerLock},
	"Cargo.lock":          {"Cargo.lock", "cargo", 0, readCargoLock},
	"poetry.lock":         {"poetry.lock", "pypi", 0, readPoetryLock},
	"uv.lock":             {"uv.lock", "pypi", 0, readUVLock},
	"pylock.toml":         {"pylock.toml", "pypi", 0, readPylock},
	"pom.xml":             {"pom.xml", "maven", 0, readPOMLock},
	"Pipfile.lock":        {"Pipfile.lock", "pypi", 1, readPipfileLock},
	"requirements.txt":    {"requirements.txt", "pypi", 2, readRequirements},
	"Gemfile.lock":        {"Gemfile.lock", "gem", 0, readGemfileLock},
	"package.json":        {"package.json", "npm", looseRank, readLoose},
	"composer.json":       {"composer.json", "composer", looseRank, readLoose},
	"Cargo.toml":          {"Cargo.toml", "cargo", looseRank, readLoose},
	"pyproject.toml":      {"pyproject.toml", "pypi", looseRank, readLoose},
	"yarn.lock":           {"yarn.lock", "npm", 1, readYarnLock},
	"pnpm-lock.yaml":      {"pnpm-lock.yaml", "npm", 1, readPNPMLock},
}

// looseRank is that of manifests, which count only where there is no lock.
const looseRank = 9

// lockFormatOf finds the format of a file by its path; nil when it is no lock.
func lockFormatOf(name string) *lockFormat { return lockFormats[path.Base(name)] }

// lockError says where the reading of a lock ended. What stands before was read.
type lockError struct {
	line      int
	truncated bool   // the file ends there
	what      string // in the parser's words
}

func (e *lockError) Error() string { return "line " + strconv.Itoa(e.line) + ": " + e.what }

// partialOf tells a lock's fault.
func partialOf(name string, err error) Partial {
	var at *lockError
	if !errors.As(err, &at) {
		return partial(name, PartialMalformed, "1", err.Error()).Partial
	}
	p := partial(name, PartialMalformed, strconv.Itoa(at.line), at.what)
	if at.truncated {
		p = partial(name, PartialTruncated, strconv.Itoa(at.line))
	}
	p.Partial.Line = at.line
	return p.Partial
}

// readLock reads a lock file; with an error, what stands before the fault.
func readLock(name string, f *lockFormat, text []byte) (*lock, error) {
	l := &lock{path: name, format: f}
	err := f.read(l, bytes.TrimPrefix(text, []byte("\ufeff")))
	var at *lockError
	if errors.As(err, &at) && at.line > bytes.Count(bytes.TrimRight(text, " \t\r\n"), []byte("\n")) {
		at.truncated = true // what is wrong with it is its end
	}
	return l, err
}

// maxPackages bounds how many packages are read from one lock.
const maxPackages = 200_000

// add records a package.
func (l *lock) add(p locked) error {
	if len(l.packages) == maxPackages {
		return &lockError{p.line, false, "more than " + strconv.Itoa(maxPackages) + " packages"}
	}
	l.packages = append(l.packages, p)
	return nil
}

func (l *lock) ask(key string) {
	if l.direct == nil {
		l.direct = map[string]bool{}
	}
	l.direct[key] = true
}

// jsonObject reads an object member by member, so that what stands before a fault is kept. A member whose name is in inside is itself
// an object or list whose members are given one by one; the others are given whole, under an empty parent.
func jsonObject(text []byte, inside []string, each func(parent, key string, line int, raw json.RawMessage) error) error {
	r := &jsonReader{text: text, d: json.NewDecoder(bytes.NewReader(text)), each: each}
	return r.object("", inside)
}

type jsonReader struct {
	text []byte
	d    *json.Decoder
	each func(parent, key string, line int, raw json.RawMessage) error
	at   int // bytes of which the lines are counted
	line int
}

// lineAt counts the lines up to the next value.
func (r *jsonReader) lineAt() int {
	to := min(int(r.d.InputOffset()), len(r.text))
	for to < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[to]) >= 0 {
		to++
	}
	r.line += bytes.Count(r.text[r.at:max(to, r.at)], []byte("\n"))
	r.at = max(to, r.at)
	return r.line + 1
}

func (r *jsonReader) fail(err error) error {
	var syntax *json.SyntaxError
	end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &syntax) && strings.Contains(syntax.Error(), "unexpected end")
	if end {
		return &lockError{bytes.Count(r.text, []byte("\n")) + 1, true, "unexpected end"}
	}
	if errors.As(err, &syntax) {
		return &lockError{bytes.Count(r.text[:min(int(syntax.Offset), len(r.text))], []byte("\n")) + 1, false, syntax.Error()}
	}
	return &lockError{r.lineAt(), false, err.Error()}
}

// object reads an object, or a list, whose members have no key.
func (r *jsonReader) object(parent string, inside []string) error {
	t, err := r.d.Token()
	if err != nil {
		return r.fail(err)
	}
	if t != json.Delim('{') && (parent == "" || t != json.Delim('[')) {
		if _, compound := t.(json.Delim); compound || parent == "" {
			return &lockError{r.lineAt(), false, "want an object"}
		}
		return nil // null or a plain value
	}
	for r.d.More() {
		line, key := r.lineAt(), ""
		if t == json.Delim('{') {
			k, err := r.d.Token()
			if err != nil {
				return r.fail(err)
			}
			key, _ = k.(string)
		}
		if parent == "" && slices.Contains(inside, key) {
			if err := r.object(key, nil); err != nil {
				return err
			}
			continue
		}
		var raw json.RawMessage
		if err := r.d.Decode(&raw); err != nil {
			return r.fail(err)
		}
		if err := r.each(parent, key, line, raw); err != nil {
			return err
		}
	}
	if _, err := r.d.Token(); err != nil {
		return r.fail(err)
	}
	return nil
}

// integrity reads subresource integrity, "sha512-BASE64", several parted by spaces.
func integrity(s string) (sums []Checksum) {
	for part := range strings.FieldsSeq(s) {
		algorithm, value, _ := strings.Cut(part, "-")
		value, _, _ = strings.Cut(value, "?")
		digest, err := base64.StdEncoding.DecodeString(value)
		if name := algorithmName(algorithm); err == nil && name != "" && len(digest) > 0 {
			sums = append(sums, Checksum{name, hex.EncodeToString(digest)})
		}
	}
	return sums
}

// hexSum reads "sha256:HEX", or HEX alone, which is then of the algorithm given.
func hexSum(s, otherwise string) []Checksum {
	algorithm, value, ok := strings.Cut(s, ":")
	if !ok {
		algorithm, value = otherwise, s
	}
	if _, err := hex.DecodeString(value); err != nil || value == "" || algorithmName(algorithm) == "" {
		return nil
	}
	return []Checksum{{algorithmName(algorithm), strings.ToLower(value)}}
}

// algorithmName is how SPDX writes the name of a digest; empty for others.
func algorithmName(s string) string {
	switch s = strings.ToUpper(strings.ReplaceAll(s, "-", "")); s {
	case "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "MD5":
		return s
	}
	return ""
}
