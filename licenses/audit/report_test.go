// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v6"
	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdxlib"
	"golang.org/x/net/html"

	"communs/internal/words"
	"communs/licenses"
)

func expression(t testing.TB, s string) licenses.Expression {
	t.Helper()
	if s == "" {
		return licenses.Expression{}
	}
	e, err := licenses.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func voice(t testing.TB, lang words.Lang) Voice {
	t.Helper()
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	return Voice{Printer: catalog.Printer(lang)}
}

func written(t testing.TB, r *Report, format string, v Voice) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, r, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sample is a report with one of everything: what is in order, what is not, what nobody knows, what is excused, and names that were
// chosen to break formats.
func sample(t testing.TB) *Report {
	e := func(s string) licenses.Expression { return expression(t, s) }
	matrix := []licenses.Ground{{Kind: "unknown", From: "GPL-2.0-only", Into: "EUPL-1.2"}}
	mit := "MIT License\n\nCopyright (c) 2014 Camille Martin <camille@atelier.example>\n\nPermission is hereby granted, …\n"
	component := func(c Component) Component {
		if c.ID == "" {
			c.ID = c.PURL
		}
		if c.Kind == "" {
			c.Kind = Dependency
		}
		c.Libre, c.LibreGround = licenses.LibreOf(c.Concluded)
		c.Use, c.Grounds, c.Obligations = licenses.Link, []licenses.Ground{}, licenses.Obligations(c.Concluded, licenses.Link)
		return c
	}
	lock := func(line int) []Place {
		return []Place{{Path: "package-lock.json", Line: line, How: "package-lock.json"}}
	}
	found := func(license string) []Evidence {
		return []Evidence{{Path: "LICENSE", Start: 1, End: 21, How: "text", License: e(license), Score: 1}}
	}
	r := &Report{
		Tool: Tool{"communs", "1.0"}, Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Subject: Subject{Kind: Folder, Name: "atelier"},
		Verdict: NotCompliant, Into: e("EUPL-1.2"), IntoHow: IntoProject, Use: licenses.Link,
		Partial: []Partial{{Path: "vendor/cut.lock", Line: 7, Reason: PartialTruncated, Args: []string{}}},
		Policy:  &PolicyEcho{Name: "licences.toml", SHA256: strings.Repeat("ab", 32), Deny: []string{"SSPL-1.0"}, Exceptions: 1, Curations: 1},
		Project: Component{
			ID: "project", Kind: Project, Name: "atelier", Version: "1.2", Concluded: e("EUPL-1.2"), Declared: e("EUPL-1.2"), Libre: licenses.LibreYes,
			Copyrights: []string{"Copyright 2026 Région Exemple"}, Answer: licenses.Yes, Status: OK, Places: []Place{{Path: "package.json", How: "package.json"}},
		},
		Skipped: []Skip{{Reason: SkippedBinary, Count: 2, Examples: []string{"a.png", "b.png"}}},
	}
	r.Components = []Component{
		component(Component{Kind: Vendored, ID: "path:vendor/own", Name: "own", Concluded: e("LicenseRef-unknown"), Found: e("LicenseRef-unknown"), Evidence: found("LicenseRef-unknown"),
			Texts: []Text{{"LICENSE", "Whoever uses this sends a picture of their town hall.\n"}}, Places: []Place{{Path: "vendor/own", How: "vendor"}}, Direct: true,
			Answer: licenses.CannotSay, Status: Doubtful}),
		component(Component{PURL: "pkg:npm/%40babel/core@7.1.0", Ecosystem: "npm", Name: "@babel/core", Version: "7.1.0", Declared: e("MIT"), Found: e("MIT"),
			Concluded: e("MIT"), DeclaredText: []string{"MIT"}, Evidence: found("MIT"), Copyrights: []string{"Copyright (c) 2014 Camille Martin"}, Places: lock(8), Texts: []Text{{"LICENSE", mit}},
			Origin: "https://registry.example/babel.tgz", Checksums: []Checksum{{"SHA1", strings.Repeat("0", 40)}, {"SHA512", strings.Repeat("1", 128)}},
			Direct: true, Dependencies: []string{"pkg:npm/both@1", "pkg:npm/gone@2", "pkg:npm/nowhere@1"}, Answer: licenses.Yes, Status: OK}),
		component(Component{PURL: "pkg:npm/both@1", Ecosystem: "npm", Name: "both", Version: "1", Declared: e("MIT OR GPL-2.0-only WITH Classpath-exception-2.0"),
			Concluded: e("MIT OR GPL-2.0-only WITH Classpath-exception-2.0"), Copyrights: []string{"© 2019 Ana", "Copyright (c) 2014 Camille Martin"}, Texts: []Text{{"LICENSE", mit}},
			Places: lock(12), Via: []string{"pkg:npm/%40babel/core@7.1.0"}, Optional: true, Answer: licenses.Yes, Status: OK}),
		component(Component{PURL: "pkg:npm/evil@0", Ecosystem: "npm", Name: "=cmd|' /C calc'!A0", Version: "<script>alert(1)</script>\x1b[2J", Declared: e("GPL-2.0-only"),
			Concluded: e("GPL-2.0-only"), Places: lock(20), Direct: true, Answer: licenses.No, Grounds: matrix, Status: Failed}),
		component(Component{PURL: "pkg:npm/gone@2", Ecosystem: "npm", Name: "gone", Version: "2", Missing: MissingNPM, Places: lock(30),
			Via: []string{"pkg:npm/%40babel/core@7.1.0"}, Answer: licenses.CannotSay, Status: Excused}),
		component(Component{PURL: "pkg:npm/linter@3", Ecosystem: "npm", Name: "linter", Version: "3", Declared: e("GPL-3.0-only"), Concluded: e("GPL-3.0-only"),
			Places: lock(40), Direct: true, Development: true, Answer: licenses.No, Status: NotAsked}),
		component(Component{Kind: Copied, ID: "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2;lines=1-9", SWHID: "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2;lines=1-9",
			Name: "parse.go", Concluded: e("BSD-3-Clause"), Declared: e("BSD-3-Clause"), Copyrights: []string{"Copyright 2009 The Go Authors"},
			Places: []Place{{Path: "src/a file.go", Line: 3, End: 12, How: "snippet"}}, Direct: true, Answer: licenses.Yes, Status: Warned,
			Curation: &Curated{License: e("BSD-3-Clause"), Reason: "read by Ana", Line: 4}}),
	}
	for i, path := range []string{"src/a file.go", "src/été.go", "tools/x.sh"} {
		f := File{Path: path, Size: 10, SHA1: strings.Repeat("a", 39) + string(rune('0'+i)), SHA256: strings.Repeat("b", 64), Answer: licenses.CannotSay, Status: Doubtful, Copyrights: []string{}}
		if i == 0 {
			f.License, f.Libre, f.Answer, f.Status = e("EUPL-1.2"), licenses.LibreYes, licenses.Yes, OK
			f.Evidence = []Evidence{{Path: path, Start: 1, End: 1, How: "tag", License: f.License, Score: 1}}
		}
		r.Files = append(r.Files, f)
	}
	r.Problems = []Problem{
		{Rule: RuleIncompatible, Severity: Error, Component: "pkg:npm/evil@0", Path: "package-lock.json", Line: 20, License: e("GPL-2.0-only"), Grounds: matrix,
			Args: []string{"=cmd|' /C calc'!A0 0", "GPL-2.0-only", "EUPL-1.2", "link"}},
		{Rule: RuleMissing, Severity: Error, Unknown: true, Component: "pkg:npm/gone@2", Path: "package-lock.json", Line: 30, Args: []string{"gone 2", MissingNPM},
			Excuse: &Excuse{Reason: "being replaced", Expires: "2026-12-31", Line: 9}},
		{Rule: RuleNoLicense, Severity: Error, Unknown: true, Path: "src/été.go", Args: []string{"src/été.go"}},
		{Rule: RuleNoLicense, Severity: Error, Unknown: true, Path: "tools/x.sh", Args: []string{"tools/x.sh"}},
		{Rule: RuleUnknownLicense, Severity: Error, Unknown: true, Component: "path:vendor/own", License: e("LicenseRef-unknown"), Args: []string{"own", "LICENSE"}},
		{Rule: RuleConflict, Severity: Warning, Component: r.Components[6].ID, Path: "src/a file.go", Line: 3, End: 12, License: e("BSD-3-Clause"), Args: []string{"parse.go", "MIT", "BSD-3-Clause"}},
	}
	r.Counts = Counts{Files: 3, Bytes: 30, Components: 7, Direct: 5, Development: 1, Errors: 4, Warnings: 1, Excused: 1, UnknownFiles: 2}
	r.tidy()
	return r
}

// TestReportFormats compares each format of one report with what stands in testdata/report, in both languages where words are written.
func TestReportFormats(t *testing.T) {
	r := sample(t)
	for format, name := range map[string]string{
		FormatText: "report.txt", FormatJSON: "report.json", FormatSPDX: "report.spdx.json", FormatCycloneDX: "report.cdx.json", FormatSARIF: "report.sarif",
		FormatCodeQuality: "report.gl.json", FormatHTML: "report.html", FormatCSV: "report.csv", FormatNotice: "NOTICE.txt",
	} {
		t.Run(format, func(t *testing.T) {
			got := written(t, r, format, voice(t, words.French))
			golden(t, "report/"+name, got)
			if again := written(t, sample(t), format, voice(t, words.French)); !bytes.Equal(got, again) {
				t.Error("written twice, it differs")
			}
			if format == FormatText || format == FormatHTML || format == FormatNotice {
				golden(t, "report/en."+name, written(t, r, format, voice(t, words.English)))
			}
		})
	}
}

// TestReportFormatsOfNothing writes a report that holds nothing: no format fails or lacks what it must have.
func TestReportFormatsOfNothing(t *testing.T) {
	r := &Report{Verdict: Compliant, IntoHow: IntoUnknown, Subject: Subject{Kind: SBOM, Name: "-"}}
	for _, format := range append(Formats(), FormatText) {
		if got := written(t, r, format, voice(t, words.French)); len(got) == 0 {
			t.Errorf("%s is empty", format)
		}
	}
	if err := Write(&bytes.Buffer{}, "pdf", r, voice(t, words.French)); err == nil {
		t.Error("a format that does not exist is written")
	}
}

// TestSchemas holds what is written against the official schemas: CycloneDX's come with its library; those of SPDX and SARIF are not
// free to pass on, and are read from the folder in AUDIT_SCHEMAS (spdx-2.3.json, sarif-2.1.0.json).
func TestSchemas(t *testing.T) {
	cyclone := filepath.Join(moduleFolder(t, "github.com/CycloneDX/cyclonedx-go"), "schema")
	schemas := map[string]string{FormatCycloneDX: filepath.Join(cyclone, "bom-1.6.schema.json")}
	if dir := os.Getenv("AUDIT_SCHEMAS"); dir != "" {
		schemas[FormatSPDX], schemas[FormatSARIF] = filepath.Join(dir, "spdx-2.3.json"), filepath.Join(dir, "sarif-2.1.0.json")
	}
	reports := map[string]*Report{"sample": sample(t), "nothing": {Verdict: Compliant, IntoHow: IntoUnknown, Subject: Subject{Kind: Folder, Name: "x"}, Tool: Tool{Name: "communs"}}}
	for format, file := range schemas {
		schema, err := schemaCompiler(t, cyclone).Compile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range reports {
			document, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, r, format, voice(t, words.French))))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(document); err != nil {
				t.Errorf("%s of %s: %v", format, name, err)
			}
		}
	}
}

