// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
)

func readBill(t testing.TB, name string, data []byte) *Bill {
	t.Helper()
	bill, err := ReadSBOM(name, bytes.NewReader(data), detector(t))
	if err != nil {
		t.Fatal(err)
	}
	return bill
}

// TestSBOM reads what stands in testdata/sbom; the .golden beside each file says what comes of it.
func TestSBOM(t *testing.T) {
	for _, name := range []string{"tools.spdx.json", "forge.json", "files.spdx", "packages.spdx", "shop.cdx.json", "shop.cdx.xml"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "sbom", name))
			if err != nil {
				t.Fatal(err)
			}
			if !LooksLikeSBOM(data) {
				t.Error("it does not look like an SBOM")
			}
			golden(t, "sbom/"+name+".golden", describe(readBill(t, name, data)))
		})
	}
}

// describe writes a bill as lines that say only what differs from nothing.
func describe(b *Bill) []byte {
	var out bytes.Buffer
	fmt.Fprintln(&out, "format", b.Format)
	component := func(title string, c *Component) {
		fmt.Fprintf(&out, "\n%s %s\n", title, c.ID)
		for _, fact := range [][2]any{
			{"name", c.Name}, {"version", c.Version}, {"ecosystem", c.Ecosystem}, {"origin", c.Origin}, {"declared", c.Declared},
			{"written", strings.Join(c.DeclaredText, " | ")}, {"found", c.Found}, {"copyright", strings.Join(c.Copyrights, " | ")},
			{"via", strings.Join(c.Via, " > ")}, {"needs", strings.Join(c.Dependencies, " ")},
		} {
			if s := fmt.Sprint(fact[1]); s != "" {
				fmt.Fprintf(&out, "  %s %s\n", fact[0], s)
			}
		}
		for _, x := range c.Checksums {
			fmt.Fprintf(&out, "  checksum %s %s\n", x.Algorithm, x.Value)
		}
		for _, p := range c.Places {
			fmt.Fprintf(&out, "  at %s:%d %s\n", p.Path, p.Line, p.How)
		}
		for _, x := range c.Texts {
			fmt.Fprintf(&out, "  text %s: %.40q\n", x.Path, x.Body)
		}
		fmt.Fprintf(&out, "  direct %v development %v optional %v\n", c.Direct, c.Development, c.Optional)
	}
	if b.Project.Name != "" {
		component("project", &b.Project)
	}
	for i := range b.Components {
		component("component", &b.Components[i])
	}
	for _, f := range b.Files {
		fmt.Fprintf(&out, "\nfile %s\n  sha1 %s\n  licence %s\n  copyright %s\n", f.Path, f.SHA1, f.License, strings.Join(f.Copyrights, " | "))
	}
	for _, p := range b.Partial {
		fmt.Fprintf(&out, "\npartial %s:%d %s %s\n", p.Path, p.Line, p.Reason, strings.Join(p.Args, " "))
	}
	return out.Bytes()
}

// TestSBOMFormsAgree reads real documents that exist in two forms: both say the same.
func TestSBOMFormsAgree(t *testing.T) {
	pairs := 0
	agree := func(one, two string) {
		var got [2][]string
		for i, name := range []string{one, two} {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			bill := readBill(t, "sbom", data)
			got[i] = append(got[i], bill.Format, fmt.Sprint(bill.Project.Declared, bill.Partial))
			for _, c := range bill.Components { // what the pairs of CycloneDX differ in, hashes and package URLs, is left out
				got[i] = append(got[i], fmt.Sprint(c.Version, c.Declared, c.DeclaredText, c.Found, len(c.Via), c.Direct, c.Copyrights, len(c.Texts)))
			}
			slices.Sort(got[i][2:])
		}
		pairs++
		if d := cmp.Diff(got[0], got[1]); d != "" {
			t.Errorf("%s and %s:\n%s", one, filepath.Base(two), d)
		}
	}
	cyclone, err := filepath.Glob(filepath.Join(moduleFolder(t, "github.com/CycloneDX/cyclonedx-go"), "testdata", "valid-*.json"))
	if err != nil {
		t.Fatal(err)
	}
	differ := []string{"valid-bom.json", "valid-component-ref.json", "valid-compositions.json"} // there is more in the one than in the other
	for _, name := range cyclone {
		if slices.Contains(differ, filepath.Base(name)) {
			continue
		}
		agree(name, strings.TrimSuffix(name, "json")+"xml")
	}
	examples := filepath.Join(moduleFolder(t, "github.com/spdx/tools-golang"), "examples", "sample-docs")
	for _, version := range []string{"2.2", "2.3"} {
		agree(filepath.Join(examples, "json", "SPDXJSONExample-v"+version+".spdx.json"), filepath.Join(examples, "tv", "SPDXTagExample-v"+version+".spdx"))
	}
	if pairs < 40 {
		t.Errorf("only %d pairs", pairs)
	}
}

