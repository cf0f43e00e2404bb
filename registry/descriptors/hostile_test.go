// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"
)

// read reads a descriptor that stands in a text.
func read(t testing.TB, format Format, text string) *Document {
	t.Helper()
	doc, err := Reader{}.Read(format, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func (d *Document) has(code string) *Fault {
	for _, f := range d.Faults {
		if f.Code == code {
			return f
		}
	}
	return nil
}

// counter counts what is read of it.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += n
	return n, err
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '#'
	}
	return len(b), nil
}

func TestTooBigIsNotReadWhole(t *testing.T) {
	for _, format := range []Format{Publiccode, Codemeta} {
		c := &counter{r: io.LimitReader(endless{}, 50<<20)}
		doc, err := Reader{}.Read(format, c)
		if err != nil || doc.Valid() || doc.has("too-big") == nil {
			t.Fatalf("%v %v", err, doc.Faults)
		}
		if c.n > MaxSize+1 {
			t.Errorf("%d bytes were read", c.n)
		}
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("broken")
	if _, err := (Reader{}).Read(Publiccode, iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// What is made to be slow or deep ends soon, with a fault and without a crash.
func TestHostile(t *testing.T) {
	bomb := "a0: &a0 [x]\n"
	for i := range 30 {
		bomb += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	for name, c := range map[string]struct {
		format Format
		text   string
		code   string
	}{
		"aliases":        {Publiccode, bomb, "aliases"},
		"itself":         {Publiccode, "name: &a [*a]\n", "type-text"},
		"deep flow":      {Publiccode, "name: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "depth"},
		"too deep flow":  {Publiccode, "url: https://example.org/a\nname: " + strings.Repeat("[", 500_000), "syntax"},
		"deep JSON":      {Codemeta, `{"name":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`, "depth"},
		"too deep JSON":  {Codemeta, `{"name":` + strings.Repeat("[", 500_000), "depth"},
		"many keys":      {Publiccode, strings.Repeat("k: 1\n", 200_000), "duplicate"},
		"many faults":    {Publiccode, "categories:\n" + strings.Repeat("- jardinage\n", 50_000), "word-long"},
		"long word":      {Publiccode, "softwareType: " + strings.Repeat("a", 900_000), "word"},
		"key questions":  {Publiccode, strings.Repeat("? ", 400_000), "syntax"},
		"complex key":    {Publiccode, "? [a, b]\n: 1\n", "key-type"},
		"merge":          {Publiccode, "<<: {name: x}\n", "key-unknown"},
		"binary":         {Publiccode, "name: !!binary aGVsbG8=\n", "missing"},
		"NUL":            {Publiccode, "name: a\x00b\nurl: https://example.org/a\n", "control"},
		"script":         {Publiccode, "url: \"javascript:alert(1)\"\n", "url"},
		"only a mark":    {Publiccode, "\ufeff", "nothing"},
		"a JSON null":    {Codemeta, "null", "nothing"},
		"a JSON number":  {Codemeta, "12", "top"},
		"half a table":   {Codemeta, `{"name": "a", `, "json"},
		"two tables":     {Codemeta, `{"name": "a"}{"name": "b"}`, "json"},
		"comma too much": {Codemeta, `{"name": "a",}`, "json"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			doc := read(t, c.format, c.text)
			if doc.Valid() && c.code != "" {
				t.Error("valid")
			}
			if doc.has(c.code) == nil {
				t.Errorf("no %s among %d faults: %v", c.code, len(doc.Faults), doc.Faults[:min(5, len(doc.Faults))])
			}
			if len(doc.Faults) > maxFaults {
				t.Errorf("%d faults", len(doc.Faults))
			}
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
}

// In whatever encoding a file comes, it is understood; all but UTF-8 are a fault.
func TestEncodings(t *testing.T) {
	text, err := os.ReadFile("testdata/publiccode/minimal.yml")
	if err != nil {
		t.Fatal(err)
	}
	want := read(t, Publiccode, string(text))
	units := utf16.Encode([]rune(string(text)))
	big, little := make([]byte, 0, 2*len(units)), make([]byte, 0, 2*len(units))
	for _, u := range units {
		big, little = append(big, byte(u>>8), byte(u)), append(little, byte(u), byte(u>>8))
	}
	var latin []byte
	for _, r := range string(text) {
		latin = append(latin, byte(r))
	}
	for name, c := range map[string]struct {
		data  []byte
		valid bool
		value string
	}{
		"UTF-8":           {text, true, ""},
		"mark":            {append([]byte("\ufeff"), text...), true, ""},
		"line ends":       {bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")), true, ""},
		"old line ends":   {bytes.ReplaceAll(text, []byte("\n"), []byte("\r")), true, ""},
		"UTF-16BE marked": {append([]byte{0xfe, 0xff}, big...), false, "UTF-16"},
		"UTF-16LE marked": {append([]byte{0xff, 0xfe}, little...), false, "UTF-16"},
		"UTF-16BE":        {big, false, "UTF-16"},
		"UTF-16LE":        {little, false, "UTF-16"},
		"Latin-1":         {latin, false, "Windows-1252"},
	} {
		doc, err := Reader{}.Read(Publiccode, bytes.NewReader(c.data))
		if err != nil {
			t.Fatal(err)
		}
		f := doc.has("encoding")
		if doc.Valid() != c.valid || (f != nil) != (c.value != "") || f != nil && f.Value != c.value {
			t.Errorf("%s: valid %t, %v", name, doc.Valid(), doc.Faults)
		}
		if got := doc.Software.Descriptions["fr"]; got.Long != want.Software.Descriptions["fr"].Long {
			t.Errorf("%s: read %q", name, got.Long)
		}
		if name == "Latin-1" && (f.Line != 9 || f.Column != 35) {
			t.Errorf("Latin-1 at %d:%d", f.Line, f.Column)
		}
	}
}