// schemaCompiler finds the schemas that CycloneDX's refers to beside it.
func schemaCompiler(t *testing.T, dir string) *jsonschema.Compiler {
	t.Helper()
	c := jsonschema.NewCompiler()
	for url, name := range map[string]string{
		"http://cyclonedx.org/schema/spdx.schema.json": "spdx.schema.json", "http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(url, document); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// TestSPDXIsRead reads the SPDX form back, with another reader and with ours.
func TestSPDXIsRead(t *testing.T) {
	r := sample(t)
	text := written(t, r, FormatSPDX, voice(t, words.French))
	doc, err := spdxjson.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := spdxlib.ValidateDocument(doc); err != nil {
		t.Error(err)
	}
	if len(doc.Packages) != 8 || len(doc.Files) != 3 {
		t.Errorf("%d packages, %d files", len(doc.Packages), len(doc.Files))
	}
	sameBill(t, r, readBill(t, "x", text))
}

// TestCycloneDXIsRead reads the CycloneDX form back, with another reader and with ours.
func TestCycloneDXIsRead(t *testing.T) {
	r := sample(t)
	text := written(t, r, FormatCycloneDX, voice(t, words.French))
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(text), cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if len(*bom.Components) != 7 {
		t.Errorf("%d components", len(*bom.Components))
	}
	sameBill(t, r, readBill(t, "x", text))
}

// sameBill compares what a report said with what is read of it.
func sameBill(t *testing.T, r *Report, b *Bill) {
	t.Helper()
	if len(b.Partial) > 0 || b.Project.Name != r.Project.Name || len(b.Components) != len(r.Components) {
		t.Errorf("partial %v, project %q, %d components", b.Partial, b.Project.Name, len(b.Components))
	}
	for i := range r.Components {
		want := &r.Components[i]
		j := slices.IndexFunc(b.Components, func(c Component) bool { return c.PURL == want.PURL && c.Name == want.Name })
		if j < 0 {
			t.Errorf("%s is not read back", want.ID)
			continue
		}
		got := &b.Components[j]
		if got.Found != want.Concluded || got.Direct != want.Direct || got.Development != want.Development || len(got.Via) != len(want.Via) {
			t.Errorf("%s: licence %q, direct %v, development %v, via %v", want.ID, got.Found, got.Direct, got.Development, got.Via)
		}
	}
}

// TestCSV reads the CSV form back; no cell is a formula.
func TestCSV(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, sample(t), FormatCSV, voice(t, words.French)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+1+7+2 {
		t.Errorf("%d rows", len(rows))
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%q is a formula", cell)
			}
		}
	}
}