// TestSBOMCut reads documents that end at every place: what stands before is kept, and that something is missing is said.
func TestSBOMCut(t *testing.T) {
	for _, name := range []string{"tools.spdx.json", "shop.cdx.json", "shop.cdx.xml"} {
		data, err := os.ReadFile(filepath.Join("testdata", "sbom", name))
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.TrimSpace(data)
		most := 0
		for end := 300; end < len(data); end += 7 {
			bill, err := ReadSBOM(name, bytes.NewReader(data[:end]), detector(t))
			if err != nil {
				t.Fatalf("%s cut at %d: %v", name, end, err)
			}
			if !slices.ContainsFunc(bill.Partial, func(p Partial) bool { return p.Reason == PartialTruncated }) {
				t.Fatalf("%s cut at %d: partial %v", name, end, bill.Partial)
			}
			n := len(bill.Components)
			if bill.Project.Name != "" {
				n++
			}
			if n < most {
				t.Fatalf("%s cut at %d: %d components, fewer than before", name, end, n)
			}
			most = n
		}
		if most < 2 {
			t.Errorf("%s: at most %d components", name, most)
		}
	}
}

// TestSBOMDamaged reads documents with elements that are not as their format asks.
func TestSBOMDamaged(t *testing.T) {
	for _, c := range []struct{ name, text, names, damage string }{
		{"wrong kinds", `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[
{"SPDXID":"SPDXRef-a","name":"a","versionInfo":2,"licenseDeclared":"MIT"},
17,
{"SPDXID":"SPDXRef-b","name":"b"}]}`, "a b", "2 3 3"},
		{"no list", `{"bomFormat":"CycloneDX","specVersion":"1.5","components":{"name":"a"},"metadata":[1,[2]],"dependencies":null}`, "", ""},
		{"not JSON any more", "{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"a\"},\n{\"name\":\"b\"},\n{name:\"c\"}]}", "a b", "2"},
		{"entity", "<?xml version=\"1.0\"?>\n<!DOCTYPE bom [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components>" +
			"<component><name>a</name></component>\n<component><name>&b;</name></component></components></bom>", "a", "4"},
		{"after the end", `{"bomFormat":"CycloneDX","components":[{"name":"a"}]} and more`, "a", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bill := readBill(t, "x", []byte(c.text))
			var names, lines []string
			for _, x := range bill.Components {
				names = append(names, x.Name)
			}
			for _, p := range bill.Partial {
				lines = append(lines, fmt.Sprint(p.Line))
			}
			if got := strings.Join(names, " "); got != c.names {
				t.Errorf("components %q, want %q", got, c.names)
			}
			if got := strings.Join(lines, " "); got != c.damage {
				t.Errorf("damage in lines %q, want %q: %v", got, c.damage, bill.Partial)
			}
		})
	}
}

