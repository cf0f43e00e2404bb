// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler"
	"communs/registry"
)

// laughs is a descriptor whose aliases stand for 9¹² words.
func laughs() string {
	var b strings.Builder
	b.WriteString("publiccodeYmlVersion: \"0.5\"\nname: Laughs\na0: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	return b.String() + "description:\n  fr:\n    shortDescription: Rire\n"
}

// What is hostile is refused or becomes harmless, in a moment, and what is left out has its line.
func TestHostileInput(t *testing.T) {
	script := `"<script>alert(1)</script>"`
	for name, c := range map[string]struct {
		origin Origin
		data   string
		holds  string // among what is left out
	}{
		"aliases":             {Publiccode, laughs(), ""},
		"a huge descriptor":   {Publiccode, "name: X\n# " + strings.Repeat("a", 2<<20), "too-big"},
		"scripts":             {Publiccode, "name: " + script + "\nurl: \"javascript:alert(1)\"\nlogo: \"javascript:alert(1)\"\ncategories: [" + script + "]\ndescription:\n  fr:\n    shortDescription: " + script + "\n    longDescription: \"<iframe src=//x>\"\n    screenshots: [\"data:text/html,<script>\"]\n", ""},
		"private addresses":   {Publiccode, "name: X\nurl: https://192.168.1.1/a/b\nlandingURL: https://localhost/\nlogo: https://10.0.0.1/x\ndescription:\n  fr:\n    shortDescription: Un logiciel\n    documentation: https://[::1]/\n", "private-address"},
		"formulas":            {Members, "Nom;Site\n=cmd|' /C calc'!A0;\n@SUM(1+1);\n", ""},
		"script in a table":   {Members, "Nom;Site;Description\n<script>alert(1)</script>;javascript:alert(1);<b onclick=x>y</b>\n", "2 website url"},
		"private forges":      {Members, "Nom;Forge\nX;https://127.0.0.1/g http://169.254.169.254/x ssh://git@x/y file:///etc/passwd\n", "2 forges[0] private-address"},
		"an open quotation":   {Members, "Nom\n\"sans fin\n", "2  quotes"},
		"deep JSON":           {SILL, strings.Repeat("[", 100_000), ""},
		"a script in a list":  {Comptoir, `{"softwares":[{"name":"<script>","url":"http://10.0.0.1/"}]}`, "no-name"},
		"properties":          {Chatons, "file.class = organization\norganization.name = <script>x</script>\norganization.website = javascript:alert(1)\norganization.memberof.chatons.status.level = ACTIVE\n", "website"},
		"a catalogue's entry": {Awesome, "name: \"=cmd|1\"\nwebsite_url: http://10.0.0.1/\nsource_code_url: https://192.168.1.2/x\ndescription: \"<script>x</script>\"\nlicenses: [\"<script>\"]\n", "private-address"},
	} {
		t.Run(name, func(t *testing.T) {
			at := "f"
			if c.origin == Awesome {
				at = "software/f.yml"
			}
			begin := time.Now()
			r, err := Read(t.Context(), c.origin, []File{{Name: at, Data: []byte(c.data)}}, licensed())
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := reasons(r); !strings.Contains(got, c.holds) {
				t.Errorf("left out: %s\nwant %s", got, c.holds)
			}
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			for _, e := range r.Entries() {
				if err := enc.Encode(e); err != nil {
					t.Fatal(err)
				}
			}
			for _, bad := range []string{"<script", "<iframe", "onclick", "javascript:", "data:text", "10.0.0.1", "192.168", "127.0.0.1", "169.254", "localhost", "[::1]", "file:"} {
				if strings.Contains(b.String(), bad) {
					t.Errorf("%s is kept: %s", bad, b.String())
				}
			}
		})
	}
}

func TestSketch(t *testing.T) {
	of := func(from, to int) Sketch {
		return SketchOf(func(yield func([20]byte) bool) {
			for i := from; i < to; i++ {
				h := [20]byte{byte(i * 131), byte(i * 17), byte(i), byte(i >> 8)}
				if !yield(h) {
					return
				}
			}
		})
	}
	for name, c := range map[string]struct {
		a, b Sketch
		fork bool
	}{
		"the same":      {of(0, 5000), of(0, 5000), true},
		"most":          {of(0, 5000), of(500, 5000), true},
		"few in common": {of(0, 5000), of(4000, 9000), false},
		"nothing":       {of(0, 1000), of(1000, 2000), false},
		"small, most":   {of(0, 20), of(0, 19), true},
		"small, few":    {of(0, 20), of(12, 30), false},
		"too small":     {of(0, 5), of(0, 5), false},
		"empty":         {nil, nil, false},
	} {
		if got := c.a.common(c.b) >= copied; got != c.fork || got != (c.b.common(c.a) >= copied) {
			t.Errorf("%s: %d of %d", name, c.a.common(c.b), sketchSize)
		}
	}
}

func FuzzPropose(f *testing.F) {
	f.Add("Tool", "A video conferencing server", []byte(described), []byte("# Tool\n\nA server for video conferencing.\n"))
	f.Add("", "", []byte("name: [\n"), []byte{0xff, 0xfe, 0})
	base, err := registry.Base()
	if err != nil {
		f.Fatal(err)
	}
	var needs []registry.Entry
	for _, e := range base {
		if e.Kind() == registry.KindNeed {
			needs = append(needs, e)
		}
	}
	known := (*registry.Catalogue)(nil).With(needs...)
	f.Fuzz(func(t *testing.T, name, description string, descriptor, readme []byte) {
		m := &Mirrored{Indexed: true, Licence: "MIT", Snapshot: mirroredFiles(name, description, map[string][]byte{"publiccode.yml": descriptor, "README.md": readme})}
		r, err := Propose(t.Context(), []*Mirrored{m}, func(string) bool { return true }, Options{Known: known, Source: registry.Source{Read: "2026-11-22"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Items) == 0 && len(r.Skipped) == 0 {
			t.Error("neither proposed nor left out")
		}
		for _, it := range r.Items {
			if head := it.Entry.Head(); head.ID == "" || head.Status != registry.Proposed || len(head.Sources) != 1 || head.Sources[0].Licence == "" {
				t.Errorf("%+v", head)
			}
		}
	})
}

// mirroredFiles is a snapshot of files.
func mirroredFiles(name, description string, files map[string][]byte) *crawler.Snapshot {
	r := crawler.Repository{URL: "https://forge.example.org/group/tool", Name: name, Description: description}
	return crawler.NewSnapshot(r, "c0ffee", time.Time{}, func() iter.Seq2[crawler.File, error] {
		return func(yield func(crawler.File, error) bool) {
			for _, at := range slices.Sorted(maps.Keys(files)) {
				open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files[at])), nil }
				if !yield(crawler.NewFile(at, crawler.Hash{}, int64(len(files[at])), 0o100644, open), nil) {
					return
				}
			}
		}
	})
}