// TestSARIF: every result has a rule, a place and a fingerprint of its own; paths are URIs.
func TestSARIF(t *testing.T) {
	var log sarifLog
	if err := json.Unmarshal(written(t, sample(t), FormatSARIF, voice(t, words.French)), &log); err != nil {
		t.Fatal(err)
	}
	run, seen := log.Runs[0], map[string]bool{}
	for _, result := range run.Results {
		if run.Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID || len(result.Locations) == 0 {
			t.Errorf("%+v", result)
		}
		print := result.Fingerprints["communsLicence/v1"]
		if seen[print] {
			t.Errorf("two results have the fingerprint %s", print)
		}
		seen[print] = true
		if uri := result.Locations[0].Physical.Artifact.URI; strings.ContainsAny(uri, " é") || uri == "" {
			t.Errorf("%q is no URI", uri)
		}
	}
	if len(run.Results) != 6 || len(run.Results[1].Suppressions) != 1 || run.Invocations[0].Successful {
		t.Errorf("%d results, suppressions %v, %+v", len(run.Results), run.Results[1].Suppressions, run.Invocations)
	}
}

// TestHTML: the page asks nobody for anything, has no script, its ids and headings are in order, its table has headers, and what the audited
// project wrote is text.
func TestHTML(t *testing.T) {
	text := written(t, sample(t), FormatHTML, voice(t, words.French))
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	ids, level, ths := map[string]bool{}, 0, 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "img", "iframe", "link", "object", "embed":
			t.Errorf("<%s> in the page", n.Data)
		case "h1", "h2", "h3":
			if next := int(n.Data[1] - '0'); next > level+1 {
				t.Errorf("h%d after h%d", next, level)
			} else {
				level = next
			}
		case "th":
			ths++
		}
		for _, a := range n.Attr {
			if a.Key == "id" && ids[a.Val] {
				t.Errorf("two elements are %q", a.Val)
			} else if a.Key == "id" {
				ids[a.Val] = true
			}
			if strings.HasPrefix(a.Key, "on") || strings.Contains(a.Val, "://") {
				t.Errorf("attribute %s=%q", a.Key, a.Val)
			}
			if a.Key == "href" && !ids[a.Val[1:]] && a.Val != "#problems" {
				t.Errorf("link to %s", a.Val)
			}
		}
	}
	if !ids["problems"] || ths != 6+7 || regexp.MustCompile(`url\(|@import`).Match(text) {
		t.Errorf("%d headers, ids %v", ths, ids)
	}
}