// TestSBOMRefused names what is not read.
func TestSBOMRefused(t *testing.T) {
	for want, text := range map[string]string{
		"spdx-3":         `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}`,
		"spdx-rdf":       `<?xml version="1.0"?><rdf:RDF xmlns="http://spdx.org/rdf/terms#"></rdf:RDF>`,
		"spdx-yaml":      "---\n# x\nspdxVersion: SPDX-2.3\n",
		"unknown-format": `{"name":"left-pad","version":"1.0.0"}`,
		"empty":          "  \n",
	} {
		_, err := ReadSBOM("x", strings.NewReader(text), detector(t))
		var refused *SBOMError
		if !errors.As(err, &refused) || refused.Reason != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
		if known := want[:4] == "spdx"; LooksLikeSBOM([]byte(text)) != known {
			t.Errorf("%q: LooksLikeSBOM is not %v", text, known)
		}
	}
}

// TestSBOMUTF16 reads what a Windows shell writes when its output goes into a file.
func TestSBOMUTF16(t *testing.T) {
	text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(`{"bomFormat":"CycloneDX","components":[{"name":"été"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if bill := readBill(t, "x", []byte(text)); len(bill.Components) != 1 || bill.Components[0].Name != "été" || !LooksLikeSBOM([]byte(text)) {
		t.Errorf("%+v", bill)
	}
}

// TestSBOMHuge reads more than is read: it ends, with what was read, and says so.
func TestSBOMHuge(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	padding := strings.Repeat(" ", 1<<20)
	parts := []io.Reader{strings.NewReader(`{"bomFormat":"CycloneDX","components":[{"name":"a"},`)}
	for range maxSBOM>>20 + 1 {
		parts = append(parts, strings.NewReader(padding))
	}
	parts = append(parts, strings.NewReader(`{"name":"b"}]}`))
	bill, err := ReadSBOM("x", io.MultiReader(parts...), detector(t))
	if err != nil || len(bill.Components) != 1 || len(bill.Partial) != 1 || bill.Partial[0].Reason != PartialTooBig {
		t.Errorf("%+v, %v", bill, err)
	}
}

// TestSBOMHostile reads documents that were made to take long or much: chains, circles, many entries for one package.
func TestSBOMHostile(t *testing.T) {
	const n = 20_000
	var components, chain []map[string]any
	for i := range n {
		components = append(components, map[string]any{
			"name": "same", "version": "1", "purl": "pkg:npm/same@1", "bom-ref": fmt.Sprint("s", i), "licenses": []any{map[string]any{"expression": fmt.Sprintf("LicenseRef-%d", i)}},
		}, map[string]any{"name": fmt.Sprint("c", i), "bom-ref": fmt.Sprint("c", i)})
		chain = append(chain, map[string]any{"ref": fmt.Sprint("c", i), "dependsOn": []string{fmt.Sprint("c", i+1), fmt.Sprint("c", i/2)}})
	}
	data, err := json.Marshal(map[string]any{"bomFormat": "CycloneDX", "components": components, "dependencies": chain})
	if err != nil {
		t.Fatal(err)
	}
	bill := readBill(t, "x", data)
	if len(bill.Components) != 2*n {
		t.Errorf("%d components", len(bill.Components))
	}
	seen := map[string]bool{}
	for _, c := range bill.Components {
		if seen[c.ID] || len(c.Via) > maxWay {
			t.Fatalf("%s stands twice, or its way has %d steps", c.ID, len(c.Via))
		}
		seen[c.ID] = true
	}
	deep := `{"bomFormat":"CycloneDX","components":[` + strings.Repeat(`{"name":"a","components":[`, 100_000)
	if bill := readBill(t, "x", []byte(deep)); len(bill.Partial) != 1 {
		t.Errorf("%+v", bill.Partial)
	}
}

func FuzzSBOM(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "sbom", "*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	d := detector(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		bill, err := ReadSBOM("x", bytes.NewReader(data), d)
		if err != nil {
			return
		}
		ids := map[string]bool{}
		for _, c := range bill.Components {
			if ids[c.ID] {
				t.Errorf("two components are %q", c.ID)
			}
			ids[c.ID] = true
			for _, text := range c.Copyrights {
				if address.MatchString(text) {
					t.Errorf("an address in %q", text)
				}
			}
		}
	})
}