// TestNotice: components stand by licence; a text that two bring stands once; what is for development only is not there; where a text is
// missing this is said.
func TestNotice(t *testing.T) {
	text := string(written(t, sample(t), FormatNotice, voice(t, words.English)))
	for want, times := range map[string]int{
		"Permission is hereby granted": 2, // under two expressions: MIT, and MIT or another
		"linter":                       0,
		"@babel/core 7.1.0":            2,
		"Whoever uses this":            1,
		"Licence text missing, to be added by hand: gone 2": 1,
	} {
		if got := strings.Count(text, want); got != times {
			t.Errorf("%q stands %d times, want %d", want, got, times)
		}
	}
}

// TestNoAddresses: holders are told without their addresses, in every format; licence texts are left as they are.
func TestNoAddresses(t *testing.T) {
	r := sample(t)
	for _, format := range append(Formats(), FormatText) {
		text := written(t, r, format, voice(t, words.French))
		if format != FormatNotice && bytes.Contains(text, []byte("camille@")) {
			t.Errorf("%s holds an address", format)
		}
	}
}

// TestReportTerminal: colours only where they are wanted, and nothing of the audited project reaches the terminal that it would obey.
func TestReportTerminal(t *testing.T) {
	v := voice(t, words.French)
	v.Visible = func(s string) string { return strings.ReplaceAll(s, "\x1b", "␛") }
	if text := written(t, sample(t), FormatText, v); bytes.ContainsRune(text, '\x1b') {
		t.Error("an escape without colours")
	}
	v.Paint = func(style, s string) string { return "<" + style + ">" + s }
	if text := string(written(t, sample(t), FormatText, v)); strings.Contains(text, "\x1b") || !strings.Contains(text, "<"+styleFailed+">Non conforme") {
		t.Error(text)
	}
}

// TestContrast computes the pairs of text and ground that the page puts together, in light and in dark: 4.5 to 1 (WCAG 2.2, 1.4.3).
func TestContrast(t *testing.T) {
	light, rest, _ := strings.Cut(page, "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "\n")
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for _, pair := range [][2]string{
			{"ink", "bg"}, {"ink", "card"}, {"soft", "bg"}, {"soft", "card"}, {"accent", "bg"}, {"accent", "card"}, {"leaf", "leaf-wash"}, {"rust", "rust-wash"}, {"sand", "sand-wash"},
		} {
			high, low := max(colours[pair[0]], colours[pair[1]]), min(colours[pair[0]], colours[pair[1]])
			if ratio := (high + 0.05) / (low + 0.05); ratio < 4.5 {
				t.Errorf("%s: --%s on --%s is %.2f to 1", scheme, pair[0], pair[1], ratio)
			}
		}
	}
}

// luminance is the relative luminance of a colour (WCAG 2.2).
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(shift int) float64 {
		v := float64(n>>shift&255) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
